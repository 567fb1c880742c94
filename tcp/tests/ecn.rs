//! ECN by clause: RFC 3168 §6.1. First one connection by hand, then two hosts and a wire that marks.

mod common;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::checksum::checksum;
use barewire_packet::ip::Codepoint;
use barewire_tcp::congestion::CongestionControl;
use barewire_tcp::congestion::controller::Phase;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{
    Config, ConnectionEvent, Ecn, Event, Flags, Host, ReceivedNote, Segment, SentNote, State,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use common::script::*;
use common::*;

const ECE: Flags = Flags::ECE;
const CWR: Flags = Flags::CWR;
const NONE: Flags = Flags(0);

fn offering() -> Config {
    Config { ecn: Ecn::Offer, ..plain() }
}

/// In ESTABLISHED, both ends agreed; the peer's MSS is 1000.
fn agreed(config: Config) -> Script {
    let mut s = Script::connecting(Config { ecn: Ecn::Offer, ..config });
    s.sends(S | ECE | CWR, 0, None, 0);
    s.options.maximum_segment_size = Some(1000);
    s.waits(100);
    s.arrives(SA | ECE, 0, 1, b"");
    s.options = Default::default();
    s.sends(A, 1, Some(1), 0);
    s.event(ConnectionEvent::Established);
    s
}

/// New text leaves, in segments of 1000 bytes that can be marked, none with CWR, and then nothing more.
#[track_caller]
fn sends_new(s: &mut Script, first: u32, count: u32, last: Flags) {
    for n in 0..count {
        s.sends(if n + 1 == count { last } else { A }, first + 1000 * n, Some(1), 1000);
        assert_eq!(s.sent_codepoint, Codepoint::Ect0);
    }
    s.silent();
}

#[track_caller]
fn window(s: &Script, wanted: u32) {
    assert_eq!(s.c.variables().cwnd, wanted, "{}", s.c.variables());
}

// §6.1.1: the handshake.

#[test]
fn s6_1_1_who_asks_and_who_is_answered() {
    let both = ECE | CWR;
    let cases = [
        (Ecn::Offer, both, ECE, true),
        (Ecn::Offer, both, NONE, false),
        (Ecn::Offer, both, CWR, false),
        // §6.1.1.2: the peer copies what it does not understand.
        (Ecn::Offer, both, both, false),
        (Ecn::Answer, NONE, NONE, false),
        (Ecn::Answer, NONE, ECE, false),
        (Ecn::Off, NONE, ECE, false),
    ];
    for (ecn, asks, answer, agreed) in cases {
        let mut s = Script::connecting(Config { ecn, ..plain() });
        s.sends(S | asks, 0, None, 0);
        assert_eq!(s.sent_codepoint, Codepoint::NotEct, "a SYN is never marked");
        s.arrives(SA | answer, 0, 1, b"");
        s.writes(10);
        s.sends(PA, 1, Some(1), 10);
        let wanted = if agreed { Codepoint::Ect0 } else { Codepoint::NotEct };
        assert_eq!(s.sent_codepoint, wanted, "{ecn:?}, answered {answer}");
        s.silent();
    }
}

#[test]
fn s6_1_1_what_a_server_answers() {
    let both = ECE | CWR;
    let cases = [
        (Ecn::Answer, both, ECE),
        (Ecn::Offer, both, ECE),
        (Ecn::Off, both, NONE),
        (Ecn::Answer, NONE, NONE),
        (Ecn::Answer, ECE, NONE),
        (Ecn::Offer, CWR, NONE),
    ];
    for (ecn, asks, answer) in cases {
        let mut s = Script::listening(Config { ecn, ..plain() });
        s.arrives(S | asks, 0, 0, b"");
        s.sends(SA | answer, 0, Some(1), 0);
        assert_eq!(s.sent_codepoint, Codepoint::NotEct, "a SYN-ACK is never marked");
        s.arrives(A, 1, 1, b"");
        s.writes(10);
        s.sends(PA, 1, Some(1), 10);
        let wanted = if answer == ECE { Codepoint::Ect0 } else { Codepoint::NotEct };
        assert_eq!(s.sent_codepoint, wanted, "{ecn:?}, asked {asks}");
    }
    assert_eq!(Config::default().ecn, Ecn::Answer);

    // A SYN that says no has come, too.
    let mut s = Script::listening(plain());
    s.arrives(S | both, 0, 0, b"");
    s.sends(SA | ECE, 0, Some(1), 0);
    s.arrives(S, 0, 0, b"");
    s.arrives(A, 1, 1, b"");
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
}

#[test]
fn s6_1_1_both_open_at_once() {
    let mut s = Script::connecting(offering());
    s.sends(S | ECE | CWR, 0, None, 0);
    s.arrives(S | ECE | CWR, 0, 0, b"");
    s.sends(SA | ECE, 0, Some(1), 0);
    s.arrives(SA | ECE, 0, 1, b"");
    s.is(State::Established);
    s.sends(A, 1, Some(1), 0);
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    assert_eq!(s.sent_codepoint, Codepoint::Ect0);

    // Our own SYN said no.
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    s.arrives(S | ECE | CWR, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
}

/// §6.1.1.1: the SYN may have been dropped for its flags. From then on nothing of ours can be marked; but the peer may
/// have heard only the first SYN, so marks are echoed.
#[test]
fn s6_1_1_1_a_syn_sent_again_does_not_ask() {
    let mut s = Script::connecting(offering());
    s.sends(S | ECE | CWR, 0, None, 0);
    s.waits(1000);
    s.sends(S, 0, None, 0);
    s.arrives(SA | ECE, 0, 1, b"");
    s.sends(A, 1, Some(1), 0);
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 1, 11, b"marked");
    s.sends(A | ECE, 11, Some(7), 0);
}

/// The same from the other end: RFC 3168 §6.1.1.1, (1) to (4).
#[test]
fn s6_1_1_1_a_syn_that_comes_again_and_does_not_ask() {
    let mut s = Script::listening(plain());
    s.arrives(S | ECE | CWR, 0, 0, b"");
    s.sends(SA | ECE, 0, Some(1), 0);
    s.waits(1000);
    s.sends(SA | ECE, 0, Some(1), 0);
    s.arrives(S, 0, 0, b"");
    s.sends(SA, 0, Some(1), 0);
    s.codepoint = Codepoint::Ce;
    s.arrives(PA, 1, 1, b"marked");
    s.sends(A, 1, Some(7), 0);
    s.writes(10);
    s.sends(PA, 1, Some(7), 10);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
}

// §6.1.2: the sender.

#[test]
fn s6_1_2_once_a_window_and_cwr_with_the_next_new_text() {
    let mut s = agreed(plain());
    s.writes(30_000);
    sends_new(&mut s, 1, 10, A);
    // An ACK that echoes a mark: half of the ten segments in flight, and no growth.
    s.arrives(A | ECE, 1, 1001, b"");
    window(&s, 5000);
    s.silent();
    for n in 2..=5 {
        s.arrives(A | ECE, 1, 1 + 1000 * n, b"");
        window(&s, 5000);
        s.silent();
    }
    // The pipe has become smaller than the window: new text, and CWR with the first of it.
    s.arrives(A | ECE, 1, 6001, b"");
    s.sends(A | CWR, 10_001, Some(1), 1000);
    s.notes(SentNote::MarkAnswered);
    assert_eq!(s.sent_codepoint, Codepoint::Ect0);
    s.arrives(A | ECE, 1, 8001, b"");
    sends_new(&mut s, 11_001, 2, A);
    assert_eq!(s.note, None);
    // This ACK answers the last that was sent before CWR. The receiver cannot have seen CWR yet.
    s.arrives(A | ECE, 1, 10_001, b"");
    window(&s, 5000);
    sends_new(&mut s, 13_001, 2, A);
    // A new mark, beyond that window.
    s.arrives(A | ECE, 1, 11_001, b"");
    window(&s, 2500);
    s.arrives(A, 1, 13_001, b"");
    s.silent();
    s.arrives(A, 1, 14_001, b"");
    s.sends(A | CWR, 15_001, Some(1), 1000);
}

/// An ACK without ECE lets the window grow as ever.
#[test]
fn s6_1_2_growth_goes_on_without_ece() {
    let mut s = agreed(plain());
    s.writes(100_000);
    sends_new(&mut s, 1, 10, A);
    s.arrives(A, 1, 2001, b"");
    window(&s, 12_000);
    sends_new(&mut s, 10_001, 4, A);
    s.arrives(A | ECE, 1, 4001, b"");
    window(&s, 6000);
}

/// What was not agreed does not count: the flag may be an echo of reserved bits.
#[test]
fn s6_1_1_ece_without_agreement() {
    let mut s = Script::established(plain());
    s.writes(100_000);
    for n in 0..10 {
        s.sends(A, 1 + 1000 * n, Some(1), 1000);
        assert_eq!(s.sent_codepoint, Codepoint::NotEct);
    }
    s.arrives(A | ECE, 1, 2001, b"");
    window(&s, 12_000);
    s.codepoint = Codepoint::Ce;
    s.arrives(PA, 1, 2001, b"marked");
    s.sends(A, 10_001, Some(7), 1000);
}

/// Each controller answers a mark in its own way.
#[test]
fn s6_1_2_what_each_controller_does() {
    let after_an_ack = |congestion, flags| {
        let mut s = agreed(Config { congestion, nagle: false, ..plain() });
        s.writes(30_000);
        while s.c.transmit(s.now).is_some() {}
        // BBR paces: the rest leaves when it may.
        while let Some(deadline) = s.c.deadline().filter(|_| s.c.variables().pipe < 10_000) {
            s.now = deadline;
            s.c.on_deadline(s.now);
            while s.c.transmit(s.now).is_some() {}
        }
        assert_eq!(s.c.variables().pipe, 10_000, "ten segments are in flight");
        s.arrives(A | flags, 1, 1001, b"");
        s.c.variables()
    };
    // RFC 5681 §3.1: half of what was in flight.
    let reno = after_an_ack(CongestionControl::Reno, ECE);
    assert_eq!((reno.cwnd, reno.ssthresh, reno.phase), (5000, 5000, Phase::CongestionAvoidance));
    // RFC 9438 §4.6: 0.7 of it.
    let cubic = after_an_ack(CongestionControl::Cubic, ECE);
    assert_eq!((cubic.cwnd, cubic.ssthresh, cubic.phase), (7000, 7000, Phase::CongestionAvoidance));
    // BBR has found out that the path is full: Startup ends, and after Drain, which has nothing to drain here, it
    // probes.
    assert_eq!(after_an_ack(CongestionControl::Bbr, NONE).phase, Phase::Startup);
    assert_eq!(after_an_ack(CongestionControl::Bbr, ECE).phase, Phase::ProbeBandwidth);
}

/// "The sending TCP will then be able to send a new packet only when the retransmit timer expires."
#[test]
fn s6_1_2_a_window_of_one_segment() {
    let mut s = agreed(Config { congestion: CongestionControl::Cubic, initial_window: 1, ..plain() });
    s.writes(5000);
    sends_new(&mut s, 1, 1, A);
    s.waits(100);
    s.arrives(A | ECE, 1, 1001, b"");
    window(&s, 1000);
    s.silent();
    let rto = s.c.variables().rto.as_millis() as u64;
    assert_eq!(s.c.deadline(), Some(s.now + Duration::from_millis(rto)));
    s.waits(rto - 1);
    s.silent();
    s.waits(1);
    s.sends(A | CWR, 1001, Some(1), 1000);
    // The same again, for as long as the marks go on.
    s.waits(100);
    s.arrives(A | ECE, 1, 2001, b"");
    s.silent();
    let rto = s.c.variables().rto.as_millis() as u64;
    s.waits(rto);
    s.sends(A | CWR, 2001, Some(1), 1000);
    // No mark any more: no pause.
    s.waits(100);
    s.arrives(A, 1, 3001, b"");
    sends_new(&mut s, 3001, 2, PA);
}

/// A loss has reduced the window: marks of the same window do not count again, and CWR tells of it.
#[test]
fn s6_1_2_marks_during_a_repair() {
    let mut s = agreed(plain());
    s.writes(30_000);
    sends_new(&mut s, 1, 10, A);
    // The first is lost, the others arrive.
    for _ in 0..3 {
        s.arrives(A, 1, 1, b"");
    }
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::FastRetransmission);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct, "§6.1.5: a retransmission is never marked");
    assert_eq!(s.c.variables().ssthresh, 5000);
    for _ in 3..9 {
        s.arrives(A | ECE, 1, 1, b"");
    }
    s.sends(A | CWR, 10_001, Some(1), 1000);
    assert_eq!((s.note, s.sent_codepoint), (None, Codepoint::Ect0));
    s.skip();
    s.arrives(A | ECE, 1, 10_001, b"");
    assert_eq!(s.c.variables().ssthresh, 5000, "once a window");
}

