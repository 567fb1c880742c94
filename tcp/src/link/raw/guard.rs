//! Keeping the kernel quiet about one of our ports.
//!
//! The kernel answers a segment for a port that nobody listens on with a reset. So somebody listens: an ordinary
//! kernel socket, made deaf, that drops what arrives. This needs no firewall rule, nothing is left when the process
//! ends, and the kernel does not give the port to another program.
//!
//! A filter that lets nothing pass makes the socket deaf (A). Newer kernels allow that only with CAP_NET_ADMIN.
//! Otherwise a minimum time to live does it, which packets from other hosts do not have (B). That needs no privilege.
//! A socket of kind B still hears packets that were sent with a time to live of 255 and passed no router; few senders
//! do that.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;

use socket2::{Domain, Protocol, SockFilter, Socket, Type};

use super::GuardKind;

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
        let address = SocketAddr::new(local, port);
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        let kind = if socket.attach_filter(&[drop_everything()]).is_ok() {
            GuardKind::Filter
        } else {
            set_minimum_time_to_live(&socket, local)?;
            GuardKind::MinimumTimeToLive
        };
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

/// socket2 has no name for this option.
#[allow(unsafe_code, reason = "setsockopt")]
fn set_minimum_time_to_live(socket: &Socket, local: IpAddr) -> io::Result<()> {
    let value: libc::c_int = 255;
    let (level, option) = match local {
        IpAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_MINTTL),
        IpAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_MINHOPCOUNT),
    };
    // SAFETY: the pointer and the length describe `value`, which outlives the call.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
