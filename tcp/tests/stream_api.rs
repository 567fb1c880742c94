//! The blocking streams, over the simulated wire.

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire_tcp::link::sim::Path;
use barewire_tcp::{Config, Direction, Segment, State, Tap, TcpStream};
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
    let (simulation, stack) =
        echo_internet(Config::default(), Path::with_delay(Duration::from_millis(25)), 1);
    let start = simulation.now();
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
    let (_, stack) = echo_internet(Config::default(), Path::with_delay(Duration::from_millis(10)), 2);
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
    let (_, stack) = echo_internet(Config::default(), Path::with_delay(Duration::from_millis(10)), 3);
    let closed = SocketAddr::new(SERVER.into(), 81);
    let error = TcpStream::connect(&stack, closed).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
    let nobody = "192.0.2.1:80".parse().unwrap();
    let error = TcpStream::connect_timeout(&stack, nobody, Duration::from_secs(3)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    let begin = stack.now();
    let error = TcpStream::connect(&stack, nobody).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert_eq!((stack.now() - begin).as_secs(), 127, "1 + 2 + 4 + 8 + 16 + 32 + 64 s");
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