/// The other way round: a mark has reduced the window, and a loss of the same window is repaired only.
#[test]
fn s6_1_2_a_loss_after_a_mark() {
    let mut s = agreed(plain());
    s.writes(30_000);
    sends_new(&mut s, 1, 10, A);
    s.arrives(A | ECE, 1, 1001, b"");
    window(&s, 5000);
    s.silent();
    for _ in 0..3 {
        s.arrives(A | ECE, 1, 1001, b"");
    }
    s.sends(A, 1001, Some(1), 1000);
    s.notes(SentNote::FastRetransmission);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
    assert_eq!(
        (s.c.variables().ssthresh, s.c.variables().cwnd),
        (5000, 5000),
        "nine in flight would give 4500"
    );
}

/// A repair goes on when the window of the mark is over. It is an answer to what has come since, too.
#[test]
fn s6_1_2_another_mark_while_a_loss_is_repaired() {
    let mut s = agreed(plain());
    s.writes(30_000);
    sends_new(&mut s, 1, 10, A);
    s.arrives(A | ECE, 1, 7001, b"");
    window(&s, 5000);
    s.sends(A | CWR, 10_001, Some(1), 1000);
    s.sends(A, 11_001, Some(1), 1000);
    s.silent();
    for _ in 0..3 {
        s.arrives(A, 1, 7001, b"");
    }
    s.sends(A, 7001, Some(1), 1000);
    s.skip();
    s.arrives(A | ECE, 1, 11_001, b"");
    s.sends(A, 11_001, Some(1), 1000);
    s.notes(SentNote::PartialAck);
    assert_eq!(s.c.variables().ssthresh, 5000);
}

