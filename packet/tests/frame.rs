//! What frames carry: every link type by hand, what is not IP by name, and every cut of every frame.

mod common;

use std::collections::BTreeSet;

use barewire_packet::build::FRAMINGS;
use barewire_packet::frame::linktype::{self, TABLE};
use barewire_packet::frame::{Network, Other, dissect, name_of, open};
use common::{conversation, hex, rare_frames};
use proptest::prelude::*;

/// What a frame carries that is not IP. Every byte of it has a name.
fn other(link_type: u16, frame: &[u8]) -> Other {
    let (_, tree) = dissect(link_type, frame);
    assert_eq!((tree.len, tree.check_coverage()), (frame.len(), Ok(())), "{frame:02x?}");
    match open(link_type, frame, frame.len() as u32).network {
        Network::Other(other) => other,
        network => panic!("{network:?}"),
    }
}

/// Every way of framing that there is, with each packet that it carries.
fn frames() -> Vec<(&'static str, u16, Vec<u8>, Vec<u8>)> {
    let packets = conversation();
    let each = FRAMINGS.iter().flat_map(|framing| {
        let carried = packets.iter().filter(|packet| framing.carries(packet));
        carried.map(|packet| (framing.name, framing.link_type, framing.frame(packet), packet.clone()))
    });
    each.chain(rare_frames()).collect()
}

#[test]
fn every_link_type_leads_to_the_packet() {
    for (name, link_type, frame, packet) in frames() {
        let opened = open(link_type, &frame, frame.len() as u32 + 7);
        let Network::Ip(found) = opened.network else { panic!("{name}: {:?}", opened.network) };
        assert!(found.starts_with(&packet), "{name}");
        assert!(found[packet.len()..].iter().all(|byte| *byte == 0), "{name}: only padding follows");
        assert_eq!((opened.missing, &frame[opened.offset..]), (7, found), "{name}");
    }
}

#[test]
fn every_byte_of_the_link_header_has_a_name() {
    for (name, link_type, frame, _) in frames() {
        let (opened, tree) = dissect(link_type, &frame);
        assert_eq!(opened, open(link_type, &frame, frame.len() as u32), "{name}");
        assert_eq!((tree.len, tree.check_coverage()), (opened.offset, Ok(())), "{name}");
    }
}

/// Cut anywhere, a frame is opened as far as it goes, or said to be cut; and every byte still has a name.
#[test]
fn every_cut_of_every_frame() {
    for (name, link_type, frame, _) in frames() {
        let offset = open(link_type, &frame, 0).offset;
        for length in 0..frame.len() {
            let cut = &frame[..length];
            let (opened, tree) = dissect(link_type, cut);
            assert_eq!(opened, open(link_type, cut, length as u32), "{name}, cut at {length}");
            assert_eq!(tree.check_coverage(), Ok(()), "{name}, cut at {length}");
            match opened.network {
                Network::Ip(found) if length > offset => {
                    assert_eq!(found, &frame[offset..length], "{name}, cut at {length}");
                }
                // With the header alone, some links tell what follows, and MPLS has nothing to look at.
                Network::Ip([]) | Network::Other(Other::EndsEarly | Other::Mpls) => {
                    assert!(length <= offset, "{name}, cut at {length}");
                }
                network => panic!("{name}, cut at {length}: {network:?}"),
            }
        }
    }
}

/// Mostly one of the table.
fn link_type() -> impl Strategy<Value = u16> {
    let known: Vec<u16> = TABLE.iter().map(|link_type| link_type.number).collect();
    prop_oneof![9 => prop::sample::select(known), 1 => any::<u16>()]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    /// Any bytes under any link type: no panic, every byte named, and the same with and without a listener.
    #[test]
    fn any_bytes(
        link_type in link_type(),
        bytes in proptest::collection::vec(any::<u8>(), 0..120), original_len: u32,
    ) {
        let opened = open(link_type, &bytes, original_len);
        let (named, tree) = dissect(link_type, &bytes);
        prop_assert_eq!((&opened.network, opened.offset), (&named.network, named.offset));
        prop_assert_eq!((tree.len, tree.check_coverage()), (opened.offset, Ok(())));
        prop_assert_eq!(opened.missing, (original_len as usize).saturating_sub(bytes.len()));
        if let Network::Ip(packet) = opened.network {
            prop_assert_eq!(packet, &bytes[opened.offset..]);
        }
    }

    /// The same with a few bytes changed in frames that lead somewhere.
    #[test]
    fn damaged_frames(
        at: prop::sample::Index,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let frames = frames();
        let (name, link_type, frame, _) = at.get(&frames);
        let mut frame = frame.clone();
        for (at, byte) in changes {
            let at = at.index(frame.len().min(64));
            frame[at] = byte;
        }
        let (opened, tree) = dissect(*link_type, &frame);
        prop_assert_eq!((tree.len, tree.check_coverage()), (opened.offset, Ok(())), "{}: {:02x?}", name, frame);
    }
}

