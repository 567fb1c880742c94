//! The kernel's sockets under our DNS, TLS and HTTP.
//!
//! The kernel keeps the headers of what it sends and receives. So that a trace of this network
//! can be read like any other, what is read and written is framed in made-up headers, on an interface that says so.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant, SystemTime};

use barewire_dns::driver::{Sockets, Transport};
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;

use super::made_up::{DnsTap, TcpFrames};
use crate::failure::{Failure, Step};
use crate::network::{Names, Network, Stream, time_left};
use crate::trace::Trace;

/// How long to wait for the peer's FIN after ours.
const LINGER: Duration = Duration::from_secs(2);

/// The kernel's network.
pub(super) struct Os {
    names: Names,
    rng: ChaCha8Rng,
    trace: Trace,
}

impl Os {
    /// The kernel's network, with this way to look up names.
    pub(super) fn new(names: Names, rng: ChaCha8Rng) -> Os {
        let trace = Trace::new("this host", Instant::now(), SystemTime::now());
        Os { names, rng, trace }
    }
}

impl Network for Os {
    fn describe(&self) -> String {
        "the kernel's UDP and TCP".into()
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    fn rng(&mut self) -> &mut dyn Rng {
        &mut self.rng
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn names(&self) -> &Names {
        &self.names
    }

    fn transport(&mut self) -> Box<dyn Transport> {
        Box::new(Sockets::owning_tap(Box::new(DnsTap::new(self.trace.clone()))))
    }

    fn connect(&mut self, to: SocketAddr, deadline: Option<Instant>) -> Result<Box<dyn Stream>, Failure> {
        let failed = |error: io::Error| Failure::io(Step::Connect, &error);
        let began = Instant::now();
        let stream = match time_left(began, deadline).map_err(failed)? {
            Some(timeout) => TcpStream::connect_timeout(&to, timeout),
            None => TcpStream::connect(to),
        };
        let stream = stream.map_err(|error| {
            self.note_failure(&error, to, began);
            explain(&error, to)
        })?;
        stream.set_nodelay(true).map_err(failed)?;
        let local = stream.local_addr().map_err(failed)?;
        let frames = TcpFrames::connected(self.trace.clone(), local, to, began);
        Ok(Box::new(KernelStream { stream, frames, deadline }))
    }
}

impl Os {
    /// Puts what must have happened into the trace, so that a connection that failed has its place in the budget.
    fn note_failure(&self, error: &io::Error, to: SocketAddr, began: Instant) {
        let Some(local) = address_toward(to) else { return };
        let mut frames = TcpFrames::asked(self.trace.clone(), local, to, began);
        if error.kind() == io::ErrorKind::ConnectionRefused {
            frames.refused();
        }
    }
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
        io::ErrorKind::ConnectionRefused => Failure::new(
            Step::Connect,
            format!("{to} answered our SYN with a reset: nobody listens on that port (RFC 9293 §3.10.7.1)"),
        ),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            Failure::new(Step::Timeout, format!("{to} has not answered our SYN in the time allowed"))
        }
        _ => Failure::new(Step::Connect, format!("no connection to {to}: {error}")),
    }
}

struct KernelStream {
    stream: TcpStream,
    frames: TcpFrames,
    deadline: Option<Instant>,
}

impl Read for KernelStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(time_left(Instant::now(), self.deadline)?)?;
        match self.stream.read(buffer) {
            Ok(0) if !buffer.is_empty() => {
                self.frames.finished(false);
                Ok(0)
            }
            Ok(length) => {
                self.frames.data(false, &buffer[..length]);
                Ok(length)
            }
            Err(error) => Err(in_words(error)),
        }
    }
}

/// The kernel's error in the words of our own TCP. The kind is kept, with one change: WouldBlock becomes TimedOut,
/// because it happens when the timeout we set runs out.
fn in_words(error: io::Error) -> io::Error {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, TimedOut, WouldBlock};
    let (kind, words) = match error.kind() {
        WouldBlock | TimedOut => (TimedOut, "the server neither sent nor took anything in the time allowed"),
        kind @ (BrokenPipe | ConnectionReset) => {
            (kind, "the server reset the connection: it knows nothing of it, or wants no more of it")
        }
        _ => return error,
    };
    io::Error::new(kind, words)
}

impl Write for KernelStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(time_left(Instant::now(), self.deadline)?)?;
        let length = self.stream.write(bytes).map_err(in_words)?;
        self.frames.data(true, &bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Stream for KernelStream {
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        self.frames.finished(true);
        let give_up = Instant::now() + LINGER;
        self.deadline = Some(self.deadline.map_or(give_up, |deadline| deadline.min(give_up)));
        let mut rest = [0; 4096];
        while self.read(&mut rest)? > 0 {}
        Ok(())
    }
}
