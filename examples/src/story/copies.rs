//! One packet seen in several places: on several interfaces of a capture, or on one with other tags (VLAN, MPLS).
//!
//! Such a copy is not a retransmission: nobody sent the packet again. It is told by what a router changes, and a bridge
//! does not: the bytes after the link header are equal, the place is another, and little time went by. A packet that is
//! really sent again comes a second time to the place where it was first seen.
//!
//! Bounded: the newest packets are remembered, about 4,000 of them, each with four places.
//!
//! Tested in `tests/copies.rs`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use barewire_packet::capture::linktype;

/// A copy comes this soon.
const SOON: Duration = Duration::from_millis(250);

/// Packets that are remembered, each in the slot that its hash tells.
const SLOTS: usize = 4096;

/// The places of one packet that are remembered.
const PLACES: usize = 4;

/// Where a frame was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) interface: u32,
    /// A hash of the link header, without the addresses of Ethernet: those depend on who sent it.
    header: u64,
}

impl Place {
    /// The place of a frame with this link header, of the interface with this number.
    pub(super) fn of(interface: u32, link_type: u16, header: &[u8]) -> Place {
        let tags = match link_type {
            // The EtherType in a header without tags says what the packet says too.
            linktype::ETHERNET => header.get(12..).filter(|tags| tags.len() > 2),
            _ => Some(header),
        };
        let Some(tags) = tags.filter(|tags| !tags.is_empty()) else { return Place { interface, header: 0 } };
        let mut hasher = DefaultHasher::new();
        tags.hash(&mut hasher);
        Place { interface, header: hasher.finish() }
    }
}

/// The packets that were seen last.
#[derive(Debug, Default)]
pub(super) struct Copies {
    slots: Vec<Seen>,
}

#[derive(Debug, Clone, Default)]
struct Seen {
    fingerprint: u64,
    frame: u64,
    time: Duration,
    /// The first `known` of them.
    places: [Place; PLACES],
    known: usize,
}

impl Copies {
    /// A packet is seen. If it was seen in other places just before, and not in this one: the number of the first
    /// frame of it, and whether that was on another interface.
    pub(super) fn see(
        &mut self,
        fingerprint: u64,
        frame: u64,
        time: Duration,
        place: Place,
    ) -> Option<(u64, bool)> {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, Seen::default());
        }
        let seen = self.slots.get_mut(fingerprint as usize % SLOTS)?;
        let places = seen.places.get(..seen.known).unwrap_or_default();
        let soon = seen.fingerprint == fingerprint && seen.time.abs_diff(time) <= SOON;
        let Some(first) = places.first().filter(|_| soon && !places.contains(&place)) else {
            (seen.fingerprint, seen.frame, seen.time, seen.known) = (fingerprint, frame, time, 1);
            seen.places[0] = place;
            return None;
        };
        let elsewhere = first.interface != place.interface;
        if let Some(free) = seen.places.get_mut(seen.known) {
            (*free, seen.known) = (place, seen.known + 1);
        }
        Some((seen.frame, elsewhere))
    }
}
