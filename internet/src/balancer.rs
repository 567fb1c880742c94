//! A balancer at layer 4: one address and port for many servers. It sees packets, and decides once for each flow.
//!
//! ```text
//!                 it gets           it sends                 answers
//!   Nat           client → VIP:80   client → b1:80           come back: it is b1's router
//!   FullNat       client → VIP:80   balancer:1024 → b1:80    come back: b1 sees no client
//!   DirectReturn  client → VIP:80   the same, on b1's wire   pass it by: b1 has the VIP, too
//! ```
//!
//! The first packet of a flow chooses a backend ([`Algorithm`]); all others follow it, as long as the flow is in the
//! table. So a change of the backends moves no open flow. A backend that is down gets no new flow; [`WhenDown`] says
//! what its open ones meet. [`Health`] sets from outside what a backend is, and [`Check`] pings it.
//!
//! An ICMP error about a flow goes to the end that it is for, translated as the flow is (RFC 5508 §4.2).
//!
//! What `tests/boxes_live.rs` saw of nftables 1.0.6 on Linux 6.18 (`dnat to numgen inc mod 2 map ..`, or `jhash`) with
//! the same packets:
//!
//! | rule | Linux | ours, `Nat` |
//! |---|---|---|
//! | new flows | `numgen`: b1, b2, b1, b2 | the same: round robin |
//! | one client | `jhash ip saddr`: one backend, by its own hash | one backend, by ours |
//! | open flows, when the rule names other backends | stay where they are | the same: draining |
//! | answers of the backend | come from the service | the same |
//! | an ACK without a flow | begins one (`tcp_loose`) | is answered with a reset |
//! | an ICMP error about a flow, either way | inner and outer addresses translated | the same |
//! | the wire of a backend is down, nobody checks | half of the new flows, and its open ones, get 3/0 | get 3/1 |
//! | the source of that error | the service | the router |
//!
//! Left out: fragments (one after the first has no ports, and is dropped). What needs more than packets (a check that
//! opens a connection) stands in `examples`. Tested in `tests/balancer.rs`, and live against nftables in
//! `tests/boxes_live.rs`.

mod backend;
mod check;
mod choice;
mod config;
mod errors;
mod flow;
mod health;
mod maglev;
mod note;
mod pool;
mod tables;
mod translate;

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use barewire_dissect::Direction;
use barewire_packet::transit::{TCP, Transit};
use barewire_packet::udp;

use crate::later::later;
use crate::node::{Attachment, Port};
use crate::prefix::Address;
use crate::router::{Answer, Decision, IcmpError, Middlebox};
use crate::table::Table;
use crate::timed::Timed;

pub use check::Check;
pub use choice::Algorithm;
pub use config::{Config, Forwarding, Timers, WhenDown};
pub use health::{Health, NoSuchBackend, Status};
pub use maglev::Maglev;
pub use note::BalancerNote;

use check::Checks;
use choice::Chooser;
use flow::{OpenFlow, Phase};
use pool::Pool;

/// A balancer in a router.
pub struct Balancer {
    protocol: u8,
    service: SocketAddr,
    config: Config,
    pool: Pool,
    chooser: Chooser,
    /// The flow of each client: its address and port say which.
    flows: Timed<SocketAddr, OpenFlow>,
    /// The ports of the balancer towards the backends that are free. Only with `FullNat`.
    free_ports: VecDeque<u16>,
    /// Which client has which of these ports.
    clients: HashMap<u16, SocketAddr>,
    own: Vec<Address>,
}

impl Balancer {
    /// A balancer for the TCP service at `service`, as its clients know it (the VIP), without backends.
    pub fn tcp(service: SocketAddr, config: Config) -> Balancer {
        Balancer::new(TCP, service, config)
    }

    /// A balancer for a UDP service.
    pub fn udp(service: SocketAddr, config: Config) -> Balancer {
        Balancer::new(udp::PROTOCOL, service, config)
    }

    fn new(protocol: u8, service: SocketAddr, config: Config) -> Balancer {
        let free_ports = match config.forwarding {
            Forwarding::FullNat(_) => (config.ports.0..=config.ports.1).collect(),
            _ => VecDeque::new(),
        };
        Balancer {
            protocol,
            service,
            pool: Pool::new(service.is_ipv4(), Checks::new(config.check, service.port())),
            chooser: Chooser::new(config.algorithm),
            flows: Timed::new(config.most_flows),
            free_ports,
            clients: Default::default(),
            own: Vec::new(),
            config,
        }
    }

    /// The same balancer with one more backend. With direct return its port is not used: it is that of the service.
    /// A backend of weight 0, or of the other IP version, gets no flows.
    pub fn backend(mut self, name: &str, address: SocketAddr, weight: u32) -> Balancer {
        self.pool.add(name, address, weight);
        self
    }

    /// A handle that says from outside what each backend is.
    pub fn health(&self) -> Health {
        self.pool.health()
    }

    /// A packet of a client to the service.
    fn packet_of_client(&mut self, now: Instant, packet: &mut Transit) -> Decision {
        let Some(flow) = packet.flow() else { return Decision::Drop(Box::new(BalancerNote::NoPorts)) };
        let opens = packet.tcp_flags().is_some_and(|flags| flags.opens());
        match self.flows.get(&flow.source) {
            Some(open) if !(opens && open.phase.is_over()) => self.known_flow(now, flow.source, packet),
            _ => self.new_flow(now, flow.source, packet),
        }
    }

