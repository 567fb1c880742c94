//! The states of both ends: the figures of RFC 9293 §3.5 and §3.6, line by line.

use barewire_tcp::State::{self, *};
use barewire_tcp::observe::Seen;

use super::common::script::{A, FA, R, RA, S, SA};
use super::watch::Watch;

fn states(seen: &Seen<'_>) -> (State, State) {
    (seen.ends[0].state, seen.ends[1].state)
}

/// RFC 9293, figure 6: the basic handshake.
#[test]
fn figure_6() {
    let mut w = Watch::new();
    let seen = w.client(S, 0, 0, b"");
    assert_eq!(states(&seen), (SynSent, SynReceived));
    assert!(seen.ends[0].proven && !seen.ends[1].proven, "nobody has seen the SYN arrive");
    let seen = w.server(SA, 0, 1, b"");
    assert_eq!(states(&seen), (Established, SynReceived));
    assert!(!seen.ends[0].proven && seen.ends[1].proven);
    let seen = w.client(A, 1, 1, b"");
    assert_eq!(states(&seen), (Established, Established));
    assert!(seen.ends[0].proven && !seen.ends[1].proven);
    assert!(w.server(A, 1, 1, b"hello").ends[1].proven);
}

/// A SYN-ACK that comes again was not answered: its sender is still in SYN-RECEIVED.
#[test]
fn a_lost_ack_of_the_handshake() {
    let mut w = Watch::at_client();
    w.now += 1000;
    let seen = w.server(SA, 0, 1, b"");
    assert_eq!(states(&seen), (Established, SynReceived));
    assert_eq!(states(&w.client(A, 1, 1, b"")), (Established, Established));
}

/// RFC 9293, figure 7: both open at once.
#[test]
fn figure_7() {
    let mut w = Watch::new();
    w.client(S, 0, 0, b"");
    assert_eq!(states(&w.server(S, 0, 0, b"")), (SynReceived, SynReceived));
    assert_eq!(states(&w.client(SA, 0, 1, b"")), (SynReceived, Established));
    // Line 6: the two SYN-ACKs pass each other.
    assert_eq!(states(&w.server(SA, 0, 1, b"")), (Established, SynReceived));
    assert_eq!(states(&w.client(A, 1, 1, b"")), (Established, Established));
}

/// RFC 9293, figure 12: the usual close.
#[test]
fn figure_12() {
    let mut w = Watch::at_client();
    assert_eq!(states(&w.client(FA, 1, 1, b"")), (FinWait1, CloseWait));
    assert_eq!(states(&w.server(A, 1, 2, b"")), (FinWait2, CloseWait));
    assert_eq!(states(&w.server(FA, 1, 2, b"")), (TimeWait, LastAck));
    let seen = w.client(A, 2, 2, b"");
    assert_eq!(states(&seen), (TimeWait, Closed));
    assert_eq!(seen.ends.map(|end| end.proven), [true, false]);
}

/// RFC 9293, figure 13: both close at once.
#[test]
fn figure_13() {
    let mut w = Watch::at_client();
    w.client(FA, 1, 1, b"");
    assert_eq!(states(&w.server(FA, 1, 1, b"")), (Closing, Closing));
    assert_eq!(states(&w.client(A, 2, 2, b"")), (Closing, TimeWait));
    assert_eq!(states(&w.server(A, 2, 2, b"")), (TimeWait, TimeWait));
}

#[test]
fn a_fin_that_comes_again_was_not_acknowledged() {
    let mut w = Watch::at_client();
    w.client(FA, 1, 1, b"");
    w.server(A, 1, 2, b"");
    w.now += 500;
    assert_eq!(states(&w.client(FA, 1, 1, b"")), (FinWait1, CloseWait), "it has not heard the ACK");
}

#[test]
fn resets_and_the_middle() {
    let mut w = Watch::new();
    w.client(S, 0, 0, b"");
    let seen = w.server(RA, 0, 1, b"");
    assert_eq!(states(&seen), (Closed, Closed));
    assert_eq!(seen.ends.map(|end| end.proven), [false, true]);
    let mut w = Watch::at_client();
    assert_eq!(states(&w.client(R, 1, 0, b"")), (Closed, Closed));
    let mut w = Watch::new();
    assert_eq!(states(&w.client(A, 50, 60, b"x")).0, Established, "it would not speak like this before");
    assert_eq!(states(&w.server(A, 60, 51, b"")), (Established, Established));
}

