//! ICMP errors about segments of ours: RFC 1191, RFC 8201, RFC 5927, and black holes (RFC 4821).

mod common;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::icmp::{ErrorKind, error_packet};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{
    Config, Error, Event, Handle, Host, IcmpError, IcmpOutcome, ReceivedNote, SentNote, SoftError, State,
};

use common::script::*;
use common::*;

const ROUTER: &str = "192.0.2.1";
const PORT_UNREACHABLE: ErrorKind = ErrorKind { kind: 3, code: 3, word: 0 };
const HOST_UNREACHABLE: ErrorKind = ErrorKind { kind: 3, code: 1, word: 0 };

fn fragmentation_needed(mtu: u32) -> ErrorKind {
    ErrorKind { kind: 3, code: 4, word: mtu }
}

/// What a router says to the client about one of its packets.
fn about(kind: ErrorKind, packet: &[u8]) -> Vec<u8> {
    error_packet(ROUTER.parse().unwrap(), CLIENT.into(), kind, packet)
}

/// Everything that a host wants to send now: its packets and notes.
fn drain(host: &mut Host, now: Instant) -> Vec<(Vec<u8>, Option<SentNote>)> {
    std::iter::from_fn(|| host.transmit(now)).map(|transmit| (transmit.packet, transmit.note)).collect()
}

/// How much text a packet carries.
fn text(packet: &[u8]) -> usize {
    let Payload::Tcp(segment) = Packet::parse(packet).unwrap().payload else { panic!("TCP") };
    segment.payload.len()
}

/// A client and a server that have shaken hands. The round trip took no time.
fn connected(config: Config) -> (Host, Host, Handle, Instant) {
    let now = Instant::now();
    let (mut client, mut server) =
        (host(IpAddr::from(CLIENT), config, 1), host(IpAddr::from(SERVER), config, 2));
    server.listen(PORT, 1).unwrap();
    let handle = client.connect(now, server_address()).unwrap();
    for _ in 0..2 {
        for (packet, _) in &drain(&mut client, now) {
            server.receive(now, packet);
        }
        for (packet, _) in &drain(&mut server, now) {
            client.receive(now, packet);
        }
    }
    assert_eq!(client.state(handle), State::Established);
    (client, server, handle, now)
}

#[test]
fn rfc1191_s6_4_what_is_too_large_goes_out_again_in_smaller_pieces() {
    let (mut client, mut server, handle, now) = connected(Config::default());
    client.write(handle, &pattern(5000)).unwrap();
    let sent = drain(&mut client, now);
    let cwnd = client.variables(handle).unwrap().cwnd;
    let said = client.receive(now, &about(fragmentation_needed(1000), &sent[0].0));
    assert_eq!(said, Some(ReceivedNote::Icmp(IcmpOutcome::PathMtu(1000))));
    let again = drain(&mut client, now);
    assert!(again.iter().all(|(packet, _)| packet.len() <= 1000), "{:?}", again.len());
    // The three large ones, cut anew from the first byte on: no small rest after each piece.
    assert_eq!(again.iter().map(|(packet, _)| text(packet)).collect::<Vec<_>>(), [948, 948, 948, 948, 552]);
    assert!(again.iter().all(|(_, note)| *note == Some(SentNote::PathIsNarrower)));
    assert_eq!(client.variables(handle).unwrap().ssthresh, u32::MAX, "nothing was lost to congestion");
    assert!(client.variables(handle).unwrap().cwnd <= cwnd);
    for (packet, _) in again.iter().chain(sent.iter().skip(3)) {
        server.receive(now, packet);
    }
    let Some(Event::Accepted { handle: there, .. }) = server.event() else { panic!("accepted") };
    assert_eq!(server.unread(there), 5000);
}

/// RFC 1191 §7.1: a router of old says 0, and the next plateau is tried. No path is believed to be narrower than 552.
#[test]
fn rfc1191_s7_1_plateaus_and_the_least() {
    let (mut client, _, handle, now) = connected(Config::default());
    client.write(handle, &pattern(3000)).unwrap();
    let sent = drain(&mut client, now);
    let mut told = |mtu| client.receive(now, &about(fragmentation_needed(mtu), &sent[0].0));
    assert_eq!(told(0), Some(ReceivedNote::Icmp(IcmpOutcome::PathMtu(1492))));
    assert_eq!(told(1600), Some(ReceivedNote::Icmp(IcmpOutcome::Noted)), "wider is not news");
    assert_eq!(told(68), Some(ReceivedNote::Icmp(IcmpOutcome::PathMtu(552))));
    assert_eq!(told(68), Some(ReceivedNote::Icmp(IcmpOutcome::Noted)));
}

