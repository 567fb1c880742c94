//! Fast Open, by clause of RFC 7413: a client and a server played by hand, then two hosts, then streams on a wire.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use barewire_internet::Wire;
use barewire_tcp::fast_open::Plan;
use barewire_tcp::options::{Cookie, FastOpen};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{
    Config, ConnectionEvent, Event, Handle, Host, IcmpError, IcmpOutcome, ReceivedNote, Segment, SentNote,
    State, TcpStream,
};

use common::script::*;
use common::*;

fn cookie() -> Cookie {
    Cookie::new(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap()
}

/// A client with a cookie, before its SYN.
fn client_with_cookie(config: Config, mss: u16) -> Script {
    let mut s = Script::connecting(config);
    s.c.set_fast_open(Plan::Send { cookie: cookie(), mss });
    s
}

/// A client whose SYN has taken 7 bytes along, 100 ms ago.
fn client_with_text() -> Script {
    let mut s = client_with_cookie(plain(), 1000);
    s.writes(7);
    s.sends(S, 0, None, 7);
    s.options.maximum_segment_size = Some(1000);
    s.waits(100);
    s
}

#[test]
fn rfc7413_s4_2_1_a_client_asks_for_a_cookie_once() {
    let mut s = Script::connecting(plain());
    s.c.set_fast_open(Plan::Ask);
    s.writes(7);
    s.sends(S, 0, None, 0);
    assert_eq!(s.sent_options.fast_open, Some(FastOpen::Request));
    s.notes(SentNote::AsksForCookie);
    // Something on the way may drop the option: the SYN is repeated without it.
    s.waits(1000);
    s.sends(S, 0, None, 0);
    assert_eq!(s.sent_options.fast_open, None);
    s.notes(SentNote::TimerRanOut { times: 1, after: Duration::from_secs(1) });
}

#[test]
fn rfc7413_s4_2_2_text_goes_with_the_syn() {
    let mut s = client_with_cookie(plain(), 1000);
    s.writes(7);
    s.sends(S, 0, None, 7);
    assert_eq!(s.sent_options.fast_open, Some(FastOpen::Cookie(cookie())));
    s.notes(SentNote::TextWithSyn);
    assert_eq!(s.c.variables().snd.nxt, s.ours(8), "SND.NXT includes the data");
    s.silent();
    s.waits(100);
    s.arrives(SA, 0, 8, b"");
    s.sends(A, 8, Some(1), 0);
    s.event(ConnectionEvent::Established);
    s.silent();
    assert_eq!(s.c.variables().srtt, Some(Duration::from_millis(100)));
    assert_eq!(s.c.variables().unacknowledged, 0);
}

/// The cached MSS counts the options of the SYN, and our own MSS is a limit as well.
#[test]
fn rfc7413_s4_1_3_no_more_than_the_servers_mss() {
    // 4 bytes of MSS and 12 of Fast Open.
    let mut s = client_with_cookie(plain(), 1000);
    s.writes(3000);
    s.sends(S, 0, None, 984);
    s.options.maximum_segment_size = Some(1000);
    s.waits(100);
    s.arrives(SA, 0, 985, b"");
    s.sends(A, 985, Some(1), 1000);
    s.sends(A, 1985, Some(1), 1000);
    s.sends(PA, 2985, Some(1), 16);

    let mut s = client_with_cookie(Config { mtu: 540, ..plain() }, 1000);
    s.writes(3000);
    s.sends(S, 0, None, 484);
}

#[test]
fn rfc7413_s4_2_2_text_that_is_not_acknowledged_goes_out_again_at_once() {
    let mut s = client_with_text();
    let window = s.c.variables().cwnd;
    s.arrives(SA, 0, 1, b"");
    s.sends(PA, 1, Some(1), 7);
    s.notes(SentNote::TextOfSyn);
    s.silent();
    let v = s.c.variables();
    assert_eq!((v.cwnd, v.ssthresh), (window / 536 * 1000, u32::MAX), "nothing was lost to congestion");
    s.waits(100);
    s.arrives(A, 1, 8, b"");
    assert_eq!(s.c.variables().unacknowledged, 0);
    s.silent();
}

/// A server may take a part: the client goes on from there.
#[test]
fn rfc7413_s4_2_2_a_part_of_the_text_is_acknowledged() {
    let mut s = client_with_text();
    s.arrives(SA, 0, 4, b"");
    s.sends(PA, 4, Some(1), 4);
    s.notes(SentNote::TextOfSyn);
    s.silent();
}

/// What follows the text waits for its turn, and goes in the same flight.
#[test]
fn rfc7413_s4_2_2_the_rest_follows_the_text_that_was_refused() {
    let mut s = client_with_text();
    s.writes(1500);
    s.arrives(SA, 0, 1, b"");
    s.sends(A, 1, Some(1), 7);
    s.sends(A, 8, Some(1), 1000);
    s.sends(PA, 1008, Some(1), 500);
    s.silent();
}

/// §4.2.2: "the client SHOULD retransmit a SYN packet without data and Fast Open options".
#[test]
fn rfc7413_s4_2_2_a_lost_syn_is_repeated_without_text() {
    let mut s = client_with_text();
    s.waits(900);
    s.sends(S, 0, None, 0);
    assert_eq!(s.sent_options.fast_open, None);
    s.waits(100);
    s.arrives(SA, 0, 1, b"");
    s.sends(PA, 1, Some(1), 7);
    s.notes(SentNote::TextOfSyn);
    assert_eq!(s.c.variables().cwnd, 1000, "RFC 5681 §3.1: after a lost SYN one segment");
}

/// The first SYN had arrived after all: its text is not sent again.
#[test]
fn rfc7413_s4_2_2_the_first_syn_was_only_late() {
    let mut s = client_with_text();
    s.waits(900);
    s.sends(S, 0, None, 0);
    s.arrives(SA, 0, 8, b"");
    s.sends(A, 8, Some(1), 0);
    s.silent();
}

/// §4.2.2: "The server MAY include data in the SYN-ACK packet". RFC 9293 §3.10.7.3 takes it, from the sixth step on.
#[test]
fn rfc7413_s4_2_2_text_in_the_syn_ack() {
    let mut s = client_with_text();
    s.arrives(SA, 0, 8, b"answer");
    s.event(ConnectionEvent::Established);
    s.event(ConnectionEvent::Readable);
    s.sends(A, 8, Some(7), 0);
    s.reads(b"answer");
}

/// "[RFC793] already supports both data in the SYN and simultaneous open."
#[test]
fn rfc7413_s4_2_2_both_open_at_once() {
    for ack in [1, 8] {
        let mut s = client_with_text();
        s.arrives(S, 0, 0, b"");
        s.is(State::SynReceived);
        s.sends(SA, 0, Some(1), 0);
        s.notes(SentNote::BothOpen);
        s.silent();
        s.arrives(SA, 0, ack, b"");
        s.is(State::Established);
        let rest = 8 - ack as usize;
        if rest > 0 {
            s.sends(PA, 1, Some(1), rest);
        } else {
            s.sends(A, 8, Some(1), 0);
        }
        s.silent();
    }
}

/// A user may write and close before the handshake is over: the FIN follows it. A SYN that waits is not sent at all.
#[test]
fn a_client_closes_before_the_handshake_is_over() {
    let mut s = client_with_text();
    s.closes();
    s.is(State::SynSent);
    s.arrives(SA, 0, 8, b"");
    s.sends(FA, 8, Some(1), 0);
    s.is(State::FinWait1);

    let mut s = client_with_cookie(plain(), 1000);
    s.c.wait_for_text();
    s.silent();
    s.closes();
    s.silent();
    s.is(State::Closed);
}

#[test]
fn a_syn_waits_for_text_only_where_it_may_take_it() {
    let mut s = Script::connecting(plain());
    s.c.set_fast_open(Plan::Ask);
    s.c.wait_for_text();
    assert!(!s.c.waits_for_text());
    s.sends(S, 0, None, 0);

    let mut s = client_with_cookie(plain(), 1000);
    s.c.wait_for_text();
    s.silent();
    assert!(s.c.waits_for_text());
    s.writes(3);
    assert!(!s.c.waits_for_text());
    s.sends(S, 0, None, 3);
}

/// A server that has taken 7 bytes of a SYN.
fn server_with_text(config: Config) -> Script {
    let mut s = Script::listening(config);
    s.c.set_fast_open(Plan::Take { renewed: None });
    s.options.maximum_segment_size = Some(1000);
    s.arrives(S, 0, 0, b"request");
    s.options = Default::default();
    s.is(State::SynReceived);
    s.event(ConnectionEvent::FastOpened);
    s.event(ConnectionEvent::Readable);
    s.reads(b"request");
    s
}

#[test]
fn rfc7413_s4_2_2_the_answer_leaves_before_the_handshake_is_over() {
    let mut s = server_with_text(plain());
    s.sends(SA, 0, Some(8), 0);
    assert_eq!(s.sent_options.fast_open, None);
    s.writes(1500);
    s.sends(A, 1, Some(8), 1000);
    s.sends(PA, 1001, Some(8), 500);
    s.silent();
    s.is(State::SynReceived);
    s.waits(100);
    s.arrives(A, 8, 1, b"");
    s.is(State::Established);
    s.event(ConnectionEvent::Established);
    assert_eq!(s.c.event(), None);
    s.arrives(A, 8, 1501, b"");
    s.silent();
    assert_eq!(s.c.variables().unacknowledged, 0);
}

/// The SYN-ACK comes first, even if the answer is there before it. The window that the SYN offers is a limit.
#[test]
fn rfc7413_s4_2_2_the_answer_keeps_to_the_window_of_the_syn() {
    let mut s = Script::listening(plain());
    s.c.set_fast_open(Plan::Take { renewed: None });
    s.window = 600;
    s.arrives(S, 0, 0, b"request");
    s.writes(2000);
    s.sends(SA, 0, Some(8), 0);
    s.sends(A, 1, Some(8), 536);
    s.silent();

    let mut s = Script::listening(plain());
    s.c.set_fast_open(Plan::Take { renewed: None });
    s.window = 0;
    s.arrives(S, 0, 0, b"request");
    s.writes(2000);
    s.sends(SA, 0, Some(8), 0);
    s.silent();
    // Not a probe of the window, but the SYN-ACK again.
    s.waits(1000);
    s.sends(SA, 0, Some(8), 0);
    s.silent();
}

/// "The initial congestion window for sending more data packets": ten segments, and no more.
#[test]
fn rfc7413_s4_2_2_the_answer_keeps_to_the_initial_window() {
    let mut s = server_with_text(plain());
    s.writes(20_000);
    s.sends(SA, 0, Some(8), 0);
    for segment in 0..10 {
        s.sends(A, 1 + 1000 * segment, Some(8), 1000);
    }
    s.silent();
}

/// "If the SYN-ACK timer fires, the server SHOULD retransmit a SYN-ACK segment with neither data nor Fast Open
/// options".
#[test]
fn rfc7413_s4_2_2_a_lost_syn_ack_is_repeated_alone() {
    let mut s = Script::listening(plain());
    s.c.set_fast_open(Plan::Take { renewed: Some(cookie()) });
    s.options.maximum_segment_size = Some(1000);
    s.arrives(S, 0, 0, b"request");
    s.options = Default::default();
    s.sends(SA, 0, Some(8), 0);
    assert_eq!(s.sent_options.fast_open, Some(FastOpen::Cookie(cookie())));
    s.notes(SentNote::GivesCookie);
    s.writes(1500);
    s.sends(A, 1, Some(8), 1000);
    s.sends(PA, 1001, Some(8), 500);
    s.waits(1000);
    s.sends(SA, 0, Some(8), 0);
    assert_eq!(s.sent_options.fast_open, None);
    s.silent();
    // The client answers this one. What came before it, it did not take: it goes out again at once, one segment a round
    // trip to begin with (RFC 5681 §3.1).
    s.waits(100);
    s.arrives(A, 8, 1, b"");
    s.sends(A, 1, Some(8), 1000);
    s.notes(SentNote::TextOfSyn);
    s.waits(100);
    s.arrives(A, 8, 1001, b"");
    s.sends(PA, 1001, Some(8), 500);
    s.notes(SentNote::TextOfSyn);
}

/// RFC 9293 §3.10.4: a FIN waits for ESTABLISHED.
#[test]
fn a_server_closes_before_the_handshake_is_over() {
    let mut s = server_with_text(plain());
    s.sends(SA, 0, Some(8), 0);
    s.writes(20);
    s.closes();
    s.sends(PA, 1, Some(8), 20);
    s.silent();
    s.is(State::SynReceived);
    s.waits(100);
    s.arrives(A, 8, 21, b"");
    s.sends(FA, 21, Some(8), 0);
    s.is(State::FinWait1);
}

/// The user has heard of the connection, so it is told how it ends.
#[test]
fn a_pending_connection_ends() {
    let mut s = server_with_text(plain());
    s.sends(SA, 0, Some(8), 0);
    s.arrives(R, 8, 0, b"");
    s.event(ConnectionEvent::Reset);

    let mut s = server_with_text(Config { syn_retries: 1, ..plain() });
    s.sends(SA, 0, Some(8), 0);
    s.waits(1000);
    s.sends(SA, 0, Some(8), 0);
    s.waits(2000);
    s.event(ConnectionEvent::TimedOut);
    s.is(State::Closed);

    // RFC 5961 §4: another SYN in the window may be a guess.
    let mut s = server_with_text(plain());
    s.sends(SA, 0, Some(8), 0);
    s.arrives(S, 9, 0, b"");
    s.is(State::SynReceived);
    s.sends(A, 1, Some(8), 0);
}

/// A cookie that is not right: only the SYN is acknowledged, and the answer brings the cookie that is.
#[test]
fn rfc7413_s4_2_2_text_that_is_not_taken() {
    for plan in [Plan::Give(cookie()), Plan::Refuse] {
        let mut s = Script::listening(plain());
        s.c.set_fast_open(plan);
        s.arrives(S, 0, 0, b"request");
        assert_eq!(s.c.event(), None);
        s.sends(SA, 0, Some(1), 0);
        let given = matches!(plan, Plan::Give(_)).then_some(FastOpen::Cookie(cookie()));
        assert_eq!(s.sent_options.fast_open, given);
        // The network doubles the SYN. Its text lies in the window now, and is still not taken.
        s.arrives(S, 0, 0, b"request");
        s.is(State::SynReceived);
        s.sends(SA, 0, Some(1), 0);
        s.writes(20);
        s.silent();
        s.arrives(A, 1, 1, b"request");
        s.event(ConnectionEvent::Established);
        s.event(ConnectionEvent::Readable);
        s.reads(b"request");
        s.sends(PA, 1, Some(8), 20);
    }
}

/// §2: without Fast Open, text in a SYN waits for the handshake.
#[test]
fn rfc7413_s2_text_without_fast_open_waits() {
    let mut s = Script::listening(plain());
    s.options.fast_open = Some(FastOpen::Cookie(cookie()));
    s.arrives(S, 0, 0, b"request");
    s.options = Default::default();
    assert_eq!(s.c.event(), None);
    s.sends(SA, 0, Some(8), 0);
    assert_eq!(s.sent_options.fast_open, None);
    s.writes(20);
    s.silent();
    s.arrives(A, 8, 1, b"");
    s.event(ConnectionEvent::Established);
    s.event(ConnectionEvent::Readable);
    s.sends(PA, 1, Some(8), 20);
}

/// RFC 1191 §6.4: a SYN with text is larger than the path takes. The SYN goes out again at once, without the text, and
/// the text follows in smaller pieces, when the SYN is acknowledged.
#[test]
fn rfc1191_s6_4_a_syn_with_text_is_too_large() {
    for (mtu, takes) in [(700, 700), (0, 552), (100, 552)] {
        let mut s = client_with_cookie(plain(), 1000);
        s.writes(900);
        s.sends(S, 0, None, 900);
        s.options.maximum_segment_size = Some(1000);
        // The packet was not as large as this.
        assert_eq!(s.c.icmp(s.ours(0), IcmpError::TooLarge { mtu: 990 }), IcmpOutcome::Noted);
        s.silent();
        assert_eq!(s.c.icmp(s.ours(0), IcmpError::TooLarge { mtu }), IcmpOutcome::PathMtu(takes));
        s.sends(S, 0, None, 0);
        s.notes(SentNote::PathIsNarrower);
        assert_eq!(s.sent_options.fast_open, None);
        // A second error about the same packet changes nothing.
        assert_eq!(s.c.icmp(s.ours(0), IcmpError::TooLarge { mtu: takes }), IcmpOutcome::Noted);
        s.silent();
        s.waits(100);
        s.arrives(SA, 0, 1, b"");
        let (first, size) = (takes as usize - 40, 1000);
        s.sends(A, 1, Some(1), first);
        s.notes(SentNote::PathIsNarrower);
        s.sends(PA, 1 + first as u32, Some(1), 900 - first);
        s.arrives(A, 1, 901, b"");
        assert_eq!(s.c.variables().cwnd, 10 * first as u32, "nothing was lost to congestion");
        // As after any other error the path is looked at again.
        s.waits(600_000);
        s.writes(3000);
        s.sends(A, 901, Some(1), size);
    }
}

fn with_fast_open() -> Config {
    Config { fast_open: true, ..Config::default() }
}

/// A client and a server that both do Fast Open, and nothing between them.
struct Pair {
    client: Host,
    server: Host,
    now: Instant,
}

/// What a SYN led to.
struct Opened {
    handle: Handle,
    /// How much text went with it, and what the server said about it.
    text: usize,
    verdict: Option<ReceivedNote>,
    /// What the server had read before its SYN-ACK left.
    at_once: Vec<u8>,
    accepted: Option<Handle>,
    syn: Vec<u8>,
}

impl Pair {
    fn new(server: Config) -> Pair {
        let mut pair = Pair {
            client: host(IpAddr::from(CLIENT), with_fast_open(), 1),
            server: host(IpAddr::from(SERVER), server, 2),
            now: Instant::now(),
        };
        pair.server.listen(PORT, 100).unwrap();
        pair.server.listen(PORT + 1, 100).unwrap();
        pair
    }

    /// The SYN of a connection that has something to say arrives. Nothing comes back yet.
    fn begin(&mut self, port: u16) -> Opened {
        while self.server.event().is_some() {}
        let to = SocketAddr::new(SERVER.into(), port);
        let handle = self.client.connect(self.now, to).unwrap();
        self.client.write(handle, b"request").unwrap();
        let syn = self.client.transmit(self.now).expect("a SYN").packet;
        let verdict = self.server.receive(self.now, &syn);
        let (mut at_once, mut accepted) = (Vec::new(), None);
        while let Some(event) = self.server.event() {
            if let Event::Accepted { handle, .. } = event {
                accepted = Some(handle);
                at_once = vec![0; 100];
                let count = self.server.read(handle, &mut at_once).unwrap();
                at_once.truncate(count);
            }
        }
        let text = segment(&syn).payload.len();
        Opened { handle, text, verdict, at_once, accepted, syn }
    }

    /// Both send what they have, until nothing is left.
    fn exchange(&mut self) {
        loop {
            let to_server: Vec<_> = std::iter::from_fn(|| self.client.transmit(self.now)).collect();
            let to_client: Vec<_> = std::iter::from_fn(|| self.server.transmit(self.now)).collect();
            for transmit in &to_server {
                self.server.receive(self.now, &transmit.packet);
            }
            for transmit in &to_client {
                self.client.receive(self.now, &transmit.packet);
            }
            if to_server.is_empty() && to_client.is_empty() {
                return;
            }
        }
    }

    fn open(&mut self, port: u16) -> Opened {
        let opened = self.begin(port);
        self.exchange();
        opened
    }
}

fn segment(packet: &[u8]) -> Segment<'_> {
    let Payload::Tcp(segment) = Packet::parse(packet).unwrap().payload else { panic!("TCP") };
    segment
}

