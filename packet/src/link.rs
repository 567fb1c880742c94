//! The seam below TCP: send one IP packet, receive one IP packet before a deadline.
//!
//! [`Link`] is the one trait between a stack and a wire. The crate `barewire-internet` has one in process, in virtual
//! time. Here are those that reach real wires, on Linux and mostly as root. Elsewhere they cannot be opened, and say
//! why.
//!
//! | link | what it carries |
//! |---|---|
//! | [`raw`] | TCP of our own, on the host's own address |
//! | [`layer3`] | any IP packet out, and every IP packet that comes in |
//! | [`tun`] | every packet between the kernel and an address that it does not own |
//! | [`datalink`] | the same on an Ethernet, with ARP and neighbor discovery of our own |
//! | [`replay`] | what a capture says that the peer sent; on every system |
//!
//! [`host`] does around `tun` and `datalink` what the kernel does around the first: fragments, and answers to pings.
//! [`tap`] only listens: it hears the frames of a device, whole. [`guard`] keeps the kernel quiet about a port of ours.
//! [`route`] asks the routing table. Tested with each link.

#[cfg(not(target_os = "linux"))]
mod absent;
#[cfg(target_os = "linux")]
mod bpf;
pub mod datalink;
#[cfg(target_os = "linux")]
pub mod device;
mod devices;
pub mod guard;
pub mod host;
#[cfg(target_os = "linux")]
mod interface;
pub mod layer3;
#[cfg(target_os = "linux")]
mod message;
pub mod offload;
#[cfg(target_os = "linux")]
mod packet_socket;
#[cfg(target_os = "linux")]
mod patience;
pub mod raw;
#[cfg(target_os = "linux")]
mod raw_socket;
pub mod replay;
pub mod route;
#[cfg(target_os = "linux")]
mod socket;
pub mod tap;
pub mod tun;

use std::io;
use std::time::{Duration, Instant};

pub use devices::{Device, devices};

/// Which way a packet passes a host, or a place beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The host sends it.
    Sent,
    /// The host receives it.
    Received,
}

// book: link
/// A link that carries whole IP packets.
pub trait Link: Send {
    /// What time it is here: the clock's, or virtual.
    fn now(&self) -> Instant;

    /// The largest IP packet the link carries, in bytes.
    fn mtu(&self) -> usize;

    /// Sends one IP packet. Where the send queue is full, a link waits a moment for room; then the packet is lost, as
    /// in a router, and [`unsent`](Link::unsent) counts it. A raw link does not wait again until a packet has left: a
    /// queue that stays full costs one wait, not one per packet.
    ///
    /// # Errors
    /// What the system says; a packet over the MTU is one ([`io::ErrorKind::InvalidInput`]).
    fn send(&mut self, packet: &[u8]) -> io::Result<()>;

    /// Waits for the next IP packet; `None` when `deadline` has passed. A deadline in the past asks only whether one
    /// is there.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::Deadlock`] where it is certain that none will ever come.
    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>>;

    /// How long one `receive` may keep other threads from the link. `None` where waiting takes no real time.
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// How many packets came for us and were lost here, because the receive queue had no room. `None` where the link
    /// cannot say.
    fn drops(&self) -> Option<u64> {
        None
    }

    /// How many packets of ours were lost before they left: the send queue had no room, or a firewall of this machine
    /// took them.
    fn unsent(&self) -> u64 {
        0
    }
}
// book: end
