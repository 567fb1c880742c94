//! What a query knows of one server: how it is asked, and how that went.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand_core::Rng;

use super::{Config, Protocol, Transmit, Trouble};
use crate::edns::Edns;
use crate::message::Message;
use crate::question::Question;

/// The ways to ask one server: with EDNS or without, over UDP or TCP. A query goes from the first to
/// the second and never back, so three exchanges are all a server can see.
const EXCHANGES: usize = 3;

pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// Over what it is asked: TCP once an answer was too long for UDP.
    pub(super) protocol: Protocol,
    /// The size to name in an OPT record; `None` once the server choked on one.
    pub(super) edns: Option<u16>,
    /// How often it was asked.
    pub(super) sent: u32,
    /// How often it was asked over UDP, which sets the wait.
    sent_by_udp: u32,
    /// The wait after it was last asked.
    pub(super) last_wait: Duration,
    /// What went wrong last.
    pub(super) trouble: Option<Trouble>,
    /// Whether it may be asked again.
    pub(super) usable: bool,
    /// The exchange in flight.
    exchange: Option<Exchange>,
    /// IDs and source ports for the exchanges to come.
    randoms: Vec<(u16, u16)>,
}

/// One way the question is put: replies must match it.
#[derive(Clone, Copy)]
struct Exchange {
    id: u16,
    source_port: u16,
    protocol: Protocol,
    edns: Option<u16>,
}

impl Server {
    pub(super) fn new(address: SocketAddr, config: &Config, rng: &mut dyn Rng) -> Server {
        Server {
            address,
            protocol: if config.tcp_only { Protocol::Tcp } else { Protocol::Udp },
            edns: config.edns_udp_size,
            sent: 0,
            sent_by_udp: 0,
            last_wait: Duration::ZERO,
            trouble: None,
            usable: true,
            exchange: None,
            randoms: (0..EXCHANGES).map(|_| (rng.next_u32() as u16, source_port(rng))).collect(),
        }
    }

    /// Whether a message from this address over this protocol may be a reply.
    pub(super) fn expects(&self, protocol: Protocol, from: SocketAddr) -> bool {
        let same_address = (from.ip(), from.port()) == (self.address.ip(), self.address.port());
        same_address && self.usable && self.exchange.is_some_and(|exchange| exchange.protocol == protocol)
    }

    /// The ID of the exchange in flight.
    pub(super) fn id(&self) -> Option<u16> {
        self.exchange.map(|exchange| exchange.id)
    }

    /// The question to this server, and how long to wait for its answer.
    pub(super) fn ask(
        &mut self,
        question: &Question,
        config: &Config,
        note: String,
        started: Instant,
    ) -> (Transmit, Duration) {
        let exchange = self.exchange();
        self.sent += 1;
        self.last_wait = match self.protocol {
            Protocol::Udp => {
                self.sent_by_udp += 1;
                config.first_wait.saturating_mul(1 << (self.sent_by_udp - 1).min(16))
            }
            Protocol::Tcp => config.tcp_wait,
        };
        let transmit = Transmit {
            protocol: exchange.protocol,
            to: self.address,
            source_port: if exchange.protocol == Protocol::Udp { exchange.source_port } else { 0 },
            bytes: message(question, config, exchange),
            note,
            deadline: started,
        };
        (transmit, self.last_wait)
    }

    /// The exchange in flight if it still puts the question in the way wanted; else a new one, with a
    /// new ID and port.
    fn exchange(&mut self) -> Exchange {
        let same = |old: &Exchange| old.protocol == self.protocol && old.edns == self.edns;
        if let Some(exchange) = self.exchange.filter(same) {
            return exchange;
        }
        let (id, source_port) = self.randoms.pop().unwrap_or_default();
        let exchange = Exchange { id, source_port, protocol: self.protocol, edns: self.edns };
        self.exchange = Some(exchange);
        exchange
    }
}

/// A random port from 1024 up (RFC 5452 §9.2).
fn source_port(rng: &mut dyn Rng) -> u16 {
    const LOWEST: u64 = 1024;
    let ports = 65_536 - LOWEST;
    (LOWEST + ((u64::from(rng.next_u32()) * ports) >> 32)) as u16
}

fn message(question: &Question, config: &Config, exchange: Exchange) -> Vec<u8> {
    let mut message = Message::query(exchange.id, question.name.clone(), question.rtype);
    message.header.rd = config.recursion_desired;
    message.additionals.extend(exchange.edns.map(|size| Edns::new(size).to_record()));
    message.encode().expect("one question and an empty OPT record take less than 300 bytes")
}
