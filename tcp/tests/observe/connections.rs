//! Which connection a segment belongs to, which end is the client, and how it ended.

use barewire_dissect::Direction;
use barewire_tcp::observe::{Note, NoteKind, Outcome};

use super::common::script::{A, FA, R, RA, S, SA};
use super::common::{CLIENT, SERVER};
use super::watch::{Watch, chunks, note};

#[test]
fn a_syn_with_a_new_number_is_a_new_connection() {
    let mut w = Watch::at_client();
    assert_eq!(w.client(S, 0, 0, b"").connection, 0, "the same SYN again");
    let seen = w.client(S, 1_000_000, 0, b"");
    assert_eq!((seen.connection, note(&seen), seen.seq), (1, Note::PortsReused, 0));
    assert_eq!(w.server(SA, 0, 1_000_001, b"").connection, 1);
    w.port += 1;
    assert_eq!(w.client(S, 0, 0, b"").connection, 2);
}

/// There is no limit that hides the rest.
#[test]
fn many_connections() {
    let mut w = Watch::new();
    for port in 1..=5000 {
        w.port = port;
        assert_eq!(w.client(S, 0, 0, b"").connection, usize::from(port) - 1);
    }
    w.port = 17;
    assert_eq!(w.server(SA, 0, 1, b"").connection, 16);
}

#[test]
fn who_the_client_is() {
    let mut w = Watch::new();
    assert_eq!(w.server(SA, 0, 1, b"").direction, Direction::ToClient, "a SYN-ACK comes from the server");
    w.port += 1;
    let seen = w.server(A, 10, 20, b"banner");
    assert_eq!(seen.direction, Direction::ToServer, "the first to be seen is taken for the client");
    assert!(!w.observer.connections()[1].client_known);
    w.client(A, 20, 16, b"x");
    w.observer.turn_round(1);
    assert_eq!(w.server(A, 16, 21, b"!").direction, Direction::ToClient);
    let summary = &w.observer.connections()[1];
    assert_eq!((summary.client.port(), summary.stream, summary.segments), (w.port, [1, 7], [1, 2]));
    w.port += 1;
    w.client(S, 0, 0, b"");
    w.observer.turn_round(2);
    assert_eq!(
        w.client(S, 0, 0, b"").direction,
        Direction::ToServer,
        "a SYN has told it: nothing is swapped"
    );
    w.observer.turn_round(99);
}

/// A late reset of an older connection, and then the SYN of the new one.
#[test]
fn a_syn_corrects_who_the_client_is() {
    let mut w = Watch::new();
    assert_eq!(w.server(R, 5, 0, b"").direction, Direction::ToServer);
    assert_eq!(w.client(S, 0, 0, b"").direction, Direction::ToServer);
    assert_eq!(w.server(SA, 0, 1, b"").direction, Direction::ToClient);
    assert!(w.observer.connections()[0].client_known);
}

/// The bytes that wait are accounted for on the side where they are, after a turn too.
#[test]
fn turned_round_with_bytes_that_wait() {
    let mut w = Watch::new();
    w.server(A, 10, 20, b"abc");
    w.server(A, 16, 20, b"ghi");
    let waiting = w.observer.waiting();
    assert!(waiting > 0);
    w.observer.turn_round(0);
    assert_eq!(w.observer.waiting(), waiting);
    assert_eq!(chunks(&w.server(A, 13, 20, b"def")).len(), 2);
    assert_eq!(w.observer.waiting(), 0);
}

/// A segment that is known to be lost has numbers, and changes nothing.
#[test]
fn the_numbers_of_a_lost_segment() {
    let mut w = Watch::at_client();
    let lost = w.segment(Direction::ToServer, A, 70, 1, b"lost");
    let numbers = w.observer.numbers(CLIENT.into(), SERVER.into(), &lost).unwrap();
    assert_eq!((numbers.connection, numbers.direction), (0, Direction::ToServer));
    assert_eq!((numbers.seq, numbers.ack, numbers.window), (70, 1, 1000));
    assert_eq!(w.client(A, 1, 1, b"abc").notes, [], "the observer has not seen it");
    w.port += 1;
    let unknown = w.segment(Direction::ToServer, S, 0, 0, b"");
    assert_eq!(w.observer.numbers(CLIENT.into(), SERVER.into(), &unknown), None);
}

#[test]
fn how_it_ended() {
    let outcome = |w: &Watch| w.observer.connections()[0].outcome();
    let mut w = Watch::new();
    w.client(S, 0, 0, b"");
    assert_eq!(outcome(&w), Outcome::NoAnswer);
    w.server(SA, 0, 1, b"");
    assert_eq!(outcome(&w), Outcome::HalfOpen);
    w.client(A, 1, 1, b"");
    assert_eq!(outcome(&w), Outcome::Open);
    w.client(FA, 1, 1, b"");
    assert_eq!(outcome(&w), Outcome::HalfClosed { by: Direction::ToServer });
    w.server(FA, 1, 2, b"");
    assert_eq!(outcome(&w), Outcome::Closed);
    w.server(R, 2, 0, b"");
    assert_eq!(outcome(&w), Outcome::Closed, "a late reset takes nothing away");

    let mut w = Watch::at_client();
    w.server(RA, 1, 1, b"");
    assert_eq!(outcome(&w), Outcome::Reset { by: Direction::ToClient });
    assert_eq!(outcome(&w).to_string(), "reset by the server");
    let mut w = Watch::new();
    w.client(S, 0, 0, b"");
    w.server(RA, 0, 1, b"");
    assert_eq!(outcome(&w), Outcome::Refused);
    let mut w = Watch::new();
    w.client(A, 7, 7, b"x");
    assert_eq!(outcome(&w), Outcome::MidStream);
}

#[test]
fn what_is_counted() {
    let mut w = Watch::at_client();
    w.now += 1;
    w.client(A, 1, 1, b"abc");
    w.now += 300;
    w.client(A, 1, 1, b"abc");
    w.server(A, 1, 4, b"");
    w.server(A, 1, 4, b"");
    let summary = &w.observer.connections()[0];
    assert_eq!((summary.segments, summary.payload, summary.stream), ([4, 3], [6, 0], [3, 0]));
    assert_eq!(summary.count(Direction::ToServer, NoteKind::Retransmission), 1);
    assert_eq!(summary.count(Direction::ToClient, NoteKind::DuplicateAck), 1);
    assert_eq!(summary.count(Direction::ToServer, NoteKind::DuplicateAck), 0);
    assert_eq!(summary.round_trip.unwrap().as_millis(), 100);
    assert_eq!((summary.first.as_millis(), summary.last.as_millis()), (0, 401));
}
