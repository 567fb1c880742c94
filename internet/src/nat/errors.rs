//! ICMP errors: the error and the packet that it quotes are both translated (RFC 5508 §4, RFC 4787 REQ-12).
//!
//! ```text
//!   from outside:   router → external       about  external:40001 → server:80
//!   becomes         router → inside         about  inside:52341   → server:80
//! ```
//!
//! An error neither ends nor prolongs a session (RFC 5508 REQ-6, RFC 5382 REQ-10): everybody can send one.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Instant;

use barewire_packet::checksum::Verdict;
use barewire_packet::transit::Transit;

use super::config::{Invalid, Mapping, Unsolicited};
use super::ends::Ends;
use super::note::{Fate, NatNote};
use super::{Nat, drop, noted};
use crate::router::Decision;

impl Nat {
    /// An error from outside, about a packet that we have sent (REQ-4).
    pub(super) fn error_inward(&mut self, packet: &mut Transit) -> Decision {
        if !self.is_sound(packet) {
            return drop(NatNote::BrokenError);
        }
        let Some(inside) = Ends::inward(packet).and_then(|about| self.inside_of(about)) else {
            return match self.config.unsolicited {
                Unsolicited::Router => noted(NatNote::NoMapping { fate: Fate::ForRouter, expired: None }),
                _ => drop(NatNote::NoMapping { fate: Fate::Dropped, expired: None }),
            };
        };
        packet.set_quoted_source(inside.into());
        packet.set_destination(SocketAddr::new((*inside.ip()).into(), 0));
        Decision::Pass
    }

    /// An error from inside, about a packet that came in (REQ-5). It shows the external address as its sender,
    /// whichever inside host or router sends it.
    pub(super) fn error_outward(
        &mut self,
        now: Instant,
        external: Option<Ipv4Addr>,
        packet: &mut Transit,
    ) -> Decision {
        let about = Ends::outward(packet);
        let outside = about.and_then(|about| self.outside_of(about, external));
        match (outside, external) {
            (Some(_), _) if !self.is_sound(packet) => drop(NatNote::BrokenError),
            (Some(outside), _) => {
                packet.set_quoted_destination(outside.into());
                packet.set_source(SocketAddr::new((*outside.ip()).into(), 0));
                Decision::Pass
            }
            (None, None) => Decision::Pass,
            (None, Some(_)) => {
                let expired = about.and_then(|about| self.sessions.expired(about)).map(|it| (it, now));
                match self.config.invalid {
                    Invalid::Untranslated => noted(NatNote::NoMapping { fate: Fate::Untranslated, expired }),
                    _ => drop(NatNote::NoMapping { fate: Fate::Dropped, expired }),
                }
            }
        }
    }

    /// RFC 5508 REQ-3: the error sums up, and the header that it quotes.
    fn is_sound(&self, packet: &Transit) -> bool {
        packet.verdict() == Verdict::Correct && (!self.config.check_quotes || packet.quoted_header_is_right())
    }

    /// Whose packet was quoted: that of a session, or of a mapping that the peer has not been seen with.
    fn inside_of(&self, about: Ends) -> Option<SocketAddrV4> {
        let of_session = self.sessions.back(about).and_then(|id| self.sessions.get(id));
        let of_mapping = || match self.config.mapping {
            Mapping::EndpointIndependent => self.sessions.of_outside(about.protocol, about.ours),
            Mapping::PerConnection => None,
        };
        of_session.or_else(of_mapping).map(|session| session.inside)
    }

    fn outside_of(&self, about: Ends, external: Option<Ipv4Addr>) -> Option<SocketAddrV4> {
        let of_session = self.sessions.there(about).and_then(|id| self.sessions.get(id));
        let of_mapping = || match self.config.mapping {
            Mapping::EndpointIndependent => self.mapped_to(about, external?),
            Mapping::PerConnection => None,
        };
        of_session.map(|session| session.outside).or_else(of_mapping)
    }
}