/// IEEE 802.1Q sets no limit to the number of tags, and a frame of nothing but tags must not cost more than its length.
#[test]
fn a_stack_of_tags_as_long_as_a_frame() {
    let mut frame = vec![0; 12];
    frame.extend([0x81, 0, 0, 1].repeat(60_000));
    assert_eq!(other(linktype::ETHERNET, &frame), Other::EndsEarly);
    frame.extend([0x08, 0, 0x45]);
    assert_eq!(open(linktype::ETHERNET, &frame, 0).network, Network::Ip(&[0x45]));
    let snaps = [&[0; 12][..], &[0, 100], &[0xaa, 0xaa, 3, 0, 0, 0, 0, 100].repeat(30_000)].concat();
    assert_eq!(other(linktype::ETHERNET, &snaps), Other::Snap { oui: 0, protocol: 100 });
}

/// Frames that carry no IP are counted by what they are called.
#[test]
fn what_is_not_ip_has_a_name() {
    let ethernet = |rest: &str| other(linktype::ETHERNET, &[&[2; 12][..], &hex(rest)].concat()).to_string();
    let wifi = |rest: &str| other(linktype::IEEE802_11, &hex(rest)).to_string();
    let header = "0000 020000000002 020000000001 020000000003 1000";
    let cases = [
        (ethernet("888e 01000000"), "EtherType 0x888e (EAP)"),
        (ethernet("8100 0064 88cc 0207"), "EtherType 0x88cc (LLDP)"),
        (ethernet("1234 00"), "EtherType 0x1234"),
        (ethernet("8863 1109 0000 0000"), "EtherType 0x8863 (PPPoE discovery)"),
        (ethernet("8864 11a7 0001 0000 0021 45"), "EtherType 0x8863 (PPPoE discovery)"),
        (ethernet("8864 1100 0001 0004 c021 0901"), "PPP LCP"),
        (ethernet("8864 1100 0001 0004 8021 0101"), "PPP IPCP"),
        (ethernet("8847 00010140 0000"), "MPLS without IP"),
        (ethernet("0026 424203 0000"), "spanning tree"),
        (ethernet("0026 fefe03 83"), "OSI network layer (IS-IS, CLNP)"),
        (ethernet("0026 ffff 0022"), "IPX without LLC"),
        (ethernet("0026 ffff 00"), "IPX without LLC"),
        (ethernet("0026 f0f1 03"), "NetBIOS"),
        (ethernet("0026 2222 03"), "LLC 0x22"),
        (ethernet("0026 aaaa03 00000c 2000 02"), "CDP"),
        (ethernet("0026 aaaa03 00000c 010b 00"), "spanning tree (PVST+)"),
        (ethernet("0026 aaaa03 00000c 9999 00"), "SNAP 0x00000c 0x9999"),
        (ethernet("0806 0020 0800 14 04 0001"), "ARP of hardware type 32 for 0x0800 (IPv4)"),
        (ethernet("08"), "cut inside the link header"),
        (wifi("8000 0000"), "802.11 beacon"),
        (wifi("4000 0000"), "802.11 probe request"),
        (wifi("d400 0000 020000000001"), "802.11 acknowledgement"),
        (wifi(&format!("4801 {header}")), "802.11 null data"),
        (wifi(&format!("0841 {header} 00112233")), "802.11 data, encrypted"),
        (wifi(&format!("8801 {header} 8000 00")), "802.11 data, several packets in one frame"),
        (wifi(&format!("0801 {} 00", header.replace("1000", "1100"))), "802.11 data, one of several pieces"),
        (wifi(&format!("0805 {header} aaaa03")), "802.11 data, one of several pieces"),
        (wifi("7000 00"), "802.11 type 0 subtype 7"),
        (other(linktype::NULL, &hex("1d000000 00")).to_string(), "address family 29"),
        (other(linktype::FRELAY, &hex("0401 03 83 00")).to_string(), "frame relay NLPID 0x83"),
        (other(linktype::C_HDLC, &hex("8f00 8035 00000001")).to_string(), "EtherType 0x8035 (RARP)"),
        (other(linktype::LINUX_SLL, &hex("0004 0338 0000 0000000000000000 0000 00")).to_string(), "netlink"),
        (other(linktype::NFLOG, &hex("07 00 0005 0008 0009 00000000")).to_string(), "address family 7"),
        (other(linktype::LINUX_SLL, &hex("0000 0118 0000 0000000000000000 000c 00")).to_string(), "CAN bus"),
        (other(195, &[]).to_string(), "link type 195 (IEEE802_15_4_WITHFCS)"),
        (other(9999, &[]).to_string(), "link type 9999"),
    ];
    for (found, wanted) in cases {
        assert_eq!(found, wanted);
    }
}

#[test]
fn the_table_of_link_types_is_in_order() {
    assert!(TABLE.windows(2).all(|pair| pair[0].number < pair[1].number), "a number twice, or out of order");
    let read: BTreeSet<u16> =
        TABLE.iter().filter(|link_type| link_type.is_read()).map(|l| l.number).collect();
    let made: BTreeSet<u16> = FRAMINGS.iter().map(|framing| framing.link_type).collect();
    assert_eq!(read, made, "each link type that is read has a frame made by hand");
    let docs = include_str!("../src/frame/linktype.rs");
    for link_type in TABLE.iter().filter(|link_type| link_type.is_read()) {
        let row = format!("//! | {} | {} | {} |\n", link_type.number, link_type.name, link_type.what);
        assert!(docs.contains(&row), "the docs have no row {row:?}");
    }
    assert_eq!((name_of(1), name_of(113), name_of(5)), (Some("ETHERNET"), Some("LINUX_SLL"), None));
}
