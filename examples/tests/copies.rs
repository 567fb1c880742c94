//! The same packet on several interfaces, or with several tags: it was sent once.

#[path = "common/wire.rs"]
mod wire;

use std::time::Duration;

use barewire::story::{Note, Story};
use barewire::views::{self, Style};
use barewire_dns::RData;
use barewire_packet::capture::{Interface, Origin, linktype};
use wire::{ACK, Wire, at, plain_http, story};

/// A name and a page, with each frame on `places` of a capture, a hundred microseconds apart; `frame` makes them.
fn seen_in(places: u32, frame: impl Fn(u32, &[u8]) -> Vec<u8>, link_type: u16, interfaces: u32) -> Wire {
    let mut once = Wire::default();
    let address = RData::A("203.0.113.80".parse().unwrap());
    once.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", Some(address), 10);
    plain_http(&mut once, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let mut wire = Wire::default();
    wire.capture.interfaces = (0..interfaces)
        .map(|number| Interface { link_type, name: format!("eth{number}"), origin: Origin::Seen })
        .collect();
    for one in &once.capture.frames {
        for place in 0..places {
            let bytes = frame(place, &one.bytes);
            wire.frame(link_type, Origin::Seen, &bytes);
            let copy = wire.capture.frames.last_mut().unwrap();
            copy.interface = place % interfaces;
            copy.time = one.time + Duration::from_micros(100 * u64::from(place));
        }
    }
    wire
}

fn tagged(vlan: u32, packet: &[u8]) -> Vec<u8> {
    let mut frame = [[2; 6], [4; 6]].concat();
    if vlan > 0 {
        frame.extend([0x81, 0, 0, vlan as u8]);
    }
    frame.extend([8, 0]);
    frame.extend(packet);
    // The padding of a short frame is not a part of the packet.
    frame.resize(frame.len().max(60 + vlan as usize), 0);
    frame
}

fn copies(story: &Story) -> Vec<Option<(u64, Option<u32>)>> {
    let copy = |note: &Note| match note {
        Note::SeenAgain { frame, interface } => Some((*frame, *interface)),
        _ => None,
    };
    story.rows.iter().map(|row| row.notes.iter().find_map(copy)).collect()
}

#[test]
fn a_packet_on_several_interfaces_was_sent_once() {
    let once = story(&seen_in(1, |_, packet| packet.to_vec(), linktype::RAW, 1));
    let on_three = story(&seen_in(3, |_, packet| packet.to_vec(), linktype::RAW, 3));
    let tags = story(&seen_in(2, tagged, linktype::ETHERNET, 1));
    assert_eq!(copies(&on_three)[..4], [None, Some((1, Some(1))), Some((1, Some(2))), None]);
    assert_eq!(copies(&tags)[..3], [None, Some((1, None)), None]);
    for (places, several) in [(3, &on_three), (2, &tags)] {
        assert!(several.rows.iter().all(|row| !row.is_repeated()), "{:#?}", several.rows);
        for (one, many) in once.conversations.iter().zip(&several.conversations) {
            assert_eq!((many.retransmissions, many.outcome), ([0; 2], one.outcome));
            assert_eq!(many.frames, one.frames.map(|frames| frames * places));
            assert_eq!(many.copies, one.frames.iter().sum::<u64>() * (places - 1));
        }
        assert_eq!(several.budget().phases, once.budget().phases);
        assert_eq!(several.budgets(), [several.budget()]);
    }
    let ladder = views::ladder(&on_three, &Style { lines: usize::MAX, ..Style::default() });
    assert!(ladder.contains("↳ [frame 7, seen again on interface 2]"), "{ladder}");
    let table = views::conversations(&on_three, &Style::default());
    assert!(table.contains("16 seen again") && !table.contains("retransmitted"), "{table}");
}

/// What is sent again is seen again in each place, and is a retransmission in the first of them only.
#[test]
fn a_retransmission_on_several_interfaces_is_one() {
    let mut wire = Wire::default();
    wire.capture.interfaces =
        vec![Interface { link_type: linktype::RAW, name: "".into(), origin: Origin::Seen }; 2];
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    let request = talk.packet(0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    for _ in 0..2 {
        wire.wait(50);
        for interface in 0..2 {
            wire.packet(&request).interface = interface;
        }
    }
    let story = story(&wire);
    assert_eq!(copies(&story)[3..], [None, Some((4, Some(1))), None, Some((6, Some(1)))]);
    assert_eq!(story.conversations[0].retransmissions, [1, 0]);
}

/// Much later, or in the same place, it is not a copy.
#[test]
fn a_packet_that_comes_late_or_to_one_place_was_sent_again() {
    for (pause, other) in [(300, 1), (0, 0)] {
        let mut wire = Wire::default();
        wire.capture.interfaces =
            vec![Interface { link_type: linktype::RAW, name: "".into(), origin: Origin::Seen }; 2];
        let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
        let request = talk.packet(0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        wire.packet(&request);
        wire.wait(pause);
        wire.packet(&request).interface = other;
        let story = story(&wire);
        assert_eq!(copies(&story), [None; 5]);
        assert_eq!(story.conversations[0].retransmissions, [1, 0]);
    }
}
