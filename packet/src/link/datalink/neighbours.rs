//! Who is where on the link: ARP (RFC 826, RFC 5227) and neighbor discovery (RFC 4861), without I/O.
//!
//! A packet has the address of a host, a frame that of an interface. So before a packet can go, its neighbour (the
//! destination, or a router on the way) is asked for the address of its interface; the packet waits for the answer.
//! And others ask for ours.
//!
//! ```text
//!   send(packet) ──▶ way ──▶ table ── known ──▶ the MAC address, at once
//!                              └─── not known ─▶ the packet waits ──┐
//!   receive(frame) ─┬─ ARP, neighbor discovery ──▶ table, claims ───┴─▶ transmit
//!                   └─ an IP packet for us ──▶ the caller
//! ```
//!
//! ```
//! use std::time::Instant;
//! use barewire_packet::build::datagram;
//! use barewire_packet::frame::MacAddress;
//! use barewire_packet::link::datalink::neighbours::{Config, Neighbours};
//!
//! let (now, mac) = (Instant::now(), MacAddress([2, 0, 0, 0, 0, 9]));
//! let config = Config { probes: 0, ..Config::new(mac, vec![("10.0.0.9".parse()?, 24)]) };
//! let mut neighbours = Neighbours::new(now, config);
//! neighbours.on_deadline(now);
//! let announcement = neighbours.transmit(now).unwrap(); // "10.0.0.9 is here"
//! assert_eq!(announcement.destination, MacAddress::BROADCAST);
//! let packet = datagram("10.0.0.9:4000", "10.0.0.1:53", b"hello");
//! assert_eq!(neighbours.send(now, &packet), None); // It waits: where is 10.0.0.1?
//! assert_eq!(neighbours.transmit(now).unwrap().payload[24..28], [10, 0, 0, 1]);
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! A host on the link can say anything, and is believed: that is ARP poisoning. Only what concerns a neighbour
//! that we have asked for is taken in at all, and a move is an [`Event`]. All that is kept has a bound: 256
//! neighbours, 64 packets that wait, 256 frames that nobody has fetched.
//!
//! In reading order: `config` (ours, and which way), `message` (one form for both protocols), `table`, `waiting`,
//! `claims` (our own addresses).
//!
//! Left out: routers are told, not discovered (RFC 4861 §6), and redirects are not followed; groups are not reported
//! (MLD), so that a switch which looks at such reports may keep questions of IPv6 from us; the upper layer's word that
//! a neighbour is there (§7.3.1). Tested in `tests/neighbours`, against the kernel by `tcp/tests/links`.

mod claims;
mod config;
mod event;
mod message;
mod table;
mod tally;
mod waiting;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Instant;

use crate::arp::Arp;
use crate::ethertype;
use crate::frame::{EthernetHeader, MacAddress};
use crate::ip::IpPacket;
use claims::{Claims, Conflict, Step};
use config::Way;
use message::{Message, announcement, answer, probe, question};
use table::{Change, Lookup, Table};
use waiting::Waiting;

pub use config::Config;
pub use event::Event;
pub use message::{Transmit, group_mac};
pub use tally::Tally;

/// How many frames may wait for `transmit`, and how many events for `event`.
const MOST_FRAMES: usize = 256;

/// The neighbours on a link, and our own addresses there.
#[derive(Debug)]
pub struct Neighbours {
    config: Config,
    claims: Claims,
    table: Table,
    waiting: Waiting,
    frames: VecDeque<Transmit>,
    events: VecDeque<Event>,
    tally: Tally,
}

