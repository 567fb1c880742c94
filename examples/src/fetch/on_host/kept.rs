//! A connection that was kept after a fetch, on a host: a proxy's connection to its origin.
//!
//! Tested in `tests/fetch_core`.

use std::time::Instant;

use barewire_tcp::{self as tcp, Host};

use super::stream::HostStream;
use crate::fetch::input::Input;
use crate::fetch::session::Session;

/// A session, and its connection on a host.
pub struct KeptOnHost {
    /// The session: requests go in here, events and bodies come out.
    pub session: Session,
    stream: HostStream,
}

impl KeptOnHost {
    pub(super) fn new(session: Session, stream: HostStream) -> KeptOnHost {
        KeptOnHost { session, stream }
    }

    /// Something happened to a TCP connection of the host. False: it is not this one.
    pub fn tcp(&mut self, now: Instant, host: &mut Host, event: &tcp::Event) -> bool {
        if !self.stream.is_about(event) {
            return false;
        }
        self.stream.read(host, &mut |input| self.session.take(now, input));
        if let Some(Input::Broken(error)) = self.stream.happened(event) {
            self.session.receive_break(now, &error);
        }
        true
    }

    /// Does all that can be done at `now`. To be called after each event of the host, after each request, and at the
    /// [deadline](KeptOnHost::deadline).
    pub fn turn(&mut self, now: Instant, host: &mut Host) {
        self.stream.read(host, &mut |input| self.session.take(now, input));
        if self.session.deadline().is_some_and(|deadline| deadline <= now) {
            self.session.on_deadline(now);
        }
        while let Some(bytes) = self.session.transmit(now) {
            self.stream.queue(&bytes);
        }
        self.stream.write(host);
    }

    /// When to call [`KeptOnHost::turn`], if nothing happens before.
    pub fn deadline(&self) -> Option<Instant> {
        self.session.deadline()
    }

    /// Says goodbye, and lets the connection go.
    pub fn close(mut self, now: Instant, host: &mut Host) {
        self.session.close();
        self.turn(now, host);
        self.stream.release(now, host);
    }
}
