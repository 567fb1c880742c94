//! What is said of segments: each kind of note, with the least that shows it.

use std::time::Duration;

use barewire_tcp::observe::{Note, NoteKind, Retransmission};

use super::common::script::{A, FA, S, SA};
use super::watch::{Watch, note};

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Three bytes a segment, from number 1 on: `count` segments.
fn flight(w: &mut Watch, count: u32) {
    for index in 0..count {
        assert_eq!(w.client(A, 1 + 3 * index, 1, b"abc").notes, []);
    }
}

#[test]
fn a_syn_again() {
    let mut w = Watch::new();
    w.client(S, 0, 0, b"");
    w.now += 1000;
    assert_eq!(note(&w.client(S, 0, 0, b"")), Note::Retransmission(Retransmission::Syn { after: ms(1000) }));
    w.now += 2000;
    let seen = w.client(S, 0, 0, b"");
    assert_eq!(seen.notes[0].to_string(), "SYN again after 2.0 s");
    w.server(SA, 0, 1, b"");
    w.now += 1000;
    assert_eq!(note(&w.server(SA, 0, 1, b"")).kind(), NoteKind::Retransmission);
}

/// RFC 5681 §3.2, at the sender's end: the first segment is lost.
#[test]
fn a_fast_retransmission() {
    let mut w = Watch::at_client();
    flight(&mut w, 5);
    w.now += 100;
    for count in 1..=3 {
        w.sack = vec![(4, 4 + 3 * count)];
        let seen = w.server(A, 1, 1, b"");
        // The ACK of the handshake said "ack 1" as well, so the first of these is the first duplicate.
        assert_eq!(note(&seen), Note::DuplicateAck { count });
    }
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::Fast { duplicate_acks: 3 }));
    assert_eq!(note(&seen).rule(), Some("RFC 5681 §3.2"));
}

/// The same, where the capture never saw the original: it was lost before it came here.
#[test]
fn a_fast_retransmission_at_the_receivers_end() {
    let mut w = Watch::at_server();
    assert_eq!(note(&w.client(A, 4, 1, b"abc")), Note::NotSeenYet { bytes: 3 });
    for _ in 0..3 {
        w.server(A, 1, 1, b"");
    }
    w.now += 100;
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::Fast { duplicate_acks: 3 }));
    assert_eq!(seen.chunks.len(), 2);
}

/// Sooner than an answer to the third duplicate ACK could come.
#[test]
fn three_duplicates_and_then_the_original() {
    let mut w = Watch::at_server();
    w.client(A, 4, 1, b"abc");
    for _ in 0..3 {
        w.server(A, 1, 1, b"");
    }
    w.now += 10;
    assert_eq!(note(&w.client(A, 1, 1, b"abc")), Note::OutOfOrder);
}

/// RFC 6582 §3.2: two segments of a flight are lost.
#[test]
fn a_partial_ack() {
    let mut w = Watch::at_client();
    flight(&mut w, 6);
    w.now += 100;
    (0..3).for_each(|_| drop(w.server(A, 1, 1, b"")));
    w.client(A, 1, 1, b"abc");
    w.now += 100;
    w.server(A, 1, 7, b"");
    assert_eq!(note(&w.client(A, 7, 1, b"abc")), Note::Retransmission(Retransmission::PartialAck));
    w.now += 100;
    w.server(A, 1, 19, b"");
    assert_eq!(w.client(A, 19, 1, b"xyz").notes, []);
}

/// RFC 6298 §5.4, and what follows it.
#[test]
fn the_timer() {
    let mut w = Watch::at_client();
    flight(&mut w, 3);
    w.now += 250;
    let first = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&first), Note::Retransmission(Retransmission::Timer { after: ms(250) }));
    w.now += 500;
    let again = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&again), Note::Retransmission(Retransmission::Timer { after: ms(500) }), "doubled: §5.5");
    w.now += 100;
    w.server(A, 1, 4, b"");
    assert_eq!(note(&w.client(A, 4, 1, b"abc")), Note::Retransmission(Retransmission::AfterTimer));
    assert_eq!(note(&w.client(A, 7, 1, b"abc")), Note::Retransmission(Retransmission::AfterTimer));
}

/// RFC 6298 §5.3: each ACK of something new starts the timer anew.
#[test]
fn since_when_the_timer_runs() {
    let mut w = Watch::at_client();
    flight(&mut w, 2);
    w.now += 100;
    w.server(A, 1, 4, b"");
    w.now += 300;
    let seen = w.client(A, 4, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::Timer { after: ms(300) }));
}

