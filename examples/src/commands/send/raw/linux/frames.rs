//! Two links that send whole frames: one that carries frames, and one that carries IP packets in frames of its own.

use std::io;
use std::time::Instant;

use barewire_packet::frame::{MacAddress, linktype};
use barewire_packet::link::Link;
use barewire_packet::link::layer3::Layer3Link;
use barewire_packet::link::tap::{PacketType, Tap, TapOptions};
use pnet_datalink::{Channel, Config, DataLinkSender};

use super::device::Device;

/// An Ethernet header, with room for two tags.
const HEADERS: usize = 22;
const LARGEST: usize = 65_535;

/// A link whose packets are whole frames of Ethernet.
pub(super) struct FrameLink {
    sender: Box<dyn DataLinkSender>,
    tap: Tap,
    is_loopback: bool,
}

impl FrameLink {
    /// Opens the device.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn open(device: &Device) -> io::Result<FrameLink> {
        let options = TapOptions {
            device: Some(device.name().to_owned()),
            receive_buffer: 4 << 20,
            snap_length: HEADERS + LARGEST,
            ..TapOptions::default()
        };
        let tap = Tap::open(&options)?;
        let config = Config { write_buffer_size: HEADERS + LARGEST, promiscuous: false, ..Config::default() };
        match pnet_datalink::channel(&device.0, config)? {
            Channel::Ethernet(sender, _) => {
                Ok(FrameLink { sender, tap, is_loopback: device.0.is_loopback() })
            }
            _ => Err(io::Error::new(io::ErrorKind::Unsupported, "pnet knows no such kind of channel")),
        }
    }
}

impl Link for FrameLink {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        LARGEST
    }

    fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        let full = || io::Error::new(io::ErrorKind::WouldBlock, "the send queue is full");
        self.sender.send_to(frame, None).ok_or_else(full)?
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        while let Some(heard) = self.tap.receive(deadline)? {
            // What this machine sends is not an answer; on the loopback the tap gives each frame once.
            let is_own = heard.packet_type == PacketType::Outgoing && !self.is_loopback;
            if !is_own && heard.link_type == linktype::ETHERNET {
                return Ok(Some(heard.bytes));
            }
        }
        Ok(None)
    }
}

/// A link whose packets leave in frames that are made here, so that the kernel changes nothing in them.
pub(super) struct FramedLink {
    frames: FrameLink,
    ears: Layer3Link,
    header: [u8; 14],
}

impl FramedLink {
    /// Frames from `source` to `destination`. What comes in is heard by `ears`.
    pub(super) fn new(
        frames: FrameLink,
        ears: Layer3Link,
        MacAddress(destination): MacAddress,
        MacAddress(source): MacAddress,
    ) -> FramedLink {
        let mut header = [0; 14];
        header[..6].copy_from_slice(&destination);
        header[6..12].copy_from_slice(&source);
        header[12..].copy_from_slice(&[0x08, 0x00]);
        FramedLink { frames, ears, header }
    }
}

impl Link for FramedLink {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn mtu(&self) -> usize {
        self.ears.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.frames.send(&[&self.header, packet].concat())
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        self.ears.receive(deadline)
    }
}
