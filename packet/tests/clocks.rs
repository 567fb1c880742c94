//! The clocks of pcapng interfaces: ticks of any unit, offsets, and times beyond what can be said.

mod common;

use std::time::Duration;

use barewire_packet::capture::Capture;
use common::blocks::Blocks;
use common::{conversation, judges};

const LITTLE: Blocks = Blocks { big: false };
const BIG: Blocks = Blocks { big: true };
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;

fn read(blocks: &[Vec<u8>]) -> Capture {
    Capture::read(&blocks.concat()).unwrap_or_else(|error| panic!("{error}"))
}

/// pcapng §4.2, if_tsresol and if_tsoffset: units of any size, and an offset in seconds.
fn clocks(order: Blocks) -> Vec<u8> {
    let offset = |seconds: i64| if order.big { seconds.to_be_bytes() } else { seconds.to_le_bytes() };
    let clocks: [&[(u16, &[u8])]; 7] = [
        &[],
        &[(IF_TSRESOL, &[9])],
        &[(IF_TSRESOL, &[0x8a])],
        &[(IF_TSRESOL, &[3])],
        &[(IF_TSOFFSET, &offset(1_000))],
        &[(IF_TSOFFSET, &offset(-1_000)), (IF_TSRESOL, &[0])],
        &[(IF_TSRESOL, &[7])],
    ];
    let mut file = order.section();
    clocks.iter().for_each(|options| file.extend(order.interface(101, 0, options)));
    let [packet, ..] = conversation();
    (0..clocks.len()).for_each(|id| file.extend(order.enhanced(id as u32, 1_234_567_891_234, &packet, &[])));
    file
}

const TIMES: [(u64, u32); 7] = [
    (1_234_567, 891_234_000),
    (1_234, 567_891_234),
    (1_205_632_706, 283_203_125),
    (1_234_567_891, 234_000_000),
    (1_235_567, 891_234_000),
    (1_234_567_890_234, 0),
    (123_456, 789_123_400),
];

#[test]
fn clocks_of_any_unit() {
    for order in [LITTLE, BIG] {
        let capture = Capture::read(&clocks(order)).unwrap();
        let times: Vec<_> =
            capture.frames.iter().map(|frame| (frame.time.as_secs(), frame.time.subsec_nanos())).collect();
        assert_eq!(times, TIMES);
    }
}

#[test]
fn tshark_reads_the_same_clocks() {
    if !judges::can_run("tshark_reads_the_same_clocks", &["tshark"]) {
        return;
    }
    for order in [LITTLE, BIG] {
        let theirs = judges::tshark("clocks", &clocks(order), &[], &["frame.time_epoch"]);
        let ours: Vec<Vec<String>> =
            TIMES.iter().map(|(seconds, nanos)| vec![format!("{seconds}.{nanos:09}")]).collect();
        assert_eq!(theirs, ours);
    }
}

/// Ticks of a second reach far beyond what 64 bits of nanoseconds can say, and an offset can reach before the epoch.
#[test]
fn times_beyond_what_can_be_said() {
    let before = (-5i64).to_le_bytes();
    let after = i64::MAX.to_le_bytes();
    for (options, stamp, wanted) in [
        (&[(IF_TSRESOL, &[0][..])][..], 99 << 32, Duration::from_secs(99 << 32)),
        (&[(IF_TSRESOL, &[0]), (IF_TSOFFSET, &before)], 3, Duration::ZERO),
        // Units that 64 bits cannot count in are taken as nanoseconds.
        (&[(IF_TSRESOL, &[0xc0])], 5, Duration::from_nanos(5)),
        (&[(IF_TSRESOL, &[20])], 5, Duration::from_nanos(5)),
        (&[(IF_TSRESOL, &[0xbf])], u64::MAX, Duration::new(1, 999_999_999)),
        (&[(IF_TSRESOL, &[0]), (IF_TSOFFSET, &after)], u64::MAX, Duration::from_secs(u64::MAX)),
    ] {
        let capture = read(&[
            LITTLE.section(),
            LITTLE.interface(101, 0, options),
            LITTLE.enhanced(0, stamp, b"x", &[]),
        ]);
        assert_eq!(capture.frames[0].time, wanted);
        let written = Capture::read(&capture.write()).unwrap();
        assert_eq!(written.frames[0].time, wanted.min(Duration::from_nanos(u64::MAX)));
    }
}
