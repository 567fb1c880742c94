//! SYNs from outside that no mapping lets in, and that are not answered at once (RFC 5382 REQ-4).
//!
//! Two hosts that open a connection towards each other at the same moment each send a SYN to the other's NAT. A NAT
//! that answered the first one with an error would end the attempt. So it waits for six seconds: when a SYN from inside
//! has crossed it by then it is forgotten, and else its sender is told "port unreachable".

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use barewire_packet::icmp::{ErrorKind, error_packet};
use barewire_packet::transit::Transit;

use super::ends::Ends;

/// How many SYNs wait at the most. Further ones are dropped.
const MOST_HELD: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct HeldSyns {
    waiting: HashMap<Ends, u64>,
    due: VecDeque<(Instant, u64, Ends, Transit)>,
    next: u64,
}

impl HeldSyns {
    /// Has a SYN wait until `due`; none may be due before one that waits already.
    pub(super) fn hold(&mut self, due: Instant, ends: Ends, syn: &Transit) {
        if self.due.len() >= MOST_HELD || self.waiting.contains_key(&ends) {
            return;
        }
        self.waiting.insert(ends, self.next);
        self.due.push_back((due, self.next, ends, syn.clone()));
        self.next += 1;
    }

    /// A SYN from inside crosses: the one that waits is forgotten.
    pub(super) fn crossed(&mut self, ends: Ends) {
        self.waiting.remove(&ends);
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.front().map(|(due, ..)| *due)
    }

    /// The error for the next SYN that is due by `now`.
    pub(super) fn answer(&mut self, now: Instant) -> Option<Vec<u8>> {
        while self.deadline().is_some_and(|due| due <= now) {
            let (_, number, ends, syn) = self.due.pop_front()?;
            if self.waiting.get(&ends) != Some(&number) {
                continue;
            }
            self.waiting.remove(&ends);
            let unreachable = ErrorKind { kind: 3, code: 3, word: 0 };
            return Some(error_packet(syn.destination(), syn.source(), unreachable, syn.bytes()));
        }
        None
    }
}
