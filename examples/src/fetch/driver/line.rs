//! A stream of the network, and what it has not taken of what is to be written.
//!
//! Tested in `tests/offline.rs` over the toy internet, and in `tests/live` against real servers.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use crate::failure::Failure;
use crate::fetch::input::Input;
use crate::network::{Awaited, StreamId, Streams};

/// Reads in one turn: so the other streams have theirs.
const READS: usize = 16;

/// A stream that is being opened, or open.
pub(in crate::fetch) struct Line {
    id: StreamId,
    /// Both ends, ours first, once it is open.
    pub(in crate::fetch) ends: Option<[SocketAddr; 2]>,
    unsent: VecDeque<u8>,
    /// How many bytes the stream has taken.
    pub(in crate::fetch) written: u64,
    /// Whether nothing more comes: the end, or a break, was handed on.
    has_ended: bool,
}

impl Line {
    /// Begins to open a stream.
    pub(in crate::fetch) fn open(streams: &mut dyn Streams, to: SocketAddr) -> Result<Line, Failure> {
        let id = streams.open(to)?;
        Ok(Line { id, ends: None, unsent: VecDeque::new(), written: 0, has_ended: false })
    }

    /// Adds to what is to be written.
    pub(in crate::fetch) fn queue(&mut self, bytes: &[u8]) {
        self.unsent.extend(bytes);
    }

    /// Whether all that was queued was taken.
    pub(in crate::fetch) fn is_flushed(&self) -> bool {
        self.unsent.is_empty()
    }

    /// What it is waited for, if anything can still come.
    pub(in crate::fetch) fn awaited(&self) -> Option<Awaited> {
        let to_write = !self.unsent.is_empty();
        (!self.has_ended || to_write).then_some(Awaited { id: self.id, to_write })
    }

    /// Does what can be done now, and hands what comes to `take`. Whether anything happened.
    pub(in crate::fetch) fn turn(
        &mut self,
        streams: &mut dyn Streams,
        take: &mut dyn FnMut(Input<'_>),
    ) -> bool {
        if self.ends.is_none() && !self.has_ended {
            match streams.opened(self.id) {
                None => return false,
                Some(Ok(ends)) => {
                    self.ends = Some(ends);
                    take(Input::Connected);
                }
                Some(Err(failure)) => {
                    self.has_ended = true;
                    take(Input::NotConnected(failure));
                }
            }
            return true;
        }
        let wrote = self.write(streams, take);
        self.read(streams, take) || wrote
    }

    /// Gives the stream as much as it takes.
    pub(in crate::fetch) fn write(
        &mut self,
        streams: &mut dyn Streams,
        take: &mut dyn FnMut(Input<'_>),
    ) -> bool {
        let before = self.unsent.len();
        while !self.unsent.is_empty() {
            match streams.write(self.id, self.unsent.as_slices().0) {
                Ok(taken) => {
                    self.unsent.drain(..taken);
                    self.written += taken as u64;
                }
                Err(error) if is_for_later(&error) => break,
                Err(error) => {
                    self.unsent.clear();
                    take(Input::Unwritable(error));
                }
            }
        }
        self.unsent.len() != before
    }

    fn read(&mut self, streams: &mut dyn Streams, take: &mut dyn FnMut(Input<'_>)) -> bool {
        let mut buffer = [0; 16 << 10];
        for number in 0..READS {
            if self.has_ended {
                return number > 0;
            }
            match streams.read(self.id, &mut buffer) {
                Ok(length @ 1..) => take(Input::Bytes(&buffer[..length])),
                Err(error) if is_for_later(&error) => return number > 0,
                Ok(_) => {
                    self.has_ended = true;
                    take(Input::End);
                }
                Err(error) => {
                    self.has_ended = true;
                    take(Input::Broken(error));
                }
            }
        }
        true
    }

    /// The network itself failed: nothing will come.
    pub(in crate::fetch) fn fail(&mut self, error: &io::Error, take: &mut dyn FnMut(Input<'_>)) {
        self.has_ended = true;
        let error = io::Error::new(error.kind(), error.to_string());
        match self.ends {
            Some(_) => take(Input::Broken(error)),
            None => take(Input::NotConnected(Failure::io(crate::failure::Step::Connect, &error))),
        }
    }

    /// The last bytes and our end, where the stream takes them. True: both directions have ended.
    pub(in crate::fetch) fn say_goodbye(&mut self, streams: &mut dyn Streams, finished: &mut bool) -> bool {
        if self.ends.is_none() {
            return true;
        }
        self.write(streams, &mut |_| {});
        if self.unsent.is_empty() && !std::mem::replace(finished, true) {
            streams.finish(self.id);
        }
        *finished && streams.is_over(self.id)
    }

    /// Lets go of it.
    pub(in crate::fetch) fn release(self, streams: &mut dyn Streams) {
        streams.release(self.id);
    }
}

fn is_for_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
