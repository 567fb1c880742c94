//! What happens to captures on their way to a reader: other link layers, offloaded checksums, short snap lengths,
//! pieces.

#![allow(dead_code)] // each test file uses its own part

use std::time::Duration;

use barewire_packet::build::{FRAMINGS, Framing, fragments, with_extension_headers};
use barewire_packet::capture::{Capture, Frame, Interface, Origin};
use barewire_packet::frame::{Network, open};
use barewire_packet::ip::IpPacket;

/// The way of this name to put a packet into a frame.
pub(crate) fn framing(name: &str) -> &'static Framing {
    FRAMINGS.iter().find(|framing| framing.name == name).unwrap_or_else(|| panic!("no framing {name:?}"))
}

/// Each IP packet in other frames; frames that carry something else stay as they are.
pub(crate) fn reframe(capture: &mut Capture, framing: &Framing) {
    put_elsewhere(capture, framing, |packet| vec![packet.to_vec()]);
}

/// Each IP packet in Ethernet frames, in pieces whose payload has at most `size` bytes. With `backwards` the last piece
/// comes first.
pub(crate) fn fragment(capture: &mut Capture, size: usize, backwards: bool) {
    let mut identification = 0;
    put_elsewhere(capture, framing("Ethernet"), |packet| {
        identification += 1;
        let mut pieces = match IpPacket::parse(packet) {
            Ok(whole) if whole.payload.len() > size => fragments(packet, identification, size),
            _ => vec![packet.to_vec()],
        };
        if backwards {
            pieces.reverse();
        }
        pieces
    });
}

/// Each IPv6 packet with extension headers: hop-by-hop options, destination options, authentication.
pub(crate) fn extend(capture: &mut Capture) {
    // PadN of 4 bytes (RFC 8200 §4.2), and an authentication header (RFC 4302 §2) with 12 bytes of check value.
    let (padding, authentication) =
        ([1, 4, 0, 0, 0, 0], [&[0; 2][..], &[0, 0, 1, 1, 0, 0, 0, 1], &[7; 12]].concat());
    put_elsewhere(capture, framing("Ethernet"), |packet| match packet.first() {
        Some(0x60..=0x6f) => {
            vec![with_extension_headers(packet, &[(0, &padding), (60, &padding), (51, &authentication)])]
        }
        _ => vec![packet.to_vec()],
    });
}

/// Puts other frames in the place of each IP packet that `framing` can carry.
fn put_elsewhere(capture: &mut Capture, framing: &Framing, mut packets: impl FnMut(&[u8]) -> Vec<Vec<u8>>) {
    let mut out = Vec::new();
    let seen = |one: &Interface| Interface { link_type: framing.link_type, ..one.clone() };
    let known = capture.interfaces.len() as u32;
    let mut interfaces = capture.interfaces.clone();
    interfaces.extend(capture.interfaces.iter().map(seen));
    for (index, frame) in capture.frames.iter().enumerate() {
        let whole = frame.bytes.len() == frame.original_len as usize;
        let fits = |packet: &&[u8]| framing.carries(packet) && packet.len() <= most(framing);
        match capture.ip_packet(index).filter(|_| whole).filter(fits) {
            Some(packet) => out.extend(packets(unpadded(packet)).iter().map(|packet| {
                let bytes = framing.frame(packet);
                Frame {
                    interface: frame.interface + known,
                    original_len: bytes.len() as u32,
                    bytes,
                    ..frame.clone()
                }
            })),
            None => out.push(frame.clone()),
        }
    }
    (capture.frames, capture.interfaces) = (out, interfaces);
    number(capture);
}

/// The longest packet that fits in such frames: in IEEE 802.3 the length field says up to 1,500 bytes, LLC and SNAP
/// with them.
fn most(framing: &Framing) -> usize {
    if framing.name.starts_with("802.3") { 1492 } else { usize::MAX }
}

/// The packet without what the link has put behind it.
fn unpadded(packet: &[u8]) -> &[u8] {
    let trailer = IpPacket::parse(packet).map_or(0, |whole| whole.trailer.len());
    &packet[..packet.len() - trailer]
}

/// As captures of a sender's own packets are, whose checksums are left for the network card; many tools write 0 there.
pub(crate) fn zero_checksums(capture: &mut Capture) {
    for frame in &mut capture.frames {
        let Some(interface) = capture.interfaces.get(frame.interface as usize) else { continue };
        let opened = open(interface.link_type, &frame.bytes, frame.original_len);
        let Network::Ip(bytes) = opened.network else { continue };
        let Ok(packet) = IpPacket::parse_captured(bytes, opened.missing) else { continue };
        if packet.fragment.is_some() {
            continue;
        }
        let field = match packet.header.protocol() {
            6 => 16,
            17 => 6,
            _ => continue,
        };
        let payload = opened.offset + barewire_dissect::offset_of(bytes, packet.payload);
        if let Some(checksum) = frame.bytes.get_mut(payload + field..payload + field + 2) {
            checksum.fill(0);
        }
    }
}

/// As `tcpdump -s LENGTH` writes it.
pub(crate) fn snap(capture: &mut Capture, length: usize) {
    capture.frames.iter_mut().for_each(|frame| frame.bytes.truncate(length));
}

/// Everything of several captures in one file, by time.
pub(crate) fn merge(captures: impl IntoIterator<Item = Capture>) -> Capture {
    let mut merged = Capture::default();
    for capture in captures {
        let first = merged.interfaces.len() as u32;
        merged.interfaces.extend(capture.interfaces);
        merged.secrets.extend(capture.secrets);
        let frames = capture.frames.into_iter();
        merged.frames.extend(frames.map(|frame| Frame { interface: frame.interface + first, ..frame }));
    }
    merged.frames.sort_by_key(|frame| frame.time);
    number(&mut merged);
    merged
}

/// Moves the whole capture in time, so that it begins at `start`.
pub(crate) fn begin_at(capture: &mut Capture, start: Duration) {
    let first = capture.frames.first().map_or(Duration::ZERO, |frame| frame.time);
    for frame in &mut capture.frames {
        frame.time = frame.time.saturating_sub(first) + start;
    }
    capture.end = None;
}

/// Takes out what no capture program would have seen: the packets that a simulated network lost. Returns the numbers
/// that the others had before.
pub(crate) fn without_lost(capture: &mut Capture) -> Vec<u64> {
    let lost: Vec<bool> = capture.interfaces.iter().map(|one| one.origin == Origin::Lost).collect();
    capture.frames.retain(|frame| !lost.get(frame.interface as usize).is_some_and(|lost| *lost));
    let numbers = capture.frames.iter().map(|frame| frame.number).collect();
    number(capture);
    numbers
}

/// Numbers the frames as Wireshark does.
pub(crate) fn number(capture: &mut Capture) {
    (1..).zip(&mut capture.frames).for_each(|(number, frame)| frame.number = number);
}
