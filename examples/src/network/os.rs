//! The kernel's sockets under our DNS, TLS and HTTP.
//!
//! The kernel keeps the headers of what it sends and receives. So that a trace of this network
//! can be read like any other, what is read and written is framed in made-up headers, and every
//! such packet says so in its comment.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime};

use barewire_dns::RecordType;
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;

use super::made_up::TcpFrames;
use super::{Names, Network, Stream, time_left};
use crate::failure::{Failure, Step};
use crate::trace::Trace;

/// How long to wait for the peer's FIN after ours.
const LINGER: Duration = Duration::from_secs(2);

/// The kernel's network.
pub struct Os {
    names: Names,
    rng: ChaCha8Rng,
    pub(super) trace: Trace,
}

impl Os {
    /// The kernel's network, with this way to look up names.
    pub fn new(names: Names, rng: ChaCha8Rng) -> (Os, Trace) {
        let trace = Trace::new("this host", Instant::now(), SystemTime::now());
        (Os { names, rng, trace: trace.clone() }, trace)
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

    fn lookup(
        &mut self,
        name: &str,
        records: &[RecordType],
        deadline: Option<Instant>,
    ) -> Result<Vec<IpAddr>, Failure> {
        self.names.lookup(name, records, deadline, &mut self.rng, &self.trace)
    }

    fn connect(&mut self, to: SocketAddr, deadline: Option<Instant>) -> Result<Box<dyn Stream>, Failure> {
        let failed = |error: io::Error| Failure::io(Step::Connect, &error);
        let began = Instant::now();
        let stream = match time_left(began, deadline).map_err(failed)? {
            Some(timeout) => TcpStream::connect_timeout(&to, timeout),
            None => TcpStream::connect(to),
        };
        let stream = stream.map_err(|error| explain(&error, to))?;
        stream.set_nodelay(true).map_err(failed)?;
        let local = stream.local_addr().map_err(failed)?;
        let frames = TcpFrames::connected(self.trace.clone(), local, to, began);
        Ok(Box::new(KernelStream { stream, frames, deadline }))
    }
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

/// The kernel's error in the words of our own TCP. Its kind stays, but that "would block" is a timeout to whoever set one.
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
