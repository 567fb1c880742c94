//! Loss recovery step by step, with a peer that reports what arrives out of order: RFC 2018, 2883, 6675, 6937, 8985,
//! and false alarms (RFC 3522, 3708). Without SACK: `recovery.rs`.

mod common;

use std::time::Duration;

use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::congestion::controller::{Phase, Repair};
use barewire_tcp::options::Timestamps;
use barewire_tcp::{Config, SentNote};
use common::script::*;

/// SACK without RACK: RFC 6675 alone.
fn by_count() -> Config {
    Config { rack: false, ..plain() }
}

// RFC 6675.

/// §4, IsLost: more than two segments' worth of bytes after it have arrived.
#[test]
fn rfc6675_s4_is_lost() {
    let mut s = Script::with_sack(by_count());
    s.sends_thousands(1, 7);
    s.reports(1001, &[(2001, 4001)]);
    s.silent();
    s.reports(1001, &[(2001, 5001)]);
    s.sends(A, 1001, Some(1), 1000);
    s.notes(SentNote::SackShowsLoss);
    s.silent();
    assert_eq!(s.c.variables().repair, Repair::FastRecovery);
    // HighRxt: it goes once.
    s.reports(1001, &[(2001, 6001)]);
    s.silent();
    s.arrives(A, 1, 7001, b"");
    s.silent();
    assert_eq!(s.c.variables().repair, Repair::None);
}

/// §4, SetPipe: neither what has arrived nor what is lost is in the network; what was sent again is.
#[test]
fn rfc6675_s4_pipe() {
    let mut s = Script::with_sack(by_count());
    s.sends_thousands(1, 9);
    s.reports(1, &[(3001, 4001), (5001, 8001)]);
    // 9 in flight, 4 arrived. After each of 1, 1001 and 2001 there are 4, and after 4001 there are 3.
    assert_eq!(s.c.variables().pipe, 1000, "only 8001 is on its way");
    s.sends(A, 1, Some(1), 1000);
    assert_eq!(s.c.variables().pipe, 2000);
}

/// RFC 2018 §8: the peer may drop what it has reported. When the timer shows it, the reports are forgotten.
#[test]
fn rfc2018_s8_reneging() {
    let mut s = Script::with_sack(by_count());
    s.sends_thousands(1, 4);
    s.waits(100);
    s.reports(1, &[(1001, 4001)]);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 1001, b"");
    assert_eq!(s.c.variables().pipe, 0);
    s.silent();
    s.waits(300);
    s.sends(A, 1001, Some(1), 1000);
    s.arrives(A, 1, 2001, b"");
    s.sends(A, 2001, Some(1), 1000);
    s.sends(PA, 3001, Some(1), 1000);
    s.arrives(A, 1, 4001, b"");
    assert_eq!(s.c.deadline(), None);
}

/// Blocks that no honest receiver sends change nothing.
#[test]
fn rfc2018_s4_false_blocks() {
    for rack in [false, true] {
        let mut s = Script::with_sack(Config { rack, ..plain() });
        s.sends_thousands(1, 6);
        s.arrives(A, 1, 1001, b"");
        let before = (s.c.variables(), s.c.deadline());
        for blocks in [
            [(7001, 90_001)],
            [(2001, 90_001)],
            [(5001, 2001)],
            [(3001, 3001)],
            [(2001, 2500)],
            [(0u32.wrapping_sub(5000), 6001)],
        ] {
            s.reports(1001, &blocks);
            s.silent();
            assert_eq!((s.c.variables(), s.c.deadline()), before, "{blocks:?}");
        }
    }
}

