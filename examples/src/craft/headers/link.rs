//! Ethernet (IEEE 802.3 §3.1.1), the VLAN tag (IEEE 802.1Q §9.6), ARP (RFC 826).

use crate::craft::header::{Field, Form, Header, Rule, Tail};

pub(super) static ETHER: Header = Header {
    name: "ether",
    also: &[],
    title: "Ethernet (IEEE 802.3 §3.1.1)",
    length: 14,
    fields: &[
        Field::number("dst", 0, 48, "the card it goes to").shown(Form::Mac).by(Rule::NextHop),
        Field::number("src", 48, 48, "the card it comes from").shown(Form::Mac).by(Rule::Mac),
        Field::number("type", 96, 16, "the EtherType of what follows").shown(Form::Hex).by(Rule::EtherType),
    ],
    tail: Tail::None,
    ethertype: None,
    protocol: None,
};

pub(super) static VLAN: Header = Header {
    name: "vlan",
    also: &["dot1q"],
    title: "VLAN tag (IEEE 802.1Q §9.6)",
    length: 4,
    fields: &[
        Field::number("prio", 0, 3, "the frame's priority"),
        Field::number("dei", 3, 1, "whether it may be dropped first"),
        Field::number("id", 4, 12, "which VLAN").by(Rule::Is(1)),
        Field::number("type", 16, 16, "the EtherType of what follows").shown(Form::Hex).by(Rule::EtherType),
    ],
    tail: Tail::None,
    ethertype: Some(0x8100),
    protocol: None,
};

const OPERATIONS: &[(&str, u16)] = &[("who-has", 1), ("request", 1), ("is-at", 2), ("reply", 2)];

pub(super) static ARP: Header = Header {
    name: "arp",
    also: &[],
    title: "ARP (RFC 826)",
    length: 28,
    fields: &[
        Field::number("hwtype", 0, 16, "the kind of link: 1 is Ethernet").by(Rule::Is(1)),
        Field::number("ptype", 16, 16, "the EtherType whose addresses it is about")
            .shown(Form::Hex)
            .by(Rule::Is(0x0800)),
        Field::number("hwlen", 32, 8, "bytes of a MAC address").by(Rule::Is(6)),
        Field::number("plen", 40, 8, "bytes of an IP address").by(Rule::Is(4)),
        Field::number("op", 48, 16, "1: request, 2: reply").shown(Form::Named(OPERATIONS)).by(Rule::Is(1)),
        Field::number("hwsrc", 64, 48, "the sender's MAC address").shown(Form::Mac).by(Rule::Mac),
        Field::number("psrc", 112, 32, "the sender's IP address").shown(Form::Ipv4).by(Rule::Source),
        Field::number("hwdst", 144, 48, "the target's MAC address").shown(Form::Mac),
        Field::number("pdst", 192, 32, "the address that is asked about").shown(Form::Ipv4).by(Rule::Needed),
    ],
    tail: Tail::None,
    ethertype: Some(0x0806),
    protocol: None,
};
