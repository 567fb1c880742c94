//! A TUN device: a network interface whose other end is a program (Linux).
//!
//! What the kernel routes to the interface, the program reads; what the program writes, the kernel receives there. So
//! our stack gets an address that the kernel does not own, and nothing has to be kept quiet:
//!
//! ```text
//!   a server, by the kernel's TCP                  our own TCP
//!     10.94.0.1/24 ──── tun0 ═══ /dev/net/tun ═══ Tun  10.94.0.2
//!     the kernel's end                            our end
//! ```
//!
//! It is the link with the fewest traps. The kernel finishes checksums, and cuts what it sends to the MTU, before the
//! program reads it. There is no Ethernet, so nobody has to be asked for an address. A queue stands before the program;
//! it is made longer, and [`Link::drops`] counts what it had no room for. Fragments come as fragments, and nobody
//! answers pings: [`host`](super::host) does both.
//!
//! Making the device needs CAP_NET_ADMIN, which everybody has in a namespace of their own, and a `/dev/net/tun` that
//! may be opened. One that somebody with the right has made before, and left there, needs neither:
//!
//! ```text
//! sudo ip tuntap add dev tun0 mode tun user alice    once
//! sudo ip addr add 10.94.0.1/24 dev tun0
//! sudo ip link set tun0 up                           then alice opens it without privilege
//! ```
//!
//! With `cargo run` as root, or inside `unshare -Urn`:
//!
//! ```no_run
//! use barewire_packet::build::datagram;
//! use barewire_packet::link::{Link, tun::{Tun, TunOptions}};
//!
//! let addresses = vec![("10.94.0.1".parse()?, 24)];
//! let options = TunOptions { addresses, ..TunOptions::default() };
//! let mut tun = Tun::open(&options)?;
//! let server = std::net::UdpSocket::bind("10.94.0.1:7000")?;
//! tun.send(&datagram("10.94.0.2:4000", "10.94.0.1:7000", b"hello, kernel"))?;
//! assert_eq!(server.recv_from(&mut [0; 100])?.1.to_string(), "10.94.0.2:4000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Left out: TAP devices, which carry Ethernet; offloads to the program (IFF_VNET_HDR); several queues. On other
//! systems it cannot be opened: macOS has `utun`, which is not spoken here. Tested with TCP by `tcp/tests/links`.
//!
//! [`Link::drops`]: super::Link::drops

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

use std::net::IpAddr;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::Tun;
#[cfg(target_os = "linux")]
pub use linux::Tun;

/// How a [`Tun`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TunOptions {
    /// What the interface is called, at most 15 letters; `None` lets the kernel choose (`tun0`). If there is one of
    /// this name, it is used.
    pub name: Option<String>,
    /// The addresses of the kernel's end, each with the length of its network's prefix. With at least one the interface
    /// is also raised; with none it is left as it is, which needs no privilege.
    pub addresses: Vec<(IpAddr, u8)>,
    /// The MTU to set, in bytes; `None` leaves it: 1500 for a new interface.
    pub mtu: Option<usize>,
    /// How many packets may wait until they are read. It stays as it is where this user may not change it: 500 packets,
    /// which is less than a window of 1 MiB.
    pub queue: usize,
}

impl Default for TunOptions {
    /// A name of the kernel's choice, no address, the MTU as it is, and a queue of 4096 packets.
    fn default() -> TunOptions {
        TunOptions { name: None, addresses: Vec::new(), mtu: None, queue: 4096 }
    }
}
