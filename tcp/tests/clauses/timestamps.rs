//! Scaled windows and timestamps: RFC 7323.

use barewire_tcp::options::Timestamps;
use barewire_tcp::{AckReason, Config, SentNote};

use crate::common::pattern;
use crate::common::script::*;

fn with_timestamps(recent: u32) -> Script {
    let mut s = Script::connecting(Config { timestamps: true, window_scaling: true, ..plain() });
    s.sends(S, 0, None, 0);
    s.options.timestamps = Some(Timestamps { value: recent, echo: 0 });
    s.options.window_scale = Some(14);
    s.options.maximum_segment_size = Some(1000);
    s.arrives(SA, 0, 1, b"");
    s.options.window_scale = None;
    s.options.maximum_segment_size = None;
    s.sends(A, 1, Some(1), 0);
    s
}

#[test]
fn rfc7323_s2_2_scaling_begins_after_the_syn() {
    let mut s = with_timestamps(10);
    assert_eq!(s.c.variables().snd.wnd, 60_000, "the window of a SYN is not scaled");
    s.window = 3;
    s.arrives(A, 1, 1, b"");
    assert_eq!(s.c.variables().snd.wnd, 3 << 14);
    s.window = 60_000;
    s.arrives(A, 1, 1, b"");
    assert_eq!(s.c.variables().snd.wnd, 983_040_000, "RFC 9293 §3.1: 32 bits, without a sign");
    assert_eq!(s.sent_window, 32_768, "256 KiB, shifted by 3");
}

/// RFC 7323 §2.4: a window that is not a multiple of what the shift can say has to be rounded. Up, each ACK gives
/// away a few bytes that there is no room for; a peer that lives on those must come to an end.
#[test]
fn rfc7323_s2_4_rounding_does_not_outgrow_the_buffer() {
    const BUFFER: usize = 1 << 20;
    let mut s = Script::connecting(Config { window_scaling: true, receive_buffer: BUFFER, ..plain() });
    s.sends(S, 0, None, 0);
    s.options.window_scale = Some(0);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    let (large, small) = (pattern(10_000), pattern(31));
    let mut seq = 1;
    for _ in 0..12_000 {
        let offered = usize::from(s.sent_window) << 5;
        let data = if offered >= large.len() { &large } else { &small };
        s.arrives(PA, seq, 1, data);
        // What was offered is taken.
        let taken = s.c.unread() as u32 - (seq - 1);
        assert!(
            taken as usize >= data.len().min(offered),
            "{taken} of {} taken, {offered} offered",
            data.len()
        );
        seq += taken;
        s.sends(A, 1, Some(seq), 0);
        assert!(s.c.unread() <= BUFFER + BUFFER / 8, "{} bytes wait to be read", s.c.unread());
    }
    assert!(s.c.unread() >= BUFFER, "only {} bytes were taken", s.c.unread());
    let mut everything = vec![0; 2 * BUFFER];
    assert_eq!(s.c.read(&mut everything), seq as usize - 1);
    s.sends(A, 1, Some(seq), 0);
    s.notes(SentNote::Ack(AckReason::WindowUpdate));
    assert_eq!(usize::from(s.sent_window) << 5, BUFFER);
}

#[test]
fn rfc7323_s3_2_timestamps_are_echoed_and_cost_payload() {
    let mut s = with_timestamps(10);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(10));
    s.writes(1000);
    s.sends(A, 1, Some(1), 988);
    // A segment without them, once agreed on, is dropped.
    s.options.timestamps = None;
    s.arrives(PA, 1, 1, b"no clock");
    s.reads(b"");
}

/// RFC 7323 §5.3, PAWS: an old duplicate from before the numbers wrapped.
#[test]
fn rfc7323_s5_3_an_old_timestamp_is_refused() {
    let mut s = with_timestamps(1000);
    s.options.timestamps = Some(Timestamps { value: 999, echo: 0 });
    s.arrives(PA, 1, 1, b"old");
    s.sends(A, 1, Some(1), 0);
    s.notes(SentNote::Ack(AckReason::OldTimestamp));
    s.reads(b"");
    s.options.timestamps = Some(Timestamps { value: 1001, echo: 0 });
    s.arrives(PA, 1, 1, b"new");
    s.reads(b"new");
}

#[test]
fn rfc7323_s4_3_the_echoed_value_is_that_of_the_left_edge() {
    let mut s = with_timestamps(10);
    s.options.timestamps = Some(Timestamps { value: 20, echo: 0 });
    s.arrives(PA, 5, 1, b"early");
    s.sends(A, 1, Some(1), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(10), "what leaves a gap does not count");
    s.options.timestamps = Some(Timestamps { value: 30, echo: 0 });
    s.arrives(PA, 1, 1, b"fill");
    s.sends(A, 1, Some(10), 0);
    assert_eq!(s.sent_options.timestamps.map(|t| t.echo), Some(30));
}