#[test]
fn rfc7413_s3_the_second_connection_opens_fast() {
    let mut pair = Pair::new(with_fast_open());
    let first = pair.open(PORT);
    assert_eq!((first.text, first.verdict, first.accepted), (0, Some(ReceivedNote::CookieAsked), None));
    let second = pair.begin(PORT);
    assert_eq!((second.text, second.verdict), (7, Some(ReceivedNote::CookieRight)));
    assert_eq!(second.at_once, b"request");
    let there = second.accepted.expect("accepted before the handshake is over");
    assert_eq!(pair.server.state(there), State::SynReceived);
    pair.server.write(there, b"answer").unwrap();
    // One flight there, one back: the answer comes with the SYN-ACK.
    let back: Vec<_> = std::iter::from_fn(|| pair.server.transmit(pair.now)).collect();
    assert_eq!(back.len(), 2);
    for transmit in &back {
        pair.client.receive(pair.now, &transmit.packet);
    }
    assert_eq!(pair.client.unread(second.handle), 6);
    pair.exchange();
    assert_eq!(pair.server.state(there), State::Established);
    let accepted = std::iter::from_fn(|| pair.server.event())
        .filter(|event| matches!(event, Event::Accepted { handle, .. } if *handle == there));
    assert_eq!(accepted.count(), 0, "the user is told once");
    pair.server.close(there);
    pair.client.close(second.handle);
    pair.exchange();
    assert_eq!(pair.server.state(there), State::TimeWait);
}

