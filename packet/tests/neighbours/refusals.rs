//! What must not be believed, by RFC 826 and RFC 4861.

use barewire_packet::build::datagram;
use barewire_packet::checksum::pseudo_header;
use barewire_packet::icmp::{ADVERTISEMENT, Neighbor, SOLICITATION};
use barewire_packet::link::datalink::neighbours::{Event, Tally};

use crate::*;

/// What nobody asked for does not fill the table; what is known can move, and that is said: ARP poisoning.
#[test]
fn only_what_was_asked_for_is_believed() {
    let (mut us, now) = ours();
    give(&mut us, now, THEM, ARP, &arp(2, THEIRS, OURS));
    give(&mut us, now, THEM, ARP, &arp(1, THEIRS, "000000000000 0a000001"));
    give(&mut us, now, THEM, IPV6, &discovery("2001:db8::1", "2001:db8::9", ADVERTISEMENT, answer_of_them()));
    assert_eq!((us.known().count(), events(&mut us)), (0, vec![]));

    us.send(now, &datagram("10.0.0.9:1", "10.0.0.1:1", b""));
    give(&mut us, now, THEM, ARP, &arp(2, THEIRS, OURS));
    give(&mut us, now, OTHER, ARP, &arp(2, "020000000007 0a000001", OURS));
    let moved = Event::Moved { address: at("10.0.0.1"), from: THEM, to: OTHER };
    assert_eq!(events(&mut us), [Event::Found { address: at("10.0.0.1"), mac: THEM }, moved]);
    assert_eq!(us.send(now, &datagram("10.0.0.9:1", "10.0.0.1:1", b"")), Some(OTHER));
}

/// RFC 4861 §7.2.5: an advertisement without the override flag does not replace what is known; what is known is then
/// checked when it is next used.
#[test]
fn an_answer_that_does_not_insist() {
    let (mut us, now) = ours();
    let packet = datagram("[2001:db8::9]:1", "[2001:db8::1]:1", b"");
    us.send(now, &packet);
    give(&mut us, now, THEM, IPV6, &discovery("2001:db8::1", "2001:db8::9", ADVERTISEMENT, answer_of_them()));
    all(&mut us, now);
    let other = Neighbor { overrides: false, link_layer: Some(OTHER), ..answer_of_them() };
    give(&mut us, now, OTHER, IPV6, &discovery("2001:db8::1", "2001:db8::9", ADVERTISEMENT, other));
    assert_eq!(us.send(now, &packet), Some(THEM));
    assert_eq!(all(&mut us, now)[0].destination, THEM, "it is asked");
}

/// RFC 4861 §7.1.1, §7.1.2, one rule broken each.
#[test]
fn discovery_that_breaks_a_rule_is_dropped() {
    let good = discovery("2001:db8::1", "2001:db8::9", ADVERTISEMENT, answer_of_them());
    let mut bad: Vec<(&str, Vec<u8>)> = Vec::new();
    let mut changed = |what, at: usize, byte: u8| {
        let mut packet = good.clone();
        packet[at] = byte;
        packet[42..44].fill(0);
        let mut sum = pseudo_header(at6(&packet[8..24]), at6(&packet[24..40]), 58, packet.len() - 40);
        sum.add(&packet[40..]);
        packet[42..44].copy_from_slice(&sum.checksum().to_be_bytes());
        bad.push((what, packet));
    };
    changed("a router has passed it on", 7, 254);
    changed("the code is not 0", 41, 1);
    changed("the target is a group", 48, 0xff);
    changed("an option of length 0", 65, 0);
    changed("an option of more than there is", 65, 2);
    changed("solicited, and to a group", 24, 0xff);
    let mut sum = good.clone();
    sum[43] ^= 1;
    bad.push(("the checksum is wrong", sum));
    let probe = discovery("::", "ff02::1:ff00:9", SOLICITATION, about("2001:db8::9", Some(THEM)));
    bad.push(("a probe that says where it comes from", probe));
    let probe = discovery("::", "2001:db8::9", SOLICITATION, about("2001:db8::9", None));
    bad.push(("a probe to one address", probe));
    for (what, packet) in bad {
        let (mut us, now) = ours();
        us.send(now, &datagram("[2001:db8::9]:1", "[2001:db8::1]:1", b""));
        all(&mut us, now);
        assert_eq!(give(&mut us, now, THEM, IPV6, &packet), None, "{what}");
        assert_eq!((us.tally().refused, all(&mut us, now)), (1, vec![]), "{what}");
    }
    let (mut us, now) = ours();
    us.send(now, &datagram("[2001:db8::9]:1", "[2001:db8::1]:1", b""));
    give(&mut us, now, THEM, IPV6, &good);
    assert_eq!((us.tally(), us.known().count()), (Tally::default(), 1), "the good one");
}
