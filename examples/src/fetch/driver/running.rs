//! A [`Fetch`] over a network: its questions go to DNS, its bytes to a [`Line`].
//!
//! Tested in `tests/offline.rs` over the toy internet, and in `tests/live` against real servers.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::driver::{Received, Transport, Unreachable};
use barewire_dns::stub::Protocol;

use super::line::Line;
use crate::fetch::Fetch;
use crate::fetch::input::{Input, Output};
use crate::fetch::pool::Reached;
use crate::network::Network;

/// A fetch, and what its outputs and inputs go through.
pub(in crate::fetch) struct Running {
    pub(in crate::fetch) fetch: Fetch,
    line: Option<Line>,
    dns: Option<Box<dyn Transport>>,
    /// The DNS server that was asked last, and how.
    asked: Option<(Protocol, SocketAddr)>,
    /// What the line had taken when the fetch began.
    written_before: u64,
    /// Whether our direction is to end after what is to be written.
    closing: bool,
}

impl Running {
    /// A fetch that opens its own connection.
    pub(in crate::fetch) fn new(fetch: Fetch, dns: Box<dyn Transport>) -> Running {
        Running { fetch, line: None, dns: Some(dns), asked: None, written_before: 0, closing: false }
    }

    /// A fetch over a connection that was kept.
    pub(in crate::fetch) fn over(fetch: Fetch, line: Line) -> Running {
        let written_before = line.written;
        Running { fetch, line: Some(line), dns: None, asked: None, written_before, closing: false }
    }

    /// The stream, if there is one.
    pub(in crate::fetch) fn line(&self) -> Option<&Line> {
        self.line.as_ref()
    }

    /// Whether it waits for DNS, and for nothing else.
    pub(in crate::fetch) fn is_resolving(&self) -> bool {
        self.line.is_none() && self.asked.is_some()
    }

    /// How far the request came: what no stream has taken, has not left.
    pub(in crate::fetch) fn reached(&self) -> Reached {
        match (self.fetch.reached(), &self.line) {
            (Reached::Unanswered, Some(line)) if line.written == self.written_before => Reached::NotSent,
            (reached, _) => reached,
        }
    }

    /// Does all that can be done now. Whether anything happened.
    pub(in crate::fetch) fn turn(&mut self, network: &mut dyn Network) -> bool {
        let now = network.now();
        let mut moved = false;
        if let Some(line) = &mut self.line {
            moved |= line.turn(network.streams(), &mut |input| self.fetch.receive(now, input));
        }
        if self.fetch.deadline().is_some_and(|deadline| deadline <= now) {
            self.fetch.on_deadline(now);
            moved = true;
        }
        moved | self.carry_out_all(network)
    }

    /// Does what the fetch says, as far as the stream takes it.
    fn carry_out_all(&mut self, network: &mut dyn Network) -> bool {
        let now = network.now();
        let mut moved = false;
        while self.line.as_ref().is_none_or(Line::is_flushed)
            && let Some(output) = self.fetch.transmit(now)
        {
            self.carry_out(output, network);
            moved = true;
        }
        moved
    }

    fn carry_out(&mut self, output: Output, network: &mut dyn Network) {
        let now = network.now();
        match output {
            Output::Ask(question) => {
                self.asked = Some((question.protocol, question.to));
                if let Some(Err(error)) = self.dns.as_mut().map(|dns| dns.send(&question)) {
                    self.unreachable(now, &error);
                }
            }
            Output::Connect(to) => {
                self.let_go(network);
                match Line::open(network.streams(), to) {
                    Ok(line) => self.line = Some(line),
                    Err(failure) => self.fetch.receive(now, Input::NotConnected(failure)),
                }
            }
            Output::Write(bytes) => {
                if let Some(line) = &mut self.line {
                    line.queue(&bytes);
                    line.write(network.streams(), &mut |input| self.fetch.receive(now, input));
                }
            }
            Output::Close => self.closing = true,
            Output::Release => self.let_go(network),
        }
    }

    fn let_go(&mut self, network: &mut dyn Network) {
        if let Some(line) = self.line.take() {
            line.release(network.streams());
        }
    }

    /// Whether the next piece of the request's body is wanted: all that was given is with the stream.
    pub(in crate::fetch) fn wants_body(&self) -> bool {
        self.line.as_ref().is_some_and(Line::is_flushed) && self.fetch.wants_body()
    }

    /// A piece of the request's body; an empty one ends it.
    pub(in crate::fetch) fn send_body(&mut self, network: &mut dyn Network, piece: &[u8]) {
        self.fetch.send_body(network.now(), piece);
        self.carry_out_all(network);
    }

    /// Waits for a DNS server, or until `deadline`.
    pub(in crate::fetch) fn wait_for_dns(&mut self, network: &mut dyn Network, deadline: Option<Instant>) {
        let Some(dns) = &mut self.dns else { return };
        let received = dns.receive(deadline.unwrap_or_else(|| network.now()));
        let now = network.now();
        match received {
            Ok(Some(Received { protocol, from, bytes })) => {
                self.fetch.receive(now, Input::Reply { protocol, from, bytes: &bytes });
            }
            // Its turn calls on the deadline.
            Ok(None) => {}
            Err(Unreachable { protocol, to, question, why }) => {
                let why = why.to_string();
                self.fetch.receive(now, Input::Unreachable { protocol, to, question, why });
            }
        }
    }

    /// The DNS server that was asked last cannot be reached.
    fn unreachable(&mut self, now: Instant, error: &io::Error) {
        if let Some((protocol, to)) = self.asked {
            let (question, why) = (None, error.to_string());
            self.fetch.receive(now, Input::Unreachable { protocol, to, question, why });
        }
    }

    /// The network failed.
    pub(in crate::fetch) fn network_failed(&mut self, now: Instant, error: &io::Error) {
        match &mut self.line {
            Some(line) => line.fail(error, &mut |input| self.fetch.receive(now, input)),
            None => self.unreachable(now, error),
        }
    }

    /// Ends it. What is left is a line to say goodbye on.
    pub(in crate::fetch) fn close(mut self, network: &mut dyn Network) -> Option<Line> {
        self.fetch.close(network.now());
        // The goodbye is short: it is queued whatever the stream has taken.
        while let Some(output) = self.fetch.transmit(network.now()) {
            match (output, &mut self.line) {
                (Output::Write(bytes), Some(line)) => line.queue(&bytes),
                (Output::Close, _) => self.closing = true,
                (Output::Release, _) => {
                    if let Some(line) = &mut self.line {
                        line.write(network.streams(), &mut |_| {});
                    }
                    self.let_go(network);
                }
                _ => {}
            }
        }
        let closing = self.closing;
        if !closing {
            self.let_go(network);
        }
        self.line
    }

    /// The parts of a fetch that has finished, where its connection can carry more.
    pub(in crate::fetch) fn into_parts(self) -> Option<(crate::fetch::Session, Line)> {
        Some((self.fetch.into_session()?, self.line?))
    }

    /// Whether the connection can carry another request.
    pub(in crate::fetch) fn stays_open(&self) -> bool {
        self.fetch.stays_open() && self.line.as_ref().is_some_and(Line::is_flushed)
    }
}
