//! A host of the toy internet: what a kernel does (TCP, UDP, ICMP echo), and the programs that run on it.
//!
//! ```text
//!   Program   Program            a web server, a resolver, a proxy
//!      └───┬─────┘
//!       Sockets                  TCP of `barewire-tcp`, UDP, packets that wait to be sent
//!          │
//!       Machine: Node            one network card
//! ```
//!
//! Tested in `tests/services.rs`.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use barewire_dissect::Refused;
use barewire_internet::Verdict::Dropped;
use barewire_internet::router::{IcmpError, echo_reply};
use barewire_internet::{Node, Note, Port, Transmit, Verdict as Received};
use barewire_packet::Reason;
use barewire_packet::checksum::Verdict;
use barewire_packet::icmp;
use barewire_packet::transit::{TCP, Transit};
use barewire_packet::udp::{self, Datagram};
use barewire_tcp::{Config, Host};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::program::{Arrived, Program, Sockets};

/// A host with one network card, and programs.
pub struct Machine {
    sockets: Sockets,
    programs: Vec<Box<dyn Program>>,
    /// Ports for datagrams that no program hears of.
    closed: Vec<u16>,
    #[cfg(not(target_family = "wasm"))]
    pieces: super::pieces::Pieces,
}

/// Why a packet ends at a machine, and its sender hears nothing.
enum Unfit {
    Refused(Refused<Reason>),
    OtherHost(IpAddr),
    Source(IpAddr),
    #[cfg(target_family = "wasm")]
    Fragment,
    Checksum(Verdict),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Refused(refused) => write!(f, "dropped: {refused}"),
            Unfit::OtherHost(address) => write!(f, "dropped: {address} is another host"),
            Unfit::Source(address) => write!(f, "dropped: {address} cannot have sent it"),
            #[cfg(target_family = "wasm")]
            Unfit::Fragment => f.write_str("dropped: this host puts no fragments together"),
            Unfit::Checksum(verdict) => write!(f, "dropped: checksum {verdict}"),
        }
    }
}

/// Whether an address is that of one host elsewhere.
fn is_one_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !(address.is_unspecified() || address.is_multicast() || address.is_loopback() || broadcast)
}

/// How often the programs are asked at one moment at the most. It ends programs that answer each other for ever.
const MOST_ROUNDS: usize = 1000;

impl Machine {
    /// A host with these addresses on which nothing runs yet. The seed decides its ports and sequence numbers.
    pub fn new(addresses: Vec<IpAddr>, seed: u64) -> Machine {
        Machine::of(Host::new(addresses, Config::default(), Box::new(ChaCha8Rng::seed_from_u64(seed))))
    }

    /// A host with this TCP on which nothing runs yet.
    pub fn of(tcp: Host) -> Machine {
        Machine {
            sockets: Sockets::of(tcp),
            programs: Vec::new(),
            closed: Vec::new(),
            #[cfg(not(target_family = "wasm"))]
            pieces: Default::default(),
        }
    }

    /// The same host with one more program, which has opened its ports.
    ///
    /// # Errors
    /// A port is taken.
    pub fn with(mut self, mut program: Box<dyn Program>) -> Result<Machine, barewire_tcp::Error> {
        program.start(&mut self.sockets)?;
        self.programs.push(program);
        Ok(self)
    }

    /// The same host on which nobody listens on this port, whatever its programs want.
    pub(super) fn without_port(mut self, port: u16) -> Machine {
        self.sockets.tcp.stop_listening(port);
        self.closed.push(port);
        self
    }

    /// Tells the programs what happened, until nothing more happens at this moment.
    fn run(&mut self, now: Instant) {
        for _ in 0..MOST_ROUNDS {
            let mut quiet = true;
            while let Some(event) = self.sockets.tcp.event() {
                quiet = false;
                self.programs.iter_mut().for_each(|program| program.tcp(now, &mut self.sockets, &event));
            }
            self.programs.iter_mut().for_each(|program| program.turn(now, &mut self.sockets));
            if quiet {
                return;
            }
        }
    }

