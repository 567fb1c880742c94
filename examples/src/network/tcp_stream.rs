//! Our own TCP as a [`Stream`]: what `toy` and `raw` have in common.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::link::Way;
use barewire_tcp::{Direction, Stack, Tap, TcpStream};

use super::{Stream, time_left};
use crate::failure::{Failure, Step};
use crate::trace::Trace;

/// How long to wait for the peer's FIN after ours.
const LINGER: Duration = Duration::from_secs(2);

/// Puts every packet of a [`Stack`] into a trace.
pub(in crate::network) struct TraceTap(pub(in crate::network) Trace);

impl Tap for TraceTap {
    fn packet(&mut self, now: Instant, direction: Direction, packet: &[u8], note: &str) {
        let way = match direction {
            Direction::Sent => Way::Sent,
            Direction::Received => Way::Received,
        };
        self.0.seen(now, way, packet, note);
    }
}

/// Opens a connection over `stack`.
pub(super) fn connect(
    stack: &Stack,
    to: SocketAddr,
    deadline: Option<Instant>,
) -> Result<Box<dyn Stream>, Failure> {
    let failed = |error: io::Error| Failure::io(Step::Connect, &error);
    let stream = match time_left(stack.now(), deadline).map_err(failed)? {
        Some(timeout) => TcpStream::connect_timeout(stack, to, timeout),
        None => TcpStream::connect(stack, to),
    };
    let stream = stream.map_err(failed)?;
    Ok(Box::new(OurStream { stack: stack.clone(), stream, deadline }))
}

struct OurStream {
    stack: Stack,
    stream: TcpStream,
    deadline: Option<Instant>,
}

impl Read for OurStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(time_left(self.stack.now(), self.deadline)?);
        self.stream.read(buffer)
    }
}

impl Write for OurStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(time_left(self.stack.now(), self.deadline)?);
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Stream for OurStream {
    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.stream.close(LINGER)
    }
}