/// §4.1.3: a cookie belongs to the addresses, whatever the port. A wrong one is replaced, and its text is not lost.
#[test]
fn rfc7413_s4_1_3_the_cookie_of_a_server() {
    let mut pair = Pair::new(with_fast_open());
    pair.open(PORT);
    let other = pair.open(PORT + 1);
    assert_eq!(other.verdict, Some(ReceivedNote::CookieRight));

    // The server forgets its secret.
    pair.server = host(IpAddr::from(SERVER), with_fast_open(), 77);
    pair.server.listen(PORT, 64).unwrap();
    let refused = pair.open(PORT);
    assert_eq!((refused.text, refused.verdict), (7, Some(ReceivedNote::CookieWrong)));
    assert_eq!(refused.accepted, None);
    let Some(Event::Accepted { handle: there, .. }) = pair.server.event() else { panic!("accepted") };
    assert_eq!(pair.server.unread(there), 7, "sent again with the ACK");
    let again = pair.open(PORT);
    assert_eq!(again.verdict, Some(ReceivedNote::CookieRight), "the SYN-ACK brought a new one");
}

/// §4.1.2: a cookie authenticates the client's address, and cannot be made by anybody else.
#[test]
fn rfc7413_s4_1_2_a_cookie_is_of_one_address() {
    let mut pair = Pair::new(with_fast_open());
    pair.open(PORT);
    let opened = pair.begin(PORT);
    let syn = segment(&opened.syn);
    let judged = |pair: &mut Pair, port: u16, from: &str, options| {
        let syn = Segment { source_port: port, options, ..syn.clone() };
        pair.server.receive(pair.now, &syn.ip_packet(from.parse().unwrap(), SERVER.into()))
    };
    let from = CLIENT.to_string();
    assert_eq!(judged(&mut pair, 1000, &from, syn.options), Some(ReceivedNote::CookieRight));
    assert_eq!(judged(&mut pair, 1001, "10.0.0.3", syn.options), Some(ReceivedNote::CookieWrong));
    let Some(FastOpen::Cookie(right)) = syn.options.fast_open else { panic!("a cookie") };
    for bit in 0..64 {
        let mut bytes = right.as_slice().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let forged = Some(FastOpen::Cookie(Cookie::new(&bytes).unwrap()));
        let options = barewire_tcp::options::Options { fast_open: forged, ..syn.options };
        let verdict = judged(&mut pair, 2000 + bit as u16, &from, options);
        assert_eq!(verdict, Some(ReceivedNote::CookieWrong), "bit {bit}");
    }
    for length in [4, 6, 10, 16] {
        let bytes = [right.as_slice(), &[0; 8]].concat();
        let forged = Some(FastOpen::Cookie(Cookie::new(&bytes[..length]).unwrap()));
        let options = barewire_tcp::options::Options { fast_open: forged, ..syn.options };
        let verdict = judged(&mut pair, 3000 + length as u16, &from, options);
        assert_eq!(verdict, Some(ReceivedNote::CookieWrong), "{length} bytes");
    }
}

