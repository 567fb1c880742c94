//! The observer over a run of our own on a bad path, against what the run itself knows.

mod common;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire_packet::udp;
use barewire_tcp::link::sim::Path;
use barewire_tcp::observe::{MOST_CONNECTIONS, Observer, Seen, StreamDirection};
use barewire_tcp::{Config, Direction, Flags, Segment, SeqNumber, Tap, TcpStream};

use common::*;

type Packets = Arc<Mutex<Vec<(Instant, Vec<u8>, String)>>>;

struct Recorder(Packets);

impl Tap for Recorder {
    fn packet(&mut self, now: Instant, _: Direction, packet: &[u8], note: &str) {
        self.0.lock().unwrap().push((now, packet.to_vec(), note.into()));
    }
}

#[test]
fn a_run_on_a_bad_path_is_understood() {
    for seed in 0..20 {
        let path = Path {
            loss: 0.05,
            reorder: 0.05,
            duplicate: 0.02,
            ..Path::with_delay(Duration::from_millis(20))
        };
        let (simulation, stack) = echo_internet(Config::default(), path, seed);
        let start = simulation.now();
        let packets = Packets::default();
        stack.set_tap(Box::new(Recorder(Arc::clone(&packets))));
        let stream = TcpStream::connect(&stack, server_address()).unwrap();
        let said = pattern(40_000);
        (&stream).write_all(&said).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut back = Vec::new();
        (&stream).read_to_end(&mut back).unwrap();
        stream.close(Duration::from_secs(60)).unwrap();

        let (mut observer, mut streams) = (Observer::new(), [Vec::new(), Vec::new()]);
        let (mut repeated, mut noticed) = (0, 0);
        for (index, (time, bytes, note)) in packets.lock().unwrap().iter().enumerate() {
            let Seen::Tcp(seen) = observer.packet(index, *time - start, bytes).unwrap() else {
                panic!("TCP")
            };
            for chunk in &seen.chunks {
                let stream = &mut streams[chunk.direction as usize];
                assert_eq!(chunk.offset, stream.len() as u64, "seed {seed}, packet {index}");
                stream.extend_from_slice(&chunk.bytes);
                let last = chunk.offset + chunk.bytes.len() as u64 - 1;
                assert!(observer.carrier(0, chunk.direction, last).is_some(), "seed {seed}, byte {last}");
            }
            // Whatever our end calls a retransmission of data, the observer at our end must see as one.
            if note.contains("retransm") && seen.length > 0 && seen.direction == StreamDirection::ToServer {
                repeated += 1;
                noticed += usize::from(seen.notes.iter().any(|note| note.starts_with("retransmission")));
            }
        }
        assert!(streams[0] == said && streams[1] == said, "seed {seed}: both streams come out whole");
        assert_eq!(noticed, repeated, "seed {seed}: retransmissions");
        let summary = &observer.connections()[0];
        assert_eq!(summary.server, server_address());
        assert_eq!(summary.bytes, [40_000, 40_000]);
        assert!(
            summary.syn.is_some() && summary.syn < summary.syn_ack && summary.syn_ack <= summary.established
        );
        assert!(
            summary.fin.iter().all(Option::is_some) && summary.reset.is_none(),
            "seed {seed}: {summary:?}"
        );
    }
}

#[test]
fn which_packet_carried_a_byte() {
    let mut observer = Observer::new();
    let mut segment = |index, seq: u32, flags, payload: &[u8]| {
        let segment = Segment { seq: SeqNumber(seq), flags, payload, window: 9, ..Segment::empty(1000, 80) };
        let bytes = segment.ip_packet(CLIENT.into(), SERVER.into());
        let Ok(Seen::Tcp(seen)) = observer.packet(index, Duration::ZERO, &bytes) else { panic!("TCP") };
        (seen.notes, seen.chunks.into_iter().map(|chunk| (chunk.offset, chunk.bytes)).collect::<Vec<_>>())
    };
    segment(0, 99, Flags::SYN, b"");
    assert_eq!(segment(1, 100, Flags::ACK, b"abc"), (vec![], vec![(0, b"abc".to_vec())]));
    let (notes, chunks) = segment(2, 106, Flags::ACK, b"ghi");
    assert_eq!((notes, chunks), (vec!["3 bytes before this were not seen yet".to_owned()], vec![]));
    assert_eq!(segment(3, 100, Flags::ACK, b"abc").0, ["retransmission"]);
    assert_eq!(segment(3, 106, Flags::ACK, b"ghi").0, ["retransmission"]);
    let (notes, chunks) = segment(4, 102, Flags::ACK, b"cdefg");
    assert_eq!((notes, chunks), (vec!["out of order".to_owned()], vec![(3, b"defghi".to_vec())]));
    segment(5, 109, Flags::ACK, b"j");
    let carriers: Vec<Option<usize>> =
        (0..11).map(|offset| observer.carrier(0, StreamDirection::ToServer, offset)).collect();
    let wanted = [1, 1, 1, 4, 4, 4, 2, 2, 2, 5].map(Some);
    assert_eq!(carriers[..10], wanted);
    assert_eq!(carriers[10], None);
}

#[test]
fn other_traffic_and_the_same_ends_again() {
    let mut observer = Observer::new();
    let datagram = udp::ip_packet((CLIENT, 5353).into(), (SERVER, 53).into(), b"query");
    let Ok(Seen::Udp { payload, .. }) = observer.packet(0, Duration::ZERO, &datagram) else { panic!("UDP") };
    assert_eq!(payload, b"query");
    assert!(observer.packet(1, Duration::ZERO, &[0x45, 0]).is_err());
    let syn = |seq, port| {
        let segment = Segment { seq: SeqNumber(seq), flags: Flags::SYN, ..Segment::empty(port, 80) };
        segment.ip_packet(CLIENT.into(), SERVER.into())
    };
    let mut see = |bytes: &[u8]| match observer.packet(2, Duration::ZERO, bytes) {
        Ok(Seen::Tcp(seen)) => (seen.connection, seen.notes),
        other => panic!("{other:?}"),
    };
    assert_eq!(see(&syn(5, 1)), (Some(0), vec![]));
    assert_eq!(see(&syn(5, 1)), (Some(0), vec!["retransmission of the SYN".into()]));
    assert_eq!(see(&syn(6, 1)), (Some(1), vec![]), "a new connection");
    for port in 0..2000 {
        see(&syn(1, 1000 + port));
    }
    assert_eq!(see(&syn(1, 60_000)), (None, vec![]));
    assert_eq!(observer.connections().len(), MOST_CONNECTIONS);
}
