//! A connection in memory, for hyper: two ends, and what is written to one is read from the other. Nobody waits:
//! whoever drives the two ends asks both of them again and again.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

/// One direction.
#[derive(Debug, Default)]
struct Direction {
    bytes: VecDeque<u8>,
    is_closed: bool,
}

/// One end of a connection.
#[derive(Debug, Clone)]
pub(super) struct End {
    incoming: Rc<RefCell<Direction>>,
    outgoing: Rc<RefCell<Direction>>,
}

/// Both ends.
pub(super) fn pipe() -> (End, End) {
    let (one, other) = (Rc::<RefCell<Direction>>::default(), Rc::<RefCell<Direction>>::default());
    (End { incoming: one.clone(), outgoing: other.clone() }, End { incoming: other, outgoing: one })
}

impl End {
    /// Takes all that has come.
    #[cfg(test)]
    pub(super) fn take(&self) -> Vec<u8> {
        self.incoming.borrow_mut().bytes.drain(..).collect()
    }

    /// Gives bytes to the other end.
    #[cfg(test)]
    pub(super) fn give(&self, bytes: &[u8]) {
        self.outgoing.borrow_mut().bytes.extend(bytes);
    }

    /// Closes this end's direction.
    pub(super) fn close(&self) {
        self.outgoing.borrow_mut().is_closed = true;
    }
}

impl Read for End {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut incoming = self.incoming.borrow_mut();
        if incoming.bytes.is_empty() {
            return if incoming.is_closed { Poll::Ready(Ok(())) } else { Poll::Pending };
        }
        let length = {
            let (first, _) = incoming.bytes.as_slices();
            let length = first.len().min(buffer.remaining());
            buffer.put_slice(&first[..length]);
            length
        };
        incoming.bytes.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl Write for End {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.outgoing.borrow_mut().bytes.extend(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.close();
        Poll::Ready(Ok(()))
    }
}
