//! The blocking streams, over a simulated wire.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire_internet::{Topology, Wire};
use barewire_packet::link::Link;
use barewire_packet::udp;
use barewire_tcp::{
    Config, Direction, Event, Host, Segment, SoftError, Stack, State, Tap, TcpListener, TcpStream,
};

use common::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Tap for Log {
    fn packet(&mut self, _: Instant, direction: Direction, packet: &[u8], note: &str) {
        let segment = Segment::parse(&packet[20..]).unwrap();
        let arrow = if direction == Direction::Sent { "->" } else { "<-" };
        self.0.lock().unwrap().push(format!("{arrow} {} {} {note}", segment.flags, segment.payload.len()));
    }
}

#[test]
fn a_conversation_packet_by_packet() {
    let (world, stack) = echo_internet(Config::default(), Wire::ms(25), 1);
    let start = world.now();
    let log = Log::default();
    stack.set_tap(Box::new(log.clone()));
    let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
    assert_eq!(stack.now() - start, Duration::from_millis(50), "one round trip to connect");
    stream.write_all(b"hello").unwrap();
    let mut reply = [0; 5];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"hello");
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(stream.read(&mut reply).unwrap(), 0, "the end, after the server's FIN");
    assert_eq!(stream.state(), State::TimeWait);
    stream.close(Duration::from_secs(1)).unwrap();
    let expected = [
        "-> SYN 0 ",
        "<- SYN ACK 0 ",
        "-> ACK 0 ",
        "-> PSH ACK 5 ",
        "<- PSH ACK 5 ",
        "-> FIN ACK 0 ",
        "<- FIN ACK 0 ",
        "-> ACK 0 ",
    ];
    assert_eq!(*log.0.lock().unwrap(), expected);
}

#[test]
fn a_megabyte_there_and_back() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(10), 2);
    let stream = TcpStream::connect(&stack, server_address()).unwrap();
    let data = pattern(1 << 20);
    let mut received = Vec::new();
    let mut buffer = [0; 8192];
    for chunk in data.chunks(8192) {
        (&stream).write_all(chunk).unwrap();
        let count = (&stream).read(&mut buffer).unwrap();
        received.extend_from_slice(&buffer[..count]);
    }
    stream.shutdown(Shutdown::Write).unwrap();
    (&stream).read_to_end(&mut received).unwrap();
    assert!(received == data, "{} bytes came back of {}", received.len(), data.len());
}

#[test]
fn errors_are_those_of_std() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(10), 3);
    let closed = SocketAddr::new(SERVER.into(), 81);
    let error = TcpStream::connect(&stack, closed).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
    let nobody = "192.0.2.1:80".parse().unwrap();
    let error = TcpStream::connect_timeout(&stack, nobody, Duration::from_secs(3)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    let begin = stack.now();
    let error = TcpStream::connect(&stack, nobody).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert_eq!((stack.now() - begin).as_secs(), 247, "1 + 2 + 4 + 8 + 16 + 32 + 64 + 120 s");
    let error = TcpStream::connect(&stack, "[2001:db8::1]:80".parse().unwrap()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AddrNotAvailable, "{error}");

    let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300)));
    let error = stream.read(&mut [0; 4]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
    stream.shutdown(Shutdown::Write).unwrap();
    let error = stream.write(b"late").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{error}");
}

#[test]
fn a_listener_accepts_what_a_node_connects() {
    // The other way round: the stack listens, a node connects, says hello and closes.
    let mut client = host(CLIENT.into(), Config::default(), 2);
    let start = Instant::now();
    client.connect(start, server_address()).unwrap();
    let application = |host: &mut Host, _: Instant, event: Event| {
        if let Event::Connected(handle) = event {
            host.write(handle, b"hello").unwrap();
            host.close(handle);
        }
    };
    let mut plan = Topology::new(start, 4);
    plan.node("client", &[&CLIENT.to_string()], Box::new(HostNode::new(client, Box::new(application))));
    plan.link("server", &SERVER.to_string());
    plan.wire("client", "server", Wire::ms(150));
    let link = plan.build().unwrap().link("server").unwrap();
    let stack = Stack::new(Box::new(link), host(SERVER.into(), Config::default(), 1));
    let listener = TcpListener::bind(&stack, PORT, 2).unwrap();
    assert_eq!(listener.local_port(), PORT);
    let error = TcpListener::bind(&stack, PORT, 2).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AddrInUse, "{error}");
    let error = listener.accept_timeout(Duration::from_millis(100)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    let (mut stream, remote) = listener.accept().unwrap();
    assert_eq!(remote.ip(), IpAddr::from(CLIENT));
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
    assert_eq!(stream.state(), State::CloseWait);
    stream.close(Duration::from_secs(1)).unwrap();
}

