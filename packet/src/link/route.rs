//! What the routing table knows of the way to a host. No packet is sent to find out.
//!
//! A UDP socket is connected, which sends nothing, and then asked. Tested in `tests/route.rs`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

#[cfg(target_os = "linux")]
use super::{interface, socket};

/// Which of this machine's addresses packets to `remote` leave from.
///
/// # Errors
/// What the system says: no route, most likely.
pub fn local_address_for(remote: SocketAddr) -> io::Result<IpAddr> {
    Ok(toward(remote)?.local_addr()?.ip())
}

/// The MTU of the path to `remote` as far as this machine knows it, in bytes: that of the interface, or less where
/// a router has said so.
///
/// # Errors
/// What the system says; [`io::ErrorKind::Unsupported`] where this is not Linux.
pub fn mtu_toward(remote: SocketAddr) -> io::Result<usize> {
    let toward = toward(remote)?;
    #[cfg(target_os = "linux")]
    return match remote {
        SocketAddr::V4(_) => socket::option(&toward, libc::IPPROTO_IP, libc::IP_MTU),
        SocketAddr::V6(_) => socket::option(&toward, libc::IPPROTO_IPV6, libc::IPV6_MTU),
    }
    .map(|mtu| mtu.max(0) as usize);
    #[cfg(not(target_os = "linux"))]
    return Err(io::Error::new(io::ErrorKind::Unsupported, format!("{toward:?}: only Linux says")));
}

/// Whether an error of sending says that the system knows no way to the destination: no route, or no device that is up.
/// That may change at any moment, as when a cable is plugged in again, and says nothing about other destinations.
pub fn is_missing(error: &io::Error) -> bool {
    use io::ErrorKind::{HostUnreachable, NetworkDown, NetworkUnreachable};
    matches!(error.kind(), HostUnreachable | NetworkDown | NetworkUnreachable)
}

/// Whether an address is one of its link only: many hosts have it, each on a link of its own (RFC 4291 §2.5.6).
pub fn is_of_one_link(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

/// The address with a port and, for one that [is of its link only](is_of_one_link), the number of the device that leads
/// to that link (RFC 4007 §6).
///
/// # Errors
/// That of the system, if no device has this name. [`io::ErrorKind::Unsupported`] if the system is not Linux.
pub fn through(device: &str, address: IpAddr, port: u16) -> io::Result<SocketAddr> {
    match address {
        IpAddr::V6(v6) if is_of_one_link(address) => {
            #[cfg(target_os = "linux")]
            return {
                let device = interface::index(device)?.cast_unsigned();
                Ok(std::net::SocketAddrV6::new(v6, port, 0, device).into())
            };
            #[cfg(not(target_os = "linux"))]
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("{v6} through {device}: only on Linux"),
            ));
        }
        _ => Ok(SocketAddr::new(address, port)),
    }
}

/// A UDP socket that is connected. Connecting it sends nothing.
fn toward(remote: SocketAddr) -> io::Result<UdpSocket> {
    if let SocketAddr::V6(remote) = remote
        && is_of_one_link(IpAddr::V6(*remote.ip()))
        && remote.scope_id() == 0
    {
        let text =
            format!("{} is there once on every link, and nothing says on which (RFC 4007)", remote.ip());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let any: IpAddr =
        if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(remote)?;
    Ok(socket)
}
