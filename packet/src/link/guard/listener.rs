//! The deaf kernel socket on our port. Tested in `tests/guard.rs`.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use super::GuardKind;
use crate::link::socket;

/// A guarded port, for as long as this lives.
#[derive(Debug)]
pub struct Guard {
    // The port is guarded while the socket is open.
    _socket: Socket,
    port: u16,
    kind: GuardKind,
}

impl Guard {
    /// Guards `port` of `local`; with 0, a port of the system's choice.
    ///
    /// # Errors
    /// What the system says: [`io::ErrorKind::AddrInUse`] when somebody listens there already.
    pub fn open(local: IpAddr, port: u16) -> io::Result<Guard> {
        Guard::open_as(GuardKind::Filter, local, port)
            .or_else(|_| Guard::open_as(GuardKind::MinimumTimeToLive, local, port))
    }

    /// The same with a guard of this kind and no other.
    ///
    /// # Errors
    /// As there; [`io::ErrorKind::PermissionDenied`] where the kernel wants CAP_NET_ADMIN for a filter.
    pub fn open_as(kind: GuardKind, local: IpAddr, port: u16) -> io::Result<Guard> {
        let address = SocketAddr::new(local, port);
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        match kind {
            GuardKind::Filter => socket.attach_filter(&[drop_everything()])?,
            GuardKind::MinimumTimeToLive => set_minimum_time_to_live(&socket, local)?,
        }
        if local.is_ipv6() {
            // The other version of IP has a guard of its own.
            socket.set_only_v6(true)?;
        }
        if port != 0 {
            // A connection of the kernel that waits in TIME-WAIT there must not keep us out. A listener still does.
            socket.set_reuse_address(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(1)?;
        let port = socket.local_addr()?.as_socket().map_or(port, |address| address.port());
        Ok(Guard { _socket: socket, port, kind })
    }

    /// The guarded port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What makes the socket deaf.
    pub fn kind(&self) -> GuardKind {
        self.kind
    }
}

/// A filter program of one instruction: return 0 bytes of the packet.
fn drop_everything() -> SockFilter {
    SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, 0)
}

fn set_minimum_time_to_live(socket: &Socket, local: IpAddr) -> io::Result<()> {
    let (level, option) = match local {
        IpAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_MINTTL),
        IpAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_MINHOPCOUNT),
    };
    socket::set_option(socket, level, option, 255)
}
