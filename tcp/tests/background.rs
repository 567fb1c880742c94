//! A stack with a thread of its own, on a link in real time: packets go through UDP sockets of the loopback.

mod common;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, UdpSocket};
use std::time::{Duration, Instant};

use barewire_internet::Wire;
use barewire_packet::link::Link;
use barewire_tcp::{Config, Stack, TcpListener, TcpStream};

use common::*;

/// How long a test waits for what should happen soon.
const SOON: Duration = Duration::from_secs(10);

/// IP packets in datagrams.
struct Tunnel(UdpSocket);

impl Link for Tunnel {
    fn mtu(&self) -> usize {
        1500
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn patience(&self) -> Option<Duration> {
        Some(Duration::from_millis(5))
    }

    fn send(&mut self, packet: &[u8]) -> io::Result<()> {
        self.0.send(packet).map(drop)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        self.0.set_read_timeout(Some(left.unwrap_or(SOON).max(Duration::from_micros(1))))?;
        let mut buffer = vec![0; 2000];
        match self.0.recv(&mut buffer) {
            Ok(length) => Ok(Some(buffer[..length].to_vec())),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Two stacks that are joined by a tunnel.
fn joined() -> [Stack; 2] {
    let [a, b] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    a.connect(b.local_addr().unwrap()).unwrap();
    b.connect(a.local_addr().unwrap()).unwrap();
    let stack = |socket, address: IpAddr, seed| {
        Stack::new(Box::new(Tunnel(socket)), host(address, Config::default(), seed))
    };
    [stack(a, CLIENT.into(), 1), stack(b, SERVER.into(), 2)]
}

/// The server's program does not call: it has accepted, and then only waits for its user. Its thread acknowledges.
#[test]
fn a_program_that_does_not_call_still_acknowledges() {
    let [client, server] = joined();
    let thread = server.spawn().unwrap();
    let listener = TcpListener::bind(&server, PORT, 4).unwrap();
    let mut stream = TcpStream::connect_timeout(&client, server_address(), SOON).unwrap();
    let (mut accepted, _) = listener.accept_timeout(SOON).unwrap();
    stream.write_all(&pattern(20_000)).unwrap();
    let end = Instant::now() + SOON;
    while stream.variables().unwrap().unacknowledged > 0 {
        assert!(Instant::now() < end, "{}", stream.variables().unwrap());
        client.run_until(Instant::now() + Duration::from_millis(5)).unwrap();
    }
    let mut heard = vec![0; 20_000];
    accepted.read_exact(&mut heard).unwrap();
    assert_eq!(heard, pattern(20_000));
    thread.stop().unwrap();
}

/// Without the thread what the other end sent stays unanswered.
#[test]
fn without_a_thread_nothing_is_acknowledged() {
    let [client, server] = joined();
    let _listener = TcpListener::bind(&server, PORT, 4).unwrap();
    let opened = TcpStream::connect_timeout(&client, server_address(), Duration::from_millis(200));
    assert_eq!(opened.map(drop).map_err(|error| error.kind()), Err(ErrorKind::TimedOut));
}

#[test]
fn on_a_simulated_wire_no_thread_is_needed() {
    let (_world, stack) = echo_internet(Config::default(), Wire::ms(1), 1);
    assert_eq!(stack.spawn().map(drop).map_err(|error| error.kind()), Err(ErrorKind::Unsupported));
}
