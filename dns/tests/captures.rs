//! Messages of real servers (nsd, unbound) and of dig, in `tests/captures/`; its README tells how they
//! came there.
//!
//! Each is read by us and by hickory-proto, obeys the law of the tree, is written again (to the same
//! message always, and to the same bytes where we choose the same pointers as its sender), and each
//! reply is played to the stub's core.

mod judge;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Instant;

use barewire_dns::exchange;
use barewire_dns::stub::{Config, Error, Event, Query};
use barewire_dns::{Deframer, Message, dissect};
use barewire_packet::capture::Capture;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// One DNS message of a capture.
struct Found {
    file: String,
    over: &'static str,
    from: IpAddr,
    bytes: Vec<u8>,
}

/// All DNS messages of all captures.
fn messages() -> Vec<Found> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/captures")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pcapng"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no captures in {}", folder.display());
    files.iter().flat_map(messages_of).collect()
}

fn messages_of(path: &PathBuf) -> Vec<Found> {
    let file = path.file_name().unwrap().to_string_lossy().into_owned();
    let capture =
        Capture::read(&std::fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut found = Vec::new();
    let mut streams = BTreeMap::new();
    for (_, _, packet) in capture.ip_packets() {
        let (from, to, protocol, payload) = ip(packet).unwrap_or_else(|| panic!("{file}: {packet:02x?}"));
        let ports =
            [u16::from_be_bytes([payload[0], payload[1]]), u16::from_be_bytes([payload[2], payload[3]])];
        if !ports.contains(&53) {
            continue;
        }
        match protocol {
            17 => found.push(Found { file: file.clone(), over: "UDP", from, bytes: payload[8..].to_vec() }),
            6 => {
                let sequence = u32::from_be_bytes(payload[4..8].try_into().unwrap());
                let data = &payload[usize::from(payload[12] >> 4) * 4..];
                let stream: &mut BTreeMap<u32, Vec<u8>> = streams.entry((from, to, ports)).or_default();
                if !data.is_empty() {
                    // A retransmission takes the place of what it repeats.
                    stream.insert(sequence, data.to_vec());
                }
            }
            _ => {}
        }
    }
    for ((from, ..), segments) in streams {
        let mut deframer = Deframer::default();
        let mut next = segments.keys().next().copied();
        for (sequence, data) in segments {
            assert_eq!(Some(sequence), next, "{file}: the capture has a hole");
            next = Some(sequence + data.len() as u32);
            deframer.push(&data);
        }
        while let Some(bytes) = deframer.message() {
            found.push(Found { file: file.clone(), over: "TCP", from, bytes });
        }
        assert_eq!(deframer.pending(), 0, "{file}: half a message");
    }
    assert!(!found.is_empty(), "{file} holds no DNS");
    found
}

/// Source, destination, protocol and payload of an IP packet without extension headers or fragments.
fn ip(packet: &[u8]) -> Option<(IpAddr, IpAddr, u8, &[u8])> {
    let v4 = |at: usize| Some(IpAddr::from(<[u8; 4]>::try_from(packet.get(at..at + 4)?).ok()?));
    let v6 = |at: usize| Some(IpAddr::from(<[u8; 16]>::try_from(packet.get(at..at + 16)?).ok()?));
    match packet.first()? >> 4 {
        4 => {
            let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
            Some((v4(12)?, v4(16)?, packet[9], packet.get(usize::from(packet[0] & 15) * 4..total)?))
        }
        6 => Some((v6(8)?, v6(24)?, packet[6], packet.get(40..)?)),
        _ => None,
    }
}

#[test]
fn every_byte_has_a_name() {
    for found in messages() {
        let (message, tree) = dissect(&found.bytes);
        let text = || {
            format!("{} over {}\n{}", found.file, found.over, tree.to_text(&found.bytes, Default::default()))
        };
        assert!(message.is_ok(), "{message:?}\n{}", text());
        assert_eq!(tree.check_coverage(), Ok(()), "{}", text());
    }
}

#[test]
fn hickory_proto_reads_the_same() {
    for found in messages() {
        judge::agree(&format!("{} over {}", found.file, found.over), &found.bytes);
    }
}

/// Files where a sender chose other pointers than we do. None so far: nsd, unbound and dig also point
/// to the longest end that stood before, the first of equals.
const OTHER_POINTERS: &[&str] = &[];

#[test]
fn written_again() {
    for found in messages() {
        let message = Message::parse(&found.bytes).unwrap();
        let bytes = message.encode().unwrap();
        let context =
            format!("{} over {} from {}: {}", found.file, found.over, found.from, message.summary());
        let again = Message::parse(&bytes).unwrap();
        assert_eq!(format!("{again:?}"), format!("{message:?}"), "{context}");
        if !OTHER_POINTERS.contains(&found.file.as_str()) {
            assert_eq!(
                bytes, found.bytes,
                "{context}: if the pointers differ, name the file in OTHER_POINTERS"
            );
        }
    }
}

/// Each recorded reply, its ID set to that of our query, played to the stub's core as the server's side.
#[test]
fn replayed_to_the_stub() {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for found in messages() {
        let message = Message::parse(&found.bytes).unwrap();
        let [question] = &message.questions[..] else { continue };
        if !message.header.qr {
            continue;
        }
        let context =
            format!("{} over {} from {}: {}", found.file, found.over, found.from, message.summary());
        let now = Instant::now();
        let server = SocketAddr::new(found.from, 53);
        let config = Config { tcp_only: found.over == "TCP", ..Config::default() };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut query =
            Query::new(now, question.name.clone(), question.rtype, vec![server], config, &mut rng);
        // A zone transfer is not a lookup.
        let Some(sent) = query.transmit(now) else {
            assert!(matches!(query.event(), Some(Event::Failed(Error::Transfer { .. }))), "{context}");
            continue;
        };
        let mut bytes = found.bytes.clone();
        bytes[..2].copy_from_slice(&sent.bytes[..2]);
        query.receive(now, sent.protocol, server, &bytes);
        let outcome = match query.event() {
            Some(Event::Answer(answer)) => {
                assert!(answer.records().all(|record| record.name == *answer.canonical_name()), "{context}");
                "answer"
            }
            Some(Event::Failed(Error::NoSuchName { .. })) => "no such name",
            Some(Event::Failed(Error::NoData { .. })) => "no data",
            Some(Event::Failed(Error::ServersFailed { .. })) => "server failed",
            Some(Event::Exchange(exchange::Event::TcpFallback { .. })) => "truncated",
            Some(Event::Exchange(exchange::Event::WithoutEdns { .. })) => "without EDNS",
            other => panic!("{context}: {other:?}"),
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    // What the README of the captures says is in them.
    for outcome in ["answer", "no such name", "no data", "server failed", "truncated", "without EDNS"] {
        assert!(outcomes.contains_key(outcome), "no {outcome} among {outcomes:?}");
    }
}
