//! The packet socket of a data link, prepared before pnet gets it (packet(7)).

use std::cell::Cell;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};

use pnet_datalink::{Channel, Config, DataLinkReceiver, DataLinkSender, NetworkInterface};
use socket2::{Domain, Socket, Type};
use std::time::Duration;

use super::filter;
use super::neighbours::group_mac;
use crate::frame::MacAddress;
use crate::link::socket::{LARGEST, enlarge_receive_buffer, lesson, option_into, set_option, set_option_to};

/// Options that `libc` has no name for (linux/if_packet.h): how many frames came and how many were lost, and that
/// outgoing frames do not come back.
const PACKET_STATISTICS: libc::c_int = 6;
const PACKET_IGNORE_OUTGOING: libc::c_int = 23;

/// How long a frame waits for room in the send queue before it is lost.
const SEND_PATIENCE: Duration = Duration::from_millis(100);

/// An Ethernet header and a tag.
pub(super) const HEADERS: usize = 18;

/// pnet's two halves of the socket, and a handle of our own to wait for and to ask.
pub(super) struct FrameSocket {
    pub(super) sender: Box<dyn DataLinkSender>,
    pub(super) receiver: Box<dyn DataLinkReceiver>,
    own: Socket,
    /// Asking the kernel for its count sets that to zero, so the sum is kept here.
    drops: Cell<u64>,
}

impl FrameSocket {
    /// Opens a socket on `interface` for the frames that are for `mac`, in this VLAN.
    pub(super) fn open(
        interface: &NetworkInterface,
        mac: MacAddress,
        vlan: Option<u16>,
        receive_buffer: usize,
    ) -> io::Result<FrameSocket> {
        // Without a protocol it hears nothing until pnet binds it: no frame can come before the filter stands.
        let socket =
            Socket::new(Domain::PACKET, Type::RAW, None).map_err(|error| lesson("a packet socket", error))?;
        enlarge_receive_buffer(&socket, receive_buffer)?;
        set_option(&socket, libc::SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)?;
        socket.attach_filter(&filter::program(mac, vlan))?;
        let own = socket.try_clone()?;
        let config = Config {
            read_buffer_size: HEADERS + LARGEST,
            write_buffer_size: HEADERS + LARGEST,
            // Not to wait: `receive` waits itself, since its deadline is another one each time.
            read_timeout: Some(Duration::ZERO),
            write_timeout: Some(SEND_PATIENCE),
            promiscuous: false,
            socket_fd: Some(socket.into_raw_fd()),
            ..Config::default()
        };
        match pnet_datalink::channel(interface, config)? {
            Channel::Ethernet(sender, receiver) => {
                Ok(FrameSocket { sender, receiver, own, drops: Cell::new(0) })
            }
            _ => Err(io::Error::new(io::ErrorKind::Unsupported, "pnet knows no such kind of channel")),
        }
    }

    /// Has the network card listen to the group of each address of IPv6, where questions about it are sent.
    pub(super) fn join_groups(&self, interface: u32, addresses: &[(IpAddr, u8)]) -> io::Result<()> {
        for (address, _) in addresses {
            if let IpAddr::V6(address) = address {
                self.join(interface, group_mac(*address))?;
            }
        }
        Ok(())
    }

    fn join(&self, interface: u32, mac: MacAddress) -> io::Result<()> {
        let [a, b, c, d, e, f] = mac.0;
        let request = libc::packet_mreq {
            mr_ifindex: interface as libc::c_int,
            mr_type: libc::PACKET_MR_MULTICAST as libc::c_ushort,
            mr_alen: 6,
            mr_address: [a, b, c, d, e, f, 0, 0],
        };
        set_option_to(&self.own, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &request)
    }

    /// How many frames the queue had no room for, since it was opened.
    pub(super) fn drops(&self) -> Option<u64> {
        let mut statistics = [0; 2];
        option_into(&self.own, libc::SOL_PACKET, PACKET_STATISTICS, &mut statistics).ok()?;
        self.drops.set(self.drops.get() + u64::from(statistics[1]));
        Some(self.drops.get())
    }
}

impl AsRawFd for FrameSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.own.as_raw_fd()
    }
}
