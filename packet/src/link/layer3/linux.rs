//! The layer 3 link on Linux.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::Layer3Options;
use crate::link::Link;
use crate::link::guard::Guard;
use crate::link::packet_socket::{PacketSocket, device_number};
use crate::link::raw_socket::RawSocket;
use crate::link::socket::{LARGEST, wait_readable};

/// A link that carries all IP packets of this machine's network.
#[derive(Debug)]
pub struct Layer3Link {
    /// To send through. A machine may have no IPv6.
    v4: RawSocket,
    v6: Option<RawSocket>,
    /// To hear, one a version: the kernel gives each packet to the sockets of its EtherType once.
    ears: [PacketSocket; 2],
    guards: Vec<Guard>,
    mtu: usize,
    buffer: Vec<u8>,
}

impl Layer3Link {
    /// Opens the link, and guards ports if `options` name some.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::NotFound`]
    /// for a device that is not there; [`io::ErrorKind::AddrInUse`] for a port that is taken.
    pub fn open(options: &Layer3Options) -> io::Result<Layer3Link> {
        let name = options.device.as_deref();
        let device = name.map_or(Ok(0), device_number)?;
        let sender = |v4| -> io::Result<RawSocket> {
            let mut socket = RawSocket::open(v4, libc::IPPROTO_RAW as u8, 0)?;
            name.map_or(Ok(()), |name| socket.bind_device(name, device))?;
            Ok(socket)
        };
        let ear = |protocol: libc::c_int| -> io::Result<PacketSocket> {
            let socket = PacketSocket::open(false, options.receive_buffer)?;
            socket.bind(protocol as u16, device)?;
            Ok(socket)
        };
        let (v4, v6) = (sender(true)?, sender(false).ok());
        let ears = [ear(libc::ETH_P_IP)?, ear(libc::ETH_P_IPV6)?];
        let guards = options.guarded.iter().map(|port| guards(*port, v6.is_some()));
        let guards = guards.collect::<io::Result<Vec<_>>>()?.into_iter().flatten().collect();
        Ok(Layer3Link { v4, v6, ears, guards, mtu: options.mtu, buffer: vec![0; LARGEST] })
    }

    /// The guarded ports, in the order of [`Layer3Options::guarded`].
    pub fn ports(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = self.guards.iter().map(Guard::port).collect();
        // A port has a guard for each version.
        ports.dedup();
        ports
    }

    /// The size of each receive queue, in bytes, as the system counts it.
    pub fn receive_buffer(&self) -> usize {
        self.ears[0].receive_buffer()
    }

    /// The next packet that came in, if one is there now.
    fn take_waiting(&mut self) -> io::Result<Option<Vec<u8>>> {
        for ear in &self.ears {
            while let Some(message) = ear.receive(&mut self.buffer)? {
                // A promiscuous device also hears what is for other hosts. The kernel's own IP does not take that.
                if message.link_address().packet_type == libc::PACKET_OTHERHOST {
                    continue;
                }
                let bytes = self.buffer.get(..message.length).unwrap_or(&self.buffer);
                return Ok(Some(without_padding(bytes).to_vec()));
            }
        }
        Ok(None)
    }
}

/// The guards of a port, one for each version of IP.
fn guards(port: u16, v6: bool) -> io::Result<Vec<Guard>> {
    let first = Guard::open(Ipv4Addr::UNSPECIFIED.into(), port)?;
    let port = first.port();
    let mut guards = vec![first];
    if v6 {
        guards.push(Guard::open(IpAddr::from(Ipv6Addr::UNSPECIFIED), port)?);
    }
    Ok(guards)
}

/// A packet as long as its header says: a short Ethernet frame has padding after it. Where the header says something
/// that cannot be, all that came.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let length = match bytes {
        [0x40..=0x4f, _, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        [0x60..=0x6f, _, _, _, high, low, ..] => 40 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => return bytes,
    };
    // A length of 0, or one that is shorter than the header: the sender means something else with it, or is wrong.
    if (21..bytes.len()).contains(&length) && length != 40 { &bytes[..length] } else { bytes }
}

impl Link for Layer3Link {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let is_v6 = packet.first().is_some_and(|byte| byte >> 4 == 6);
        match &mut self.v6 {
            Some(socket) if is_v6 => socket.send(packet),
            None if is_v6 => Err(io::Error::new(io::ErrorKind::Unsupported, "this machine has no IPv6")),
            _ => self.v4.send(packet),
        }
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(packet) = self.take_waiting()? {
                return Ok(Some(packet));
            }
            if !wait_readable(&[&self.ears[0], &self.ears[1]], deadline)? {
                return Ok(None);
            }
        }
    }

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    fn drops(&self) -> Option<u64> {
        self.ears.iter().map(PacketSocket::drops).sum()
    }

    fn unsent(&self) -> u64 {
        self.v4.unsent() + self.v6.as_ref().map_or(0, RawSocket::unsent)
    }
}

#[cfg(test)]
mod tests;
