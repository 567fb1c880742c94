//! What a query knows about one server: how to ask it, and what it answered so far.
//!
//! Tested in `tests/stub.rs`.

use std::net::SocketAddr;
use std::time::Duration;

use rand_core::Rng;

use super::config::Config;
use super::transmit::{Protocol, Unsent};
use super::trouble::Trouble;
use crate::edns::Edns;
use crate::message::Message;
use crate::question::Question;

/// The most exchanges with one server. A query goes from EDNS to none and from UDP to TCP, and never back, so a server
/// can see three.
const EXCHANGES: usize = 3;

pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// What carries the question: TCP once an answer was too long for UDP.
    pub(super) protocol: Protocol,
    /// The size to name in an OPT record; `None` once the server refused a query with one.
    pub(super) edns: Option<u16>,
    /// How often it was asked.
    pub(super) sent: u32,
    /// How often it was asked over UDP. The wait doubles each time.
    sent_by_udp: u32,
    /// The wait after it was last asked.
    pub(super) last_wait: Duration,
    /// What went wrong last.
    pub(super) trouble: Option<Trouble>,
    /// Whether it may be asked again.
    pub(super) usable: bool,
    /// The exchange in flight.
    exchange: Option<Exchange>,
    /// How many exchanges were begun.
    begun: usize,
    /// The random ID and source port of each exchange.
    randoms: [(u16, u16); EXCHANGES],
}

/// One way to put the question. A reply must match it.
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
            begun: 0,
            randoms: std::array::from_fn(|_| (rng.next_u32() as u16, source_port(rng))),
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

    /// The question to this server, ready to be sent.
    pub(super) fn ask(&mut self, question: &Question, config: &Config, note: String) -> Unsent {
        let exchange = self.exchange();
        self.sent += 1;
        self.last_wait = match self.protocol {
            Protocol::Udp => {
                self.sent_by_udp += 1;
                config.first_wait.saturating_mul(1 << (self.sent_by_udp - 1).min(16))
            }
            Protocol::Tcp => config.tcp_wait,
        };
        Unsent {
            protocol: exchange.protocol,
            to: self.address,
            source_port: if exchange.protocol == Protocol::Udp { exchange.source_port } else { 0 },
            bytes: message(question, config, exchange),
            note,
            wait: self.last_wait,
        }
    }

    /// The exchange in flight, if it still puts the question in the way that is wanted now. Otherwise a new one, with a
    /// new ID and port.
    fn exchange(&mut self) -> Exchange {
        let same = |old: &Exchange| old.protocol == self.protocol && old.edns == self.edns;
        if let Some(exchange) = self.exchange.filter(same) {
            return exchange;
        }
        let (id, source_port) = self.randoms[self.begun % EXCHANGES];
        self.begun += 1;
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
    message.edns = exchange.edns.map(Edns::new);
    message.encode().expect("one question and an empty OPT record take less than 300 bytes")
}
