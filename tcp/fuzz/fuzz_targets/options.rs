//! Any bytes as an option list: read one by one they are written again to the same bytes, read into fields they mean
//! the same, in a header every one of them has a name, and what the fields say is written, and read again, the same.
#![no_main]

use std::net::IpAddr;

use barewire_tcp::options::{MAX_LENGTH, Options, TcpOption, list};
use barewire_tcp::packet::{self, Packet, Payload};
use barewire_tcp::{Segment, SeqNumber};
use libfuzzer_sys::fuzz_target;

const ENDS: [IpAddr; 2] =
    [IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)), IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 80))];

/// What the options of a list say together: of two equal ones the last counts.
fn together(list: &[TcpOption<'_>]) -> Options {
    let mut options = Options::default();
    for option in list {
        match option {
            TcpOption::MaximumSegmentSize(size) => options.maximum_segment_size = Some(*size),
            TcpOption::WindowScale(shift) => options.window_scale = Some(*shift),
            TcpOption::SackPermitted => options.sack_permitted = true,
            TcpOption::Sack(blocks) => options.sack = *blocks,
            TcpOption::Timestamps(timestamps) => options.timestamps = Some(*timestamps),
            TcpOption::FastOpen(fast_open) => options.fast_open = Some(*fast_open),
            TcpOption::End(_) | TcpOption::NoOperation | TcpOption::Unknown { .. } => {}
        }
    }
    options
}

/// A packet whose TCP header has these bytes for its options, which are a multiple of four.
fn packet_with(options: &[u8]) -> Vec<u8> {
    let mut bytes = Segment { seq: SeqNumber(7), ..Segment::empty(1, 2) }.ip_packet(ENDS[0], ENDS[1]);
    bytes.extend_from_slice(options);
    let length = bytes.len() as u16;
    bytes[2..4].copy_from_slice(&length.to_be_bytes());
    bytes[10..12].fill(0);
    let sum = barewire_packet::checksum::checksum(&bytes[..20]);
    bytes[10..12].copy_from_slice(&sum.to_be_bytes());
    bytes[32] = ((20 + options.len()) as u8 / 4) << 4;
    bytes
}

/// Written from their fields options begin on whole words, so not all lists fit once more.
fn fits(options: &Options) -> bool {
    let blocks = options.sack.as_slice().len();
    let fixed = if options.timestamps.is_some() { 12 } else { 4 * usize::from(options.sack_permitted) };
    let one_word = [options.maximum_segment_size.is_some(), options.window_scale.is_some()];
    let small = 4 * one_word.into_iter().filter(|is_there| *is_there).count();
    // The longest cookie fits beside all but the blocks.
    blocks == 0 || options.fast_open.is_none() && fixed + small + 4 + 8 * blocks <= MAX_LENGTH
}

fuzz_target!(|bytes: &[u8]| {
    match list(bytes) {
        Ok(found) => {
            let mut again = Vec::new();
            found.iter().for_each(|option| option.write(&mut again));
            assert_eq!(again, bytes, "written as they were read");
        }
        Err(refused) => assert!(refused.offset <= bytes.len(), "{refused}"),
    }
    let whole_words = &bytes[..bytes.len().min(MAX_LENGTH) / 4 * 4];
    let packet = packet_with(whole_words);
    let (parsed, tree) = packet::dissect(&packet);
    let found = list(whole_words);
    assert_eq!(parsed.is_ok(), found.is_ok(), "a header reads when its options do");
    let (Ok(Packet { payload: Payload::Tcp(segment), .. }), Ok(found)) = (parsed, found) else { return };
    assert_eq!(tree.check_coverage(), Ok(()));
    assert_eq!(segment.options, together(&found));
    if fits(&segment.options) {
        let written = Segment { option_bytes: &[], ..segment.clone() }.ip_packet(ENDS[0], ENDS[1]);
        let Ok(Packet { payload: Payload::Tcp(again), .. }) = Packet::parse(&written) else {
            panic!("it reads")
        };
        assert_eq!(again.options, segment.options, "the same meaning");
    }
});