/// A peer with SACK. The first of ten segments is late. It is taken for lost, and sent again; then the peer has all.
fn repaired_for_nothing() -> Script {
    let mut s = Script::connecting(Config { sack: true, rack: false, ..offering() });
    s.sends(S | ECE | CWR, 0, None, 0);
    s.options.maximum_segment_size = Some(1000);
    s.options.sack_permitted = true;
    s.waits(100);
    s.arrives(SA | ECE, 0, 1, b"");
    s.options = Default::default();
    s.sends(A, 1, Some(1), 0);
    s.writes(60_000);
    sends_new(&mut s, 1, 10, A);
    reports(&mut s, 1, 1001, 4001);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::SackShowsLoss);
    assert_eq!(s.c.variables().ssthresh, 5000);
    s.skip();
    s.arrives(A, 1, 10_001, b"");
    s.skip();
    window(&s, 5000);
    s
}

/// An ACK with one SACK block.
fn reports(s: &mut Script, ack: u32, first: u32, end: u32) {
    let iss = s.c.variables().snd.iss;
    s.options.sack.push(iss + first, iss + end);
    s.arrives(A, 1, ack, b"");
    s.options = Default::default();
}

/// A repair was for nothing, and its reduction is undone. So a mark of the same window is the first.
#[test]
fn s6_1_2_a_mark_after_a_false_alarm() {
    let mut s = repaired_for_nothing();
    reports(&mut s, 10_001, 1, 1001);
    window(&s, 10_000);
    s.skip();
    s.arrives(A | ECE, 1, 10_001, b"");
    window(&s, 5000);
}

