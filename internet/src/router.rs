//! A router: it passes packets on by the longest prefix, counts their hops, and tells a sender by ICMP what it could
//! not do.
//!
//! ```text
//!  receive ─▶ checksum ─▶ incoming ─▶ addresses ─▶ for itself? ─▶ route ─┐
//!                         (boxes)                   echo reply     3/0    │
//!     ┌──────────────────────────────────────────────────────────────────┘
//!     └─▶ TTL ─▶ MTU ─▶ forward ─▶ host ─▶ outgoing ─▶ transmit
//!         11/0   3/4    (boxes)    3/1     (boxes)
//! ```
//!
//! Boxes stand in its path, as netfilter's hooks do in Linux: a NAT, a firewall and a balancer are routers with such a
//! [`Middlebox`]. The steps are those of RFC 1812 §5.2.1, for both versions of IP. Their order is Linux's: the filter
//! comes after the TTL, so that a firewall can be seen by traceroute.
//!
//! What `tests/live.rs` saw of Linux 6.18 as the router, with the same 70 packets:
//!
//! | rule | Linux | ours |
//! |---|---|---|
//! | TTL counted, told at the last hop (RFC 1812 §5.3.1, RFC 8200 §3) | 11/0; 3/0 in IPv6 | the same |
//! | source of an error: the port it leaves by (RFC 1812 §4.3.2.4, RFC 4443 §2.2) | yes | the same |
//! | about a packet to the router itself: the address that was asked (RFC 4443 §2.2 a) | both versions | the same |
//! | quote: within 576 bytes, in IPv6 1280 (RFC 1812 §4.3.2.3, RFC 4443 §2.4 c) | 548 bytes; 1232 | the same |
//! | quoted as received (RFC 1812 §4.3.2.3, which allows both) | but 3/1 after the hop was counted | always |
//! | TOS of the packet, precedence 6 (RFC 1812 §4.3.2.5) | 0xc0; class 0 in IPv6 | the same |
//! | no route (RFC 1812 §4.3.3.1, RFC 4443 §3.1) | 3/0, before the TTL is looked at; 1/0 | the same |
//! | no such host | 3/1 after three questions by ARP; 1/3 | the same, at once |
//! | too big (RFC 1191 §4, RFC 4443 §3.2) | 3/4 with the MTU, after the TTL, before the filter; 2/0 | the same |
//! | may be cut (RFC 791 §3.2) | the same pieces, byte for byte | the same |
//! | unknown protocol for the router (RFC 4443 §3.4) | 3/2; 4/1 with the place of the next header | the same |
//! | closed port of the router | 3/3; 1/4; a reset for TCP | the same |
//! | echo reply with the request's TOS (RFC 1812 §4.3.2.5) | yes | the same |
//! | never about errors, later fragments, wrong checksums (RFC 1812 §4.3.2.7, RFC 4443 §2.4 e) | silent | the same |
//! | about a later fragment in IPv6, on which RFC 4443 is silent | 3/0 | the same |
//! | source in 240.0.0.0/4, or a broadcast address (RFC 1812 §5.3.7: should not) | passed on | dropped |
//! | destination in 240.0.0.0/4, or `::` (RFC 1812 §5.3.7) | 3/0; 1/0 | dropped |
//! | limit for each host (RFC 1812 §4.3.2.8, RFC 4443 §2.4 f) | 6, then 1/s; IPv6 10/s; "too big" exempt | the same |
//! | limit over all hosts, and a second one on 3/0 | 1000/s; 1/s | left out |
//!
//! Left out: IP options, source routing, redirects, multicast, and putting together fragments that are for the router
//! itself. Tested in `tests/router.rs` and, against Linux, in `tests/live.rs`.

mod boxes;
mod ended;
mod errors;
mod limit;
mod own;
mod pieces;
mod tell;
mod valid;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Instant;

use barewire_packet::transit::Transit;

use crate::node::{Attachment, Node, Note, Port, Transmit, Verdict};
use crate::routes::Routes;
use crate::table::Table;
use ended::Ended;
use valid::Valid;

pub use boxes::{Answer, Decision, Middlebox};
pub use errors::IcmpError;
pub use limit::Limit;
pub use own::echo_reply;