#[test]
fn a_fin_again() {
    let mut w = Watch::at_client();
    w.client(FA, 1, 1, b"");
    w.now += 400;
    assert_eq!(
        note(&w.client(FA, 1, 1, b"")),
        Note::Retransmission(Retransmission::Timer { after: ms(400) })
    );
}

/// RFC 6675 §5, RFC 8985: blocks show the hole, and the sender does not wait for three of them.
#[test]
fn what_sack_shows() {
    let mut w = Watch::at_client();
    flight(&mut w, 3);
    w.now += 100;
    w.sack = vec![(7, 10)];
    w.server(A, 1, 4, b"");
    w.now += 25;
    assert_eq!(note(&w.client(A, 4, 1, b"abc")), Note::Retransmission(Retransmission::Sack));
}

/// A timer shorter than most: blocks were reported, but that was long ago.
#[test]
fn a_timer_after_sack() {
    let mut w = Watch::at_client();
    flight(&mut w, 3);
    w.now += 100;
    w.sack = vec![(7, 10)];
    w.server(A, 1, 4, b"");
    w.now += 150;
    assert_eq!(
        note(&w.client(A, 4, 1, b"abc")),
        Note::Retransmission(Retransmission::Timer { after: ms(150) })
    );
}

/// RFC 8985 §7.3: the last segment of a flight again, to have the flight reported.
#[test]
fn a_tail_loss_probe() {
    let mut w = Watch::at_client();
    flight(&mut w, 3);
    w.now += 210;
    let seen = w.client(A, 7, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::TailLossProbe { after: ms(210) }));
}

/// RFC 8985 §7.2: the only segment in flight. A probe leaves where the timer might run out as well, and the timer
/// follows.
#[test]
fn a_tail_loss_probe_of_a_lone_segment() {
    let mut w = Watch::with_sack();
    flight(&mut w, 1);
    w.now += 300;
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::TailLossProbe { after: ms(300) }));
    w.now += 310;
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::Timer { after: ms(310) }));
}

/// A peer without SACK sends no probes. A peer with SACK sends them earlier than this.
#[test]
fn a_lone_segment_and_the_timer() {
    for (mut w, wait) in [(Watch::at_client(), 300), (Watch::with_sack(), 451)] {
        flight(&mut w, 1);
        w.now += wait;
        let seen = w.client(A, 1, 1, b"abc");
        assert_eq!(note(&seen), Note::Retransmission(Retransmission::Timer { after: ms(wait) }));
    }
}

#[test]
fn a_spurious_retransmission_and_its_report() {
    let mut w = Watch::at_client();
    flight(&mut w, 1);
    w.now += 100;
    w.server(A, 1, 4, b"");
    w.now += 200;
    assert_eq!(note(&w.client(A, 1, 1, b"abc")), Note::Retransmission(Retransmission::Spurious));
    w.sack = vec![(1, 4)];
    let seen = w.server(A, 1, 4, b"");
    assert_eq!(seen.notes, [Note::DuplicateSack { first: 1, end: 4 }, Note::DuplicateAck { count: 1 }]);
}

/// A copy, made by the network or by a capture of two interfaces.
#[test]
fn the_same_again_too_soon() {
    let mut w = Watch::at_client();
    flight(&mut w, 1);
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::Unexplained { after: ms(0) }));
    assert_eq!(note(&seen).rule(), None);
}

#[test]
fn an_overtaken_segment() {
    let mut w = Watch::at_server();
    assert_eq!(note(&w.client(A, 4, 1, b"def")), Note::NotSeenYet { bytes: 3 });
    w.now += 99;
    assert_eq!(note(&w.client(A, 1, 1, b"abc")), Note::OutOfOrder, "a retransmission takes a round trip");
    w.client(A, 10, 1, b"jkl");
    w.now += 300;
    assert_eq!(note(&w.client(A, 7, 1, b"ghi")).kind(), NoteKind::Retransmission);
}

