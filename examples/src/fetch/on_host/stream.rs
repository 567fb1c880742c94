//! One connection of a host, as the stream of a fetch. Tested in `tests/fetch_core`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_tcp::{Event, Handle, Host};

use crate::failure::{Failure, Step};
use crate::fetch::input::Input;

/// The connection, and what TCP has not taken of what is to be written.
pub(super) struct HostStream {
    handle: Handle,
    remote: SocketAddr,
    is_open: bool,
    unsent: VecDeque<u8>,
    /// Whether our direction ends after `unsent`.
    closing: bool,
}

impl HostStream {
    /// A connection that was asked for.
    pub(super) fn new(handle: Handle, remote: SocketAddr) -> HostStream {
        HostStream { handle, remote, is_open: false, unsent: VecDeque::new(), closing: false }
    }

    /// Whether an event of the host is about this connection.
    pub(super) fn is_about(&self, event: &Event) -> bool {
        event.handle() == self.handle
    }

    /// What an event of this connection is to the fetch: it is open, or it is over.
    pub(super) fn happened(&mut self, event: &Event) -> Option<Input<'static>> {
        if matches!(event, Event::Connected(_)) {
            self.is_open = true;
            return Some(Input::Connected);
        }
        let error = event.as_error(self.remote)?;
        let input = if self.is_open {
            Input::Broken(error)
        } else {
            Input::NotConnected(Failure::io(Step::Connect, &error))
        };
        Some(input)
    }

    /// Hands what the connection has received to `take`, also its end.
    pub(super) fn read(&self, host: &mut Host, take: &mut dyn FnMut(Input<'_>)) {
        if !self.is_open {
            return;
        }
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = host.read(self.handle, &mut buffer) {
            take(Input::Bytes(&buffer[..length]));
        }
        // A connection that is over has no end of its own: an event says how it ended.
        if host.ends(self.handle).is_some() && host.peer_has_closed(self.handle) {
            take(Input::End);
        }
    }

    /// Adds to what is to be written.
    pub(super) fn queue(&mut self, bytes: &[u8]) {
        self.unsent.extend(bytes);
    }

    /// Gives TCP as much as it takes, and then the end, if it is time for that.
    pub(super) fn write(&mut self, host: &mut Host) {
        if !self.is_open {
            return;
        }
        while let Ok(taken @ 1..) = host.write(self.handle, self.unsent.as_slices().0) {
            self.unsent.drain(..taken);
        }
        if self.closing && self.unsent.is_empty() {
            host.close(self.handle);
        }
    }

    /// Ends our direction after what is to be written.
    pub(super) fn close(&mut self) {
        self.closing = true;
    }

    /// Lets go: nobody will read what comes.
    pub(super) fn release(mut self, now: Instant, host: &mut Host) {
        self.write(host);
        host.release(now, self.handle);
    }
}
