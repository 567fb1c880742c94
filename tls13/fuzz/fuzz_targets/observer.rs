//! An observer that is shown anything: it never panics, and its records lie behind one another. Each piece starts with
//! a byte for its length and its direction.
#![no_main]

use barewire_tls13::observe::{Direction, Observer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (mut observer, mut rest) = (Observer::new(), bytes);
    let (mut sent, mut end) = ([0u64; 2], [0u64; 2]);
    while let Some((head, tail)) = rest.split_first() {
        let side = usize::from(head & 1);
        let direction = if side == 0 { Direction::ToServer } else { Direction::ToClient };
        let (piece, after) = tail.split_at(tail.len().min(usize::from(head >> 1) + 1));
        for seen in observer.receive(direction, sent[side], piece) {
            assert_eq!(seen.range.start, end[side]);
            end[side] = seen.range.end;
        }
        sent[side] += piece.len() as u64;
        rest = after;
    }
});