#[test]
fn a_reset_in_mid_stream() {
    let mut server = host(SERVER.into(), Config::default(), 1);
    server.listen(PORT, 2).unwrap();
    let application = |host: &mut Host, _: Instant, event: Event| {
        if let Event::Readable(handle) = event {
            host.abort(handle);
        }
    };
    let world = wired(HostNode::new(server, Box::new(application)), Wire::ms(5), 5);
    let stack = client_stack(&world, Config::default(), 2);
    let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
    stream.write_all(b"x").unwrap();
    let error = stream.read(&mut [0; 1]).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    let error = stream.write(b"x").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
}

#[test]
fn packets_that_are_not_tcp_pass_by() {
    let world = two_links(Wire::default(), 6);
    let (mut server, stack) = (world.link("server").unwrap(), client_stack(&world, Config::default(), 1));
    let datagram = udp::ip_packet((CLIENT, 5353).into(), (SERVER, 53).into(), b"who?");
    stack.send_packet(&datagram, "a query").unwrap();
    assert_eq!(server.receive(Some(stack.now())).unwrap().as_deref(), Some(&datagram[..]));
    let answer = udp::ip_packet((SERVER, 53).into(), (CLIENT, 5353).into(), b"me");
    server.send(&answer).unwrap();
    let received = stack.receive_other(Some(stack.now() + Duration::from_secs(1))).unwrap();
    assert_eq!(received.as_deref(), Some(&answer[..]));
    assert_eq!(stack.receive_other(Some(stack.now() + Duration::from_secs(1))).unwrap(), None);
}

#[test]
fn a_dropped_stream_says_goodbye() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(5), 7);
    let log = Log::default();
    let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
    stream.write_all(b"hello").unwrap();
    stream.read_exact(&mut [0; 5]).unwrap();
    stack.set_tap(Box::new(log.clone()));
    drop(stream);
    stack.run_until(stack.now() + Duration::from_millis(30)).unwrap();
    assert_eq!(*log.0.lock().unwrap(), ["-> FIN ACK 0 ", "<- FIN ACK 0 ", "-> ACK 0 "]);
}

/// Two threads on one stack, each with a conversation of its own: both get on.
#[test]
fn two_threads_take_turns() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(5), 8);
    std::thread::scope(|scope| {
        for thread in 0..2u8 {
            let stack = stack.clone();
            scope.spawn(move || {
                let mut stream = TcpStream::connect(&stack, server_address()).unwrap();
                for round in 0..100 {
                    stream.write_all(&[thread, round]).unwrap();
                    let mut reply = [0; 2];
                    stream.read_exact(&mut reply).unwrap();
                    assert_eq!(reply, [thread, round]);
                }
                stream.close(Duration::from_secs(5)).unwrap();
            });
        }
    });
}

/// One stream, read in one thread while another writes.
#[test]
fn one_stream_in_two_threads() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(5), 9);
    let stream = TcpStream::connect(&stack, server_address()).unwrap();
    let writer = stream.clone();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            (&writer).write_all(&pattern(600_000)).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut back = Vec::new();
        (&stream).read_to_end(&mut back).unwrap();
        assert!(back == pattern(600_000), "{} bytes came back", back.len());
    });
}

