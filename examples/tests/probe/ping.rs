//! Ping: replies, losses, duplicates, late ones, errors, and what is not an answer.

use std::net::IpAddr;
use std::time::Duration;

use barewire::probe::answer::{Answer, Said};
use barewire::probe::ping::{Config, Event, Ping, Question, Reply, ReplyKind};
use barewire::probe::words::Meaning;
use barewire_internet::{Router, Wire};
use barewire_packet::icmp::{ErrorKind, echo_packet, error_packet};
use barewire_packet::link::Link;
use barewire_packet::transit::Transit;

use crate::internet::{CLIENT, CLIENT_V6, SERVER, SERVER_V6, Written, events, ip, pair, way};

/// What a forger makes of a probe.
type Forge = fn(&[u8]) -> Vec<u8>;

fn config(count: u64) -> Config {
    Config { count: Some(count), ..Config::new(ip(CLIENT), ip(SERVER)) }
}

fn config_v6(count: u64) -> Config {
    Config { count: Some(count), ..Config::new(ip(CLIENT_V6), ip(SERVER_V6)) }
}

fn ping(link: &mut dyn Link, config: Config) -> (Ping, Vec<Event>) {
    let mut ping = Ping::new(link.now(), config);
    let events = events(link, &mut ping);
    (ping, events)
}

fn replies(events: &[Event]) -> Vec<&Reply> {
    events
        .iter()
        .filter_map(|event| if let Event::Reply(reply) = event { Some(reply) } else { None })
        .collect()
}

/// The reply to an echo request of ours, with some of it changed.
fn reply_to(request: &[u8], change: impl FnOnce(&mut (IpAddr, IpAddr, u16, u16, Vec<u8>))) -> Vec<u8> {
    let packet = Transit::parse(request.to_vec()).unwrap();
    let message = packet.payload();
    let word = |at: usize| u16::from_be_bytes([message[at], message[at + 1]]);
    let mut fields = (packet.destination(), packet.source(), word(4), word(6), message[8..].to_vec());
    change(&mut fields);
    let (from, to, identifier, sequence, data) = fields;
    echo_packet(from, to, true, (identifier, sequence), &data)
}

#[test]
fn three_replies_and_the_lines_of_iputils() {
    let (ping, events) = ping(&mut pair(Wire::ms(10)), config(3));
    let seen: Vec<_> = replies(&events)
        .iter()
        .map(|reply| (reply.number, reply.length, reply.hops_left, reply.time))
        .collect();
    let time = Duration::from_millis(20);
    assert_eq!(seen, [(1, 64, 64, time), (2, 64, 64, time), (3, 64, 64, time)]);
    // The format is that of `ping -c 3` of iputils-20221126.
    let wanted = "--- 203.0.113.80 ping statistics ---\n\
        3 packets transmitted, 3 received, 0% packet loss, time 2000ms\n\
        rtt min/avg/max/mdev = 20.000/20.000/20.000/0.000 ms\n";
    assert_eq!(ping.statistics().to_string(), wanted);
}

#[test]
fn over_ipv6() {
    let (ping, events) = ping(&mut pair(Wire::ms(10)), config_v6(2));
    assert_eq!(replies(&events).len(), 2);
    assert_eq!(replies(&events)[0].from, ip(SERVER_V6));
    assert_eq!((ping.statistics().sent, ping.statistics().received), (2, 2));
}

/// A host that is not there: ping waits for its whole patience after the last probe, and says that all was lost.
#[test]
fn silence() {
    let mut link = Written::new(|_: &[u8]| Vec::new());
    let start = link.now();
    let (ping, events) = ping(&mut link, Config { patience: Duration::from_secs(4), ..config(2) });
    assert_eq!(events, []);
    assert_eq!(link.now() - start, Duration::from_secs(1 + 4));
    let wanted = "--- 203.0.113.80 ping statistics ---\n\
        2 packets transmitted, 0 received, 100% packet loss, time 1000ms\n";
    assert_eq!(ping.statistics().to_string(), wanted);
}

