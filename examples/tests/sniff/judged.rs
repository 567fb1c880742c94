//! The filter beside tcpdump's, over every capture in the tree: the same frames, or a difference that is explained.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use barewire::sniff::Sniffer;
use barewire::sniff::filter::{Contents, Filter, Headers};
use barewire::story::Config;
use barewire_packet::build;
use barewire_packet::capture::{Capture, Frame, Interface, Origin};

use crate::need;

/// All captures in the tree.
pub(crate) fn captures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for layer in ["dns", "tcp", "tls13", "http1", "packet", "examples"] {
        collect(&root.join(layer).join("tests/captures"), &mut files);
    }
    files.sort();
    assert!(files.len() >= 90, "only {} captures", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => collect(&path, files),
            Some("pcap" | "pcapng") => files.push(path),
            _ => {}
        }
    }
}

/// Filters in the words of tcpdump, which are ours, too; after the bar tcpdump's, where it has others.
const FILTERS: [&str; 27] = [
    "tcp",
    "udp",
    "ip",
    "ip6",
    "icmp",
    "icmp6",
    "host 10.91.1.2",
    "src net 10.0.0.0/8",
    "dst net 10.91.2/24",
    "net 10.91.1.2/31",
    "ip6 net 2001:db8:91::/48",
    "src and dst net 0.0.0.0/1",
    "port 53",
    "tcp port 80",
    "udp src port 53",
    "port 443 or 80",
    "dst portrange 1-1023",
    "not port 53",
    "tcp and not (port 443 or port 80)",
    "udp or tcp and port 53",
    "less 100",
    "greater 1000 and tcp",
    "ip proto 17",
    "syn|tcp[tcpflags] & tcp-syn != 0 or (ip6 and tcp and ip6[53] & 2 != 0)",
    "syn and not ack|tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn or (ip6 and tcp and ip6[53] & 0x12 = 2)",
    "ip and flags F.|tcp[tcpflags] & 0x3f = 0x11",
    "ip and rst|tcp[tcpflags] & tcp-rst != 0",
];

/// The bytes of the frames that tcpdump takes; `None`: it cannot read the file.
fn theirs(file: &Path, filter: &str) -> Option<Vec<Vec<u8>>> {
    let input = File::open(file).expect("a capture in the tree");
    let mut command = Command::new("tcpdump");
    command.args(["-n", "-r", "-", "-w", "-", filter]).stdin(input).stderr(Stdio::piped());
    let output = command.output().expect("tcpdump runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!complaint.contains("syntax error"), "{filter}: {complaint}");
    if output.stdout.is_empty() {
        return None;
    }
    let capture = Capture::read(&output.stdout).expect("tcpdump writes captures");
    Some(capture.frames.into_iter().map(|frame| frame.bytes).collect())
}

fn ours(capture: &Capture, filter: &str) -> Vec<Vec<u8>> {
    let filter = Filter::parse(filter).unwrap_or_else(|error| panic!("{error}"));
    let takes = |frame: &&Frame| {
        let headers = Headers::of(&capture.interfaces[frame.interface as usize], frame);
        filter.takes(&headers, Contents::default())
    };
    capture.frames.iter().filter(takes).map(|frame| frame.bytes.clone()).collect()
}

#[test]
fn the_same_frames_as_tcpdump() {
    if !need::can_run("the_same_frames_as_tcpdump", false, &["tcpdump"]) {
        return;
    }
    let (mut compared, mut unread, mut differences) = (0, Vec::new(), Vec::new());
    // How many frames each filter took and left: one that takes all or none would tell nothing.
    let mut counts: HashMap<&str, [usize; 2]> = HashMap::new();
    for file in captures() {
        let bytes = fs::read(&file).expect("a capture in the tree");
        let capture = Capture::read(&bytes).expect("a capture in the tree");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for filter in FILTERS {
            let (mine, other) =
                filter.split_once('|').map_or((filter, filter), |(mine, other)| (mine, other));
            let Some(theirs) = theirs(&file, other) else {
                unread.push(name.clone());
                break;
            };
            let ours = ours(&capture, mine);
            compared += 1;
            let [taken, left] = counts.entry(filter).or_default();
            (*taken, *left) = (*taken + ours.len(), *left + capture.frames.len() - ours.len());
            if ours != theirs {
                differences.push(format!("{name}: {mine}: {} here, {} there", ours.len(), theirs.len()));
            }
        }
    }
    println!("{compared} compared; tcpdump does not read {unread:?}; taken and left: {counts:?}");
    let idle: Vec<_> = counts.iter().filter(|(_, counts)| counts.contains(&0)).collect();
    assert!(idle.is_empty(), "{idle:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// For each frame its number, the stream of TCP, and the protocols that tshark found in it.
fn protocols(file: &Path) -> Vec<(u64, Option<u64>, Vec<String>)> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "http.desegment_body:FALSE", "-r"]);
    command.arg(file).args([
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "tcp.stream",
        "-e",
        "frame.protocols",
    ]);
    let output = command.output().expect("tshark runs");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let protocols = cells[2].split(':').map(str::to_owned).collect();
        (cells[0].parse().expect("a number"), cells[1].parse().ok(), protocols)
    };
    String::from_utf8_lossy(&output.stdout).lines().map(line).collect()
}