#[test]
fn the_same_over_ipv6() {
    let [here, there]: [IpAddr; 2] = ["2001:db8::2".parse().unwrap(), "2001:db8:0:1::80".parse().unwrap()];
    let mut server = host(there, Config::default(), 1);
    server.listen(PORT, 2).unwrap();
    let mut plan = Topology::new(Instant::now(), 10);
    plan.link("client", "2001:db8::2");
    plan.node("server", &["2001:db8:0:1::80"], Box::new(HostNode::new(server, echo())));
    plan.wire("client", "server", Wire::ms(5).loss(0.05));
    let link = plan.build().unwrap().link("client").unwrap();
    let stack = Stack::new(Box::new(link), host(here, Config::default(), 2));
    let stream = TcpStream::connect(&stack, (there, PORT).into()).unwrap();
    assert_eq!(stream.local_addr().ip(), here);
    assert_eq!(stream.peer_addr(), (there, PORT).into());
    (&stream).write_all(&pattern(100_000)).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut back = Vec::new();
    (&stream).read_to_end(&mut back).unwrap();
    assert!(back == pattern(100_000));
}

#[test]
fn the_same_seed_is_the_same_run() {
    let run = |seed| {
        let jitter = Duration::from_millis(3);
        let wire = Wire { duplicate: 0.1, reorder: 0.1, jitter, ..Wire::ms(20).loss(0.1) };
        let (world, stack) = echo_internet(Config::default(), wire, seed);
        let start = world.now();
        let stream = TcpStream::connect(&stack, server_address()).unwrap();
        (&stream).write_all(&pattern(50_000)).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut back = Vec::new();
        (&stream).read_to_end(&mut back).unwrap();
        assert!(back == pattern(50_000));
        (world.now() - start, world.counters())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// Two connections are opened and used by one caller that waits for whichever has something.
#[test]
fn two_streams_in_one_loop() {
    let (world, stack) = echo_internet(Config::default(), Wire::ms(25), 9);
    let start = world.now();
    let mut streams: Vec<TcpStream> =
        (0..2).map(|_| TcpStream::begin(&stack, server_address()).unwrap()).collect();
    assert!(streams.iter().all(|stream| stream.opened().is_none()), "no SYN has left");
    while streams.iter().any(|stream| stream.opened().is_none()) {
        stack.turn(None).unwrap();
    }
    assert_eq!(stack.now() - start, Duration::from_millis(50), "both in one round trip");
    let mut heard = [Vec::new(), Vec::new()];
    for stream in &mut streams {
        stream.set_read_timeout(Some(Duration::ZERO));
        stream.write_all(b"hello").unwrap();
        assert_eq!(stream.read(&mut [0; 5]).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
    while heard.iter().any(|heard| heard.len() < 5) {
        stack.turn(None).unwrap();
        for (stream, heard) in streams.iter_mut().zip(&mut heard) {
            let mut buffer = [0; 5];
            if let Ok(length) = stream.read(&mut buffer) {
                heard.extend_from_slice(&buffer[..length]);
            }
        }
    }
    assert_eq!(heard, [b"hello", b"hello"]);
    assert_eq!(stack.now() - start, Duration::from_millis(100), "both in one more");
    let before = stack.now();
    stack.turn(Some(before + Duration::from_millis(7))).unwrap();
    assert_eq!(stack.now() - before, Duration::from_millis(7), "nothing came until the deadline");
}

#[test]
fn a_stream_that_is_refused_says_so() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(25), 9);
    let closed = SocketAddr::new(server_address().ip(), 9);
    let stream = TcpStream::begin(&stack, closed).unwrap();
    let opened = std::iter::from_fn(|| stack.turn(None).ok()).find_map(|()| stream.opened());
    assert_eq!(opened.unwrap().unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

/// RFC 9293 §3.8.3 and §3.9.1.8: nobody answers. The program hears of it after three times, and can go on waiting.
#[test]
fn a_stream_that_is_not_answered_says_so() {
    let (_, stack) = echo_internet(Config::default(), Wire::ms(25), 9);
    let stream = TcpStream::begin(&stack, "192.0.2.1:80".parse().unwrap()).unwrap();
    let start = stack.now();
    let mut heard = None;
    while heard.is_none() {
        stack.turn(None).unwrap();
        heard = stream.take_soft_error();
    }
    assert_eq!(
        (heard, stack.now() - start),
        (Some(SoftError::Unanswered), Duration::from_secs(7)),
        "1 + 2 + 4 s"
    );
    assert_eq!((stream.take_soft_error(), stream.opened().is_none()), (None, true));
}
