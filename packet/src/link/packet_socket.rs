//! A packet socket (AF_PACKET, packet(7)): what a device receives, below the kernel's own IP.
//!
//! Shared by the links that hear devices. Tested with each of them.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use socket2::{Domain, SockFilter, Socket, Type};

use super::interface;
use super::message::{self, Message, PACKET_AUXDATA, SO_TIMESTAMPNS};
use super::socket::{enlarge_receive_buffer, lesson, option_into, set_option, set_option_to};

/// The kernel's numbers of options that libc does not have: how many came and how many were lost; that outgoing frames
/// are not heard.
const PACKET_STATISTICS: libc::c_int = 6;
const PACKET_IGNORE_OUTGOING: libc::c_int = 23;

/// An open packet socket.
#[derive(Debug)]
pub(super) struct PacketSocket {
    socket: Socket,
    receive_buffer: usize,
    /// Asking the kernel for its count sets that to zero, so the sum is kept here.
    drops: Cell<u64>,
}

impl PacketSocket {
    /// Opens a socket that hears nothing until [`PacketSocket::bind`], and does not wait. With `frames` it gives whole
    /// frames, otherwise what follows the header of the device's layer.
    pub(super) fn open(frames: bool, receive_buffer: usize) -> io::Result<PacketSocket> {
        let kind = if frames { Type::RAW } else { Type::DGRAM };
        let socket =
            Socket::new(Domain::PACKET, kind, None).map_err(|error| lesson("a packet socket", error))?;
        let receive_buffer = enlarge_receive_buffer(&socket, receive_buffer)?;
        socket.set_nonblocking(true)?;
        Ok(PacketSocket { socket, receive_buffer, drops: Cell::new(0) })
    }

    /// Hears `protocol` from now on, at the device of this number, or at all (0).
    ///
    /// With an EtherType it hears what the kernel's own protocol of that number is given: what comes in, and not
    /// before it has left its VLAN or its bridge. With ETH_P_ALL it hears every device on the way, and what is sent.
    #[allow(unsafe_code, reason = "bind to an address that socket2 cannot make")]
    pub(super) fn bind(&self, protocol: u16, device: u32) -> io::Result<()> {
        // SAFETY: all of its fields are numbers, for which zero is a value.
        let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        address.sll_family = libc::AF_PACKET as u16;
        address.sll_protocol = protocol.to_be();
        address.sll_ifindex = device as libc::c_int;
        // SAFETY: the pointer and the length describe `address`, which outlives the call.
        let result = unsafe {
            libc::bind(
                self.socket.as_raw_fd(),
                (&raw const address).cast(),
                size_of::<libc::sockaddr_ll>() as libc::socklen_t,
            )
        };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// From now on says when a frame came, and what the kernel knows of it beside its bytes.
    pub(super) fn tell_more(&self) -> io::Result<()> {
        set_option(&self.socket, libc::SOL_SOCKET, SO_TIMESTAMPNS, 1)?;
        set_option(&self.socket, libc::SOL_PACKET, PACKET_AUXDATA, 1)
    }

    /// From now on hears only what this program keeps.
    pub(super) fn keep_only(&self, program: &[SockFilter]) -> io::Result<()> {
        self.socket.attach_filter(program)
    }

    /// From now on hears only what comes in.
    pub(super) fn ignore_outgoing(&self) -> io::Result<()> {
        set_option(&self.socket, libc::SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    }

    /// Asks the network card for frames that are for others, for as long as this socket is open.
    pub(super) fn be_promiscuous(&self, device: u32) -> io::Result<()> {
        let request = libc::packet_mreq {
            mr_ifindex: device as libc::c_int,
            mr_type: libc::PACKET_MR_PROMISC as libc::c_ushort,
            mr_alen: 0,
            mr_address: [0; 8],
        };
        set_option_to(&self.socket, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &request)
    }

    /// The next one, if one is there now.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<Message>> {
        message::receive(&self.socket, buffer)
    }

    /// Sends a frame through the device that this is bound to.
    pub(super) fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.socket.send(frame).map(|_| ())
    }

    /// The name of the device of this number, in the network namespace of this socket.
    pub(super) fn device_name(&self, number: u32) -> io::Result<String> {
        interface::name(self.socket.as_raw_fd(), number.cast_signed())
    }

    /// The size of the receive queue, in bytes, as the system counts it.
    pub(super) fn receive_buffer(&self) -> usize {
        self.receive_buffer
    }

    /// How many packets the queue had no room for, since it was opened.
    pub(super) fn drops(&self) -> Option<u64> {
        // struct tpacket_stats: packets, drops.
        let mut statistics = [0; 2];
        option_into(&self.socket, libc::SOL_PACKET, PACKET_STATISTICS, &mut statistics).ok()?;
        self.drops.set(self.drops.get() + u64::from(statistics[1]));
        Some(self.drops.get())
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsRawFd for PacketSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

/// The number of the device of this name.
pub(super) fn device_number(name: &str) -> io::Result<u32> {
    interface::index(name).map(libc::c_int::cast_unsigned).map_err(|error| match error.raw_os_error() {
        Some(libc::ENODEV) => {
            let text = format!("no network device is called {name}: `ip link` lists those of this machine");
            io::Error::new(io::ErrorKind::NotFound, text)
        }
        _ => error,
    })
}
