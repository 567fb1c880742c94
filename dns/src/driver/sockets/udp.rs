//! One UDP socket, connected to one server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::wait::{is_timeout, limit};
use crate::stub::Transmit;

/// Room for the largest datagram: a server may send more than our OPT record allows.
const LARGEST: usize = 65_535;

pub(super) struct UdpConversation {
    socket: UdpSocket,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// The port that the query named. The socket may have another one.
    wanted_port: u16,
    buffer: Vec<u8>,
}

impl UdpConversation {
    /// Opens a socket on this port, or on any if that one is taken, and connects it. From then on the kernel takes
    /// messages from this server only.
    pub(super) fn open(remote: SocketAddr, wanted_port: u16) -> io::Result<UdpConversation> {
        let socket = Socket::new(Domain::for_address(remote), Type::DGRAM, Some(Protocol::UDP))?;
        let any: IpAddr = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        if socket.bind(&SocketAddr::new(any, wanted_port).into()).is_err() {
            // The kernel's choice is random too.
            socket.bind(&SocketAddr::new(any, 0).into())?;
        }
        socket.connect(&remote.into())?;
        let socket = UdpSocket::from(socket);
        let local = socket.local_addr()?;
        Ok(UdpConversation { socket, local, remote, wanted_port, buffer: vec![0; LARGEST] })
    }

    /// Whether this is the socket to send this message on.
    pub(super) fn serves(&self, transmit: &Transmit) -> bool {
        (self.remote, self.wanted_port) == (transmit.to, transmit.source_port)
    }

    pub(super) fn send(&self, message: &[u8]) -> io::Result<()> {
        self.socket.send(message).map(|_| ())
    }

    /// A datagram, if one comes within `wait`.
    pub(super) fn receive(&mut self, wait: Duration) -> io::Result<Option<Vec<u8>>> {
        self.socket.set_read_timeout(limit(wait))?;
        match self.socket.recv(&mut self.buffer) {
            Ok(length) => Ok(Some(self.buffer[..length].to_vec())),
            Err(error) if is_timeout(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