/// The peer reports the first segment and does not acknowledge it, closes its window, and a probe cuts that segment.
#[test]
fn rfc2018_s8_a_probe_of_what_was_reported() {
    for rack in [false, true] {
        let mut s = Script::with_sack(Config { rack, ..plain() });
        s.sends_thousands(1, 2);
        s.waits(100);
        s.window = 0;
        s.reports(1, &[(1, 2001)]);
        s.silent();
        s.waits(300);
        s.sends(A, 1, Some(1), 1);
        s.notes(SentNote::WindowProbe);
        s.window = 60_000;
        s.arrives(A, 1, 2001, b"");
        s.silent();
        assert_eq!((s.c.variables().pipe, s.c.deadline()), (0, None));
    }
}

/// RFC 5681 §3.1: a timeout in a repair does not raise the threshold, though much more than a window is not yet
/// acknowledged: SACK has reported it, and what has arrived is not in the network.
#[test]
fn rfc5681_s3_1_a_timeout_in_a_long_repair() {
    for congestion in [CongestionControl::Reno, CongestionControl::Cubic] {
        let mut s = Script::with_sack(Config { congestion, ..by_count() });
        s.writes(60_000);
        s.skip();
        for end in 4..40 {
            // The first segment is lost, and so is its retransmission.
            s.reports(1, &[(1001, 1 + 1000 * end)]);
            s.skip();
            s.waits(4);
            s.skip();
        }
        let before = s.c.variables();
        assert!(before.snd.in_flight() > 2 * before.cwnd, "{before}");
        s.waits(300);
        let after = s.c.variables();
        assert_eq!((after.repair, after.cwnd), (Repair::AfterTimeout, 1000));
        assert!(after.ssthresh <= before.ssthresh, "from {before} to {after}");
    }
}

// RFC 6937 §3.1, the two examples: twenty segments in flight, one or fifteen of them lost.

/// What leaves after each ACK, in the letters of the RFC's figure, and the pipe at the end.
fn sent_after_each_ack(lost: u32) -> (Vec<String>, u32) {
    let mut s = Script::with_sack(Config { initial_window: 20, ..by_count() });
    s.writes(60_000);
    for i in 0..20 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.silent();
    let mut nxt = s.c.variables().snd.nxt;
    let mut row = Vec::new();
    for arrived in lost..20 {
        s.reports(1, &[(1 + 1000 * lost, 1001 + 1000 * arrived)]);
        let mut sent = String::new();
        while let Some(transmit) = s.c.transmit(s.now) {
            let is_new = s.c.variables().snd.nxt != nxt;
            nxt = s.c.variables().snd.nxt;
            assert!(transmit.packet.len() > 1000);
            sent.push(if is_new { 'N' } else { 'R' });
        }
        row.push(sent);
    }
    (row, s.c.variables().pipe)
}

/// The figure has the last two at ACKs 18 and 19, one more than its own formula gives after ACK 17. So the row is
/// compared up to 15, and what is in the network at the end is the threshold.
#[test]
fn rfc6937_s3_1_one_loss() {
    let (row, pipe) = sent_after_each_ack(1);
    assert_eq!(row[..15].join(" "), "N N R  N  N  N  N  N  N");
    assert_eq!(pipe, 10_000, "{row:?}");
}

#[test]
fn rfc6937_s3_1_fifteen_losses() {
    let (row, pipe) = sent_after_each_ack(15);
    assert_eq!(row, ["N", "N", "RR", "RR", "RR"]);
    assert_eq!(pipe, 8000, "6 in the figure, and then the two that leave");
}

// RFC 8985 §6, RACK.

/// §6.2 step 4: no reordering was seen, and three segments have arrived: the window is zero.
#[test]
fn rfc8985_s6_2_three_segments_are_enough() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 5);
    s.waits(100);
    s.reports(1, &[(1001, 4001)]);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::RackShowsLoss);
    s.silent();
}

/// §6.2 step 4: before that a quarter of the least round trip.
#[test]
fn rfc8985_s6_2_the_reordering_window() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 3);
    s.waits(100);
    s.reports(1, &[(1001, 3001)]);
    s.silent();
    s.waits(24);
    s.silent();
    s.waits(1);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::RackShowsLoss);
}

