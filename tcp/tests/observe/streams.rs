//! Streams put in order: by hand, step by step.

use std::borrow::Cow;

use barewire_dissect::Direction;
use barewire_packet::checksum::Verdict;
use barewire_tcp::observe::{GapReason, Note, PATIENCE};

use super::common::script::{A, FA, R, S, SA};
use super::watch::{Watch, chunks, note};

fn gap(direction: Direction, offset: u64, bytes: u64, reason: GapReason) -> Note {
    Note::Gap { direction, offset, bytes, reason }
}

#[test]
fn in_order_nothing_is_copied() {
    let mut w = Watch::at_client();
    let text = b"abc";
    let seen = w.client(A, 1, 1, text);
    assert_eq!(chunks(&seen), [(0, b"abc".to_vec(), 4)]);
    assert!(matches!(&seen.chunks[0].bytes, Cow::Borrowed(bytes) if bytes.as_ptr() == text.as_ptr()));
}

#[test]
fn which_frame_carried_a_byte() {
    let mut w = Watch::at_client();
    assert_eq!(chunks(&w.client(A, 1, 1, b"abc")), [(0, b"abc".to_vec(), 4)]);
    let early = w.client(A, 7, 1, b"ghi");
    assert_eq!((note(&early), chunks(&early)), (Note::NotSeenYet { bytes: 3 }, vec![]));
    assert_eq!(chunks(&w.client(A, 1, 1, b"abc")), []);
    assert_eq!(chunks(&w.client(A, 7, 1, b"xyz")), [], "the first to come is kept");
    let late = w.client(A, 3, 1, b"cdefgh");
    let wanted = [(3, b"def".to_vec(), 8), (6, b"ghi".to_vec(), 5)];
    assert_eq!((note(&late), chunks(&late)), (Note::OutOfOrder, wanted.to_vec()));
    assert_eq!(chunks(&w.client(A, 10, 1, b"j")), [(9, b"j".to_vec(), 9)]);
    assert_eq!(w.observer.waiting(), 0);
}

/// One late segment that covers two early ones, and the holes around them.
#[test]
fn a_segment_over_several_holes() {
    let mut w = Watch::at_client();
    w.client(A, 3, 1, b"C");
    w.client(A, 6, 1, b"FG");
    let seen = w.client(A, 1, 1, b"abcdefgh");
    let got = chunks(&seen);
    let text: Vec<u8> = got.iter().flat_map(|(_, bytes, _)| bytes.clone()).collect();
    assert_eq!(text, b"abCdeFGh");
    let offsets: Vec<u64> = got.iter().map(|(offset, ..)| *offset).collect();
    assert_eq!(offsets, [0, 2, 3, 5, 7]);
}

/// What the receiver has acknowledged will not be sent again. After a while nobody waits for it.
#[test]
fn a_hole_that_is_acknowledged_is_passed() {
    let patience = PATIENCE.as_millis() as u64;
    let mut w = Watch::at_client();
    w.client(A, 1, 1, b"abc");
    w.client(A, 7, 1, b"ghi");
    w.client(A, 12, 1, b"lm");
    let acked = w.server(A, 1, 10, b"");
    assert_eq!((note(&acked), chunks(&acked)), (Note::AckedUnseen { bytes: 3 }, vec![]));
    w.now += patience - 1;
    assert_eq!(chunks(&w.server(A, 1, 10, b"")), [], "the capture may only be a little out of order");
    w.now += 1;
    let seen = w.client(A, 14, 1, b"n");
    assert_eq!(seen.notes, [gap(Direction::ToServer, 3, 3, GapReason::Acknowledged)]);
    assert_eq!(chunks(&seen), [(6, b"ghi".to_vec(), 5)], "the second hole is not acknowledged");
    w.server(A, 1, 15, b"");
    w.now += 2 * patience;
    let seen = w.server(A, 1, 15, b"answer");
    assert_eq!(seen.notes, [gap(Direction::ToServer, 9, 2, GapReason::Acknowledged)]);
    let ways: Vec<Direction> = seen.chunks.iter().map(|chunk| chunk.direction).collect();
    assert_eq!(ways, [Direction::ToClient, Direction::ToServer, Direction::ToServer]);
    assert_eq!(w.observer.connections()[0].stream, [9, 6]);
    assert_eq!(w.observer.waiting(), 0);
}

