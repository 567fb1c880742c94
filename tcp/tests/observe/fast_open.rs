//! Fast Open as the observer sees it: RFC 7413 §4.2.2.

use barewire_tcp::State::*;
use barewire_tcp::observe::{Note, Retransmission};

use super::common::script::{A, FA, S, SA};
use super::watch::{Watch, chunks, note};

/// Text in the SYN is read, and the answer leaves before the handshake is over.
#[test]
fn the_answer_comes_in_syn_received() {
    let mut w = Watch::new();
    let seen = w.client(S, 0, 0, b"GET ");
    assert_eq!(note(&seen), Note::TextInSyn { bytes: 4 });
    assert_eq!(note(&seen).to_string(), "4 bytes with the SYN");
    assert_eq!(chunks(&seen), [(0, b"GET ".to_vec(), 1)]);
    assert_eq!(w.server(SA, 0, 5, b"").notes, []);
    let seen = w.server(A, 1, 5, b"200");
    assert_eq!(seen.notes, []);
    assert_eq!(seen.ends.map(|end| end.state), [Established, SynReceived], "nobody has acknowledged its SYN");
    assert!(seen.ends[1].proven);
    assert_eq!(seen.ends[1].rcv_nxt, Some(5));
    assert_eq!(w.client(A, 5, 4, b"").ends.map(|end| end.state), [Established, Established]);
    assert_eq!(w.client(FA, 5, 4, b"").notes, []);
    let summary = &w.observer.connections()[0];
    assert_eq!((summary.stream, summary.payload), ([4, 3], [4, 3]));
}

/// Its cookie is not right: the text is not taken, and comes again with the ACK.
#[test]
fn the_text_is_not_taken() {
    let mut w = Watch::new();
    w.client(S, 0, 0, b"GET ");
    w.now += 100;
    let seen = w.server(SA, 0, 1, b"");
    assert_eq!(note(&seen), Note::SynTextRefused);
    assert_eq!(seen.ends[1].rcv_nxt, Some(1));
    let seen = w.client(A, 1, 1, b"GET ");
    assert_eq!(note(&seen), Note::Retransmission(Retransmission::SynText));
    assert_eq!(chunks(&seen), [], "its bytes were seen");
    assert_eq!(w.client(A, 5, 1, b"/").notes, []);
    // Once more is a matter of the timer.
    w.now += 300;
    let seen = w.client(A, 1, 1, b"GET ");
    assert!(matches!(note(&seen), Note::Retransmission(Retransmission::Timer { .. })), "{seen:?}");
}

/// A SYN that is lost comes again without its text.
#[test]
fn the_syn_comes_again_without_text() {
    let mut w = Watch::new();
    w.client(S, 0, 0, b"GET ");
    w.now += 1000;
    let seen = w.client(S, 0, 0, b"");
    assert!(matches!(note(&seen), Note::Retransmission(Retransmission::Syn { .. })), "{seen:?}");
    w.server(SA, 0, 1, b"");
    assert_eq!(note(&w.client(A, 1, 1, b"GET ")), Note::Retransmission(Retransmission::SynText));
    // Without the text of the SYN, a server that speaks has heard the ACK.
    assert_eq!(w.server(A, 1, 5, b"200").ends[1].state, Established);
}