/// §6.2 step 5: a retransmission that was lost is found as well.
#[test]
fn rfc8985_s6_2_a_lost_retransmission() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 5);
    s.waits(100);
    s.reports(1, &[(1001, 5001)]);
    s.sends(A, 1, Some(1), 1000);
    s.waits(1);
    s.sends_thousands(5001, 1);
    s.waits(100);
    s.reports(1, &[(1001, 6001)]);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::RackShowsLoss);
}

/// §6.2 step 3: a segment that was sent once arrives after a later one. From then on the window stays open.
#[test]
fn rfc8985_s6_2_reordering_seen() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 2);
    s.waits(100);
    s.reports(1, &[(1001, 2001)]);
    s.silent();
    s.waits(10);
    s.arrives(A, 1, 2001, b"");
    s.silent();
    assert_eq!(s.c.variables().repair, Repair::None);
    s.sends_thousands(2001, 5);
    s.waits(100);
    s.reports(2001, &[(3001, 7001)]);
    s.silent();
    s.waits(24);
    s.silent();
    s.waits(1);
    s.sends(A, 2001, Some(1), 1000);
}

/// How long after a report of the later ones the first of two segments goes out again, in ms.
fn patience(s: &mut Script, seq: u32) -> u64 {
    s.sends_thousands(seq, 2);
    s.waits(100);
    s.reports(seq, &[(seq + 1000, seq + 2000)]);
    s.silent();
    let patience = s.c.deadline().unwrap().duration_since(s.now).as_millis() as u64;
    s.waits(patience);
    s.sends(A, seq, Some(1), 1000);
    s.notes(SentNote::RackShowsLoss);
    s.waits(100);
    patience
}

/// §6.2 step 4: a report of a duplicate widens the window by a quarter of the round trip, for sixteen repairs.
#[test]
fn rfc8985_s6_2_wider_after_a_duplicate() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 2);
    s.waits(100);
    s.reports(1, &[(1001, 2001)]);
    s.waits(10);
    s.arrives(A, 1, 2001, b"");
    let mut seq = 2001;
    assert_eq!(patience(&mut s, seq), 25);
    // What was sent twice has come twice.
    s.reports(seq + 2000, &[(seq, seq + 1000)]);
    let widened: Vec<u64> = (0..17)
        .map(|_| {
            seq += 2000;
            let patience = patience(&mut s, seq);
            s.arrives(A, 1, seq + 2000, b"");
            patience
        })
        .collect();
    assert_eq!(widened, [[50; 16].as_slice(), &[25]].concat());
}

/// §6.3: when the timer runs out, what has left only just now may still arrive.
#[test]
fn rfc8985_s6_3_the_timer_spares_what_is_young() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 2);
    s.waits(200);
    s.sends(PA, 1001, Some(1), 1000);
    s.notes(SentNote::TailProbe);
    s.waits(250);
    s.sends_thousands(2001, 1);
    s.waits(50);
    assert_eq!(s.c.variables().pipe, 1000, "the third is on its way");
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::TimerRanOut { times: 1, after: Duration::from_millis(300) });
}

// RFC 8985 §7, the tail loss probe.

/// §7.2 and §7.3: two round trips after the last segment it goes out again.
#[test]
fn rfc8985_s7_3_the_last_segment() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 3);
    s.waits(199);
    s.silent();
    s.waits(1);
    s.sends(PA, 2001, Some(1), 1000);
    s.notes(SentNote::TailProbe);
    // §7.2: no second probe while one is out. The timer starts over.
    s.waits(299);
    s.silent();
    s.waits(1);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::TimerRanOut { times: 1, after: Duration::from_millis(300) });
}

/// §7.3: new text goes, if there is any, whatever the congestion window says.
#[test]
fn rfc8985_s7_3_new_text_goes_first() {
    let mut s = Script::with_sack(plain());
    s.writes(12_000);
    for i in 0..10 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
    }
    s.silent();
    s.waits(200);
    s.sends(A, 10_001, Some(1), 1000);
    s.notes(SentNote::TailProbe);
    s.silent();
}