/// A mark is real congestion. So the reduction stays, also when the repair before it was a false alarm.
#[test]
fn s6_1_2_a_mark_before_a_false_alarm() {
    let mut s = repaired_for_nothing();
    s.arrives(A | ECE, 1, 11_001, b"");
    window(&s, 2500);
    reports(&mut s, 11_001, 1, 1001);
    window(&s, 2500);
}

/// A loss beyond that window is new congestion: what was lost may be the segment with CWR.
#[test]
fn s6_1_2_the_segment_with_cwr_is_lost() {
    let mut s = agreed(plain());
    s.writes(60_000);
    sends_new(&mut s, 1, 10, A);
    s.arrives(A | ECE, 1, 1001, b"");
    s.arrives(A | ECE, 1, 10_001, b"");
    s.sends(A | CWR, 10_001, Some(1), 1000);
    sends_new(&mut s, 11_001, 4, A);
    for _ in 0..3 {
        s.arrives(A | ECE, 1, 10_001, b"");
    }
    s.sends(A, 10_001, Some(1), 1000);
    s.notes(SentNote::FastRetransmission);
    assert_eq!(s.c.variables().ssthresh, 2500, "the window shrinks again");
    s.arrives(A | ECE, 1, 10_001, b"");
    s.arrives(A | ECE, 1, 15_001, b"");
    s.sends(A | CWR, 15_001, Some(1), 1000);
}

