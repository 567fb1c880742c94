//! A retransmission that arrives out of order shows what else was lost: RFC 8985 §6.2, §7. With timestamps, as usual:
//! the echo in a SACK is that of an older segment, and says nothing about the one that has arrived (RFC 7323 §4.3).

mod common;

use std::time::Duration;

use barewire_tcp::options::Timestamps;
use barewire_tcp::{Config, SentNote};
use common::script::*;

/// Beside timestamps a segment carries so many bytes.
const SIZE: u32 = 988;

/// The number of the first byte of a segment.
fn at(segment: u32) -> u32 {
    1 + SIZE * segment
}

/// `count` segments have left, and the first one was acknowledged after 100 ms.
fn begun(count: u32) -> Script {
    let mut s = Script::with_sack(Config { timestamps: true, ..plain() });
    s.writes((count * SIZE) as usize);
    for segment in 0..count {
        s.sends(if segment == count - 1 { PA } else { A }, at(segment), Some(1), SIZE as usize);
    }
    let first = s.sent_options.timestamps.unwrap().value;
    s.waits(100);
    s.options.timestamps = Some(Timestamps { value: 2, echo: first });
    s.arrives(A, 1, at(1), b"");
    s.silent();
    s
}

/// RFC 8985 §7: the last two are lost. The probe sends the last of them again, and its SACK shows the other.
#[test]
fn rfc8985_s7_the_probe_shows_the_segment_before_it() {
    let mut s = begun(3);
    s.waits(200);
    s.sends(PA, at(2), Some(1), SIZE as usize);
    s.notes(SentNote::TailProbe);
    s.waits(100);
    s.reports(at(1), &[(at(2), at(3))]);
    s.sends(A, at(1), Some(1), SIZE as usize);
    s.notes(SentNote::RackShowsLoss);
    s.silent();
}

/// §6.2: two are lost, both are sent again, and the first is lost again. The SACK of the second shows it.
#[test]
fn rfc8985_s6_2_a_retransmission_shows_a_lost_retransmission() {
    let mut s = begun(8);
    s.reports(at(1), &[(at(3), at(8))]);
    for segment in [1, 2] {
        s.sends(A, at(segment), Some(1), SIZE as usize);
        s.notes(SentNote::RackShowsLoss);
        s.waits(1);
    }
    s.silent();
    s.waits(99);
    s.reports(at(1), &[(at(2), at(8))]);
    s.sends(A, at(1), Some(1), SIZE as usize);
    s.notes(SentNote::RackShowsLoss);
}

/// The first two are lost and sent again 1 ms apart. Gives the timestamps of both copies.
fn two_are_sent_again() -> (Script, [u32; 2]) {
    let mut s = begun(8);
    s.reports(at(1), &[(at(3), at(8))]);
    let stamps = [1, 2].map(|segment| {
        s.sends(A, at(segment), Some(1), SIZE as usize);
        s.waits(1);
        s.sent_options.timestamps.unwrap().value
    });
    assert_eq!(s.c.variables().srtt, Some(Duration::from_millis(100)));
    (s, stamps)
}

/// RFC 6298 §3, Karn: both copies have arrived, and the ACKs of them are lost. The timer sends the first for the third
/// time, and the peer's answer echoes the second copy, which was the last in order (RFC 7323 §4.3). The time since then
/// is that of our timer, and not of the path.
#[test]
fn rfc6298_s3_no_sample_where_the_ack_was_lost() {
    let (mut s, [_, second]) = two_are_sent_again();
    let (srtt, rto) = (s.c.variables().srtt, s.c.variables().rto);
    s.waits(rto.as_millis() as u64 - 1);
    s.sends(A, at(1), Some(1), SIZE as usize);
    s.waits(100);
    s.options.timestamps = Some(Timestamps { value: 3, echo: second });
    s.arrives(A, 1, at(8), b"");
    assert_eq!(
        (s.c.variables().srtt, s.c.variables().rto),
        (srtt, 2 * rto),
        "doubled until something is measured"
    );
}

/// RFC 7323 §4.1 and §4.3: one ACK that was held back answers both copies, and echoes the first. So it tells how long
/// that one took.
#[test]
fn rfc7323_s4_3_a_sample_from_what_was_sent_again() {
    let (mut s, [first, _]) = two_are_sent_again();
    s.waits(198);
    s.options.timestamps = Some(Timestamps { value: 3, echo: first });
    s.arrives(A, 1, at(8), b"");
    // 7/8 * 100 + 1/8 * 200.
    assert_eq!(s.c.variables().srtt, Some(Duration::from_micros(112_500)));
}
