//! The checks of the exercises about wires: what a packet needs between a byte array and a network.

mod neighbours;

use std::net::{IpAddr, Ipv4Addr};

use barewire_packet::arp::{Arp, Operation};
use barewire_packet::build::fragments;
use barewire_packet::checksum::{checksum, pseudo_header, verify};
use barewire_packet::frame::MacAddress;
use barewire_packet::ip::{Defragmenter, Fragments, IpPacket};
use barewire_packet::transit::Transit;

use crate::steps::{Failed, Steps, unexpected};

pub(crate) use neighbours::neighbours;

const ONES: &str =
    "RFC 1071 §1: the checksum is the complement of the sum, and a right one makes all bits ones";
const UNFINISHED: &str =
    "the head of checksum.rs: a network card finishes a sum that has only the pseudo-header";
const ARP: &str = "RFC 826, Packet format";
const HEADERS: &str = "RFC 8200 §4.5: the header before the fragment header names what came after it";
const LENGTH: &str = "RFC 8200 §4.5: the payload length of the packet, without the fragment header";
const MENDED: &str = "RFC 1624 §3, equation 3: HC' = ~(~HC + ~m + m')";
const FRAGMENT: &str =
    "RFC 8200 §4.5: next header, reserved, offset in units of 8 bytes with the M flag, identification";

/// wire01: what a received checksum turns out to be.
pub(crate) fn verdicts(steps: &mut Steps) -> Result<(), Failed> {
    let [here, there] = [IpAddr::from([10, 0, 0, 2]), IpAddr::from([10, 0, 0, 53])];
    // Two ports, the length, the checksum, and text of an odd length.
    let mut datagram = [&[0xc0, 0, 0, 53, 0, 13, 0, 0][..], b"hello"].concat();
    let pseudo = pseudo_header(here, there, 17, datagram.len());
    let judged = |datagram: &[u8], found: u16| verify(pseudo, datagram, found).to_string();
    let mut sum = pseudo;
    sum.add(&datagram);
    let right = sum.checksum();
    steps.step("a UDP datagram has the right checksum");
    datagram[6..8].copy_from_slice(&right.to_be_bytes());
    steps.equal("the verdict", "correct".to_owned(), judged(&datagram, right), ONES)?;
    steps.step(
        "the same with the sum of the pseudo-header in the field, not complemented, as a kernel leaves it",
    );
    let partial = pseudo.folded();
    datagram[6..8].copy_from_slice(&partial.to_be_bytes());
    let wanted = "offloaded, not yet computed: the pseudo-header's sum only".to_owned();
    steps.equal("the verdict", wanted, judged(&datagram, partial), UNFINISHED)?;
    for found in [0x1234, !right, 0xffff] {
        steps.step(format!("the same with 0x{found:04x} in the field"));
        datagram[6..8].copy_from_slice(&found.to_be_bytes());
        let wanted = format!("wrong: 0x{found:04x}, should be 0x{right:04x}");
        steps.equal("the verdict", wanted, judged(&datagram, found), ONES)?;
    }
    Ok(())
}

/// wire02: an ARP message in bytes.
pub(crate) fn questions(steps: &mut Steps) -> Result<(), Failed> {
    let [asks, asked] = [MacAddress([2, 0, 0, 0, 0, 2]), MacAddress([2, 0, 0, 0, 0, 0x50])];
    let [sender, target] = [Ipv4Addr::new(10, 0, 0, 2), Ipv4Addr::new(10, 0, 0, 80)];
    let question = Arp {
        hardware: 1,
        operation: Operation::Request,
        sender_mac: asks,
        sender,
        target_mac: MacAddress([0; 6]),
        target,
    };
    let answer = Arp {
        operation: Operation::Reply,
        sender_mac: asked,
        sender: target,
        target_mac: asks,
        target: sender,
        ..question
    };
    let probe = Arp { sender: Ipv4Addr::UNSPECIFIED, ..question };
    let bytes = |rest: [&[u8]; 5]| [&[0, 1, 8, 0, 6, 4][..], &rest.concat()].concat();
    let (a, b) = ([10, 0, 0, 2], [10, 0, 0, 80]);
    let cases = [
        (question, bytes([&[0, 1], &asks.0, &a, &[0; 6], &b])),
        (answer, bytes([&[0, 2], &asked.0, &b, &asks.0, &a])),
        (probe, bytes([&[0, 1], &asks.0, &[0; 4], &[0; 6], &b])),
    ];
    for (message, wanted) in cases {
        steps.step(format!("write \"{message}\""));
        let mut got = vec![0xee];
        message.write(&mut got);
        steps.equal("the first byte, which was there before", vec![0xee], got[..1].to_vec(), ARP)?;
        steps.equal("the message", wanted, got[1..].to_vec(), ARP)?;
    }
    Ok(())
}

