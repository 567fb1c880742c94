//! One packet that waits for its pieces.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Fragments;
use super::key::Key;
use crate::checksum::checksum;
use crate::ip::{Codepoint, Fragment, IpHeader, IpPacket, Ipv4Header, Ipv6Header};

/// The longest payload: the most that a length field of 16 bits can say.
const MOST_LENGTH: usize = 65_535;
/// What a piece is counted for beside its bytes: about what the map needs to hold it.
const OVERHEAD: usize = 64;
const IPV6_HEADER: usize = 40;
const FRAGMENT_HEADER: usize = 8;

/// A packet that waits for pieces.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) key: Key,
    /// When the first of its pieces came.
    pub(super) since: Duration,
    /// The header of the piece that starts the packet, made that of the whole packet but for its length. Empty until
    /// that piece has come.
    header: Vec<u8>,
    /// The pieces by offset. No two overlap.
    pieces: BTreeMap<usize, Vec<u8>>,
    /// How many bytes the pieces have together.
    have: usize,
    /// Where the last piece ends, when that has come.
    end: Option<usize>,
    /// Whether a router has marked one of its pieces, and whether one says that it cannot be marked (RFC 3168 §5.3).
    marked: bool,
    unmarkable: bool,
    /// The packet is given up: what still comes of it is thrown away.
    given_up: bool,
}

impl Waiting {
    pub(super) fn new(key: Key, since: Duration) -> Waiting {
        let (header, pieces) = (Vec::new(), BTreeMap::new());
        let (marked, unmarkable) = (false, false);
        Waiting { key, since, header, pieces, have: 0, end: None, marked, unmarkable, given_up: false }
    }

    /// What it counts for, in bytes.
    pub(super) fn size(&self) -> usize {
        OVERHEAD + self.header.len() + self.have + OVERHEAD * self.pieces.len()
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.given_up
    }

    pub(super) fn add(&mut self, packet: &IpPacket<'_>, fragment: Fragment) -> Fragments {
        let piece = packet.payload;
        let (start, end) = (fragment.offset, fragment.offset + piece.len());
        if self.given_up {
            return Fragments::Overlap;
        }
        if self.pieces.get(&start).is_some_and(|known| known == piece) {
            return Fragments::Duplicate;
        }
        if end > MOST_LENGTH {
            return self.give_up(Fragments::TooLong);
        }
        if self.overlaps(start, end) || self.contradicts_the_end(end, fragment.more) {
            return self.give_up(Fragments::Overlap);
        }
        self.marked |= packet.header.codepoint() == Codepoint::Ce;
        self.unmarkable |= packet.header.codepoint() == Codepoint::NotEct;
        if self.marked && self.unmarkable {
            return self.give_up(Fragments::MarksDisagree);
        }
        if start == 0 {
            self.header = whole_header(&packet.header);
        }
        if !fragment.more {
            self.end = Some(end);
        }
        if !piece.is_empty() {
            self.pieces.insert(start, piece.to_vec());
            self.have += piece.len();
        }
        self.finish()
    }

    fn overlaps(&self, start: usize, end: usize) -> bool {
        let before = self.pieces.range(..=start).next_back();
        let after = self.pieces.range(start..).next();
        before.is_some_and(|(at, piece)| at + piece.len() > start) || after.is_some_and(|(at, _)| *at < end)
    }

    /// Whether a piece that ends at `end` cannot be of the packet: the last piece is known to end elsewhere, or this
    /// one says that it is the last and is not.
    fn contradicts_the_end(&self, end: usize, more: bool) -> bool {
        let furthest = self.pieces.last_key_value().map_or(0, |(at, piece)| at + piece.len());
        match self.end {
            Some(known) => end > known || (!more && end != known),
            None => !more && end < furthest,
        }
    }

    /// Gives the packet up.
    fn give_up(&mut self, why: Fragments) -> Fragments {
        self.pieces.clear();
        self.header = Vec::new();
        self.have = 0;
        self.given_up = true;
        why
    }

    /// The packet, if no piece is missing.
    fn finish(&mut self) -> Fragments {
        if self.end != Some(self.have) || self.header.is_empty() {
            return Fragments::Kept;
        }
        let mut packet = std::mem::take(&mut self.header);
        if self.marked {
            mark(&mut packet);
        }
        if !set_length(&mut packet, self.have) {
            return self.give_up(Fragments::TooLong);
        }
        packet.reserve_exact(self.have);
        self.pieces.values().for_each(|piece| packet.extend_from_slice(piece));
        Fragments::Whole { packet }
    }
}

/// The header of the whole packet, from that of its first piece. The length is set later.
fn whole_header(header: &IpHeader<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    match header {
        IpHeader::V4(header) => {
            Ipv4Header { more_fragments: false, fragment_offset: 0, ..header.clone() }.write(&mut bytes);
        }
        IpHeader::V6(header) => without_fragment_header(header, &mut bytes),
    }
    bytes
}

/// RFC 8200 §4.5: the fragment header goes, and the header before it names what came after it.
fn without_fragment_header(header: &Ipv6Header<'_>, bytes: &mut Vec<u8>) {
    // exercise: wire03
    // instead: header.write(bytes);
    // instead: bytes.truncate(IPV6_HEADER + header.extensions.len().saturating_sub(FRAGMENT_HEADER));
    let extensions = header.extensions.len().saturating_sub(FRAGMENT_HEADER);
    header.write(bytes);
    bytes.truncate(IPV6_HEADER + extensions);
    // The next header stands in byte 6 of the fixed header, and in the first byte of each extension header.
    let (mut next_header, mut at) = (6, IPV6_HEADER);
    for extension in header.extension_headers() {
        if at < bytes.len() {
            next_header = at;
        }
        at += extension.bytes.len();
    }
    bytes[next_header] = header.protocol;
    // exercise: end
}

/// RFC 3168 §5.3: a mark of one piece is a mark of the whole packet. The ECN field ends the traffic class, which in
/// IPv6 begins four bits later than in IPv4.
fn mark(header: &mut [u8]) {
    let is_v4 = header[0] >> 4 == 4;
    header[1] |= Codepoint::Ce.bits() << if is_v4 { 0 } else { 4 };
}

/// Sets the length of a header whose payload has `payload` bytes. `false`: there is no such packet.
fn set_length(header: &mut [u8], payload: usize) -> bool {
    let is_v4 = header[0] >> 4 == 4;
    let (says, at) =
        if is_v4 { (header.len() + payload, 2) } else { (header.len() - IPV6_HEADER + payload, 4) };
    let Ok(length) = u16::try_from(says) else { return false };
    header[at..at + 2].copy_from_slice(&length.to_be_bytes());
    if is_v4 {
        header[10..12].fill(0);
        let sum = checksum(header);
        header[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    true
}
