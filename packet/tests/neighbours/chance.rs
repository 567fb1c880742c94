//! Bounds, and frames by chance.

use std::time::Duration;

use barewire_packet::build::datagram;
use barewire_packet::frame::{MacAddress, Network, linktype, open};
use barewire_packet::icmp::{ADVERTISEMENT, Neighbor, SOLICITATION};
use barewire_packet::link::datalink::neighbours::Event;
use proptest::prelude::*;

use crate::*;

/// Nothing grows without end: neither what waits, nor what is remembered, nor what nobody fetches.
#[test]
fn all_that_is_kept_has_a_bound() {
    let (mut us, now) = ours();
    for number in 0..1000u16 {
        let [high, low] = number.to_be_bytes();
        let destination = format!("[2001:db8::1:{high:x}{low:02x}]:1");
        us.send(now, &datagram("[2001:db8::9]:1", &destination, b"x"));
    }
    assert_eq!(us.tally().no_room, 1000 - 64 + 1000 - 256, "packets, and questions that nobody fetched");
    let mut now = now;
    for _ in 0..4 {
        now += SECOND;
        us.on_deadline(now);
    }
    let unreachable: Vec<usize> =
        events(&mut us)
            .iter()
            .map(|event| {
                if let Event::Unreachable { packets, .. } = event {
                    packets.len()
                } else {
                    panic!("{event:?}")
                }
            })
            .collect();
    assert_eq!((unreachable.len(), unreachable.iter().sum::<usize>()), (256, 64));
    assert_eq!(us.deadline(), None);
}

proptest! {
    /// Whatever comes: no panic, no endless loop, all bounds kept, and what is sent can be read.
    #[test]
    fn frames_by_chance(
        steps in prop::collection::vec((0u8..9, any::<u8>(), prop::collection::vec(any::<u8>(), 0..64), 0u64..40_000), 1..60)
    ) {
        let (mut us, mut now) = unclaimed(1);
        let peers = [THEM, OTHER, US, MacAddress::BROADCAST];
        for (what, byte, bytes, milliseconds) in steps {
            now += Duration::from_millis(milliseconds);
            let peer = peers[usize::from(byte % 4)];
            let address = format!("0a00000{:x}", byte % 16);
            let target = format!("2001:db8::{:x}", byte % 16);
            let mut payload = match what {
                0 => bytes.clone(),
                1 | 2 => arp(what.into(), &format!("02000000000{} {address}", byte % 8), OURS),
                3 => arp(1, THEIRS, &format!("000000000000 {address}")),
                4 => discovery("2001:db8::1", "2001:db8::9", ADVERTISEMENT, Neighbor { target: target.parse().unwrap(), ..answer_of_them() }),
                5 => discovery("::", "ff02::1:ff00:9", SOLICITATION, about(&target, None)),
                6 => { us.send(now, &datagram("10.0.0.9:1", &format!("10.0.0.{}:1", byte % 16), &bytes)); continue }
                7 => { us.send(now, &datagram("[2001:db8::9]:1", &format!("[{target}]:1"), &bytes)); continue }
                _ => { us.on_deadline(now); continue }
            };
            for (place, value) in bytes.chunks_exact(2).take(usize::from(byte % 3)).map(|two| (two[0], two[1])) {
                let length = payload.len().max(1);
                if let Some(there) = payload.get_mut(usize::from(place) % length) { *there = value; }
            }
            let kind = match what { 0 => [ARP, IPV4, IPV6, 0x8100][usize::from(byte % 4)], 1..=3 => ARP, _ => IPV6 };
            if let Some(packet) = give(&mut us, now, peer, kind, &payload) {
                prop_assert!(packet.len() <= payload.len());
            }
            for sent in all(&mut us, now) {
                let frame = framed(&sent);
                let opened = open(linktype::ETHERNET, &frame, frame.len() as u32);
                prop_assert!(matches!(opened.network, Network::Ip(_) | Network::Arp(_)));
                prop_assert!(sent.destination != US);
            }
            prop_assert!(us.known().count() <= 256);
        }
        let mut turns = 0;
        while let Some(deadline) = us.deadline() {
            now = now.max(deadline);
            us.on_deadline(now);
            turns += 1;
            prop_assert!(turns < 10_000, "it goes on for ever");
        }
    }
}
