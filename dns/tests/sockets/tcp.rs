//! Questions over TCP, from the start or after UDP.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use barewire_dns::driver::{Sockets, addresses, lookup};
use barewire_dns::stub::{Config, Ending, Error, Lookup, Protocol};
use barewire_dns::{Message, Name, RData, RecordType, frame};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::Seen;
use crate::peers::{both_sockets, query, read_framed, reply, udp_server};
use crate::port::free_port;

#[test]
fn truncated_then_tcp_in_pieces() {
    let (udp, tcp, address) = both_sockets();
    let udp_server = udp_server(udp, 1, |_, query| vec![reply(query, |reply| reply.header.tc = true)]);
    let tcp_server = std::thread::spawn(move || {
        let (mut stream, _) = tcp.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        let query = read_framed(&mut stream);
        for byte in frame(&reply(&query, |_| ())).unwrap() {
            stream.write_all(&[byte]).unwrap();
        }
        // The client closes first.
        let _ = stream.read(&mut [0]);
    });
    let mut seen = Seen::default();
    let answer =
        lookup(&mut query(vec![address], Config::default()), &mut Sockets::with_tap(&mut seen)).unwrap();
    assert_eq!(answer.protocol(), Protocol::Tcp);
    udp_server.join().unwrap();
    tcp_server.join().unwrap();
    let protocols: Vec<Protocol> = seen.0.iter().map(|message| message.1).collect();
    assert_eq!(protocols, [Protocol::Udp, Protocol::Udp, Protocol::Tcp, Protocol::Tcp]);
    assert!(seen.0.iter().all(|message| Message::parse(&message.4).is_ok()), "no length before the message");
}

#[test]
fn a_connection_that_closes_early_says_so() {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = tcp.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = tcp.accept().unwrap();
        let query = read_framed(&mut stream);
        let reply = frame(&reply(&query, |_| ())).unwrap();
        stream.write_all(&reply[..reply.len() - 1]).unwrap();
    });
    let config = Config { tcp_only: true, ..Config::default() };
    let error = lookup(&mut query(vec![address], config), &mut Sockets::new()).unwrap_err();
    server.join().unwrap();
    assert!(error.to_string().contains("bytes of an unfinished message"), "{error}");
}

