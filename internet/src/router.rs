//! A router: it passes packets on by the longest prefix, counts their hops, and tells a sender by ICMP what it could
//! not do.
//!
//! ```text
//!  receive ─▶ checksum ─▶ incoming ─▶ for itself? ─▶ TTL ─▶ route ─▶ forward ─▶ MTU ─▶ outgoing ─▶ transmit
//!                          (boxes)     echo reply     11/0   3/0 3/1  (boxes)    3/4     (boxes)
//! ```
//!
//! Boxes stand in its path, as netfilter's hooks do in Linux: a NAT, a firewall and a balancer are routers with such a
//! [`Middlebox`]. The steps are those of RFC 1812 §5.2.1, for both versions of IP.
//!
//! Left out: IP options, source routing, redirects, multicast. Tested in `tests/router.rs`, and live against Linux.

mod boxes;
mod errors;
mod own;

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::build::fragments;
use barewire_packet::transit::{Transit, reset};

use crate::node::{Attachment, Node, Note, Port, Transmit, Verdict};
use crate::routes::Routes;
use crate::table::Table;

pub use boxes::{Answer, Decision, Middlebox};
pub use errors::{IcmpError, Limit};
pub use own::echo_reply;

/// A router, with any number of boxes in its path.
#[derive(Default)]
pub struct Router {
    ports: Vec<Attachment>,
    routes: Routes,
    boxes: Vec<Box<dyn Middlebox>>,
    limit: Limit,
    waiting: VecDeque<Transmit>,
    /// Numbers the packets that it cuts.
    identification: u16,
}

impl Router {
    /// A router without boxes. Its ICMP errors are limited as Linux limits them.
    pub fn new() -> Router {
        Router::default()
    }

    /// The same router with one more box in its path, after those it has.
    pub fn with(mut self, middlebox: Box<dyn Middlebox>) -> Router {
        self.boxes.push(middlebox);
        self
    }

    /// The same router with another limit of ICMP errors.
    pub fn limit(self, limit: Limit) -> Router {
        Router { limit, ..self }
    }
}

/// Why a packet ends in a router.
enum Ended {
    /// It cannot be read.
    Refused(String),
    /// What ICMP would say of it.
    Error(IcmpError),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ended::Refused(why) => write!(f, "dropped: {why}"),
            Ended::Error(IcmpError::TimeExceeded) => f.write_str("dropped: it may pass no further router"),
            Ended::Error(IcmpError::NoRoute) => f.write_str("dropped: no route leads there"),
            Ended::Error(IcmpError::NoHost) => f.write_str("dropped: no such host on the network at hand"),
            Ended::Error(IcmpError::NoPort) => {
                f.write_str("dropped: nobody listens on this port of the router")
            }
            Ended::Error(IcmpError::NoProtocol) => {
                f.write_str("dropped: the router does not speak this protocol")
            }
            Ended::Error(IcmpError::Prohibited) => f.write_str("dropped: a rule forbids it"),
            Ended::Error(IcmpError::TooBig(mtu)) => {
                write!(f, "dropped: larger than the next wire's MTU of {mtu} bytes, and not to be cut")
            }
        }
    }
}

/// How a packet ends in a router: what its sender is told, and what is said of it here.
type End = (Option<Answer>, Note);

fn end(error: IcmpError) -> End {
    (Some(Answer::Icmp(error)), Box::new(Ended::Error(error)))
}

impl Router {
    /// Takes a packet through all steps. `Ok`: it is on its way, or was for the router itself.
    fn pass(&mut self, now: Instant, from: Port, packet: &mut Transit) -> Result<Option<Note>, End> {
        let (mut note, mut next_hop) = (None, None);
        for middlebox in &mut self.boxes {
            next_hop = decide(middlebox.incoming(now, from, packet), &mut note)?.or(next_hop);
        }
        if next_hop.is_none() && self.is_own(packet.destination()) {
            return self.answer(packet).map(|()| note);
        }
        if packet.hops_left() <= 1 {
            return Err(end(IcmpError::TimeExceeded));
        }
        let towards = next_hop.unwrap_or(packet.destination());
        let route = self.routes.find(towards).ok_or_else(|| end(IcmpError::NoRoute))?;
        let to = route.port.ok_or_else(|| end(IcmpError::NoHost))?;
        for middlebox in &mut self.boxes {
            decide(middlebox.forward(now, from, to, packet), &mut note)?;
        }
        let mtu = self.ports.get(to.0).map_or(usize::MAX, |port| port.mtu);
        if packet.bytes().len() > mtu && packet.must_stay_whole() {
            return Err(end(IcmpError::TooBig(mtu)));
        }
        packet.count_hop();
        self.leave(now, to, packet, note)?;
        Ok(None)
    }

    /// A packet leaves by `port`, past the boxes, in pieces if it must be.
    fn leave(
        &mut self,
        now: Instant,
        port: Port,
        packet: &mut Transit,
        note: Option<Note>,
    ) -> Result<(), End> {
        let mut note = note;
        for middlebox in &mut self.boxes {
            decide(middlebox.outgoing(now, port, packet), &mut note)?;
        }
        let mtu = self.ports.get(port.0).map_or(usize::MAX, |port| port.mtu);
        if packet.bytes().len() <= mtu {
            let packet = packet.bytes().to_vec();
            self.waiting.push_back(Transmit { port, packet, note });
            return Ok(());
        }
        self.identification = self.identification.wrapping_add(1);
        let header = packet.bytes().len() - packet.payload().len();
        for piece in fragments(packet.bytes(), self.identification, mtu.saturating_sub(header)) {
            self.waiting.push_back(Transmit { port, packet: piece, note: note.take() });
        }
        Ok(())
    }

