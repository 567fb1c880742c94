//! Both our cores, which talk to each other.

use std::time::Instant;

use barewire_http1::{Body, Config, Request, Response, client, server};

/// A client and a server on one connection.
pub(super) struct Ours {
    client: client::Connection,
    server: server::Connection,
    now: Instant,
}

impl Ours {
    /// So many requests may be under way at a time.
    pub(super) fn new(pipeline: usize) -> Ours {
        Ours {
            client: client::Connection::new(Config { pipeline, ..Config::default() }),
            server: server::Connection::new(Config::default()),
            now: Instant::now(),
        }
    }

    /// Sends the request so many times, answers each, and gives how many bytes of content came back.
    pub(super) fn exchange(
        &mut self,
        request: &Request,
        response: &Response,
        content: &[u8],
        times: usize,
    ) -> usize {
        for _ in 0..times {
            self.client.request(request, Body::None).expect("a good request");
        }
        self.pass_requests();
        while let Some(event) = self.server.event() {
            if matches!(event, server::Event::End(_)) {
                self.server.respond(response, Body::Length(content.len() as u64)).expect("a good response");
                self.server.body(content).expect("as declared");
                self.server.finish().expect("all of it");
                assert!(self.server.next_cycle(self.now).expect("good requests"), "it is kept open");
            }
        }
        let bytes = self.server.transmit(self.now).expect("answers");
        self.client.receive(self.now, &bytes).expect("good answers");
        let mut got = 0;
        while let Some(event) = self.client.event() {
            if event == client::Event::Data {
                got += self.client.content().len();
                self.client.consume(self.client.content().len());
            }
        }
        got
    }

    fn pass_requests(&mut self) {
        let bytes = self.client.transmit(self.now).expect("requests");
        self.server.receive(self.now, &bytes).expect("good requests");
    }
}
