//! Packets that a simulated network lost: drawn once, where they vanished.
//!
//! A packet that the client sent and that was lost stands in the capture twice: when it was sent, and when it vanished,
//! on the interface of lost packets. It gets one row, the first, which says that it was lost.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use barewire_packet::checksum::checksum;
use barewire_packet::ip::IpPacket;

use super::Story;
use super::row::Fate;
use super::tally::Uncounted;

/// Bytes that are hashed: mostly the headers of IP and TCP.
const HEADERS: usize = 64;

/// A hash of a packet's length and headers, and a sum of the rest, without what the link put after it. Equal packets
/// have equal hashes; that other ones differ is likely, and enough here.
pub(super) fn fingerprint(bytes: &[u8], packet: &IpPacket<'_>) -> u64 {
    let bytes = bytes.strip_suffix(packet.trailer).unwrap_or(bytes);
    let (headers, rest) = bytes.split_at(bytes.len().min(HEADERS));
    let before = bytes.len().saturating_sub(packet.payload.len());
    // The checksum of TCP stands for the rest, where it is one of the bytes that are hashed.
    let is_segment = packet.header.protocol() == barewire_tcp::segment::PROTOCOL && packet.fragment.is_none();
    let sum = if is_segment && before + TCP_CHECKSUM <= HEADERS { 0 } else { checksum(rest) };
    let mut hasher = DefaultHasher::new();
    (bytes.len(), headers, sum).hash(&mut hasher);
    hasher.finish()
}

/// Where the checksum of a TCP header ends: RFC 9293 §3.1.
const TCP_CHECKSUM: usize = 18;

/// Gives the rows of sent packets the fate of their copies, and takes the copies out.
pub(super) fn join(story: &mut Story) {
    if story.rows.iter().all(|row| row.fate == Fate::Seen) {
        return;
    }
    // By packet and moment: the row that says it was sent, or that it was lost, whichever comes first in the file.
    let mut first: HashMap<(u64, Duration), usize> = HashMap::new();
    let mut copies = Vec::new();
    for (index, row) in story.rows.iter().enumerate() {
        let Some(other) = first.insert((row.fingerprint, row.time), index) else { continue };
        match (story.rows[other].fate, row.fate) {
            (Fate::Seen, Fate::Lost) => copies.push((other, index)),
            (Fate::Lost, Fate::Seen) => copies.push((index, other)),
            _ => {}
        }
    }
    for (sent, _) in &copies {
        story.rows[*sent].fate = Fate::Lost;
    }
    let copies: HashSet<usize> = copies.into_iter().map(|(_, copy)| copy).collect();
    let Story { rows, tally, .. } = story;
    let mut index = 0..;
    rows.retain(|row| {
        let keep = !index.next().is_some_and(|index| copies.contains(&index));
        if !keep {
            tally.drop_row(row.frame, Uncounted::DrawnWhereSent);
        }
        keep
    });
}
