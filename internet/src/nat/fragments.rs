//! Fragments after the first: they have no ports, so they follow what became of their first one (RFC 4787 REQ-14).
//!
//! Nothing is put together here. The first fragment is translated as a whole packet is, and the checksum in it is
//! mended by the difference, so it fits the whole. The others get the same addresses. A fragment that comes before the
//! first of its packet is kept until that one comes; how many are kept is bounded (REQ-14a). Linux puts packets
//! together instead.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_packet::transit::Transit;

/// How many packets in pieces are followed at the same time; the oldest is forgotten first (REQ-14a).
const MOST_FOLLOWED: usize = 256;
/// How many pieces are kept that came before the first of their packet.
const MOST_KEPT: usize = 64;
/// How long pieces are waited for. Linux: `ipfrag_time`.
const LONGEST: Duration = Duration::from_secs(30);

/// What the pieces of one packet have in common (RFC 791 §3.2), as they come to the NAT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Pieces {
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    identification: u32,
}

/// Packets in pieces, and the addresses that their first piece got.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    translated: HashMap<Pieces, (Instant, IpAddr, IpAddr)>,
    order: VecDeque<Pieces>,
    /// Pieces that came too early, the oldest first.
    early: VecDeque<(Instant, Pieces, Transit)>,
    /// Those that may leave now.
    ready: VecDeque<Vec<u8>>,
}

impl Pieces {
    /// `None`: the packet is whole.
    pub(super) fn of(packet: &Transit) -> Option<Pieces> {
        let identification = packet.fragment()?.identification;
        let (source, destination, protocol) = (packet.source(), packet.destination(), packet.protocol());
        Some(Pieces { source, destination, protocol, identification })
    }
}

impl Fragments {
    /// The first of these pieces has become `packet`.
    pub(super) fn remember(&mut self, now: Instant, pieces: Pieces, packet: &Transit) {
        let translated = (now, packet.source(), packet.destination());
        if self.translated.insert(pieces, translated).is_none() {
            self.order.push_back(pieces);
        }
        if self.order.len() > MOST_FOLLOWED
            && let Some(oldest) = self.order.pop_front()
        {
            self.translated.remove(&oldest);
        }
        self.release(now, pieces);
    }

    /// Keeps a piece that came before its first one. False: there is no room for it.
    pub(super) fn keep(&mut self, now: Instant, pieces: Pieces, packet: &Transit) -> bool {
        while self.early.front().is_some_and(|(since, ..)| now >= *since + LONGEST) {
            self.early.pop_front();
        }
        let has_room = self.early.len() < MOST_KEPT;
        if has_room {
            self.early.push_back((now, pieces, packet.clone()));
        }
        has_room
    }

    /// The next piece that was kept, and whose first one has come since.
    pub(super) fn ready(&mut self) -> Option<Vec<u8>> {
        self.ready.pop_front()
    }

    /// The first of these pieces has come: those that were kept can follow it.
    fn release(&mut self, now: Instant, pieces: Pieces) {
        let (released, kept) = self.early.drain(..).partition(|(_, early, _)| *early == pieces);
        self.early = kept;
        let released: VecDeque<(Instant, Pieces, Transit)> = released;
        for (since, _, mut packet) in released {
            if now < since + LONGEST && self.follow(now, pieces, &mut packet) {
                self.ready.push_back(packet.into_bytes());
            }
        }
    }

    /// Gives a later piece the addresses that its first one got. False: that one was not seen.
    pub(super) fn follow(&self, now: Instant, pieces: Pieces, packet: &mut Transit) -> bool {
        let known = self.translated.get(&pieces).filter(|(since, ..)| now < *since + LONGEST);
        let Some((_, source, destination)) = known else { return false };
        packet.set_source(SocketAddr::new(*source, 0));
        packet.set_destination(SocketAddr::new(*destination, 0));
        true
    }
}
