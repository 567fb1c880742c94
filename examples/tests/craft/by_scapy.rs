//! The packets of `by_scapy.txt`, made by both languages: the same bytes, or a difference that is explained here.

use barewire::craft;
use barewire_packet::frame::MacAddress;

/// Where we do something else, byte by byte: the packet begins so, then the bytes, ours and scapy's, and why.
struct Difference {
    packet: &'static str,
    at: usize,
    ours: &'static [u8],
    scapys: &'static [u8],
    why: &'static str,
}

const DIFFERENCES: [Difference; 2] = [
    Difference {
        packet: "ip(src=10.77.0.1, dst=10.77.0.2)/tcp(sport=4000, dport=80, flags=S, dataofs=4, reserved=5)",
        at: 32,
        ours: &[0x45, 0x02, 0x20, 0x00, 0x76, 0x56],
        scapys: &[0x4a, 0x02, 0x20, 0x00, 0x71, 0x56],
        why: "RFC 9293 §3.1 has four reserved bits; scapy has three, and gives the fourth to a flag (RFC 3540)",
    },
    Difference {
        packet: "ip(src=10.77.0.1, dst=10.77.0.2, len=4000)",
        at: 36,
        ours: &[0x6b, 0x56],
        scapys: &[0x5b, 0xde],
        why: "the length in the checksum is that of the segment; scapy believes the wrong one in the IP header",
    },
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn thirty_eight_packets_are_the_same_bytes() {
    let sender = craft::Sender { next_hop: MacAddress([2, 0, 0, 0, 0, 2]), ..craft::Sender::default() };
    let text = include_str!("by_scapy.txt");
    let records: Vec<Vec<&str>> = text.split("\n\n").skip(1).map(|record| record.lines().collect()).collect();
    assert_eq!(records.len(), 38);
    let mut explained = 0;
    let mut wrong = Vec::new();
    for record in &records {
        let [ours, scapys, wanted] = record[..] else { panic!("{record:?}") };
        let mut bytes = craft::packet(ours).unwrap().build(&sender).unwrap().bytes;
        for Difference { at, ours: mine, scapys, why, .. } in
            DIFFERENCES.iter().filter(|difference| ours.starts_with(difference.packet))
        {
            assert_eq!(&bytes[*at..*at + mine.len()], *mine, "{ours}: {why}");
            bytes[*at..*at + mine.len()].copy_from_slice(scapys);
            explained += 1;
        }
        if hex(&bytes) != wanted {
            wrong.push(format!("{ours}\n{scapys}\n  ours   {}\n  scapys {wanted}", hex(&bytes)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(explained, DIFFERENCES.len(), "a difference that is not there any more");
}

/// In UDP a checksum of 0 means that there is none, so one that comes out as 0 is sent as all ones (RFC 768).
#[test]
fn a_checksum_of_zero_is_sent_as_all_ones() {
    let sum_of = |payload: u16| {
        let text = format!("ip(src=10.77.0.1, dst=10.77.0.2)/udp(sport=4000, dport=9)/hex({payload:04x})");
        let bytes = craft::packet(&text).unwrap().bytes().unwrap();
        u16::from_be_bytes([bytes[26], bytes[27]])
    };
    // The payload that a sum lacks makes it all ones, whose complement is 0.
    assert_eq!(sum_of(sum_of(0)), 0xffff);
}
