//! The raw link on Linux.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use super::RawOptions;
use crate::ip::IpPacket;
use crate::link::Link;
use crate::link::guard::{Guard, GuardKind};
use crate::link::raw_socket::RawSocket;
use crate::link::socket::{LARGEST, wait_readable};
use crate::transit::TCP;

/// A link on the host's own address.
#[derive(Debug)]
pub struct RawLink {
    socket: RawSocket,
    local: IpAddr,
    guards: Vec<Guard>,
    mtu: usize,
    buffer: Vec<u8>,
}

impl RawLink {
    /// Opens the link on `local`, which is one of this machine's addresses, and guards its ports.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::AddrInUse`]
    /// for a port that is taken; [`io::ErrorKind::AddrNotAvailable`] for an address that is not this machine's.
    pub fn open(local: IpAddr, options: &RawOptions) -> io::Result<RawLink> {
        let mut socket = RawSocket::open(local.is_ipv4(), TCP, options.receive_buffer)?;
        socket.hear(local)?;
        let chosen = options.ports.iter().copied().chain(std::iter::repeat_n(0, options.ephemeral));
        let guards = chosen.map(|port| Guard::open(local, port)).collect::<io::Result<Vec<Guard>>>()?;
        Ok(RawLink { socket, local, guards, mtu: options.mtu, buffer: vec![0; LARGEST] })
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
        self.socket.receive_buffer()
    }

    /// The next packet that is for one of our ports, if one is there now.
    fn take_waiting(&mut self) -> io::Result<Option<Vec<u8>>> {
        while let Some(packet) = self.socket.receive(&mut self.buffer)? {
            if self.is_ours(&packet) {
                return Ok(Some(packet));
            }
        }
        Ok(None)
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
        self.socket.send(packet)
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

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    fn drops(&self) -> Option<u64> {
        let inode =
            fs::metadata(format!("/proc/self/fd/{}", self.socket.as_raw_fd())).ok()?.ino().to_string();
        // The table of this thread's network namespace: the whole process may be in another one.
        let file = if self.local.is_ipv4() { "raw" } else { "raw6" };
        let table = fs::read_to_string(format!("/proc/thread-self/net/{file}")).ok()?;
        // sl local remote st tx:rx tr:tm retrnsmt uid timeout inode ref pointer drops
        let line = table.lines().find(|line| line.split_whitespace().nth(9) == Some(inode.as_str()))?;
        line.split_whitespace().nth(12)?.parse().ok()
    }

    fn unsent(&self) -> u64 {
        self.socket.unsent()
    }
}