#[test]
fn tcp_silence_ends_in_time() {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = tcp.local_addr().unwrap();
    let total = Duration::from_millis(300);
    let config = Config { tcp_only: true, total, ..Config::default() };
    let start = Instant::now();
    // The kernel accepts the connection; nobody reads from it.
    let error = lookup(&mut query(vec![address], config), &mut Sockets::new()).unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!((total..total * 5).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[test]
fn a_refused_connection_turns_to_the_next_server() {
    let refused = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let config = Config { tcp_only: true, ..Config::default() };
    let error = lookup(&mut query(vec![refused], config), &mut Sockets::new()).unwrap_err();
    assert!(
        matches!(&error, Error::ServersFailed { servers, .. } if matches!(servers[0].how, Ending::Unreachable(_))),
        "{error}"
    );
}

/// A server that answers over TCP only, one question a connection, and closes it at once. A and AAAA are in flight
/// together: the end of the first connection is not the end of the second.
#[test]
fn two_questions_over_two_connections() {
    let (udp, tcp, address) = both_sockets();
    let udp_server = udp_server(udp, 2, |_, query| vec![reply(query, |reply| reply.header.tc = true)]);
    let tcp_server = std::thread::spawn(move || {
        let mut streams = [0, 1].map(|_| {
            let (mut stream, _) = tcp.accept().unwrap();
            let query = read_framed(&mut stream);
            (stream, query)
        });
        for (stream, query) in &mut streams {
            let aaaa = Message::parse(query).unwrap().questions[0].rtype == RecordType::AAAA;
            let data = if aaaa { RData::Aaaa(Ipv6Addr::LOCALHOST) } else { RData::A(Ipv4Addr::LOCALHOST) };
            let reply = reply(query, |reply| reply.answers[0].data = data);
            stream.write_all(&frame(&reply).unwrap()).unwrap();
            stream.shutdown(std::net::Shutdown::Both).unwrap();
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let mut rng = ChaCha8Rng::seed_from_u64(std::process::id().into());
    let name = Name::parse_text("www.example.test").unwrap();
    let records = vec![RecordType::A, RecordType::AAAA];
    let (names, servers) = (vec![name.clone()], vec![address]);
    let mut both = Lookup::new(Instant::now(), name, names, records, servers, Config::default(), &mut rng);
    let found = addresses(&mut both, &mut Sockets::new(), &mut |_| ()).unwrap();
    assert_eq!(found, [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()]);
    udp_server.join().unwrap();
    tcp_server.join().unwrap();
    assert!(addresses(&mut both, &mut Sockets::new(), &mut |_| ()).is_err(), "it is over");
}

/// The same, but for AAAA the server closes the connection before it answers A: A has its answer all the same.
#[test]
fn a_connection_that_closes_is_about_its_question() {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = tcp.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let mut streams = [0, 1].map(|_| {
            let (mut stream, _) = tcp.accept().unwrap();
            let query = read_framed(&mut stream);
            (Message::parse(&query).unwrap().questions[0].rtype, stream, query)
        });
        streams.sort_by_key(|(rtype, ..)| rtype.0);
        let [(_, mut a, query), (_, aaaa, _)] = streams;
        drop(aaaa);
        std::thread::sleep(Duration::from_millis(100));
        // The client may be gone already, which the test tells.
        let _ = a.write_all(&frame(&reply(&query, |_| ())).unwrap());
    });
    let mut rng = ChaCha8Rng::seed_from_u64(std::process::id().into());
    let name = Name::parse_text("www.example.test").unwrap();
    let records = vec![RecordType::A, RecordType::AAAA];
    let config = Config { tcp_only: true, ..Config::default() };
    let (names, servers) = (vec![name.clone()], vec![address]);
    let mut both = Lookup::new(Instant::now(), name, names, records, servers, config, &mut rng);
    let found = addresses(&mut both, &mut Sockets::new(), &mut |_| ()).unwrap();
    assert_eq!(found, [IpAddr::from([203, 0, 113, 80])]);
    server.join().unwrap();
}

/// What came over the connection is not the reply, and no more will come: the lookup need not wait for its deadline.
#[test]
fn a_connection_that_closes_after_a_wrong_message_says_so() {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = tcp.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = tcp.accept().unwrap();
        let query = read_framed(&mut stream);
        let wrong = reply(&query, |reply| reply.header.id ^= 1);
        stream.write_all(&frame(&wrong).unwrap()).unwrap();
    });
    let config = Config { tcp_only: true, ..Config::default() };
    let error = lookup(&mut query(vec![address], config), &mut Sockets::new()).unwrap_err();
    server.join().unwrap();
    assert!(error.to_string().contains("the server closed the connection"), "{error}");
}

/// Two messages in one segment: the second was read with the first, and the system has no more news of it.
#[test]
fn two_messages_that_come_at_once() {
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = tcp.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = tcp.accept().unwrap();
        let query = read_framed(&mut stream);
        let wrong = frame(&reply(&query, |reply| reply.header.id ^= 1)).unwrap();
        stream.write_all(&[wrong, frame(&reply(&query, |_| ())).unwrap()].concat()).unwrap();
        // The client closes first.
        let _ = stream.read(&mut [0]);
    });
    let config = Config { tcp_only: true, ..Config::default() };
    let mut seen = Seen::default();
    lookup(&mut query(vec![address], config), &mut Sockets::with_tap(&mut seen)).unwrap();
    server.join().unwrap();
    assert_eq!(seen.0.len(), 3, "one question, two messages");
}