/// A capture whose frames are a little out of order shows the ACK before the bytes.
#[test]
fn the_ack_may_come_before_the_bytes() {
    let mut w = Watch::at_client();
    w.client(A, 4, 1, b"def");
    w.server(A, 1, 7, b"");
    w.now += 5;
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!((note(&seen), chunks(&seen).len()), (Note::OutOfOrder, 2));
}

#[test]
fn a_payload_that_the_capture_has_cut() {
    let mut w = Watch::at_client();
    w.missing = 5;
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!((seen.length, chunks(&seen)), (8, vec![(0, b"abc".to_vec(), 4)]));
    let cut = Note::CutByCapture { missing: 5 };
    assert_eq!(seen.notes, [cut, gap(Direction::ToServer, 3, 5, GapReason::CutByCapture)]);
    let early = w.client(A, 17, 1, b"qrs");
    assert_eq!(early.notes, [Note::NotSeenYet { bytes: 8 }, cut]);
    let seen = w.client(A, 9, 1, b"ijk");
    let wanted = [(8, b"ijk".to_vec(), 6), (16, b"qrs".to_vec(), 5)];
    assert_eq!(chunks(&seen), wanted);
    assert_eq!(w.observer.connections()[0].payload, [24, 0]);
    w.missing = 0;
    assert_eq!(chunks(&w.client(A, 25, 1, b"y")), [(24, b"y".to_vec(), 7)]);
}

#[test]
fn a_wrong_checksum_is_followed_and_said() {
    let mut w = Watch::at_client();
    w.verdict = Verdict::Wrong { found: 0, wanted: 0x1234 };
    let seen = w.client(A, 1, 1, b"abc");
    assert_eq!((seen.seq, seen.ack, note(&seen)), (1, 1, Note::Checksum(w.verdict)));
    assert_eq!(chunks(&seen), [(0, b"abc".to_vec(), 4)]);
}

#[test]
fn nothing_follows_a_reset() {
    let mut w = Watch::at_client();
    w.server(A, 4, 1, b"def");
    let seen = w.client(R, 1, 0, b"");
    assert_eq!(note(&seen), gap(Direction::ToClient, 0, 3, GapReason::NothingFollows));
    assert_eq!(chunks(&seen), [(3, b"def".to_vec(), 4)]);
}

#[test]
fn at_the_end_of_the_capture_what_waits_is_handed_out() {
    let mut w = Watch::at_client();
    w.server(A, 4, 1, b"def");
    let (notes, chunks) = w.observer.finish(0);
    assert_eq!(notes, [gap(Direction::ToClient, 0, 3, GapReason::NothingFollows)]);
    assert_eq!((chunks[0].offset, &*chunks[0].bytes), (3, &b"def"[..]));
    assert_eq!(w.observer.connections()[0].stream, [0, 3]);
    assert_eq!(w.observer.finish(0), (vec![], vec![]));
    assert_eq!(w.observer.finish(1), (vec![], vec![]), "no such connection");
}

/// The FIN ends a stream when everything before it is there.
#[test]
fn the_end_of_a_stream() {
    let mut w = Watch::at_client();
    let ended = |w: &Watch| w.observer.has_ended(0, Direction::ToClient);
    w.server(FA, 4, 1, b"def");
    assert!(!ended(&w), "bytes are missing before it");
    w.server(A, 1, 1, b"abc");
    assert!(ended(&w) && !w.observer.has_ended(0, Direction::ToServer));
}

/// Text in a SYN (TCP Fast Open) counts from the number after it.
#[test]
fn text_in_a_syn() {
    let mut w = Watch::new();
    assert_eq!(chunks(&w.client(S, 0, 0, b"GET ")), [(0, b"GET ".to_vec(), 1)]);
    w.server(SA, 0, 5, b"");
    assert_eq!(chunks(&w.client(A, 5, 1, b"/")), [(4, b"/".to_vec(), 3)]);
}

/// A capture that begins in the middle: the first byte seen is the first of the stream.
#[test]
fn from_the_middle() {
    let mut w = Watch::new();
    w.client(A, 500, 700, b"");
    let seen = w.server(A, 9000, 500, b"late");
    assert_eq!(
        (seen.seq, seen.notes, seen.chunks[0].offset),
        (8301, vec![], 0),
        "numbers as tshark has them"
    );
    assert_eq!(chunks(&w.server(A, 8000, 500, b"old")), []);
}
