//! The two buffers against plain arrays of bytes.

use barewire_tcp::SeqNumber;
use barewire_tcp::reassembly::Reassembly;
use barewire_tcp::send_buffer::SendBuffer;
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() }
}

fn byte_at(offset: usize) -> u8 {
    (offset.wrapping_mul(31) >> 2) as u8
}

proptest! {
    #![proptest_config(config())]

    /// Pieces of one stream in any order, overlapping as they like, come out as the stream.
    #[test]
    fn reassembly_is_an_array_with_holes(
        pieces in proptest::collection::vec((0usize..400, 0usize..60, any::<bool>()), 0..60),
    ) {
        let mut reassembly = Reassembly::default();
        let mut model = [false; 512];
        let (mut next, mut read) = (0, Vec::new());
        for (start, length, reads) in pieces {
            // The caller cuts off what is old already.
            let (start, end) = (start.max(next), (start + length).max(next));
            if start < end {
                let data: Vec<u8> = (start..end).map(byte_at).collect();
                let advanced = reassembly.insert((start - next) as u32, &data) as usize;
                model[start..end].fill(true);
                let wanted = model[next..].iter().take_while(|there| **there).count();
                prop_assert_eq!(advanced, wanted, "{}..{} with {} in order", start, end, next);
                next += advanced;
            }
            let early = model[next..].iter().filter(|there| **there).count();
            prop_assert_eq!(reassembly.out_of_order(), early);
            prop_assert_eq!(reassembly.has_gap(), early > 0);
            let mut blocks = reassembly.blocks(usize::MAX);
            blocks.sort_unstable();
            let mut runs = Vec::new();
            for at in next..model.len() {
                if model[at] && !model[at - 1] { runs.push((at - next, at - next)); }
                if model[at] && let Some((_, end)) = runs.last_mut() { *end += 1; }
            }
            let wanted: Vec<(u32, u32)> = runs.iter().map(|(a, b)| (*a as u32, *b as u32)).collect();
            prop_assert_eq!(blocks, wanted);
            if reads {
                let mut buffer = [0; 7];
                let count = reassembly.read(&mut buffer);
                read.extend_from_slice(&buffer[..count]);
            }
        }
        let mut rest = vec![0; reassembly.unread()];
        reassembly.read(&mut rest);
        read.extend(rest);
        let wanted: Vec<u8> = (0..next).map(byte_at).collect();
        prop_assert_eq!(read, wanted);
    }

    #[test]
    fn the_send_buffer_is_a_window_on_an_array(
        start: u32,
        steps in proptest::collection::vec((0usize..300, 0u32..300, 0u32..400, 0usize..300), 1..40),
    ) {
        let first = SeqNumber(start);
        let (mut buffer, mut written, mut acknowledged) = (SendBuffer::new(first, 500), 0usize, 0u32);
        for (write, acknowledge, from, length) in steps {
            let data: Vec<u8> = (written..written + write).map(byte_at).collect();
            let taken = buffer.write(&data);
            prop_assert_eq!(taken, write.min(500 - (written - acknowledged as usize)));
            written += taken;
            acknowledged = (acknowledged + acknowledge).min(written as u32);
            buffer.acknowledge(first + acknowledged);
            // An older acknowledgment changes nothing.
            buffer.acknowledge(first + acknowledged / 2);
            prop_assert_eq!(buffer.end(), first + written as u32);
            prop_assert_eq!(buffer.len(), written - acknowledged as usize);
            let from = acknowledged + from;
            let (a, b) = buffer.range(first + from, length);
            let wanted: Vec<u8> = (from as usize..(from as usize + length).min(written)).map(byte_at).collect();
            prop_assert_eq!([a, b].concat(), wanted);
        }
    }
}

/// A peer that sends single bytes with gaps between cannot make us keep more than so many pieces.
#[test]
fn pieces_are_bounded() {
    let mut reassembly = Reassembly::default();
    for at in 0..100_000u32 {
        reassembly.insert(1 + 2 * at, b"x");
    }
    assert!(reassembly.out_of_order() <= 2048, "{}", reassembly.out_of_order());
    // What fits comes out all the same.
    assert_eq!(reassembly.insert(0, b"x"), 2);
}

/// One lost segment in front of a window of megabytes: what follows it is kept, all of it.
#[test]
fn a_large_window_after_one_gap_is_kept() {
    let mut reassembly = Reassembly::default();
    for number in 1..5000u32 {
        reassembly.insert(1448 * number, &[number as u8; 1448]);
    }
    assert_eq!(reassembly.out_of_order(), 1448 * 4999);
    assert_eq!(reassembly.blocks(4), [(1448, 1448 * 5000)]);
    assert_eq!(reassembly.insert(0, &[0; 1448]), 1448 * 5000);
    let mut bytes = vec![0; 1448 * 5000];
    assert_eq!(reassembly.read(&mut bytes), bytes.len());
    assert!(bytes.chunks(1448).zip(0u32..).all(|(segment, number)| segment == [number as u8; 1448]));
}

/// RFC 2018 §4: first the block that holds the segment which has just arrived, then those that were first in the ACKs
/// before. So each block is in several ACKs, and some of them may be lost.
#[test]
fn the_blocks_reported_last_come_first() {
    let mut reassembly = Reassembly::default();
    for ahead in [10, 50, 30, 90, 70] {
        reassembly.insert(ahead, b"abcd");
    }
    assert_eq!(reassembly.blocks(4), [(70, 74), (90, 94), (30, 34), (50, 54)]);
    // More of a block that is known, and then a byte that joins two of them.
    reassembly.insert(34, b"e");
    assert_eq!(reassembly.blocks(4), [(30, 35), (70, 74), (90, 94), (50, 54)]);
    reassembly.insert(74, &[0; 16]);
    assert_eq!(reassembly.blocks(4), [(70, 94), (30, 35), (50, 54), (10, 14)]);
    // It comes twice: its block triggered the ACK all the same.
    reassembly.insert(51, b"b");
    assert_eq!(reassembly.blocks(2), [(50, 54), (70, 94)]);
    // The first gap is filled: what is in order is in no block.
    assert_eq!(reassembly.insert(0, &[0; 10]), 14);
    assert_eq!(reassembly.blocks(4), [(36, 40), (56, 80), (16, 21)]);
}
