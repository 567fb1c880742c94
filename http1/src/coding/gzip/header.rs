//! The header of a gzip member (RFC 1952 §2.3.1): ten bytes, and after them the parts that its flags announce.
//!
//! ```text
//!   1f 8b  08  FLG  MTIME (4)  XFL  OS │ XLEN (2), extra │ name, 0 │ comment, 0 │ CRC16
//!                                        FEXTRA            FNAME     FCOMMENT     FHCRC
//! ```
//!
//! Nothing of it is kept: a name can be as long as its sender likes.

use flate2::Crc;

use crate::coding::held::Held;
use crate::coding::reason::Reason;

/// The first byte of a member, ID1.
pub(super) const MAGIC_1: u8 = 0x1f;
const FIXED: usize = 10;
const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;
/// Flags without a meaning; they "must be zero" (RFC 1952 §2.3.1.2).
const RESERVED: u8 = 0xe0;

/// A header that is being read.
#[derive(Default)]
pub(super) struct Header {
    part: Part,
    held: Held,
    flags: u8,
    /// Of all bytes so far: FHCRC checks them.
    crc: Crc,
}

/// The part that comes next.
#[derive(Default, Clone, Copy)]
enum Part {
    #[default]
    Fixed,
    ExtraLength,
    Extra(usize),
    Name,
    Comment,
    Crc,
    Done,
}

impl Header {
    /// Takes bytes, and says whether the header is complete; or why it is refused, and how many bytes before the last
    /// one that was taken.
    pub(super) fn take(&mut self, input: &[u8]) -> (usize, Result<bool, (usize, Reason)>) {
        let mut taken = 0;
        loop {
            match self.part(&input[taken..]) {
                Ok(0) => return (taken, Ok(matches!(self.part, Part::Done))),
                Ok(length) => taken += length,
                Err((length, back, reason)) => return (taken + length, Err((back, reason))),
            }
        }
    }

    /// Reads on in one part. Parts that the flags do not announce are passed over.
    fn part(&mut self, input: &[u8]) -> Result<usize, (usize, usize, Reason)> {
        loop {
            let flagged = |flag| self.flags & flag != 0;
            self.part = match self.part {
                Part::Fixed => return self.fixed(input),
                Part::ExtraLength if !flagged(FEXTRA) => Part::Name,
                Part::Extra(0) => Part::Name,
                Part::Name if !flagged(FNAME) => Part::Comment,
                Part::Comment if !flagged(FCOMMENT) => Part::Crc,
                Part::Crc if !flagged(FHCRC) => Part::Done,
                Part::ExtraLength => return Ok(self.extra_length(input)),
                Part::Extra(left) => return Ok(self.extra(left, input)),
                Part::Name => return Ok(self.text(input, Part::Comment)),
                Part::Comment => return Ok(self.text(input, Part::Crc)),
                Part::Crc => return self.crc(input),
                Part::Done => return Ok(0),
            };
        }
    }

    /// Each byte is looked at when it is there: what is not gzip is refused at its first byte.
    fn fixed(&mut self, input: &[u8]) -> Result<usize, (usize, usize, Reason)> {
        let had = self.held.0.len();
        let length = self.held.fill(FIXED, input);
        for (index, byte) in self.held.0.iter().enumerate().skip(had) {
            let wrong = match index {
                0 if *byte != MAGIC_1 => Reason::NotGzip(*byte),
                1 if *byte != 0x8b => Reason::NotGzip(*byte),
                2 if *byte != 8 => Reason::GzipMethod(*byte),
                3 if *byte & RESERVED != 0 => Reason::GzipFlags(*byte),
                _ => continue,
            };
            return Err((index - had, 0, wrong));
        }
        self.crc.update(&input[..length]);
        if self.held.0.len() == FIXED {
            self.flags = self.held.0[3];
            self.held.0.clear();
            self.part = Part::ExtraLength;
        }
        Ok(length)
    }

    fn extra_length(&mut self, input: &[u8]) -> usize {
        let length = self.held.fill(2, input);
        self.crc.update(&input[..length]);
        if let [low, high] = self.held.0[..] {
            self.held.0.clear();
            self.part = Part::Extra(u16::from_le_bytes([low, high]).into());
        }
        length
    }

    fn extra(&mut self, left: usize, input: &[u8]) -> usize {
        let length = left.min(input.len());
        self.crc.update(&input[..length]);
        self.part = Part::Extra(left - length);
        length
    }

    /// Text up to a zero.
    fn text(&mut self, input: &[u8], next: Part) -> usize {
        let zero = input.iter().position(|byte| *byte == 0);
        let length = zero.map_or(input.len(), |zero| zero + 1);
        self.crc.update(&input[..length]);
        if zero.is_some() {
            self.part = next;
        }
        length
    }

    /// The lower half of the CRC-32 of all bytes before it.
    fn crc(&mut self, input: &[u8]) -> Result<usize, (usize, usize, Reason)> {
        let length = self.held.fill(2, input);
        let [low, high] = self.held.0[..] else { return Ok(length) };
        let (said, is) = (u16::from_le_bytes([low, high]), self.crc.sum() as u16);
        self.part = Part::Done;
        if said == is { Ok(length) } else { Err((length, 2, Reason::GzipHeaderCrc { said, is })) }
    }
}