/// RFC 5927 §4.1: only a number in flight counts. Anybody can send the rest.
#[test]
fn rfc5927_s4_1_a_number_that_is_not_in_flight() {
    let (mut client, mut server, handle, now) = connected(Config::default());
    client.write(handle, &pattern(1000)).unwrap();
    let sent = drain(&mut client, now);
    server.receive(now, &sent[0].0);
    for (packet, _) in &drain(&mut server, now) {
        client.receive(now, packet);
    }
    let later = now + Duration::from_millis(50);
    server.on_deadline(later);
    for (packet, _) in &drain(&mut server, later) {
        client.receive(later, packet);
    }
    let said = client.receive(later, &about(fragmentation_needed(600), &sent[0].0));
    assert_eq!(said, Some(ReceivedNote::Icmp(IcmpOutcome::NotInFlight)));
    assert_eq!(client.variables(handle).unwrap().snd.mss, 1460);
}

/// RFC 5927 §5.2: a hard error ends a connection that is opening, and no other.
#[test]
fn rfc5927_s5_2_hard_errors() {
    let now = Instant::now();
    let mut client = host(IpAddr::from(CLIENT), Config::default(), 1);
    let handle = client.connect(now, server_address()).unwrap();
    let syn = drain(&mut client, now).remove(0).0;
    let said = client.receive(now, &about(HOST_UNREACHABLE, &syn));
    assert_eq!(said, Some(ReceivedNote::Icmp(IcmpOutcome::Noted)), "a soft one may pass");
    let wrong = |handle, error| Some(Event::SoftError { handle, error: SoftError::Icmp(error) });
    assert_eq!(client.event(), wrong(handle, IcmpError::Soft), "RFC 9293 §3.9.2.2, SHLD-25");
    let said = client.receive(now, &about(PORT_UNREACHABLE, &syn));
    assert_eq!(said, Some(ReceivedNote::Icmp(IcmpOutcome::Ended)));
    let event = client.event();
    assert_eq!(event, Some(Event::Unreachable(handle)));
    let error = event.unwrap().as_error(server_address()).unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::HostUnreachable);

    let (mut client, _, handle, now) = connected(Config::default());
    client.write(handle, b"text").unwrap();
    let sent = drain(&mut client, now);
    while client.event().is_some() {}
    let said = client.receive(now, &about(PORT_UNREACHABLE, &sent[0].0));
    assert_eq!(said, Some(ReceivedNote::Icmp(IcmpOutcome::Noted)));
    assert_eq!(client.state(handle), State::Established);
    assert_eq!((client.event(), client.event()), (wrong(handle, IcmpError::Hard), None));
}

/// A client whose path was found to take 1000 bytes, all of whose text has arrived.
fn narrow(config: Config) -> (Host, Host, Handle, Instant) {
    let (mut client, mut server, handle, now) = connected(config);
    client.write(handle, &pattern(20_000)).unwrap();
    let sent = drain(&mut client, now);
    client.receive(now, &about(fragmentation_needed(1000), &sent[0].0));
    let now = deliver(&mut client, &mut server, now, |_| true);
    assert_eq!(client.variables(handle).unwrap().unacknowledged, 0);
    (client, server, handle, now)
}

/// All that both want to send arrives, but for what the path does not take. The server reads.
fn deliver(client: &mut Host, server: &mut Host, mut now: Instant, takes: impl Fn(&[u8]) -> bool) -> Instant {
    for _ in 0..200 {
        now += Duration::from_millis(1);
        client.on_deadline(now);
        server.on_deadline(now);
        for (packet, _) in drain(client, now).iter().filter(|(packet, _)| takes(packet)) {
            server.receive(now, packet);
        }
        while let Some(event) = server.event() {
            while matches!(server.read(event.handle(), &mut [0; 65_536]), Ok(1..)) {}
        }
        for (packet, _) in &drain(server, now) {
            client.receive(now, packet);
        }
    }
    now
}

/// The lengths of the texts that a client sends when it writes so much.
fn lengths(client: &mut Host, handle: Handle, now: Instant) -> (Vec<usize>, Vec<Vec<u8>>) {
    client.write(handle, &pattern(8000)).unwrap();
    let sent: Vec<Vec<u8>> = drain(client, now).into_iter().map(|(packet, _)| packet).collect();
    (sent.iter().map(|packet| text(packet)).collect(), sent)
}

