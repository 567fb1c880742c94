//! An Ethernet device as a bridge has it: every frame that comes in, whole, and frames of any kind out (Linux).
//!
//! It has no address: what is sent there for other stations is heard too (promiscuous mode, for as long as this is
//! open), and what the kernel or we send is not. The kernel takes VLAN tags off; here they are in their place again.
//! For an address on an Ethernet there is [`datalink`](super::datalink). Tested by the relay, in `tests/live` of
//! `examples`.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use super::interface;
use super::packet_socket::{PacketSocket, device_number};
use super::tap::{Heard, Tap, TapOptions};
use crate::frame::linktype;

/// An Ethernet device that is open.
#[derive(Debug)]
pub struct EthernetDevice {
    tap: Tap,
    /// Bound to the device without a protocol: it hears nothing.
    sender: PacketSocket,
    number: u32,
    mtu: usize,
}

impl EthernetDevice {
    /// Opens the device of this name, with so many bytes of room for frames that wait.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, with the ways to get it; [`io::ErrorKind::NotFound`]
    /// for a device that is not there.
    pub fn open(name: &str, receive_buffer: usize) -> io::Result<EthernetDevice> {
        let (sender, number) = (PacketSocket::open(true, 0)?, device_number(name)?);
        sender.bind(0, number)?;
        let device = Some(name.to_owned());
        let options =
            TapOptions { device, promiscuous: true, incoming: true, receive_buffer, ..TapOptions::default() };
        Ok(EthernetDevice { tap: Tap::open(&options)?, sender, number, mtu: interface::mtu(name)? })
    }

    /// The largest IP packet that the device sends, in bytes.
    pub fn mtu(&self) -> usize {
        self.mtu
    }

    /// Whether the device is still there, in the network namespace in which it was opened; it may be down. The name may
    /// be another now, or another device's.
    pub fn exists(&self) -> bool {
        self.sender.device_name(self.number).is_ok()
    }

    /// The next frame that waits, if one does.
    ///
    /// # Errors
    /// [`io::ErrorKind::NetworkDown`] once when the device goes down, also before it is taken away;
    /// [`io::ErrorKind::Unsupported`] where its frames are not Ethernet's.
    pub fn receive(&mut self) -> io::Result<Option<Heard>> {
        let heard = self.tap.receive(Some(Instant::now()))?;
        match heard.as_ref().map(|heard| heard.link_type) {
            Some(other) if other != linktype::ETHERNET => {
                Err(io::Error::new(io::ErrorKind::Unsupported, "this is not an Ethernet device"))
            }
            _ => Ok(heard),
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// What the system says: the frame is too large, or the device is down or has no room.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        self.sender.send(frame)
    }

    /// How many frames came for which there was no room, since it was opened.
    pub fn drops(&self) -> Option<u64> {
        self.tap.drops()
    }
}

/// To wait for a frame together with other things.
impl AsFd for EthernetDevice {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tap.as_fd()
    }
}
