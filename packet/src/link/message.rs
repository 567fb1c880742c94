//! Receiving with all that the system says beside the bytes: recvmsg(2), its address and its control messages (Linux).
//!
//! Both are read from plain bytes, so that one call is unsafe and no more. Tested with each link, and below.

use std::io;
use std::net::Ipv6Addr;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

/// Room for an address of any kind that the links have.
const ADDRESS: usize = size_of::<libc::sockaddr_storage>();

/// Room for the control messages that the links ask for.
const CONTROL: usize = 256;

/// What `cmsghdr` and the system's own structures in it are aligned to.
const ALIGNMENT: usize = size_of::<usize>();

/// The length of `cmsghdr`: its own length, level, type.
const HEADER: usize = size_of::<usize>() + 8;

/// The kernel's numbers of what libc has no name for: the time of a packet, and what is known of a frame.
pub(super) const SO_TIMESTAMPNS: libc::c_int = 35;
pub(super) const PACKET_AUXDATA: libc::c_int = 8;

/// What was received beside the bytes.
#[derive(Debug)]
pub(super) struct Message {
    /// How many bytes there were. More than fit into the buffer: it was cut.
    pub length: usize,
    address: [u8; ADDRESS],
    control: Aligned,
    control_length: usize,
}

/// The system writes `cmsghdr` there.
#[derive(Debug)]
#[repr(align(8))]
struct Aligned([u8; CONTROL]);

/// The address of a packet socket (`sockaddr_ll`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LinkAddress {
    /// The EtherType.
    pub protocol: u16,
    /// The number of the device.
    pub device: u32,
    /// What kind of device it is (ARPHRD).
    pub hardware: u16,
    /// Which way the frame passed (PACKET_HOST and so on).
    pub packet_type: u8,
}

/// What the kernel knows of a frame beside its bytes (`tpacket_auxdata`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Auxiliary {
    /// Bits: whether there was a tag, whether the checksum is ready.
    pub status: u32,
    /// The VLAN tag that was taken off.
    pub vlan: u16,
    /// Its EtherType.
    pub vlan_type: u16,
}

/// Receives one packet into `buffer`. `None`: there is none now.
pub(super) fn receive(socket: &impl AsFd, buffer: &mut [u8]) -> io::Result<Option<Message>> {
    let mut message =
        Message { length: 0, address: [0; ADDRESS], control: Aligned([0; CONTROL]), control_length: 0 };
    loop {
        match recvmsg(socket, buffer, &mut message) {
            Ok(()) => return Ok(Some(message)),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock => return Ok(None),
                io::ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
    }
}

#[allow(unsafe_code, reason = "recvmsg")]
fn recvmsg(socket: &impl AsFd, buffer: &mut [u8], message: &mut Message) -> io::Result<()> {
    let mut vector = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: all of its fields are numbers and pointers, for which zero is a value.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_name = message.address.as_mut_ptr().cast();
    header.msg_namelen = ADDRESS as libc::socklen_t;
    header.msg_iov = &raw mut vector;
    header.msg_iovlen = 1;
    header.msg_control = message.control.0.as_mut_ptr().cast();
    header.msg_controllen = CONTROL as _;
    // SAFETY: the header describes the buffer, the address and the control messages, which outlive the call.
    let result = unsafe { libc::recvmsg(socket.as_fd().as_raw_fd(), &raw mut header, libc::MSG_TRUNC) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    message.length = result as usize;
    #[allow(clippy::unnecessary_cast, reason = "its type differs between C libraries")]
    let control_length = header.msg_controllen as usize;
    message.control_length = control_length;
    Ok(())
}

impl Message {
    /// The sender's address, read as that of a packet socket.
    pub(super) fn link_address(&self) -> LinkAddress {
        let [_, _, p0, p1, d0, d1, d2, d3, h0, h1, packet_type, ..] = self.address;
        LinkAddress {
            protocol: u16::from_be_bytes([p0, p1]),
            device: u32::from_ne_bytes([d0, d1, d2, d3]),
            hardware: u16::from_ne_bytes([h0, h1]),
            packet_type,
        }
    }

    /// When the kernel saw it, since the Unix epoch, where the socket was told to say so.
    pub(super) fn time(&self) -> Option<Duration> {
        let data = self.control(libc::SOL_SOCKET, SO_TIMESTAMPNS)?;
        // Seconds and nanoseconds, each as wide as the system's `time_t`.
        let (seconds, rest) = data.split_at_checked(data.len() / 2)?;
        let number = |bytes: &[u8]| match bytes.len() {
            8 => Some(i64::from_ne_bytes(bytes.try_into().ok()?)),
            4 => Some(i32::from_ne_bytes(bytes.try_into().ok()?).into()),
            _ => None,
        };
        let (seconds, nanoseconds) = (number(seconds)?, number(rest)?);
        Some(Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?))
    }

    /// What a packet socket says beside the frame, where it was told to.
    pub(super) fn auxiliary(&self) -> Option<Auxiliary> {
        // struct tpacket_auxdata: status, length, length kept; offsets of the headers; tag, type of the tag.
        let data: &[u8; 20] = self.control(libc::SOL_PACKET, PACKET_AUXDATA)?.first_chunk()?;
        let [s0, s1, s2, s3, .., v0, v1, t0, t1] = *data;
        Some(Auxiliary {
            status: u32::from_ne_bytes([s0, s1, s2, s3]),
            vlan: u16::from_ne_bytes([v0, v1]),
            vlan_type: u16::from_ne_bytes([t0, t1]),
        })
    }

    /// The sender's address, read as that of a socket of IPv6 (`sockaddr_in6`).
    pub(super) fn ip_address(&self) -> Ipv6Addr {
        let mut octets = [0; 16];
        octets.copy_from_slice(&self.address[8..24]);
        Ipv6Addr::from(octets)
    }

    /// The data of the control message of this level and type.
    pub(super) fn control(&self, level: libc::c_int, kind: libc::c_int) -> Option<&[u8]> {
        find(self.control.0.get(..self.control_length)?, level, kind)
    }
}

fn find(mut rest: &[u8], level: libc::c_int, kind: libc::c_int) -> Option<&[u8]> {
    loop {
        let (length, header) = rest.get(..HEADER)?.split_at(size_of::<usize>());
        let length = usize::from_ne_bytes(length.try_into().ok()?);
        let data = rest.get(HEADER..length)?;
        if header[..4] == level.to_ne_bytes() && header[4..] == kind.to_ne_bytes() {
            return Some(data);
        }
        rest = rest.get(length.next_multiple_of(ALIGNMENT)..)?;
    }
}

#[cfg(test)]
mod tests;
