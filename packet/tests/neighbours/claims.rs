//! Our own addresses: claimed, announced, defended, and questions about them answered.

use barewire_packet::build::datagram;
use barewire_packet::frame::{MacAddress, linktype};
use barewire_packet::icmp::{ADVERTISEMENT, Neighbor, SOLICITATION};
use barewire_packet::link::datalink::neighbours::{Event, Transmit};

use crate::common::{capture_of, judges};
use crate::*;

/// RFC 826: the target answers the one who asks. Who asks is not remembered, as nothing was asked of him.
#[test]
fn we_answer_for_our_addresses() {
    let (mut us, now) = ours();
    give(&mut us, now, THEM, ARP, &arp(1, THEIRS, NOT_KNOWN));
    let [answer] = &all(&mut us, now)[..] else { panic!("one answer") };
    assert_eq!(answer.destination, THEM);
    assert_eq!(answer.payload, arp(2, OURS, THEIRS));
    // A probe of RFC 5227: the sender has no address yet.
    give(&mut us, now, THEM, ARP, &arp(1, "020000000001 00000000", NOT_KNOWN));
    assert_eq!(all(&mut us, now)[0].payload, arp(2, OURS, "020000000001 00000000"));
    // For another address we are silent.
    give(&mut us, now, THEM, ARP, &arp(1, THEIRS, "000000000000 0a000008"));
    assert_eq!((all(&mut us, now), us.known().count()), (vec![], 0));

    give(
        &mut us,
        now,
        THEM,
        IPV6,
        &discovery("2001:db8::1", "ff02::1:ff00:9", SOLICITATION, about("2001:db8::9", Some(THEM))),
    );
    let said = Neighbor { solicited: true, overrides: true, ..about("2001:db8::9", Some(US)) };
    let wanted = discovery("2001:db8::9", "2001:db8::1", ADVERTISEMENT, said);
    assert_eq!(all(&mut us, now), [Transmit { destination: THEM, kind: IPV6, payload: wanted }]);
    // RFC 4861 §7.2.4: a probe from :: is answered to all nodes, and the answer is not "solicited".
    give(
        &mut us,
        now,
        THEM,
        IPV6,
        &discovery("::", "ff02::1:ff00:9", SOLICITATION, about("2001:db8::9", None)),
    );
    let said = Neighbor { overrides: true, ..about("2001:db8::9", Some(US)) };
    let wanted = discovery("2001:db8::9", "ff02::1", ADVERTISEMENT, said);
    let destination = MacAddress([0x33, 0x33, 0, 0, 0, 1]);
    assert_eq!(all(&mut us, now), [Transmit { destination, kind: IPV6, payload: wanted }]);
}

/// RFC 5227 §2.1: three probes, then it is ours, and everybody is told; the questions are in the bytes of the RFCs.
#[test]
fn an_address_is_asked_for_before_it_is_taken() {
    let (mut us, mut now) = unclaimed(2);
    assert_eq!(us.deadline(), Some(now));
    for _ in 0..2 {
        us.on_deadline(now);
        let [v4, v6] = &all(&mut us, now)[..] else { panic!("two probes") };
        assert_eq!(arp_of(v4), (MacAddress::BROADCAST, "who has 10.0.0.9? (probe)".to_owned()));
        assert_eq!(v6.payload, discovery("::", "ff02::1:ff00:9", SOLICITATION, about("2001:db8::9", None)));
        // Questions about an address that is not ours yet are not answered.
        give(&mut us, now, THEM, ARP, &arp(1, THEIRS, NOT_KNOWN));
        assert_eq!(all(&mut us, now), []);
        now = us.deadline().unwrap();
    }
    us.on_deadline(now);
    let [v4, v6] = &all(&mut us, now)[..] else { panic!("two announcements") };
    assert_eq!(
        arp_of(v4),
        (MacAddress::BROADCAST, "10.0.0.9 is at 02:00:00:00:00:09 (announcement)".to_owned())
    );
    let said = Neighbor { overrides: true, ..about("2001:db8::9", Some(US)) };
    assert_eq!(v6.payload, discovery("2001:db8::9", "ff02::1", ADVERTISEMENT, said));
    assert_eq!(events(&mut us), [Event::Claimed(at("10.0.0.9")), Event::Claimed(at("2001:db8::9"))]);
    assert_eq!(us.deadline(), None);
}

