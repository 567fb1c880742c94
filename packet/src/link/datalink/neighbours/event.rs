//! What a caller of [`Neighbours`](super::Neighbours) should know.

use std::net::IpAddr;

use crate::mac::MacAddress;

/// Something that a caller should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Nobody else has this address: it is ours from now on.
    Claimed(IpAddr),
    /// Somebody else has an address of ours.
    Conflict {
        /// The address.
        address: IpAddr,
        /// Who says so.
        mac: MacAddress,
        /// Whether it is still ours: it was held before, and is defended. If not, it never was.
        held: bool,
    },
    /// A neighbour has answered, and what waited for it goes out.
    Found {
        /// The neighbour.
        address: IpAddr,
        /// Where it is.
        mac: MacAddress,
    },
    /// A neighbour is at another interface than before: it has a new one, or somebody lies.
    Moved {
        /// The neighbour.
        address: IpAddr,
        /// Where it was.
        from: MacAddress,
        /// Where it is now.
        to: MacAddress,
    },
    /// A neighbour does not answer.
    Unreachable {
        /// The neighbour.
        address: IpAddr,
        /// What waited for it, and is given up.
        packets: Vec<Vec<u8>>,
    },
}