/// Where replies came, the last one is waited for two round trips long, and not less than an interval.
#[test]
fn the_last_one_is_waited_for() {
    let mut seen = 0;
    let mut link = Written::new(move |packet: &[u8]| {
        seen += 1;
        if seen < 3 { vec![(700, reply_to(packet, |_| ()))] } else { Vec::new() }
    });
    let start = link.now();
    let (ping, _) = ping(&mut link, config(3));
    assert_eq!((ping.statistics().received, link.now() - start), (2, Duration::from_millis(2000 + 1400)));
    assert!(
        ping.statistics().to_string().contains("3 packets transmitted, 2 received, 33.3333% packet loss")
    );
}

#[test]
fn duplicates_are_told_and_counted_apart() {
    let wire = Wire { duplicate: 1.0, ..Wire::ms(10) };
    let (ping, events) = ping(&mut pair(wire), config(2));
    let statistics = ping.statistics();
    assert_eq!((statistics.received, statistics.sent), (2, 2));
    // The last duplicates may come after all is known, so not each of them is waited for.
    assert!(statistics.duplicates >= 3, "{statistics}");
    assert!(
        replies(&events).iter().filter(|reply| reply.is_duplicate).count() as u64 == statistics.duplicates
    );
    assert!(statistics.to_string().contains("2 received, +3 duplicates, 0% packet loss"), "{statistics}");
}

#[test]
fn a_reply_after_the_patience_is_late() {
    let mut link = Written::new(|packet: &[u8]| vec![(1500, reply_to(packet, |_| ()))]);
    let (ping, events) = ping(&mut link, Config { patience: Duration::from_secs(1), ..config(3) });
    let late: Vec<_> = replies(&events).iter().map(|reply| (reply.number, reply.is_late)).collect();
    assert_eq!(late, [(1, true), (2, true), (3, true)]);
    assert_eq!((ping.statistics().received, ping.statistics().late), (3, 3));
}

/// Replies that overtake each other are replies all the same.
#[test]
fn replies_out_of_order() {
    let mut delay = 3500;
    let mut link = Written::new(move |packet: &[u8]| {
        delay -= 1100;
        vec![(delay, reply_to(packet, |_| ()))]
    });
    let (ping, events) = ping(&mut link, config(3));
    let order: Vec<_> = replies(&events).iter().map(|reply| reply.number).collect();
    assert_eq!(order, [3, 2, 1]);
    assert_eq!(ping.statistics().received, 3);
}

/// With -w and -c ping goes on beyond `count` probes, until so many have an answer.
#[test]
fn until_enough_replies_have_come() {
    let mut seen = 0;
    let mut link = Written::new(move |packet: &[u8]| {
        seen += 1;
        if seen > 2 { vec![(5, reply_to(packet, |_| ()))] } else { Vec::new() }
    });
    let until = Some(Duration::from_secs(60));
    let (ping, _) = ping(&mut link, Config { deadline: until, ..config(2) });
    assert_eq!((ping.statistics().sent, ping.statistics().received), (4, 2));
}

#[test]
fn the_deadline_ends_it() {
    let mut link = Written::new(|_: &[u8]| Vec::new());
    let start = link.now();
    let until = Some(Duration::from_millis(2500));
    let (ping, _) = ping(&mut link, Config { deadline: until, count: None, ..config(1) });
    assert_eq!((ping.statistics().sent, link.now() - start), (3, Duration::from_millis(2500)));
}

#[test]
fn what_is_not_our_answer_changes_nothing() {
    let forgeries: [Forge; 5] = [
        |packet| reply_to(packet, |fields| fields.0 = "203.0.113.81".parse().unwrap()),
        |packet| reply_to(packet, |fields| fields.1 = "192.0.2.43".parse().unwrap()),
        |packet| reply_to(packet, |fields| fields.2 ^= 1),
        |packet| reply_to(packet, |fields| fields.3 += 1),
        // The sequence number can be guessed, the data cannot.
        |packet| reply_to(packet, |fields| fields.4[..8].copy_from_slice(b"guessing")),
    ];
    for (at, forge) in forgeries.into_iter().enumerate() {
        let mut link = Written::new(move |packet: &[u8]| vec![(1, forge(packet))]);
        let (ping, events) = ping(&mut link, config(1));
        assert_eq!(events, [], "forgery {at}");
        assert_eq!((ping.statistics().received, ping.statistics().strange), (0, 1), "forgery {at}");
    }
}