impl Neighbours {
    /// Begins to claim our addresses: the first deadline is `now`.
    pub fn new(now: Instant, config: Config) -> Neighbours {
        let claims = Claims::new(now, &config.addresses, config.probes, config.probe_wait);
        Neighbours {
            config,
            claims,
            table: Table::default(),
            waiting: Waiting::default(),
            frames: VecDeque::new(),
            events: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    /// An IP packet is to go out. Gives the interface that it is for, or `None`: it waits, and comes out of
    /// [`transmit`](Self::transmit) when its neighbour has answered; or it is thrown away, and counted.
    ///
    /// Until an address is [claimed](Event::Claimed) nothing should be sent from it.
    pub fn send(&mut self, now: Instant, packet: &[u8]) -> Option<MacAddress> {
        let way = destination_of(packet).map_or(Way::None, |destination| self.config.way_to(destination));
        let neighbour = match way {
            Way::Everybody(mac) => return Some(mac),
            Way::To(neighbour) => neighbour,
            Way::None => {
                self.tally.no_way += 1;
                return None;
            }
        };
        match self.table.look_up(now, neighbour) {
            Lookup::Send(mac) => return Some(mac),
            Lookup::SendAndAsk(mac) => {
                self.ask(neighbour, Some(mac));
                return Some(mac);
            }
            Lookup::Ask => self.ask(neighbour, None),
            Lookup::Wait => {}
        }
        if !self.waiting.push(neighbour, packet) {
            self.tally.no_room += 1;
        }
        None
    }

    /// A frame has come: its header, and what follows that and a VLAN tag. `kind` is the EtherType of that. Gives the
    /// IP packet in it, if it is for us: without the padding of a short frame.
    pub fn receive<'a>(
        &mut self,
        now: Instant,
        header: &EthernetHeader,
        kind: u16,
        payload: &'a [u8],
    ) -> Option<&'a [u8]> {
        let is_for_group = is_group(header.destination);
        if is_group(header.source) || !is_for_group && header.destination != self.config.mac {
            self.tally.not_for_us += 1;
            return None;
        }
        match kind {
            ethertype::ARP => {
                let read = Arp::parse(payload).ok().filter(|arp| arp.hardware == 1);
                let said = read.and_then(|arp| Message::of_arp(&arp, |ours| self.config.is_ours(ours)));
                self.hear(now, said);
                None
            }
            ethertype::IPV4 | ethertype::IPV6 => {
                self.take_packet(now, header.source, kind, is_for_group, payload)
            }
            _ => {
                self.tally.not_for_us += 1;
                None
            }
        }
    }