    /// A packet that is not TCP. What a kernel drops is dropped: RFC 1122 §3.2.1.3, §3.2.2, §4.1.3.4.
    fn receive_other(&mut self, now: Instant, packet: &Transit) -> Result<(), Unfit> {
        let source = packet.source();
        if self.sockets.tcp.addresses().contains(&source) || !is_one_host(source) {
            return Err(Unfit::Source(source));
        }
        if packet.is_fragment() {
            return self.receive_piece(now, packet);
        }
        if let verdict @ Verdict::Wrong { .. } = packet.verdict() {
            return Err(Unfit::Checksum(verdict));
        }
        match packet.protocol() {
            udp::PROTOCOL => self.receive_datagram(now, packet)?,
            icmp::PROTOCOL | icmp::PROTOCOL_V6 => {
                if let Some(reply) = echo_reply(packet) {
                    self.sockets.send_packet(reply, None);
                }
            }
            _ => self.tell(packet, IcmpError::NoProtocol),
        }
        Ok(())
    }

    #[cfg(not(target_family = "wasm"))]
    fn receive_piece(&mut self, now: Instant, piece: &Transit) -> Result<(), Unfit> {
        let whole = self.pieces.add(now, piece);
        whole.map_or(Ok(()), |packet| self.receive_other(now, &packet))
    }

    #[cfg(target_family = "wasm")]
    fn receive_piece(&mut self, _: Instant, _: &Transit) -> Result<(), Unfit> {
        Err(Unfit::Fragment)
    }

    fn receive_datagram(&mut self, now: Instant, packet: &Transit) -> Result<(), Unfit> {
        let datagram = Datagram::parse(packet.payload()).map_err(Unfit::Refused)?;
        let arrived = Arrived {
            local: SocketAddr::new(packet.destination(), datagram.destination_port),
            remote: SocketAddr::new(packet.source(), datagram.source_port),
            payload: datagram.payload,
        };
        let takes = |program: &mut Box<dyn Program>| program.datagram(now, &mut self.sockets, &arrived);
        let is_open = !self.closed.contains(&datagram.destination_port);
        if !(is_open && self.programs.iter_mut().any(takes)) {
            // RFC 1122 §4.1.3.1.
            self.tell(packet, IcmpError::NoPort);
        }
        Ok(())
    }

    /// Tells the sender of a packet what is wrong with it, if that is allowed.
    fn tell(&mut self, packet: &Transit, error: IcmpError) {
        if let Some(message) = error.about(packet, packet.destination()) {
            self.sockets.send_packet(message, None);
        }
    }
}

impl Node for Machine {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Received {
        let mut note: Option<Note> = None;
        match Transit::parse(packet) {
            Ok(packet) if packet.protocol() == TCP => {
                let said = self.sockets.tcp.receive(now, packet.bytes());
                note = said.map(|said| Box::new(said) as Note);
            }
            Ok(packet) if self.sockets.tcp.addresses().contains(&packet.destination()) => {
                if let Err(unfit) = self.receive_other(now, &packet) {
                    return Dropped(Box::new(unfit));
                }
            }
            Ok(packet) => {
                return Dropped(Box::new(Unfit::OtherHost(packet.destination())));
            }
            Err(refused) => return Dropped(Box::new(Unfit::Refused(refused))),
        }
        self.run(now);
        note.map_or(Received::Taken, Received::Noted)
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        if let Some(transmit) = self.sockets.waiting.pop_front() {
            return Some(transmit);
        }
        let barewire_tcp::Transmit { packet, note } = self.sockets.tcp.transmit(now)?;
        Some(Transmit { port: Port(0), packet, note: note.map(|note| Box::new(note) as Note) })
    }

    fn deadline(&self) -> Option<Instant> {
        let of_programs = self.programs.iter().filter_map(|program| program.deadline());
        of_programs.chain(self.sockets.tcp.deadline()).min()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.sockets.tcp.on_deadline(now);
        self.run(now);
    }
}
