//! Writing a message: a buffer that grows, and name compression. A name, or the end of one, that was written before is
//! written again as a pointer to that place (RFC 1035 §4.1.4).
//!
//! The writer remembers where it wrote names, and compares a new name with the bytes at those places. It looks for
//! the whole name first, then for the name without its first label, and so on. So what it finds first is the longest
//! match. It remembers at most [`REMEMBERED`] places, which keeps the cost linear in the size of the message. Without
//! that bound the cost is the square of it, and such writers took resolvers down (CVE-2024-8508).
//!
//! The case of letters counts in the comparison, so that each name comes out as it was put in. Tested in
//! `tests/message.rs`, `tests/hostile.rs`, and against the sizes of real servers in `tests/captures.rs`.

use barewire_dissect::Refused;
use byteorder::{BigEndian, ByteOrder};

use crate::name::{Name, split_label};
use crate::reason::{Reason, unwritable};

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
    /// How many bytes it takes without compression. A name of another length cannot be the same name.
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

    /// Writes a name: its labels, up to where the rest of it was written before, then a pointer to that place.
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
    pub(crate) fn fill_in_length(&mut self, length_at: usize) -> Result<(), Refused<Reason>> {
        let length = self.out.len().saturating_sub(length_at + 2);
        let (Ok(length), Some(place)) = (u16::try_from(length), self.out.get_mut(length_at..length_at + 2))
        else {
            return Err(too_long());
        };
        BigEndian::write_u16(place, length);
        if self.out.len() > MAX_MESSAGE { Err(too_long()) } else { Ok(()) }
    }

    /// The message, if it is short enough to be one.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Refused<Reason>> {
        if self.out.len() > MAX_MESSAGE { Err(too_long()) } else { Ok(self.out) }
    }

    fn find(&self, name: &[u8]) -> Option<u16> {
        // exercise: dns03
        // instead: None
        self.places
            .iter()
            .find(|place| {
                usize::from(place.length) == name.len() && self.stands_at(place.offset.into(), name)
            })
            .map(|place| place.offset)
        // exercise: end
    }

    fn remember(&mut self, length: usize) {
        let offset = self.out.len();
        if self.places.len() < REMEMBERED && offset <= FARTHEST {
            self.places.push(Place { offset: offset as u16, length: length as u8 });
        }
    }

    /// Whether the name written at `at` is `name`; pointers are followed. We wrote these bytes, so the pointers are
    /// good.
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

fn too_long() -> Refused<Reason> {
    unwritable(MAX_MESSAGE, Reason::MessageTooLong)
}
