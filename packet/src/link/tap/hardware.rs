//! Which link type the frames of a device have, by the kernel's number for its kind (ARPHRD, linux/if_arp.h).

use crate::frame::linktype;

/// The kind of the loopback device.
pub(super) const LOOPBACK: u16 = 772;

/// ARPHRD number, link type.
const TABLE: [(u16, u16); 14] = [
    // Ethernet, and the loopback, whose frames begin with a header of Ethernet that is all zeros.
    (1, linktype::ETHERNET),
    (LOOPBACK, linktype::ETHERNET),
    // CAN bus.
    (280, 227),
    // Bare IP: mobile modems (RAWIP), tunnels of IP in IP, and devices without a header (TUN, WireGuard).
    (519, linktype::RAW),
    (768, linktype::RAW),
    (769, linktype::RAW),
    (776, linktype::RAW),
    (0xfffe, linktype::RAW),
    // 802.11: bare, with a Prism header, with a radiotap header.
    (801, linktype::IEEE802_11),
    (802, linktype::IEEE802_11_PRISM),
    (803, linktype::IEEE802_11_RADIOTAP),
    // 802.15.4.
    (804, 230),
    // Netlink, and virtual sockets.
    (824, 253),
    (826, 271),
];

/// A number for private use: what a frame begins with is not known.
const UNKNOWN: u16 = 147;

/// The link type of a device of this kind.
pub(super) fn link_type(hardware: u16) -> u16 {
    TABLE.iter().find(|(number, _)| *number == hardware).map_or(UNKNOWN, |(_, link_type)| *link_type)
}
