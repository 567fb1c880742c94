//! The check of a balancer that has only packets: it pings each backend.
//!
//! A ping tells that the host is there. Whether its program works is another question: a check that opens a
//! connection says so through [`Health`](super::Health).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use barewire_packet::icmp::{Icmp, Message, echo_packet};
use barewire_packet::transit::Transit;

use super::backend::Backend;
use crate::later::later;
use crate::prefix::Address;

/// How often backends are pinged, and how many answers count. A ping has until the next one to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// From ping to ping, 1 ms at the least.
    pub interval: Duration,
    /// After so many unanswered pings in a row a backend is down.
    pub fall: u32,
    /// After so many answers in a row it is up again.
    pub rise: u32,
}

impl Default for Check {
    /// As HAProxy: each 2 seconds, 3 failures, 2 successes.
    fn default() -> Check {
        Check { interval: Duration::from_secs(2), fall: 3, rise: 2 }
    }
}

/// The shortest time from ping to ping.
const SHORTEST: Duration = Duration::from_millis(1);

/// All checks of a balancer.
pub(super) struct Checks {
    check: Option<Check>,
    /// The number that its pings bear: the port of the service.
    identifier: u16,
    sequence: u16,
    next: Option<Instant>,
    results: Vec<Checked>,
    waiting: VecDeque<Vec<u8>>,
    changes: u64,
}

/// What the pings of one backend told.
#[derive(Debug, Clone, Default)]
struct Checked {
    is_down: bool,
    /// Its last ping is unanswered.
    waits: bool,
    /// How often in a row it told the contrary of what it is.
    contrary: u32,
}

impl Checks {
    pub(super) fn new(check: Option<Check>, identifier: u16) -> Checks {
        let (results, waiting) = (Vec::new(), VecDeque::new());
        Checks { check, identifier, sequence: 0, next: None, results, waiting, changes: 0 }
    }

    /// There is one more backend.
    pub(super) fn add(&mut self) {
        self.results.push(Checked::default());
    }

    pub(super) fn is_down(&self, index: usize) -> bool {
        self.results.get(index).is_some_and(|checked| checked.is_down)
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// The next ping, if one is due. The first round begins when this is asked first.
    pub(super) fn transmit(
        &mut self,
        now: Instant,
        backends: &[Backend],
        own: &[Address],
    ) -> Option<Vec<u8>> {
        let check = self.check?;
        if self.next.is_none_or(|next| next <= now) {
            self.next = Some(later(now, check.interval.max(SHORTEST)));
            self.round(check, backends, own);
        }
        self.waiting.pop_front()
    }

    /// Pings that are still unanswered have failed; each backend gets another one.
    fn round(&mut self, check: Check, backends: &[Backend], own: &[Address]) {
        self.sequence = self.sequence.wrapping_add(1);
        for (backend, checked) in backends.iter().zip(&mut self.results) {
            if checked.waits && checked.tells(false, check.fall) {
                self.changes += 1;
            }
            checked.waits = true;
            let to = backend.address.ip();
            let alike = || own.iter().filter(|own| own.address.is_ipv4() == to.is_ipv4());
            let near = alike().find(|own| own.prefix().contains(to));
            if let Some(own) = near.or_else(|| alike().next()) {
                let ping =
                    echo_packet(own.address, to, false, (self.identifier, self.sequence), b"are you there?");
                self.waiting.push_back(ping);
            }
        }
    }

    /// Whether a packet is an answer to a ping. If so: of which backend, and whether that is up again by it.
    pub(super) fn answered(&mut self, backends: &[Backend], packet: &Transit) -> Option<(Arc<str>, bool)> {
        let check = self.check.filter(|_| packet.is_icmp_query())?;
        let icmp = Icmp::parse(packet.version(), packet.payload()).ok()?;
        let Message::Echo { identifier, sequence } = icmp.message else { return None };
        if !matches!(icmp.kind, 0 | 129) || (identifier, sequence) != (self.identifier, self.sequence) {
            return None;
        }
        let mut said = None;
        for (backend, checked) in backends.iter().zip(&mut self.results) {
            if backend.address.ip() == packet.source() && std::mem::take(&mut checked.waits) {
                let comes_up = checked.tells(true, check.rise);
                self.changes += u64::from(comes_up);
                said = Some((backend.name.clone(), comes_up));
            }
        }
        said
    }
}

impl Checked {
    /// A ping was answered or not; `wanted` contrary ones in a row turn the backend over. True: they do now.
    fn tells(&mut self, is_there: bool, wanted: u32) -> bool {
        self.contrary = if is_there == self.is_down { self.contrary + 1 } else { 0 };
        let turns = self.contrary >= wanted.max(1);
        if turns {
            (self.is_down, self.contrary) = (!self.is_down, 0);
        }
        turns
    }
}