/// After a timeout the next new text carries CWR, and the retransmission does not.
#[test]
fn s6_1_2_cwr_after_a_timeout() {
    let mut s = agreed(plain());
    s.writes(30_000);
    sends_new(&mut s, 1, 10, A);
    s.waits(300);
    s.sends(A, 1, Some(1), 1000);
    s.notes(SentNote::TimerRanOut { times: 1, after: Duration::from_millis(300) });
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
    s.arrives(A | ECE, 1, 10_001, b"");
    assert_eq!(s.c.variables().ssthresh, 5000, "once a window");
    s.sends(A | CWR, 10_001, Some(1), 1000);
}

// §6.1.3: the receiver.

#[test]
fn s6_1_3_ece_until_cwr() {
    let mut s = agreed(plain());
    s.codepoint = Codepoint::Ect0;
    s.arrives(A, 1, 1, &[0; 1000]);
    s.sends(A, 1, Some(1001), 0);
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 1001, 1, &[0; 1000]);
    s.sends(A | ECE, 1, Some(2001), 0);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct, "§6.1.4: a bare ACK is never marked");
    // ACKs of what was not marked say so, too: an ACK may get lost. Text does as well.
    s.codepoint = Codepoint::Ect0;
    s.arrives(A, 2001, 1, &[0; 1000]);
    s.sends(A | ECE, 1, Some(3001), 0);
    s.writes(10);
    s.sends(PA | ECE, 1, Some(3001), 10);
    s.arrives(A | CWR, 3001, 11, &[0; 1000]);
    s.sends(A, 11, Some(4001), 0);
    // A segment with CWR can be marked itself.
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 4001, 11, &[0; 1000]);
    s.sends(A | ECE, 11, Some(5001), 0);
    s.arrives(A | CWR, 5001, 11, &[0; 1000]);
    s.sends(A | ECE, 11, Some(6001), 0);
}

