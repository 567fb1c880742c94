//! What the experiments share: each is one lesson, over the toy internet or, with `--wire`, over kernels in a lab.
//!
//! ```text
//!                lesson
//!         ┌────────┴──────────┐
//!        Link                Peer               packets by hand, and a host's own TCP
//!    ┌────┴──────┐       ┌────┴──────┐
//!   toy      Layer3Link toy       std::net      plain run: virtual time, no privilege
//!    └───────────┼───────┘           │          --wire: network namespaces made for this run
//!                └───── the lab ─────┘
//! ```
//!
//! A lesson asks an [`Experiment`] for a [`Link`] at a host, where it sends and hears IP packets by hand, and for the
//! [`Peer`] that a host is: its own TCP, with the calls that programs use. In the toy internet the peers are hosts of
//! `barewire-tcp`. With `--wire` they are kernels: the lesson runs again in a lab of namespaces, where it is root, and
//! on the machine outside nothing changes.
//!
//! Three words stand for themselves on the command line of each experiment: `--wire`, `-6` for IPv6, and one word
//! that chooses a variant. Tested with the lessons (`tests/lessons.rs`), and live in `tests/experiments`.

mod asking;
mod by_hand;
mod ethernet;
mod hear;
mod kernels;
mod listener;
mod peer;
mod plan;
mod row;
mod talk;
mod toy;
mod words;

use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use barewire_packet::link::Link;

use crate::permit::Permit;
use asking::Asking;
pub use by_hand::ByHand;
pub use ethernet::{Card, Ethernet};
pub use hear::{Heard, hear};
use kernels::Kernels;
pub use listener::Listener;
pub use peer::{Connection, Peer};
pub use plan::Plan;
pub use row::Row;
pub use talk::Talk;
use toy::{Toy, ToyEthernet};
use words::Words;

/// The place where an experiment happens.
pub struct Experiment {
    words: Words,
    ground: Ground,
}

enum Ground {
    Toy(Toy),
    Kernels(Kernels),
}

impl Experiment {
    /// Reads the command line and raises the hosts of `plan`. `known` are the words that choose a variant.
    ///
    /// # Errors
    /// A word that is not known; with `--wire`, what keeps this machine from making a lab.
    pub fn begin(plan: Plan, known: &[&str]) -> Result<Experiment, Box<dyn Error>> {
        let words = Words::parse(std::env::args().skip(1), known)?;
        let ground =
            if words.wire { Ground::Kernels(Kernels::enter(plan)?) } else { Ground::Toy(Toy::new(plan)?) };
        Ok(Experiment { words, ground })
    }

    /// The word that chooses the variant; empty in the plain run.
    pub fn word(&self) -> &str {
        &self.words.variant
    }

    /// Whether the peers are kernels.
    pub fn is_on_the_wire(&self) -> bool {
        matches!(self.ground, Ground::Kernels(_))
    }

    /// The address of a host, of the version that the command line asks for.
    ///
    /// # Errors
    /// There is no such host.
    pub fn address(&self, host: &str) -> Result<IpAddr, Box<dyn Error>> {
        let addresses = match &self.ground {
            Ground::Toy(toy) => toy.addresses(host)?,
            Ground::Kernels(kernels) => kernels.addresses(host)?,
        };
        let found = addresses.into_iter().find(|address| address.is_ipv6() == self.words.six);
        Ok(found.ok_or_else(|| format!("{host} has no address of this version"))?)
    }

    /// An address of this host's network that no host has: the nth of fifty.
    ///
    /// # Errors
    /// There is no such host.
    pub fn absent(&self, host: &str, nth: u8) -> Result<IpAddr, Box<dyn Error>> {
        Ok(match self.address(host)? {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                [a, b, c, 200 + nth % 50].into()
            }
            IpAddr::V6(address) => {
                let mut bytes = address.octets();
                bytes[15] = 200 + nth % 50;
                bytes.into()
            }
        })
    }

    /// The address of a host, with a port.
    ///
    /// # Errors
    /// There is no such host.
    pub fn end(&self, host: &str, port: u16) -> Result<SocketAddr, Box<dyn Error>> {
        Ok(SocketAddr::new(self.address(host)?, port))
    }

    /// The router's wire to the client takes packets of `mtu` bytes from now on ([`Plan::Path`]).
    ///
    /// # Errors
    /// The plan has no router. In the lab also: the program `ip` is not installed.
    pub fn narrow(&self, mtu: usize) -> Result<(), Box<dyn Error>> {
        match &self.ground {
            Ground::Toy(toy) => toy.narrow(mtu),
            Ground::Kernels(kernels) => kernels.narrow(mtu),
        }
    }

    /// A firewall before the server throws away every ICMP message from now on, also those that say "too big".
    ///
    /// # Errors
    /// The plan has no server. In the lab also: the program `nft` is not installed.
    pub fn filter_icmp(&self) -> Result<(), Box<dyn Error>> {
        match &self.ground {
            Ground::Toy(toy) => toy.filter_icmp(),
            Ground::Kernels(kernels) => kernels.filter_icmp(),
        }
    }

    /// A link at a host. It sends packets as they are, but only where forged ones may go ([`crate::permit`]), and hears
    /// every packet that comes in. The host's own TCP hears the same, but for what is sent to the ports in `ours`: it
    /// would answer RST there, since it knows nothing of connections by hand.
    ///
    /// # Errors
    /// There is no such host, or the system refuses.
    pub fn link(&self, host: &str, ours: &[u16]) -> Result<Box<dyn Link>, Box<dyn Error>> {
        let (link, permit): (Box<dyn Link>, Permit) = match &self.ground {
            Ground::Toy(toy) => (Box::new(toy.link(host, ours)?), Permit::toy()),
            Ground::Kernels(kernels) => (kernels.link(host, ours)?, kernels.permit()),
        };
        Ok(Box::new(Asking { link, permit }))
    }

    /// The hosts of [`Plan::Lan`] as Ethernet sees them: cards, and tables of who is where.
    ///
    /// # Errors
    /// Those of the plan.
    pub fn ethernet(&self) -> Result<Box<dyn Ethernet>, Box<dyn Error>> {
        match &self.ground {
            Ground::Toy(_) => Ok(Box::new(ToyEthernet::new(Plan::Lan)?)),
            Ground::Kernels(kernels) => Ok(kernels.ethernet()),
        }
    }

    /// A listener at a host or at a router, which hears what passes there from now on.
    ///
    /// # Errors
    /// There is no such host, or the system refuses.
    pub fn tap(&self, host: &str) -> Result<Box<dyn Listener>, Box<dyn Error>> {
        match &self.ground {
            Ground::Toy(toy) => Ok(Box::new(toy.tap(host)?)),
            Ground::Kernels(kernels) => kernels.tap(host),
        }
    }

    /// The host's own TCP.
    ///
    /// # Errors
    /// There is no such host.
    pub fn peer(&self, host: &str) -> Result<Box<dyn Peer>, Box<dyn Error>> {
        match &self.ground {
            Ground::Toy(toy) => Ok(Box::new(toy.peer(host, self.words.six)?)),
            Ground::Kernels(kernels) => kernels.peer(host, self.words.six),
        }
    }
}
