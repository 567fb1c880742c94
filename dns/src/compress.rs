//! Writing: a buffer that grows, and names that point to where they, or their ends, stood before
//! (RFC 1035 §4.1.4).
//!
//! The writer remembers where it wrote names, and compares a new one with the bytes it wrote there. It
//! looks for the whole name first, then for the name without its first label, and so on, so the first
//! thing found is the longest. Two bounds keep the cost linear in the size of the message, where a
//! naive table costs its square (which took resolvers down: CVE-2024-8508): it remembers [`REMEMBERED`]
//! places at most, and names written after that only point to those.
//!
//! Names are compared with the case of their letters, so that each comes out as it was put in. Tested
//! in `tests/message.rs`, `tests/hostile.rs`, and against the sizes of real servers in
//! `tests/captures.rs`.

use byteorder::{BigEndian, ByteOrder};

use crate::error::{Error, Reason};
use crate::name::{Name, split_label};

/// How many places the writer remembers.
const REMEMBERED: usize = 256;
/// The offset of a pointer has 14 bits.
const FARTHEST: usize = 0x3fff;
/// The longest message: over TCP a length of 16 bits stands before it (RFC 1035 §4.2.2).
const MAX_MESSAGE: usize = 65_535;

/// A message that is being written.
pub(crate) struct Writer {
    out: Vec<u8>,
    places: Vec<Place>,
}

/// Where a name, or the end of one, was written.
struct Place {
    offset: u16,
    /// The bytes it takes without compression: places of another length need no closer look.
    length: u8,
}

impl Writer {
    pub(crate) fn new() -> Writer {
        Writer { out: Vec::with_capacity(512), places: Vec::with_capacity(16) }
    }

    /// How many bytes were written.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn u16(&mut self, value: u16) {
        let mut bytes = [0; 2];
        BigEndian::write_u16(&mut bytes, value);
        self.out.extend_from_slice(&bytes);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        let mut bytes = [0; 4];
        BigEndian::write_u32(&mut bytes, value);
        self.out.extend_from_slice(&bytes);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Writes a name: its labels up to a place where the rest was written before, then a pointer there.
    pub(crate) fn name(&mut self, name: &Name) {
        let mut rest = name.as_wire();
        while let Some((label, after)) = split_label(rest) {
            if let Some(offset) = self.find(rest) {
                return self.u16(0xc000 | offset);
            }
            self.remember(rest.len());
            self.out.push(label.len() as u8);
            self.out.extend_from_slice(label);
            rest = after;
        }
        self.out.push(0);
    }

    /// Puts the number of bytes written after the two at `length_at` into those two.
    pub(crate) fn fill_in_length(&mut self, length_at: usize) -> Result<(), Error> {
        let too_long = Error { offset: MAX_MESSAGE, reason: Reason::MessageTooLong };
        let length = self.out.len().saturating_sub(length_at + 2);
        let (Ok(length), Some(place)) = (u16::try_from(length), self.out.get_mut(length_at..length_at + 2))
        else {
            return Err(too_long);
        };
        BigEndian::write_u16(place, length);
        if self.out.len() > MAX_MESSAGE { Err(too_long) } else { Ok(()) }
    }

    /// The message, if it is short enough to be one.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        if self.out.len() > MAX_MESSAGE {
            return Err(Error { offset: MAX_MESSAGE, reason: Reason::MessageTooLong });
        }
        Ok(self.out)
    }

    fn find(&self, name: &[u8]) -> Option<u16> {
        self.places
            .iter()
            .find(|place| {
                usize::from(place.length) == name.len() && self.stands_at(place.offset.into(), name)
            })
            .map(|place| place.offset)
    }

    fn remember(&mut self, length: usize) {
        let offset = self.out.len();
        if self.places.len() < REMEMBERED && offset <= FARTHEST {
            self.places.push(Place { offset: offset as u16, length: length as u8 });
        }
    }

    /// Whether the name written at `at`, its pointers followed, is `name`. The bytes are our own, so its
    /// pointers are good.
    fn stands_at(&self, mut at: usize, name: &[u8]) -> bool {
        let mut rest = name;
        while let Some((label, after)) = split_label(rest) {
            if let Some(&[high, low]) = self.out.get(at..at + 2)
                && high >= 0xc0
            {
                at = usize::from(high & 0x3f) << 8 | usize::from(low);
            }
            let end = at + 1 + label.len();
            // The length byte and the label, exactly as the name holds them.
            if self.out.get(at..end) != rest.get(..1 + label.len()) {
                return false;
            }
            (at, rest) = (end, after);
        }
        true
    }
}
