//! A router by the rules of RFC 1812 and RFC 4443, one test a rule. The router is driven by hand; `tests/live.rs` has
//! the same rules against Linux.

mod common;

use std::time::{Duration, Instant};

use barewire_internet::router::{Answer, Decision, IcmpError, Limit, Middlebox};
use barewire_internet::{Attachment, Node, Note, Port, Route, Router, Transmit, Verdict};
use barewire_packet::build::with_extension_headers;
use barewire_packet::transit::Transit;

use common::*;

const HOST: &str = "192.168.1.42";
const FAR: &str = "203.0.113.80";
const HOST_V6: &str = "2001:db8:1::42";
const FAR_V6: &str = "2001:db8:3::80";
const INSIDE: Port = Port(0);
const OUTSIDE: Port = Port(1);

/// 192.168.1.0/24 at port 0, where only .42 exists; 198.51.100.0/24 at port 1, and everything of 203.0.113.0/24 behind.
struct Bench {
    router: Router,
    now: Instant,
}

impl Bench {
    fn new(router: Router) -> Bench {
        Bench::with_mtu(router, 1500)
    }

    fn with_mtu(mut router: Router, mtu: usize) -> Bench {
        for (port, addresses) in
            [["192.168.1.1/24", "2001:db8:1::1/64"], ["198.51.100.2/24", "2001:db8:2::2/64"]]
                .into_iter()
                .enumerate()
        {
            let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
            let mtu = if port == 0 { 1500 } else { mtu };
            router.attach(Port(port), Attachment { addresses, mtu, wire: format!("wire {port}") });
        }
        let routes = router.routes().unwrap();
        for (prefix, port) in [
            ("192.168.1.0/24", None),
            ("2001:db8:1::/64", None),
            ("192.168.1.42/32", Some(INSIDE)),
            ("2001:db8:1::42/128", Some(INSIDE)),
            ("203.0.113.0/24", Some(OUTSIDE)),
            ("2001:db8:3::/64", Some(OUTSIDE)),
        ] {
            routes.set(prefix.parse().unwrap(), Route { port, cost: 1 });
        }
        Bench { router, now: Instant::now() }
    }

    /// Gives the router a packet from the inside; what it says, and what it sends.
    fn take(&mut self, packet: Vec<u8>) -> (String, Vec<Transmit>) {
        let verdict = match self.router.receive(self.now, INSIDE, packet) {
            Verdict::Taken => "taken".to_owned(),
            Verdict::Noted(note) => note.to_string(),
            Verdict::Dropped(note) => note.to_string(),
        };
        (verdict, std::iter::from_fn(|| self.router.transmit(self.now)).collect())
    }

    /// The one ICMP message that a packet from the inside is answered with; it must go back inside.
    fn message(&mut self, packet: Vec<u8>) -> Message {
        let (verdict, sent) = self.take(packet);
        assert_eq!(sent.len(), 1, "{verdict}");
        assert_eq!(sent[0].port, INSIDE, "{verdict}");
        Message::read(&sent[0].packet).expect("a message of ICMP")
    }

    /// Whether a packet from the inside is answered with a message of ICMP.
    fn answers(&mut self, packet: Vec<u8>) -> bool {
        let (_, sent) = self.take(packet);
        sent.iter().any(|sent| sent.port == INSIDE)
    }
}

/// RFC 1812 §5.3.1, RFC 8200 §3.
#[test]
fn a_hop_is_counted_and_the_last_one_is_told() {
    let mut bench = Bench::new(Router::new());
    for (from, to) in [(HOST, FAR), (HOST_V6, FAR_V6)] {
        let (verdict, sent) = bench.take(with_hops(datagram(from, to, 8), 2));
        assert_eq!((verdict.as_str(), sent.len(), sent[0].port), ("taken", 1, OUTSIDE));
        // All but the hop and the checksum of the header is as it was.
        assert_eq!(sent[0].packet, with_hops(datagram(from, to, 8), 1));
        for hops in [0, 1] {
            let message = bench.message(with_hops(datagram(from, to, 8), hops));
            assert_eq!(message.what(), if from == HOST { (11, 0) } else { (3, 0) });
            // The quoted packet is as it came.
            assert_eq!(message.quoted_hops(), hops);
            // RFC 1812 §4.3.2.2: a fresh TTL. §4.3.2.5: the precedence of internetwork control.
            assert_eq!((message.hops, message.traffic_class), (64, if from == HOST { 0xc0 } else { 0 }));
        }
    }
}

