//! A capture plays the server: of our own TCP, whose packets must then be the same to the byte although all numbers are
//! drawn anew; and of the kernel, whose differences are said.

use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use barewire_internet::capture::Recording;
use barewire_internet::{Node, Port, Topology, Transmit, Verdict, Wire};
use barewire_packet::capture::Capture;
use barewire_packet::link::Link;
use barewire_packet::link::replay::{Difference, Replay};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::replay::Numbers;
use barewire_tcp::{Config, Event, Handle, Host, Stack, TcpStream};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const PORT: u16 = 7;
const PATIENCE: Duration = Duration::from_secs(5);

fn ends() -> [IpAddr; 2] {
    [[10, 0, 0, 2].into(), [10, 0, 0, 80].into()]
}

fn host(address: IpAddr, seed: u64) -> Host {
    Host::new(vec![address], Config::default(), Box::new(ChaCha20Rng::seed_from_u64(seed)))
}

/// A server that answers what it reads, backwards, when the client has sent all.
struct Server {
    host: Host,
    open: Option<(Handle, Vec<u8>)>,
}

impl Node for Server {
    fn receive(&mut self, now: Instant, _: Port, packet: Vec<u8>) -> Verdict {
        self.host.receive(now, &packet);
        while let Some(event) = self.host.event() {
            if let Event::Accepted { handle, .. } = event {
                self.open = Some((handle, Vec::new()));
            }
        }
        if let Some((handle, text)) = &mut self.open {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = self.host.read(*handle, &mut buffer) {
                text.extend(&buffer[..count]);
            }
            if self.host.peer_has_closed(*handle) && !text.is_empty() {
                text.reverse();
                let _ = self.host.write(*handle, &std::mem::take(text));
                self.host.close(*handle);
            }
        }
        Verdict::Taken
    }

    fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        let packet = self.host.transmit(now)?.packet;
        Some(Transmit { port: Port(0), packet, note: None })
    }

    fn deadline(&self) -> Option<Instant> {
        self.host.deadline()
    }

    fn on_deadline(&mut self, now: Instant) {
        self.host.on_deadline(now);
    }
}

/// What the client of our tests does: says something and hears it backwards.
fn talk(link: Box<dyn Link>, text: &[u8], seed: u64) -> String {
    let stack = Stack::new(link, host(ends()[0], seed));
    let stream = TcpStream::connect_timeout(&stack, (ends()[1], PORT).into(), PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE));
    (&stream).write_all(text).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    (&stream).read_to_string(&mut answer).unwrap();
    stream.close(PATIENCE).unwrap();
    answer
}

fn recorded(text: &[u8]) -> Capture {
    let mut server = host(ends()[1], 99);
    server.listen(PORT, 4).unwrap();
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "10.0.0.2");
    plan.node("server", &["10.0.0.80"], Box::new(Server { host: server, open: None }));
    plan.wire("client", "server", Wire::ms(20));
    let world = plan.build().unwrap();
    let recording = Recording::new(world.now(), Duration::ZERO);
    world.tap("client", recording.point()).unwrap();
    let answer = talk(Box::new(world.link("client").unwrap()), text, 1);
    assert_eq!(answer, "desrever");
    recording.take(world.now())
}

/// The differences, while the replay has gone to a stack.
struct Watched(Replay, std::sync::mpsc::Sender<(Vec<Difference>, (usize, usize))>);

impl Link for Watched {
    fn now(&self) -> Instant {
        self.0.now()
    }

    fn mtu(&self) -> usize {
        self.0.mtu()
    }

    fn send(&mut self, packet: &[u8]) -> std::io::Result<()> {
        self.0.send(packet)
    }

    fn receive(&mut self, deadline: Option<Instant>) -> std::io::Result<Option<Vec<u8>>> {
        self.0.receive(deadline)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.1.send((self.0.differences().to_vec(), self.0.left()));
    }
}

/// What the replayed server says, what differs, and what is left of the capture.
fn replayed(capture: &Capture, text: &[u8], seed: u64) -> (String, Vec<String>, (usize, usize)) {
    let (told, hears) = std::sync::mpsc::channel();
    let replay = Replay::with(Instant::now(), capture, ends()[0], Box::new(Numbers::default()));
    let answer = talk(Box::new(Watched(replay, told)), text, seed);
    let (differences, left) = hears.recv().unwrap();
    (answer, differences.iter().map(ToString::to_string).collect(), left)
}

#[test]
fn our_own_connection_is_the_same_with_other_numbers() {
    let capture = recorded(b"reversed");
    for seed in [1, 2, 3] {
        let (answer, differences, left) = replayed(&capture, b"reversed", seed);
        assert_eq!((answer.as_str(), left), ("desrever", (0, 0)), "seed {seed}");
        assert_eq!(differences, Vec::<String>::new(), "seed {seed}");
    }
}

/// SYN, ACK, and then the text: another one is said, and where.
#[test]
fn another_text_is_said() {
    let capture = recorded(b"reversed");
    let (answer, differences, _) = replayed(&capture, b"reserved", 5);
    assert_eq!(answer, "desrever", "a capture cannot know better");
    // The checksum comes before the text: bytes 16 and 17 of TCP's header.
    assert!(
        differences[0].starts_with("our packet 3 differs from frame 4 in byte 36 (payload of IP, byte 16)"),
        "{differences:?}"
    );
    assert_eq!(differences.len(), 1, "{differences:?}");
}

/// The kernel's echo server of a capture in the tree answers our client: it was asked with 7 bytes then, and said 13.
#[test]
fn a_server_that_is_not_there_any_more() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/open_close.pcapng");
    let capture = Capture::read(&std::fs::read(path).unwrap()).unwrap();
    let texts: Vec<(SocketAddr, Vec<u8>)> = capture.ip_packets().map(|(_, _, packet)| said(packet)).collect();
    let ((client, _), (server, _)) = (&texts[0], &texts[1]);
    let replay = Replay::with(Instant::now(), &capture, client.ip(), Box::new(Numbers::default()));
    let stack = Stack::new(Box::new(replay), host(client.ip(), 4));
    let stream = TcpStream::connect_timeout(&stack, *server, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE));
    (&stream).write_all(&texts[3].1).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    (&stream).read_to_end(&mut answer).unwrap();
    assert_eq!((answer.len(), &answer), (13, &texts[6].1));
    stream.close(PATIENCE).unwrap();
}

/// Who sent a packet, and the text in it.
fn said(packet: &[u8]) -> (SocketAddr, Vec<u8>) {
    let packet = Packet::parse(packet).unwrap();
    let Payload::Tcp(segment) = &packet.payload else { panic!("all of it is TCP") };
    ((packet.ip.header.source(), segment.source_port).into(), segment.payload.to_vec())
}
