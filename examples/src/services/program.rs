//! What runs on a [`Machine`](super::Machine), and what the machine gives it. Tested in `tests/services.rs`.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_internet::{Note, Port, Transmit};
use barewire_packet::udp;
use barewire_tcp::{Event, Host};

/// The sockets of a machine, which all its programs share.
pub struct Sockets {
    /// Its TCP. A program uses the connections that it opened, and those that came in at its ports.
    pub tcp: Host,
    /// Packets that are not TCP and wait to be sent.
    pub(super) waiting: VecDeque<Transmit>,
    /// The number of the last packet, by which its pieces are known.
    #[cfg(not(target_family = "wasm"))]
    numbered: u16,
}

impl Sockets {
    /// The sockets of a host with this TCP.
    pub(super) fn of(tcp: Host) -> Sockets {
        Sockets {
            tcp,
            waiting: VecDeque::new(),
            #[cfg(not(target_family = "wasm"))]
            numbered: 0,
        }
    }

    /// Sends a datagram.
    pub fn send_datagram(&mut self, from: SocketAddr, to: SocketAddr, payload: &[u8], note: Option<Note>) {
        self.send_packet(udp::ip_packet(from, to, payload), note);
    }

    /// Sends an IP packet that is not TCP, in pieces if it is larger than the MTU.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn send_packet(&mut self, packet: Vec<u8>, mut note: Option<Note>) {
        self.numbered = self.numbered.wrapping_add(1);
        for packet in super::pieces::of(packet, self.numbered, self.tcp.config().mtu) {
            self.waiting.push_back(Transmit { port: Port(0), packet, note: note.take() });
        }
    }

    /// Sends an IP packet that is not TCP.
    #[cfg(target_family = "wasm")]
    pub(super) fn send_packet(&mut self, packet: Vec<u8>, note: Option<Note>) {
        self.waiting.push_back(Transmit { port: Port(0), packet, note });
    }
}

/// A program: a state machine that is told what happens at the sockets.
pub trait Program: Send {
    /// The program starts: it listens where it wants to.
    ///
    /// # Errors
    /// A port is taken.
    fn start(&mut self, _sockets: &mut Sockets) -> Result<(), barewire_tcp::Error> {
        Ok(())
    }

    /// Something happened to a TCP connection. Every program is told of all of them, and passes over those of others.
    fn tcp(&mut self, _now: Instant, _sockets: &mut Sockets, _event: &Event) {}

    /// A datagram arrived at `local`. False: it is for another program.
    fn datagram(&mut self, _now: Instant, _sockets: &mut Sockets, _datagram: &Arrived<'_>) -> bool {
        false
    }

    /// Does what is possible and due at `now`. Called after all that happened at one moment.
    fn turn(&mut self, _now: Instant, _sockets: &mut Sockets) {}

    /// When to call `turn`, if nothing happens before.
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// A datagram that arrived.
pub struct Arrived<'a> {
    /// The end that it was sent to.
    pub local: SocketAddr,
    /// The end that it came from.
    pub remote: SocketAddr,
    /// What it carries.
    pub payload: &'a [u8],
}
