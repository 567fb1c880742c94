//! The toy internet's recursive resolver: a host that answers DNS queries over UDP.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use barewire_dns::{Message, RData, Rcode, Record, RecordType};
use barewire_internet::{Node, Port, Transmit, Verdict};
use barewire_packet::udp;
use barewire_tcp::packet::{Packet, Payload};

/// Knows the names of the toy internet, and answers at once.
pub(super) struct Resolver {
    names: BTreeMap<String, Ipv4Addr>,
    replies: VecDeque<Vec<u8>>,
}

impl Resolver {
    pub(super) fn new(names: impl IntoIterator<Item = (String, Ipv4Addr)>) -> Resolver {
        Resolver { names: names.into_iter().collect(), replies: VecDeque::new() }
    }

    /// The reply to a query. Queries that are none get no reply: there is nobody to teach.
    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let query = Message::parse(query).ok()?;
        let question = query.questions.first()?;
        let mut response = Message::response_to(&query);
        response.header.ra = true;
        match self.names.get(&question.name.to_string().to_ascii_lowercase()) {
            None => response.header.rcode = Rcode::NXDOMAIN,
            Some(address) if question.rtype == RecordType::A => {
                response.answers.push(Record::new(question.name.clone(), 300, RData::A(*address)));
            }
            // The name exists, but has no records of this type: no error and no answer.
            Some(_) => {}
        }
        response.encode().ok()
    }
}

impl Node for Resolver {
    fn receive(&mut self, _: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        let Ok(Packet { ip, payload: Payload::Udp(datagram), .. }) = Packet::parse(&packet) else {
            return Verdict::Taken;
        };
        if datagram.destination_port == 53
            && let Some(reply) = self.answer(datagram.payload)
        {
            let here = SocketAddr::new(ip.header.destination(), datagram.destination_port);
            let there = SocketAddr::new(ip.header.source(), datagram.source_port);
            self.replies.push_back(udp::ip_packet(here, there, &reply));
        }
        Verdict::Taken
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        let packet = self.replies.pop_front()?;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn on_deadline(&mut self, _: Instant) {}
}