/// RFC 5227 §2.1.1, RFC 4862 §5.4: somebody has it, or asks for it at the same time.
#[test]
fn an_address_that_somebody_has_is_given_up() {
    let reply = arp(2, "020000000007 0a000009", "020000000009 00000000");
    let rival = arp(1, "020000000007 00000000", NOT_KNOWN);
    let has = Neighbor { overrides: true, ..about("2001:db8::9", Some(OTHER)) };
    let has = discovery("2001:db8::9", "ff02::1", ADVERTISEMENT, has);
    let wants = discovery("::", "ff02::1:ff00:9", SOLICITATION, about("2001:db8::9", None));
    for (kind, bytes, address) in [
        (ARP, reply, "10.0.0.9"),
        (ARP, rival, "10.0.0.9"),
        (IPV6, has, "2001:db8::9"),
        (IPV6, wants, "2001:db8::9"),
    ] {
        let (mut us, mut now) = unclaimed(1);
        us.on_deadline(now);
        all(&mut us, now);
        give(&mut us, now, OTHER, kind, &bytes);
        let conflict = Event::Conflict { address: at(address), mac: OTHER, held: false };
        assert_eq!((events(&mut us), all(&mut us, now)), (vec![conflict], vec![]));
        now += SECOND;
        us.on_deadline(now);
        let kept = if address == "10.0.0.9" { "2001:db8::9" } else { "10.0.0.9" };
        assert_eq!(events(&mut us), [Event::Claimed(at(kept))]);
        give(&mut us, now, THEM, ARP, &arp(1, THEIRS, NOT_KNOWN));
        let answers = all(&mut us, now).iter().filter(|sent| sent.destination == THEM).count();
        assert_eq!(answers, usize::from(kept == "10.0.0.9"), "what is not ours is not answered for");
    }
}

/// RFC 5227 §2.4 c: an address that is held is defended, once in ten seconds.
#[test]
fn our_address_is_defended() {
    let (mut us, mut now) = ours();
    let theft = arp(1, "020000000007 0a000009", "000000000000 0a000009");
    for (wait, defended) in [(0, true), (9, false), (1, true)] {
        now += wait * SECOND;
        give(&mut us, now, OTHER, ARP, &theft);
        let sent: Vec<_> = all(&mut us, now).iter().map(arp_of).collect();
        let announcement =
            (MacAddress::BROADCAST, "10.0.0.9 is at 02:00:00:00:00:09 (announcement)".to_owned());
        assert_eq!(sent, if defended { vec![announcement] } else { vec![] }, "after {wait} s");
        let conflict = Event::Conflict { address: at("10.0.0.9"), mac: OTHER, held: true };
        assert_eq!(events(&mut us), [conflict]);
    }
    // Our own announcement, come back by a loop in the network, is none.
    give(&mut us, now, US, ARP, &arp(1, OURS, "000000000000 0a000009"));
    assert_eq!(events(&mut us), []);
}

/// Our frames, as tshark reads them: claim, announcement, question and answer, over both versions.
#[test]
fn tshark_understands_us() {
    if !judges::can_run("tshark_understands_us", &["tshark"]) {
        return;
    }
    let (mut us, now) = unclaimed(1);
    us.on_deadline(now);
    let later = now + SECOND;
    us.on_deadline(later);
    us.send(later, &datagram("10.0.0.9:1", "10.0.0.1:1", b""));
    us.send(later, &datagram("[2001:db8::9]:1", "[2001:db8::1]:1", b""));
    give(&mut us, later, THEM, ARP, &arp(1, THEIRS, NOT_KNOWN));
    let frames: Vec<Vec<u8>> = all(&mut us, later).iter().map(framed).collect();
    let file = capture_of(frames.iter().map(|frame| (linktype::ETHERNET, &frame[..]))).write();
    let fields = ["_ws.col.Info", "_ws.malformed", "icmpv6.checksum.status"];
    let theirs: Vec<String> =
        judges::tshark("neighbours", &file, &[], &fields).iter().map(|row| row.join("|")).collect();
    assert_eq!(
        theirs,
        [
            "Who has 10.0.0.9? (ARP Probe)||",
            "Neighbor Solicitation for 2001:db8::9||1",
            "ARP Announcement for 10.0.0.9||",
            "Neighbor Advertisement 2001:db8::9 (ovr) is at 02:00:00:00:00:09||1",
            "Who has 10.0.0.1? Tell 10.0.0.9||",
            "Neighbor Solicitation for 2001:db8::1 from 02:00:00:00:00:09||1",
            // Who asks is not unknown any more, and gets what waited for it.
            "1 → 1 Len=0||",
            "10.0.0.9 is at 02:00:00:00:00:09||",
        ]
    );
}
