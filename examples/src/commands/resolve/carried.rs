//! The messages of a lookup, with the time at which each went by: a transport that carries them over another one.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_dns::driver::{Direction, Received, Transport, Unreachable};
use barewire_dns::stub::{Protocol, Transmit};

/// How many messages are kept. A server that sends more than that sends rubbish: what it sent first is dropped, so that
/// our questions and the last replies are kept.
const MOST: usize = 256;

/// A message that was sent or received.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) at: Instant,
    pub(super) direction: Direction,
    pub(super) protocol: Protocol,
    /// The server.
    pub(super) peer: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

/// All messages of a lookup.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// Those that are kept, oldest first.
    pub(super) messages: VecDeque<Passed>,
    /// How many there were.
    pub(super) sent: u32,
    pub(super) received: u32,
    /// How many bytes they had.
    pub(super) bytes_sent: usize,
    pub(super) bytes_received: usize,
}

impl Carried {
    fn push(&mut self, passed: Passed) {
        let (count, bytes) = match passed.direction {
            Direction::Sent => (&mut self.sent, &mut self.bytes_sent),
            Direction::Received => (&mut self.received, &mut self.bytes_received),
        };
        *count = count.saturating_add(1);
        *bytes = bytes.saturating_add(passed.bytes.len());
        if self.messages.len() == MOST {
            let received = self.messages.iter().position(|old| old.direction == Direction::Received);
            self.messages.remove(received.unwrap_or(0));
        }
        self.messages.push_back(passed);
    }

    /// How many messages are not kept.
    pub(super) fn lost(&self) -> u32 {
        (self.sent.saturating_add(self.received)).saturating_sub(self.messages.len() as u32)
    }

    /// The last message that was received with this ID: the reply.
    pub(super) fn reply(&self, id: u16) -> Option<&Passed> {
        let is_it = |passed: &&Passed| {
            passed.direction == Direction::Received && passed.bytes.starts_with(&id.to_be_bytes())
        };
        self.messages.iter().rfind(is_it)
    }

    /// The last message that was sent; with this ID, if there is one.
    pub(super) fn query(&self, id: Option<u16>) -> Option<&Passed> {
        let sent = || self.messages.iter().filter(|passed| passed.direction == Direction::Sent);
        let with_id = id.and_then(|id| sent().rfind(|sent| sent.bytes.starts_with(&id.to_be_bytes())));
        with_id.or_else(|| sent().next_back())
    }
}

/// A transport that keeps what it carries.
pub(super) struct Recorder<'t> {
    pub(super) inner: &'t mut dyn Transport,
    pub(super) carried: Carried,
}

impl Transport for Recorder<'_> {
    fn now(&self) -> Instant {
        self.inner.now()
    }

    /// The time is taken before, as the round trip begins then: over TCP the handshake is in it.
    fn send(&mut self, transmit: &Transmit) -> io::Result<()> {
        let Transmit { protocol, to, bytes, .. } = transmit;
        let (at, direction) = (self.now(), Direction::Sent);
        let passed = Passed { at, direction, protocol: *protocol, peer: *to, bytes: bytes.clone() };
        self.inner.send(transmit)?;
        self.carried.push(passed);
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> Result<Option<Received>, Unreachable> {
        let received = self.inner.receive(deadline)?;
        if let Some(Received { protocol, from, bytes }) = &received {
            let (at, direction) = (self.now(), Direction::Received);
            let passed = Passed { at, direction, protocol: *protocol, peer: *from, bytes: bytes.clone() };
            self.carried.push(passed);
        }
        Ok(received)
    }
}
