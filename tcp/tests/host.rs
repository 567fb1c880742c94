//! A host: whose a segment is, who may connect, what nobody wants; and what hostile packets can do, which is nothing.

mod common;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::checksum::pseudo_header;
use barewire_packet::udp;
use barewire_tcp::options::{Options, Timestamps};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{
    Config, Error, Event, Flags, Handle, Host, IsnGenerator, Reason, ReceivedNote, Segment, SeqNumber, State,
};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use common::*;

fn peer(port: u16) -> SocketAddr {
    SocketAddr::new(CLIENT.into(), port)
}

/// A segment without text from a peer at `port` to the server.
fn bare(port: u16, flags: Flags, seq: u32, ack: u32) -> Segment<'static> {
    Segment { seq: SeqNumber(seq), ack: SeqNumber(ack), flags, window: 1000, ..Segment::empty(port, PORT) }
}

/// The same as a packet.
fn packet(port: u16, flags: Flags, seq: u32, ack: u32) -> Vec<u8> {
    bare(port, flags, seq, ack).ip_packet(CLIENT.into(), SERVER.into())
}

fn server(config: Config) -> (Host, Instant) {
    let mut host = host(SERVER.into(), config, 1);
    host.listen(PORT, 3).unwrap();
    (host, Instant::now())
}

/// The next packet out, as flags, seq, ack.
fn sent(host: &mut Host, now: Instant) -> Option<(Flags, u32, u32)> {
    let transmit = host.transmit(now)?;
    let Payload::Tcp(segment) = Packet::parse(&transmit.packet).unwrap().payload else { panic!("TCP") };
    Some((segment.flags, segment.seq.0, segment.ack.0))
}

/// Connects from `port` and gives the handle and our number.
fn connect(host: &mut Host, now: Instant, port: u16) -> (Handle, u32) {
    takes(host, now, &packet(port, Flags::SYN, 100, 0));
    let (flags, iss, ack) = sent(host, now).expect("a SYN-ACK");
    assert_eq!((flags, ack), (Flags::SYN | Flags::ACK, 101));
    takes(host, now, &packet(port, Flags::ACK, 101, iss.wrapping_add(1)));
    let accepted =
        |event| if let Event::Accepted { port: PORT, handle } = event { Some(handle) } else { None };
    (std::iter::from_fn(|| host.event()).find_map(accepted).expect("accepted"), iss)
}

#[test]
fn s3_10_7_1_what_belongs_to_nobody_is_reset() {
    let (mut host, now) = server(Config::default());
    let to_closed = |flags, seq, ack| {
        let segment = Segment { seq: SeqNumber(seq), ack: SeqNumber(ack), flags, ..Segment::empty(9, 81) };
        segment.ip_packet(CLIENT.into(), SERVER.into())
    };
    assert_eq!(host.receive(now, &to_closed(Flags::SYN, 500, 0)), Some(ReceivedNote::NoConnection));
    assert_eq!(sent(&mut host, now), Some((Flags::RST | Flags::ACK, 0, 501)));
    host.receive(now, &to_closed(Flags::ACK, 500, 77));
    assert_eq!(sent(&mut host, now), Some((Flags::RST, 77, 0)));
    host.receive(now, &to_closed(Flags::RST, 500, 0));
    assert_eq!(sent(&mut host, now), None, "a reset is never answered");
    // A stray ACK to a port that is listened on: RFC 9293 §3.10.7.2.
    host.receive(now, &packet(9, Flags::ACK, 1, 55));
    assert_eq!(sent(&mut host, now), Some((Flags::RST, 55, 0)));
    for port in 0..1000 {
        let segment = Segment { flags: Flags::SYN, ..Segment::empty(port, 81) };
        host.receive(now, &segment.ip_packet(CLIENT.into(), SERVER.into()));
    }
    let replies = std::iter::from_fn(|| host.transmit(now)).count();
    assert!(replies <= 64, "a flood is not answered packet for packet: {replies}");
}

#[test]
fn the_backlog_is_a_bound() {
    let (mut host, now) = server(Config { syn_cookies: false, ..Config::default() });
    for port in 1..=5 {
        let note = host.receive(now, &packet(port, Flags::SYN, 100, 0));
        assert_eq!(note, (port > 3).then_some(ReceivedNote::BacklogFull));
    }
    let answered = std::iter::from_fn(|| sent(&mut host, now)).count();
    assert_eq!(answered, 3, "two SYNs were dropped");
    // The half-open ones give up in time, and make room.
    let mut later = now;
    while let Some(deadline) = host.deadline() {
        later = deadline;
        host.on_deadline(later);
        while host.transmit(later).is_some() {}
    }
    connect(&mut host, later, 6);
}

