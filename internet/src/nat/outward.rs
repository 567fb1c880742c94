//! Packets on their way out: their source becomes an external socket.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Instant;

use barewire_packet::transit::Transit;

use super::config::{Invalid, Mapping};
use super::ends::{Ends, Protocol, is_icmp_question};
use super::note::{Fate, NatNote};
use super::ports;
use super::session::Session;
use super::side::Side;
use super::{Nat, drop, noted};
use crate::router::{Answer, Decision, IcmpError};
use crate::tracking::{Passage, TcpState};

impl Nat {
    /// A packet that is not an ICMP error leaves. `external` is the address of the port it leaves by, if that is
    /// outside.
    pub(super) fn outward(
        &mut self,
        now: Instant,
        external: Option<Ipv4Addr>,
        packet: &mut Transit,
    ) -> Decision {
        let Some(ends) = Ends::outward(packet) else {
            return match external {
                Some(_) => drop(NatNote::NotTranslated(packet.protocol())),
                None => Decision::Pass,
            };
        };
        let is_answer = ends.protocol == Protocol::Icmp && !is_icmp_question(packet);
        if let Some(id) = self.sessions.there(ends).filter(|_| !is_answer) {
            match self.follow(now, id, Side::Inside, packet) {
                Some((_, Passage::Invalid)) => return self.invalid(NatNote::Invalid),
                Some((_, Passage::Over)) | None => {}
                Some((session, _)) => {
                    packet.set_source(session.outside.into());
                    return Decision::Pass;
                }
            }
        }
        let Some(external) = external else { return Decision::Pass };
        let expired = self.sessions.expired(ends).map(|expired| (expired, now));
        if is_answer || !self.may_open(packet) {
            return self.invalid(|fate| NatNote::NoMapping { fate, expired });
        }
        self.open_outward(now, ends, external, packet)
    }

    /// The first packet of a session from inside.
    fn open_outward(
        &mut self,
        now: Instant,
        ends: Ends,
        external: Ipv4Addr,
        packet: &mut Transit,
    ) -> Decision {
        if !self.sessions.has_room() {
            return self.no_room(NatNote::Full(self.config.most_sessions));
        }
        let Some(outside) = self.choose_outside(ends, external) else {
            return self.no_room(NatNote::NoPort(ends.protocol));
        };
        let mut session = Session::new(ends.protocol, (ends.ours, outside, ends.peer), Side::Inside, now);
        let (_, until) = session.follow(now, Side::Inside, packet, &self.config);
        let midway = session.conversation.tcp() == TcpState::Established;
        if !self.sessions.add(session, until.unwrap_or(now)) {
            return self.no_room(NatNote::NoPort(ends.protocol));
        }
        self.held.crossed(session.back());
        packet.set_source(outside.into());
        noted(NatNote::Mapped { inside: ends.ours, outside, midway })
    }

    /// Which external socket a new session gets.
    fn choose_outside(&mut self, ends: Ends, external: Ipv4Addr) -> Option<SocketAddrV4> {
        let Nat { config, dice, sessions, forwards, .. } = self;
        let socket = |port| SocketAddrV4::new(external, port);
        let Ends { protocol, ours, peer } = ends;
        match config.mapping {
            Mapping::EndpointIndependent => {
                let forwarded = forwards.outside(protocol, ours).map(socket);
                let is_free = |port| {
                    sessions.of_outside(protocol, socket(port)).is_none()
                        && forwards.inside(protocol, port).is_none()
                };
                let mapped = || sessions.mapped_to((protocol, ours), external);
                let chosen = || ports::choose(config, dice, (protocol, ours.port()), is_free).map(socket);
                forwarded.or_else(mapped).or_else(chosen)
            }
            Mapping::PerConnection => {
                let is_free = |ours: SocketAddrV4| sessions.back(Ends { protocol, ours, peer }).is_none();
                let chosen = || {
                    ports::choose(config, dice, (protocol, ours.port()), |port| is_free(socket(port)))
                        .map(socket)
                };
                // Linux looks at the newest only, and only at those that the socket has opened itself.
                let mapped = sessions.opened_by((protocol, ours), external);
                mapped.filter(|mapped| is_free(*mapped)).or_else(chosen)
            }
        }
    }

    /// A packet from inside that fits no mapping.
    fn invalid(&self, note: impl FnOnce(Fate) -> NatNote) -> Decision {
        match self.config.invalid {
            Invalid::Untranslated => noted(note(Fate::Untranslated)),
            Invalid::Drop => drop(note(Fate::Dropped)),
            Invalid::Reset => Decision::Reject(Answer::Reset, Box::new(note(Fate::Dropped))),
        }
    }

    /// RFC 5508 REQ-8.
    fn no_room(&self, note: NatNote) -> Decision {
        match self.config.tell_when_full {
            true => Decision::Reject(Answer::Icmp(IcmpError::Prohibited), Box::new(note)),
            false => drop(note),
        }
    }
}
