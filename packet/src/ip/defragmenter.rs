//! Putting fragments together again: RFC 791 §3.2, RFC 8200 §4.5.
//!
//! RFC 815 keeps a list of the holes. This one is shorter, because pieces that overlap are refused: the packet is whole
//! when the lengths of its pieces add up to where the last piece ends.
//!
//! No honest sender makes pieces that overlap. An attacker does: a firewall that prefers one piece and a host that
//! prefers the other see different packets. RFC 5722 makes the receiver drop such an IPv6 packet with all its pieces,
//! also those that come later. IPv4 is treated the same here, as Linux does. A piece that comes twice, byte for byte,
//! is only a duplicate.
//!
//! What is held is bounded: in number of packets, in bytes, and in time. Tested in `tests/fragments.rs`.

mod fragments;
mod key;
mod waiting;

use std::time::Duration;

pub use fragments::Fragments;

use super::IpPacket;
use key::Key;
use waiting::Waiting;

/// How many packets may be waiting for pieces.
const MOST_PACKETS: usize = 256;
/// How much they may hold together, in bytes.
const MOST_BYTES: usize = 4 << 20;
/// How long a packet waits for its pieces: RFC 8200 §4.5, and the shortest time that RFC 1122 §3.3.2 recommends for
/// IPv4.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Collects the fragments of packets until they are whole.
#[derive(Debug, Default)]
pub struct Defragmenter {
    /// The packets that wait for pieces, in the order in which their first piece came.
    waiting: Vec<Waiting>,
    /// What they count for, in bytes.
    held: usize,
    dropped: u64,
}

impl Defragmenter {
    /// One that holds nothing yet.
    pub fn new() -> Defragmenter {
        Defragmenter::default()
    }

    /// Takes a packet that was seen at `time`, on the clock of the capture.
    pub fn receive(&mut self, time: Duration, packet: &IpPacket<'_>) -> Fragments {
        let Some(fragment) = packet.fragment else { return Fragments::NotAFragment };
        self.forget_old(time);
        if packet.missing > 0 {
            return Fragments::NotCaptured;
        }
        if fragment.more && !packet.payload.len().is_multiple_of(8) {
            return Fragments::Uneven;
        }
        let at = self.waiting_for(Key::of(packet, fragment), time);
        let waiting = &mut self.waiting[at];
        self.held -= waiting.size();
        let outcome = waiting.add(packet, fragment);
        self.held += waiting.size();
        if let Fragments::Whole { .. } = outcome {
            self.remove(at);
        }
        self.keep_bounds();
        outcome
    }

    /// How many packets were given up: their pieces did not come in time, or there were too many to hold.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// What the pieces that wait count for, in bytes: at most 4 MiB.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Where the packet of this key waits; a new place if it is the first piece that came.
    fn waiting_for(&mut self, key: Key, since: Duration) -> usize {
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.key == key) {
            return at;
        }
        if self.waiting.len() == MOST_PACKETS {
            self.drop_oldest();
        }
        let new = Waiting::new(key, since);
        self.held += new.size();
        self.waiting.push(new);
        self.waiting.len() - 1
    }

    fn forget_old(&mut self, now: Duration) {
        while self.waiting.first().is_some_and(|oldest| now.saturating_sub(oldest.since) > TIMEOUT) {
            self.drop_oldest();
        }
    }

    fn keep_bounds(&mut self) {
        while self.held > MOST_BYTES {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        // One that was given up before has been reported then.
        self.dropped += u64::from(!self.remove(0).is_given_up());
    }

    fn remove(&mut self, at: usize) -> Waiting {
        let removed = self.waiting.remove(at);
        self.held -= removed.size();
        removed
    }
}