/// Where tshark says otherwise, by file and filter: why.
const OTHERWISE: [(&str, &str, &str); 3] = [
    ("tunnel", "", "tshark follows the port that CONNECT names: an echo service"),
    ("mid_connection", "tls", "TLS is recognised by its first records"),
    ("tls12", "http", "TLS 1.2 is named and not opened"),
];

/// What tshark finds is found here. What is found here alone are pieces: a segment with a part of a record or of a
/// body, of which tshark speaks where it ends, in a stream in which it finds the protocol, too.
#[test]
fn contents_are_what_tshark_finds() {
    if !need::can_run("contents_are_what_tshark_finds", false, &["tshark"]) {
        return;
    }
    let mut differences = Vec::new();
    let mut counts = HashMap::new();
    // tshark takes half a second for each; TCP's captures carry nothing to find, and the servers' nothing new.
    let apart = |file: &PathBuf| !file.iter().any(|folder| folder == "tcp" || folder == "servers");
    for file in captures().into_iter().filter(apart) {
        let capture = Capture::read(&fs::read(&file).expect("a capture in the tree")).expect("a capture");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let theirs = protocols(&file);
        for (filter, names) in [("dns", &["dns"][..]), ("tls", &["tls"]), ("http", &["http", "http2"])] {
            let mut sniffer = Sniffer::new(Filter::parse(filter).expect("a word"), Config::default(), false);
            capture.secrets.iter().for_each(|lines| sniffer.secrets(lines));
            let says = |found: &[String]| found.iter().any(|one| names.contains(&one.as_str()));
            for (frame, (number, stream, found)) in capture.frames.iter().zip(&theirs) {
                assert_eq!(frame.number, *number, "{name}");
                let ours = sniffer.frame(&capture.interfaces[frame.interface as usize], frame).is_some();
                *counts.entry((filter, ours, says(found))).or_insert(0) += 1;
                let of_stream =
                    |other: &&(u64, Option<u64>, Vec<String>)| other.1.is_some() && other.1 == *stream;
                let a_piece = theirs.iter().filter(of_stream).any(|(_, _, found)| says(found));
                let known =
                    OTHERWISE.iter().any(|(file, of, _)| name.starts_with(file) && filter.contains(of));
                if ours != says(found) && !(ours && a_piece) && !known {
                    differences
                        .push(format!("{name}: frame {number}: {filter}: {ours} here, {found:?} there"));
                }
            }
        }
    }
    println!("(filter, here, there): {counts:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Frames that no capture in the tree has.
fn made() -> Vec<(&'static str, Vec<u8>)> {
    const HOP_BY_HOP: [u8; 8] = [17, 0, 1, 4, 0, 0, 0, 0];
    let ethernet =
        |tags: &[u8], packet: &[u8]| [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], tags, packet].concat();
    let v4 = build::datagram("10.0.0.2:4000", "10.0.0.53:53", &[7; 40]);
    let v6 = build::datagram("[fe80::2]:4000", "[fe80::53]:53", &[7; 40]);
    // The flags and the offset of a fragment stand at byte 6 of the header (RFC 791 §3.1).
    let piece = |high: u8, low: u8| {
        let mut packet = v4.clone();
        packet[6..8].copy_from_slice(&[high, low]);
        ethernet(&[8, 0], &packet)
    };
    // An extension header goes between (RFC 8200 §4).
    let extended = |next: u8, extension: &[u8; 8]| {
        let mut packet = [&v6[..40], extension, &v6[40..]].concat();
        (packet[5], packet[6]) = (packet[5] + 8, next);
        ethernet(&[0x86, 0xdd], &packet)
    };
    let arp =
        [&[0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1][..], &[10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 53]];
    vec![
        ("v4", ethernet(&[8, 0], &v4)),
        ("v6", ethernet(&[0x86, 0xdd], &v6)),
        ("arp", ethernet(&[8, 6], &arp.concat())),
        ("first piece", piece(0x20, 0)),
        ("second piece", piece(0, 6)),
        ("tagged", ethernet(&[0x81, 0, 0, 100, 8, 0], &v4)),
        ("options", extended(0, &HOP_BY_HOP)),
        ("first piece v6", extended(44, &[17, 0, 0, 1, 0, 0, 0, 1])),
        ("second piece v6", extended(44, &[17, 0, 0, 48, 0, 0, 0, 1])),
        ("cut in the address", ethernet(&[8, 0], &v4)[..30].to_vec()),
        ("cut in the ports", ethernet(&[8, 0], &v4)[..35].to_vec()),
        ("lldp", ethernet(&[0x88, 0xcc], &[2, 7, 4, 0, 0, 0])),
    ]
}

/// A filter, the frames that both take, those that are taken here alone, and those that tcpdump alone takes.
type Known = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// Where the two differ: tags and extension headers are read through here, and a look beyond the end of a frame is not
/// a refusal of the frame.
const KNOWN: [Known; 14] = [
    ("arp", &["arp"], &[], &[]),
    ("host 10.0.0.53", &["v4", "arp", "first piece", "second piece", "cut in the ports"], &["tagged"], &[]),
    ("arp and src host 10.0.0.2", &["arp"], &[], &[]),
    ("ip6 net fe80::/10", &["v6", "options", "first piece v6", "second piece v6"], &[], &[]),
    (
        "dst net 10.0.0.0/8",
        &["v4", "arp", "first piece", "second piece", "cut in the ports"],
        &["tagged"],
        &[],
    ),
    (
        "udp",
        &["v4", "v6", "first piece", "second piece", "first piece v6", "second piece v6", "cut in the ports"],
        &["tagged", "options"],
        &["cut in the address"],
    ),
    (
        "ip",
        &["v4", "first piece", "second piece", "cut in the address", "cut in the ports"],
        &["tagged"],
        &[],
    ),
    ("port 53", &["v4", "v6", "first piece"], &["tagged", "options", "first piece v6"], &[]),
    (
        "not port 53",
        &["arp", "second piece", "second piece v6", "lldp"],
        &["cut in the address", "cut in the ports"],
        &["tagged", "options", "first piece v6"],
    ),
    (
        "not host 10.0.0.53",
        &["v6", "options", "first piece v6", "second piece v6", "lldp"],
        &["cut in the address"],
        &["tagged"],
    ),
    ("vlan", &["tagged"], &[], &[]),
    ("vlan 100 and udp port 53", &["tagged"], &[], &[]),
    ("less 40", &["cut in the address", "cut in the ports", "lldp"], &[], &[]),
    ("net 127", &[], &[], &[]),
];

#[test]
fn where_tcpdump_differs_is_known() {
    if !need::can_run("where_tcpdump_differs_is_known", false, &["tcpdump"]) {
        return;
    }
    let frames = made();
    let mut capture = Capture {
        interfaces: vec![Interface { link_type: 1, name: "made".to_owned(), origin: Origin::Seen }],
        ..Capture::default()
    };
    for (number, (name, bytes)) in (1..).zip(&frames) {
        // What was cut was longer on the wire; `less` counts what was there.
        let original_len = if name.starts_with("cut") { 36 } else { bytes.len() as u32 };
        let time = Duration::from_secs(number);
        capture.frames.push(Frame { number, time, bytes: bytes.clone(), original_len, ..Frame::default() });
    }
    let file = std::env::temp_dir().join(format!("barewire-sniff-made-{}.pcapng", std::process::id()));
    fs::write(&file, capture.write()).expect("a file in the temporary folder");
    let names = |taken: &[Vec<u8>]| -> Vec<&'static str> {
        frames.iter().filter(|(_, bytes)| taken.contains(bytes)).map(|(name, _)| *name).collect()
    };
    for (filter, both, here, there) in KNOWN {
        let ours = names(&ours(&capture, filter));
        let theirs = names(&theirs(&file, filter).expect("tcpdump reads it"));
        let (shared, alone_here): (Vec<_>, Vec<_>) = ours.iter().partition(|name| theirs.contains(name));
        let alone_there: Vec<_> = theirs.iter().copied().filter(|name| !ours.contains(name)).collect();
        assert_eq!((&shared[..], &alone_here[..], &alone_there[..]), (both, here, there), "{filter}");
    }
    let _ = fs::remove_file(&file);
}
