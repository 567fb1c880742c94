//! SYN cookies: RFC 4987 §3.6 and appendix A. A full backlog answers, remembers nothing, and knows its answers again.

mod common;

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Config, Event, Flags, Handle, Host, ReceivedNote, Segment, SentNote, State};

use common::*;

/// A server whose backlog of one place is taken by a SYN that will never be answered.
fn flooded(config: Config) -> (Host, Instant) {
    let now = Instant::now();
    let mut server = host(IpAddr::from(SERVER), config, 1);
    server.listen(PORT, 1).unwrap();
    let syn = Segment { flags: Flags::SYN, ..Segment::empty(666, PORT) };
    server.receive(now, &syn.ip_packet(CLIENT.into(), SERVER.into()));
    server.transmit(now).expect("the SYN-ACK of the one place");
    (server, now)
}

fn client(config: Config, now: Instant) -> (Host, Handle) {
    let mut client = host(IpAddr::from(CLIENT), config, 2);
    let handle = client.connect(now, server_address()).unwrap();
    (client, handle)
}

/// Both send what they have, until nothing is left.
fn exchange(client: &mut Host, server: &mut Host, now: Instant) {
    loop {
        let to_server: Vec<_> = std::iter::from_fn(|| client.transmit(now)).collect();
        for transmit in &to_server {
            server.receive(now, &transmit.packet);
        }
        let to_client: Vec<_> = std::iter::from_fn(|| server.transmit(now)).collect();
        for transmit in &to_client {
            client.receive(now, &transmit.packet);
        }
        if to_server.is_empty() && to_client.is_empty() {
            return;
        }
    }
}

fn accepted(server: &mut Host) -> Handle {
    match server.event() {
        Some(Event::Accepted { handle, .. }) => handle,
        other => panic!("wanted Accepted, got {other:?}"),
    }
}

/// The first packet that a host wants to send, and its segment's ends of interest.
fn first(host: &mut Host, now: Instant) -> (Vec<u8>, Option<SentNote>) {
    host.transmit(now).map(|transmit| (transmit.packet, transmit.note)).expect("a packet")
}

fn segment(packet: &[u8]) -> Segment<'_> {
    let Payload::Tcp(segment) = Packet::parse(packet).unwrap().payload else { panic!("TCP") };
    segment
}

/// With timestamps nothing is lost of what both ends can do.
#[test]
fn rfc4987_s3_6_a_connection_from_a_cookie() {
    let (mut server, now) = flooded(Config::default());
    let (mut client, handle) = client(Config::default(), now);
    let (syn, _) = first(&mut client, now);
    assert_eq!(server.receive(now, &syn), Some(ReceivedNote::SynCookie));
    let (answer, note) = first(&mut server, now);
    assert_eq!(note, Some(SentNote::SynCookie));
    assert_eq!(
        server.handle_of(server_address(), client.ends(handle).unwrap().0),
        None,
        "nothing is remembered"
    );
    client.receive(now, &answer);
    let later = now + Duration::from_secs(1);
    client.write(handle, &pattern(100_000)).unwrap();
    exchange(&mut client, &mut server, later);
    let there = accepted(&mut server);
    let (ours, theirs) = (client.variables(handle).unwrap(), server.variables(there).unwrap());
    assert_eq!((ours.snd.shift, theirs.snd.shift), (3, 3), "windows are scaled both ways");
    assert_eq!(theirs.snd.mss, 1460);
    assert_eq!(theirs.srtt, None, "nobody knows how long the cookie was on its way");
    assert!(server.unread(there) > 10_000, "text arrives");
    server.write(there, b"answer").unwrap();
    exchange(&mut client, &mut server, later);
    assert_eq!(client.unread(handle), 6);
    // The first of three segments is lost. The server remembers that its peer understands SACK.
    server.read(there, &mut vec![0; 200_000]).unwrap();
    client.write(handle, &pattern(3000)).unwrap();
    let sent: Vec<_> = std::iter::from_fn(|| client.transmit(later)).collect();
    server.receive(later, &sent[1].packet);
    let acks: Vec<_> = std::iter::from_fn(|| server.transmit(later)).collect();
    assert!(acks.iter().any(|ack| !segment(&ack.packet).options.sack.is_empty()), "{acks:?}");
}

