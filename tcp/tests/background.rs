//! A stack with a thread of its own, on a link in real time: packets go through UDP sockets of the loopback.

mod common;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire_internet::Wire;
use barewire_packet::icmp;
use barewire_packet::link::Link;
use barewire_tcp::{Config, Direction, Stack, Tap, TcpListener, TcpStream, Variables};

use common::*;

/// How long a test waits for what should happen soon.
const SOON: Duration = Duration::from_secs(10);

/// IP packets in datagrams.
struct Tunnel {
    socket: UdpSocket,
    way: Arc<Way>,
}

/// What a test does to a tunnel, and what it wants to know of it.
#[derive(Default)]
struct Way {
    /// The system knows no way on which packets could leave.
    is_blocked: AtomicBool,
    /// How often somebody waited in vain for a packet.
    vain_waits: AtomicU32,
}

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
        if self.way.is_blocked.load(Ordering::Relaxed) {
            return Err(ErrorKind::NetworkUnreachable.into());
        }
        self.socket.send(packet).map(drop)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        self.socket.set_read_timeout(Some(left.unwrap_or(SOON).max(Duration::from_micros(1))))?;
        let mut buffer = vec![0; 2000];
        match self.socket.recv(&mut buffer) {
            Ok(length) => Ok(Some(buffer[..length].to_vec())),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if left.is_none_or(|left| left > Duration::from_millis(1)) {
                    self.way.vain_waits.fetch_add(1, Ordering::Relaxed);
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// The two ends of a tunnel.
fn sockets() -> [UdpSocket; 2] {
    let [a, b] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    a.connect(b.local_addr().unwrap()).unwrap();
    b.connect(a.local_addr().unwrap()).unwrap();
    [a, b]
}

fn stack(socket: UdpSocket, way: Arc<Way>, address: IpAddr, seed: u64) -> Stack {
    Stack::new(Box::new(Tunnel { socket, way }), host(address, Config::default(), seed))
}

/// Two stacks that are joined by a tunnel.
fn joined() -> [Stack; 2] {
    joined_on(&Arc::default())
}

/// The same; `way` is that of the first one.
fn joined_on(way: &Arc<Way>) -> [Stack; 2] {
    let [a, b] = sockets();
    [stack(a, way.clone(), CLIENT.into(), 1), stack(b, Arc::default(), SERVER.into(), 2)]
}

/// Accepts a connection and sends back what comes, until the peer closes.
fn serve_echo(listener: &TcpListener) {
    let (mut stream, _) = listener.accept_timeout(SOON).unwrap();
    stream.set_read_timeout(Some(SOON));
    let mut buffer = [0; 100];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        stream.write_all(&buffer[..length]).unwrap();
    }
}

fn echoes(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(SOON));
    stream.write_all(b"hello").unwrap();
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"hello");
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

/// Many threads wait on one stack, and one of them gets an answer: it does not wait until each of the others has waited
/// for packets in its turn.
#[test]
fn threads_that_wait_do_not_keep_each_other_waiting() {
    let way = Arc::<Way>::default();
    let [client, server] = joined_on(&way);
    let listener = TcpListener::bind(&server, PORT, 64).unwrap();
    std::thread::scope(|scope| {
        let echo = scope.spawn(|| {
            let _thread = server.spawn().unwrap();
            let idle: Vec<_> = (0..40).map(|_| listener.accept_timeout(SOON).unwrap()).collect();
            serve_echo(&listener);
            drop(idle);
        });
        let idle: Vec<_> =
            (0..40).map(|_| TcpStream::connect_timeout(&client, server_address(), SOON).unwrap()).collect();
        let mut stream = TcpStream::connect_timeout(&client, server_address(), SOON).unwrap();
        for waits in idle {
            scope.spawn(move || (&waits).read(&mut [0]).unwrap());
        }
        let vain_waits = |_| {
            let before = way.vain_waits.load(Ordering::Relaxed);
            echoes(&mut stream);
            way.vain_waits.load(Ordering::Relaxed) - before
        };
        let fewest = (0..5).map(vain_waits).min().unwrap();
        assert!(fewest < 20, "{fewest} waits in vain before the echo; one by one each of the 40 has its own");
        drop(stream);
        echo.join().unwrap();
    });
}

