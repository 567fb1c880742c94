//! One UDP socket, connected to one server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Instant;

use socket2::{Domain, Protocol, Socket, Type};

use super::news::{News, is_not_ready};
use crate::stub::Transmit;

pub(super) struct UdpConversation {
    pub(super) socket: UdpSocket,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// When a question was last sent.
    pub(super) used: Instant,
    /// Whether a message has come.
    pub(super) answered: bool,
    /// The port that the query named. The socket may have another one.
    wanted_port: u16,
    /// The ID of the last question.
    pub(super) id: Option<[u8; 2]>,
}

impl UdpConversation {
    /// Opens a socket on the port that the query names, or on any if that one is taken, and connects it. From then on
    /// the kernel takes messages from this server only.
    pub(super) fn open(transmit: &Transmit) -> io::Result<UdpConversation> {
        let (remote, wanted_port) = (transmit.to, transmit.source_port);
        let socket = Socket::new(Domain::for_address(remote), Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
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
        Ok(UdpConversation {
            socket,
            local,
            remote,
            used: Instant::now(),
            answered: false,
            wanted_port,
            id: None,
        })
    }

    /// Whether this is the socket to send this message on.
    pub(super) fn serves(&self, transmit: &Transmit) -> bool {
        (self.remote, self.wanted_port) == (transmit.to, transmit.source_port)
    }

    pub(super) fn send(&mut self, message: &[u8]) -> io::Result<()> {
        (self.used, self.id) = (Instant::now(), message.first_chunk().copied());
        self.socket.send(message).map(|_| ()).map_err(in_words)
    }

    /// Takes a datagram, if one is there.
    pub(super) fn turn(&mut self, buffer: &mut [u8]) -> io::Result<News> {
        match self.socket.recv(buffer) {
            Ok(length) => {
                self.answered = true;
                Ok(News::Came(buffer[..length].to_vec()))
            }
            Err(error) if is_not_ready(&error) => Ok(News::None),
            Err(error) => Err(in_words(error)),
        }
    }
}

/// What ICMP told the kernel. A connected socket says it as ECONNREFUSED; on Windows the kind is ConnectionReset.
fn in_words(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            let words = "its host says that nobody listens on that port (ICMP, RFC 1122 §4.1.3.1)";
            io::Error::new(error.kind(), words)
        }
        _ => error,
    }
}
