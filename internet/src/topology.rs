//! A topology: nodes with their addresses, then the wires between them, so that it reads like a drawing.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use barewire_internet::{Router, Topology, Wire};
//!
//! let mut plan = Topology::new(Instant::now(), 1);
//! plan.link("client", "192.168.1.42/24");
//! plan.node("home", &["192.168.1.1/24", "198.51.100.2/24"], Box::new(Router::new()));
//! plan.node("isp", &["198.51.100.1/24", "203.0.113.1/24"], Box::new(Router::new()));
//! plan.link("server", "203.0.113.80/24");
//! plan.wire("client", "home", Wire::ms(1));
//! plan.wire("home", "isp", Wire::ms(8).rate(20_000_000));
//! plan.wire("isp", "server", Wire::ms(16));
//! let world = plan.build()?;
//! # let _ = world;
//! # Ok::<(), barewire_internet::TopologyError>(())
//! ```
//!
//! A node has a network card for each of its address texts; one text can hold several addresses (`"10.0.0.1/24
//! 2001:db8::1/64"`). A wire joins the two cards that have a network in common; a host with one card may have an
//! address without a network (`"192.0.2.1"`). Routes are found when the world is built: routers announce the networks
//! of their cards, and know their neighbours.
//!
//! Tested in `tests/topology.rs`.

mod build;
mod drawing;
mod error;
mod groups;

use std::time::Instant;

use crate::node::Node;
use crate::prefix::Address;
use crate::switch::Switch;
use crate::wire::Wire;
use crate::world::World;
use crate::world::engine::Inhabitant;
use crate::world::paths::Kind;

use drawing::{Drawing, Drawn, Joint};

pub use error::TopologyError;

/// A drawing of an internet that is not built yet.
pub struct Topology {
    drawing: Drawing,
}

impl Topology {
    /// An empty internet at the moment `start`. The seed decides every loss, delay and duplicate.
    pub fn new(start: Instant, seed: u64) -> Topology {
        Topology { drawing: Drawing::new(start, seed) }
    }

    /// Adds a node with a network card for each of `addresses`. It is a router if it has routes, and a host otherwise.
    pub fn node(&mut self, name: &str, addresses: &[&str], mut node: Box<dyn Node>) {
        let kind = if node.routes().is_some() { Kind::Router } else { Kind::Host };
        self.add(name, addresses, kind, Inhabitant::Node(node));
    }

    /// Adds a host that is driven from outside, through the link that the world gives for its name.
    pub fn link(&mut self, name: &str, address: &str) {
        self.add(name, &[address], Kind::Host, Inhabitant::Link(Default::default()));
    }

    /// Adds a switch: it joins any number of wires to one network (`"192.168.1.0/24"`), and leaves packets as they are.
    pub fn switch(&mut self, name: &str, network: &str) {
        self.add(name, &[network], Kind::Switch, Inhabitant::Node(Box::<Switch>::default()));
    }

    /// Joins two nodes by a wire. Its name is theirs with a hyphen: `client-home`. A second wire between them is called
    /// `client-home-2`, and so on.
    pub fn wire(&mut self, a: &str, b: &str, wire: Wire) {
        self.wire_each_way(a, b, wire.clone(), wire);
    }

    /// Joins two nodes by a wire that is another one from `a` to `b` than back. Both have the MTU and the cost of
    /// `there`.
    pub fn wire_each_way(&mut self, a: &str, b: &str, there: Wire, back: Wire) {
        let back = Wire { mtu: there.mtu, cost: there.cost, ..back };
        self.drawing.wires.push(Joint { a: a.to_owned(), b: b.to_owned(), there, back });
    }

    /// The node announces that it leads to a prefix, such as `203.0.113.0/24`. Several nodes may announce the same
    /// (anycast).
    pub fn announce(&mut self, node: &str, prefix: &str) {
        match prefix.parse() {
            Ok(prefix) => self.drawing.announced.push((node.to_owned(), prefix)),
            Err(error) => self.drawing.errors.push(TopologyError::Address(error)),
        }
    }

    /// Only neighbours know of the networks in this prefix: no router announces them. So it is with the private
    /// addresses on the inside of a NAT (RFC 1918 §3).
    pub fn keep_private(&mut self, prefix: &str) {
        match prefix.parse() {
            Ok(prefix) => self.drawing.kept.push(prefix),
            Err(error) => self.drawing.errors.push(TopologyError::Address(error)),
        }
    }

    /// Builds the world, and finds the routes.
    ///
    /// # Errors
    /// [`TopologyError`]: the drawing contradicts itself.
    pub fn build(self) -> Result<World, TopologyError> {
        build::build(self.drawing)
    }

    fn add(&mut self, name: &str, addresses: &[&str], kind: Kind, inhabitant: Inhabitant) {
        let card = |text: &&str| text.split_whitespace().map(str::parse).collect::<Result<Vec<Address>, _>>();
        match addresses.iter().map(card).collect() {
            Ok(cards) => self.drawing.nodes.push(Drawn { name: name.to_owned(), kind, cards, inhabitant }),
            Err(error) => self.drawing.errors.push(TopologyError::Address(error)),
        }
    }
}