    /// What to send next.
    pub fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        self.frames.pop_front()
    }

    /// When to be woken.
    pub fn deadline(&self) -> Option<Instant> {
        [self.claims.deadline(), self.table.deadline()].into_iter().flatten().min()
    }

    /// It is that time.
    pub fn on_deadline(&mut self, now: Instant) {
        while let Some((address, step)) = self.claims.step(now) {
            match step {
                Step::Probe => self.push(probe(self.config.mac, address)),
                Step::Announce => {
                    self.push(announcement(self.config.mac, address));
                    self.tell(Event::Claimed(address));
                }
            }
        }
        while let Some((address, entry, again)) = self.table.overdue(now) {
            if again {
                self.ask(address, entry.mac);
            } else if entry.mac.is_none() {
                let packets = self.waiting.take(address);
                self.tally.unreachable += packets.len() as u64;
                self.tell(Event::Unreachable { address, packets });
            }
        }
    }

    /// What the caller should know.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What was thrown away so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The neighbours that have answered, and where they are.
    pub fn known(&self) -> impl Iterator<Item = (IpAddr, MacAddress)> {
        self.table.known()
    }

    fn take_packet<'a>(
        &mut self,
        now: Instant,
        from: MacAddress,
        kind: u16,
        is_for_group: bool,
        payload: &'a [u8],
    ) -> Option<&'a [u8]> {
        // One that cannot be read is passed on: the host says why.
        let Ok(packet) = IpPacket::parse(payload) else { return Some(payload) };
        let destination = packet.header.destination();
        if destination.is_ipv4() != (kind == ethertype::IPV4) {
            self.tally.not_for_us += 1;
            return None;
        }
        if let Some(said) = Message::of_packet(&packet, from) {
            self.hear(now, said);
            return None;
        }
        // RFC 1122 §3.3.6: what everybody on the link got is not for one address.
        let is_everybodys = match destination {
            IpAddr::V4(address) => address.is_multicast() || self.config.is_broadcast(address),
            IpAddr::V6(address) => address.is_multicast(),
        };
        if !is_everybodys && (is_for_group || !self.config.is_ours(destination)) {
            self.tally.not_for_us += 1;
            return None;
        }
        payload.get(..payload.len() - packet.trailer.len())
    }

    fn hear(&mut self, now: Instant, said: Option<Message>) {
        match said {
            None => self.tally.refused += 1,
            Some(Message::Question { target, from, mac }) => self.hear_question(now, target, from, mac),
            Some(Message::Answer { address, mac, solicited, overrides }) => {
                self.hear_answer(now, (address, mac), solicited, overrides);
            }
        }
    }

    /// Somebody asks for `target`, and says in passing where he is himself.
    fn hear_question(&mut self, now: Instant, target: IpAddr, from: Option<IpAddr>, mac: Option<MacAddress>) {
        if let (Some(from), Some(mac)) = (from, mac) {
            self.hear_answer(now, (from, mac), false, true);
        }
        // Another host that probes for the address we probe for wants it, too (RFC 5227 §2.1.1).
        let is_rival = mac.is_some_and(|mac| mac != self.config.mac);
        if from.is_none() && is_rival && self.claims.is_probed(target) {
            self.conflict(now, target, mac);
        } else if self.claims.is_held(target) {
            self.push(answer(self.config.mac, target, from, mac));
        }
    }

    fn hear_answer(
        &mut self,
        now: Instant,
        (address, mac): (IpAddr, MacAddress),
        solicited: bool,
        overrides: bool,
    ) {
        if self.config.is_ours(address) {
            if mac != self.config.mac {
                self.conflict(now, address, Some(mac));
            }
            return;
        }
        if is_group(mac) {
            self.tally.refused += 1;
            return;
        }
        match self.table.learn(now, (address, mac), solicited, overrides) {
            Change::None => {}
            Change::Moved(from) => self.tell(Event::Moved { address, from, to: mac }),
            Change::Found => {
                for payload in self.waiting.take(address) {
                    let kind = if payload.first().is_some_and(|byte| byte >> 4 == 4) {
                        ethertype::IPV4
                    } else {
                        ethertype::IPV6
                    };
                    self.push(Transmit { destination: mac, kind, payload });
                }
                self.tell(Event::Found { address, mac });
            }
        }
    }

    fn conflict(&mut self, now: Instant, address: IpAddr, mac: Option<MacAddress>) {
        let Some(conflict) = self.claims.conflict(now, address) else { return };
        if conflict == Conflict::Defended {
            self.push(announcement(self.config.mac, address));
        }
        let held = conflict != Conflict::GivenUp;
        self.tell(Event::Conflict { address, mac: mac.unwrap_or(MacAddress::BROADCAST), held });
    }

    fn ask(&mut self, target: IpAddr, at: Option<MacAddress>) {
        if let Some(from) = self.config.source_for(target) {
            self.push(question(self.config.mac, from, target, at));
        }
    }

    fn push(&mut self, frame: Transmit) {
        if self.frames.len() < MOST_FRAMES {
            self.frames.push_back(frame);
        } else {
            self.tally.no_room += 1;
        }
    }

    /// Events that nobody fetches give way to newer ones.
    fn tell(&mut self, event: Event) {
        if self.events.len() >= MOST_FRAMES {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

/// Whether a frame for this address is for several interfaces (IEEE 802.3 §3.2.3).
fn is_group(mac: MacAddress) -> bool {
    mac.0[0] & 1 == 1
}

/// Where a packet is for: each packet we send is asked, so only these bytes of it are read.
fn destination_of(packet: &[u8]) -> Option<IpAddr> {
    match packet.first()? >> 4 {
        4 => packet.get(16..20)?.first_chunk::<4>().map(|bytes| IpAddr::from(*bytes)),
        6 => packet.get(24..40)?.first_chunk::<16>().map(|bytes| IpAddr::from(*bytes)),
        _ => None,
    }
}
