//! A host of the toy internet that serves pages on ports 80 and 443.
//!
//! Its TCP and HTTP are ours; its TLS is rustls, so that the TLS peer of every run is one that we
//! did not write. Like the client it is a state machine: packets in, packets out, a deadline.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use barewire_dissect::Refused;
use barewire_http1::{Body, Config, Request, Response, server};
use barewire_internet::{Node, Note, Port, Transmit, Verdict};
use barewire_tcp::{Event, Handle, Host};
use rustls::{ServerConfig, ServerConnection};

use super::pages::{self, Ending};

/// The server: a TCP host, and a conversation for each connection.
pub(super) struct WebServer {
    name: String,
    host: Host,
    tls: Arc<ServerConfig>,
    conversations: BTreeMap<Handle, Conversation>,
}

impl WebServer {
    pub(super) fn new(
        name: &str,
        mut host: Host,
        tls: ServerConfig,
    ) -> Result<WebServer, barewire_tcp::Error> {
        host.listen(80, 16)?;
        host.listen(443, 16)?;
        Ok(WebServer { name: name.to_owned(), host, tls: Arc::new(tls), conversations: BTreeMap::new() })
    }

    fn serve(&mut self, now: Instant) {
        while let Some(event) = self.host.event() {
            match event {
                Event::Accepted { port, handle } => {
                    let mut tls =
                        if port == 443 { ServerConnection::new(self.tls.clone()).ok() } else { None };
                    if let Some(tls) = &mut tls {
                        // The pages are small and finite: rustls may hold a whole one.
                        tls.set_buffer_limit(None);
                    }
                    self.conversations.insert(handle, Conversation::new(tls));
                }
                Event::Reset(handle) | Event::TimedOut(handle) | Event::Closed(handle) => {
                    self.conversations.remove(&handle);
                }
                _ => {}
            }
        }
        for (&handle, conversation) in &mut self.conversations {
            conversation.carry_on(now, &mut self.host, handle, &self.name);
        }
    }
}

impl Node for WebServer {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let note = self.host.receive(now, &packet);
        self.serve(now);
        note.map_or(Verdict::Taken, |note| Verdict::Noted(Box::new(note)))
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let barewire_tcp::Transmit { packet, note } = self.host.transmit(now)?;
        Some(Transmit { port: Port(0), packet, note: note.map(|note| Box::new(note) as Note) })
    }

    fn deadline(&self) -> Option<Instant> {
        let thinking = self.conversations.values().filter_map(Conversation::deadline);
        thinking.chain(self.host.deadline()).min()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
        self.serve(now);
    }
}

/// One connection to a client.
struct Conversation {
    /// Absent on port 80.
    tls: Option<ServerConnection>,
    http: server::Connection,
    /// What the server is going to say, and when.
    plan: VecDeque<(Instant, Say)>,
    /// Bytes that TCP has not taken yet.
    unsent: Vec<u8>,
    /// Close once everything is sent.
    closing: bool,
    closed: bool,
}

enum Say {
    Head(Response, Body),
    Piece(Vec<u8>),
    End,
}

impl Conversation {
    fn new(tls: Option<ServerConnection>) -> Conversation {
        let http = server::Connection::new(Config::default());
        Conversation { tls, http, plan: VecDeque::new(), unsent: Vec::new(), closing: false, closed: false }
    }

    fn deadline(&self) -> Option<Instant> {
        self.plan.front().map(|(at, _)| *at)
    }

    fn carry_on(&mut self, now: Instant, host: &mut Host, handle: Handle, name: &str) {
        self.listen(now, host, handle);
        while let Some(event) = self.http.event() {
            if let server::Event::Request { head, .. } = event {
                self.plan_response(now, &head, name);
            }
        }
        while self.plan.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, say)) = self.plan.pop_front()
                && self.say(now, say).is_err()
            {
                self.closing = true;
            }
        }
        self.talk(now, host, handle);
    }

    /// TCP → TLS → HTTP.
    fn listen(&mut self, now: Instant, host: &mut Host, handle: Handle) {
        let mut buffer = [0; 4096];
        loop {
            let arrived = match host.read(handle, &mut buffer) {
                Ok(0) => {
                    // Once the client has closed its direction we close ours, when all is said.
                    self.closing |= host.peer_has_closed(handle);
                    return;
                }
                Ok(length) => &buffer[..length],
                Err(_) => return,
            };
            let Some(tls) = &mut self.tls else {
                self.closing |= self.http.receive(now, arrived).is_err();
                continue;
            };
            let mut rest = arrived;
            while !rest.is_empty() {
                if tls.read_tls(&mut rest).is_err() || tls.process_new_packets().is_err() {
                    // rustls has queued the alert that says why.
                    self.closing = true;
                    return;
                }
                let mut plaintext = Vec::new();
                // "Would block" is how the reader says that this is all for now.
                let _ = tls.reader().read_to_end(&mut plaintext);
                self.closing |= self.http.receive(now, &plaintext).is_err();
            }
        }
    }

    fn plan_response(&mut self, now: Instant, request: &Request, name: &str) {
        let page = pages::page(name, &request.target);
        let length = page.pieces.iter().map(Vec::len).sum::<usize>() as u64;
        let mut response = Response::new(page.status).with("Server", "toy").with("Content-Type", "text/html");
        let body = match page.ending {
            Ending::Length => Body::Length(length),
            Ending::Chunks => Body::Chunked,
            Ending::Close => {
                response.headers.push("Connection", "close");
                Body::UntilClose
            }
        };
        let mut at = now + page.think;
        self.plan.push_back((at, Say::Head(response, body)));
        // The connection knows which requests and responses have no body, and refuses one there.
        if request.method != "HEAD" {
            for (index, piece) in page.pieces.into_iter().enumerate() {
                at += if index > 0 { page.think } else { Duration::ZERO };
                self.plan.push_back((at, Say::Piece(piece)));
            }
            self.plan.push_back((at, Say::End));
        }
    }

    fn say(&mut self, now: Instant, say: Say) -> Result<(), Refused<barewire_http1::Reason>> {
        match say {
            Say::Head(response, body) => self.http.respond(&response, body).map(|_| ()),
            Say::Piece(piece) => self.http.body(&piece),
            Say::End => self.http.finish(),
        }?;
        if self.plan.is_empty() {
            self.closing |= !self.http.next_cycle(now)?;
        }
        Ok(())
    }

    /// HTTP → TLS → TCP, and the end of the connection once all is said.
    fn talk(&mut self, now: Instant, host: &mut Host, handle: Handle) {
        while let Some(bytes) = self.http.transmit(now) {
            match &mut self.tls {
                Some(tls) => self.closing |= tls.writer().write_all(&bytes).is_err(),
                None => self.unsent.extend(bytes),
            }
        }
        let done = self.closing && self.plan.is_empty() && !self.closed;
        if let Some(tls) = &mut self.tls {
            if done {
                tls.send_close_notify();
            }
            while tls.wants_write() {
                // Writing to a Vec cannot fail.
                let _ = tls.write_tls(&mut self.unsent);
            }
        }
        if let Ok(taken) = host.write(handle, &self.unsent) {
            self.unsent.drain(..taken);
        }
        if done && self.unsent.is_empty() {
            self.closed = true;
            host.close(handle);
        }
    }
}
