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

impl KernelStream {
    /// The kernel's error, in the words of our own TCP. A reset has its place in the trace.
    fn broke(&mut self, error: io::Error) -> io::Error {
        if is_reset(&error) {
            self.frames.reset(false);
        }
        in_words(error)
    }

    /// What the kernel sends when the socket is closed: FIN, or a reset if something came that nobody has read
    /// (RFC 1122 §4.2.2.13). A reset that came, and that nobody was told of, has its place first.
    fn let_go(&mut self) {
        if !self.is_open {
            return;
        }
        match self.stream.peek(&mut [0]) {
            Ok(1..) => self.frames.reset(true),
            Ok(_) => {
                self.frames.finished(false);
                self.frames.finished(true);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.frames.finished(true),
            Err(error) => drop(self.broke(error)),
        }
    }
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
        let length = one.stream.read(buffer).map_err(|error| one.broke(error))?;
        match length {
            0 if !buffer.is_empty() => one.frames.finished(false),
            _ => one.frames.data(false, &buffer[..length]),
        }
        Ok(length)
    }

    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize> {
        let one = self.get(id)?;
        let length = one.stream.write(bytes).map_err(|error| one.broke(error))?;
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
        if let Some(mut one) = self.streams.remove(&id) {
            one.let_go();
        }
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

/// Whether the server has reset the connection. A socket whose peer had sent its FIN before says EPIPE.
fn is_reset(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

/// The kernel's error in the words of our own TCP.
fn in_words(error: io::Error) -> io::Error {
    if is_reset(&error) {
        let words = "the server reset the connection: it knows nothing of it, or wants no more of it";
        return io::Error::new(error.kind(), words);
    }
    error
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::{Duration, Instant, SystemTime};

    use socket2::SockRef;

    use super::KernelStreams;
    use crate::network::streams::{Awaited, StreamId, Streams};
    use crate::trace::Trace;

    /// A connection over the loopback, and the trace of its client's end.
    fn connected() -> (KernelStreams, StreamId, Trace, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let trace = Trace::new("client", Instant::now(), SystemTime::now());
        let mut streams = KernelStreams::new(trace.clone());
        let id = streams.open(listener.local_addr().expect("an address")).expect("a stream");
        let (server, _) = listener.accept().expect("a connection");
        while streams.opened(id).is_none() {
            wait(&mut streams, id);
        }
        (streams, id, trace, server)
    }

    fn wait(streams: &mut KernelStreams, id: StreamId) {
        let deadline = Some(Instant::now() + Duration::from_secs(10));
        streams.wait(&[Awaited { id, to_write: false }], deadline).expect("poll");
    }

    /// The packets after the handshake: who sent each, and its flags.
    fn sent(trace: &Trace, server: &str) -> String {
        let flags = |bits: u8| match bits & 7 {
            1 => "FIN",
            4 => "RST",
            _ => "data",
        };
        let capture = trace.copy(Instant::now());
        let packets = capture.frames.iter().skip(3).map(|frame| {
            let port = u16::from_be_bytes([frame.bytes[20], frame.bytes[21]]);
            let who = if port.to_string() == server { "server" } else { "client" };
            format!("{who} {}", flags(frame.bytes[33]))
        });
        packets.collect::<Vec<_>>().join(", ")
    }

    fn reset(server: TcpStream) {
        SockRef::from(&server).set_linger(Some(Duration::ZERO)).expect("an option");
    }

    fn port(server: &TcpStream) -> String {
        server.local_addr().expect("an address").port().to_string()
    }

    #[test]
    fn a_reset_has_its_place() {
        let (mut streams, id, trace, server) = connected();
        let port = port(&server);
        reset(server);
        wait(&mut streams, id);
        let error = streams.read(id, &mut [0; 8]).expect_err("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        streams.write(id, b"more").expect_err("it is over");
        streams.release(id);
        assert_eq!(sent(&trace, &port), "server RST");
    }

    #[test]
    fn a_reset_that_only_the_writer_meets_has_its_place() {
        let (mut streams, id, trace, server) = connected();
        let port = port(&server);
        reset(server);
        wait(&mut streams, id);
        streams.write(id, b"more").expect_err("a reset");
        assert_eq!(sent(&trace, &port), "server RST");
    }

    /// What the trace says of a connection that is let go is what the server's kernel was told.
    #[test]
    fn a_connection_that_is_let_go_ends_as_the_server_sees_it() {
        let (mut streams, id, trace, mut server) = connected();
        streams.release(id);
        assert_eq!(server.read(&mut [0; 8]).expect("an end"), 0);
        assert_eq!(sent(&trace, &port(&server)), "client FIN");

        let (mut streams, id, trace, mut server) = connected();
        server.write_all(b"nobody reads this").expect("a client");
        wait(&mut streams, id);
        streams.release(id);
        let error = server.read(&mut [0; 8]).expect_err("a reset");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(sent(&trace, &port(&server)), "client RST");
    }

    #[test]
    fn what_the_server_did_before_stands_before() {
        for (resets, wanted) in [(true, "server RST"), (false, "server FIN, client FIN")] {
            let (mut streams, id, trace, server) = connected();
            let port = port(&server);
            if resets {
                reset(server)
            } else {
                drop(server)
            }
            wait(&mut streams, id);
            streams.release(id);
            assert_eq!(sent(&trace, &port), wanted);
        }
    }
}
