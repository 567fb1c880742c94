//! The observer on pieces from anywhere in both streams. `cargo +nightly fuzz run observer`
//!
//! Each piece has three bytes in front: its direction and its length, and how far it jumps in its stream.
#![no_main]

use barewire_http1::observe::{Direction, Observer, looks_like_http1};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut observer = Observer::new();
    let mut next = [0u64; 2];
    let mut rest = bytes;
    while let [way, length, jump, more @ ..] = rest {
        let direction = Direction::BOTH[usize::from(way & 1)];
        let length = usize::from(*length).min(more.len());
        let (piece, after) = more.split_at(length);
        // Most pieces follow the one before; some overlap it, and some leave a gap.
        let jump = if way & 2 == 0 { 0 } else { i64::from(*jump as i8) };
        let offset = next[direction.index()].saturating_add_signed(jump);
        let mut at = None;
        for seen in observer.receive(direction, offset, piece) {
            assert_eq!(seen.direction, direction);
            assert!(seen.range.start <= seen.range.end, "{seen:?}");
            assert!(at <= Some(seen.range.end), "in order: {seen:?}");
            at = Some(seen.range.end);
            let _ = seen.what.to_string();
        }
        looks_like_http1(piece, direction);
        next[direction.index()] = offset.saturating_add(length as u64);
        let _ = observer.states().map(|state| state.to_string());
        assert!(observer.memory() <= 4 * bytes.len() + 256, "{} bytes", observer.memory());
        rest = after;
    }
    for direction in Direction::BOTH {
        observer.eof(direction);
        assert_eq!(observer.eof(direction), [], "the end is said once");
    }
});