#[test]
fn a_place_in_the_backlog_is_free_again() {
    let (mut host, now) = server(Config { syn_cookies: false, ..Config::default() });
    let syn = |host: &mut Host, port| host.receive(now, &packet(port, Flags::SYN, 100, 0));
    // One is accepted, one is reset, one stays half open.
    connect(&mut host, now, 1);
    assert_eq!((syn(&mut host, 2), syn(&mut host, 3)), (None, None));
    takes(&mut host, now, &packet(2, Flags::RST, 101, 0));
    assert_eq!((syn(&mut host, 4), syn(&mut host, 5)), (None, None), "three half open: 3, 4, 5");
    assert_eq!(syn(&mut host, 6), Some(ReceivedNote::BacklogFull));
    // A listener that begins anew finds those of the old one, and is rid of them as they end.
    host.stop_listening(PORT);
    assert_eq!(syn(&mut host, 6), Some(ReceivedNote::NoConnection));
    host.listen(PORT, 2).unwrap();
    assert_eq!(syn(&mut host, 6), Some(ReceivedNote::BacklogFull));
    takes(&mut host, now, &packet(3, Flags::RST, 101, 0));
    takes(&mut host, now, &packet(4, Flags::RST, 101, 0));
    assert_eq!((syn(&mut host, 6), syn(&mut host, 7)), (None, Some(ReceivedNote::BacklogFull)));
}

/// What a packet costs does not depend on how many other connections there are: the host looks at none of them.
#[test]
fn idle_connections_are_left_alone() {
    let work = |others: u16| {
        let mut host = host(SERVER.into(), Config { max_connections: 4000, ..Config::default() }, 1);
        host.listen(PORT, 3000).unwrap();
        let now = Instant::now();
        for port in 1..=others {
            connect(&mut host, now, port);
        }
        // Half of the backlog is in use, too.
        for port in 3001..=3000 + others / 2 {
            takes(&mut host, now, &packet(port, Flags::SYN, 100, 0));
            sent(&mut host, now);
        }
        while host.transmit(now).is_some() {}
        // The one to which something happened last is looked at once more: here, so that it does not count.
        host.on_deadline(now);
        let before = host.connections_touched();
        let (handle, iss) = connect(&mut host, now, 9999);
        for count in 0..10 {
            takes(&mut host, now, &packet(9999, Flags::ACK, 101, iss.wrapping_add(1 + 10 * count)));
            host.write(handle, b"0123456789").unwrap();
            assert!(sent(&mut host, now).is_some());
            host.deadline();
            host.on_deadline(now);
            assert!(sent(&mut host, now).is_none());
        }
        host.connections_touched() - before
    };
    let (few, many) = (work(2), work(2000));
    assert_eq!(few, many, "with 2 other connections, and with 2000");
}

/// Nor does it depend on how many have something to send: `deadline` looks at none of them but the last one.
#[test]
fn connections_in_line_are_left_alone() {
    let work = |in_line: u16| {
        let mut host = host(SERVER.into(), Config { max_connections: 4000, ..Config::default() }, 1);
        host.listen(PORT, 3000).unwrap();
        let now = Instant::now();
        let handles: Vec<Handle> = (1..=in_line).map(|port| connect(&mut host, now, port).0).collect();
        for handle in &handles {
            host.write(*handle, b"0123456789").unwrap();
        }
        let before = host.connections_touched();
        for _ in 0..10 {
            host.deadline();
            assert!(sent(&mut host, now).is_some());
            host.deadline();
            host.on_deadline(now);
        }
        host.connections_touched() - before
    };
    let (few, many) = (work(20), work(2000));
    assert!(many <= 2 * few, "{few} with 20 connections in line, and {many} with 2000");
}

