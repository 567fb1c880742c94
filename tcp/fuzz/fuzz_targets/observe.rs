//! A script of segments into an observer, twelve bytes a segment: nothing panics, what waits is bounded, and the chunks
//! and gaps of each stream follow each other without overlap.
#![no_main]

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use barewire_dissect::Direction;
use barewire_packet::checksum::Verdict;
use barewire_tcp::observe::{MOST_WAITING, Note, Observer, Seen};
use barewire_tcp::options::{Options, SackBlocks};
use barewire_tcp::{Flags, Segment, SeqNumber};
use libfuzzer_sys::fuzz_target;

/// Where each direction of each connection is in its stream.
type Positions = BTreeMap<(usize, Direction), u64>;

const PAYLOAD: [u8; 65_536] = [7; 65_536];
/// One segment more than fits may wait for a moment, before the waiting is over.
const SLACK: usize = 1 << 17;

fn step(
    observer: &mut Observer,
    now: &mut Duration,
    frame: u64,
    bytes: &[u8; 12],
    positions: &mut Positions,
) {
    let [who, flags, s0, s1, a0, a1, w, l0, l1, cut, time, far] = *bytes;
    let [client, server]: [IpAddr; 2] = [[10, 0, 0, 2].into(), [203, 0, 113, 80].into()];
    let port = 1000 + u16::from(who >> 1 & 3);
    let (source, destination, from, to) =
        if who & 1 == 0 { (client, server, port, 80) } else { (server, client, 80, port) };
    // Numbers near the wrap, and now and then far away.
    let number = |high: u8, low: u8, far: u8| {
        let near = (u32::MAX - 1000).wrapping_add(u32::from(high) << 8 | u32::from(low));
        SeqNumber(near.wrapping_add(u32::from(far) << 24))
    };
    let mut sack = SackBlocks::default();
    if who & 0x80 != 0 {
        sack.push(number(a1, l0, 0), number(a0, s1, 0));
        sack.push(number(s0, l1, 0), number(s1, w, 0));
    }
    let length = usize::from(u16::from_be_bytes([l0, l1])) >> (who >> 3 & 15);
    let segment = Segment {
        seq: number(s0, s1, far & 0x81),
        ack: number(a0, a1, far & 0x42),
        flags: Flags(flags),
        window: u16::from(w),
        options: Options { sack, window_scale: (w & 1 == 1).then_some(w), ..Options::default() },
        payload: &PAYLOAD[..length],
        ..Segment::empty(from, to)
    };
    *now += Duration::from_millis(u64::from(time));
    let missing = usize::from(cut >> 4) * 100;
    let seen = observer.segment(frame, *now, source, destination, &segment, missing, Verdict::Correct);
    assert_eq!(seen.length, length + missing);
    // Four connections of two directions.
    assert!(observer.waiting() <= 8 * MOST_WAITING + SLACK, "{}", observer.waiting());
    follow(positions, &seen);
    let numbers = observer.numbers(source, destination, &segment).expect("it has been seen");
    assert_eq!((numbers.connection, numbers.seq), (seen.connection, seen.seq));
}

/// Chunks and gaps follow each other.
fn follow(positions: &mut Positions, seen: &Seen<'_>) {
    let chunks = seen.chunks.iter().map(|chunk| (chunk.direction, chunk.offset, chunk.bytes.len() as u64));
    let gaps = seen.notes.iter().filter_map(|note| match note {
        Note::Gap { direction, offset, bytes, .. } => Some((*direction, *offset, *bytes)),
        _ => None,
    });
    let mut pieces: Vec<(Direction, u64, u64)> = chunks.chain(gaps).collect();
    pieces.sort_unstable();
    for (direction, offset, length) in pieces {
        let position = positions.entry((seen.connection, direction)).or_default();
        assert_eq!(offset, *position, "connection {} {direction}", seen.connection);
        *position += length;
    }
}

fuzz_target!(|bytes: &[u8]| {
    let (mut observer, mut now, mut positions) = (Observer::default(), Duration::ZERO, Positions::new());
    // A SYN tells for good which end is the client.
    for port in 0..4u8 {
        let syn = [port << 1, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        step(&mut observer, &mut now, 1, &syn, &mut positions);
    }
    for (script, frame) in bytes.as_chunks::<12>().0.iter().take(400).zip(2..) {
        step(&mut observer, &mut now, frame, script, &mut positions);
    }
    for connection in 0..observer.connections().len() {
        observer.finish(connection);
    }
    assert_eq!(observer.waiting(), 0);
});
