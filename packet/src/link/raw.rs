//! The raw link: whole IP packets of our own on the host's own address (Linux, needs CAP_NET_RAW).
//!
//! The kernel has a TCP too. It does not know our connections, so it would answer what arrives for us with a reset. A
//! [guard](super::guard) on each of our ports keeps it quiet. There are four more traps, each found by experiment:
//!
//! * where the sender leaves it to its network card to cut packets, packets of up to 64 KiB arrive: the buffer is
//!   that large;
//! * where it leaves the checksums to the card, they arrive unfinished: see
//!   [`Verdict::Unfinished`](crate::checksum::Verdict::Unfinished);
//! * the socket's queue overflows unless it is made larger: SO_RCVBUF is raised, and [`drops`](super::Link::drops)
//!   counts;
//! * the socket hears every TCP segment of the machine, which would fill that queue: the kernel is given a filter, and
//!   passes on what is for our ports.
//!
//! With IP_HDRINCL the kernel fills in the identification of an IPv4 header, and nothing else we send. It puts
//! fragments together before we get them. ICMP errors about segments of ours come in, too, so that a TCP can find the
//! MTU of its path; what the kernel itself learns of it is not asked.
//!
//! On other systems [`RawLink::open`] fails with [`Unsupported`](std::io::ErrorKind::Unsupported): BSD and macOS do
//! not give TCP to raw sockets, and Windows does not send it. Tested live, as root, in `tests/live`, and in the crates
//! `barewire-tcp` and `barewire`.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::RawLink;
#[cfg(target_os = "linux")]
pub use linux::RawLink;

/// How a [`RawLink`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOptions {
    /// Ports to guard, for listening on.
    pub ports: Vec<u16>,
    /// How many more ports to guard, which the system chooses, for connecting from. Each carries one connection to
    /// a given peer and port, and then waits in TIME-WAIT.
    pub ephemeral: usize,
    /// The MTU of the interface, in bytes.
    pub mtu: usize,
    /// The size asked for of the receive queue, in bytes. The system may give less.
    pub receive_buffer: usize,
}

impl Default for RawOptions {
    /// 16 ports to connect from, an MTU of 1500, and a queue of 4 MiB, which holds a window of 256 KiB whatever the
    /// size of its packets.
    fn default() -> RawOptions {
        RawOptions { ports: Vec::new(), ephemeral: 16, mtu: 1500, receive_buffer: 4 << 20 }
    }
}
