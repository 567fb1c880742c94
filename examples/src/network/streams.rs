//! The streams of a network: several at once, and none of them makes anybody wait.
//!
//! ```text
//!   open ──▶ opened: None ──▶ Some(Ok) ──▶ read, write ──▶ finish ──▶ is_over
//!                        └──▶ Some(Err)        │ release, at any time
//! ```
//!
//! [`Streams::wait`] is the only call that lets time pass. So one loop can drive several connections, and can read
//! while it writes. Tested in `tests/offline.rs` over the toy internet, and in `tests/live` over the kernel's sockets.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use crate::failure::Failure;

/// A stream of a network. A number is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

/// What a stream is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// The stream.
    pub id: StreamId,
    /// Whether there is something to write, beside what may come.
    pub to_write: bool,
}

/// The TCP connections of a client.
pub trait Streams {
    /// Begins to open a connection.
    ///
    /// # Errors
    /// Nothing can be sent there.
    fn open(&mut self, to: SocketAddr) -> Result<StreamId, Failure>;
    /// Both ends of an open connection, ours first, or why it could not be opened; `None` while TCP still tries.
    fn opened(&mut self, id: StreamId) -> Option<Result<[SocketAddr; 2], Failure>>;
    /// Moves bytes that have come to the start of `buffer`, and gives how many; 0: the server's direction has ended.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`]: nothing has come. Others: the stream broke.
    fn read(&mut self, id: StreamId, buffer: &mut [u8]) -> io::Result<usize>;
    /// Takes some of `bytes`, and gives how many.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`]: nothing can be written now. Others: the stream broke.
    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize>;
    /// Ends our direction, after what was written.
    fn finish(&mut self, id: StreamId);
    /// Throws away what has come after [`Streams::finish`], and says whether both directions have ended.
    fn is_over(&mut self, id: StreamId) -> bool;
    /// Lets go of a stream, open or not: nobody will read what comes.
    fn release(&mut self, id: StreamId);
    /// Waits until something happens to one of the streams, or until `deadline`. It may come back early.
    ///
    /// # Errors
    /// Those of the network. Where nothing can ever happen any more, the error says so.
    fn wait(&mut self, streams: &[Awaited], deadline: Option<Instant>) -> io::Result<()>;
}

/// The error of a number that stands for no stream.
pub(super) fn no_such_stream() -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, "this stream was released")
}
