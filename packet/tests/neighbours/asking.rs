//! Where a packet goes: the neighbour is asked, the packet waits, and what comes is for us or not.

use barewire_packet::build::datagram;
use barewire_packet::checksum::Verdict;
use barewire_packet::frame::{EthernetHeader, MacAddress};
use barewire_packet::icmp::{self, ADVERTISEMENT, Icmp, Message};
use barewire_packet::ip::IpPacket;
use barewire_packet::link::datalink::neighbours::{Config, Event, Neighbours, Tally, Transmit};

use crate::*;

#[test]
fn a_packet_waits_for_the_answer() {
    let (mut us, now) = ours();
    let packet = datagram("10.0.0.9:4000", "10.0.0.1:53", b"where are you?");
    assert_eq!(us.send(now, &packet), None);
    let asked = all(&mut us, now);
    assert_eq!(
        asked.iter().map(arp_of).collect::<Vec<_>>(),
        [(MacAddress::BROADCAST, "who has 10.0.0.1? tell 10.0.0.9".to_owned())]
    );
    // A second packet does not ask again.
    assert_eq!(us.send(now, &packet), None);
    assert_eq!(all(&mut us, now), []);
    assert_eq!(give(&mut us, now, THEM, ARP, &arp(2, THEIRS, OURS)), None);
    let waited = Transmit { destination: THEM, kind: IPV4, payload: packet.clone() };
    assert_eq!(all(&mut us, now), [waited.clone(), waited]);
    assert_eq!(us.send(now, &packet), Some(THEM), "from now on at once");
    assert_eq!(events(&mut us), [Event::Found { address: at("10.0.0.1"), mac: THEM }]);
    assert_eq!(us.known().collect::<Vec<_>>(), [(at("10.0.0.1"), THEM)]);
    assert_eq!((us.deadline(), us.tally()), (None, Tally::default()));
}

/// RFC 4861 §7.2.2: to the solicited-node group, with our address in an option.
#[test]
fn the_same_with_neighbor_discovery() {
    let (mut us, now) = ours();
    let packet = datagram("[2001:db8::9]:4000", "[2001:db8::1]:53", b"where are you?");
    assert_eq!(us.send(now, &packet), None);
    let [asked] = &all(&mut us, now)[..] else { panic!("one question") };
    assert_eq!((asked.destination, asked.kind), (MacAddress([0x33, 0x33, 0xff, 0, 0, 1]), IPV6));
    let asked = IpPacket::parse(&asked.payload).unwrap();
    assert_eq!(
        (asked.header.source(), asked.header.destination()),
        (at("2001:db8::9"), at("ff02::1:ff00:1"))
    );
    let message = Icmp::parse(icmp::Version::V6, asked.payload).unwrap();
    assert_eq!(
        message.verify(asked.header.source(), asked.header.destination(), asked.payload),
        Verdict::Correct
    );
    assert_eq!((message.kind, message.message), (135, Message::Neighbor(about("2001:db8::1", Some(US)))));

    give(&mut us, now, THEM, IPV6, &discovery("2001:db8::1", "2001:db8::9", ADVERTISEMENT, answer_of_them()));
    assert_eq!(all(&mut us, now), [Transmit { destination: THEM, kind: IPV6, payload: packet }]);
}

/// RFC 4861 §10: three questions, a second apart; §7.2.2: then the host hears of it.
#[test]
fn three_questions_and_then_it_is_unreachable() {
    let (mut us, mut now) = ours();
    let packet = datagram("10.0.0.9:4000", "10.0.0.77:53", b"?");
    us.send(now, &packet);
    for _ in 0..2 {
        assert_eq!(all(&mut us, now).len(), 1);
        assert_eq!(us.deadline(), Some(now + SECOND));
        now += SECOND;
        us.on_deadline(now);
    }
    assert_eq!((all(&mut us, now).len(), events(&mut us)), (1, vec![]));
    now += SECOND;
    us.on_deadline(now);
    assert_eq!(all(&mut us, now), []);
    assert_eq!(
        events(&mut us),
        [Event::Unreachable { address: at("10.0.0.77"), packets: vec![packet.clone()] }]
    );
    assert_eq!((us.tally().unreachable, us.deadline()), (1, None));
    // The next packet asks anew.
    us.send(now, &packet);
    assert_eq!(all(&mut us, now).len(), 1);
}