const MINUTE: Duration = Duration::from_secs(60);
const PROBED: [usize; 8] = [1448, 948, 948, 948, 948, 948, 948, 864];

/// RFC 4821 §7.3, RFC 8201 §4: after ten minutes one larger segment is tried. It arrives, and all are as large.
#[test]
fn rfc4821_s7_6_1_the_path_has_become_wider() {
    let (mut client, mut server, handle, now) = narrow(Config::default());
    let (sizes, _) = lengths(&mut client, handle, now + 9 * MINUTE);
    assert!(sizes.iter().all(|size| *size <= 948), "too soon: {sizes:?}");
    let now = deliver(&mut client, &mut server, now + 9 * MINUTE, |_| true);
    let (sizes, sent) = lengths(&mut client, handle, now + MINUTE);
    assert_eq!(sizes[..5], PROBED[..5], "one probe");
    for packet in &sent {
        server.receive(now + MINUTE, packet);
    }
    let now = deliver(&mut client, &mut server, now + MINUTE, |_| true);
    assert_eq!(client.variables(handle).unwrap().snd.mss, 1460);
    let (sizes, _) = lengths(&mut client, handle, now);
    assert_eq!(sizes[..3], [1448; 3]);
}

/// RFC 4821 §7.6.2: the probe is too large. It goes out again in pieces, and its loss is not taken for congestion,
/// whether a router tells of it or not.
#[test]
fn rfc4821_s7_6_2_the_path_is_still_narrow() {
    for told in [Some(1000), Some(0), Some(1400), None] {
        for sack in [true, false] {
            let (mut client, mut server, handle, now) = narrow(Config { sack, ..Config::default() });
            let now = now + 10 * MINUTE;
            let before = client.variables(handle).unwrap();
            let (sizes, sent) = lengths(&mut client, handle, now);
            assert_eq!(sizes, PROBED);
            if let Some(mtu) = told {
                let said = client.receive(now, &about(fragmentation_needed(mtu), &sent[0]));
                assert_eq!(said, Some(ReceivedNote::Icmp(IcmpOutcome::Noted)));
                let again = drain(&mut client, now);
                assert_eq!(again.iter().map(|(packet, _)| text(packet)).collect::<Vec<_>>(), [948, 500]);
                assert!(again.iter().all(|(_, note)| *note == Some(SentNote::PathIsNarrower)));
                for (packet, _) in &again {
                    server.receive(now, packet);
                }
            }
            for packet in &sent[1..] {
                server.receive(now, packet);
            }
            let now = deliver(&mut client, &mut server, now, |packet| packet.len() <= 1000);
            let v = client.variables(handle).unwrap();
            assert_eq!((v.unacknowledged, v.snd.mss), (0, 960), "{told:?}");
            assert_eq!(v.ssthresh, before.ssthresh, "{told:?} {sack}: not a sign of congestion");
            // The next one is tried in ten minutes.
            let (sizes, _) = lengths(&mut client, handle, now + 9 * MINUTE);
            assert!(sizes.iter().all(|size| *size <= 948), "{sizes:?}");
        }
    }
}

/// RFC 4821 §7.6.3: only the timer tells of the loss. The pieces arrive, and that does not make the path wider.
#[test]
fn rfc4821_s7_6_3_the_probe_is_found_lost_by_the_timer() {
    let (mut client, mut server, handle, now) = narrow(Config { rack: false, ..Config::default() });
    let mut now = now + 10 * MINUTE;
    client.write(handle, &pattern(1500)).unwrap();
    let sent = drain(&mut client, now);
    assert_eq!(sent.iter().map(|(packet, _)| text(packet)).collect::<Vec<_>>(), [1448, 52]);
    now += Duration::from_secs(1);
    deliver(&mut client, &mut server, now, |packet| packet.len() <= 1000);
    let v = client.variables(handle).unwrap();
    assert_eq!((v.unacknowledged, v.snd.mss), (0, 960));
}

/// RFC 4821 §7.4: where there is too little text for it, or the window has no room, nothing is tried, and nothing
/// waits.
#[test]
fn rfc4821_s7_4_a_probe_needs_text_and_room() {
    let (mut client, _, handle, now) = narrow(Config::default());
    client.write(handle, &pattern(1400)).unwrap();
    let sent = drain(&mut client, now + 11 * MINUTE);
    assert_eq!(sent.iter().map(|(packet, _)| text(packet)).collect::<Vec<_>>(), [948, 452]);

    let (mut client, mut server, handle, mut now) = narrow(Config { rack: false, ..Config::default() });
    client.write(handle, &pattern(100)).unwrap();
    drain(&mut client, now);
    now += 10 * MINUTE;
    client.on_deadline(now);
    client.write(handle, &pattern(5000)).unwrap();
    let window = client.variables(handle).unwrap().cwnd;
    assert!(window < 1448, "after the timer: {window}");
    let sent = deliver(&mut client, &mut server, now, |_| true);
    assert_eq!(client.variables(handle).unwrap().unacknowledged, 0, "{:?}", sent - now);
}

