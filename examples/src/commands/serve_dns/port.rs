//! A port to listen at, over UDP and TCP. Tested in `tests/serve_dns.rs`.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use crate::failure::{Failure, Step};

/// How often two free ports of one number are looked for.
const TRIES: usize = 20;

/// The two sockets of one port.
pub(super) struct Port {
    pub(super) udp: UdpSocket,
    pub(super) tcp: TcpListener,
    pub(super) address: SocketAddr,
}

impl Port {
    pub(super) fn open(address: SocketAddr) -> Result<Port, Failure> {
        let opened = (0..TRIES).map(|_| Port::try_open(address)).find(|opened| {
            let taken = opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse);
            !(taken && address.port() == 0)
        });
        opened.unwrap_or_else(|| Err(io::ErrorKind::AddrInUse.into())).map_err(|error| {
            let hint = "--listen ADDR:PORT chooses another; below 1024 it takes root, and port 0 is any that is free";
            Failure::new(Step::Usage, format!("{address}: {error}; {hint}"))
        })
    }

    /// With port 0 the kernel chooses one for TCP, and UDP has to get the same.
    fn try_open(address: SocketAddr) -> io::Result<Port> {
        let tcp = TcpListener::bind(address)?;
        let address = tcp.local_addr()?;
        Ok(Port { udp: UdpSocket::bind(address)?, tcp, address })
    }
}
