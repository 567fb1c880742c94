//! How long a connection lives: keep-alives (RFC 9293 §3.8.4), the user timeout (§3.9.1), and settings of its own.

mod common;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::ip::IpHeader;
use barewire_tcp::packet::Packet;
use barewire_tcp::{Config, ConnectionEvent, Ecn, Flags, KeepAlive, Segment, SentNote, SoftError, State};
use common::script::*;
use common::{CLIENT, PORT, SERVER, host, server_address};

const KEEP_ALIVE: KeepAlive =
    KeepAlive { idle: Duration::from_secs(60), interval: Duration::from_secs(5), probes: 2 };

/// The question has a number that is one too low. An answer begins the silence anew.
#[test]
fn rfc9293_s3_8_4_a_silent_peer_is_asked() {
    let mut s = Script::established(Config { keep_alive: Some(KEEP_ALIVE), ..plain() });
    s.waits(59_999);
    s.silent();
    s.waits(1);
    s.sends(A, 0, Some(1), 0);
    s.notes(SentNote::KeepAlive);
    s.silent();
    s.waits(100);
    s.arrives(A, 1, 1, b"");
    s.waits(59_999);
    s.silent();
    s.waits(1);
    s.sends(A, 0, Some(1), 0);
}

#[test]
fn rfc9293_s3_8_4_a_peer_that_does_not_answer_is_given_up() {
    let mut s = Script::established(Config { keep_alive: Some(KEEP_ALIVE), ..plain() });
    for wait in [60_000, 5000] {
        s.waits(wait);
        s.sends(A, 0, Some(1), 0);
    }
    s.waits(5000);
    s.is(State::Closed);
    s.event(ConnectionEvent::TimedOut);
}

/// A segment that is refused does not count as an answer: anybody may have sent it.
#[test]
fn rfc9293_s3_8_4_a_refused_segment_is_no_answer() {
    let mut s = Script::established(Config { keep_alive: Some(KEEP_ALIVE), ..plain() });
    for wait in [60_000, 5000] {
        s.waits(wait);
        s.sends(A, 0, Some(1), 0);
        s.arrives(A, 70_000, 1, b"");
        s.arrives(A, 1, 50, b"");
        s.skip();
    }
    s.waits(5000);
    s.is(State::Closed);
}

/// While something is in flight its own timer asks. Off by default: MUST-24 of RFC 9293 §3.8.4.
#[test]
fn rfc9293_s3_8_4_when_it_does_not_ask() {
    let mut s = Script::established(Config { keep_alive: Some(KEEP_ALIVE), ..plain() });
    s.waits(59_500);
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    s.waits(300);
    s.sends(PA, 1, Some(1), 10);
    s.waits(600);
    s.sends(PA, 1, Some(1), 10);
    // The peer has been silent for a minute.
    s.waits(200);
    s.silent();
    let mut s = Script::established(plain());
    assert_eq!(s.c.deadline(), None);
    s.waits(1_000_000);
    s.silent();
}

/// RFC 9293 §3.9.1: it counts from the first byte that is not acknowledged, however often that was sent.
#[test]
fn rfc9293_s3_9_1_the_user_timeout() {
    let config = Config { user_timeout: Some(Duration::from_millis(1000)), ..plain() };
    let mut s = Script::established(config);
    s.waits(5000);
    s.writes(2000);
    s.sends(A, 1, Some(1), 1000);
    s.sends(PA, 1001, Some(1), 1000);
    s.waits(250);
    s.arrives(A, 1, 1001, b"");
    // SRTT 118.75 ms and four times RTTVAR, 75 ms.
    s.waits(419);
    s.sends(PA, 1001, Some(1), 1000);
    s.waits(580);
    s.is(State::Established);
    s.waits(1);
    s.is(State::Closed);
    s.event(ConnectionEvent::TimedOut);
}

/// Two connections of one host, each with settings of its own.
#[test]
fn settings_are_per_connection() {
    let now = Instant::now();
    let mut client = host(IpAddr::from(CLIENT), Config::default(), 1);
    let small = client.connect_with(now, server_address(), Config { mtu: 576, ..Config::default() }).unwrap();
    let large =
        client.connect_with(now, server_address(), Config { mtu: 9000, ..Config::default() }).unwrap();
    let mss = |packet: &[u8]| u16::from_be_bytes([packet[42], packet[43]]);
    let announced: Vec<u16> = std::iter::from_fn(|| client.transmit(now)).map(|t| mss(&t.packet)).collect();
    assert_eq!(announced, [536, 1460], "the second is kept to the host's own MTU");
    client.set_user_timeout(small, Some(Duration::from_millis(10)));
    client.on_deadline(now + Duration::from_millis(10));
    assert_eq!([client.state(small), client.state(large)], [State::Closed, State::SynSent]);

    let mut server = host(IpAddr::from(SERVER), Config::default(), 2);
    server.listen_with(PORT, 4, Config { timestamps: false, ..Config::default() }).unwrap();
    let mut client = host(IpAddr::from(CLIENT), Config::default(), 3);
    client.connect(now, server_address()).unwrap();
    server.receive(now, &client.transmit(now).unwrap().packet);
    let answer = server.transmit(now).unwrap().packet;
    assert_eq!(
        answer[20 + 12] >> 4,
        8,
        "MSS, window scale, SACK permitted: 12 bytes of options, no timestamps"
    );
}