/// RFC 1812 §4.3.2.4, RFC 4443 §2.2: the address of the port by which the error leaves.
#[test]
fn an_error_has_the_address_of_the_port_it_leaves_by() {
    let mut bench = Bench::new(Router::new());
    assert_eq!(bench.message(with_hops(datagram(HOST, FAR, 8), 1)).source, ip("192.168.1.1"));
    assert_eq!(bench.message(with_hops(datagram(HOST_V6, FAR_V6, 8), 1)).source, ip("2001:db8:1::1"));
    // The sender is behind the outer port, though its packet came in by the inner one.
    let (_, sent) = bench.take(with_hops(datagram("203.0.113.7", HOST, 8), 1));
    assert_eq!(sent[0].port, OUTSIDE);
    assert_eq!(Message::read(&sent[0].packet).unwrap().source, ip("198.51.100.2"));
    // RFC 4443 §2.2 a: who was asked answers.
    assert_eq!(bench.message(datagram(HOST, "198.51.100.2", 8)).source, ip("198.51.100.2"));
    assert_eq!(bench.message(datagram(HOST_V6, "2001:db8:2::2", 8)).source, ip("2001:db8:2::2"));
}

/// RFC 1812 §4.3.2.3: within 576 bytes. RFC 4443 §2.4 c: within 1280.
#[test]
fn as_much_is_quoted_as_fits() {
    let mut bench = Bench::new(Router::new());
    for (from, to, most) in [(HOST, FAR, 576 - 28), (HOST_V6, FAR_V6, 1280 - 48)] {
        let small = with_hops(datagram(from, to, 20), 1);
        assert_eq!(bench.message(small.clone()).quote, small);
        let large = with_hops(datagram(from, to, 1400), 1);
        assert_eq!(bench.message(large.clone()).quote, large[..most]);
    }
}

