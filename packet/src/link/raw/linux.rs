//! The raw link on Linux.

use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::{RawOptions, filter};
use crate::icmp::{Icmp, Message, PROTOCOL, PROTOCOL_V6, Quoted, Version};
use crate::ip::IpPacket;
use crate::link::Link;
use crate::link::guard::{Guard, GuardKind};
use crate::link::raw_socket::RawSocket;
use crate::link::route::is_of_one_link;
use crate::link::socket::{LARGEST, wait_readable};
use crate::transit::TCP;

/// A link on the host's own address.
#[derive(Debug)]
pub struct RawLink {
    /// To send segments through, and to hear them.
    segments: RawSocket,
    /// To hear ICMP errors about them.
    errors: RawSocket,
    guards: Vec<Guard>,
    mtu: usize,
    buffer: Vec<u8>,
}

impl RawLink {
    /// Opens the link on `local`, which is one of this machine's addresses, and guards its ports.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::AddrInUse`]
    /// for a port that is taken; [`io::ErrorKind::AddrNotAvailable`] for an address that is not this machine's;
    /// [`io::ErrorKind::Unsupported`] for one [of one link only](is_of_one_link).
    pub fn open(local: IpAddr, options: &RawOptions) -> io::Result<RawLink> {
        if is_of_one_link(local) {
            let text =
                format!("{local} is an address of one link only (RFC 4007): a raw link has none of those");
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
        let (version, icmp) =
            if local.is_ipv4() { (Version::V4, PROTOCOL) } else { (Version::V6, PROTOCOL_V6) };
        let socket = |protocol, size| -> io::Result<RawSocket> {
            let mut socket = RawSocket::open(local.is_ipv4(), protocol, size)?;
            socket.hear(local)?;
            Ok(socket)
        };
        let (segments, errors) = (socket(TCP, options.receive_buffer)?, socket(icmp, LARGEST)?);
        let chosen = options.ports.iter().copied().chain(std::iter::repeat_n(0, options.ephemeral));
        let guards = chosen.map(|port| Guard::open(local, port)).collect::<io::Result<Vec<Guard>>>()?;
        let ports: Vec<u16> = guards.iter().map(Guard::port).collect();
        segments.keep_only(filter::segments(version, &ports))?;
        errors.keep_only(filter::errors(version, &ports))?;
        Ok(RawLink { segments, errors, guards, mtu: options.mtu, buffer: vec![0; LARGEST] })
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
        self.segments.receive_buffer()
    }

    /// Refuses a segment that leaves from a port without a guard: its answer would go to the kernel, which knows no
    /// such connection and resets it, and we would hear nothing.
    fn check_guard(&self, packet: &[u8]) -> io::Result<()> {
        let Ok(ip) = IpPacket::parse(packet) else { return Ok(()) };
        let (TCP, [high, low, ..]) = (ip.header.protocol(), ip.payload) else { return Ok(()) };
        let port = u16::from_be_bytes([*high, *low]);
        if self.guards.iter().any(|guard| guard.port() == port) {
            return Ok(());
        }
        let ports = self.ports();
        let text = format!(
            "port {port} has no guard: the kernel would reset the connection. The ports of this link are {ports:?}; \
             Host::reserve_port has connections leave from there"
        );
        Err(io::Error::new(io::ErrorKind::InvalidInput, text))
    }

    /// The next packet that is for one of our ports, or about one, if one is there now.
    fn take_waiting(&mut self) -> io::Result<Option<Vec<u8>>> {
        for socket in [&self.segments, &self.errors] {
            while let Some(packet) = socket.receive(&mut self.buffer)? {
                if self.is_ours(&packet) {
                    return Ok(Some(packet));
                }
            }
        }
        Ok(None)
    }

    /// Whether a packet is for a guarded port, or an ICMP error about a segment from there. The kernel has asked that
    /// already, except for what came before it had the filter. What cannot be read is passed on: the host says why.
    fn is_ours(&self, packet: &[u8]) -> bool {
        let Ok(packet) = IpPacket::parse(packet) else { return true };
        let port = match Version::of_protocol(packet.header.protocol()) {
            Some(version) => match Icmp::parse(version, packet.payload).map(|icmp| icmp.message) {
                Ok(Message::Error {
                    quoted: Some(Quoted { protocol: TCP, ports: Some((ours, _)), .. }),
                    ..
                }) => ours,
                _ => return false,
            },
            None => match *packet.payload {
                [_, _, high, low, ..] => u16::from_be_bytes([high, low]),
                _ => return true,
            },
        };
        self.guards.iter().any(|guard| guard.port() == port)
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
        self.check_guard(packet)?;
        self.segments.send(packet)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(packet) = self.take_waiting()? {
                return Ok(Some(packet));
            }
            if !wait_readable(&[&self.segments, &self.errors], deadline)? {
                return Ok(None);
            }
        }
    }

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    fn drops(&self) -> Option<u64> {
        [&self.segments, &self.errors].into_iter().map(RawSocket::drops).sum()
    }

    fn unsent(&self) -> u64 {
        self.segments.unsent()
    }
}
