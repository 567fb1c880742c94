//! The observer on a capture that begins in mid-connection, beside one on all of it. Where both see a head at the same
//! byte, it is the same head. `cargo +nightly fuzz run middle`
//!
//! The first byte says how many pieces the capture misses. Each piece has two bytes in front: direction and length.
#![no_main]

use barewire_http1::observe::{Direction, Observer, Seen, What};
use libfuzzer_sys::fuzz_target;

/// The heads that are seen, by direction and place.
fn heads(pieces: &[(Direction, u64, &[u8])], length: usize) -> Vec<(usize, u64, String)> {
    let mut observer = Observer::new();
    let mut heads = Vec::new();
    let mut at = [0; 2];
    let mut see = |seen: Vec<Seen>| {
        for one in seen {
            let last = &mut at[one.direction.index()];
            assert!(one.range.start <= one.range.end && *last <= one.range.end, "in order: {one:?}");
            *last = one.range.end;
            let line = match &one.what {
                What::RequestHead(_) => one.what.to_string(),
                // How long its body is depends on the request, which only one of them may have seen.
                What::ResponseHead { .. } => one.what.to_string().chars().take(3).collect(),
                _ => continue,
            };
            heads.push((one.direction.index(), one.range.start, line));
        }
    };
    for (direction, offset, piece) in pieces {
        see(observer.receive(*direction, *offset, piece));
        assert!(observer.memory() <= 4 * length + 256, "{} bytes", observer.memory());
    }
    Direction::BOTH.iter().for_each(|direction| see(observer.eof(*direction)));
    heads
}

fuzz_target!(|bytes: &[u8]| {
    let [missing, rest @ ..] = bytes else { return };
    let (mut pieces, mut next, mut rest) = (Vec::new(), [0u64; 2], rest);
    while let [way, length, more @ ..] = rest {
        let direction = Direction::BOTH[usize::from(way & 1)];
        let (piece, after) = more.split_at(usize::from(*length).min(more.len()));
        pieces.push((direction, next[direction.index()], piece));
        next[direction.index()] += piece.len() as u64;
        rest = after;
    }
    let all = heads(&pieces, bytes.len());
    let late = heads(pieces.get(usize::from(*missing)..).unwrap_or_default(), bytes.len());
    for head in &late {
        let same = all.iter().find(|one| (one.0, one.1) == (head.0, head.1));
        assert!(same.is_none_or(|same| same == head), "{head:?} and {same:?}");
    }
});