/// §4.1.2: "The cookie expires after a certain amount of time." In its second hour the next one comes with the SYN-ACK.
#[test]
fn rfc7413_s4_1_2_a_cookie_expires() {
    let hour = Duration::from_secs(3600);
    let mut pair = Pair::new(with_fast_open());
    pair.open(PORT);
    pair.now += hour;
    let old = pair.begin(PORT);
    assert_eq!(old.verdict, Some(ReceivedNote::CookieRight));
    let syn_ack = pair.server.transmit(pair.now).unwrap();
    assert_eq!(syn_ack.note, Some(SentNote::GivesCookie));
    pair.client.receive(pair.now, &syn_ack.packet);
    pair.exchange();
    pair.now += hour;
    assert_eq!(pair.open(PORT).verdict, Some(ReceivedNote::CookieRight), "the next one is in force");
    pair.now += 2 * hour;
    assert_eq!(pair.open(PORT).verdict, Some(ReceivedNote::CookieWrong));
}

/// §4.2: the listener decides. One without Fast Open ignores the option.
#[test]
fn rfc7413_s4_2_off_unless_it_is_asked_for() {
    assert!(!Config::default().fast_open);
    let mut pair = Pair::new(Config::default());
    for _ in 0..2 {
        let opened = pair.open(PORT);
        assert_eq!((opened.text, opened.verdict), (0, None));
    }
    let mut pair = Pair::new(with_fast_open());
    let plain = pair.client.connect_with(pair.now, server_address(), Config::default()).unwrap();
    let syn = pair.client.transmit(pair.now).unwrap().packet;
    assert_eq!(segment(&syn).options.fast_open, None);
    pair.client.abort(plain);
}

