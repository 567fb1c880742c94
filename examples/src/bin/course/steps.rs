//! The steps of a check: what was done, what was wanted, and what was got; and the packets that went to and fro.
//!
//! Tested in `tests/course.rs`, and in `tests/course/captures.rs` with checks that fail.

use std::fmt::{self, Debug};

use barewire_dissect::Direction;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::told::Told;
use crate::wire::{Packet, Sent};

/// A check that goes on until something is not as it should be. What it does is told before it is done, so that it is
/// known when the student's code never comes back.
pub(crate) struct Steps {
    tell: Box<dyn FnMut(Told)>,
    /// How many lines the report has.
    lines: usize,
    /// The number of the step that is being taken.
    step: usize,
    seed: u64,
    /// How many bytes each direction of the last connection has sent.
    sent: [u32; 2],
}

/// What was not as it should be.
#[derive(Debug)]
pub(crate) struct Failed {
    what: String,
    wanted: String,
    got: String,
    rule: &'static str,
}

impl Steps {
    /// A check before its first step. `seed` is for what is drawn at random in it.
    pub(crate) fn new(seed: u64, tell: impl FnMut(Told) + 'static) -> Steps {
        Steps { tell: Box::new(tell), lines: 0, step: 0, seed, sent: [0; 2] }
    }

    /// Says what is done next.
    pub(crate) fn step(&mut self, what: impl Into<String>) {
        self.line(&what.into());
        self.step = self.lines;
    }

    fn line(&mut self, what: &str) {
        self.lines += 1;
        (self.tell)(Told::Line(format!("  {}. {what}", self.lines)));
    }

    /// A generator, for a check in which something is random. The report says the seed.
    pub(crate) fn rng(&mut self) -> ChaCha8Rng {
        (self.tell)(Told::Seed(self.seed));
        ChaCha8Rng::seed_from_u64(self.seed)
    }

    /// Keeps a DNS message that the student's code gets, or has made.
    pub(crate) fn datagram(&mut self, way: Direction, bytes: &[u8]) {
        self.keep(Sent::Datagram { way, bytes: bytes.to_vec() });
    }

    /// Begins a new connection to this port.
    pub(crate) fn connect(&mut self, port: u16) {
        self.sent = [0; 2];
        self.keep(Sent::Connect { port });
    }

    /// Keeps the next bytes of the connection. The student's code gets them, or has made them.
    pub(crate) fn send(&mut self, way: Direction, bytes: &[u8]) {
        self.next_bytes(way, false, bytes);
    }

    /// Keeps the next bytes of the connection. They are not given to the student's code: without them nobody could tell
    /// from the capture what the bytes after them are.
    pub(crate) fn send_around(&mut self, way: Direction, bytes: &[u8]) {
        self.next_bytes(way, true, bytes);
    }

    fn next_bytes(&mut self, way: Direction, is_around: bool, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let [at, acknowledged] = [way, way.reversed()].map(|way| self.sent[way.index()]);
        self.keep(Sent::Bytes { way, at, acknowledged, is_around, bytes: bytes.to_vec() });
        self.sent[way.index()] = at.wrapping_add(bytes.len() as u32);
    }

    /// Keeps a segment to the server: `bytes` at this place of the stream, wherever the one before was.
    pub(crate) fn segment(&mut self, at: u32, bytes: &[u8]) {
        let (way, bytes) = (Direction::ToServer, bytes.to_vec());
        self.keep(Sent::Bytes { way, at, acknowledged: 0, is_around: false, bytes });
    }

    /// Keeps the server's answer to that: so many bytes are in order.
    pub(crate) fn acknowledge(&mut self, acknowledged: u32) {
        let way = Direction::ToClient;
        self.keep(Sent::Bytes { way, at: 0, acknowledged, is_around: false, bytes: Vec::new() });
    }

    /// The last connection, or the last datagram, went well. It is one of many, and the capture is not to have them
    /// all.
    pub(crate) fn forget(&mut self) {
        (self.tell)(Told::Forget);
    }

    /// Keeps a line of a key log, with which the capture of a TLS connection can be opened.
    pub(crate) fn secret(&mut self, line: String) {
        (self.tell)(Told::Secret(line));
    }

    fn keep(&mut self, sent: Sent) {
        (self.tell)(Told::Packet(Packet { step: self.step, sent }));
    }

    /// Compares what came of it. Bytes are shown in hexadecimal.
    pub(crate) fn equal<T: PartialEq + Shown>(
        &mut self,
        what: &str,
        wanted: T,
        got: T,
        rule: &'static str,
    ) -> Result<(), Failed> {
        if wanted == got {
            self.line(&format!("{what}: {}", wanted.shown()));
            return Ok(());
        }
        Err(Failed { what: what.to_owned(), wanted: wanted.shown(), got: got.shown(), rule })
    }

    /// Says how the check ended. `true`: it passed.
    pub(crate) fn end(&mut self, ended: Result<(), Failed>) -> bool {
        match &ended {
            Ok(()) => (self.tell)(Told::Passed),
            Err(failed) => self.line(&failed.to_string()),
        }
        ended.is_ok()
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "*** {}", self.what)?;
        writeln!(f, "       wanted  {}", self.wanted)?;
        writeln!(f, "       got     {}", self.got)?;
        write!(f, "       rule    {}", self.rule)
    }
}

/// How a value is shown in a report.
pub(crate) trait Shown {
    fn shown(&self) -> String;
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for Vec<u8> {
    fn shown(&self) -> String {
        let bytes: Vec<String> = self.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} ({} bytes)", bytes.join(" "), self.len())
    }
}

impl Shown for usize {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        (if *self { "yes" } else { "no" }).to_owned()
    }
}

/// An error that is not a matter of comparison.
pub(crate) fn unexpected(what: &str, error: &dyn Debug, rule: &'static str) -> Failed {
    Failed { what: what.to_owned(), wanted: "no error".to_owned(), got: format!("{error:?}"), rule }
}