/// RFC 9293, figure 6 and §3.10.7: a SYN says what is expected next and how much there is room for, and so does each
/// byte that arrives. What nobody has said is not a number.
#[test]
fn the_variables_from_the_first_segment_on() {
    let mut w = Watch::new();
    let said = |seen: &Seen<'_>| seen.ends.map(|end| end.to_string());
    assert_eq!(
        said(&w.client(S, 0, 0, b"")),
        [
            "SYN-SENT; snd.una 0 snd.nxt 1; rcv.nxt - rcv.wnd 1000",
            "SYN-RECEIVED; snd.una - snd.nxt -; rcv.nxt 1 rcv.wnd - (if this arrives)",
        ]
    );
    assert_eq!(
        said(&w.server(SA, 0, 1, b"")),
        [
            "ESTABLISHED; snd.una 1 snd.nxt 1; rcv.nxt 1 rcv.wnd 1000 (if this arrives)",
            "SYN-RECEIVED; snd.una 0 snd.nxt 1; rcv.nxt 1 rcv.wnd 1000",
        ]
    );
    w.client(A, 1, 1, b"");
    assert_eq!(
        said(&w.client(A, 1, 1, b"abc")),
        [
            "ESTABLISHED; snd.una 1 snd.nxt 4; rcv.nxt 1 rcv.wnd 1000",
            "ESTABLISHED; snd.una 1 snd.nxt 1; rcv.nxt 4 rcv.wnd 1000 (if this arrives)",
        ]
    );
    assert_eq!(
        said(&w.server(FA, 1, 4, b"defg")),
        [
            "CLOSE-WAIT; snd.una 4 snd.nxt 4; rcv.nxt 6 rcv.wnd 1000 (if this arrives)",
            "FIN-WAIT-1; snd.una 1 snd.nxt 6; rcv.nxt 4 rcv.wnd 1000",
        ]
    );
    assert!(w.client(A, 4, 6, b"").ends[0].proven, "now it has said so");
}

/// Bytes after a hole are not expected less for having arrived: RCV.NXT stays in front of the hole. An acknowledgment
/// alone is news for the other end, too. In the middle of a connection nobody knows the first numbers.
#[test]
fn the_variables_with_a_hole_and_in_the_middle() {
    let mut w = Watch::at_client();
    let seen = w.client(A, 11, 1, b"after the hole");
    assert_eq!((seen.ends[1].rcv_nxt, seen.ends[1].proven), (Some(1), false), "{}", seen.ends[1]);
    let seen = w.server(A, 1, 1, b"");
    assert_eq!((seen.ends[1].rcv_nxt, seen.ends[1].proven), (Some(1), true), "{}", seen.ends[1]);
    w.client(A, 1, 1, b"the hole..");
    let seen = w.server(A, 1, 25, b"");
    assert_eq!((seen.ends[0].snd_una, seen.ends[0].proven), (Some(25), false), "{}", seen.ends[0]);

    let mut w = Watch::new();
    let [client, server] = w.client(A, 50, 60, b"x").ends;
    assert_eq!((client.snd_una, client.snd_nxt.is_some(), client.rcv_wnd), (None, true, Some(1000)));
    assert_eq!((server.snd_nxt, server.rcv_nxt, server.rcv_wnd), (None, client.snd_nxt, None));
}

#[test]
fn the_variables_of_both_ends() {
    let mut w = Watch::at_client();
    w.client(A, 1, 1, b"abc");
    w.window = 500;
    let seen = w.server(A, 1, 3, b"defg");
    let [client, server] = seen.ends;
    assert_eq!(
        (client.snd_una, client.snd_nxt, client.rcv_nxt, client.rcv_wnd),
        (Some(3), Some(4), Some(5), Some(1000))
    );
    assert_eq!(
        (server.snd_una, server.snd_nxt, server.rcv_nxt, server.rcv_wnd),
        (Some(1), Some(5), Some(3), Some(500))
    );
    assert_eq!(server.to_string(), "ESTABLISHED; snd.una 1 snd.nxt 5; rcv.nxt 3 rcv.wnd 500");
    assert!(w.client(A, 4, 5, b"").ends[0].to_string().starts_with("ESTABLISHED; snd.una 3"));
}