/// A caller that does not want to wait, and asks again and again, hears of what has come.
#[test]
fn a_call_without_time_takes_in_what_has_come() {
    let [client, server] = joined();
    let listener = TcpListener::bind(&server, PORT, 4).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| serve_echo(&listener));
        let mut stream = TcpStream::connect_timeout(&client, server_address(), SOON).unwrap();
        for turns in [false, true] {
            stream.set_read_timeout(Some(Duration::ZERO));
            stream.write_all(b"hello").unwrap();
            let (mut heard, end) = (0, Instant::now() + SOON);
            while heard < 5 && Instant::now() < end {
                if turns {
                    client.turn(Some(client.now())).unwrap();
                    heard = stream.variables().unwrap().unread;
                } else {
                    heard += stream.read(&mut [0; 5]).unwrap_or(0);
                }
            }
            assert_eq!(heard, 5, "turns: {turns}");
        }
        drop(stream);
        client.run_until(client.now() + Duration::from_millis(50)).unwrap();
    });
}

/// The way is gone for a moment, as when a cable is pulled: no connection ends, and no thread. One that is just being
/// opened fails, and says why.
#[test]
fn a_way_that_is_gone_for_a_moment_ends_nothing() {
    let way = Arc::<Way>::default();
    let [client, server] = joined_on(&way);
    let listener = TcpListener::bind(&server, PORT, 4).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| serve_echo(&listener));
        let thread = client.spawn().unwrap();
        let mut stream = TcpStream::connect_timeout(&client, server_address(), SOON).unwrap();
        echoes(&mut stream);
        way.is_blocked.store(true, Ordering::Relaxed);
        stream.write_all(b"hello").unwrap();
        let refused = TcpStream::connect_timeout(&client, server_address(), SOON).map(drop).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NetworkUnreachable);
        assert!(refused.to_string().starts_with("no packet can be sent to 203."), "{refused}");
        way.is_blocked.store(false, Ordering::Relaxed);
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"hello");
        thread.stop().unwrap();
        drop(stream);
        client.run_until(client.now() + Duration::from_millis(50)).unwrap();
    });
}

/// A router says that the server is not there. That may change, so TCP goes on. When the time is up, both are told.
#[test]
fn what_a_router_says_of_a_syn_is_told() {
    let [ours, router] = sockets();
    let client = stack(ours, Arc::default(), CLIENT.into(), 1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut buffer = [0; 2000];
            let length = router.recv(&mut buffer).unwrap();
            let host_unreachable = icmp::ErrorKind { kind: 3, code: 1, word: 0 };
            let syn = &buffer[..length];
            let error = icmp::error_packet(SERVER.into(), CLIENT.into(), host_unreachable, syn);
            router.send(&error).unwrap();
        });
        let opened = TcpStream::connect_timeout(&client, server_address(), Duration::from_millis(300));
        let error = opened.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let wanted = "SYN in the time allowed: an ICMP error says that a packet did not get there";
        assert!(error.to_string().contains(wanted), "{error}");
    });
}

/// A tap that notes when packets pass, and at which time variables are shown.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<[Vec<Instant>; 2]>>);

impl Tap for Times {
    fn packet(&mut self, now: Instant, _: Direction, _: &[u8], _: &str) {
        self.0.lock().unwrap()[0].push(now);
    }

    fn wants_variables(&self) -> bool {
        true
    }

    fn variables(&mut self, now: Instant, _: &Variables) {
        self.0.lock().unwrap()[1].push(now);
    }
}

/// What a packet has changed is shown at the time of the packet, also where time goes on by itself: so it can be
/// written beside it.
#[test]
fn variables_have_the_time_of_their_packet() {
    let [client, server] = joined();
    let listener = TcpListener::bind(&server, PORT, 4).unwrap();
    let times = Times::default();
    client.set_tap(Box::new(times.clone()));
    std::thread::scope(|scope| {
        scope.spawn(|| serve_echo(&listener));
        let mut stream = TcpStream::connect_timeout(&client, server_address(), SOON).unwrap();
        echoes(&mut stream);
        let [packets, variables] = times.0.lock().unwrap().clone();
        assert!(packets.len() >= 5, "{}", packets.len());
        assert!(packets.iter().all(|time| variables.contains(time)), "{packets:?} {variables:?}");
        drop(stream);
        client.run_until(client.now() + Duration::from_millis(50)).unwrap();
    });
}