/// §7.2: the peer may hold back the ACK of a single segment. The timer is a limit.
#[test]
fn rfc8985_s7_2_a_single_segment_waits_longer() {
    for (margin, wanted) in [(1000, 400), (200, 300)] {
        let mut s = Script::with_sack(Config { rto_margin: Duration::from_millis(margin), ..plain() });
        s.sends_thousands(1, 1);
        s.waits(wanted - 1);
        s.silent();
        s.waits(1);
        s.sends(PA, 1, Some(1), 1000);
        s.notes(SentNote::TailProbe);
    }
}

/// §7.2: an ACK that comes before the probe has left sets its timer anew, and the probe does not leave.
#[test]
fn rfc8985_s7_2_an_ack_in_the_last_moment() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 3);
    s.waits(200);
    s.arrives(A, 1, 2001, b"");
    s.silent();
    s.waits(225);
    s.silent();
    s.waits(200);
    s.sends(PA, 2001, Some(1), 1000);
    s.notes(SentNote::TailProbe);
}

/// An ACK that closes the window calls the probe of the tail off: probes of the window ask instead.
#[test]
fn rfc8985_s7_2_a_window_that_closes() {
    let mut s = Script::with_sack(Config { rto_margin: Duration::from_secs(1), ..plain() });
    s.sends_thousands(1, 3);
    s.window = 0;
    s.waits(100);
    s.arrives(A, 1, 1001, b"");
    s.silent();
    assert_eq!(s.c.deadline(), Some(s.now + Duration::from_millis(1100)), "it wakes for nothing else");
    s.waits(1100);
    s.sends(A, 1001, Some(1), 1);
    s.notes(SentNote::WindowProbe);
}

/// RFC 9293 §3.8.6: the FIN takes a number, so a window that has shrunk to the text before it keeps it back.
#[test]
fn rfc9293_s3_8_6_a_probe_with_the_fin_stays_in_the_window() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 1);
    s.closes();
    s.sends(FA, 1001, Some(1), 0);
    s.window = 1000;
    s.arrives(A, 1, 1, b"");
    s.waits(200);
    s.silent();
    s.waits(300);
    s.sends(PA, 1, Some(1), 1000);
    s.silent();
    s.arrives(A, 1, 1001, b"");
    s.sends(FA, 1001, Some(1), 0);
}

/// §7.4.2: the probe has repaired a loss that nobody else has noticed. The window shrinks once.
#[test]
fn rfc8985_s7_4_2_the_probe_repaired_a_loss() {
    for both_arrived in [false, true] {
        let mut s = Script::with_sack(plain());
        s.sends_thousands(1, 3);
        s.waits(200);
        s.sends(PA, 2001, Some(1), 1000);
        s.waits(100);
        s.arrives(A, 1, 3001, b"");
        let before = s.c.variables().cwnd;
        if both_arrived {
            s.reports(3001, &[(2001, 3001)]);
        }
        s.sends_thousands(3001, 1);
        s.waits(100);
        s.arrives(A, 1, 4001, b"");
        assert_eq!(s.c.variables().cwnd < before, !both_arrived, "cwnd {}", s.c.variables().cwnd);
    }
}

/// §7.4.2: the probe has repaired a loss, and the window shrinks for it. A late report that an earlier repair was for
/// nothing does not take that back.
#[test]
fn rfc8985_s7_4_2_an_older_false_alarm_does_not_undo_it() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 5);
    s.waits(100);
    s.reports(1, &[(1001, 5001)]);
    s.sends(A, 1, Some(1), 1000);
    s.arrives(A, 1, 5001, b"");
    s.waits(100);
    s.sends_thousands(5001, 2);
    s.waits(100);
    s.arrives(A, 1, 6001, b"");
    s.waits(400);
    s.sends(PA, 6001, Some(1), 1000);
    s.notes(SentNote::TailProbe);
    s.waits(100);
    s.arrives(A, 1, 7001, b"");
    s.sends_thousands(7001, 1);
    s.waits(100);
    s.arrives(A, 1, 8001, b"");
    let after = s.c.variables();
    s.sends_thousands(8001, 1);
    s.reports(8001, &[(1, 1001)]);
    assert_eq!((s.c.variables().cwnd, s.c.variables().ssthresh), (after.cwnd, after.ssthresh));
}

