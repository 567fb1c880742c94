//! Any bytes as a TCP segment: read, written again to the same bytes, cut at every place as a capture cuts, and sent in
//! a packet of its own. The first byte says whether the data offset is made to fit, so that options are reached.
#![no_main]

use std::net::IpAddr;

use barewire_packet::checksum::Verdict;
use barewire_tcp::packet::{self, Payload};
use barewire_tcp::{Segment, options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else { return };
    let mut bytes = rest.to_vec();
    if let Some(offset) = bytes.get_mut(12).filter(|_| first & 1 == 1) {
        *offset = 5 + (first >> 1) % 11 << 4 | *offset & 15;
    }
    let segment = match Segment::parse(&bytes) {
        Ok(segment) => segment,
        Err(refused) => return assert!(refused.offset <= bytes.len(), "{refused}"),
    };
    let mut again = Vec::new();
    segment.write(&mut again);
    assert_eq!(again, bytes, "written as it was read");
    assert!(options::list(segment.option_bytes).is_ok());
    for cut in 20..bytes.len() {
        captured(&segment, &bytes, cut);
    }
    if segment.option_bytes.is_empty() && segment.reserved == 0 {
        sent(&segment);
    }
});

/// The first `cut` bytes of a segment tell as much of it as is there.
fn captured(whole: &Segment<'_>, bytes: &[u8], cut: usize) {
    let missing = bytes.len() - cut;
    let (part, missing_text) = Segment::parse_captured(&bytes[..cut], missing).expect("its header reads");
    assert_eq!(
        (part.seq, part.ack, part.flags, part.window),
        (whole.seq, whole.ack, whole.flags, whole.window)
    );
    assert_eq!(part.payload.len() + missing_text, whole.payload.len());
    assert!(whole.payload.starts_with(part.payload));
    assert!(whole.option_bytes.starts_with(part.option_bytes));
}

/// The segment goes out in an IP packet and is read there: the same segment, with a right checksum and every byte
/// named.
fn sent(segment: &Segment<'_>) {
    let ends: [[IpAddr; 2]; 2] = [
        [[10, 0, 0, 2].into(), [203, 0, 113, 80].into()],
        [[0xfd00, 0, 0, 0, 0, 0, 0, 1].into(), [0xfd00, 0, 0, 0, 0, 0, 0, 2].into()],
    ];
    for [source, destination] in ends {
        let packet = Segment { urgent_pointer: 0, ..segment.clone() }.ip_packet(source, destination);
        let (parsed, tree) = packet::dissect(&packet);
        let parsed = parsed.expect("what we write reads");
        assert_eq!((tree.check_coverage(), parsed.verdict), (Ok(()), Verdict::Correct));
        let Payload::Tcp(read) = parsed.payload else { panic!("TCP") };
        assert_eq!(
            Segment { checksum: segment.checksum, urgent_pointer: segment.urgent_pointer, ..read },
            *segment
        );
    }
}
