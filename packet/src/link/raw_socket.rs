//! A raw socket that sends whole IP packets: raw(7) with IP_HDRINCL (Linux).
//!
//! Shared by the links that send past the kernel's own TCP. Tested with each of them.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use socket2::{Domain, Protocol, SockFilter, SockRef, Socket, Type};

use super::message;
use super::patience::Patience;
use super::socket::{enlarge_receive_buffer, lesson, option_into, set_option, too_large, wait_writable};
use crate::ip::Ipv6Header;

/// The kernel's number of an option that libc has no name for.
const SO_MEMINFO: libc::c_int = 55;

/// How long a packet waits for room in the send queue.
const WAIT: Duration = Duration::from_millis(100);

/// An open raw socket of one version of IP.
#[derive(Debug)]
pub(super) struct RawSocket {
    /// std's type for it only lends its safe `send_to`, which serves any datagram socket.
    socket: UdpSocket,
    protocol: u8,
    /// The address that it hears.
    local: Option<IpAddr>,
    receive_buffer: usize,
    /// The number of the device for addresses that are known on one link only; 0 if there is none.
    device: u32,
    unsent: u64,
    patience: Patience,
}

impl RawSocket {
    /// Opens a socket that hears this protocol, and does not wait.
    pub(super) fn open(v4: bool, protocol: u8, receive_buffer: usize) -> io::Result<RawSocket> {
        let domain = if v4 { Domain::IPV4 } else { Domain::IPV6 };
        let socket = Socket::new(domain, Type::RAW, Some(Protocol::from(libc::c_int::from(protocol))))
            .map_err(|error| lesson("a raw socket", error))?;
        // Path MTU discovery is left to the caller: the kernel only asks the device.
        if v4 {
            socket.set_header_included_v4(true)?;
            socket.set_broadcast(true)?;
            set_option(&socket, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_PROBE)?;
        } else {
            socket.set_header_included_v6(true)?;
            set_option(&socket, libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, libc::IPV6_PMTUDISC_PROBE)?;
        }
        let receive_buffer = enlarge_receive_buffer(&socket, receive_buffer)?;
        socket.set_nonblocking(true)?;
        Ok(RawSocket {
            socket: socket.into(),
            protocol,
            local: None,
            receive_buffer,
            device: 0,
            unsent: 0,
            patience: Patience::default(),
        })
    }

    /// Sends through this device only.
    pub(super) fn bind_device(&mut self, name: &str, number: u32) -> io::Result<()> {
        self.device = number;
        SockRef::from(&self.socket).bind_device(Some(name.as_bytes()))
    }

    /// Hears only what is for this address, one of ours.
    pub(super) fn hear(&mut self, address: IpAddr) -> io::Result<()> {
        SockRef::from(&self.socket).bind(&SocketAddr::new(address, 0).into())?;
        if address.is_ipv6() {
            set_option(&self.socket, libc::IPPROTO_IPV6, libc::IPV6_RECVTCLASS, 1)?;
            set_option(&self.socket, libc::IPPROTO_IPV6, libc::IPV6_RECVHOPLIMIT, 1)?;
        }
        self.local = Some(address);
        Ok(())
    }

    /// From now on hears only what this program keeps; everything, if there is none.
    pub(super) fn keep_only(&self, program: Option<Vec<SockFilter>>) -> io::Result<()> {
        program.map_or(Ok(()), |program| SockRef::from(&self.socket).attach_filter(&program))
    }

