//! Frames that wait for the secrets that open them: in order, not for long, and not without bound.

use std::time::Duration;

use barewire::sniff::held::{Held, MOST, PATIENCE};
use barewire_packet::build;
use barewire_packet::capture::{Frame, linktype};

/// A frame with a segment of this content, at a time in milliseconds.
fn segment(number: u64, millis: u64, content: &[u8]) -> Frame {
    let mut packet = build::datagram("10.0.0.2:4000", "10.0.0.3:443", &[&[0; 12], content].concat());
    packet[9] = 6; // TCP
    packet[20 + 12] = 0x50; // a header of 20 bytes
    let (time, original_len) = (Duration::from_millis(millis), packet.len() as u32);
    Frame { number, time, bytes: packet, original_len, ..Frame::default() }
}

const HELLO: &[u8] = &[22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3];

fn popped(held: &mut Held, millis: u64) -> Vec<u64> {
    std::iter::from_fn(|| held.pop(Some(Duration::from_millis(millis)))).map(|frame| frame.number).collect()
}

#[test]
fn what_comes_after_a_server_hello_waits() {
    let mut held = Held::default();
    held.push(linktype::RAW, segment(1, 1000, &[22, 3, 1, 0, 122, 1, 0, 0]));
    assert_eq!(popped(&mut held, 1000), [1], "a ClientHello does not wait");
    held.push(linktype::RAW, segment(2, 1010, b""));
    held.push(linktype::RAW, segment(3, 1020, HELLO));
    held.push(linktype::RAW, segment(4, 1021, b"more"));
    assert_eq!(popped(&mut held, 1021), [2]);
    held.push(linktype::RAW, segment(5, 1200, HELLO));
    assert!(popped(&mut held, 1269).is_empty());
    assert_eq!(popped(&mut held, 1020 + PATIENCE.as_millis() as u64), [3, 4]);
    assert!(popped(&mut held, 1449).is_empty());
    assert_eq!(popped(&mut held, 1450), [5]);
    assert!(held.is_empty());
}

#[test]
fn at_the_end_nothing_waits() {
    let mut held = Held::default();
    held.push(linktype::RAW, segment(1, 1000, HELLO));
    assert!(popped(&mut held, 1000).is_empty());
    assert_eq!(held.pop(None).map(|frame| frame.number), Some(1));
}

#[test]
fn what_waits_has_a_bound() {
    let mut held = Held::default();
    held.push(linktype::RAW, segment(1, 1000, HELLO));
    let each = segment(2, 1000, &[0; 50_000]).bytes.len();
    for number in 2..(MOST / each) as u64 + 3 {
        held.push(linktype::RAW, segment(number, 1000, &[0; 50_000]));
    }
    assert_eq!(popped(&mut held, 1000), [1, 2], "as many as bring it below the bound");
}
