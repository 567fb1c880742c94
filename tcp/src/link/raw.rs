//! The raw link: whole IP packets of our own on the host's own address (Linux, needs CAP_NET_RAW).
//!
//! The kernel has a TCP too. It does not know our connections, so it would answer what arrives for us with a reset. A
//! [`guard`] on each of our ports keeps it quiet. There are four more traps, each found by experiment:
//!
//! * where the sender leaves it to its network card to cut packets, packets of up to 64 KiB arrive: the buffer is
//!   that large;
//! * where it leaves the checksums to the card, they arrive unfinished: see
//!   [`barewire_packet::checksum::Verdict::Unfinished`];
//! * the socket's queue overflows unless it is made larger: SO_RCVBUF is raised, and [`RawLink::drops`] counts;
//! * the socket hears every TCP segment of the machine: those for other ports are passed over here.
//!
//! With IP_HDRINCL the kernel fills in the identification of an IPv4 header, and nothing else we send.
//!
//! On other systems [`RawLink::open`] fails with [`io::ErrorKind::Unsupported`]: BSD and macOS do not give TCP to raw
//! sockets, and Windows does not send it. Tested live, as root, by the tests of `examples`.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
pub mod guard;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod path;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

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

/// What keeps the kernel from answering for a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardKind {
    /// A listening socket whose filter drops everything.
    Filter,
    /// A listening socket that takes only packets no router has passed on (time to live 255).
    MinimumTimeToLive,
}

impl fmt::Display for GuardKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GuardKind::Filter => "guard A: a kernel socket on our port, deaf by a filter",
            GuardKind::MinimumTimeToLive => {
                "guard B: a kernel socket on our port, deaf by a minimum time to live of 255"
            }
        })
    }
}

/// Which of this machine's addresses packets to `remote` leave from. Asks the routing table; nothing is sent.
///
/// # Errors
/// What the system says: no route, most likely.
pub fn local_address_for(remote: SocketAddr) -> io::Result<IpAddr> {
    Ok(toward(remote)?.local_addr()?.ip())
}

/// The MTU of the path to `remote` as far as this machine knows it, in bytes: that of the interface, or less where
/// a router has said so. Asks the routing table; nothing is sent.
///
/// # Errors
/// What the system says; [`io::ErrorKind::Unsupported`] where this is not Linux.
pub fn mtu_toward(remote: SocketAddr) -> io::Result<usize> {
    let socket = toward(remote)?;
    #[cfg(target_os = "linux")]
    return path::mtu_of(&socket, remote);
    #[cfg(not(target_os = "linux"))]
    return Err(io::Error::new(io::ErrorKind::Unsupported, format!("{socket:?}: only Linux says")));
}

/// A UDP socket that is connected. Connecting it sends nothing.
fn toward(remote: SocketAddr) -> io::Result<UdpSocket> {
    let any: IpAddr =
        if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(remote)?;
    Ok(socket)
}
