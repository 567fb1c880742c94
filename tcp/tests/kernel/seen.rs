//! What a capture says of a run: resets, D-SACKs, retransmissions.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::Path;

use barewire_packet::capture::Capture;
use barewire_tcp::Segment;
use barewire_tcp::packet::{Packet, Payload};

/// What was counted in a capture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// TCP segments in all.
    pub(crate) segments: usize,
    /// The numbers of the frames that reset a connection before both ends had sent their FINs. A reset after that
    /// hurts nobody: the last ACK was lost, the FIN comes again, and the program that could answer has ended.
    pub(crate) resets: Vec<usize>,
    /// ACKs whose first SACK block names what had arrived before (RFC 2883 §4): each says that a segment was sent again
    /// for nothing, or doubled on the way.
    pub(crate) dsacks: usize,
}

/// Reads a capture of one connection.
pub(crate) fn seen(file: &Path) -> Seen {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let capture = Capture::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut seen = Seen::default();
    let mut closed: HashSet<IpAddr> = HashSet::new();
    for (index, _, bytes) in capture.ip_packets() {
        let missing = capture.frames[index].original_len as usize - capture.frames[index].bytes.len();
        let Ok(packet) = Packet::parse_captured(bytes, missing) else { panic!("frame {}", index + 1) };
        let Payload::Tcp(segment) = &packet.payload else { continue };
        seen.segments += 1;
        seen.dsacks += usize::from(is_dsack(segment));
        if segment.flags.rst() && closed.len() < 2 {
            seen.resets.push(index + 1);
        }
        if segment.flags.fin() {
            closed.insert(packet.ip.header.source());
        }
    }
    seen
}

/// Whether the first block lies below the ACK, or inside the second block (RFC 2883 §4).
fn is_dsack(segment: &Segment<'_>) -> bool {
    let below = |a: barewire_tcp::SeqNumber, b: barewire_tcp::SeqNumber| b.since(a) as i32 >= 0;
    match segment.options.sack.as_slice() {
        [(_, end), ..] if below(*end, segment.ack) => true,
        [(first, end), (second_first, second_end), ..] => {
            below(*second_first, *first) && below(*end, *second_end)
        }
        _ => false,
    }
}

/// The judge, judged by captures of the kernel. `captures/path/README.md` has what tshark calls a D-SACK.
#[test]
fn resets_and_d_sacks_are_seen() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let of = |name: &str| seen(&folder.join(name));
    assert_eq!(of("reset_by_client.pcapng").resets, [6]);
    assert_eq!(of("open_close.pcapng").resets, []);
    let dsacks = ["dsack", "reordering", "spurious_timeout", "sack_recovery", "lost_retransmission"]
        .map(|name| of(&format!("path/{name}.pcapng")).dsacks);
    assert_eq!(dsacks, [2, 1, 2, 0, 0]);
}
