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
//! program reads it. There is no Ethernet, so nobody has to be asked for an address. A queue stands before the
//! program, of 500 packets; [`Link::drops`] counts those that it had no room for. Fragments come as fragments:
//! [`host`](super::host) puts them together.
//!
//! Making the device needs CAP_NET_ADMIN, which everybody has in a namespace of their own, and a `/dev/net/tun` that
//! may be opened. One that somebody with the right has made before, and left there, needs neither:
//!
//! ```text
//! sudo ip tuntap add dev tun0 mode tun user alice    once
//! sudo ip addr add 10.94.0.1/24 dev tun0
//! sudo ip link set tun0 up                           from then on alice opens "tun0" without any privilege
//! ```
//!
//! With `cargo run` as root, or inside `unshare -Urn`:
//!
//! ```no_run
//! use barewire_packet::build::datagram;
//! use barewire_packet::link::{Link, tun::{Tun, TunOptions}};
//!
//! let options = TunOptions { addresses: vec![("10.94.0.1".parse()?, 24)], ..TunOptions::default() };
//! let mut tun = Tun::open(&options)?;
//! let server = std::net::UdpSocket::bind("10.94.0.1:7000")?;
//! tun.send(&datagram("10.94.0.2:4000", "10.94.0.1:7000", b"hello, kernel"))?;
//! assert_eq!(server.recv_from(&mut [0; 100])?.1.to_string(), "10.94.0.2:4000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Left out: TAP devices, which carry Ethernet; offloads to the program (IFF_VNET_HDR); several queues. On other
//! systems it cannot be opened: macOS has `utun`, which is not spoken here. Tested in `tests/tun.rs`, and with TCP by
//! `tcp/tests/links`.
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TunOptions {
    /// What the interface is called, at most 15 letters; `None` lets the kernel choose (`tun0`). If there is one of this
    /// name, it is used.
    pub name: Option<String>,
    /// The addresses of the kernel's end, each with the length of its network's prefix. With at least one the interface
    /// is also raised; with none it is left as it is, which needs no privilege.
    pub addresses: Vec<(IpAddr, u8)>,
    /// The MTU to set, in bytes; `None` leaves it: 1500 for a new interface.
    pub mtu: Option<usize>,
}
