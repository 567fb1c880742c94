//! A port for a server that a test starts.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// A port of 127.0.0.1 on which nobody listens, by TCP and by UDP.
///
/// A port that the kernel chose, and that was given back, may be another test's before the server opens it. The kernel
/// chooses from 32768 on (`net.ipv4.ip_local_port_range`), so this port lies below.
pub(crate) fn free_port() -> u16 {
    let chance = RandomState::new().hash_one("port") % 12_000;
    let mut ports = (0..12_000).map(|step| 20_000 + ((chance + step) % 12_000) as u16);
    let is_free = |port: &u16| {
        let at = (Ipv4Addr::LOCALHOST, *port);
        TcpListener::bind(at).is_ok() && UdpSocket::bind(at).is_ok()
    };
    ports.find(is_free).expect("one of 12,000 ports is free")
}
