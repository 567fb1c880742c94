//! Every capture in the tree: the link header named, the packet written again, and the same packet when a snap length
//! cut it.

use std::path::{Path, PathBuf};

use barewire_dissect::record;
use barewire_packet::capture::Capture;
use barewire_packet::frame::{Network, dissect};
use barewire_packet::ip::{IpPacket, captured_packet};

/// The captures that the crates above keep for their tests.
fn captures() -> Vec<(String, Capture)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["dns", "tcp", "tls13", "http1"].map(|name| root.join(name).join("tests/captures"));
    let files =
        folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("the captures are in the tree"));
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "pcapng" || extension == "pcap")
    });
    paths.sort();
    assert!(paths.len() > 40, "only {} captures in {folders:?}", paths.len());
    let read = |path: &PathBuf| {
        Capture::read(&std::fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{path:?}: {e}"))
    };
    paths.iter().map(|path| (path.display().to_string(), read(path))).collect()
}

#[test]
fn every_frame() {
    let mut packets = 0;
    for (file, capture) in captures() {
        assert_eq!(capture.cut, None, "{file}");
        for frame in &capture.frames {
            let at = format!("{file}, frame {}", frame.number);
            let link_type = capture.interfaces[frame.interface as usize].link_type;
            let (opened, tree) = dissect(link_type, &frame.bytes);
            assert_eq!((tree.len, tree.check_coverage()), (opened.offset, Ok(())), "{at}");
            let Network::Ip(bytes) = opened.network else { continue };
            packets += 1;
            whole(bytes, &at);
            cut(bytes, &at);
        }
    }
    assert!(packets > 900, "only {packets} packets");
}

fn whole(bytes: &[u8], at: &str) {
    let (packet, mut tree) = record(bytes, || captured_packet(bytes, 0).map(|(_, packet)| packet));
    let packet = packet.unwrap_or_else(|error| panic!("{at}: {error}"));
    tree.len -= packet.payload.len() + packet.trailer.len();
    assert_eq!(tree.check_coverage(), Ok(()), "{at}");
    assert_eq!(IpPacket::parse(bytes).as_ref(), Ok(&packet), "{at}");
    let mut again = Vec::new();
    packet.write(&mut again);
    assert!(again == bytes, "{at}: not written as it was read");
}

/// A snap length takes from the payload, and from nothing else.
fn cut(bytes: &[u8], at: &str) {
    let whole = IpPacket::parse(bytes).unwrap();
    let header = bytes.len() - whole.payload.len() - whole.trailer.len();
    for length in [header, header + 1, header + 20, header + 100] {
        let Some(there) = bytes.get(..length).filter(|_| length < header + whole.payload.len()) else {
            continue;
        };
        let read = IpPacket::parse_captured(there, bytes.len() - length).unwrap();
        assert_eq!((&read.header, read.payload), (&whole.header, &there[header..]), "{at}, cut at {length}");
        assert_eq!(read.missing, whole.payload.len() - read.payload.len(), "{at}, cut at {length}");
    }
}