/// RFC 792, RFC 1812 §5.2.7.1 and §4.3.3.1, RFC 4443 §3.
#[test]
fn unreachable_says_why() {
    let mut bench = Bench::new(Router::new().limit(Limit::none()));
    let mut code = |packet: Vec<u8>| bench.message(packet).what();
    assert_eq!(code(datagram(HOST, "100.64.0.1", 8)), (3, 0), "no route");
    assert_eq!(code(datagram(HOST, "192.168.1.99", 8)), (3, 1), "no such host");
    assert_eq!(code(datagram(HOST, "192.168.1.1", 8)), (3, 3), "the router's own port");
    assert_eq!(code(datagram(HOST_V6, "2001:db8:ff::1", 8)), (1, 0), "no route");
    assert_eq!(code(datagram(HOST_V6, "2001:db8:1::99", 8)), (1, 3), "no such host");
    assert_eq!(code(datagram(HOST_V6, "2001:db8:1::1", 8)), (1, 4), "the router's own port");
    let mut gre = datagram(HOST, "192.168.1.1", 8);
    gre[9] = 47;
    assert_eq!(code(mended(gre)), (3, 2), "a protocol that the router does not speak");
    // RFC 4443 §3.4: the pointer leads to the "next header" that is not known: at 6, or in an extension header.
    let mut gre = datagram(HOST_V6, "2001:db8:1::1", 8);
    gre[6] = 47;
    let message = bench.message(gre.clone());
    assert_eq!((message.what(), message.word), ((4, 1), 6));
    let options: (u8, &[u8]) = (60, &[1, 4, 0, 0, 0, 0]);
    let message = bench.message(with_extension_headers(&gre, &[options]));
    assert_eq!((message.what(), message.word), ((4, 1), 40));
    let longer: (u8, &[u8]) = (60, &[1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let message = bench.message(with_extension_headers(&gre, &[longer, options]));
    assert_eq!((message.what(), message.word), ((4, 1), 56));
    // A port of the router without a listener, asked by TCP: a reset (RFC 9293 §3.10.7.1).
    let (verdict, sent) = bench.take(syn(HOST, "192.168.1.1"));
    assert_eq!(verdict, "dropped: nobody listens on this port of the router");
    assert_eq!((sent[0].packet[9], sent[0].packet[33]), (6, 0x14));
}

/// A SYN with a right checksum.
fn syn(from: &str, to: &str) -> Vec<u8> {
    let mut packet = datagram(from, to, 12);
    packet[9] = 6;
    packet[20..].fill(0);
    packet[32] = 5 << 4;
    packet[33] = 2;
    let mut sum = barewire_packet::checksum::pseudo_header(ip(from), ip(to), 6, 20);
    sum.add(&packet[20..]);
    packet[36..38].copy_from_slice(&sum.checksum().to_be_bytes());
    mended(packet)
}

/// RFC 1812 §4.3.2.7, RFC 4443 §2.4 e.
#[test]
fn some_packets_are_never_answered() {
    let mut bench = Bench::new(Router::new().limit(Limit::none()));
    let dying = |from: &str, to: &str| with_hops(datagram(from, to, 8), 1);
    assert!(
        bench.answers(dying(HOST, FAR)) && bench.answers(dying(HOST_V6, FAR_V6)),
        "else nothing is shown"
    );
    for kind in [3, 4, 5, 11, 12] {
        let mut error = with_hops(request(HOST, FAR, 8), 1);
        error[20] = kind;
        assert!(!bench.answers(error), "ICMP error of type {kind}");
    }
    for kind in [1, 2, 3, 4, 100, 127, 137] {
        let mut error = with_hops(request(HOST_V6, FAR_V6, 8), 1);
        error[40] = kind;
        assert!(!bench.answers(error), "ICMPv6 error of type {kind}");
    }
    assert!(bench.answers(with_hops(request(HOST, FAR, 8), 1)), "an echo request is not an error");
    assert!(bench.answers(with_hops(request(HOST_V6, FAR_V6, 8), 1)), "an echo request is not an error");
    let fragment = |offset: u8| {
        let mut packet = dying(HOST, FAR);
        (packet[6], packet[7]) = (0x20, offset);
        mended(packet)
    };
    assert!(bench.answers(fragment(0)), "the first fragment");
    assert!(!bench.answers(fragment(1)), "a later fragment");
    let no_hosts =
        ["0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.5", "240.0.0.1", "255.255.255.255", "192.168.1.255"];
    for address in no_hosts {
        // Answers would go by either port, so nothing may be sent at all.
        assert!(bench.take(dying(address, FAR)).1.is_empty(), "from {address}");
        assert!(bench.take(dying(HOST, address)).1.is_empty(), "to {address}");
    }
    for address in ["::", "::1", "ff02::1", "fe80::1"] {
        assert!(bench.take(dying(address, FAR_V6)).1.is_empty(), "from {address}");
        assert!(bench.take(dying(HOST_V6, address)).1.is_empty(), "to {address}");
    }
    // A reset is never answered (RFC 9293 §3.10.7.1).
    let mut rst = syn(HOST, "192.168.1.1");
    (rst[33], rst[36], rst[37]) = (4, 0, 0);
    let mut sum = barewire_packet::checksum::pseudo_header(ip(HOST), ip("192.168.1.1"), 6, 20);
    sum.add(&rst[20..]);
    rst[36..38].copy_from_slice(&sum.checksum().to_be_bytes());
    assert!(bench.take(rst).1.is_empty());
}

/// Linux: 6 errors at once, then one a second (notes of the live test); IPv6 one every 100 ms.
#[test]
fn errors_are_limited() {
    let mut bench = Bench::new(Router::new());
    for (from, to, each) in [(HOST, FAR, 1000), (HOST_V6, FAR_V6, 100)] {
        let mut burst = || (0..20).filter(|_| bench.answers(with_hops(datagram(from, to, 8), 1))).count();
        assert_eq!(burst(), 6);
        bench.now += Duration::from_millis(each - 1);
        let mut burst = || (0..20).filter(|_| bench.answers(with_hops(datagram(from, to, 8), 1))).count();
        assert_eq!(burst(), 0);
        bench.now += Duration::from_millis(1);
        let mut burst = || (0..20).filter(|_| bench.answers(with_hops(datagram(from, to, 8), 1))).count();
        assert_eq!(burst(), 1);
        bench.now += Duration::from_secs(3600);
        let mut burst = || (0..20).filter(|_| bench.answers(with_hops(datagram(from, to, 8), 1))).count();
        assert_eq!(burst(), 6, "no more than at once is saved");
    }
    // Another host has a budget of its own.
    let (_, sent) = bench.take(with_hops(datagram("203.0.113.7", FAR, 8), 1));
    assert_eq!(sent.len(), 1);
}

/// RFC 1191 §4, RFC 4443 §3.2: a path's MTU must be learned, so this error has no limit.
#[test]
fn too_big_is_told_each_time() {
    let mut bench = Bench::with_mtu(Router::new(), 1400);
    for (from, to, what) in [(HOST, FAR, (3, 4)), (HOST_V6, FAR_V6, (2, 0))] {
        for _ in 0..100 {
            let message = bench.message(datagram(from, to, 1400));
            assert_eq!((message.what(), message.word), (what, 1400));
        }
        let headers = if from == HOST { 28 } else { 48 };
        assert_eq!(bench.take(datagram(from, to, 1400 - headers)).1[0].packet.len(), 1400, "it just fits");
    }
    bench.router.mtu_changed(OUTSIDE, 1300);
    assert_eq!(bench.message(datagram(HOST, FAR, 1372)).word, 1300);
}

/// RFC 1812 §5.2.2: a packet with a wrong header checksum is dropped, and nobody is told.
#[test]
fn a_wrong_header_checksum_ends_a_packet() {
    let mut bench = Bench::new(Router::new());
    let mut packet = with_hops(datagram(HOST, FAR, 8), 1);
    packet[10] ^= 1;
    let (verdict, sent) = bench.take(packet);
    assert!(verdict.contains("checksum"), "{verdict}");
    assert!(sent.is_empty());
    // A right one that the router changes stays right: all checksums that a TTL can lead to.
    for hops in 2..=255 {
        let (_, sent) = bench.take(with_hops(datagram(HOST, FAR, 8), hops));
        assert_eq!(sent[0].packet, with_hops(datagram(HOST, FAR, 8), hops - 1));
    }
}

/// RFC 791 §3.2, RFC 1812 §4.2.2.7.
#[test]
fn a_packet_that_may_be_cut_is_cut() {
    let mut bench = Bench::with_mtu(Router::new(), 576);
    let whole = may_be_cut(datagram(HOST, FAR, 1392), 0xbeef);
    let (verdict, sent) = bench.take(whole.clone());
    assert_eq!(verdict, "taken");
    let pieces: Vec<&[u8]> = sent.iter().map(|sent| &sent.packet[..]).collect();
    // 1400 bytes after the header: 552 + 552 + 296. 552 is the largest multiple of 8 beside 20 in 576.
    let field = |piece: &[u8], at| u16::from_be_bytes([piece[at], piece[at + 1]]);
    let words: Vec<_> = pieces.iter().map(|piece| (piece.len(), field(piece, 2), field(piece, 6))).collect();
    assert_eq!(words, [(572, 572, 0x2000), (572, 572, 0x2000 | 69), (316, 316, 138)]);
    assert!(pieces.iter().all(|piece| field(piece, 4) == 0xbeef), "the sender's identification");
    assert!(
        pieces.iter().all(|piece| piece[8] == 63 && barewire_packet::checksum::checksum(&piece[..20]) == 0)
    );
    assert_eq!(pieces.iter().flat_map(|piece| &piece[20..]).copied().collect::<Vec<u8>>(), whole[20..]);
    // A piece is cut once more: its offset counts on, and more follow, also after the last part of it.
    let mut bench = Bench::with_mtu(Router::new(), 300);
    let (_, sent) = bench.take(pieces[1].to_vec());
    let words: Vec<_> = sent.iter().map(|sent| (sent.packet.len(), field(&sent.packet, 6))).collect();
    assert_eq!(words, [(300, 0x2000 | 69), (292, 0x2000 | 104)]);
    assert!(sent.iter().all(|sent| field(&sent.packet, 4) == 0xbeef));
}

/// RFC 791 §3.1: an option without the "copied" bit is in the first piece only.
#[test]
fn options_are_copied_as_they_say() {
    let mut bench = Bench::with_mtu(Router::new(), 300);
    let mut packet = may_be_cut(datagram(HOST, FAR, 492), 1);
    // Record route (not copied), a no-operation, router alert (copied).
    packet.splice(20..20, [7, 7, 4, 0, 0, 0, 0, 1, 148, 4, 0, 0]);
    packet[0] = 0x48;
    packet[2..4].copy_from_slice(&532u16.to_be_bytes());
    let (verdict, sent) = bench.take(mended(packet.clone()));
    assert_eq!(sent.len(), 2, "{verdict}");
    assert_eq!(sent[0].packet[20..32], packet[20..32]);
    assert_eq!(sent[1].packet[0], 0x46);
    assert_eq!(sent[1].packet[20..24], [148, 4, 0, 0]);
    for (sent, header) in sent.iter().zip([32, 24]) {
        assert_eq!(barewire_packet::checksum::checksum(&sent.packet[..header]), 0);
    }
    let data: Vec<u8> = [&sent[0].packet[32..], &sent[1].packet[24..]].concat();
    assert_eq!(data, packet[32..]);
}

/// RFC 8200 §4.5: only the sender cuts an IPv6 packet.
#[test]
fn an_ipv6_packet_is_never_cut() {
    let mut bench = Bench::with_mtu(Router::new(), 1280);
    let message = bench.message(datagram(HOST_V6, FAR_V6, 1300));
    assert_eq!((message.what(), message.word), ((2, 0), 1280));
}

/// RFC 1812 §4.3.3.6, RFC 4443 §4.2: the same identifier, sequence number and data; in IPv4 also the type of service.
#[test]
fn an_echo_request_is_answered() {
    let mut bench = Bench::new(Router::new());
    let mut packet = request(HOST, "198.51.100.2", 100);
    packet[1] = 0x28;
    let reply = bench.message(mended(packet.clone()));
    assert_eq!((reply.what(), reply.word, reply.source), ((0, 0), 7 << 16 | 1, ip("198.51.100.2")));
    assert_eq!((&reply.quote[..], reply.traffic_class), (&packet[28..], 0x28));
    let packet = request(HOST_V6, "2001:db8:1::1", 100);
    let reply = bench.message(packet.clone());
    assert_eq!((reply.what(), reply.word, &reply.quote[..]), ((129, 0), 7 << 16 | 1, &packet[48..]));
    // One with a wrong checksum is not, nor is a reply.
    let mut wrong = request(HOST, "192.168.1.1", 100);
    wrong[40] ^= 1;
    let (verdict, sent) = bench.take(wrong);
    assert!(verdict.contains("its checksum is wrong") && sent.is_empty(), "{verdict}");
    let reply = barewire_packet::icmp::echo_packet(ip(HOST), ip("192.168.1.1"), true, (7, 1), b"");
    assert!(!bench.answers(reply));
}

/// A box that writes down what it is asked, and rejects packets to 203.0.113.66.
struct Spy;

impl Middlebox for Spy {
    fn incoming(&mut self, _: Instant, _: Port, packet: &mut Transit) -> Decision {
        packet.set_source((ip("198.51.100.2"), 5000).into());
        Decision::Noted(Box::new("incoming"))
    }

    fn forward(&mut self, _: Instant, _: Port, _: Port, packet: &Transit) -> Decision {
        match packet.destination() {
            to if to == ip("203.0.113.66") => {
                Decision::Reject(Answer::Icmp(IcmpError::Prohibited), Box::new("forward rejects"))
            }
            to if to == ip("203.0.113.67") => Decision::Drop(Box::new("forward drops")),
            _ => Decision::Pass,
        }
    }

    fn outgoing(&mut self, _: Instant, _: Port, packet: &mut Transit) -> Decision {
        match packet.protocol() {
            1 => Decision::Noted(Box::new("an error leaves")),
            _ => Decision::Noted(Box::new("outgoing")),
        }
    }
}

#[test]
fn boxes_stand_where_netfilter_has_its_hooks() {
    let mut bench = Bench::new(Router::new().with(Box::new(Spy)));
    let note = |sent: &Transmit| sent.note.as_ref().map(|note: &Note| note.to_string());
    let (_, sent) = bench.take(datagram(HOST, FAR, 8));
    assert_eq!(note(&sent[0]).as_deref(), Some("outgoing"));
    assert_eq!(sent[0].packet[12..16], [198, 51, 100, 2]);
    let (verdict, sent) = bench.take(datagram(HOST, "203.0.113.67", 8));
    assert_eq!((verdict.as_str(), sent.len()), ("forward drops", 0));
    let packet = datagram(HOST, "203.0.113.66", 8);
    let (verdict, sent) = bench.take(packet.clone());
    assert_eq!((verdict.as_str(), note(&sent[0]).as_deref()), ("forward rejects", Some("an error leaves")));
    let message = Message::read(&sent[0].packet).unwrap();
    assert_eq!(message.what(), (3, 13));
    assert_eq!(message.quote, packet, "the packet as its sender knows it");
    // The TTL is looked at before the filter: traceroute sees a firewall.
    let (_, sent) = bench.take(with_hops(datagram(HOST, "203.0.113.67", 8), 1));
    assert_eq!(Message::read(&sent[0].packet).unwrap().what(), (11, 0));
}