/// What is not about TCP goes on to whoever asks for it, and damage is not believed.
#[test]
fn other_icmp_is_not_for_tcp() {
    let (mut client, _, handle, now) = connected(Config::default());
    client.write(handle, &pattern(3000)).unwrap();
    let sent = drain(&mut client, now);
    let mut damaged = about(fragmentation_needed(600), &sent[0].0);
    damaged[27] ^= 1;
    let not_tcp = Some(ReceivedNote::Dropped(Error::NotTcp(1)));
    assert_eq!(client.receive(now, &damaged), not_tcp);
    let echo = barewire_packet::icmp::echo_packet(ROUTER.parse().unwrap(), CLIENT.into(), false, (1, 2), b"");
    assert_eq!(client.receive(now, &echo), not_tcp);
}

/// RFC 4821 §7.7: large segments vanish and nobody says why. After two timeouts smaller ones are tried.
#[test]
fn rfc4821_s7_7_a_black_hole() {
    let (mut client, _, handle, mut now) = connected(Config { rack: false, ..Config::default() });
    client.write(handle, &pattern(3000)).unwrap();
    drain(&mut client, now);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        now = client.deadline().expect("the timer runs");
        client.on_deadline(now);
        sizes.push(drain(&mut client, now).iter().map(|(packet, _)| packet.len()).max().unwrap());
    }
    assert_eq!(sizes, [1500, 1024, 1024]);
}

/// RFC 4821 §7.7: where segments of this size have arrived, two timeouts in a row are a sign of loss. Only many are a
/// sign of a path that has become a black hole.
#[test]
fn rfc4821_s7_7_loss_is_not_a_black_hole() {
    let (mut client, mut server, handle, mut now) = connected(Config { rack: false, ..Config::default() });
    client.write(handle, &pattern(1448)).unwrap();
    for (packet, _) in drain(&mut client, now) {
        server.receive(now, &packet);
    }
    now += Duration::from_millis(50);
    server.on_deadline(now);
    for (packet, _) in drain(&mut server, now) {
        client.receive(now, &packet);
    }
    client.write(handle, &pattern(3000)).unwrap();
    drain(&mut client, now);
    let mut sizes = Vec::new();
    for _ in 0..9 {
        now = client.deadline().expect("the timer runs");
        client.on_deadline(now);
        sizes.push(drain(&mut client, now).iter().map(|(packet, _)| packet.len()).max().unwrap());
    }
    assert_eq!(sizes, [1500, 1500, 1500, 1500, 1500, 1500, 1500, 1024, 1024]);
}

/// A path that is known to be narrow stays so, whatever its timeouts look like.
#[test]
fn rfc4821_s7_7_a_black_hole_does_not_widen_the_path() {
    let (mut client, _, handle, mut now) = connected(Config { rack: false, ..Config::default() });
    client.write(handle, &pattern(3000)).unwrap();
    let sent = drain(&mut client, now);
    client.receive(now, &about(fragmentation_needed(552), &sent[0].0));
    // Nothing can leave meanwhile: the large record is still the first.
    for _ in 0..2 {
        now = client.deadline().expect("the timer runs");
        client.on_deadline(now);
    }
    let largest = drain(&mut client, now).iter().map(|(packet, _)| packet.len()).max();
    assert!(largest.is_some_and(|largest| largest <= 552), "{largest:?}");
}

/// RFC 9293 §3.9.2.2, MUST-55: a source quench changes nothing. (RFC 6633 took it away.)
#[test]
fn rfc9293_s3_9_2_2_a_source_quench_is_ignored() {
    let (mut client, _, handle, now) = connected(Config::default());
    client.write(handle, &pattern(3000)).unwrap();
    let sent = drain(&mut client, now);
    while client.event().is_some() {}
    let before = (client.variables(handle), client.deadline());
    client.receive(now, &about(ErrorKind { kind: 4, code: 0, word: 0 }, &sent[0].0));
    assert_eq!((client.variables(handle), client.deadline()), before);
    assert!(client.transmit(now).is_none() && client.event().is_none());
}