/// §4.1.3.1: a SYN with the option that gets no answer. The path is left alone for a while, and for longer each time.
#[test]
fn rfc7413_s4_1_3_1_a_path_that_drops_the_option() {
    let mut pair = Pair::new(with_fast_open());
    pair.open(PORT);
    let seconds = Duration::from_secs;
    let loses_a_syn = |pair: &mut Pair| {
        let handle = pair.client.connect(pair.now, server_address()).unwrap();
        pair.client.write(handle, b"request").unwrap();
        let lost = pair.client.transmit(pair.now).unwrap().packet;
        assert!(segment(&lost).options.fast_open.is_some());
        pair.now += seconds(1);
        pair.client.on_deadline(pair.now);
        pair.exchange();
        assert_eq!(pair.client.state(handle), State::Established);
    };
    for pause in [60, 120, 240] {
        loses_a_syn(&mut pair);
        let plain = pair.open(PORT);
        assert_eq!((plain.text, plain.verdict), (0, None), "the path is left alone");
        assert_eq!(
            pair.open(PORT + 1).verdict,
            Some(ReceivedNote::CookieRight),
            "that of another port is not"
        );
        pair.now += seconds(pause) - seconds(1);
        assert_eq!(pair.open(PORT).verdict, None, "{pause} s");
        pair.now += seconds(1);
    }
    assert_eq!(pair.open(PORT).verdict, Some(ReceivedNote::CookieRight), "tried again");
}

