//! Gzip (RFC 1952): members, one after the other, each a header, deflate data, and a trailer that checks it.
//!
//! ```text
//!   ┌──────────────── member ────────────────┐
//!   Header ──▶ Data (deflate) ──▶ Trailer ──▶ Between ──▶ the end, or another Header
//!                                              │    ▲
//!                                              └─00─┘
//! ```
//!
//! As gzip(1) does, it passes over zeros after the last member, with which tapes and some disks fill a file up.

mod header;

use flate2::Crc;

use super::held::Held;
use super::inflate::Inflate;
use super::reason::Reason;
use super::step::Step;
use header::Header;

/// Bytes of a trailer: CRC32 and ISIZE (RFC 1952 §2.3.1).
const TRAILER: usize = 8;

/// Gzip data being undone.
#[derive(Default)]
pub(super) struct Gzip {
    at: At,
    header: Header,
    inflate: Inflate,
    /// Of the content of this member; it counts it, too.
    crc: Crc,
    trailer: Held,
}

/// The states of the figure.
#[derive(Default, Clone, Copy, PartialEq)]
enum At {
    #[default]
    Header,
    Data,
    Trailer,
    Between,
}

impl Gzip {
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        match self.at {
            At::Header => self.header(input),
            At::Data => self.data(input, out),
            At::Trailer => self.trailer(input),
            At::Between => self.between(input),
        }
    }

    /// The end of a member may be the end of all.
    pub(super) fn may_end(&self) -> bool {
        self.at == At::Between
    }

    fn header(&mut self, input: &[u8]) -> Step {
        let (taken, result) = self.header.take(input);
        match result {
            Ok(true) => self.at = At::Data,
            Ok(false) => {}
            Err((back, reason)) => return Step::broken(taken, back, reason),
        }
        Step { taken, ..Step::default() }
    }

    fn data(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let mut step = self.inflate.step(input, out);
        self.crc.update(&out[..step.made]);
        if self.inflate.ended() {
            self.at = At::Trailer;
            if step.taken == 0 && step.made == 0 {
                step = self.trailer(input);
            }
        }
        step
    }

    fn trailer(&mut self, input: &[u8]) -> Step {
        let taken = self.trailer.fill(TRAILER, input);
        let (crc, length) = (self.trailer.little_endian(0), self.trailer.little_endian(4));
        if self.trailer.0.len() < TRAILER {
            return Step { taken, ..Step::default() };
        }
        let (sum, amount) = (self.crc.sum(), self.crc.amount());
        if crc != sum {
            return Step::broken(taken, TRAILER, Reason::GzipCrc { said: crc, is: sum });
        }
        if length != amount {
            return Step::broken(taken, 4, Reason::GzipLength { said: length, is: amount });
        }
        self.at = At::Between;
        Step { taken, ..Step::default() }
    }

    fn between(&mut self, input: &[u8]) -> Step {
        let zeros = input.iter().take_while(|byte| **byte == 0).count();
        match input.get(zeros) {
            None => {}
            Some(&header::MAGIC_1) => {
                self.inflate.reset();
                let inflate = std::mem::take(&mut self.inflate);
                *self = Gzip { inflate, ..Gzip::default() };
            }
            Some(byte) => return Step::broken(zeros, 0, Reason::TrailingByte(*byte)),
        }
        match zeros {
            0 if !input.is_empty() => self.header(input),
            taken => Step { taken, ..Step::default() },
        }
    }
}
