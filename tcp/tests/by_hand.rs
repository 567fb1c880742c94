//! The handshake by hand of the docs of `by_hand`, with the kernel: the same lines, over a layer 3 link.
//!
//! Live: it needs root, and says so where it skips.
#![cfg(target_os = "linux")]

#[path = "../../packet/tests/live/need.rs"]
mod need;
#[path = "../../packet/tests/live/space.rs"]
#[allow(dead_code, reason = "here only one namespace is used")]
mod space;

use std::io::{ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use barewire_packet::link::Link;
use barewire_packet::link::layer3::{Layer3Link, Layer3Options};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, Segment, SeqNumber};

use space::Space;

/// Opens a connection. Gives the third packet: what is sent next has its numbers.
fn open(link: &mut impl Link, from: SocketAddr, to: SocketAddr) -> Result<Segment<'static>> {
    let mut ours = Segment::empty(from.port(), to.port());
    (ours.seq, ours.flags, ours.window) = (SeqNumber(1000), Flags::SYN, 65_535);
    link.send(&ours.ip_packet(from.ip(), to.ip()))?;
    let deadline = link.now() + Duration::from_secs(1);
    while let Some(packet) = link.receive(Some(deadline))? {
        // A link hears everything, also what is for others.
        let Ok(Payload::Tcp(answer)) = Packet::parse(&packet).map(|it| it.payload) else {
            continue;
        };
        if [answer.source_port, answer.destination_port] != [to.port(), from.port()] {
            continue;
        }
        if !answer.flags.has(Flags::SYN | Flags::ACK) {
            return Err(ErrorKind::ConnectionRefused.into());
        }
        (ours.seq, ours.ack, ours.flags) = (ours.seq + 1, answer.seq + 1, Flags::ACK);
        link.send(&ours.ip_packet(from.ip(), to.ip()))?;
        return Ok(ours);
    }
    Err(ErrorKind::TimedOut.into())
}

/// The function above is the one of the docs, line by line, and short.
#[test]
fn the_lines_are_those_of_the_docs() {
    let here = include_str!("by_hand.rs");
    let start = here.find("/// Opens a connection.").expect("the function");
    let end = start + here[start..].find("\n}\n").expect("its end") + 2;
    let docs: String = include_str!("../src/by_hand.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let function = &here[start..end];
    assert!(docs.contains(function), "not in src/by_hand.rs:\n{function}");
    assert!(function.lines().count() < 25, "{} lines", function.lines().count());
}

/// The answer of the kernel's server, and the reset with which we end.
#[test]
fn a_handshake_by_hand_with_the_kernel() {
    let Some(space) = Space::raise("a_handshake_by_hand_with_the_kernel", &[]) else { return };
    for here in ["127.0.0.1:0", "[::1]:0"] {
        space.run(move || {
            let listener = TcpListener::bind(here).unwrap();
            let there = listener.local_addr().unwrap();
            let options = Layer3Options { guarded: vec![0], ..Layer3Options::default() };
            let mut link = Layer3Link::open(&options).unwrap();
            let here = SocketAddr::new(there.ip(), link.ports()[0]);

            let third = open(&mut link, here, there).unwrap();
            let (mut server, peer) = listener.accept().unwrap();
            assert_eq!(peer, here);
            server.write_all(b"hello").unwrap();
            let deadline = Instant::now() + Duration::from_secs(10);
            let hello = loop {
                let packet = link.receive(Some(deadline)).unwrap().expect("hello in ten seconds");
                match Packet::parse(&packet).unwrap().payload {
                    Payload::Tcp(segment) if !segment.payload.is_empty() => {
                        break (segment.payload.to_vec(), segment.seq);
                    }
                    _ => {}
                }
            };
            assert_eq!(hello, (b"hello".to_vec(), third.ack));
            let reset = Segment { flags: Flags::RST | Flags::ACK, ..third };
            link.send(&reset.ip_packet(here.ip(), there.ip())).unwrap();
            assert_eq!(server.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);

            drop(listener);
            let refused = open(&mut link, here, there).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        });
    }
}
