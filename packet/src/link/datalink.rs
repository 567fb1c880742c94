//! The data link: Ethernet frames of our own, from an address of our own that the kernel does not know (Linux, needs
//! CAP_NET_RAW).
//!
//! Here every byte below IP is in sight: the Ethernet header, a VLAN tag, ARP and neighbor discovery. The kernel does
//! not own the address, so it does not answer for it, and no guard is needed. Other hosts find us because
//! [`neighbours`] answers their questions.
//!
//! ```text
//!   our TCP ── IP packets ── DatalinkLink ── frames ──▶ packet socket ── eth0 ──▶ the network
//!                             │                          (pnet_datalink)
//!                             └─ Neighbours: who is where; our own address
//! ```
//!
//! The socket is pnet's, and is prepared here before pnet gets it, because pnet has no names for these:
//!
//! * our own frames and the kernel's do not come back to us (PACKET_IGNORE_OUTGOING);
//! * the queue is made larger (SO_RCVBUF), and [`Link::drops`] counts what it had no room for;
//! * a filter in the kernel lets in what is for us: IP and ARP, to our MAC address or a group, with our VLAN tag;
//! * the buffer holds 64 KiB, and not pnet's 4096 bytes, which cut off the packets of a sender that leaves it to its
//!   network card to cut segments;
//! * the interface is not made promiscuous. Our frames carry its own MAC address, so answers come anyway.
//!
//! **VLAN.** A tag is in the frames that we send, and it is not in those that we receive: the kernel takes it out, and
//! tells it beside the frame, where pnet does not look (PACKET_AUXDATA). But a filter can ask for it
//! (SKF_AD_VLAN_TAG). So the filter lets in only frames with our tag, and it is known without being read. Frames of
//! another VLAN never come.
//!
//! On a network that is not yours, an address of your own can be somebody else's, so it is asked for first: open fails
//! when somebody has it. Wi-Fi and clouds often let only addresses out that they gave themselves.
//!
//! Left out: loopback, which has no Ethernet; a MAC address of our own; BPF on macOS, for which pnet has a way. On
//! other systems it cannot be opened. Tested in `tests/neighbours`, and with TCP by `tcp/tests/links`.
//!
//! [`Link::drops`]: super::Link::drops

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod linux;
pub mod neighbours;
#[cfg(target_os = "linux")]
mod socket;

use std::net::IpAddr;

#[cfg(not(target_os = "linux"))]
pub use elsewhere::DatalinkLink;
#[cfg(target_os = "linux")]
pub use linux::DatalinkLink;

/// How a [`DatalinkLink`] is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatalinkOptions {
    /// Our addresses, each with the length of its network's prefix. The kernel must not own them.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Routers to other networks, one of each version at most.
    pub gateways: Vec<IpAddr>,
    /// The VLAN that we are in, 1 to 4094; `None` for frames without a tag.
    pub vlan: Option<u16>,
    /// How often the network is asked whether somebody has our addresses already; each time takes a tenth of a second.
    pub probes: u8,
    /// The largest IP packet, in bytes; `None` for the interface's MTU.
    pub mtu: Option<usize>,
    /// The size asked for of the receive queue, in bytes. The system may give less.
    pub receive_buffer: usize,
}

impl Default for DatalinkOptions {
    /// No address yet, no router, no tag, three probes, the interface's MTU, and a queue of 4 MiB.
    fn default() -> DatalinkOptions {
        DatalinkOptions {
            addresses: Vec::new(),
            gateways: Vec::new(),
            vlan: None,
            probes: 3,
            mtu: None,
            receive_buffer: 4 << 20,
        }
    }
}