    /// Sends a packet to the destination in its header. Where the queue is full, it waits a moment for room; after a
    /// wait in vain no packet waits until one has left. What does not leave is counted, also what a firewall of this
    /// machine takes.
    pub(super) fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        let to = self.destination(packet)?;
        loop {
            let Err(error) = self.socket.send_to(packet, to) else {
                self.patience.renew();
                return Ok(());
            };
            match error.raw_os_error() {
                Some(libc::EINTR) => {}
                Some(libc::EAGAIN) if self.patience.finds_room(|| wait_writable(&self.socket, WAIT))? => {}
                Some(libc::EAGAIN | libc::ENOBUFS | libc::EPERM) => {
                    self.unsent += 1;
                    return Ok(());
                }
                Some(libc::EMSGSIZE) => {
                    return Err(too_large(packet.len(), "the interface"));
                }
                _ => return Err(error),
            }
        }
    }

    /// The next packet that it hears, if one is there now. IPv4 gives all of it; IPv6 what follows the headers, so a
    /// header is made anew from what the system says of it. Extension headers are lost.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<Vec<u8>>> {
        let Some(message) = message::receive(&self.socket, buffer)? else { return Ok(None) };
        let bytes = buffer.get(..message.length).unwrap_or(buffer);
        let Some(IpAddr::V6(local)) = self.local else { return Ok(Some(bytes.to_vec())) };
        let number = |kind| -> Option<u8> {
            let bytes = message.control(libc::IPPROTO_IPV6, kind)?.first_chunk()?;
            u8::try_from(libc::c_int::from_ne_bytes(*bytes)).ok()
        };
        let header = Ipv6Header {
            traffic_class: number(libc::IPV6_TCLASS).unwrap_or_default(),
            flow_label: 0,
            payload_length: u16::try_from(bytes.len()).unwrap_or_default(),
            next_header: self.protocol,
            hop_limit: number(libc::IPV6_HOPLIMIT).unwrap_or_default(),
            source: message.ip_address(),
            destination: local,
            extensions: &[],
            protocol: self.protocol,
        };
        let mut packet = Vec::with_capacity(40 + bytes.len());
        header.write(&mut packet);
        packet.extend_from_slice(bytes);
        Ok(Some(packet))
    }

    /// Where the header says that the packet goes. The rest of it may be wrong, perhaps on purpose.
    fn destination(&self, packet: &[u8]) -> io::Result<SocketAddr> {
        // The port means nothing to a raw socket, and IPv6 insists that it be 0.
        match packet {
            [0x40..=0x4f, rest @ ..] if rest.len() >= 19 => {
                let octets = rest[15..19].try_into().unwrap_or([0; 4]);
                Ok(SocketAddr::new(IpAddr::from(octets), 0))
            }
            [0x60..=0x6f, rest @ ..] if rest.len() >= 39 => {
                let octets: [u8; 16] = rest[23..39].try_into().unwrap_or([0; 16]);
                let address = Ipv6Addr::from(octets);
                let scope = if is_of_one_link(address) { self.device } else { 0 };
                Ok(SocketAddrV6::new(address, 0, 0, scope).into())
            }
            _ => {
                let text = "these bytes do not begin with a whole IP header, so they have no destination";
                Err(io::Error::new(io::ErrorKind::InvalidInput, text))
            }
        }
    }

    /// The size of the receive queue, in bytes, as the system counts it.
    pub(super) fn receive_buffer(&self) -> usize {
        self.receive_buffer
    }

    /// How many packets the receive queue had no room for.
    pub(super) fn drops(&self) -> Option<u64> {
        // What is in memory for the socket, in nine numbers, of which the last counts drops (linux/sock_diag.h).
        let mut memory = [0; 9];
        option_into(&self.socket, libc::SOL_SOCKET, SO_MEMINFO, &mut memory).ok()?;
        Some(memory[8].into())
    }

    /// How many packets did not leave.
    pub(super) fn unsent(&self) -> u64 {
        self.unsent
    }
}

/// Whether an address means something on one link only, so that the link has to be named (RFC 4007).
fn is_of_one_link(address: Ipv6Addr) -> bool {
    address.is_unicast_link_local() || (address.is_multicast() && address.segments()[0] & 0xf == 2)
}

impl AsRawFd for RawSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

impl AsFd for RawSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
