//! The captures in the tree are what their README files say: readable, small, described, opened by their own secrets,
//! and with checksums that are complete unless the README says otherwise.
//!
//! What each crate makes of the packets is tested in that crate; this holds the recordings themselves to their word, so
//! that `examples/captures/record.sh` cannot quietly record something else.

use std::fs;
use std::path::{Path, PathBuf};

use barewire_packet::capture::Capture;

const LAYERS: [&str; 7] = ["dns", "tcp", "tcp_path", "tls13", "tls13_servers", "http1", "examples"];

/// Ours to keep small: captures are in every clone.
const LARGEST: u64 = 60_000;

fn folder(layer: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match layer {
        "tcp_path" => root.join("tcp/tests/captures/path"),
        "tls13_servers" => root.join("tls13/tests/captures/servers"),
        _ => root.join(layer).join("tests/captures"),
    }
}

fn captures(layer: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(layer)).expect("each layer has captures");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    files.sort();
    let least = if layer == "examples" { 2 } else { 10 };
    assert!(files.len() >= least, "{layer} has only {} captures", files.len());
    files
}

fn read(path: &Path) -> Capture {
    let bytes = fs::read(path).expect("a capture in the tree");
    Capture::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_capture_reads_is_small_and_is_described() {
    for layer in LAYERS {
        let readme =
            fs::read_to_string(folder(layer).join("README.md")).expect("a README beside the captures");
        for path in captures(layer) {
            let size = fs::metadata(&path).expect("a capture in the tree").len();
            assert!(size < LARGEST, "{} has {size} bytes", path.display());
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            assert!(readme.contains(&format!("## {name}\n")), "{layer}'s README does not describe {name}");
            let capture = read(&path);
            assert_eq!(
                capture.ip_packets().count(),
                capture.frames.len(),
                "{}: every packet is IP",
                path.display()
            );
            assert!(capture.frames.len() >= 2, "{}: {} packets", path.display(), capture.frames.len());
            for packet in &capture.frames {
                assert_eq!(
                    packet.bytes.len(),
                    packet.original_len as usize,
                    "{}: a packet cut short",
                    path.display()
                );
            }
        }
    }
}

/// Each handshake of TLS 1.3 that came as far as a ServerHello left its secrets; TLS 1.2 leaves another kind.
#[test]
fn tls_captures_hold_the_secrets_of_their_connections() {
    for path in captures("tls13") {
        let secrets = read(&path).secrets.concat();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let without = name.contains("tls12") || name == "hello_retry_cookie.pcapng";
        assert_eq!(
            secrets.contains("SERVER_HANDSHAKE_TRAFFIC_SECRET "),
            !without,
            "secrets of {name}:\n{secrets}"
        );
    }
}

#[test]
fn checksums_are_complete_but_where_the_readme_says_they_are_not() {
    for layer in LAYERS {
        for path in captures(layer) {
            let offloaded = path.ends_with("offloads.pcapng");
            let capture = read(&path);
            for (index, _, packet) in capture.ip_packets() {
                let at = format!("{} packet {}", path.display(), index + 1);
                let segment = payload(packet, &at);
                if offloaded {
                    let field = u16::from_be_bytes([segment[16], segment[17]]);
                    assert_eq!(
                        field,
                        sum(&[], pseudo_header(packet, segment)),
                        "{at}: the unfinished checksum"
                    );
                } else {
                    assert_eq!(sum(segment, pseudo_header(packet, segment)), 0xffff, "{at}: the checksum");
                }
            }
        }
    }
}

/// What an IP packet carries. A header of version 4 has a checksum of its own.
fn payload<'a>(packet: &'a [u8], at: &str) -> &'a [u8] {
    if packet[0] >> 4 == 6 {
        return &packet[40..40 + usize::from(u16::from_be_bytes([packet[4], packet[5]]))];
    }
    assert_eq!(sum(&packet[..20], 0), 0xffff, "{at}: the IP header's checksum");
    &packet[20..usize::from(u16::from_be_bytes([packet[2], packet[3]]))]
}

/// The ones' complement sum of RFC 1071, begun with `start`; over bytes that hold their own checksum it is 0xffff.
fn sum(bytes: &[u8], start: u32) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
    let mut total = start + words.sum::<u32>();
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    total as u16
}

/// The sum of the pseudo-header of TCP and UDP over IPv4 (RFC 9293 §3.1, RFC 768), or IPv6 (RFC 8200 §8.1). ICMP over
/// IPv4 has none (RFC 792).
fn pseudo_header(packet: &[u8], segment: &[u8]) -> u32 {
    if packet[0] >> 4 == 4 && packet[9] == 1 {
        return 0;
    }
    let (addresses, protocol) =
        if packet[0] >> 4 == 6 { (&packet[8..40], packet[6]) } else { (&packet[12..20], packet[9]) };
    u32::from(sum(addresses, 0)) + u32::from(protocol) + segment.len() as u32
}