/// A fragment of an IPv6 packet: `extension` stands between the fixed header and the fragment header.
fn piece(extension: &[u8], offset: u16, more: bool, bytes: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0, 0, (extension.len() + 8 + bytes.len()) as u8];
    packet.extend([if extension.is_empty() { 44 } else { 60 }, 64]);
    [2, 80].iter().for_each(|host| packet.extend([&[0xfd; 15][..], &[*host]].concat()));
    packet.extend(extension);
    packet.extend([17, 0]);
    packet.extend((offset | u16::from(more)).to_be_bytes());
    packet.extend([0, 0, 0, 7]);
    packet.extend(bytes);
    packet
}

/// wire03: the fragment header goes.
pub(crate) fn reassembled(steps: &mut Steps) -> Result<(), Failed> {
    let datagram = [&[0xc0, 0, 0, 7, 0, 24, 0x12, 0x34][..], b"sixteen bytes ok"].concat();
    // Destination options: the next header, no more than 8 bytes, and padding (RFC 8200 §4.2).
    for (what, extension) in
        [("no other header", &[][..]), ("destination options", &[44, 0, 1, 4, 0, 0, 0, 0])]
    {
        let mut pieces = Defragmenter::new();
        steps.step(format!("two fragments of an IPv6 packet come, with {what} before the fragment header"));
        let mut outcome = Fragments::Kept;
        for bytes in
            [piece(extension, 0, true, &datagram[..16]), piece(extension, 16, false, &datagram[16..])]
        {
            let packet = IpPacket::parse(&bytes).map_err(|error| unexpected("the piece", &error, HEADERS))?;
            outcome = pieces.receive(std::time::Duration::ZERO, &packet);
        }
        let Fragments::Whole { packet } = outcome else {
            return Err(unexpected("the packet is not whole", &outcome, HEADERS));
        };
        let named = if extension.is_empty() { packet[6] } else { packet[40] };
        steps.equal("the next header, 17 for UDP", 17, usize::from(named), HEADERS)?;
        let length = usize::from(packet[4]) * 256 + usize::from(packet[5]);
        steps.equal("the payload length", extension.len() + datagram.len(), length, LENGTH)?;
        let from = 40 + extension.len();
        steps.equal("what follows the headers", datagram.clone(), packet[from..].to_vec(), HEADERS)?;
    }
    Ok(())
}

/// wire05: a checksum is mended where a router changes a byte.
pub(crate) fn mended(steps: &mut Steps) -> Result<(), Failed> {
    let packet = |identification: u16| {
        let mut packet = vec![0x45, 0, 0, 28, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 53];
        packet[4..6].copy_from_slice(&identification.to_be_bytes());
        let sum = checksum(&packet);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        [&packet[..], &[0xc0, 0, 0, 53, 0, 8, 0, 0]].concat()
    };
    steps.step("a router counts a hop in packets with each identification from 0 to 65535");
    let mut wrong = "none".to_owned();
    for identification in 0..=u16::MAX {
        let made = Transit::parse(packet(identification));
        let mut transit = made.map_err(|error| unexpected("the packet", &error, MENDED))?;
        transit.count_hop();
        let mut header = transit.bytes()[..20].to_vec();
        let found = u16::from_be_bytes([header[10], header[11]]);
        header[10..12].fill(0);
        let right = checksum(&header);
        if found != right {
            wrong = format!("identification {identification}: 0x{found:04x}, should be 0x{right:04x}");
            break;
        }
    }
    steps.equal(
        "the first checksum that is not what a new sum over the header gives",
        "none".to_owned(),
        wrong,
        MENDED,
    )
}

/// wire06: an IPv6 packet in pieces.
pub(crate) fn pieces(steps: &mut Steps) -> Result<(), Failed> {
    let mut packet = vec![0x60, 0, 0, 0, 0, 28, 17, 64];
    [2, 80].iter().for_each(|host| packet.extend([&[0xfd; 15][..], &[*host]].concat()));
    let payload: Vec<u8> = (0..28).collect();
    packet.extend(&payload);
    steps.step("cut an IPv6 packet with 28 bytes of payload into pieces of at most 16");
    let got = fragments(&packet, 0x1234, 16);
    steps.equal("how many pieces", 2, got.len(), FRAGMENT)?;
    for (at, piece, says) in [(0, &payload[..16], [0, 1]), (1, &payload[16..], [0, 16])] {
        let mut wanted = packet[..40].to_vec();
        wanted[4..8].copy_from_slice(&[0, piece.len() as u8 + 8, 44, 64]);
        wanted.extend([17, 0, says[0], says[1], 0, 0, 0x12, 0x34]);
        wanted.extend(piece);
        steps.equal(&format!("piece {}", at + 1), wanted, got[at].clone(), FRAGMENT)?;
    }
    Ok(())
}