/// A reply with our cookie was made by somebody who saw the probe; where its data differs, it is not a good one.
#[test]
fn changed_data_is_told_with_its_place() {
    let mut link = Written::new(|packet: &[u8]| vec![(1, reply_to(packet, |fields| fields.4[20] ^= 1))]);
    let (ping, events) = ping(&mut link, config(1));
    assert_eq!(events, [Event::Changed { from: ip(SERVER), number: 1, at: 20 }]);
    assert_eq!((ping.statistics().received, ping.statistics().changed), (0, 1));
    let mut link = Written::new(|packet: &[u8]| vec![(1, reply_to(packet, |fields| fields.4.truncate(30)))]);
    let (_, events) = self::ping(&mut link, config(1));
    assert_eq!(events, [Event::Changed { from: ip(SERVER), number: 1, at: 30 }]);
}

/// A wrong checksum is not an answer; one flipped bit is.
#[test]
fn damaged_packets_are_not_read() {
    let flipped = |packet: &[u8]| {
        let mut reply = reply_to(packet, |_| ());
        *reply.last_mut().unwrap() ^= 1;
        vec![(1, reply)]
    };
    let (ping, events) = ping(&mut Written::new(flipped), config(1));
    assert_eq!((events.len(), ping.statistics().unread, ping.statistics().received), (0, 1, 0));
}

#[test]
fn errors_name_who_says_what() {
    let world = way(Router::new(), Router::new(), Wire::ms(12));
    let (ping, events) = ping(&mut world.link("client").unwrap(), Config { hops: 2, ..config(1) });
    let [Event::Error { from, number: 1, kind, mtu: None }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*from, kind.name().as_str()), (ip("100.64.1.2"), "time exceeded in transit"));
    assert_eq!(ping.statistics().errors, 1);
    assert!(ping.statistics().to_string().contains("0 received, +1 errors, 100% packet loss"));
}