/// §4.1.3.1: "no response (SYN-ACK) from the server at all".
#[test]
fn rfc7413_s4_1_3_1_a_server_that_never_answers() {
    let mut pair = Pair::new(with_fast_open());
    pair.open(PORT);
    let config = Config { syn_retries: 1, ..with_fast_open() };
    let handle = pair.client.connect_with(pair.now, server_address(), config).unwrap();
    for _ in 0..2 {
        pair.client.transmit(pair.now).expect("a SYN");
        pair.now += Duration::from_secs(2);
        pair.client.on_deadline(pair.now);
    }
    let end = std::iter::from_fn(|| pair.client.event()).last();
    assert_eq!(end, Some(Event::TimedOut(handle)));
    assert_eq!(pair.open(PORT).verdict, None);
}

/// §4.2.1 step 3: a server that takes neither the text nor gives a cookie does no Fast Open any more.
#[test]
fn rfc7413_s4_2_1_a_cookie_that_is_not_wanted_is_forgotten() {
    let mut pair = Pair::new(with_fast_open());
    pair.open(PORT);
    pair.server = host(IpAddr::from(SERVER), Config { fast_open_backlog: 0, ..with_fast_open() }, 2);
    pair.server.listen(PORT, 64).unwrap();
    let rests = pair.open(PORT);
    assert_eq!((rests.text, rests.verdict), (7, Some(ReceivedNote::FastOpenRests)));
    assert_eq!(pair.open(PORT).text, 0);
}

