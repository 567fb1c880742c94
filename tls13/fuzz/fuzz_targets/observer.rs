//! An observer that is shown anything, and has no key log: it never panics, its records follow one another without a
//! gap, every byte of them has a name, and it holds no more than it says. Each piece starts with a byte for its length
//! and its direction.
#![no_main]

#[path = "../common/seen.rs"]
mod seen;

use barewire_dissect::Direction;
use barewire_tls13::observe::Observer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (mut observer, mut rest) = (Observer::new(), bytes);
    let (mut sent, mut end) = ([0u64; 2], [0u64; 2]);
    while let Some((head, tail)) = rest.split_first() {
        let direction = Direction::BOTH[usize::from(head & 1)];
        let side = direction.index();
        let (piece, after) = tail.split_at(tail.len().min(usize::from(head >> 1) + 1));
        for seen in observer.receive(direction, sent[side], piece) {
            seen::check(&observer, &seen, &mut end[side]);
        }
        sent[side] += piece.len() as u64;
        rest = after;
    }
});
