//! The kernel's TCP sockets as [`Streams`], and what they carry in made-up headers.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Protocol, Socket, Type};

use super::made_up::TcpFrames;
use crate::failure::{Failure, Step};
use crate::network::streams::{Awaited, StreamId, Streams, no_such_stream};
use crate::trace::Trace;

/// The sockets of a run.
pub(super) struct KernelStreams {
    trace: Trace,
    streams: BTreeMap<StreamId, KernelStream>,
    next: u64,
}

struct KernelStream {
    stream: TcpStream,
    to: SocketAddr,
    frames: TcpFrames,
    is_open: bool,
}

impl KernelStreams {
    /// No sockets yet. What they carry goes into `trace`.
    pub(super) fn new(trace: Trace) -> KernelStreams {
        KernelStreams { trace, streams: BTreeMap::new(), next: 0 }
    }

    fn get(&mut self, id: StreamId) -> io::Result<&mut KernelStream> {
        self.streams.get_mut(&id).ok_or_else(no_such_stream)
    }

    /// Puts what must have happened into the trace, so that a connection that failed has its place in the budget.
    fn note_failure(&self, error: &io::Error, to: SocketAddr) {
        let Some(local) = address_toward(to) else { return };
        let mut frames = TcpFrames::asked(self.trace.clone(), local, to, Instant::now());
        if error.kind() == io::ErrorKind::ConnectionRefused {
            frames.refused();
        }
    }
}

impl Streams for KernelStreams {
    fn open(&mut self, to: SocketAddr) -> Result<StreamId, Failure> {
        let stream = begin(to).map_err(|error| {
            self.note_failure(&error, to);
            explain(&error, to)
        })?;
        let local = stream.local_addr().map_err(|error| Failure::io(Step::Connect, &error))?;
        let frames = TcpFrames::asked(self.trace.clone(), local, to, Instant::now());
        let id = StreamId(self.next);
        self.next += 1;
        self.streams.insert(id, KernelStream { stream, to, frames, is_open: false });
        Ok(id)
    }

    fn opened(&mut self, id: StreamId) -> Option<Result<[SocketAddr; 2], Failure>> {
        let one = match self.get(id) {
            Ok(one) => one,
            Err(error) => return Some(Err(Failure::io(Step::Connect, &error))),
        };
        let failure = match one.stream.take_error() {
            Ok(error) => error,
            Err(error) => Some(error),
        };
        if let Some(error) = failure {
            if error.kind() == io::ErrorKind::ConnectionRefused {
                one.frames.refused();
            }
            return Some(Err(explain(&error, one.to)));
        }
        // A socket without a peer is still connecting.
        let (local, peer) = (one.stream.local_addr().ok()?, one.stream.peer_addr().ok()?);
        if !std::mem::replace(&mut one.is_open, true) {
            one.frames.accepted();
        }
        Some(Ok([local, peer]))
    }

    fn read(&mut self, id: StreamId, buffer: &mut [u8]) -> io::Result<usize> {
        let one = self.get(id)?;
        let length = one.stream.read(buffer).map_err(in_words)?;
        match length {
            0 if !buffer.is_empty() => one.frames.finished(false),
            _ => one.frames.data(false, &buffer[..length]),
        }
        Ok(length)
    }

    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize> {
        let one = self.get(id)?;
        let length = one.stream.write(bytes).map_err(in_words)?;
        one.frames.data(true, &bytes[..length]);
        Ok(length)
    }

    fn finish(&mut self, id: StreamId) {
        if let Ok(one) = self.get(id)
            && one.stream.shutdown(Shutdown::Write).is_ok()
        {
            one.frames.finished(true);
        }
    }

    fn is_over(&mut self, id: StreamId) -> bool {
        let mut waste = [0; 4096];
        loop {
            match self.read(id, &mut waste) {
                Ok(1..) => {}
                Ok(_) => return true,
                Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
            }
        }
    }

    fn release(&mut self, id: StreamId) {
        self.streams.remove(&id);
    }

    fn wait(&mut self, streams: &[Awaited], deadline: Option<Instant>) -> io::Result<()> {
        let known = streams.iter().filter_map(|one| Some((one, self.streams.get(&one.id)?)));
        let mut sockets: Vec<PollFd<'_>> = known
            .map(|(one, held)| {
                let connecting = !held.is_open;
                let wants = if one.to_write || connecting { PollFlags::OUT } else { PollFlags::empty() };
                PollFd::new(&held.stream, PollFlags::IN | wants)
            })
            .collect();
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut sockets, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A socket that is on its way to `to`.
fn begin(to: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    match socket.connect(&to.into()) {
        Ok(()) => {}
        Err(error) if is_on_its_way(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(socket.into())
}

/// What a socket that does not block says while it connects: EINPROGRESS, or WSAEWOULDBLOCK on Windows.
fn is_on_its_way(error: &io::Error) -> bool {
    let in_progress = rustix::io::Errno::INPROGRESS.raw_os_error();
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(in_progress)
}

/// The address that packets to `to` leave from. A socket that failed to connect does not tell its own; a UDP socket
/// that connects sends nothing, and has the kernel choose the same address. Its port stands for the one of the SYN,
/// which nobody knows. None where the kernel has no way to send there.
fn address_toward(to: SocketAddr) -> Option<SocketAddr> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(to).ok()?;
    socket.local_addr().ok()
}

/// What the kernel's error means; in the words in which our own TCP says it.
fn explain(error: &io::Error, to: SocketAddr) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            let text = format!(
                "{to} answered our SYN with a reset: nobody listens on that port (RFC 9293 §3.10.7.1)"
            );
            Failure { is_refusal: true, ..Failure::new(Step::Connect, text) }
        }
        io::ErrorKind::TimedOut => {
            Failure::new(Step::Timeout, format!("{to} has not answered our SYN: the kernel gave up"))
        }
        _ => Failure::new(Step::Connect, format!("no connection to {to}: {error}")),
    }
}

/// The kernel's error in the words of our own TCP.
fn in_words(error: io::Error) -> io::Error {
    use io::ErrorKind::{BrokenPipe, ConnectionReset};
    let kind = error.kind();
    match kind {
        BrokenPipe | ConnectionReset => {
            let words = "the server reset the connection: it knows nothing of it, or wants no more of it";
            io::Error::new(kind, words)
        }
        _ => error,
    }
}