/// Without timestamps there is room for the MSS only: the next smaller one of eight.
#[test]
fn rfc4987_a_without_timestamps() {
    let (mut server, now) = flooded(Config::default());
    let config = Config { timestamps: false, mtu: 1430, ..Config::default() };
    let (mut client, handle) = client(config, now);
    exchange(&mut client, &mut server, now);
    let there = accepted(&mut server);
    assert_eq!(client.state(handle), State::Established);
    let (ours, theirs) = (client.variables(handle).unwrap(), server.variables(there).unwrap());
    assert_eq!((theirs.snd.mss, ours.snd.shift, theirs.snd.shift), (1360, 0, 0), "1390 was offered");
}

/// A cookie is good for its minute and the next one, for these two ends, and as it was given.
#[test]
fn rfc4987_a_what_does_not_count() {
    let (mut server, now) = flooded(Config::default());
    let (mut client, _) = client(Config::default(), now);
    server.receive(now, &first(&mut client, now).0);
    client.receive(now, &first(&mut server, now).0);
    let (ack, _) = first(&mut client, now);
    let good = segment(&ack);
    let refused = |server: &mut Host, what: &str, at: Instant, from: IpAddr, segment: &Segment<'_>| {
        let note = server.receive(at, &segment.ip_packet(from, SERVER.into()));
        assert_eq!(note, Some(ReceivedNote::NoConnection), "{what}");
    };
    for bit in 0..32 {
        let mut forged = good.clone();
        forged.ack.0 ^= 1 << bit;
        refused(&mut server, "a bit of the cookie is another one", now, CLIENT.into(), &forged);
    }
    let forged = Segment { seq: good.seq + 1, ..good.clone() };
    refused(&mut server, "another sequence number of the peer's", now, CLIENT.into(), &forged);
    let forged = Segment { source_port: good.source_port ^ 1, ..good.clone() };
    refused(&mut server, "another port", now, CLIENT.into(), &forged);
    refused(&mut server, "another address", now, "10.0.0.3".parse().unwrap(), &good);
    refused(&mut server, "too old", now + Duration::from_secs(129), CLIENT.into(), &good);
    // Also while the server goes on giving cookies.
    let another = Segment { flags: Flags::SYN, ..Segment::empty(667, PORT) };
    let packet = another.ip_packet(CLIENT.into(), SERVER.into());
    assert_eq!(server.receive(now + Duration::from_secs(127), &packet), Some(ReceivedNote::SynCookie));
    refused(&mut server, "too old", now + Duration::from_secs(129), CLIENT.into(), &good);
    assert_eq!(server.event(), None);
    server.receive(now + Duration::from_secs(127), &ack);
    accepted(&mut server);
}

/// Before the first cookie, and where nobody listens, an ACK is what it always was.
#[test]
fn an_ack_where_no_cookie_was_given() {
    let now = Instant::now();
    let mut server = host(IpAddr::from(SERVER), Config::default(), 1);
    server.listen(PORT, 4).unwrap();
    let ack = Segment { flags: Flags::ACK, ..Segment::empty(1000, PORT) };
    let packet = ack.ip_packet(CLIENT.into(), SERVER.into());
    assert_eq!(server.receive(now, &packet), Some(ReceivedNote::NoConnection));
}

/// A flood: a hundred thousand SYNs leave no trace, and one that is real gets through.
#[test]
fn a_flood_costs_no_memory() {
    let (mut server, now) = flooded(Config::default());
    for number in 0..100_000_u32 {
        let from = IpAddr::from([10, 9, (number >> 8) as u8, number as u8]);
        let syn = Segment { flags: Flags::SYN, ..Segment::empty(1024 + (number >> 16) as u16, PORT) };
        assert_eq!(server.receive(now, &syn.ip_packet(from, SERVER.into())), Some(ReceivedNote::SynCookie));
        server.transmit(now).expect("an answer");
        assert_eq!(server.handle_of(server_address(), SocketAddr::new(from, syn.source_port)), None);
    }
    let (mut client, handle) = client(Config::default(), now);
    exchange(&mut client, &mut server, now);
    assert_eq!(client.state(handle), State::Established);
    accepted(&mut server);
}
