//! What a router itself sends: errors, resets, answers; and from which of its addresses.

use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::transit::{TCP, Transit, reset};

use super::{Answer, IcmpError, Router};
use crate::node::Port;

impl Router {
    /// Tells the sender of a packet that it ended here, if that is allowed.
    pub(super) fn tell(&mut self, now: Instant, from: Port, packet: &Transit, answer: Answer) {
        let error = match answer {
            Answer::Reset if packet.protocol() == TCP => {
                // A reset is never answered, neither by another one nor by an error.
                return reset(packet).map_or((), |reset| self.send_own(now, reset));
            }
            Answer::Reset => IcmpError::NoPort,
            Answer::Icmp(error) => error,
        };
        let Some(source) = self.address_for(packet, from) else { return };
        let Some(message) = error.about(packet, source) else { return };
        let exempt = matches!(error, IcmpError::TooBig(_));
        if exempt || self.limit.allows(now, packet.source()) {
            self.send_own(now, message);
        }
    }

    /// A packet of the router's own leaves, past the boxes. Where no route leads, there is nobody to tell.
    pub(super) fn send_own(&mut self, now: Instant, packet: Vec<u8>) {
        let Ok(mut packet) = Transit::parse(packet) else { return };
        let Some(port) = self.routes.find(packet.destination()).and_then(|route| route.port) else { return };
        let mut note = None;
        if self.outgoing(now, port, &mut packet, &mut note).is_ok() {
            self.leave(port, packet, note);
        }
    }

    /// The source of an error about a packet. To a packet for the router itself it answers as who was asked (RFC 4443
    /// §2.2 a); otherwise it has the address of the port that the error leaves by (RFC 1812 §4.3.2.4), or else of the
    /// port that the packet came in by.
    fn address_for(&self, packet: &Transit, from: Port) -> Option<IpAddr> {
        if self.is_own(packet.destination()) {
            return Some(packet.destination());
        }
        let host = packet.source();
        let leaves = self.routes.find(host).and_then(|route| route.port).unwrap_or(from);
        let of = |port: Port| {
            let addresses = self.ports.get(port.0).map_or(&[][..], |port| &port.addresses);
            let fits = addresses.iter().filter(|own| own.address.is_ipv4() == host.is_ipv4());
            let near = fits.clone().find(|own| own.prefix().contains(host));
            near.or_else(|| fits.clone().next()).map(|own| own.address)
        };
        of(leaves).or_else(|| of(from))
    }
}
