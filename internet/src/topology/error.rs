//! What can be wrong with a drawing.

use std::fmt;

use crate::prefix::NotAnAddress;

/// A drawing contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopologyError {
    /// A text is not an address.
    Address(NotAnAddress),
    /// Two nodes have one name.
    TwoOfOneName(String),
    /// A wire ends at, or a prefix is announced by, a node that is not there.
    NoSuchNode(String),
    /// A wire has both its ends at this node.
    ToItself(String),
    /// This host is driven from outside, so it has one network card; a second wire would end at it.
    SecondWire(String),
    /// Wires join switches in a ring, in which packets would circle for ever. The last wire of the ring.
    RingOfSwitches(String),
    /// None of a node's network cards has a network in common with the other end of a wire.
    NoCommonNetwork {
        /// The node.
        node: String,
        /// The other end.
        other: String,
    },
}

impl fmt::Display for TopologyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TopologyError::Address(error) => write!(f, "{error}"),
            TopologyError::TwoOfOneName(name) => write!(f, "two nodes are called {name:?}"),
            TopologyError::NoSuchNode(name) => write!(f, "there is no node {name:?}"),
            TopologyError::ToItself(name) => write!(f, "a wire joins {name:?} to itself"),
            TopologyError::SecondWire(name) => {
                write!(f, "a second wire ends at {name:?}, which has one network card")
            }
            TopologyError::RingOfSwitches(wire) => {
                write!(
                    f,
                    "the wire {wire:?} closes a ring of switches, in which packets would circle for ever"
                )
            }
            TopologyError::NoCommonNetwork { node, other } => {
                write!(f, "no network card of {node:?} has a network in common with {other:?}")
            }
        }
    }
}

impl std::error::Error for TopologyError {}