/// Upon more timeouts the packets become smaller still, and those of a size that most paths take, too.
#[test]
fn rfc4821_s7_7_a_narrow_black_hole() {
    for length in [3000, 1100] {
        let (mut client, _, handle, mut now) = connected(Config { rack: false, ..Config::default() });
        client.write(handle, &pattern(length)).unwrap();
        drain(&mut client, now);
        let mut sizes = Vec::new();
        for _ in 0..7 {
            now = client.deadline().expect("the timer runs");
            client.on_deadline(now);
            sizes.push(drain(&mut client, now).iter().map(|(packet, _)| packet.len()).max().unwrap());
        }
        let before = if length == 3000 { [1500, 1024, 1024, 1024, 1024] } else { [1152; 5] };
        assert_eq!(sizes[..5], before);
        assert_eq!(sizes[5..], [552, 552]);
    }
}

/// Every IPv6 link carries 1280 bytes (RFC 8200 §5), so nothing smaller is tried.
#[test]
fn rfc4821_s7_7_a_black_hole_over_ipv6() {
    let [here, there]: [IpAddr; 2] = ["2001:db8::2", "2001:db8::80"].map(|address| address.parse().unwrap());
    let config = Config { rack: false, ..Config::default() };
    let (mut now, mut client, mut server) = (Instant::now(), host(here, config, 1), host(there, config, 2));
    server.listen(PORT, 1).unwrap();
    let handle = client.connect(now, (there, PORT).into()).unwrap();
    for _ in 0..2 {
        for (packet, _) in &drain(&mut client, now) {
            server.receive(now, packet);
        }
        for (packet, _) in &drain(&mut server, now) {
            client.receive(now, packet);
        }
    }
    client.write(handle, &pattern(3000)).unwrap();
    drain(&mut client, now);
    let mut sizes = Vec::new();
    for _ in 0..7 {
        now = client.deadline().expect("the timer runs");
        client.on_deadline(now);
        sizes.push(drain(&mut client, now).iter().map(|(packet, _)| packet.len()).max().unwrap());
    }
    assert_eq!(sizes, [1500, 1280, 1280, 1280, 1280, 1280, 1280]);
}

/// What an ICMP error has said of the SYN holds for the segments after it, and is looked at again after ten minutes.
#[test]
fn rfc1191_s3_an_error_about_the_syn() {
    let mut s = Script::connecting(plain());
    s.sends(S, 0, None, 0);
    assert_eq!(s.c.icmp(s.ours(0), IcmpError::TooLarge { mtu: 560 }), IcmpOutcome::PathMtu(560));
    s.options.maximum_segment_size = Some(1000);
    s.waits(100);
    s.arrives(SA, 0, 1, b"");
    s.skip();
    s.writes(700);
    s.sends(A, 1, Some(1), 520);
    s.sends(PA, 521, Some(1), 180);
    s.arrives(A, 1, 701, b"");
    s.waits(600_000);
    s.writes(3000);
    s.sends(A, 701, Some(1), 1000);
    s.arrives(A, 1, 1701, b"");
    s.sends(A, 1701, Some(1), 1000);
}

/// While a larger segment is tried, the path turns out to be narrower than was known. Large ones that arrive after all
/// do not tell that the larger one did.
#[test]
fn rfc4821_s7_6_a_narrower_path_ends_the_probe() {
    let mut s = Script::with_sack(plain());
    s.writes(100);
    s.sends(PA, 1, Some(1), 100);
    s.c.icmp(s.ours(1), IcmpError::TooLarge { mtu: 840 });
    s.arrives(A, 1, 101, b"");
    s.writes(100);
    s.sends(PA, 101, Some(1), 100);
    s.arrives(A, 1, 201, b"");
    s.waits(599_990);
    s.writes(1700);
    s.sends(A, 201, Some(1), 800);
    s.sends(A, 1001, Some(1), 800);
    s.sends(PA, 1801, Some(1), 100);
    s.waits(20);
    s.writes(1000);
    s.sends(PA, 1901, Some(1), 1000);
    s.c.icmp(s.ours(1901), IcmpError::TooLarge { mtu: 640 });
    s.arrives(A, 1, 1901, b"");
    s.sends(A, 1901, Some(1), 600);
    s.sends(PA, 2501, Some(1), 400);
    s.arrives(A, 1, 2901, b"");
    s.writes(1000);
    s.sends(A, 2901, Some(1), 600);
}