/// A delayed ACK echoes the mark of any segment that it acknowledges.
#[test]
fn s6_1_3_one_ack_for_two_segments() {
    let mut s = agreed(Config { delayed_ack: Duration::from_millis(40), quick_acks: 0, ..plain() });
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 1, 1, &[0; 1460]);
    s.silent();
    s.codepoint = Codepoint::Ect0;
    s.arrives(A, 1461, 1, &[0; 1460]);
    s.sends(A | ECE, 1, Some(2921), 0);
}

#[test]
fn s6_1_4_a_mark_on_a_bare_ack() {
    let mut s = agreed(plain());
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 1, 1, b"");
    s.codepoint = Codepoint::Ect0;
    s.arrives(PA, 1, 1, b"text");
    s.sends(A, 1, Some(5), 0);
}

/// §6.1.5: "the TCP data receiver SHOULD ignore the CE codepoint on out-of-window packets". A copy is one, and so is
/// what is refused for another reason.
#[test]
fn s6_1_5_marks_outside_the_window() {
    let mut s = agreed(plain());
    s.arrives(A, 1, 1, &[0; 1000]);
    s.sends(A, 1, Some(1001), 0);
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 1, 1, &[0; 1000]);
    s.sends(A, 1, Some(1001), 0);
    s.arrives(A, 500_000, 1, &[0; 1000]);
    s.sends(A, 1, Some(1001), 0);
    s.arrives(A, 1001, 2_000_000, &[0; 1000]);
    s.sends(A, 1, Some(1001), 0);
}

/// §6.1.6: "MUST NOT set either an ECT codepoint or the CWR bit on window probe packets."
#[test]
fn s6_1_6_window_probes() {
    let mut s = agreed(plain());
    s.writes(10_000);
    sends_new(&mut s, 1, 10, PA);
    s.window = 0;
    s.arrives(A | ECE, 1, 10_001, b"");
    s.writes(1100);
    s.silent();
    s.waits(s.c.variables().rto.as_millis() as u64 + 1);
    s.sends(A, 10_001, Some(1), 1);
    s.notes(SentNote::WindowProbe);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
    // The window opens: the byte goes again, with text after it, and then comes a segment that is all new.
    s.window = 60_000;
    s.arrives(A, 1, 10_001, b"");
    s.sends(A, 10_001, Some(1), 1000);
    assert_eq!(s.sent_codepoint, Codepoint::NotEct);
    s.sends(PA | CWR, 11_001, Some(1), 100);
    assert_eq!(s.sent_codepoint, Codepoint::Ect0);
}

/// "If a window probe arrives with the CE codepoint set, then the receiver SHOULD respond."
#[test]
fn s6_1_6_a_probe_that_was_marked() {
    let mut s = agreed(Config { receive_buffer: 1000, ..plain() });
    s.arrives(A, 1, 1, &[0; 1000]);
    s.sends(A, 1, Some(1001), 0);
    assert_eq!(s.sent_window, 0);
    s.codepoint = Codepoint::Ce;
    s.arrives(A, 1001, 1, b"?");
    s.sends(A | ECE, 1, Some(1001), 0);
}

// Hosts and wires.

/// What a router does that has a queue (RFC 3168 §5): it marks what can be marked.
fn mark(packet: &mut [u8]) -> bool {
    let (at, shift) = if packet[0] >> 4 == 4 { (1, 0) } else { (1, 4) };
    if packet[at] >> shift & 3 == 0 {
        return false;
    }
    packet[at] |= 3 << shift;
    if packet[0] >> 4 == 4 {
        packet[10..12].fill(0);
        let sum = checksum(&packet[..20]);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    true
}

fn segment(packet: &[u8]) -> Segment<'_> {
    let Payload::Tcp(segment) = Packet::parse(packet).expect("a good packet").payload else { panic!("TCP") };
    segment
}