// False alarms.

/// Eifel, RFC 3522 §3.2 and RFC 4015 §3.2: the first ACK echoes a time before the retransmission.
#[test]
fn rfc3522_s3_2_the_timer_was_too_quick() {
    let mut s = Script::with_sack(Config { timestamps: true, ..plain() });
    s.writes(3952);
    for i in 0..4 {
        s.sends(if i == 3 { PA } else { A }, 1 + 988 * i, Some(1), 988);
    }
    let sent = s.sent_options.timestamps.unwrap().value;
    let before = s.c.variables();
    s.waits(200);
    s.sends(PA, 2965, Some(1), 988);
    s.notes(SentNote::TailProbe);
    s.waits(300);
    s.sends(A, 1, Some(1), 988);
    assert_eq!(s.c.variables().repair, Repair::AfterTimeout);
    assert!(s.c.variables().cwnd < before.cwnd);
    s.options.timestamps = Some(Timestamps { value: 2, echo: sent });
    s.arrives(A, 1, 989, b"");
    // The rest had only been late as well: it does not go out again.
    s.silent();
    let after = s.c.variables();
    assert_eq!((after.repair, after.ssthresh), (Repair::None, before.ssthresh));
    assert!(after.cwnd >= before.cwnd, "cwnd {} after {}", after.cwnd, before.cwnd);
}

/// RFC 3522 §3.2: the first ACK after the repair began decides. Where that says that the loss was real, a later one
/// whose echo is older changes nothing: another segment may have been late.
#[test]
fn rfc3522_s3_2_the_first_ack_decides() {
    let mut s = Script::with_sack(Config { timestamps: true, ..plain() });
    s.writes(5928);
    for i in 0..6 {
        s.sends(if i == 5 { PA } else { A }, 1 + 988 * i, Some(1), 988);
    }
    let first_sent = s.sent_options.timestamps.unwrap().value;
    let before = s.c.variables();
    s.waits(100);
    s.reports(1, &[(1977, 5929)]);
    for i in 0..2 {
        s.sends(A, 1 + 988 * i, Some(1), 988);
    }
    let again = s.sent_options.timestamps.unwrap().value;
    s.waits(100);
    for (ack, echo) in [(989, again), (1977, first_sent)] {
        s.options.timestamps = Some(Timestamps { value: 2, echo });
        s.reports(ack, &[(1977, 5929)]);
    }
    let after = s.c.variables();
    assert_eq!(after.repair, Repair::FastRecovery);
    assert!(after.ssthresh < before.ssthresh && after.cwnd < before.cwnd, "{after}");
}

/// RFC 3708 §2: what was sent twice has come twice.
#[test]
fn rfc3708_s2_all_came_twice() {
    let mut s = Script::with_sack(by_count());
    s.sends_thousands(1, 6);
    let before = s.c.variables();
    s.reports(1, &[(2001, 6001)]);
    s.sends(A, 1, Some(1), 1000);
    s.sends(A, 1001, Some(1), 1000);
    assert!(s.c.variables().cwnd < before.cwnd);
    s.arrives(A, 1, 6001, b"");
    s.reports(6001, &[(1, 1001)]);
    assert!(s.c.variables().cwnd < before.cwnd, "one of two");
    s.reports(6001, &[(1001, 2001)]);
    let after = s.c.variables();
    assert_eq!((after.repair, after.ssthresh), (Repair::None, before.ssthresh));
    assert!(after.cwnd >= before.cwnd);
}

