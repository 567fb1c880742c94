//! Headers that are wrong: another length than the frame has, a checksum that is not that of the header.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Note, Story};
use barewire::views::{self, Style};
use wire::{Wire, at, plain_http, story, told};

/// tshark: "IPv4 total length exceeds packet length", and it takes what the frame has. So does a receiver's checksum.
#[test]
fn a_length_beyond_the_frame_is_said_and_not_believed() {
    let ends =
        [(at("10.0.0.2:50000"), at("203.0.113.80:80")), (at("[2001:db8::2]:1"), at("[2001:db8::80]:80"))];
    for (client, server) in ends {
        let mut wire = Wire::default();
        plain_http(&mut wire, client, server, 50);
        let right = story(&wire);
        for frame in &mut wire.capture.frames {
            let at = if client.is_ipv4() { 2 } else { 4 };
            let length = u16::from_be_bytes([frame.bytes[at], frame.bytes[at + 1]]);
            frame.bytes[at..at + 2].copy_from_slice(&(length + 1956).to_be_bytes());
        }
        let wrong = story(&wire);
        assert_eq!(told(&wrong), told(&right));
        let payloads = |story: &Story| story.rows.iter().map(|row| row.payload).collect::<Vec<_>>();
        assert_eq!(payloads(&wrong), payloads(&right));
        assert_eq!(wrong.conversations[0].retransmissions, [0, 0]);
        for row in &wrong.rows {
            assert!(row.notes.contains(&Note::BeyondTheFrame { bytes: 1956 }), "{:?}", row.notes);
        }
        assert!(right.rows.iter().all(|row| row.notes.is_empty()), "{:?}", right.rows);

        // A capture with a snap length has less of the frame, and knows how long that was.
        wire.capture
            .frames
            .iter_mut()
            .for_each(|frame| frame.bytes.truncate(if is_v4(frame) { 40 } else { 60 }));
        let cut = story(&wire);
        assert_eq!(payloads(&cut), payloads(&right));
        assert!(cut.rows[3].notes.contains(&Note::BeyondTheFrame { bytes: 1956 }), "{:?}", cut.rows[3].notes);
        assert!(
            cut.rows[3].notes.iter().any(|note| matches!(note, Note::Cut { .. })),
            "{:?}",
            cut.rows[3].notes
        );
    }
}

fn is_v4(frame: &barewire_packet::capture::Frame) -> bool {
    frame.bytes[0] >> 4 == 4
}

/// RFC 791 §3.1: who receives such a packet drops it. Zero is what a host leaves for its network card.
#[test]
fn a_wrong_header_checksum_is_said() {
    let mut wire = Wire::default();
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let right = told(&story(&wire));
    for (sum, wanted) in [
        ([0x12, 0x34], "IP header checksum wrong: 0x1234, should be 0x"),
        ([0, 0], "IP header checksum 0: offloaded, not yet computed"),
    ] {
        wire.capture.frames.iter_mut().for_each(|frame| frame.bytes[10..12].copy_from_slice(&sum));
        let wrong = story(&wire);
        assert_eq!(told(&wrong), right);
        for row in &wrong.rows {
            assert!(row.notes[0].to_string().starts_with(wanted), "{:?}", row.notes);
        }
        let text = views::ladder(&wrong, &Style::default());
        assert_eq!(text.contains("left for a network card"), sum == [0, 0], "{text}");
        assert_eq!(text.contains("↳ [IP header checksum"), sum != [0, 0], "{text}");
    }
}