/// A router, with any number of boxes in its path.
#[derive(Default)]
pub struct Router {
    ports: Vec<Attachment>,
    valid: Valid,
    routes: Routes,
    boxes: Vec<Box<dyn Middlebox>>,
    limit: Limit,
    /// What leaves. The world takes it at once, so it is one packet in pieces, and what boxes send.
    waiting: VecDeque<Transmit>,
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

/// How a packet ends in a router: what its sender is told, and what is said of it here.
type End = (Option<Answer>, Note);

/// What happens to a packet that does not end.
enum Passed {
    /// It leaves by this port.
    On(Port),
    /// It was for the router itself.
    Own,
}

fn end(error: IcmpError) -> End {
    (Some(Answer::Icmp(error)), Box::new(Ended::Error(error)))
}

fn silent(why: Ended) -> End {
    (None, Box::new(why))
}

impl Router {
    /// Takes a packet through all steps, up to the one at which it leaves.
    fn pass(
        &mut self,
        now: Instant,
        from: Port,
        packet: &mut Transit,
        note: &mut Option<Note>,
    ) -> Result<Passed, End> {
        let mut next_hop = None;
        for middlebox in &mut self.boxes {
            next_hop = decide(middlebox.incoming(now, from, packet), note)?.or(next_hop);
        }
        self.valid.check(packet).map_err(|invalid| silent(Ended::Invalid(invalid)))?;
        if next_hop.is_none() && self.is_own(packet.destination()) {
            return self.answer(now, packet).map(|()| Passed::Own);
        }
        let towards = next_hop.unwrap_or(packet.destination());
        let route = self.routes.find(towards).ok_or_else(|| end(IcmpError::NoRoute))?;
        if packet.hops_left() <= 1 {
            return Err(end(IcmpError::TimeExceeded));
        }
        let to = route.port.or_else(|| self.port_at_hand(towards));
        let to = to.ok_or_else(|| end(IcmpError::NoHost))?;
        let mtu = self.mtu(to);
        if packet.bytes().len() > mtu && packet.must_stay_whole() {
            return Err(end(IcmpError::TooBig(mtu)));
        }
        for middlebox in &mut self.boxes {
            decide(middlebox.forward(now, from, to, packet), note)?;
        }
        route.port.ok_or_else(|| end(IcmpError::NoHost))?;
        packet.count_hop();
        self.outgoing(now, to, packet, note)?;
        Ok(Passed::On(to))
    }

    /// The last step before a packet leaves.
    fn outgoing(
        &mut self,
        now: Instant,
        to: Port,
        packet: &mut Transit,
        note: &mut Option<Note>,
    ) -> Result<(), End> {
        for middlebox in &mut self.boxes {
            decide(middlebox.outgoing(now, to, packet), note)?;
        }
        Ok(())
    }

    /// A packet leaves, in pieces if it must be. One that is too large and must stay whole is lost on the wire.
    fn leave(&mut self, port: Port, packet: Transit, mut note: Option<Note>) {
        let mtu = self.mtu(port);
        if packet.bytes().len() <= mtu || packet.must_stay_whole() {
            self.waiting.push_back(Transmit { port, packet: packet.into_bytes(), note });
            return;
        }
        for packet in pieces::pieces(packet.bytes(), mtu) {
            self.waiting.push_back(Transmit { port, packet, note: note.take() });
        }
    }

    /// A packet for the router itself.
    fn answer(&mut self, now: Instant, packet: &Transit) -> Result<(), End> {
        match own::answer(packet) {
            own::Reply::Packet(reply) => self.send_own(now, reply),
            own::Reply::Nothing => {}
            own::Reply::Ends(Some(Answer::Icmp(error)), _) => return Err(end(error)),
            own::Reply::Ends(answer, why) => return Err((answer, Box::new(why))),
        }
        Ok(())
    }

    fn mtu(&self, port: Port) -> usize {
        self.ports.get(port.0).map_or(usize::MAX, |port| port.mtu)
    }

    /// The port of the network at hand that an address lies in.
    fn port_at_hand(&self, address: IpAddr) -> Option<Port> {
        let has = |port: &Attachment| port.addresses.iter().any(|own| own.prefix().contains(address));
        self.ports.iter().position(has).map(Port)
    }

    fn is_own(&self, address: IpAddr) -> bool {
        self.valid.is_own(address) || self.boxes.iter().any(|middlebox| middlebox.owns(address))
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
            Err(refused) => return Verdict::Dropped(Box::new(Ended::Refused(refused))),
        };
        // An error quotes the packet as its sender knows it, before a box has changed it.
        let received = (!self.boxes.is_empty()).then(|| packet.clone());
        let mut note = None;
        match self.pass(now, port, &mut packet, &mut note) {
            Ok(Passed::On(to)) => {
                self.leave(to, packet, note);
                Verdict::Taken
            }
            Ok(Passed::Own) => note.map_or(Verdict::Taken, Verdict::Noted),
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
                self.send_own(now, packet);
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
        attachment.addresses.iter().for_each(|own| self.valid.add(*own));
        self.ports.push(attachment);
    }

    fn mtu_changed(&mut self, port: Port, mtu: usize) {
        if let Some(attachment) = self.ports.get_mut(port.0) {
            attachment.mtu = mtu;
        }
    }

    fn routes(&mut self) -> Option<&mut Routes> {
        Some(&mut self.routes)
    }

    fn tables(&self, now: Instant) -> Vec<Table> {
        let of_boxes = self.boxes.iter().flat_map(|middlebox| middlebox.tables(now));
        std::iter::once(self.routes.table()).chain(of_boxes).collect()
    }
}
