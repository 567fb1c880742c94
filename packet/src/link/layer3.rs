//! The layer 3 link: sends any IP packet of either version, and hears every IP packet that comes in (Linux, needs
//! CAP_NET_RAW). For pings, scans, and packets made by hand.
//!
//! ```text
//!   send     ──▶  raw socket, IPPROTO_RAW     ──▶ routing, firewall ──▶ the device of the route
//!   receive  ◀──  packet sockets, one a version ◀── all that the kernel's own IP is given
//! ```
//!
//! What is sent leaves as it was made, also with a source address that is not ours. The kernel chooses the device by
//! the destination. It writes these fields of an IPv4 header itself: the total length and the checksum always, the
//! identification and the source where they are zero. Of an IPv6 header it writes none. Path MTU discovery is left to
//! the caller: the kernel asks only whether a packet fits the device.
//!
//! What comes in is given once, as it came: a fragment is given as a fragment, an unfinished checksum stays so
//! ([`Verdict::Unfinished`](crate::checksum::Verdict::Unfinished)), and a sender that leaves cutting to its network
//! card sends packets of up to 64 KiB. The kernel sees all of it too, and answers what it knows: an echo request, and
//! a segment for a port where nobody listens. [`Layer3Options::guarded`] keeps it quiet about ports of ours. On the
//! loopback one also hears what one sends.
//!
//! Left out: IPv6 jumbograms. Tested live, as root, in `tests/live`.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::Layer3Link;
#[cfg(target_os = "linux")]
pub use linux::Layer3Link;

/// How a [`Layer3Link`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer3Options {
    /// The device to send through and to hear. `None`: the routing table chooses, and all are heard.
    pub device: Option<String>,
    /// TCP ports about which the kernel is kept quiet, at every address of this machine. 0 is a port of the system's
    /// choice.
    pub guarded: Vec<u16>,
    /// The largest packet that is sent, in bytes.
    pub mtu: usize,
    /// The size asked for of each receive queue, in bytes. The system may give less.
    pub receive_buffer: usize,
}

impl Default for Layer3Options {
    /// All devices, no port guarded, an MTU of 1500, queues of 4 MiB.
    fn default() -> Layer3Options {
        Layer3Options { device: None, guarded: Vec::new(), mtu: 1500, receive_buffer: 4 << 20 }
    }
}