/// §5.1: beyond the limit of pending connections handshakes are plain. Those that were reset count for a minute more.
#[test]
fn rfc7413_s5_1_pending_connections_are_limited() {
    let mut pair = Pair::new(Config { fast_open_backlog: 3, ..with_fast_open() });
    pair.open(PORT);
    let opened: Vec<Opened> = (0..3).map(|_| pair.begin(PORT)).collect();
    let verdict = |pair: &mut Pair| pair.begin(PORT).verdict;
    assert!(opened.iter().all(|one| one.verdict == Some(ReceivedNote::CookieRight)));
    assert_eq!(verdict(&mut pair), Some(ReceivedNote::FastOpenRests));
    assert_eq!(pair.begin(PORT + 1).verdict, Some(ReceivedNote::CookieRight), "each listener has its own");

    // Their handshakes are over. The client, whose text was not taken, has to ask for a cookie again.
    pair.exchange();
    assert_eq!(pair.open(PORT).verdict, Some(ReceivedNote::CookieAsked));
    let opened: Vec<Opened> = (0..3).map(|_| pair.begin(PORT)).collect();
    assert!(opened.iter().all(|one| one.verdict == Some(ReceivedNote::CookieRight)));
    for one in &opened {
        let syn = segment(&one.syn);
        let reset = Segment { seq: syn.seq + 8, flags: R, ..Segment::empty(syn.source_port, PORT) };
        pair.server.receive(pair.now, &reset.ip_packet(CLIENT.into(), SERVER.into()));
        let end = std::iter::from_fn(|| pair.server.event()).last();
        assert_eq!(end, Some(Event::Reset(one.accepted.unwrap())));
        pair.client.abort(one.handle);
    }
    while pair.server.transmit(pair.now).is_some() {}
    assert_eq!(verdict(&mut pair), Some(ReceivedNote::FastOpenRests), "they still count");
    pair.now += Duration::from_secs(59);
    assert_eq!(verdict(&mut pair), Some(ReceivedNote::FastOpenRests));
    pair.now += Duration::from_secs(1);
    assert_eq!(verdict(&mut pair), Some(ReceivedNote::CookieRight), "a minute is over");
}

