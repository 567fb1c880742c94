//! What needs no privilege: the toy internet, and the kernel's own sockets.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use super::probe::Probe;

/// Both probes.
pub(super) fn probe() -> [Probe; 2] {
    let toy =
        Probe::new("toy internet", "fetch, read, keys, every scene and lesson", "nothing: it needs nothing");
    let tried = "a UDP and a TCP socket on a free port of 127.0.0.1";
    let kernel = Probe::new("kernel sockets", "fetch --net os, resolve --net os, serve", tried);
    let opened =
        UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let kernel = match opened {
        Ok(_) => kernel.open("both open"),
        Err(error) => kernel.closed(error.to_string(), "an interface lo that is up: sudo ip link set lo up"),
    };
    [toy.open("it is in this program"), kernel]
}
