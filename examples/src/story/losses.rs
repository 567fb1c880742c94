//! Packets that a simulated network lost: drawn once, where they vanished.
//!
//! A packet that the client sent and that was lost stands in the capture twice: when it was sent, and when it vanished,
//! on the interface of lost packets. It gets one row, the first, which says that it was lost.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use barewire_packet::checksum::checksum;

use super::Story;
use super::row::Fate;
use super::tally::Uncounted;

/// Enough for the headers of IP and TCP. A sum stands for the rest.
const HEADERS: usize = 64;

/// A hash of the packet's length and headers, and a sum of the rest. Equal packets have equal hashes; that other ones
/// differ is likely, and enough here.
pub(super) fn fingerprint(packet: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let (headers, rest) = packet.split_at(packet.len().min(HEADERS));
    (packet.len(), headers, checksum(rest)).hash(&mut hasher);
    hasher.finish()
}

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
