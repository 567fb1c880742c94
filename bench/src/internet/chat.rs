//! A host that only exchanges datagrams: it asks, and answers who asks.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_internet::{Node, Port, Table, Transmit, Verdict};
use barewire_packet::transit::Transit;
use barewire_packet::udp;

use super::map::Map;

/// How many questions a conversation has. Each is answered.
const QUESTIONS: u8 = 10;
/// The packets of all conversations.
#[cfg(test)]
pub(super) const PACKETS: u64 = 2 * super::CONVERSATIONS as u64 * QUESTIONS as u64;
/// How large a datagram is, without headers.
const SIZE: usize = 500;
const SERVICE: u16 = 7;
const FIRST_PORT: u16 = 10_000;

struct Host {
    address: IpAddr,
    /// For each conversation that begins here how many answers are missing.
    missing: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
}

/// The host of this number.
pub(super) fn host(map: &Map, number: usize) -> Box<dyn Node> {
    let (address, partners) = (map.address(number), map.partners(number));
    let ask = |(place, partner): (usize, &IpAddr)| {
        let from = SocketAddr::new(address, FIRST_PORT + place as u16);
        udp::ip_packet(from, SocketAddr::new(*partner, SERVICE), &[0x55; SIZE])
    };
    let waiting = partners.iter().enumerate().map(ask).collect();
    Box::new(Host { address, missing: vec![QUESTIONS; partners.len()], waiting })
}

impl Node for Host {
    fn receive(&mut self, _: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let Ok(packet) = Transit::parse(packet) else { return Verdict::Dropped(Box::new("not IP")) };
        let Some(flow) = packet.flow().filter(|flow| flow.destination.ip() == self.address) else {
            return Verdict::Dropped(Box::new("not for this host"));
        };
        let port = flow.destination.port();
        let goes_on = port == SERVICE || {
            let missing = self.missing.get_mut(usize::from(port - FIRST_PORT));
            missing.is_some_and(|missing| {
                *missing -= 1;
                *missing > 0
            })
        };
        if goes_on {
            self.waiting.push_back(udp::ip_packet(flow.destination, flow.source, &packet.payload()[8..]));
        }
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        let packet = self.waiting.pop_front()?;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}

    fn tables(&self, _: Instant) -> Vec<Table> {
        let done = self.missing.iter().filter(|missing| **missing == 0).count();
        let (title, columns) = ("conversations".to_owned(), vec!["done"]);
        vec![Table { title, columns, rows: vec![vec![done.to_string()]] }]
    }
}
