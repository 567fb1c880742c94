//! What IP asks of a host: fragments put together, echo requests answered, large packets cut (RFC 1122 §3).

mod common;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::build::{datagram, fragments};
use barewire_packet::icmp::echo_packet;
use barewire_packet::ip::{Defragmenter, Fragments, IpPacket};
use barewire_packet::link::host::IpHost;

fn ends(v6: bool) -> [IpAddr; 2] {
    let texts = if v6 { ["2001:db8::9", "2001:db8::1"] } else { ["10.0.0.9", "10.0.0.1"] };
    texts.map(|text| text.parse().unwrap())
}

fn host(v6: bool) -> (IpHost, Instant) {
    let now = Instant::now();
    (IpHost::new(now, vec![ends(v6)[0]], 1500), now)
}

#[test]
fn fragments_go_up_as_one_packet() {
    for v6 in [false, true] {
        let (mut host, now) = host(v6);
        let (from, to) =
            if v6 { ("[2001:db8::1]:53", "[2001:db8::9]:99") } else { ("10.0.0.1:53", "10.0.0.9:99") };
        let whole = datagram(from, to, &[7; 4000]);
        let pieces = fragments(&whole, 77, 1400);
        let (last, before) = pieces.split_last().unwrap();
        // In any order.
        for piece in before.iter().rev() {
            assert_eq!(host.receive(now, piece), None);
        }
        let up = host.receive(now, last).expect("it is whole");
        let up = IpPacket::parse(&up).unwrap();
        assert_eq!((up.fragment, up.payload), (None, &whole[whole.len() - 4008..]));
        assert_eq!(host.receive(now, &before[0]), None);
        let later = now + Duration::from_secs(61);
        host.receive(later, last);
        assert_eq!(host.given_up(), (1, 0), "the first of them waited in vain");
    }
}

/// RFC 1122 §3.2.2.6: the whole data comes back; in pieces, if it came in pieces.
#[test]
fn echo_requests_are_answered() {
    for v6 in [false, true] {
        let (mut host, now) = host(v6);
        let [us, them] = ends(v6);
        let data: Vec<u8> = (0..4000).map(|byte| byte as u8).collect();
        assert_eq!(host.receive(now, &echo_packet(them, us, false, (7, 1), b"abc")), None);
        assert_eq!(host.transmit(), Some(echo_packet(us, them, true, (7, 1), b"abc")));
        for piece in fragments(&echo_packet(them, us, false, (7, 2), &data), 5, 1400) {
            assert_eq!(host.receive(now, &piece), None);
        }
        let (mut defragmenter, mut whole) = (Defragmenter::new(), None);
        while let Some(piece) = host.transmit() {
            assert!(piece.len() <= 1500);
            if let Fragments::Whole { packet, .. } =
                defragmenter.receive(Duration::ZERO, &IpPacket::parse(&piece).unwrap())
            {
                whole = Some(packet);
            }
        }
        let whole = whole.expect("all pieces");
        let reply = echo_packet(us, them, true, (7, 2), &data);
        assert_eq!(IpPacket::parse(&whole).unwrap().payload, IpPacket::parse(&reply).unwrap().payload);
    }
}

#[test]
fn what_is_no_request_to_us_goes_up() {
    let (mut host, now) = host(false);
    let [us, them] = ends(false);
    let mut damaged = echo_packet(them, us, false, (7, 1), b"abc");
    damaged[30] ^= 1;
    let other = echo_packet(them, "10.0.0.8".parse().unwrap(), false, (7, 1), b"abc");
    for packet in [echo_packet(them, us, true, (7, 1), b"abc"), damaged, other, vec![0x45, 0], vec![]] {
        assert_eq!(host.receive(now, &packet), Some(packet.clone()));
        assert_eq!(host.transmit(), None);
    }
    for sequence in 0..100 {
        host.receive(now, &echo_packet(them, us, false, (7, sequence), b"flood"));
    }
    assert_eq!(host.given_up(), (0, 36), "64 answers wait at the most");
}

/// RFC 791 §3.2: only what does not say "don't fragment" is cut.
#[test]
fn large_packets_go_out_in_pieces() {
    let (mut host, _) = host(false);
    let with_df = datagram("10.0.0.9:1", "10.0.0.1:1", &[1; 3000]);
    assert_eq!(host.cut(&with_df), std::slice::from_ref(&with_df));
    let mut without = with_df.clone();
    without[6] &= !0x40;
    without[10..12].fill(0);
    let sum = barewire_packet::checksum::checksum(&without[..20]);
    without[10..12].copy_from_slice(&sum.to_be_bytes());
    let sizes: Vec<usize> = host.cut(&without).iter().map(Vec::len).collect();
    assert_eq!(sizes, [1500, 1500, 20 + 3008 - 2 * 1480]);
}
