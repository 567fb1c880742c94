//! A tap: hears the frames that pass a device of this machine, whole, and sends none (Linux, needs CAP_NET_RAW).
//!
//! ```text
//!   device ──▶ kernel's IP     the tap's copy of each frame, with what the kernel knows of it:
//!      │                       when, at which device, which way it passed, the VLAN tag that
//!      └─────▶ Tap::receive    was taken off, and whether the checksum is still to be made
//! ```
//!
//! The kernel takes a VLAN tag off a frame before anybody sees it; here it is put back in its place. A frame that this
//! machine sends is heard before its network card has worked on it: it may be larger than an MTU, and its checksum may
//! be unfinished. On the loopback a packet passes the tap twice, out and in again; it is given once, as it comes in.
//!
//! What the queue has no room for is lost, and counted: [`Tap::drops`].
//!
//! Left out: sending (a [data link](super::datalink) does), a filter in the kernel, and the queue that is shared with
//! the kernel (PACKET_MMAP): each frame costs a system call. Tested live, as root, in `tests/live`, beside tcpdump.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod hardware;
#[cfg(target_os = "linux")]
mod linux;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Way;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::Tap;
#[cfg(target_os = "linux")]
pub use linux::Tap;

/// How a [`Tap`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapOptions {
    /// The device to hear. `None`: all of them.
    pub device: Option<String>,
    /// Whether the network card is asked for frames that are for others, too. Needs a device.
    pub promiscuous: bool,
    /// Whether only what comes in is heard, and nothing that this machine sends.
    pub incoming: bool,
    /// The size asked for of the queue, in bytes. The system may give less.
    pub receive_buffer: usize,
    /// How many bytes of a frame are kept.
    pub snap_length: usize,
}

impl Default for TapOptions {
    /// All devices, not promiscuous, both ways, a queue of 16 MiB, and whole frames.
    fn default() -> TapOptions {
        TapOptions {
            device: None,
            promiscuous: false,
            incoming: false,
            receive_buffer: 16 << 20,
            snap_length: 262_144,
        }
    }
}

/// A frame that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// When the kernel saw it, since the Unix epoch.
    pub time: Duration,
    /// The name of the device.
    pub device: Arc<str>,
    /// What the frame begins with: a number of [`linktype`](crate::frame::linktype).
    pub link_type: u16,
    /// For whom it was.
    pub packet_type: PacketType,
    /// Its bytes, with the VLAN tag in its place, as far as they are kept.
    pub bytes: Vec<u8>,
    /// How long it was, in bytes, with the tag.
    pub original_len: usize,
    /// Whether the checksum of what it carries is still to be made, by a network card or by nobody.
    pub checksum_unfinished: bool,
}

/// For whom a frame was, as the kernel tells from its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PacketType {
    /// For this machine.
    Host,
    /// For all.
    Broadcast,
    /// For a group.
    Multicast,
    /// For another machine. A card that is not promiscuous passes few of these on.
    OtherHost,
    /// From this machine.
    Outgoing,
}

impl PacketType {
    /// Which way the frame passed this machine.
    pub fn way(self) -> Way {
        if self == PacketType::Outgoing { Way::Sent } else { Way::Received }
    }
}

impl fmt::Display for PacketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PacketType::Host => "to this host",
            PacketType::Broadcast => "broadcast",
            PacketType::Multicast => "multicast",
            PacketType::OtherHost => "to another host",
            PacketType::Outgoing => "sent by this host",
        })
    }
}