// RFC 2883: the receiver reports what came twice. Its examples, the numbers less 499.

fn receives(s: &mut Script, from: u32, to: u32) {
    let text = common::pattern(10_000);
    s.arrives(A, from, 1, &text[from as usize..to as usize]);
}

/// The segments arrive, and the last ACK says this.
#[track_caller]
fn tells(segments: &[(u32, u32)], ack: u32, blocks: &[(u32, u32)]) {
    let mut s = Script::with_sack(plain());
    for (from, to) in segments {
        s.skip();
        receives(&mut s, *from, *to);
    }
    s.sends(A, 1, Some(ack), 0);
    assert_eq!(s.reported(), blocks, "after {segments:?}");
    s.silent();
    // It is told once.
    receives(&mut s, 9000, 9001);
    s.sends(A, 1, Some(ack), 0);
    let again = s.reported();
    assert_eq!(again.first(), Some(&(9000, 9001)));
    assert!(blocks.len() < 2 || again.get(1) != blocks.first(), "{again:?}");
}

#[test]
fn rfc2883_s4_1_1_a_duplicate_segment() {
    tells(&[(1, 501), (501, 1001), (1, 501)], 1001, &[(1, 501)]);
}

#[test]
fn rfc2883_s4_1_2_a_gap_and_a_duplicate() {
    tells(&[(1, 501), (501, 1001), (1501, 2001), (1, 501)], 1001, &[(1, 501), (1501, 2001)]);
}

#[test]
fn rfc2883_s4_1_3_a_duplicate_of_an_early_segment() {
    tells(&[(1, 501), (1001, 1501), (1501, 2001), (1501, 2001)], 501, &[(1501, 2001), (1001, 2001)]);
}

#[test]
fn rfc2883_s4_2_1_a_part_comes_twice() {
    tells(&[(1, 501), (1501, 2001), (501, 1001), (501, 1501)], 2001, &[(501, 1001)]);
}

#[test]
fn rfc2883_s4_2_2_two_parts_come_twice() {
    tells(
        &[(1, 501), (2501, 3001), (501, 1001), (1501, 2001), (501, 2001)],
        2001,
        &[(501, 1001), (2501, 3001)],
    );
}

/// As the RFC's prose has it. (Its table lets 2000-2499 arrive where 2500-2999 is meant.)
#[test]
fn rfc2883_s4_2_3_two_early_parts_come_twice() {
    tells(
        &[(1, 501), (3001, 3501), (1001, 1501), (2001, 2501), (1001, 2501)],
        501,
        &[(1001, 1501), (1001, 2501), (3001, 3501)],
    );
}

/// A segment whose numbers lie further back than any window reaches is answered, but not reported: half a circle away
/// the report would seem to speak of numbers that are still to come.
#[test]
fn rfc2883_s4_numbers_far_back_are_not_reported() {
    let largest = 65_535 << 14;
    for (back, is_reported) in [(largest, true), (largest + 1, false), ((1 << 31) - 1, false)] {
        let mut s = Script::with_sack(plain());
        let first = 1u32.wrapping_sub(back);
        s.arrives(A, first, 1, b"x");
        s.sends(A, 1, Some(1), 0);
        let blocks = if is_reported { vec![(first, first.wrapping_add(1))] } else { Vec::new() };
        assert_eq!(s.reported(), blocks, "{back} bytes back");
    }
}

/// RFC 5681 §3.2 step 1: to a sender with SACK a duplicate ACK without a new block says nothing. It does not let new
/// text go.
#[test]
fn rfc5681_s3_2_a_duplicate_without_news_lets_nothing_go() {
    for rack in [false, true] {
        let mut s = Script::with_sack(Config { rack, ..plain() });
        s.writes(40_000);
        for i in 0..10 {
            s.sends(A, 1 + 1000 * i, Some(1), 1000);
        }
        s.waits(100);
        for _ in 0..5 {
            s.arrives(A, 1, 1, b"");
            s.silent();
        }
        s.reports(1, &[(1001, 2001)]);
        s.sends(A, 10_001, Some(1), 1000);
        s.silent();
        s.reports(1, &[(1001, 2001)]);
        s.silent();
    }
}