/// Times that the clock cannot count mean: never.
#[test]
fn longer_than_the_clock_can_count() {
    let keep_alive = Some(KeepAlive { idle: Duration::MAX, ..KEEP_ALIVE });
    let mut s = Script::established(Config { keep_alive, user_timeout: Some(Duration::MAX), ..plain() });
    assert_eq!(s.c.deadline(), None);
    s.writes(10);
    s.sends(PA, 1, Some(1), 10);
    assert_eq!(s.c.deadline(), Some(s.now + Duration::from_millis(300)), "the retransmission timer alone");
}

/// RFC 9293 §3.8.4, MUST-24 and MUST-28: it is switched on for one connection, and its default is two hours of silence.
#[test]
fn rfc9293_s3_8_4_on_and_off_and_after_two_hours() {
    let mut s = Script::established(plain());
    s.c.set_keep_alive(Some(KeepAlive::default()));
    s.waits(7_199_999);
    s.silent();
    s.waits(1);
    s.sends(A, 0, Some(1), 0);
    s.arrives(A, 1, 1, b"");
    s.c.set_keep_alive(None);
    assert_eq!(s.c.deadline(), None);
}

/// RFC 9293 §3.8.3, SHLD-11: with the defaults text is repeated for 100 s at least before the peer is given up.
#[test]
fn rfc9293_s3_8_3_text_is_repeated_for_a_hundred_seconds() {
    let mut s = Script::established(Config::default());
    s.writes(10);
    let began = s.now;
    s.skip();
    while s.c.state() == State::Established {
        s.now = s.c.deadline().expect("a timer runs");
        s.c.on_deadline(s.now);
        while s.c.transmit(s.now).is_some() {}
    }
    s.event(ConnectionEvent::SoftError(SoftError::Unanswered));
    s.event(ConnectionEvent::TimedOut);
    assert!(s.now - began >= Duration::from_secs(100), "given up after {:?}", s.now - began);
}

/// RFC 9293 §3.9.1.9 and §3.9.2 (MUST-48, MUST-49, SHLD-21, SHLD-22): every packet says what service it asks of
/// routers, and how many of them may pass it on. The service can change while the connection is open.
#[test]
fn rfc9293_s3_9_how_routers_treat_the_packets() {
    let now = Instant::now();
    let config = Config {
        time_to_live: 3,
        differentiated_services: 46,
        ecn: Ecn::Offer,
        delayed_ack: Duration::ZERO,
        ..Config::default()
    };
    let of_header = |packet: &[u8]| match Packet::parse(packet).unwrap().ip.header {
        IpHeader::V4(header) => (header.time_to_live, header.traffic_class),
        IpHeader::V6(header) => (header.hop_limit, header.traffic_class),
    };
    let six: [IpAddr; 2] = ["2001:db8::2".parse().unwrap(), "2001:db8:1::50".parse().unwrap()];
    for [here, there] in [[CLIENT.into(), SERVER.into()], six] {
        let mut hosts = [host(here, config, 1), host(there, config, 2)];
        hosts[1].listen(PORT, 1).unwrap();
        let handle = hosts[0].connect(now, (there, PORT).into()).unwrap();
        hosts[0].write(handle, b"in the first flight").unwrap();
        let mut classes = Vec::new();
        for turn in 0..8 {
            while let Some(transmit) = hosts[turn % 2].transmit(now) {
                let (hops, class) = of_header(&transmit.packet);
                assert_eq!(hops, 3);
                classes.push(class);
                hosts[1 - turn % 2].receive(now, &transmit.packet);
            }
        }
        let (unmarked, ect_0) = (46 << 2, 46 << 2 | 2);
        assert_eq!(classes[..4], [unmarked, unmarked, ect_0, unmarked], "SYN, SYN-ACK, text, ACK");
        hosts[0].set_differentiated_services(handle, 10);
        hosts[0].write(handle, b"later").unwrap();
        let packet = hosts[0].transmit(now).unwrap().packet;
        assert_eq!(of_header(&packet), (3, 10 << 2 | 2));
        // A reset that belongs to no connection has them, too.
        let stray = Segment { flags: Flags::ACK, ..Segment::empty(9, 9) };
        hosts[1].receive(now, &stray.ip_packet(here, there));
        assert_eq!(of_header(&hosts[1].transmit(now).unwrap().packet), (3, unmarked));
    }
}
