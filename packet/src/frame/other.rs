//! What a frame carries when it is neither IP nor ARP: enough to name it, and to count it by name.
//! Its names stand in `other/display.rs`. Tested in `tests/frame.rs`.

mod display;

/// What a frame carries instead of IP or ARP, or why that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Other {
    /// A link type that is not read here.
    LinkType(u16),
    /// The frame ends inside its link header.
    EndsEarly,
    /// An EtherType that is not read here.
    EtherType(u16),
    /// LLC with this destination service access point.
    Llc(u8),
    /// SNAP with numbers of an organization.
    Snap {
        /// The organization.
        oui: u32,
        /// Its protocol.
        protocol: u16,
    },
    /// A PPP protocol: mostly one that sets up the link.
    Ppp(u16),
    /// A network layer id on frame relay.
    Nlpid(u8),
    /// MPLS labels with no IP packet after them.
    Mpls,
    /// An address family that is not an Internet one.
    Family(u32),
    /// ARP for other addresses than IPv4 on 48-bit links.
    Arp {
        /// The kind of link, as ARP numbers it.
        hardware: u16,
        /// What is asked about, as an EtherType.
        protocol: u16,
    },
    /// A Linux "cooked" frame of a device whose frames are not read here, by its ARPHRD number.
    CookedHardware(u16),
    /// A Linux "cooked" frame with a protocol number that is Linux's own.
    CookedProtocol(u16),
    /// An 802.11 frame without data.
    Ieee80211 {
        /// 0 management, 1 control, 2 data.
        kind: u8,
        /// Which of its kind.
        subtype: u8,
    },
    /// An 802.11 data frame that is encrypted.
    Ieee80211Protected,
    /// An 802.11 data frame of several packets.
    Ieee80211Aggregate,
    /// One of several pieces of an 802.11 data frame.
    Ieee80211Piece,
}
