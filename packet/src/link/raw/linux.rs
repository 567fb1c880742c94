//! The raw link on Linux.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use barewire_dissect::several;
use socket2::{Domain, Protocol, Socket, Type};

use super::RawOptions;
use crate::ip::{self, IpPacket};
use crate::link::Link;
use crate::link::guard::{Guard, GuardKind};
use crate::link::socket::{LARGEST, enlarge_receive_buffer, lesson, wait_readable};
use crate::transit::TCP;

/// A link on the host's own address.
#[derive(Debug)]
pub struct RawLink {
    /// A raw socket; std's type for it only lends its safe `send_to` and `recv_from`, which serve any datagram socket.
    socket: UdpSocket,
    local: IpAddr,
    guards: Vec<Guard>,
    mtu: usize,
    receive_buffer: usize,
    buffer: Vec<u8>,
}

impl RawLink {
    /// Opens the link on `local`, which is one of this machine's addresses, and guards its ports.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::AddrInUse`]
    /// for a port that is taken; [`io::ErrorKind::AddrNotAvailable`] for an address that is not this machine's.
    pub fn open(local: IpAddr, options: &RawOptions) -> io::Result<RawLink> {
        let address = SocketAddr::new(local, 0);
        let socket = Socket::new(Domain::for_address(address), Type::RAW, Some(Protocol::TCP))
            .map_err(|error| lesson("a raw socket", error))?;
        if local.is_ipv4() {
            socket.set_header_included_v4(true)
        } else {
            socket.set_header_included_v6(true)
        }?;
        let receive_buffer = enlarge_receive_buffer(&socket, options.receive_buffer)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let chosen = options.ports.iter().copied().chain(std::iter::repeat_n(0, options.ephemeral));
        let guards = chosen.map(|port| Guard::open(local, port)).collect::<io::Result<Vec<Guard>>>()?;
        let socket = UdpSocket::from(socket);
        Ok(RawLink { socket, local, guards, mtu: options.mtu, receive_buffer, buffer: vec![0; LARGEST] })
    }

    /// The guarded ports: those asked for, then those of the system's choice. Reserve the latter with
    /// `Host::reserve_port` of the crate `barewire-tcp`, so that connections leave from them.
    pub fn ports(&self) -> Vec<u16> {
        self.guards.iter().map(Guard::port).collect()
    }

    /// Which guard is in force: the weakest of them all.
    pub fn guard(&self) -> Option<GuardKind> {
        let weakest = self.guards.iter().find(|guard| guard.kind() == GuardKind::MinimumTimeToLive);
        weakest.or(self.guards.first()).map(Guard::kind)
    }

    /// The size of the receive queue, in bytes, as the system counts it.
    pub fn receive_buffer(&self) -> usize {
        self.receive_buffer
    }

    /// The next packet that is for one of our ports, if one is there now.
    fn take_waiting(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let (length, from) = match self.socket.recv_from(&mut self.buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = self.buffer.get(..length).unwrap_or_default();
            let packet =
                if self.local.is_ipv4() { bytes.to_vec() } else { with_header(from.ip(), self.local, bytes) };
            if self.is_ours(&packet) {
                return Ok(Some(packet));
            }
        }
    }

    /// Whether a packet is for a guarded port. One that cannot be read is passed on: the host says why.
    fn is_ours(&self, packet: &[u8]) -> bool {
        let Ok(packet) = IpPacket::parse(packet) else { return true };
        match *packet.payload {
            [_, _, high, low, ..] => {
                let port = u16::from_be_bytes([high, low]);
                self.guards.iter().any(|guard| guard.port() == port)
            }
            _ => true,
        }
    }
}

impl Link for RawLink {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let to =
            IpPacket::parse(packet).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        // The port means nothing to a raw socket, and IPv6 insists that it be 0.
        match self.socket.send_to(packet, SocketAddr::new(to.header.destination(), 0)) {
            Ok(_) => Ok(()),
            // A full queue (ENOBUFS), or a firewall that drops what leaves (EPERM): to TCP a lost packet, no more.
            Err(error)
                if matches!(error.raw_os_error(), Some(libc::ENOBUFS | libc::EPERM | libc::EAGAIN)) =>
            {
                Ok(())
            }
            Err(error) if error.raw_os_error() == Some(libc::EMSGSIZE) => {
                let text = format!(
                    "a packet of {} is too large for the interface",
                    several(packet.len() as u64, "byte")
                );
                Err(io::Error::new(io::ErrorKind::InvalidInput, text))
            }
            Err(error) => Err(error),
        }
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(packet) = self.take_waiting()? {
                return Ok(Some(packet));
            }
            if !wait_readable(&[&self.socket], deadline)? {
                return Ok(None);
            }
        }
    }

    fn drops(&self) -> Option<u64> {
        let inode =
            fs::metadata(format!("/proc/self/fd/{}", self.socket.as_raw_fd())).ok()?.ino().to_string();
        let table =
            fs::read_to_string(if self.local.is_ipv4() { "/proc/net/raw" } else { "/proc/net/raw6" }).ok()?;
        // sl local remote st tx:rx tr:tm retrnsmt uid timeout inode ref pointer drops
        let line = table.lines().find(|line| line.split_whitespace().nth(9) == Some(inode.as_str()))?;
        line.split_whitespace().nth(12)?.parse().ok()
    }

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }
}

/// A raw IPv6 socket gives the bytes after the header. The header is made anew from what the system says of it.
fn with_header(source: IpAddr, destination: IpAddr, segment: &[u8]) -> Vec<u8> {
    let mut packet = Vec::with_capacity(40 + segment.len());
    ip::write_header(source, destination, TCP, segment.len(), &mut packet);
    packet.extend_from_slice(segment);
    packet
}