/// RFC 4861 §7.3: after 30 s the answer is checked while it is used, by asking that interface alone.
#[test]
fn an_old_answer_is_used_and_checked() {
    let (mut us, mut now) = ours();
    let packet = datagram("10.0.0.9:4000", "10.0.0.1:53", b"x");
    us.send(now, &packet);
    give(&mut us, now, THEM, ARP, &arp(2, THEIRS, OURS));
    all(&mut us, now);
    now += 30 * SECOND;
    assert_eq!(us.send(now, &packet), Some(THEM));
    assert_eq!(arp_of(&all(&mut us, now)[0]), (THEM, "who has 10.0.0.1? tell 10.0.0.9".to_owned()));
    for _ in 0..2 {
        now += SECOND;
        us.on_deadline(now);
        assert_eq!(arp_of(&all(&mut us, now)[0]).0, THEM);
        assert_eq!(us.send(now, &packet), Some(THEM), "still used");
    }
    now += SECOND;
    us.on_deadline(now);
    assert_eq!(us.send(now, &packet), None, "forgotten: everybody is asked");
    assert_eq!(arp_of(&all(&mut us, now)[0]).0, MacAddress::BROADCAST);
}

/// Beyond our network a packet goes to the router; without one, nowhere. RFC 1122 §3.3.1.1.
#[test]
fn which_way() {
    let (mut us, now) = ours();
    us.send(now, &datagram("10.0.0.9:1", "192.0.2.1:1", b""));
    assert_eq!(arp_of(&all(&mut us, now)[0]).1, "who has 10.0.0.1? tell 10.0.0.9");
    for (destination, mac) in [
        ("224.129.2.3:1", [0x01, 0x00, 0x5e, 0x01, 0x02, 0x03]), // RFC 1112 §6.4: the low 23 bits
        ("255.255.255.255:1", [0xff; 6]),
        ("10.0.0.255:1", [0xff; 6]),
        ("[ff02::1:2]:1", [0x33, 0x33, 0, 1, 0, 2]),
    ] {
        let from = if destination.starts_with('[') { "[2001:db8::9]:1" } else { "10.0.0.9:1" };
        assert_eq!(us.send(now, &datagram(from, destination, b"")), Some(MacAddress(mac)), "{destination}");
    }
    assert_eq!(us.send(now, &datagram("10.0.0.9:1", "10.0.0.9:2", b"")), None);
    assert_eq!((us.tally().no_way, all(&mut us, now)), (1, vec![]));
    let config = Config { probes: 0, ..Config::new(US, vec![(at("10.0.0.9"), 24)]) };
    let mut alone = Neighbours::new(now, config);
    assert_eq!(alone.send(now, &datagram("10.0.0.9:1", "192.0.2.1:1", b"")), None);
    assert_eq!(alone.send(now, &[]), None);
    assert_eq!(alone.tally().no_way, 2);
}

/// The padding of a short frame is cut off by the packet's length. What is for others is not given to us.
#[test]
fn packets_that_come() {
    let (mut us, now) = ours();
    for (kind, packet) in [
        (IPV4, datagram("10.0.0.1:53", "10.0.0.9:4000", b"x")),
        (IPV6, datagram("[2001:db8::1]:53", "[2001:db8::9]:4000", b"x")),
    ] {
        let mut padded = packet.clone();
        padded.extend([0; 17]);
        assert_eq!(give(&mut us, now, THEM, kind, &padded), Some(&packet[..]));
        assert_eq!(give(&mut us, now, THEM, kind ^ 1, &packet), None, "another type");
        assert_eq!(
            give(&mut us, now, THEM, if kind == IPV4 { IPV6 } else { IPV4 }, &packet),
            None,
            "the other version"
        );
        let header = |destination| EthernetHeader { destination, source: THEM, kind };
        assert_eq!(us.receive(now, &header(OTHER), kind, &packet), None, "to another interface");
        // RFC 1122 §3.3.6.
        assert_eq!(us.receive(now, &header(MacAddress::BROADCAST), kind, &packet), None, "to everybody");
    }
    let to_another = datagram("10.0.0.1:53", "10.0.0.8:4000", b"x");
    assert_eq!(give(&mut us, now, THEM, IPV4, &to_another), None);
    assert_eq!(us.tally().not_for_us, 9);
    let to_all = datagram("10.0.0.1:53", "10.0.0.255:4000", b"x");
    let header = EthernetHeader { destination: MacAddress::BROADCAST, source: THEM, kind: IPV4 };
    assert_eq!(us.receive(now, &header, IPV4, &to_all), Some(&to_all[..]));
    assert_eq!(
        give(&mut us, now, THEM, IPV4, &[0x45, 0]),
        Some(&[0x45, 0][..]),
        "the host says what is wrong"
    );
}