#[test]
fn a_narrow_wire_says_its_mtu() {
    for (config, mtu) in [(config(1), 1300), (config_v6(1), 1300)] {
        let world = way(Router::new(), Router::new(), Wire::ms(12).mtu(mtu));
        let (_, events) = ping(&mut world.link("client").unwrap(), Config { size: 1400, ..config });
        let [Event::Error { kind, mtu: Some(1300), .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(kind.meaning(), Meaning::TooBig);
    }
}

/// A probe that may be cut leaves in pieces, and its answer too: here the host answers in pieces of its own.
#[test]
fn a_large_probe_in_pieces() {
    let mut held = Vec::new();
    let mut link = Written::new(move |piece: &[u8]| {
        held.push(piece.to_vec());
        if held.len() < 3 {
            return Vec::new();
        }
        let data: Vec<u8> = held.iter().flat_map(|piece| piece[20..].to_vec()).collect();
        let [client, server] = [ip(CLIENT), ip(SERVER)];
        let ids = [4, 6].map(|at| u16::from_be_bytes([data[at], data[at + 1]]));
        let whole = echo_packet(server, client, true, (ids[0], ids[1]), &data[8..]);
        barewire_packet::build::fragments(&whole, 9, 1480).into_iter().rev().map(|piece| (5, piece)).collect()
    });
    let config = Config { size: 4000, dont_fragment: false, ..config(1) };
    let (ping, events) = ping(&mut link, config);
    assert_eq!((ping.statistics().received, replies(&events)[0].length), (1, 4008));
    assert!(link.sent.iter().all(|piece| piece.len() <= 1500));
}

#[test]
fn a_large_probe_that_must_stay_whole_is_not_sent() {
    let mut link = Written::new(|_: &[u8]| Vec::new());
    let start = link.now();
    let (ping, events) = ping(&mut link, Config { size: 4000, ..config(2) });
    let too_large = |number| Event::TooLarge { number, length: 4028, mtu: 1500 };
    assert_eq!(events, [too_large(1), too_large(2)]);
    assert_eq!((link.sent.len(), ping.statistics().errors), (0, 2));
    // Nothing is waited for. With -w the first error is the end.
    assert_eq!(link.now() - start, Duration::from_secs(1));
    let until = Some(Duration::from_secs(60));
    let (ping, _) = self::ping(&mut link, Config { size: 4000, deadline: until, ..config(2) });
    assert_eq!(ping.statistics().sent, 1);
}

/// The link knows a smaller MTU than we were told.
#[test]
fn a_probe_that_the_link_refuses() {
    let (_, events) = ping(&mut pair(Wire::ms(1).mtu(1000)), Config { size: 1200, ..config(1) });
    assert!(matches!(events[..], [Event::TooLarge { number: 1, length: 1228, .. }]), "{events:?}");
}

/// RFC 792 promises 8 bytes of the packet. With fewer it is not known which probe was meant.
#[test]
fn a_short_quote_is_not_believed() {
    for (left_out, wanted) in [(0, 1), (56, 1), (57, 0), (60, 0), (64, 0), (70, 0), (84, 0)] {
        let answers = move |packet: &[u8]| {
            let quote = &packet[..packet.len() - left_out];
            let kind = ErrorKind { kind: 3, code: 1, word: 0 };
            vec![(1, error_packet(ip("192.0.2.1"), ip(CLIENT), kind, quote))]
        };
        let (ping, events) = ping(&mut Written::new(answers), config(1));
        assert_eq!(events.len(), wanted, "{left_out} bytes left out");
        let statistics = ping.statistics();
        assert_eq!(statistics.strange + statistics.unread, 1 - wanted as u64, "{left_out} bytes left out");
    }
}

#[test]
fn a_forged_error_changes_nothing() {
    let changes: [fn(&mut Vec<u8>); 4] =
        [|quote| quote[15] ^= 1, |quote| quote[19] ^= 1, |quote| quote[20] = 0, |quote| quote[24] ^= 1];
    for change in changes {
        let answers = move |packet: &[u8]| {
            let mut quote = packet.to_vec();
            change(&mut quote);
            let kind = ErrorKind { kind: 3, code: 1, word: 0 };
            vec![(1, error_packet(ip("192.0.2.1"), ip(CLIENT), kind, &quote))]
        };
        let (ping, events) = ping(&mut Written::new(answers), config(1));
        assert_eq!((events.len(), ping.statistics().strange), (0, 1));
    }
}

/// A closed port answers a SYN with a reset, and a datagram with an ICMP error: the host is there.
#[test]
fn ports_instead_of_echoes() {
    for (question, kind) in
        [(Question::Syn(81), ReplyKind::Reset), (Question::Datagram(33_434), ReplyKind::PortUnreachable)]
    {
        for config in [config(3), config_v6(3)] {
            let (ping, events) = ping(&mut pair(Wire::ms(10)), Config { question, ..config });
            let kinds: Vec<_> = replies(&events).iter().map(|reply| (reply.kind, reply.number)).collect();
            assert_eq!(kinds, [(kind, 1), (kind, 2), (kind, 3)]);
            assert_eq!((ping.statistics().received, ping.statistics().errors), (3, 0));
        }
    }
}

/// An open port: the SYN-ACK is an answer, and gets a reset.
#[test]
fn an_open_port_is_reset() {
    use barewire_tcp::{Config as TcpConfig, Host};
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
    let mut host = Host::new(vec![ip(SERVER)], TcpConfig::default(), rng);
    host.listen(80, 8).unwrap();
    let now = std::time::Instant::now();
    let mut link = Written::new(move |packet: &[u8]| {
        host.receive(now, packet);
        std::iter::from_fn(|| host.transmit(now)).map(|transmit| (10, transmit.packet)).collect()
    });
    let (ping, events) = ping(&mut link, Config { question: Question::Syn(80), ..config(2) });
    assert!(replies(&events).iter().all(|reply| reply.kind == ReplyKind::SynAck));
    assert_eq!(ping.statistics().received, 2);
    let sent: Vec<_> = link.sent.iter().map(|packet| Answer::parse(packet).unwrap().said).collect();
    let flags: Vec<String> = sent
        .iter()
        .map(|said| if let Said::Segment { flags, .. } = said { flags.to_string() } else { String::new() })
        .collect();
    assert_eq!(flags[..2], ["SYN", "RST"]);
}
