//! What has been drawn so far: names and texts that nobody has compared yet.

use std::time::Instant;

use super::error::TopologyError;
use crate::prefix::{Address, Prefix};
use crate::wire::Wire;
use crate::world::engine::Inhabitant;
use crate::world::paths::Kind;

/// A whole drawing.
pub(super) struct Drawing {
    pub(super) start: Instant,
    pub(super) seed: u64,
    pub(super) nodes: Vec<Drawn>,
    pub(super) wires: Vec<Joint>,
    pub(super) announced: Vec<(String, Prefix)>,
    pub(super) kept: Vec<Prefix>,
    pub(super) errors: Vec<TopologyError>,
}

/// A node of the drawing.
pub(super) struct Drawn {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) cards: Vec<Vec<Address>>,
    pub(super) inhabitant: Inhabitant,
}

/// A wire of the drawing.
pub(super) struct Joint {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) there: Wire,
    pub(super) back: Wire,
}

impl Drawing {
    pub(super) fn new(start: Instant, seed: u64) -> Drawing {
        let (nodes, wires, announced) = (Vec::new(), Vec::new(), Vec::new());
        Drawing { start, seed, nodes, wires, announced, kept: Vec::new(), errors: Vec::new() }
    }
}
