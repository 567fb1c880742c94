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