#[test]
fn windows() {
    let mut w = Watch::at_client();
    w.window = 6;
    assert_eq!(note(&w.server(A, 1, 1, b"")), Note::WindowUpdate);
    w.client(A, 1, 1, b"abc");
    assert_eq!(note(&w.client(A, 4, 1, b"def")), Note::WindowFull);
    w.window = 0;
    assert_eq!(note(&w.server(A, 1, 7, b"")), Note::ZeroWindow);
    w.now += 200;
    w.window = 1000;
    assert_eq!(note(&w.client(A, 7, 1, b"g")), Note::ZeroWindowProbe);
    w.window = 0;
    assert_eq!(w.server(A, 1, 7, b"").notes, [Note::ZeroWindow, Note::ZeroWindowProbeAnswer]);
    w.window = 1000;
    assert_eq!(note(&w.client(A, 6, 1, b"")), Note::ZeroWindowProbe, "Linux probes with the number before");
    assert_eq!(note(&w.server(A, 1, 7, b"")), Note::WindowUpdate);
    assert_eq!(w.client(A, 7, 1, b"ghi").notes, [], "the byte of the probe was not taken");
}

#[test]
fn keep_alives() {
    let mut w = Watch::at_client();
    w.client(A, 1, 1, b"abc");
    w.server(A, 1, 4, b"");
    w.now += 7_200_000;
    assert_eq!(note(&w.client(A, 3, 1, b"")), Note::KeepAlive);
    assert_eq!(note(&w.server(A, 1, 4, b"")), Note::KeepAliveAnswer);
    assert_eq!(note(&w.client(A, 3, 1, b"c")), Note::KeepAlive, "with the last byte, as older systems do");
    w.client(A, 4, 1, b"d");
    w.now += 300;
    assert_eq!(
        note(&w.client(A, 4, 1, b"d")).kind(),
        NoteKind::Retransmission,
        "not acknowledged: it may be lost"
    );
}

#[test]
fn an_ack_of_what_was_not_seen() {
    let mut w = Watch::at_client();
    w.client(A, 1, 1, b"abc");
    assert_eq!(note(&w.server(A, 1, 9, b"")), Note::AckedUnseen { bytes: 5 });
    assert_eq!(note(&w.server(A, 1, 9, b"")), Note::DuplicateAck { count: 1 }, "said once");
}

/// A hole that is acknowledged is said once, also when later bytes are acknowledged.
#[test]
fn an_ack_beyond_a_hole() {
    let mut w = Watch::at_client();
    w.client(A, 1, 1, b"abc");
    w.client(A, 7, 1, b"ghi");
    assert_eq!(note(&w.server(A, 1, 10, b"")), Note::AckedUnseen { bytes: 3 });
    w.client(A, 10, 1, b"jkl");
    w.client(A, 13, 1, b"mno");
    assert_eq!(
        note(&w.server(A, 1, 13, b"")),
        Note::AckedUnseen { bytes: 3 },
        "once for the flight that was out"
    );
    assert_eq!(w.server(A, 1, 16, b"").notes, []);
}

/// RFC 7323 §2.2: windows are scaled if both SYNs offer it. The observer assumes that a SYN it has not seen did.
#[test]
fn scaled_windows() {
    let scaled = |syn: Option<Option<u8>>, syn_ack: Option<Option<u8>>| {
        let mut w = Watch::new();
        if let Some(scale) = syn {
            w.scale = scale;
            assert_eq!(w.client(S, 0, 0, b"").window, 1000, "never in a SYN");
        }
        if let Some(scale) = syn_ack {
            w.scale = scale;
            w.server(SA, 0, 1, b"");
        }
        w.scale = None;
        (w.client(A, 1, 1, b"").window, w.server(A, 1, 1, b"").window)
    };
    assert_eq!(scaled(Some(Some(2)), Some(Some(3))), (4000, 8000));
    assert_eq!(scaled(Some(Some(2)), Some(None)), (1000, 1000));
    assert_eq!(scaled(Some(None), Some(Some(3))), (1000, 1000));
    assert_eq!(scaled(Some(Some(2)), None), (4000, 1000));
    assert_eq!(scaled(None, Some(Some(3))), (1000, 8000));
    assert_eq!(scaled(Some(Some(20)), Some(Some(0))), (1000 << 14, 1000), "more than 14 counts as 14");
}

#[test]
fn what_is_trouble() {
    assert!(Note::Retransmission(Retransmission::Spurious).kind().is_trouble());
    assert!(Note::OutOfOrder.kind().is_trouble() && Note::ZeroWindow.kind().is_trouble());
    assert!(!Note::WindowUpdate.kind().is_trouble() && !Note::KeepAlive.kind().is_trouble());
}
