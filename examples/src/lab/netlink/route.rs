//! What the lab asks the kernel to do in one network namespace: devices, addresses, routes.
//!
//! Without the program `ip`. The names in the comments are those of `linux/if_link.h` and `linux/rtnetlink.h`.

use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::net::netdevice::name_to_index;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

use super::{CREATE, Message, answer, structure};

const NEW_LINK: u16 = 16; // RTM_NEWLINK
const GET_LINK: u16 = 18; // RTM_GETLINK
const NEW_ADDRESS: u16 = 20; // RTM_NEWADDR
const NEW_ROUTE: u16 = 24; // RTM_NEWROUTE
const UP: u32 = 1; // IFF_UP

/// A netlink socket. It stays in the network namespace in which it was opened, also when a thread outside uses it.
#[derive(Debug)]
pub(in super::super) struct Configuration {
    socket: OwnedFd,
}

/// An end of a cable that is to be made.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Device<'a> {
    pub(in super::super) name: &'a str,
    /// Its address of Ethernet; the kernel chooses where there is none.
    pub(in super::super) mac: Option<[u8; 6]>,
}

impl Configuration {
    /// Opens one in this thread's network namespace.
    pub(in super::super) fn open() -> io::Result<Configuration> {
        let flags = SocketFlags::CLOEXEC;
        Ok(Configuration { socket: socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)? })
    }

    /// Makes a cable: the device `here` in this namespace, `there` in another.
    pub(in super::super) fn add_cable(
        &self,
        here: Device<'_>,
        there: Device<'_>,
        other: &File,
    ) -> io::Result<()> {
        let peer = |message: Message| {
            let message = named(message.raw(&link(0, 0, 0)), there);
            message.attribute(28, &other.as_raw_fd().to_ne_bytes()) // IFLA_NET_NS_FD
        };
        let message = named(Message::new(NEW_LINK, CREATE, &link(0, 0, 0)), here);
        let message = message.nest(18, |info| {
            // IFLA_LINKINFO: IFLA_INFO_KIND, IFLA_INFO_DATA with VETH_INFO_PEER
            info.text(1, "veth").nest(2, |data| data.nest(1, peer))
        });
        self.ask(message)
    }

    /// Makes a bridge.
    pub(in super::super) fn add_bridge(&self, name: &str) -> io::Result<()> {
        let message = Message::new(NEW_LINK, CREATE, &link(0, 0, 0)).text(3, name);
        self.ask(message.nest(18, |info| info.text(1, "bridge")))
    }

    /// Makes a device a port of a bridge (IFLA_MASTER).
    pub(in super::super) fn add_port(&self, bridge: &str, port: &str) -> io::Result<()> {
        let bridge = self.index(bridge)?;
        let structure = link(self.index(port)?, 0, 0);
        self.ask(Message::new(NEW_LINK, 0, &structure).attribute(10, &bridge.to_ne_bytes()))
    }

    /// Switches a device on.
    pub(in super::super) fn up(&self, device: &str) -> io::Result<()> {
        self.ask(Message::new(NEW_LINK, 0, &link(self.index(device)?, UP, UP)))
    }

    /// Whether a device sends: it is switched on, it has a carrier, and the kernel has taken note of that
    /// (IFF_RUNNING). To be asked makes Linux take note at once, and not some time in the next second (`rtnl_getlink`).
    pub(in super::super) fn is_running(&self, device: &str) -> io::Result<bool> {
        const RUNNING: u32 = 0x40;
        let message = Message::new(GET_LINK, 0, &link(self.index(device)?, 0, 0));
        send(&self.socket, &message.finish(), SendFlags::empty())?;
        let (mut buffer, mut flags) = ([0; 16384], 0);
        loop {
            let (length, _) = recv(&self.socket, &mut buffer, RecvFlags::empty())?;
            match answer(&buffer[..length]) {
                Some(0) => return Ok(flags & RUNNING != 0),
                Some(number) => return Err(io::Error::from_raw_os_error(number)),
                None => flags = structure(&buffer[..length]).map_or(0, flags_of),
            }
        }
    }

    /// Sets how large a packet may be (IFLA_MTU).
    pub(in super::super) fn set_mtu(&self, device: &str, mtu: u32) -> io::Result<()> {
        let structure = link(self.index(device)?, 0, 0);
        self.ask(Message::new(NEW_LINK, 0, &structure).attribute(4, &mtu.to_ne_bytes()))
    }

    /// Gives a device an address. Nobody else has it, so nobody is asked (IFA_F_NODAD): it can be used at once.
    pub(in super::super) fn add_address(&self, device: &str, address: IpAddr, prefix: u8) -> io::Result<()> {
        const NO_DETECTION: u8 = 2;
        let mut structure = vec![family(address), prefix, NO_DETECTION, 0];
        structure.extend(self.index(device)?.to_ne_bytes());
        let bytes = octets(address);
        // IFA_ADDRESS, IFA_LOCAL
        self.ask(Message::new(NEW_ADDRESS, CREATE, &structure).attribute(1, &bytes).attribute(2, &bytes))
    }

    /// Sends what has no route of its own to `gateway`.
    pub(in super::super) fn add_default_route(&self, gateway: IpAddr) -> io::Result<()> {
        // The table main, made by hand (RTPROT_STATIC), everywhere, unicast.
        let structure = [family(gateway), 0, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0];
        // RTA_GATEWAY
        self.ask(Message::new(NEW_ROUTE, CREATE, &structure).attribute(5, &octets(gateway)))
    }

    fn index(&self, device: &str) -> io::Result<u32> {
        Ok(name_to_index(&self.socket, device)?)
    }

    /// Sends a message and waits for the answer.
    fn ask(&self, message: Message) -> io::Result<()> {
        send(&self.socket, &message.finish(), SendFlags::empty())?;
        let mut buffer = [0; 4096];
        loop {
            let (length, _) = recv(&self.socket, &mut buffer, RecvFlags::empty())?;
            match answer(&buffer[..length]) {
                Some(0) => return Ok(()),
                Some(number) => return Err(io::Error::from_raw_os_error(number)),
                None => {}
            }
        }
    }
}

/// The structure of a device (ifinfomsg): family, type, index, flags, and which flags to change.
fn link(index: u32, flags: u32, change: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[4..8].copy_from_slice(&index.to_ne_bytes());
    bytes[8..12].copy_from_slice(&flags.to_ne_bytes());
    bytes[12..16].copy_from_slice(&change.to_ne_bytes());
    bytes
}

/// The flags in such a structure.
fn flags_of(structure: &[u8]) -> u32 {
    structure.get(8..12).map_or(0, |flags| u32::from_ne_bytes([flags[0], flags[1], flags[2], flags[3]]))
}

/// IFLA_IFNAME, IFLA_ADDRESS.
fn named(message: Message, device: Device<'_>) -> Message {
    let message = message.text(3, device.name);
    match device.mac {
        Some(mac) => message.attribute(1, &mac),
        None => message,
    }
}

fn family(address: IpAddr) -> u8 {
    if address.is_ipv4() { 2 } else { 10 } // AF_INET, AF_INET6
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}