/// A megabyte crosses a wire that marks one packet in fifty, and drops none: nothing is sent twice, and the sender
/// answers the marks.
#[test]
fn a_wire_that_marks() {
    let ends: [[IpAddr; 2]; 2] =
        [[CLIENT.into(), SERVER.into()], ["2001:db8::2".parse().unwrap(), "2001:db8:1::50".parse().unwrap()]];
    for congestion in [CongestionControl::Reno, CongestionControl::Cubic, CongestionControl::Bbr] {
        for [here, there] in ends {
            let config = Config { congestion, ..Config::default() };
            let [marked, told, again] = transfer(here, there, config, 7);
            assert!(marked > 5, "{congestion:?}: {marked} packets were marked");
            assert!(told > 2 && told <= marked, "{congestion:?}: CWR {told} times for {marked} marks");
            assert_eq!(again, 0, "{congestion:?}: nothing is sent twice");
        }
    }
}

/// How many packets were marked, how many carried CWR, and how much text came twice.
fn transfer(here: IpAddr, there: IpAddr, config: Config, seed: u64) -> [u32; 3] {
    let mut now = Instant::now();
    let mut dice = ChaCha20Rng::seed_from_u64(seed);
    let mut hosts = [host(here, Config { ecn: Ecn::Offer, ..config }, 1), host(there, config, 2)];
    hosts[1].listen(PORT, 4).unwrap();
    let client = hosts[0].connect(now, (there, PORT).into()).unwrap();
    let said = pattern(1_000_000);
    let (mut written, mut received, mut server) = (0, Vec::new(), None);
    let ([mut marked, mut told, mut again], mut next) = ([0; 3], None);
    for _ in 0..10_000 {
        written += hosts[0].write(client, &said[written..]).unwrap();
        let to_server: Vec<_> = std::iter::from_fn(|| hosts[0].transmit(now)).collect();
        let to_client: Vec<_> = std::iter::from_fn(|| hosts[1].transmit(now)).collect();
        now += Duration::from_millis(5);
        for mut packet in to_server.into_iter().map(|transmit| transmit.packet) {
            let sent = segment(&packet);
            told += u32::from(sent.flags.has(CWR) && !sent.flags.syn());
            again += u32::from(next.is_some_and(|next| sent.seq.before(next)));
            next = Some(sent.seq + sent.len());
            marked += u32::from(dice.next_u32() % 50 == 0 && mark(&mut packet));
            assert_eq!(hosts[1].receive(now, &packet), None);
        }
        for mut packet in to_client.into_iter().map(|transmit| transmit.packet) {
            assert!(!mark(&mut packet), "no ACK can be marked");
            assert_eq!(hosts[0].receive(now, &packet), None);
        }
        hosts.iter_mut().for_each(|host| host.on_deadline(now));
        if let Some(Event::Accepted { handle, .. }) = hosts[1].event() {
            server = Some(handle);
        }
        let mut buffer = [0; 65_536];
        while let Some(Ok(count @ 1..)) = server.map(|server| hosts[1].read(server, &mut buffer)) {
            received.extend_from_slice(&buffer[..count]);
        }
        if received.len() == said.len() {
            assert!(received == said, "the bytes are right");
            return [marked, told, again];
        }
    }
    panic!("{congestion:?} does not come to an end", congestion = config.congestion);
}

/// A SYN cookie has no room for ECN, so its SYN-ACK says no, and so does the connection.
#[test]
fn a_cookie_says_no() {
    let now = Instant::now();
    let mut server: Host = host(SERVER.into(), Config { syn_cookies: true, ..Config::default() }, 1);
    server.listen(PORT, 1).unwrap();
    let syn = |port| Segment { flags: S | ECE | CWR, ..Segment::empty(port, PORT) };
    let mut answer = |port| {
        let note = server.receive(now, &syn(port).ip_packet(CLIENT.into(), SERVER.into()));
        (note, segment(&server.transmit(now).expect("a SYN-ACK").packet).flags)
    };
    assert_eq!(answer(1001), (None, SA | ECE));
    assert_eq!(answer(1002), (Some(ReceivedNote::SynCookie), SA));
}