/// RFC 5681 §4.3: losses in two windows, one after the other, are two signs of congestion.
#[test]
fn rfc5681_s4_3_losses_in_two_windows_count_twice() {
    let mut s = Script::with_sack(by_count());
    s.sends_thousands(1, 10);
    s.reports(1, &[(1001, 10_001)]);
    s.sends(A, 1, Some(1), 1000);
    assert_eq!(s.c.variables().ssthresh, 5000);
    s.arrives(A, 1, 10_001, b"");
    let after = s.c.variables();
    assert_eq!((after.cwnd, after.repair, after.phase), (5000, Repair::None, Phase::CongestionAvoidance));
    s.sends_thousands(10_001, 5);
    s.reports(10_001, &[(11_001, 15_001)]);
    s.sends(A, 10_001, Some(1), 1000);
    assert_eq!(s.c.variables().ssthresh, 2500);
}

/// RFC 6675 §5.1: the timer runs out during a repair. That is over, and what the peer reports from then on counts for
/// what goes out again, but does not begin another repair.
#[test]
fn rfc6675_s5_1_a_timeout_in_a_repair() {
    let mut s = Script::with_sack(Config { initial_window: 20, ..by_count() });
    s.sends_thousands(1, 16);
    s.waits(100);
    s.reports(1, &[(2001, 5001)]);
    s.sends(A, 1, Some(1), 1000);
    s.skip();
    assert_eq!((s.c.variables().repair, s.c.variables().ssthresh), (Repair::FastRecovery, 8000));
    s.waits(1000);
    s.sends(A, 1, Some(1), 1000);
    s.silent();
    assert_eq!(s.c.variables().repair, Repair::AfterTimeout);
    let threshold = s.c.variables().ssthresh;
    s.reports(1001, &[(2001, 5001), (6001, 16_001)]);
    // Two of the sixteen are missing, 1001 and 5001. Each goes out once.
    s.sends(A, 1001, Some(1), 1000);
    s.sends(A, 5001, Some(1), 1000);
    s.silent();
    assert_eq!((s.c.variables().repair, s.c.variables().ssthresh), (Repair::AfterTimeout, threshold));
    // New text, the first of which is lost, too. That is repaired as well.
    s.writes(5000);
    s.reports(5001, &[(6001, 16_001)]);
    s.sends(A, 16_001, Some(1), 1000);
    for end in [18_001, 19_001, 20_001] {
        s.skip();
        s.reports(5001, &[(17_001, end), (6001, 16_001)]);
    }
    s.sends(A, 16_001, Some(1), 1000);
    s.notes(SentNote::SackShowsLoss);
    assert_eq!((s.c.variables().repair, s.c.variables().ssthresh), (Repair::AfterTimeout, threshold));
    s.arrives(A, 1, 16_001, b"");
    assert_eq!(s.c.variables().repair, Repair::None);
}

/// RFC 6675 §5 (A): the repair ends, and what is known of what was sent after it began stays known.
#[test]
fn rfc6675_s5_the_scoreboard_survives_the_end_of_a_repair() {
    let mut s = Script::with_sack(by_count());
    s.sends_thousands(1, 6);
    s.reports(1, &[(1001, 6001)]);
    s.sends(A, 1, Some(1), 1000);
    s.sends_thousands(6001, 2);
    s.reports(1, &[(7001, 8001), (1001, 6001)]);
    assert_eq!(s.c.variables().repair, Repair::FastRecovery);
    s.reports(6001, &[(7001, 8001)]);
    assert_eq!((s.c.variables().repair, s.c.variables().pipe), (Repair::None, 1000));
}

