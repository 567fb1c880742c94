//! The tap on Linux.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use socket2::SockFilter;

use super::hardware::{self, LOOPBACK};
use super::{Heard, PacketType, TapOptions};
use crate::ethertype;
use crate::frame::linktype;
use crate::link::bpf::{IF_EQUAL, LOAD_HALF, Step, assemble};
use crate::link::message::{LinkAddress, Message};
use crate::link::packet_socket::{PacketSocket, device_number};
use crate::link::socket::wait_readable;

/// Bits of the status in the kernel's auxiliary data (linux/if_packet.h).
const CHECKSUM_NOT_READY: u32 = 1 << 3;
const VLAN_VALID: u32 = 1 << 4;
const VLAN_TYPE_VALID: u32 = 1 << 6;

/// A tap on one device, or on all.
#[derive(Debug)]
pub struct Tap {
    socket: PacketSocket,
    /// The names of devices by their number, as they were when first heard.
    names: HashMap<u32, Arc<str>>,
    buffer: Vec<u8>,
}

impl Tap {
    /// Opens the tap. It hears from now on.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::NotFound`]
    /// for a device that is not there; [`io::ErrorKind::InvalidInput`] for a promiscuous tap without a device.
    pub fn open(options: &TapOptions) -> io::Result<Tap> {
        let device = options.device.as_deref().map_or(Ok(0), device_number)?;
        let socket = PacketSocket::open(true, options.receive_buffer)?;
        socket.tell_more()?;
        if options.promiscuous {
            if device == 0 {
                let text = "promiscuous is a mode of one network card: name its device";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
            socket.be_promiscuous(device)?;
        }
        if options.incoming {
            socket.ignore_outgoing()?;
        }
        socket.keep_only(&filter())?;
        socket.bind(libc::ETH_P_ALL as u16, device)?;
        Ok(Tap { socket, names: HashMap::new(), buffer: vec![0; options.snap_length.max(1)] })
    }

    /// Waits for the next frame; `None` when `deadline` has passed. A deadline in the past asks only whether one is
    /// there.
    ///
    /// # Errors
    /// What the system says: the device went down, for example.
    pub fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Heard>> {
        loop {
            if let Some(message) = self.socket.receive(&mut self.buffer)? {
                return Ok(Some(self.heard(&message)));
            }
            if !wait_readable(&[&self.socket], deadline)? {
                return Ok(None);
            }
        }
    }

    /// How many frames the queue had no room for, since the tap was opened.
    pub fn drops(&self) -> Option<u64> {
        self.socket.drops()
    }

    /// The size of the queue, in bytes, as the system counts it.
    pub fn receive_buffer(&self) -> usize {
        self.socket.receive_buffer()
    }

    /// The frame in the buffer.
    fn heard(&mut self, message: &Message) -> Heard {
        let address = message.link_address();
        let link_type = hardware::link_type(address.hardware);
        let mut bytes = self.buffer.get(..message.length).unwrap_or(&self.buffer).to_vec();
        let mut original_len = message.length;
        let auxiliary = message.auxiliary().unwrap_or_default();
        if link_type == linktype::ETHERNET && auxiliary.status & VLAN_VALID != 0 && bytes.len() >= 12 {
            let known = auxiliary.status & VLAN_TYPE_VALID != 0;
            let tag_type = if known { auxiliary.vlan_type } else { ethertype::VLAN };
            let tag = [tag_type.to_be_bytes(), auxiliary.vlan.to_be_bytes()].concat();
            bytes.splice(12..12, tag);
            bytes.truncate(self.buffer.len());
            original_len += 4;
        }
        Heard {
            time: message.time().unwrap_or_else(now),
            device: self.name(address.device),
            link_type,
            packet_type: packet_type(&address),
            bytes,
            original_len,
            checksum_unfinished: auxiliary.status & CHECKSUM_NOT_READY != 0,
        }
    }

    /// The name of a device. One that is gone has only its number.
    fn name(&mut self, device: u32) -> Arc<str> {
        let name = || self.socket.device_name(device).unwrap_or_else(|_| format!("device {device}")).into();
        self.names.entry(device).or_insert_with(name).clone()
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl AsRawFd for Tap {
    /// To be waited for together with others.
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

/// Drops what comes by a second time: on the loopback, a packet on its way out.
fn filter() -> Vec<SockFilter> {
    assemble(&[
        Step::Load(LOAD_HALF, (libc::SKF_AD_OFF + libc::SKF_AD_HATYPE) as u32),
        Step::SkipIf(IF_EQUAL, LOOPBACK.into(), 1),
        Step::Keep,
        Step::Load(LOAD_HALF, (libc::SKF_AD_OFF + libc::SKF_AD_PKTTYPE) as u32),
        Step::SkipIf(IF_EQUAL, libc::PACKET_OUTGOING.into(), 1),
        Step::Keep,
        Step::Drop,
    ])
}

fn packet_type(address: &LinkAddress) -> PacketType {
    match address.packet_type {
        libc::PACKET_BROADCAST => PacketType::Broadcast,
        libc::PACKET_MULTICAST => PacketType::Multicast,
        libc::PACKET_OTHERHOST => PacketType::OtherHost,
        libc::PACKET_OUTGOING => PacketType::Outgoing,
        _ => PacketType::Host,
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
