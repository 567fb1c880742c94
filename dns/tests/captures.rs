//! Messages of real servers (nsd, unbound) and of dig, in `tests/captures/`; its README tells how they came there.
//!
//! Each is read by us and by hickory-proto, obeys the law of the tree, and is written again: to the same message always, and to
//! the same bytes where we choose the same pointers as its sender.

mod judge;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use barewire_dissect::pcapng::Capture;
use barewire_dns::{Deframer, Message, dissect};

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
    files.iter().flat_map(|path| messages_of(path)).collect()
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

#[test]
fn written_again() {
    let mut same: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut differing = Vec::new();
    for found in messages() {
        let message = Message::parse(&found.bytes).unwrap();
        let bytes = message.encode().unwrap();
        let again = Message::parse(&bytes).unwrap();
        assert_eq!(format!("{again:?}"), format!("{message:?}"), "{}", found.file);
        let count = same.entry(found.from.to_string()).or_default();
        count.1 += 1;
        if bytes == found.bytes {
            count.0 += 1;
        } else {
            differing.push(format!(
                "{} from {}: {} for {}, {}",
                found.file,
                found.from,
                bytes.len(),
                found.bytes.len(),
                message.summary()
            ));
        }
    }
    println!("{same:?}\n{}", differing.join("\n"));
}