/// RFC 8985 §6.2 step 4: in a repair the window is zero, too, however few have arrived.
#[test]
fn rfc8985_s6_2_no_reordering_window_in_a_repair() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 2);
    s.waits(100);
    s.reports(1, &[(1001, 2001)]);
    s.waits(25);
    s.sends(A, 1, Some(1), 1000);
    s.waits(1);
    // An ACK lets one more segment go.
    s.reports(1, &[(1001, 2001)]);
    s.sends_thousands(2001, 1);
    s.waits(100);
    s.reports(1, &[(1001, 3001)]);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::RackShowsLoss);
}

/// RFC 8985 §3.3.2: however often something came twice, the window is not wider than a round trip.
#[test]
fn rfc8985_s3_3_2_the_window_is_bounded() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 2);
    s.waits(100);
    s.reports(1, &[(1001, 2001)]);
    s.waits(10);
    s.arrives(A, 1, 2001, b"");
    let mut seq = 2001;
    let mut windows = Vec::new();
    for _ in 0..7 {
        windows.push(patience(&mut s, seq));
        s.arrives(A, 1, seq + 2000, b"");
        s.reports(seq + 2000, &[(seq, seq + 1000)]);
        seq += 2000;
    }
    assert_eq!(windows[..3], [25, 50, 75]);
    let srtt = s.c.variables().srtt.unwrap().as_millis() as u64;
    assert!(
        (100..130).contains(&srtt) && windows[4..].iter().all(|window| window.abs_diff(srtt) < 20),
        "{windows:?}"
    );
}

/// RFC 8985 §7.2: while something is reported, or repaired, no probe is sent. Only the timer is left.
#[test]
fn rfc8985_s7_2_no_probe_in_a_repair() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 2);
    s.waits(100);
    s.reports(1, &[(1001, 2001)]);
    s.waits(25);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::RackShowsLoss);
    let rto = s.c.variables().rto;
    assert_eq!(s.c.deadline(), Some(s.now + rto));
    s.waits(rto.as_millis() as u64 + 1);
    s.sends(A, 1, Some(1), 1000);
    assert!(matches!(s.note, Some(SentNote::TimerRanOut { .. })), "{:?}", s.note);
}

/// RFC 8985 §7.3: between two probes there is a sample of the round trip. A peer that reports the probe as a duplicate
/// gives none.
#[test]
fn rfc8985_s7_3_no_probe_without_a_new_sample() {
    let mut s = Script::with_sack(plain());
    s.sends_thousands(1, 1);
    s.waits(300);
    s.sends(PA, 1, Some(1), 1000);
    s.notes(SentNote::TailProbe);
    s.waits(100);
    s.reports(1001, &[(1, 1001)]);
    s.sends_thousands(1001, 2);
    let rto = s.c.variables().rto;
    assert_eq!(s.c.deadline(), Some(s.now + rto), "the timer alone");
    s.waits(100);
    s.arrives(A, 1, 3001, b"");
    s.sends_thousands(3001, 2);
    s.waits(250);
    s.sends(PA, 4001, Some(1), 1000);
    s.notes(SentNote::TailProbe);
}

/// RFC 8985 §9.3: RACK takes fifteen segments for lost at once. What leaves is for proportional rate reduction to say.
#[test]
fn rfc6937_s3_1_rack_marks_more_than_may_leave() {
    let mut s = Script::with_sack(Config { initial_window: 20, ..plain() });
    s.sends_thousands(1, 20);
    s.waits(100);
    s.reports(1, &[(15_001, 18_001)]);
    // Three were delivered: one for each, and one more.
    for i in 0..4 {
        s.sends(A, 1 + 1000 * i, Some(1), 1000);
        s.notes(SentNote::RackShowsLoss);
    }
    s.silent();
    for i in 0..2 {
        s.reports(1, &[(15_001, 19_001 + 1000 * i)]);
        s.sends(A, 4001 + 2000 * i, Some(1), 1000);
        s.sends(A, 5001 + 2000 * i, Some(1), 1000);
        s.silent();
    }
}
