//! The addresses of a packet between client and backend, each way.
//!
//! Destinations are translated before the router decides where a packet goes, and sources after that, as netfilter
//! does. So a firewall in the same router sees the client and the backend, never the service.

use std::net::SocketAddr;
use std::time::Instant;

use barewire_dissect::Direction;
use barewire_packet::transit::Transit;

use super::flow::OpenFlow;
use super::{Balancer, BalancerNote, Forwarding};
use crate::router::Decision;

impl Balancer {
    /// A packet that is not to the service: it may be the answer of a backend.
    pub(super) fn answer_of_backend(&mut self, now: Instant, packet: &mut Transit) -> Decision {
        let Some(flow) = packet.flow() else { return Decision::Pass };
        let client = match self.config.forwarding {
            Forwarding::DirectReturn => return Decision::Pass,
            Forwarding::Nat => flow.destination,
            Forwarding::FullNat(own) if flow.destination.ip() == own => {
                let Some(client) = self.clients.get(&flow.destination.port()) else { return Decision::Pass };
                *client
            }
            Forwarding::FullNat(_) => return Decision::Pass,
        };
        let Some(open) = self.flow_between(client, flow.source) else { return Decision::Pass };
        if let Forwarding::FullNat(_) = self.config.forwarding {
            packet.set_destination(client);
        }
        self.advance(now, client, packet, Direction::ToClient);
        let backend = self.pool.backends[open.backend].name.clone();
        Decision::Noted(Box::new(BalancerNote::Known { backend }))
    }

    /// What leaves for a client comes from the service; what leaves for a backend comes, with `FullNat`, from the
    /// balancer.
    pub(super) fn translate_source(&mut self, packet: &mut Transit) {
        if packet.protocol() != self.protocol || self.config.forwarding == Forwarding::DirectReturn {
            return;
        }
        let Some(flow) = packet.flow() else { return };
        if self.flow_between(flow.destination, flow.source).is_some() {
            packet.set_source(self.service);
        } else if let Some(own) = self.own_end(flow.source, flow.destination) {
            packet.set_source(own);
        }
    }

    /// The flow of a client, if it is with this backend.
    pub(super) fn flow_between(&self, client: SocketAddr, backend: SocketAddr) -> Option<OpenFlow> {
        let open = self.flows.get(&client).copied();
        open.filter(|open| self.pool.backends[open.backend].address == backend)
    }

    /// The balancer's own end of the flow of a client with this backend, with `FullNat`.
    pub(super) fn own_end(&self, client: SocketAddr, backend: SocketAddr) -> Option<SocketAddr> {
        let Forwarding::FullNat(own) = self.config.forwarding else { return None };
        let port = self.flow_between(client, backend)?.port?;
        Some(SocketAddr::new(own, port))
    }
}
