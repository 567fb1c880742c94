//! ICMP errors about a flow: each is for the client or for the backend, and must name the ends that its receiver knows.
//!
//! The error and the packet that it quotes are translated in the same two steps as the packets of the flow. A client
//! gets it from the address of the service, so that nobody learns what stands behind the balancer (RFC 5508 §4.2,
//! REQ-5 c).

use barewire_packet::transit::{Flow, Transit};

use super::{Balancer, BalancerNote, Forwarding};
use crate::router::Decision;

impl Balancer {
    /// An error comes in. It is about what a backend said in the name of the service, or about what the balancer
    /// sent to a backend.
    pub(super) fn error(&mut self, packet: &mut Transit) -> Decision {
        match self.quoted(packet) {
            Some(quoted) if quoted.source == self.service => self.error_for_backend(packet, quoted),
            Some(quoted) => self.error_for_client(packet, quoted),
            None => Decision::Pass,
        }
    }

    fn error_for_backend(&self, packet: &mut Transit, quoted: Flow) -> Decision {
        let Some(open) = self.flows.get(&quoted.destination) else { return Decision::Pass };
        let backend = &self.pool.backends[open.backend];
        let note = Box::new(BalancerNote::Related { backend: backend.name.clone() });
        if let Forwarding::DirectReturn = self.config.forwarding {
            return Decision::To(backend.address.ip(), note);
        }
        packet.set_destination(backend.address);
        packet.set_quoted_source(backend.address);
        Decision::Noted(note)
    }

    /// Only with `FullNat` it is addressed to the balancer.
    fn error_for_client(&self, packet: &mut Transit, quoted: Flow) -> Decision {
        let client = self.clients.get(&quoted.source.port()).copied();
        let is_ours = |client| self.own_end(client, quoted.destination) == Some(quoted.source);
        let Some(client) = client.filter(|client| is_ours(*client)) else { return Decision::Pass };
        packet.set_destination(client);
        packet.set_quoted_source(client);
        Decision::Pass
    }

    /// An error leaves. The client knows the service, and the backend, with `FullNat`, the balancer.
    pub(super) fn translate_quote(&self, packet: &mut Transit) {
        if self.config.forwarding == Forwarding::DirectReturn {
            return;
        }
        let Some(quoted) = self.quoted(packet) else { return };
        if self.flow_between(quoted.source, quoted.destination).is_some() {
            packet.set_source(self.service);
            packet.set_quoted_destination(self.service);
        } else if let Some(own) = self.own_end(quoted.destination, quoted.source) {
            packet.set_quoted_destination(own);
        }
    }

    fn quoted(&self, packet: &Transit) -> Option<Flow> {
        packet.quoted_flow().filter(|quoted| quoted.protocol == self.protocol)
    }
}