    /// The first packet of a flow. Only a SYN opens one of TCP; but where a hash chooses, any segment leads to the same
    /// backend as the SYN did.
    fn new_flow(&mut self, now: Instant, client: SocketAddr, packet: &mut Transit) -> Decision {
        self.close(client);
        let opens = packet.tcp_flags().is_none_or(|flags| flags.opens());
        if !opens && !matches!(self.config.algorithm, Algorithm::SourceHash(_)) {
            return Decision::Reject(Answer::Reset, Box::new(BalancerNote::NoFlow));
        }
        let Some(index) = self.chooser.choose(&self.pool, client) else {
            return Decision::Reject(Answer::Icmp(IcmpError::NoPort), Box::new(BalancerNote::NoBackend));
        };
        let needs_port = matches!(self.config.forwarding, Forwarding::FullNat(_));
        if !self.flows.has_room() || (needs_port && self.free_ports.is_empty()) {
            return Decision::Drop(Box::new(BalancerNote::TableFull));
        }
        let port = self.free_ports.pop_front();
        self.clients.extend(port.map(|port| (port, client)));
        let phase =
            packet.tcp_flags().map_or(Phase::Datagrams, |_| if opens { Phase::Opening } else { Phase::Open });
        self.flows.insert(
            client,
            OpenFlow { backend: index, phase, port },
            later(now, self.config.timers.of(phase)),
        );
        self.pool.backends[index].open += u64::from(phase.is_open());
        let backend = self.pool.backends[index].name.clone();
        self.pass_on(packet, index, BalancerNote::New { backend, algorithm: self.config.algorithm })
    }

    /// Another packet of a flow.
    fn known_flow(&mut self, now: Instant, client: SocketAddr, packet: &mut Transit) -> Decision {
        let Some(index) = self.flows.get(&client).map(|open| open.backend) else {
            return Decision::Pass;
        };
        let backend = self.pool.backends[index].name.clone();
        let is_down = self.pool.status(index) == Status::Down;
        if is_down && self.config.when_down != WhenDown::Keep {
            return self.end(client, backend);
        }
        self.advance(now, client, packet, Direction::ToServer);
        let note = match is_down {
            true => BalancerNote::Down { backend, when_down: WhenDown::Keep },
            false => BalancerNote::Known { backend },
        };
        self.pass_on(packet, index, note)
    }

    /// A packet ends here, because the backend of its flow is down.
    fn end(&mut self, client: SocketAddr, backend: Arc<str>) -> Decision {
        let note = Box::new(BalancerNote::Down { backend, when_down: self.config.when_down });
        if self.config.when_down == WhenDown::Drop {
            return Decision::Drop(note);
        }
        self.close(client);
        Decision::Reject(Answer::Reset, note)
    }

    /// Sends a packet towards its backend.
    fn pass_on(&self, packet: &mut Transit, index: usize, note: BalancerNote) -> Decision {
        let backend = &self.pool.backends[index];
        if let Forwarding::DirectReturn = self.config.forwarding {
            return Decision::To(backend.address.ip(), Box::new(note));
        }
        packet.set_destination(backend.address);
        Decision::Noted(Box::new(note))
    }

    /// A flow stands elsewhere after this packet.
    fn advance(&mut self, now: Instant, client: SocketAddr, packet: &Transit, direction: Direction) {
        let Some(open) = self.flows.get_mut(&client) else { return };
        let before = open.phase;
        if let Some(flags) = packet.tcp_flags() {
            open.phase = before.next(flags, direction);
        }
        let (after, backend) = (open.phase, open.backend);
        self.pool.backends[backend].open -= u64::from(before.is_open() && !after.is_open());
        self.flows.keep_until(client, later(now, self.config.timers.of(after)));
    }

    /// Forgets a flow.
    fn close(&mut self, client: SocketAddr) {
        if let Some(open) = self.flows.remove(&client) {
            self.closed(open);
        }
    }

    /// Takes out the flows whose time has come.
    fn expire(&mut self, now: Instant) {
        while let Some((open, _)) = self.flows.expire(now) {
            self.closed(open);
        }
    }

    /// A flow is out of the table.
    fn closed(&mut self, open: OpenFlow) {
        self.pool.backends[open.backend].open -= u64::from(open.phase.is_open());
        if let Some(port) = open.port {
            self.clients.remove(&port);
            self.free_ports.push_back(port);
        }
    }
}

impl Middlebox for Balancer {
    fn attach(&mut self, _: Port, attachment: &Attachment) {
        self.own.extend(&attachment.addresses);
    }

    fn incoming(&mut self, now: Instant, _: Port, packet: &mut Transit) -> Decision {
        self.expire(now);
        if packet.is_icmp_error() {
            return self.error(packet);
        }
        if let Some((backend, comes_up)) = self.pool.answered(packet) {
            return Decision::Noted(Box::new(BalancerNote::Checked { backend, comes_up }));
        }
        if packet.protocol() != self.protocol {
            return Decision::Pass;
        }
        let is_later_fragment = packet.destination() == self.service.ip() && !packet.starts();
        if is_later_fragment || packet.flow().is_some_and(|flow| flow.destination == self.service) {
            return self.packet_of_client(now, packet);
        }
        self.answer_of_backend(now, packet)
    }

    fn outgoing(&mut self, now: Instant, _: Port, packet: &mut Transit) -> Decision {
        self.expire(now);
        match packet.is_icmp_error() {
            true => self.translate_quote(packet),
            false => self.translate_source(packet),
        }
        Decision::Pass
    }

    fn owns(&self, address: IpAddr) -> bool {
        address == self.service.ip()
    }

    fn transmit(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.pool.transmit(now, &self.own)
    }

    fn deadline(&self) -> Option<Instant> {
        self.pool.deadline()
    }

    fn on_deadline(&mut self, _: Instant) {
        // The checks that are due are asked for by `transmit`.
    }

    fn tables(&self, now: Instant) -> Vec<Table> {
        vec![self.backends_table(now), self.flows_table(now)]
    }
}