/// When a host with these connections sends what, until all have given up: the port, and how long after `start`. Each
/// opens at its own moment, and the one of an even port is closed by a reset after a while.
fn life_of(openings: &[(u16, u64)], start: Instant) -> Vec<(Duration, u16)> {
    let at = |millis| start + Duration::from_millis(millis);
    let mut host = host(CLIENT.into(), Config { syn_retries: 3, ..Config::default() }, 7);
    let mut calls: Vec<(Instant, u16, bool)> =
        openings.iter().map(|(port, open)| (at(*open), *port, true)).collect();
    let resets = openings.iter().filter(|(port, _)| port % 2 == 0);
    calls.extend(resets.map(|(port, open)| (at(open + 1500 + u64::from(*port)), *port, false)));
    calls.sort_unstable();
    let mut calls = calls.into_iter().peekable();
    let (mut sent, mut iss) = (Vec::new(), std::collections::BTreeMap::new());
    loop {
        let next = calls.peek().map(|call| call.0).into_iter().chain(host.deadline()).min();
        let Some(now) = next else { return sent };
        host.on_deadline(now);
        while let Some((_, port, opens)) = calls.next_if(|call| call.0 == now) {
            if opens {
                host.connect_from(now, port, server_address()).unwrap();
            } else {
                let refusal = Segment {
                    ack: SeqNumber(iss[&port]) + 1,
                    flags: Flags::RST | Flags::ACK,
                    ..Segment::empty(PORT, port)
                };
                takes(&mut host, now, &refusal.ip_packet(SERVER.into(), CLIENT.into()));
            }
        }
        while let Some(transmit) = host.transmit(now) {
            let Payload::Tcp(segment) = Packet::parse(&transmit.packet).unwrap().payload else {
                panic!("TCP")
            };
            iss.insert(segment.source_port, segment.seq.0);
            sent.push((now - start, segment.source_port));
        }
        while host.event().is_some() {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    /// Many connections are called when each would be if it were alone, whatever the order in which their deadlines
    /// were set, moved and taken back.
    #[test]
    fn deadlines_of_many_connections(openings in proptest::collection::btree_map(1u16..200, 0u64..5000, 0..40)) {
        let openings: Vec<(u16, u64)> = openings.into_iter().collect();
        let start = Instant::now();
        let mut wanted: Vec<_> = openings.iter().flat_map(|opening| life_of(&[*opening], start)).collect();
        let mut together = life_of(&openings, start);
        prop_assert!(together.is_sorted_by_key(|(time, _)| *time));
        wanted.sort_unstable();
        together.sort_unstable();
        prop_assert_eq!(together, wanted);
    }
}

#[test]
fn all_that_are_due_are_called_in_the_order_in_which_they_were_opened() {
    let start = Instant::now();
    let mut host = host(CLIENT.into(), Config::default(), 7);
    let ports: Vec<u16> = (0..20).map(|count| 1000 + count * 37 % 20).collect();
    for port in &ports {
        host.connect_from(start, *port, server_address()).unwrap();
    }
    while host.transmit(start).is_some() {}
    let due = host.deadline().unwrap();
    host.on_deadline(due);
    let again: Vec<u16> = std::iter::from_fn(|| host.transmit(due))
        .map(|transmit| u16::from_be_bytes([transmit.packet[20], transmit.packet[21]]))
        .collect();
    assert_eq!(again, ports);
}

/// A server that closes first remembers its connections in TIME-WAIT. Where there are too many, the oldest gives way to
/// a new connection.
#[test]
fn time_wait_does_not_shut_others_out() {
    let (mut host, now) = server(Config { max_connections: 3, ..Config::default() });
    let closes = |host: &mut Host, port| {
        let (handle, iss) = connect(host, now, port);
        host.close(handle);
        while host.transmit(now).is_some() {}
        takes(host, now, &packet(port, Flags::FIN | Flags::ACK, 101, iss.wrapping_add(2)));
        while host.transmit(now).is_some() {}
        handle
    };
    let handles: Vec<Handle> = (1..=5).map(|port| closes(&mut host, port)).collect();
    let states: Vec<State> = handles.iter().map(|handle| host.state(*handle)).collect();
    let (over, waits) = (State::Closed, State::TimeWait);
    assert_eq!(states, [over, over, waits, waits, waits]);
    assert_eq!(host.handle_of((SERVER, PORT).into(), peer(2)), None, "its ends are free");
    assert_eq!(host.handle_of((SERVER, PORT).into(), peer(3)), Some(handles[2]));
    // Open ones do not give way.
    let open: Vec<Handle> = (6..=8).map(|port| connect(&mut host, now, port).0).collect();
    assert!(open.iter().all(|handle| host.state(*handle) == State::Established));
    let said = host.receive(now, &packet(9, Flags::SYN, 100, 0));
    assert_eq!(said, Some(ReceivedNote::BacklogFull));
    let later = now + Duration::from_secs(61);
    host.on_deadline(later);
    assert!(open.iter().all(|handle| host.state(*handle) == State::Established));
}

/// Peers that never close, or never acknowledge our FIN: where the user has gone and all text is acknowledged, nothing
/// is lost when such a connection ends, so it gives way as one in TIME-WAIT does. One whose text is still on its way
/// stays.
#[test]
fn what_nobody_holds_does_not_shut_others_out() {
    let (mut host, now) = server(Config { max_connections: 3, ..Config::default() });
    let [(busy, _), (no_fin, iss), (no_ack, _)] = [1, 2, 3].map(|port| connect(&mut host, now, port));
    assert_eq!(host.write(busy, b"text"), Ok(4));
    for handle in [busy, no_fin, no_ack] {
        host.release(now, handle);
    }
    while host.transmit(now).is_some() {}
    // The one whose FIN is not acknowledged has asked once more.
    let now = now + Duration::from_secs(2);
    host.on_deadline(now);
    while host.transmit(now).is_some() {}
    takes(&mut host, now, &packet(2, Flags::ACK, 101, iss.wrapping_add(2)));
    assert_eq!([no_fin, no_ack].map(|handle| host.state(handle)), [State::FinWait2, State::FinWait1]);
    let open = [4, 5].map(|port| connect(&mut host, now, port).0);
    let states = [busy, no_fin, no_ack, open[0], open[1]].map(|handle| host.state(handle));
    let (over, established) = (State::Closed, State::Established);
    assert_eq!(states, [State::FinWait1, over, over, established, established]);
    assert_eq!(host.receive(now, &packet(6, Flags::SYN, 100, 0)), Some(ReceivedNote::BacklogFull));
    // One that somebody still holds stays, too.
    host.close(open[0]);
    while host.transmit(now).is_some() {}
    let now = now + Duration::from_secs(2);
    host.on_deadline(now);
    assert_eq!(host.receive(now, &packet(6, Flags::SYN, 100, 0)), Some(ReceivedNote::BacklogFull));
    assert_eq!([busy, open[0]].map(|handle| host.state(handle)), [State::FinWait1; 2]);
}

/// Buffers keep their memory when they are empty, because that is quick. Of many connections that were busy once, only
/// the last ones do.
#[test]
fn connections_that_rest_give_their_memory_back() {
    let (mut host, now) = server(Config { syn_cookies: false, ..Config::default() });
    let mut buffer = vec![0; 50_000];
    let handles: Vec<Handle> = (1..=400)
        .map(|port| {
            let (handle, iss) = connect(&mut host, now, port);
            let arrives = |host: &mut Host, number: u32, ack: u32, payload: &[u8]| {
                let seq = 101 + 1000 * number;
                let segment = Segment { window: 60_000, payload, ..bare(port, Flags::ACK, seq, ack) };
                takes(host, now, &segment.ip_packet(CLIENT.into(), SERVER.into()));
            };
            (0..40).for_each(|number| arrives(&mut host, number, iss.wrapping_add(1), &[7; 1000]));
            assert_eq!(host.read(handle, &mut buffer), Ok(40_000));
            assert_eq!(host.write(handle, &buffer), Ok(50_000));
            while sent(&mut host, now).is_some() {
                while sent(&mut host, now).is_some() {}
                let next = host.variables(handle).unwrap().snd.nxt;
                arrives(&mut host, 40, next.0, b"");
            }
            handle
        })
        .collect();
    let keeps = |host: &Host, handle: &Handle| host.spare_memory(*handle) > 8192;
    let keepers = handles.iter().filter(|handle| keeps(&host, handle)).count();
    assert_eq!(keepers, 128);
    assert!(handles[400 - 128..].iter().all(|handle| keeps(&host, handle)), "the last ones");
    let all: usize = handles.iter().map(|handle| host.spare_memory(*handle)).sum();
    assert!(all < 128 * 200_000, "{all} bytes");
    // One that has given its memory back goes on as before.
    assert_eq!(host.write(handles[0], &buffer), Ok(50_000));
    assert_eq!(host.variables(handles[0]).unwrap().unacknowledged, 50_000);
}

/// Peers cannot fill the memory of a user that takes no events: it hears once that there is something to read.
#[test]
fn news_that_is_not_taken_is_bounded() {
    let (mut host, now) = server(Config::default());
    let both: Vec<(Handle, u32)> = (1..=2).map(|port| connect(&mut host, now, port)).collect();
    while host.event().is_some() {}
    let byte_arrives = |host: &mut Host, count: u32| {
        for (port, (_, iss)) in (1..).zip(&both) {
            let segment = Segment {
                seq: SeqNumber(101 + count),
                ack: SeqNumber(*iss) + 1,
                flags: Flags::ACK,
                window: 1000,
                payload: b"x",
                ..Segment::empty(port, PORT)
            };
            takes(host, now, &segment.ip_packet(peer(port).ip(), SERVER.into()));
        }
    };
    for count in 0..100 {
        byte_arrives(&mut host, count);
    }
    let news: Vec<Event> = std::iter::from_fn(|| host.event()).collect();
    assert_eq!(news, [Event::Readable(both[0].0), Event::Readable(both[1].0)]);
    byte_arrives(&mut host, 100);
    let news: Vec<Event> = std::iter::from_fn(|| host.event()).collect();
    assert_eq!(news, [Event::Readable(both[0].0), Event::Readable(both[1].0)]);
}

/// A handle names its connection for ever, though another connection has its place in memory by now.
#[test]
fn a_handle_is_never_used_twice() {
    let (mut host, now) = server(Config::default());
    let (old, _) = connect(&mut host, now, 1);
    host.abort(old);
    while host.transmit(now).is_some() {}
    while host.event().is_some() {}
    let (new, _) = connect(&mut host, now, 1);
    assert_ne!(old, new);
    assert_eq!(host.write(old, b"x"), Err(Error::NoConnection));
    assert_eq!((host.state(old), host.state(new)), (State::Closed, State::Established));
    assert_eq!(host.handle_of(server_address(), peer(1)), Some(new));
}

#[test]
fn connections_are_told_apart_by_both_ends() {
    let (mut host, now) = server(Config::default());
    let (a, iss_a) = connect(&mut host, now, 1);
    let (b, iss_b) = connect(&mut host, now, 2);
    assert_ne!(a, b);
    assert_ne!(iss_a, iss_b);
    assert_eq!(host.ends(b), Some((server_address(), peer(2))));
    takes(&mut host, now, &packet(1, Flags::RST, 101, 0));
    assert_eq!(host.event(), Some(Event::Reset(a)));
    assert_eq!((host.state(a), host.state(b)), (State::Closed, State::Established));
    assert!(host.transmit(now).is_none() && host.variables(a).is_none(), "forgotten");
    assert_eq!(host.read(a, &mut [0; 1]), Err(Error::NoConnection));
}

#[test]
fn time_wait_gives_way_to_a_newer_syn() {
    let (mut host, now) = server(Config::default());
    let (handle, iss) = connect(&mut host, now, 1);
    host.close(handle);
    assert!(sent(&mut host, now).is_some(), "the FIN");
    takes(&mut host, now, &packet(1, Flags::FIN | Flags::ACK, 101, iss.wrapping_add(2)));
    assert_eq!(host.state(handle), State::TimeWait);
    while host.transmit(now).is_some() {}
    takes(&mut host, now, &packet(1, Flags::SYN, 90, 0));
    assert_eq!(
        sent(&mut host, now).map(|(flags, ..)| flags),
        Some(Flags::ACK),
        "an old SYN gets the old ACK"
    );
    takes(&mut host, now, &packet(1, Flags::SYN, 5000, 0));
    assert_eq!(
        sent(&mut host, now).map(|(flags, _, ack)| (flags, ack)),
        Some((Flags::SYN | Flags::ACK, 5001))
    );
}

/// RFC 6191 §2: with timestamps a newer one is enough, though the number is below those of the old connection.
#[test]
fn rfc6191_s2_time_wait_gives_way_to_a_newer_timestamp() {
    let (mut host, now) = server(Config::default());
    let stamped = |flags, seq, ack, value| {
        let options = Options { timestamps: Some(Timestamps { value, echo: 0 }), ..Options::default() };
        let (seq, ack) = (SeqNumber(seq), SeqNumber(ack));
        let segment = Segment { seq, ack, flags, window: 1000, options, ..Segment::empty(1, PORT) };
        segment.ip_packet(CLIENT.into(), SERVER.into())
    };
    takes(&mut host, now, &stamped(Flags::SYN, 100, 0, 500));
    let (_, iss, _) = sent(&mut host, now).expect("a SYN-ACK");
    takes(&mut host, now, &stamped(Flags::ACK, 101, iss.wrapping_add(1), 501));
    let Some(Event::Accepted { handle, .. }) = host.event() else { panic!("accepted") };
    host.close(handle);
    assert!(sent(&mut host, now).is_some(), "the FIN");
    takes(&mut host, now, &stamped(Flags::FIN | Flags::ACK, 101, iss.wrapping_add(2), 502));
    assert_eq!(host.state(handle), State::TimeWait);
    while host.transmit(now).is_some() {}
    takes(&mut host, now, &stamped(Flags::SYN, 90, 0, 502));
    assert_eq!(sent(&mut host, now).map(|(flags, ..)| flags), Some(Flags::ACK), "not newer: the old ACK");
    let now = now + Duration::from_secs(1);
    takes(&mut host, now, &stamped(Flags::SYN, 5000, 0, 501));
    assert_eq!(sent(&mut host, now).map(|(flags, ..)| flags), Some(Flags::ACK), "older, whatever the number");
    assert_eq!(host.state(handle), State::TimeWait);
    takes(&mut host, now, &stamped(Flags::SYN, 90, 0, 503));
    let answer = sent(&mut host, now).map(|(flags, _, ack)| (flags, ack));
    assert_eq!(answer, Some((Flags::SYN | Flags::ACK, 91)));
}

/// RFC 9293 §3.6.1: the connection that takes the place of one in TIME-WAIT begins above all that the old one has sent,
/// also where that was much in a short time.
#[test]
fn rfc9293_s3_6_1_the_new_connection_begins_above_the_old_one() {
    for length in [0, 200_000] {
        let (mut host, now) = server(Config::default());
        let (handle, iss) = connect(&mut host, now, 1);
        assert_eq!(host.write(handle, &vec![1; length]), Ok(length));
        host.close(handle);
        let last = iss.wrapping_add(length as u32 + 1);
        while host.state(handle) != State::FinWait2 {
            while let Some((_, seq, _)) = sent(&mut host, now) {
                assert!(!SeqNumber(seq).after(SeqNumber(last)));
            }
            let next = host.variables(handle).expect("it is there").snd.nxt;
            takes(&mut host, now, &packet(1, Flags::ACK, 101, next.0));
        }
        takes(&mut host, now, &packet(1, Flags::FIN | Flags::ACK, 101, last.wrapping_add(1)));
        while host.transmit(now).is_some() {}
        assert_eq!(host.state(handle), State::TimeWait);
        takes(&mut host, now, &packet(1, Flags::SYN, 5000, 0));
        let (flags, new, _) = sent(&mut host, now).expect("a SYN-ACK");
        assert_eq!(flags, Flags::SYN | Flags::ACK);
        assert!(SeqNumber(new).after(SeqNumber(last)), "{new} after {last}, and {length} bytes");
    }
}

#[test]
fn ports_are_chosen_at_random_and_reserved_ones_first() {
    let now = Instant::now();
    let mut host = host(CLIENT.into(), Config::default(), 7);
    let mut ports = BTreeSet::new();
    for _ in 0..100 {
        let handle = host.connect(now, server_address()).unwrap();
        let port = host.ends(handle).unwrap().0.port();
        assert!(port >= 49152 && ports.insert(port), "{port}");
    }
    host.reserve_port(4000);
    let handle = host.connect(now, server_address()).unwrap();
    assert_eq!(host.ends(handle).unwrap().0.port(), 4000);
    assert_eq!(host.connect(now, server_address()), Err(Error::NoPort), "only guarded ports are used");
    assert!(host.connect(now, SocketAddr::new(SERVER.into(), 8)).is_ok(), "towards another peer it is free");
    assert_eq!(host.connect_from(now, 4000, server_address()), Err(Error::PortInUse(4000)));
    host.listen(80, 1).unwrap();
    assert_eq!(host.listen(80, 1), Err(Error::PortInUse(80)));
    let v6 = "[2001:db8::1]:80".parse().unwrap();
    assert_eq!(host.connect(now, v6), Err(Error::NoAddress(v6)));
}

/// A connection that was given up may have left a SYN at the server, half open there. A new one from the same port
/// would be taken for that one (RFC 5961 §4), and Linux resets it. So it leaves from another port, if there is one.
#[test]
fn the_port_that_was_used_last_is_used_last() {
    let now = Instant::now();
    let mut host = host(CLIENT.into(), Config::default(), 7);
    for port in 4001..=4003 {
        host.reserve_port(port);
    }
    let ports = [(); 5].map(|()| {
        let handle = host.connect(now, server_address()).unwrap();
        while host.transmit(now).is_some() {}
        let port = host.ends(handle).unwrap().0.port();
        host.abort(handle);
        port
    });
    assert_eq!(ports, [4001, 4002, 4003, 4001, 4002]);
}

#[test]
fn connections_are_bounded() {
    let now = Instant::now();
    let mut host = host(CLIENT.into(), Config { max_connections: 2, ..Config::default() }, 7);
    let first = host.connect(now, server_address()).unwrap();
    host.connect(now, server_address()).unwrap();
    assert_eq!(host.connect(now, server_address()), Err(Error::TooManyConnections(2)));
    host.abort(first);
    while host.transmit(now).is_some() {}
    assert!(host.connect(now, server_address()).is_ok());
}

/// Why the host drops a packet.
#[track_caller]
fn refused(host: &mut Host, now: Instant, packet: &[u8]) -> Error {
    match host.receive(now, packet) {
        Some(ReceivedNote::Dropped(error)) => error,
        other => panic!("wanted: dropped, got: {other:?}"),
    }
}

/// A packet that the host takes.
#[track_caller]
fn takes(host: &mut Host, now: Instant, packet: &[u8]) {
    assert_eq!(host.receive(now, packet), None);
}

#[test]
fn what_is_not_ours_is_refused_with_a_reason() {
    let (mut host, now) = server(Config::default());
    let elsewhere = Segment::empty(1, PORT).ip_packet(CLIENT.into(), CLIENT.into());
    assert_eq!(refused(&mut host, now, &elsewhere), Error::NotOurs(CLIENT.into()));
    let datagram = udp::ip_packet(peer(1), server_address(), b"dns");
    assert_eq!(refused(&mut host, now, &datagram), Error::NotTcp(17));
    let mut damaged = packet(1, Flags::SYN, 1, 0);
    damaged[25] ^= 1;
    let Error::Malformed(error) = refused(&mut host, now, &damaged) else { panic!("malformed") };
    assert!(matches!(error.reason, Reason::Checksum { .. }) && error.offset == 36, "{error}");
    let mut damaged = packet(1, Flags::SYN, 1, 0);
    damaged[8] ^= 1;
    let Error::Malformed(error) = refused(&mut host, now, &damaged) else { panic!("malformed") };
    assert!(
        matches!(error.reason, Reason::Packet(barewire_packet::Reason::HeaderChecksum { .. }))
            && error.offset == 10,
        "{error}"
    );
    assert!(host.transmit(now).is_none());
}

/// RFC 9293 §3.9.2.3, MUST-63: nobody can have sent a SYN from there, and an answer would reach many, or ourselves.
#[test]
fn s3_9_2_3_a_syn_from_an_impossible_address_is_dropped() {
    let (mut host, now) = server(Config::default());
    for source in [[224, 0, 0, 1], [239, 255, 0, 1], [255, 255, 255, 255], [0, 0, 0, 0], SERVER.octets()] {
        let source = std::net::Ipv4Addr::from(source);
        for port in [1, PORT] {
            let syn = Segment { flags: Flags::SYN, window: 1000, ..Segment::empty(port, PORT) };
            let error = refused(&mut host, now, &syn.ip_packet(source.into(), SERVER.into()));
            assert_eq!(error, Error::BadSource(source.into()));
            assert!(host.transmit(now).is_none(), "a SYN from {source} is answered");
            assert_eq!(host.deadline(), None, "a SYN from {source} leaves a connection");
        }
    }
    takes(&mut host, now, &packet(1, Flags::SYN, 100, 0));
    assert!(sent(&mut host, now).is_some(), "the next SYN is taken");
}

#[test]
fn unfinished_checksums_are_taken_unless_strict() {
    let mut unfinished = packet(1, Flags::SYN, 1, 0);
    let sum = pseudo_header(CLIENT.into(), SERVER.into(), 6, unfinished.len() - 20).folded();
    unfinished[36..38].copy_from_slice(&sum.to_be_bytes());
    let (mut host, now) = server(Config::default());
    assert_eq!(host.receive(now, &unfinished), Some(ReceivedNote::UnfinishedChecksum));
    let (mut host, now) = server(Config { strict_checksums: true, ..Config::default() });
    let Error::Malformed(error) = refused(&mut host, now, &unfinished) else { panic!("malformed") };
    assert_eq!(error.reason, Reason::UnfinishedChecksum);
}

/// RFC 6528: a clock for the same ends, a keyed hash between different ones.
#[test]
fn rfc6528_initial_sequence_numbers() {
    let now = Instant::now();
    let generator = |seed| IsnGenerator::new(&mut ChaCha20Rng::seed_from_u64(seed));
    let mut isn = generator(1);
    let first = isn.isn(now, server_address(), peer(1));
    assert_eq!(isn.isn(now, server_address(), peer(1)), first);
    let later = isn.isn(now + Duration::from_millis(1), server_address(), peer(1));
    assert_eq!(later.since(first), 250, "a tick every 4 microseconds");
    let others: BTreeSet<u32> =
        (2..200).map(|port| isn.isn(now, server_address(), peer(port)).0 >> 16).collect();
    assert!(others.len() > 180, "other ends say nothing: {} different", others.len());
    assert_ne!(generator(2).isn(now, server_address(), peer(1)), first, "another secret, other numbers");
}

/// An application that lets go of a connection does not read the rest. The connection does not wait for that.
#[test]
fn a_connection_let_go_unread_is_forgotten() {
    let (mut host, now) = server(Config { max_connections: 2, ..Config::default() });
    for port in 1..9 {
        let (handle, iss) = connect(&mut host, now, port);
        let text = Segment {
            seq: SeqNumber(101),
            ack: SeqNumber(iss) + 1,
            flags: Flags::ACK,
            window: 1000,
            payload: b"unread",
            ..Segment::empty(port, PORT)
        };
        takes(&mut host, now, &text.ip_packet(CLIENT.into(), SERVER.into()));
        assert_eq!(host.unread(handle), 6);
        if port % 2 == 0 {
            host.abort(handle)
        } else {
            host.release(now, handle)
        }
        takes(&mut host, now, &packet(port, Flags::RST, 107, 0));
        while host.transmit(now).is_some() || host.event().is_some() {}
        assert_eq!(host.variables(handle), None, "connection {port} is still there");
    }
}

/// Segments at random, aimed near the edges, into a live connection: nothing panics, nothing grows, and the variables
/// keep their order.
#[test]
fn hostile_segments() {
    for seed in 0..120 {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let config = Config { receive_buffer: 5000, timestamps: seed % 2 == 0, ..Config::default() };
        let (mut host, mut now) = server(config);
        let (handle, iss) = connect(&mut host, now, 1);
        let _ = host.write(handle, &pattern(3000));
        for _ in 0..200 {
            let mut near = |base: u32| match rng.next_u32() % 8 {
                0 => rng.next_u32(),
                1 => base.wrapping_add(1 << 31),
                2 => base.wrapping_sub(rng.next_u32() % 4),
                _ => base.wrapping_add(rng.next_u32() % 6000),
            };
            let (seq, ack) = (near(101), near(iss));
            let payload = pattern((rng.next_u32() % 1500) as usize);
            let timestamps = (rng.next_u32() % 2 == 0)
                .then(|| Timestamps { value: rng.next_u32() % 9, echo: rng.next_u32() });
            // No reset in most, or little would be left to try.
            let mask = if rng.next_u32() % 50 == 0 { 0xff } else { 0xfb };
            let segment = Segment {
                seq: SeqNumber(seq),
                ack: SeqNumber(ack),
                flags: Flags(rng.next_u32() as u8 & mask),
                window: rng.next_u32() as u16,
                urgent_pointer: rng.next_u32() as u16,
                options: Options { timestamps, ..Options::default() },
                payload: &payload,
                ..Segment::empty(1, PORT)
            };
            let note = host.receive(now, &segment.ip_packet(CLIENT.into(), SERVER.into()));
            assert!(!matches!(note, Some(ReceivedNote::Dropped(_))), "seed {seed}: {note:?}");
            now += Duration::from_millis(u64::from(rng.next_u32() % 300));
            if host.deadline().is_some_and(|deadline| deadline <= now) {
                host.on_deadline(now);
            }
            let sent = std::iter::from_fn(|| host.transmit(now)).take(1000).count();
            assert!(sent < 100, "seed {seed}: {sent} packets for one");
            if let Some(v) = host.variables(handle) {
                assert!(v.snd.una.at_or_before(v.snd.nxt), "seed {seed}: {v}");
                assert!(v.unread + v.out_of_order <= 5100, "seed {seed}: {v}");
            }
            while host.event().is_some() {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    /// A good packet with some bytes changed and its length cut: refused, or harmless.
    #[test]
    fn damaged_packets(changes in proptest::collection::vec((0usize..60, any::<u8>()), 0..6), cut in 0usize..60) {
        let (mut host, now) = server(Config::default());
        connect(&mut host, now, 1);
        let options = Options { timestamps: Some(Timestamps::default()), window_scale: Some(3), ..Options::default() };
        let mut bytes = Segment { flags: Flags::SYN, options, payload: b"abcd", ..Segment::empty(2, PORT) }
            .ip_packet(CLIENT.into(), SERVER.into());
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
        }
        bytes.truncate(cut);
        host.receive(now, &bytes);
        prop_assert!(std::iter::from_fn(|| host.transmit(now)).count() <= 2);
    }
}

/// RFC 7323 §7: each connection's clock has an offset of its own, that nobody else can know.
#[test]
fn rfc7323_s7_the_clocks_of_connections_are_apart() {
    let now = Instant::now();
    let clocks = |seed| -> BTreeSet<u32> {
        let mut client = host(CLIENT.into(), Config::default(), seed);
        for port in 5000..5100 {
            client.connect_from(now, port, server_address()).unwrap();
        }
        std::iter::from_fn(|| client.transmit(now))
            .map(|transmit| {
                let Payload::Tcp(segment) = Packet::parse(&transmit.packet).unwrap().payload else {
                    panic!("TCP")
                };
                segment.options.timestamps.unwrap().value >> 16
            })
            .collect()
    };
    let (one, other) = (clocks(1), clocks(2));
    assert!(one.len() > 95 && other.len() > 95, "{} and {} of 100 differ", one.len(), other.len());
    assert!(one.intersection(&other).count() < 5, "another host, other offsets");
}

/// RFC 7323 §5.4 and RFC 6191 §3: between the same two ends the timestamps of a new connection go on where those of the
/// old one ended. A server in TIME-WAIT would else take its SYN for an old one.
#[test]
fn rfc6191_s3_the_clock_goes_on_from_one_connection_to_the_next() {
    let now = Instant::now();
    let mut client = host(CLIENT.into(), Config::default(), 1);
    let stamps: Vec<u32> = (0..3)
        .map(|n| {
            let now = now + Duration::from_secs(n);
            let handle = client.connect_from(now, 5000, server_address()).expect("the port is free again");
            let syn = client.transmit(now).expect("a SYN").packet;
            let Payload::Tcp(segment) = Packet::parse(&syn).unwrap().payload else { panic!("TCP") };
            client.abort(handle);
            segment.options.timestamps.expect("a timestamp").value
        })
        .collect();
    assert_eq!(stamps[1].wrapping_sub(stamps[0]), 1000);
    assert_eq!(stamps[2].wrapping_sub(stamps[1]), 1000);
}
