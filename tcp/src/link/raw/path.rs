//! What the routing table knows of the path to a host. No packet is sent to find out.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;

/// The MTU of a path, from a UDP socket that is connected along it: socket2 has no name for this option.
#[allow(unsafe_code, reason = "getsockopt")]
pub(super) fn mtu_of(socket: &UdpSocket, remote: SocketAddr) -> io::Result<usize> {
    let (level, option) = match remote {
        SocketAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_MTU),
        SocketAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_MTU),
    };
    let mut value: libc::c_int = 0;
    let mut length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the pointers and the length describe `value`, which outlives the call.
    let result = unsafe {
        libc::getsockopt(socket.as_raw_fd(), level, option, (&raw mut value).cast(), &raw mut length)
    };
    if result == 0 { Ok(value.max(0) as usize) } else { Err(io::Error::last_os_error()) }
}
