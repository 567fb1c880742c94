//! The neighbours that are known, or asked for: RFC 4861 §5.1, and for ARP RFC 826 with its timeouts of RFC 1122
//! §2.3.2.1.
//!
//! ```text
//!   a packet for it ──▶ Asking ── answer ──▶ Known ── 30 s, a packet ──▶ Known, asked again
//!                          │                   ▲                             │       │
//!                  three questions             └────────── answer ───────────┘  three questions
//!                          ▼                                                         ▼
//!                     unreachable                                                forgotten
//! ```

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::mac::MacAddress;

/// RFC 4861 §10: how often a neighbour is asked, and how long each question waits for an answer.
pub(super) const QUESTIONS: u8 = 3;
pub(super) const RETRANS_TIMER: Duration = Duration::from_secs(1);
/// How long an answer is believed.
const REACHABLE_TIME: Duration = Duration::from_secs(30);

/// How many neighbours are remembered. One more takes the place of the one that was used longest ago.
const MOST: usize = 256;

/// What is known of a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it is; `None` while it has not answered.
    pub(super) mac: Option<MacAddress>,
    /// Until when the answer is believed.
    believed: Option<Instant>,
    /// The questions that were sent, and when the last one has waited long enough.
    pub(super) asked: Option<(u8, Instant)>,
    used: Instant,
}

/// What is to be done for a packet to a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It is there.
    Send(MacAddress),
    /// It was there, and may have gone: send, and ask that interface.
    SendAndAsk(MacAddress),
    /// Nothing is known: ask everybody.
    Ask,
    /// Somebody has been asked already.
    Wait,
}

/// What an answer has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing, or only how long it is believed.
    None,
    /// It was asked for.
    Found,
    /// It was somewhere else before.
    Moved(MacAddress),
}

/// The neighbours by their addresses.
#[derive(Debug, Default)]
pub(super) struct Table {
    entries: BTreeMap<IpAddr, Entry>,
}

impl Table {
    /// A packet is to go to a neighbour.
    pub(super) fn look_up(&mut self, now: Instant, address: IpAddr) -> Lookup {
        let Some(entry) = self.entries.get_mut(&address) else {
            self.make_room();
            let asked = Some((1, now + RETRANS_TIMER));
            self.entries.insert(address, Entry { mac: None, believed: None, asked, used: now });
            return Lookup::Ask;
        };
        entry.used = now;
        match entry.mac {
            None => Lookup::Wait,
            Some(mac) if entry.believed.is_some_and(|until| now < until) || entry.asked.is_some() => {
                Lookup::Send(mac)
            }
            Some(mac) => {
                entry.asked = Some((1, now + RETRANS_TIMER));
                Lookup::SendAndAsk(mac)
            }
        }
    }

    /// Somebody says where a neighbour is. It is believed of those that we have talked to or asked for, and of nobody
    /// else: what nobody asked for would only fill the table (RFC 4861 §7.2.5).
    pub(super) fn learn(
        &mut self,
        now: Instant,
        (address, mac): (IpAddr, MacAddress),
        solicited: bool,
        overrides: bool,
    ) -> Change {
        let Some(entry) = self.entries.get_mut(&address) else { return Change::None };
        // exercise: wire04
        // instead: let _ = overrides;
        // instead: entry.mac = Some(mac);
        // instead: if solicited {
        // instead:     (entry.believed, entry.asked) = (Some(now + REACHABLE_TIME), None);
        // instead: }
        // instead: Change::Found
        let before = entry.mac;
        if before.is_some_and(|before| before != mac) && !overrides {
            // Two say they are it, and the second does not insist: the first is asked when it is next needed.
            entry.believed = None;
            return Change::None;
        }
        entry.mac = Some(mac);
        if solicited {
            (entry.believed, entry.asked) = (Some(now + REACHABLE_TIME), None);
        } else if before != Some(mac) {
            (entry.believed, entry.asked) = (None, None);
        }
        match before {
            None => Change::Found,
            Some(before) if before != mac => Change::Moved(before),
            Some(_) => Change::None,
        }
        // exercise: end
    }

    /// When the next question has waited long enough.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.entries.values().filter_map(|entry| entry.asked.map(|(_, until)| until)).min()
    }

    /// A question that has waited long enough: it is to be asked again (`true`), or nobody answers, and the neighbour
    /// is forgotten.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<(IpAddr, Entry, bool)> {
        let due = |entry: &Entry| entry.asked.is_some_and(|(_, until)| until <= now);
        let (address, entry) = self.entries.iter_mut().find(|(_, entry)| due(entry))?;
        let (address, asked) = (*address, entry.asked.map_or(0, |(asked, _)| asked));
        if asked < QUESTIONS {
            entry.asked = Some((asked + 1, now + RETRANS_TIMER));
            return Some((address, *entry, true));
        }
        let entry = self.entries.remove(&address)?;
        Some((address, entry, false))
    }

    /// The neighbours that have answered, and where they are.
    pub(super) fn known(&self) -> impl Iterator<Item = (IpAddr, MacAddress)> {
        self.entries.iter().filter_map(|(address, entry)| Some((*address, entry.mac?)))
    }

    fn make_room(&mut self) {
        if self.entries.len() < MOST {
            return;
        }
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(address, _)| *address);
        if let Some(oldest) = oldest {
            self.entries.remove(&oldest);
        }
    }
}
