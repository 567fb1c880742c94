//! What the observer keeps is bounded, whatever passes.

use std::collections::BTreeMap;

use barewire_dissect::Direction;
use barewire_tcp::observe::{GapReason, MOST_WAITING, MOST_WAITING_IN_ALL, Note, Observer, Seen};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::common::script::{A, FA, PA, R, S, SA};
use super::watch::{Watch, chunks};

/// One segment more than fits may wait for a moment, before the waiting is over.
const SLACK: usize = 1 << 16;

#[test]
fn a_connection_takes_a_small_row() {
    let bytes = Observer::BYTES_PER_CONNECTION;
    assert!(bytes <= 1280, "{bytes}");
}

/// More waits after a hole than is kept: the stream goes on without the missing bytes.
#[test]
fn too_much_waits() {
    let mut w = Watch::at_client();
    let text = vec![7; 1 << 14];
    let mut passed = None;
    for index in 0..300 {
        let seen = w.server(A, 4 + (index << 14), 1, &text);
        assert!(w.observer.waiting() < MOST_WAITING + SLACK);
        if passed.is_none() && !seen.chunks.is_empty() {
            let gap = Note::Gap {
                direction: Direction::ToClient,
                offset: 0,
                bytes: 3,
                reason: GapReason::TooMuchWaits,
            };
            assert!(seen.notes.contains(&gap), "{:?}", seen.notes);
            passed = Some(index);
        }
    }
    assert!(passed.is_some_and(|index| index << 14 <= MOST_WAITING as u32), "{passed:?}");
    assert_eq!(w.observer.waiting(), 0);
    assert_eq!(w.observer.connections()[0].stream, [0, 300 << 14]);
}

/// Single bytes with holes between them cost far more than themselves, and that is counted.
#[test]
fn single_bytes() {
    let mut w = Watch::at_client();
    for index in 0..100_000 {
        w.server(A, 2 + 2 * index, 1, b"x");
        assert!(w.observer.waiting() < MOST_WAITING + SLACK);
    }
    assert!(w.observer.waiting() > MOST_WAITING / 2);
}

/// Many connections with a hole each: those that wait longest give back what they hold, and say so later.
#[test]
fn all_connections_share_one_budget() {
    let mut w = Watch::new();
    let text = vec![7; 1 << 16];
    let connections = 2 * MOST_WAITING_IN_ALL / text.len();
    for port in 0..connections {
        w.port = 1 + port as u16;
        w.client(S, 0, 0, b"");
        w.server(SA, 0, 1, b"");
        w.server(A, 11, 1, &text[..1000]);
        w.server(A, 1011, 1, &text[1000..]);
        assert!(w.observer.waiting() < MOST_WAITING_IN_ALL + SLACK, "{}", w.observer.waiting());
    }
    w.port = 1;
    let seen = w.server(A, 1, 1, b"0123456789");
    let bytes = 10 + text.len() as u64;
    let gap = Note::Gap { direction: Direction::ToClient, offset: 0, bytes, reason: GapReason::Forgotten };
    assert!(seen.notes.contains(&gap), "{:?}", seen.notes);
    assert_eq!(chunks(&seen), []);
    assert_eq!(w.server(A, 11 + text.len() as u32, 1, b"next").chunks[0].offset, bytes);
    w.port = connections as u16;
    assert_eq!(w.server(A, 1, 1, b"0123456789").chunks.len(), 3, "the youngest still has its bytes");
    for connection in 0..connections {
        w.observer.finish(connection);
    }
    assert_eq!(w.observer.waiting(), 0);
}

/// Any segments in any order: no panic, the bound holds, chunks never overlap, and gaps account for every jump.
#[test]
fn any_segments() {
    for seed in 0..300 {
        let mut dice = ChaCha20Rng::seed_from_u64(seed);
        let mut below = |limit: u32| dice.next_u32() % limit;
        let mut w = Watch::new();
        // A SYN tells for good which end is the client.
        for port in 1..=3 {
            w.port = port;
            w.client(S, 0, 0, b"");
        }
        let mut next = BTreeMap::new();
        let text = vec![1; 3000];
        for _ in 0..400 {
            w.port = 1 + below(3) as u16;
            w.now += u64::from(below(30));
            w.missing = if below(4) == 0 { below(2000) as usize } else { 0 };
            w.window = below(3) as u16 * 500;
            if below(5) == 0 {
                w.sack = vec![(below(20_000), below(20_000)), (below(9000), below(9000))];
            }
            let flags = [S, SA, A, A, A, PA, FA, R][below(8) as usize];
            let near = |value: u32| if value.is_multiple_of(40) { value << 22 } else { value % 20_000 };
            let (seq, ack) = (near(below(800_000)), near(below(800_000)));
            let payload = &text[..below(3000) as usize];
            let seen = if below(2) == 0 {
                w.client(flags, seq, ack, payload)
            } else {
                w.server(flags, seq, ack, payload)
            };
            assert!(w.observer.waiting() < MOST_WAITING + SLACK, "seed {seed}");
            check_order(&mut next, &seen, seed);
        }
        for connection in 0..w.observer.connections().len() {
            w.observer.finish(connection);
        }
        assert_eq!(w.observer.waiting(), 0, "seed {seed}");
    }
}

/// The same from the middle of connections, of which the caller finds out now and then that they are the other way
/// round.
#[test]
fn any_segments_turned_round() {
    for seed in 0..100 {
        let mut dice = ChaCha20Rng::seed_from_u64(seed);
        let mut w = Watch::new();
        for _ in 0..300 {
            let [seq, ack, length, way] = [20_000, 20_000, 3000, 60].map(|limit| dice.next_u32() % limit);
            let payload = &[1; 3000][..length as usize];
            let seen =
                if way % 2 == 0 { w.client(A, seq, ack, payload) } else { w.server(A, seq, ack, payload) };
            if way < 2 {
                w.observer.turn_round(seen.connection);
            }
        }
        w.observer.finish(0);
        assert_eq!(w.observer.waiting(), 0, "seed {seed}");
    }
}

/// Chunks and gaps of a direction follow each other without overlap.
fn check_order(next: &mut BTreeMap<(usize, Direction), u64>, seen: &Seen<'_>, seed: u64) {
    let chunks = seen.chunks.iter().map(|chunk| (chunk.direction, chunk.offset, chunk.bytes.len() as u64));
    let gaps = seen.notes.iter().filter_map(|note| match note {
        Note::Gap { direction, offset, bytes, .. } => Some((*direction, *offset, *bytes)),
        _ => None,
    });
    let mut pieces: Vec<(Direction, u64, u64)> = chunks.chain(gaps).collect();
    pieces.sort_unstable();
    for (direction, offset, length) in pieces {
        let next = next.entry((seen.connection, direction)).or_default();
        assert_eq!(offset, *next, "seed {seed}: connection {} {direction}", seen.connection);
        *next = offset + length;
    }
}