/// A host remembers a few hundred servers, and forgets the oldest.
#[test]
fn what_a_client_remembers_is_bounded() {
    let mut pair = Pair::new(with_fast_open());
    let addresses: Vec<IpAddr> =
        (0..300_u32).map(|n| IpAddr::from((0x0a01_0000 + n).to_be_bytes())).collect();
    let dice = Box::new(<rand_chacha::ChaCha20Rng as rand_chacha::rand_core::SeedableRng>::seed_from_u64(3));
    pair.server = Host::new(addresses.clone(), with_fast_open(), dice);
    pair.server.listen(PORT, 1000).unwrap();
    let mut syn_text = |address: IpAddr| {
        let handle = pair.client.connect(pair.now, SocketAddr::new(address, PORT)).unwrap();
        pair.client.write(handle, b"request").unwrap();
        let syn = pair.client.transmit(pair.now).unwrap().packet;
        pair.server.receive(pair.now, &syn);
        pair.exchange();
        pair.client.abort(handle);
        pair.exchange();
        segment(&syn).payload.len()
    };
    assert!(addresses.iter().all(|address| syn_text(*address) == 0));
    assert_eq!(syn_text(addresses[299]), 7);
    assert_eq!(syn_text(addresses[44]), 7);
    assert_eq!(syn_text(addresses[43]), 0, "256 are remembered");
}

/// An echo server on a wire of 25 ms, and a client's stack, both with Fast Open.
fn on_a_wire() -> (barewire_internet::World, barewire_tcp::Stack) {
    echo_internet(with_fast_open(), Wire::ms(25), 1)
}

/// One round trip from the first byte to the answer, instead of two.
#[test]
fn a_stream_saves_a_round_trip() {
    let (_world, stack) = on_a_wire();
    let mut took = Vec::new();
    for _ in 0..3 {
        let begin = stack.now();
        let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
        stream.write_all(b"hello").unwrap();
        let mut reply = [0; 5];
        stream.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, b"hello");
        took.push(stack.now() - begin);
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(stream.read(&mut reply).unwrap(), 0);
        stream.close(Duration::from_secs(1)).unwrap();
    }
    assert_eq!(took, [100, 50, 50].map(Duration::from_millis));
}

/// Written, closed, and read to the end, without a wait between.
#[test]
fn a_stream_that_closes_at_once() {
    let (_world, stack) = on_a_wire();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
        stream.write_all(b"hello").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        assert_eq!(reply, "hello");
    }
}

/// Nothing is written: a read that waits lets the SYN go, and one that does not wait leaves it for the write.
#[test]
fn a_read_before_the_first_write() {
    let (_world, stack) = on_a_wire();
    TcpStream::connect(&stack, server_address()).unwrap().write_all(b"hello").unwrap();
    let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
    let mut reply = [0; 5];
    stream.set_read_timeout(Some(Duration::ZERO));
    assert_eq!(stream.read(&mut reply).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(stream.state(), State::SynSent);
    stream.set_read_timeout(Some(Duration::from_millis(200)));
    assert_eq!(stream.read(&mut reply).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(stream.state(), State::Established, "the server may speak first");
}

/// A connection that counts as open and cannot be made: the read says why.
#[test]
fn an_error_comes_with_the_read() {
    let (_world, stack) = on_a_wire();
    TcpStream::connect(&stack, server_address()).unwrap().write_all(b"hello").unwrap();
    let closed = SocketAddr::new(SERVER.into(), 81);
    let mut stream = TcpStream::connect(&stack, closed).unwrap();
    stream.write_all(b"hello").unwrap();
    let error = stream.read(&mut [0; 5]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
}

/// Lost, doubled and late SYNs, with and without text: whatever way a connection opens, its bytes arrive.
#[test]
fn bytes_arrive_over_bad_paths() {
    let mut with_text = 0;
    for seed in 0..200 {
        let jitter = Duration::from_millis(15);
        let wire = Wire { duplicate: 0.1, reorder: 0.1, jitter, ..Wire::ms(10).loss(0.15) };
        let (_world, stack) = echo_internet(with_fast_open(), wire, seed);
        for bytes in [1, 700, 1400, 5000] {
            let data = pattern(bytes);
            let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
            with_text += u32::from(stream.state() == State::SynSent);
            stream.write_all(&data).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut reply = Vec::new();
            let read = stream.read_to_end(&mut reply);
            assert!(read.is_ok() && reply == data, "seed {seed}: {read:?}, {} of {bytes}", reply.len());
        }
    }
    assert!((200..600).contains(&with_text), "{with_text} of 800 SYNs took text along");
}