    /// A packet for the router itself.
    fn answer(&mut self, packet: &Transit) -> Result<(), End> {
        match own::answer(packet) {
            own::Reply::Packet(reply) => self.send_own(reply),
            own::Reply::Nothing => {}
            own::Reply::Ends(Answer::Icmp(error)) => return Err(end(error)),
            own::Reply::Ends(Answer::Reset) => {
                return Err((Some(Answer::Reset), Box::new(Ended::Error(IcmpError::NoPort))));
            }
        }
        Ok(())
    }

    /// Tells the sender of a packet that it ended here, if that is allowed.
    fn tell(&mut self, now: Instant, from: Port, packet: &Transit, answer: Answer) {
        let sender = packet.source();
        let error = match answer {
            // A reset is never answered.
            Answer::Reset if packet.tcp_flags().is_some() => {
                return reset(packet).into_iter().for_each(|reset| self.send_own(reset));
            }
            Answer::Reset => IcmpError::NoPort,
            Answer::Icmp(error) => error,
        };
        let Some(source) = self.address_towards(sender, from) else { return };
        let Some(message) = error.about(packet, source) else { return };
        let exempt = matches!(error, IcmpError::TooBig(_));
        if exempt || self.limit.allows(now, sender) {
            self.send_own(message);
        }
    }

    /// A packet of the router's own leaves. What the boxes say of it is not kept.
    fn send_own(&mut self, packet: Vec<u8>) {
        let Ok(packet) = Transit::parse(packet) else { return };
        if let Some(port) = self.routes.find(packet.destination()).and_then(|route| route.port) {
            self.waiting.push_back(Transmit { port, packet: packet.into_bytes(), note: None });
        }
    }

    /// Its own address for a message to `host`: that of the port it leaves by (RFC 1812 §4.3.2.4), or else of the one
    /// the packet came in by.
    fn address_towards(&self, host: IpAddr, from: Port) -> Option<IpAddr> {
        let leaves = self.routes.find(host).and_then(|route| route.port).unwrap_or(from);
        let of = |port: Port| {
            let addresses = self.ports.get(port.0).map_or(&[][..], |port| &port.addresses);
            addresses.iter().map(|own| own.address).find(|own| own.is_ipv4() == host.is_ipv4())
        };
        of(leaves).or_else(|| of(from))
    }

    fn is_own(&self, address: IpAddr) -> bool {
        let of_ports = self.ports.iter().flat_map(|port| &port.addresses).any(|own| own.address == address);
        of_ports || self.boxes.iter().any(|middlebox| middlebox.own_addresses().contains(&address))
    }
}

/// Goes on or ends as a box decides, and keeps the last thing that was said. What is returned is the next hop, where
/// the box has one.
fn decide(decision: Decision, note: &mut Option<Note>) -> Result<Option<IpAddr>, End> {
    match decision {
        Decision::Pass => Ok(None),
        Decision::Noted(said) => {
            *note = Some(said);
            Ok(None)
        }
        Decision::To(next_hop, said) => {
            *note = Some(said);
            Ok(Some(next_hop))
        }
        Decision::Drop(said) => Err((None, said)),
        Decision::Reject(answer, said) => Err((Some(answer), said)),
    }
}

impl Node for Router {
    fn receive(&mut self, now: Instant, port: Port, packet: Vec<u8>) -> Verdict {
        let mut packet = match Transit::parse(packet) {
            Ok(packet) => packet,
            Err(refused) => return Verdict::Dropped(Box::new(Ended::Refused(refused.to_string()))),
        };
        // An error quotes the packet as its sender knows it, before a box has changed it.
        let received = (!self.boxes.is_empty()).then(|| packet.clone());
        match self.pass(now, port, &mut packet) {
            Ok(None) => Verdict::Taken,
            Ok(Some(note)) => Verdict::Noted(note),
            Err((answer, note)) => {
                if let Some(answer) = answer {
                    self.tell(now, port, received.as_ref().unwrap_or(&packet), answer);
                }
                Verdict::Dropped(note)
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        for index in 0..self.boxes.len() {
            while let Some(packet) = self.boxes[index].transmit(now) {
                self.send_own(packet);
            }
        }
        self.waiting.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        self.boxes.iter().filter_map(|middlebox| middlebox.deadline()).min()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.boxes.iter_mut().for_each(|middlebox| middlebox.on_deadline(now));
    }

    fn attach(&mut self, port: Port, attachment: Attachment) {
        self.boxes.iter_mut().for_each(|middlebox| middlebox.attach(port, &attachment));
        self.ports.push(attachment);
    }

    fn routes(&mut self) -> Option<&mut Routes> {
        Some(&mut self.routes)
    }

    fn tables(&self, now: Instant) -> Vec<Table> {
        let of_boxes = self.boxes.iter().flat_map(|middlebox| middlebox.tables(now));
        std::iter::once(self.routes.table()).chain(of_boxes).collect()
    }
}
