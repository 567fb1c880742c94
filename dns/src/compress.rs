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
use crate::types::Compression;

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
    /// Whether the names in the data that is being written may be compressed.
    pub(crate) in_data: Compression,
    /// What the bytes are for.
    use_of_bytes: UseOfBytes,
    /// The first thing that could not be written. [`finish`](Writer::finish) tells it.
    fault: Option<Refused<Reason>>,
}

/// What written bytes are for: it decides how names in data are written.
#[derive(PartialEq)]
enum UseOfBytes {
    /// They are sent in a message.
    Message,
    /// They are signed.
    Signature,
    /// They are kept in memory.
    Memory,
}

/// Where a name, or the end of one, was written.
struct Place {
    offset: u16,
    /// How many bytes it takes without compression. A name of another length cannot be the same name.
    length: u8,
}

impl Writer {
    pub(crate) fn new() -> Writer {
        Writer {
            out: Vec::with_capacity(512),
            places: Vec::with_capacity(16),
            in_data: Compression::Written,
            use_of_bytes: UseOfBytes::Message,
            fault: None,
        }
    }

    /// For data that is signed: no name is compressed, and those that a type of RFC 3597 §7 or older has are in lower
    /// case (RFC 4034 §6.2).
    pub(crate) fn canonical() -> Writer {
        Writer { use_of_bytes: UseOfBytes::Signature, ..Writer::new() }
    }

    /// For data that is kept in memory: no name is compressed, and each keeps its case.
    pub(crate) fn for_memory() -> Writer {
        Writer { use_of_bytes: UseOfBytes::Memory, ..Writer::new() }
    }

    /// What comes next cannot be written. The first such fault ends the message in [`finish`](Writer::finish).
    pub(crate) fn refuse(&mut self, reason: Reason) {
        self.fault.get_or_insert(unwritable(self.out.len(), reason));
    }

    /// The message is too long to be one.
    pub(crate) fn too_long(&mut self) {
        self.fault.get_or_insert(unwritable(MAX_MESSAGE, Reason::MessageTooLong));
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.out.push(value);
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

    // book: write-name
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

    // book: end
    // book: data-name
    /// Writes a name in the data of a record: as a pointer only if the type allows it.
    pub(crate) fn data_name(&mut self, name: &Name) {
        match self.in_data {
            Compression::Written | Compression::Read if self.use_of_bytes == UseOfBytes::Signature => {
                // The bytes that hold lengths are at most 63, and so never letters.
                self.bytes(&name.as_wire().to_ascii_lowercase());
            }
            Compression::Written if self.use_of_bytes == UseOfBytes::Message => self.name(name),
            _ => self.bytes(name.as_wire()),
        }
    }

    // book: end

    /// Writes a character-string: a byte that counts, then as many bytes (RFC 1035 §3.3).
    pub(crate) fn string(&mut self, string: &[u8]) {
        match u8::try_from(string.len()) {
            Ok(length) => {
                self.u8(length);
                self.bytes(string);
            }
            Err(_) => self.refuse(Reason::StringTooLong { length: string.len() }),
        }
    }

    /// Writes two bytes that count, then what `content` writes.
    pub(crate) fn counted(&mut self, content: impl FnOnce(&mut Writer)) {
        let length_at = self.out.len();
        self.u16(0);
        content(self);
        let length = self.out.len().saturating_sub(length_at + 2);
        match (u16::try_from(length), self.out.get_mut(length_at..length_at + 2)) {
            (Ok(length), Some(place)) => BigEndian::write_u16(place, length),
            _ => self.too_long(),
        }
    }

    /// The message, if all of it could be written and it is short enough to be one.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Refused<Reason>> {
        if self.out.len() > MAX_MESSAGE {
            self.too_long();
        }
        self.fault.map_or(Ok(self.out), Err)
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

    // book: remember
    fn remember(&mut self, length: usize) {
        let offset = self.out.len();
        if self.places.len() < REMEMBERED && offset <= FARTHEST {
            self.places.push(Place { offset: offset as u16, length: length as u8 });
        }
    }

    // book: end

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
