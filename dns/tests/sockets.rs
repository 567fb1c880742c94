//! The blocking driver over real sockets on 127.0.0.1 and ::1, against small servers in threads, built
//! with std alone.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use barewire_dns::driver::{Direction, Sockets, Tap, addresses, lookup, lookup_observed};
use barewire_dns::exchange;
use barewire_dns::stub::{Config, Ending, Error, Event, Lookup, Protocol, Query};
use barewire_dns::{Message, Name, RData, Record, RecordType, frame};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const LONG: Duration = Duration::from_secs(10);

fn query(servers: Vec<SocketAddr>, config: Config) -> Query {
    // The time stands in for a seed: ports of tests that run side by side should differ.
    let seed = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_nanos() as u64);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let name = Name::parse_text("www.example.test").unwrap();
    Query::new(Instant::now(), name, RecordType::A, servers, config, &mut rng)
}

fn reply(query: &[u8], edit: impl FnOnce(&mut Message)) -> Vec<u8> {
    let query = Message::parse(query).unwrap();
    let mut reply = Message::response_to(&query);
    reply.header.ra = true;
    reply.answers.push(Record::new(query.questions[0].name.clone(), 300, RData::A([203, 0, 113, 80].into())));
    edit(&mut reply);
    reply.encode().unwrap()
}

/// Answers one datagram after another with what `answer` makes of them, until it has no more.
fn udp_server(
    socket: UdpSocket,
    count: usize,
    answer: impl Fn(usize, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> JoinHandle<()> {
    socket.set_read_timeout(Some(LONG)).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        for number in 0..count {
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { return };
            for message in answer(number, &buffer[..length]) {
                socket.send_to(&message, from).unwrap();
            }
        }
    })
}

fn udp_socket() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// UDP and TCP on the same port, as a name server has them.
fn both_sockets() -> (UdpSocket, TcpListener, SocketAddr) {
    loop {
        let (udp, address) = udp_socket();
        if let Ok(tcp) = TcpListener::bind(address) {
            return (udp, tcp, address);
        }
    }
}

fn read_framed(stream: &mut TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut message).unwrap();
    message
}

#[derive(Default)]
struct Seen(Vec<(Direction, Protocol, SocketAddr, SocketAddr, Vec<u8>)>);

impl Tap for Seen {
    fn message(
        &mut self,
        _: Instant,
        direction: Direction,
        protocol: Protocol,
        local: SocketAddr,
        remote: SocketAddr,
        bytes: &[u8],
    ) {
        self.0.push((direction, protocol, local, remote, bytes.to_vec()));
    }
}

#[test]
fn udp_and_what_the_tap_sees() {
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    let mut seen = Seen::default();
    let answer =
        lookup(&mut query(vec![address], Config::default()), &mut Sockets::with_tap(&mut seen)).unwrap();
    assert_eq!(answer.addresses(), [Ipv4Addr::new(203, 0, 113, 80)]);
    server.join().unwrap();
    let [sent, received] = &seen.0[..] else { panic!("two messages, not {:?}", seen.0) };
    assert_eq!((sent.0, received.0), (Direction::Sent, Direction::Received));
    assert_eq!((sent.2, sent.3), (received.2, received.3));
    assert_eq!(sent.3, address);
    assert_eq!(sent.2.ip(), Ipv4Addr::LOCALHOST, "the real local address, not 0.0.0.0");
    assert_eq!(Message::parse(&received.4).unwrap().summary(), "A 203.0.113.80, ttl 300");
}

#[test]
fn the_wanted_source_port_is_used_or_else_another() {
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    let mut query = query(vec![address], Config::default());
    let transmit = query.transmit(Instant::now()).unwrap();
    let taken = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, transmit.source_port));
    let mut seen = Seen::default();
    let mut sockets = Sockets::with_tap(&mut seen);
    barewire_dns::driver::Transport::send(&mut sockets, &transmit).unwrap();
    lookup(&mut query, &mut sockets).unwrap();
    server.join().unwrap();
    if taken.is_ok() {
        assert_ne!(seen.0[0].2.port(), transmit.source_port);
    }
}

#[test]
fn ipv6() {
    let Ok(socket) = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)) else {
        eprintln!("skipped: this host has no ::1");
        return;
    };
    let address = socket.local_addr().unwrap();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    lookup(&mut query(vec![address], Config::default()), &mut Sockets::new()).unwrap();
    server.join().unwrap();
}

#[test]
fn bad_replies_first_and_a_lost_query() {
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 2, |number, query| match number {
        0 => vec![],
        _ => vec![b"rubbish".to_vec(), reply(query, |reply| reply.header.id ^= 1), reply(query, |_| ())],
    });
    let mut events = Vec::new();
    let config = Config { first_wait: Duration::from_millis(100), ..Config::default() };
    lookup_observed(&mut query(vec![address], config), &mut Sockets::new(), &mut |event| {
        events.push(event.clone())
    })
    .unwrap();
    server.join().unwrap();
    assert!(
        matches!(
            events[..],
            [
                Event::Exchange(exchange::Event::Retransmit { number: 1, .. }),
                Event::Exchange(exchange::Event::Ignored { .. }),
                Event::Exchange(exchange::Event::Ignored { .. }),
                Event::Answer(_)
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn a_late_answer_of_the_first_server_counts() {
    let (slow, slow_address) = udp_socket();
    let (silent, silent_address) = udp_socket();
    slow.set_read_timeout(Some(LONG)).unwrap();
    let server = std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        let (length, from) = slow.recv_from(&mut buffer).unwrap();
        // It answers when the second server has been asked.
        silent.set_read_timeout(Some(LONG)).unwrap();
        silent.recv_from(&mut [0; 2048]).unwrap();
        slow.send_to(&reply(&buffer[..length], |_| ()), from).unwrap();
    });
    let start = Instant::now();
    let mut query = query(vec![slow_address, silent_address], Config::default());
    let answer = lookup(&mut query, &mut Sockets::new()).unwrap();
    // It came 1 s after the start; the wait for the second server would have ended at 2 s.
    assert!(start.elapsed() < Duration::from_millis(1800), "{:?}", start.elapsed());
    assert_eq!(answer.server(), slow_address);
    server.join().unwrap();
}

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
    let refused = {
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        closed.local_addr().unwrap()
    };
    let config = Config { tcp_only: true, ..Config::default() };
    let error = lookup(&mut query(vec![refused], config), &mut Sockets::new()).unwrap_err();
    assert!(
        matches!(&error, Error::ServersFailed { servers, .. } if matches!(servers[0].how, Ending::Unreachable(_))),
        "{error}"
    );
}

/// Linux reports a closed UDP port on a connected socket at once; elsewhere it may stay silence.
#[test]
#[cfg(target_os = "linux")]
fn an_icmp_error_turns_to_the_next_server() {
    let refused = udp_socket().1;
    let (socket, address) = udp_socket();
    let server = udp_server(socket, 1, |_, query| vec![reply(query, |_| ())]);
    let start = Instant::now();
    let answer = lookup(&mut query(vec![refused, address], Config::default()), &mut Sockets::new()).unwrap();
    assert_eq!(answer.server(), address);
    assert!(start.elapsed() < Duration::from_secs(1), "no wait for the first: {:?}", start.elapsed());
    server.join().unwrap();
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
