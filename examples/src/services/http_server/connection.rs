//! One connection to a client: bytes to requests, steps of answers to bytes.

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dissect::Refused;
use barewire_http1::{Body, Config, Headers, Reason, Request, Response, server};
use barewire_tcp::{Handle, Host};

use super::layer::{Broken, Layer};
use crate::services::app::{Incoming, RequestId, Say};

/// The longest body of a request, in bytes. A longer one is answered by 413.
const MOST_BODY: usize = 1 << 20;

/// One connection to a client.
pub(super) struct Connection {
    handle: Handle,
    client: SocketAddr,
    layer: Layer,
    http: server::Connection,
    /// The number of the request that is read or answered.
    number: u64,
    /// The request that is being read.
    reading: Option<(Request, Vec<u8>)>,
    stage: Stage,
    /// Bytes that TCP has not taken yet.
    unsent: Vec<u8>,
}

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A request is awaited, or being read.
    Reading,
    /// A request was handed to the app, and is not answered to the end.
    Answering,
    /// All is said. What is left goes out, and then TCP closes.
    Closing,
    /// TCP was told to close.
    Closed,
}

impl Connection {
    pub(super) fn new(handle: Handle, client: SocketAddr, layer: Layer) -> Connection {
        let http = server::Connection::new(Config::default());
        let (number, reading, stage, unsent) = (0, None, Stage::Reading, Vec::new());
        Connection { handle, client, layer, http, number, reading, stage, unsent }
    }

    /// The request that the app still owes an answer to.
    pub(super) fn waits_for(&self) -> Option<RequestId> {
        (self.stage == Stage::Answering).then_some(self.id())
    }

    fn id(&self) -> RequestId {
        RequestId { connection: self.handle, number: self.number }
    }

    /// TCP → TLS → HTTP: the next request that has arrived whole.
    pub(super) fn receive(&mut self, now: Instant, tcp: &mut Host) -> Option<(RequestId, Incoming)> {
        self.pull(now, tcp);
        while self.stage == Stage::Reading {
            match self.http.event()? {
                server::Event::Request { head, .. } => self.begin(head.to_request()),
                server::Event::Data => self.read_body(),
                server::Event::Trailers { .. } | server::Event::Tunnel => {}
                server::Event::End(_) => {
                    let (head, body) = self.reading.take()?;
                    self.stage = Stage::Answering;
                    let (client, secure, early) = (self.client, self.layer.is_tls(), self.layer.is_early());
                    return Some((self.id(), Incoming { head, body, client, secure, early }));
                }
            }
        }
        None
    }

    /// A request begins.
    fn begin(&mut self, head: Request) {
        // As Go and node do: what the client expects is not known here.
        if !head.unknown_expectations().is_empty() {
            return self.refuse(417);
        }
        self.reading = Some((head, Vec::new()));
        if self.http.expects_continue() {
            let _ = self.http.respond(&Response::new(100), Body::None);
        }
    }

    /// Takes from TCP what has arrived.
    fn pull(&mut self, now: Instant, tcp: &mut Host) {
        let mut buffer = [0; 4096];
        loop {
            match tcp.read(self.handle, &mut buffer) {
                Ok(0) => {
                    // Once the client has closed its direction we close ours, when all is said.
                    if tcp.peer_has_closed(self.handle) && self.stage == Stage::Reading {
                        self.stage = Stage::Closing;
                    }
                    return;
                }
                Ok(length) => match self.layer.receive(&buffer[..length]) {
                    Ok(plaintext) => {
                        if self.http.receive(now, &plaintext).is_err() {
                            self.refuse(400);
                        }
                    }
                    Err(Broken) => self.stage = Stage::Closing,
                },
                Err(_) => return,
            }
        }
    }

    fn read_body(&mut self) {
        let Some((_, body)) = &mut self.reading else { return };
        let mut buffer = [0; 4096];
        loop {
            match self.http.read(&mut buffer) {
                0 => return,
                length if body.len() + length > MOST_BODY => return self.refuse(413),
                length => body.extend(&buffer[..length]),
            }
        }
    }

    /// Answers a request that is not handed to the app, and ends the connection.
    fn refuse(&mut self, status: u16) {
        // A response that is under way is not followed by another one.
        if self.stage == Stage::Reading {
            let _ = self.http.respond(&Response::new(status).with("Connection", "close"), Body::Length(0));
        }
        self.stage = Stage::Closing;
    }

    /// A step of the answer.
    pub(super) fn say(&mut self, now: Instant, tcp: &mut Host, id: RequestId, say: Say) {
        if self.waits_for() != Some(id) {
            return;
        }
        if let Say::Abort = say {
            tcp.abort(self.handle);
            self.stage = Stage::Closed;
        } else if self.answer(now, say).is_err() {
            // The app contradicts itself: the client sees a connection that ends early.
            self.stage = Stage::Closing;
        }
    }

    fn answer(&mut self, now: Instant, say: Say) -> Result<(), Refused<Reason>> {
        match say {
            Say::Head(response, body) => self.http.respond(&response, body).map(|_| ()),
            Say::Piece(piece) => self.http.body(&piece),
            Say::End => self.answered(now, &Headers::new()),
            Say::EndWith(trailers) => self.answered(now, &trailers),
            Say::Abort => Ok(()),
        }
    }

    /// The answer ends, and the next request may come.
    fn answered(&mut self, now: Instant, trailers: &Headers) -> Result<(), Refused<Reason>> {
        self.http.finish_with(trailers)?;
        let goes_on = self.http.next_cycle(now)?;
        self.number += 1;
        self.stage = if goes_on { Stage::Reading } else { Stage::Closing };
        Ok(())
    }

    /// HTTP → TLS → TCP, and the end of the connection once all is said.
    pub(super) fn transmit(&mut self, now: Instant, tcp: &mut Host) {
        while let Some(bytes) = self.http.transmit(now) {
            self.layer.send(&bytes, &mut self.unsent);
        }
        if self.stage == Stage::Closing {
            self.layer.close();
        }
        self.layer.transmit(&mut self.unsent);
        if let Ok(taken) = tcp.write(self.handle, &self.unsent) {
            self.unsent.drain(..taken);
        }
        if self.stage == Stage::Closing && self.unsent.is_empty() {
            self.stage = Stage::Closed;
            tcp.close(self.handle);
        }
    }
}
