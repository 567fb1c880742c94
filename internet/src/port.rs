//! The places of a node where wires are plugged in. Tested in `tests/world.rs`.

use std::fmt;

/// Where a wire is plugged into a node: the first wire of a node is its port 0, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Port(pub usize);

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "port {}", self.0)
    }
}
