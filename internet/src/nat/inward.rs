//! Packets for an external address: their destination becomes the inside socket that is mapped to it.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Instant;

use barewire_packet::transit::Transit;

use super::config::{Filtering, Hairpin, Mapping, Unsolicited};
use super::ends::{Ends, Protocol, is_icmp_question};
use super::note::{Fate, NatNote};
use super::session::Session;
use super::side::Side;
use super::{Nat, drop, noted};
use crate::later::later;
use crate::router::Decision;
use crate::tracking::Passage;

/// Who an external socket leads to, for a packet of no session.
enum Leads {
    /// To an inside socket, by a forwarded port.
    ByForward(SocketAddrV4),
    /// To an inside socket, by a mapping.
    ByMapping(SocketAddrV4),
}

impl Nat {
    /// A packet that is not an ICMP error, for an external address.
    pub(super) fn inward(&mut self, now: Instant, packet: &mut Transit) -> Decision {
        let Some(ends) = Ends::inward(packet).filter(|_| !is_icmp_question(packet)) else {
            return match self.config.unsolicited {
                Unsolicited::Drop => drop(NatNote::NoMapping { fate: Fate::Dropped, expired: None }),
                _ => Decision::Pass,
            };
        };
        if let Some(id) = self.sessions.back(ends) {
            match self.follow(now, id, Side::Outside, packet) {
                Some((_, Passage::Invalid)) => {
                    return match self.config.unsolicited {
                        Unsolicited::Router => noted(NatNote::Invalid(Fate::ForRouter)),
                        _ => drop(NatNote::Invalid(Fate::Dropped)),
                    };
                }
                Some((_, Passage::Over)) | None => {}
                Some((session, _)) => {
                    packet.set_destination(session.inside.into());
                    return Decision::Pass;
                }
            }
        }
        match self.leads(ends) {
            Some(leads) if self.may_open(packet) => self.let_in(now, ends, leads, packet),
            _ => self.unsolicited(now, ends, packet),
        }
    }

    /// Whether a mapping or a forwarded port lets the packet in: filtering, RFC 4787 §5.
    fn leads(&self, ends: Ends) -> Option<Leads> {
        if let Some(inside) = self.forwards.inside(ends.protocol, ends.ours.port()) {
            return Some(Leads::ByForward(inside));
        }
        let session = match (self.config.mapping, self.config.filtering) {
            // Only a session of this very peer, and there is none.
            (Mapping::PerConnection, _) | (_, Filtering::AddressAndPortDependent) => None,
            (_, Filtering::EndpointIndependent) => self.sessions.of_outside(ends.protocol, ends.ours),
            (_, Filtering::AddressDependent) => self.sessions.with_host(ends),
        };
        session.map(|session| Leads::ByMapping(session.inside))
    }

    /// The first packet of a session from outside.
    fn let_in(&mut self, now: Instant, ends: Ends, leads: Leads, packet: &mut Transit) -> Decision {
        let (inside, keeps_session) = match leads {
            Leads::ByForward(inside) => (inside, true),
            // A datagram must not prolong the mapping, so nothing is kept of it (RFC 4787 REQ-6).
            Leads::ByMapping(inside) => {
                (inside, ends.protocol == Protocol::Tcp || self.config.inbound_refresh)
            }
        };
        if keeps_session {
            let mut session = Session::new(ends.protocol, (inside, ends.ours, ends.peer), Side::Outside, now);
            let (_, until) = session.follow(now, Side::Outside, packet, &self.config);
            if !self.sessions.has_room() {
                return drop(NatNote::Full(self.config.most_sessions));
            }
            if !self.sessions.add(session, until.unwrap_or(now)) {
                return drop(NatNote::NoPort(ends.protocol));
            }
        }
        packet.set_destination(inside.into());
        noted(NatNote::LetIn { outside: ends.ours, inside })
    }

    /// No mapping lets the packet in.
    fn unsolicited(&mut self, now: Instant, ends: Ends, packet: &Transit) -> Decision {
        let expired = self.sessions.expired(ends).map(|expired| (expired, now));
        let note = |fate| NatNote::NoMapping { fate, expired };
        match self.config.unsolicited {
            Unsolicited::Router => noted(note(Fate::ForRouter)),
            Unsolicited::HoldSyn if packet.tcp_flags().is_some_and(|flags| flags.opens()) => {
                let waits = self.config.held_syn;
                self.held.hold(later(now, waits), ends, packet);
                drop(note(Fate::Waits(waits)))
            }
            Unsolicited::HoldSyn | Unsolicited::Drop => drop(note(Fate::Dropped)),
        }
    }

    /// A packet from inside for an external address (RFC 4787 §6): first its source is translated, then its
    /// destination.
    pub(super) fn hairpin(&mut self, now: Instant, external: Ipv4Addr, packet: &mut Transit) -> Decision {
        if packet.is_icmp_error() {
            return match self.error_outward(now, Some(external), packet) {
                Decision::Pass => self.error_inward(packet),
                ends => ends,
            };
        }
        if self.config.hairpin == Hairpin::ForwardsOnly {
            return match Ends::inward(packet).filter(|ends| !self.is_forwarded(*ends)) {
                Some(ends) => self.unsolicited(now, ends, packet),
                None => self.inward(now, packet),
            };
        }
        let Some(ends) = Ends::inward(packet).filter(|ends| self.is_mapped(*ends)) else {
            return self.inward(now, packet);
        };
        match self.outward(now, Some(external), packet) {
            Decision::Pass | Decision::Noted(_) => {}
            ends => return ends,
        }
        let shows_as = Ends::inward(packet).map_or(ends.peer, |ends| ends.peer);
        match self.inward(now, packet) {
            Decision::Pass => Decision::Pass,
            Decision::Noted(_) => {
                let reaches = Ends::inward(packet).map_or(ends.ours, |ends| ends.ours);
                noted(NatNote::Hairpin { shows_as, reaches })
            }
            ends => ends,
        }
    }

    /// Whether an external socket belongs to an inside host at all.
    fn is_mapped(&self, ends: Ends) -> bool {
        ends.protocol != Protocol::Icmp
            && (self.is_forwarded(ends) || self.sessions.of_outside(ends.protocol, ends.ours).is_some())
    }

    fn is_forwarded(&self, ends: Ends) -> bool {
        self.forwards.inside(ends.protocol, ends.ours.port()).is_some()
    }
}
