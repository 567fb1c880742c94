//! What the ladder, the table and the facts say of captures made by hand, line by line.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Note, Role, Story};
use barewire::views::{self, Style};
use barewire_dns::RData;
use barewire_packet::udp;
use wire::{ACK, SYN, SYN_ACK, Talk, Wire, assert_fits, at, ladder, story};

/// A header that was damaged, and a clock that was set back: both are said beside the packet. A header checksum of 0
/// was left for a network card, which the legend explains.
#[test]
fn damaged_headers_and_times_before_the_first_are_said() {
    let mut wire = Wire::default();
    wire.wait(1000);
    let packet = udp::ip_packet(at("10.0.0.2:9"), at("10.0.0.3:9"), b"x");
    for sum in [None, Some([0x12, 0x34]), Some([0, 0])] {
        let mut packet = packet.clone();
        sum.into_iter().for_each(|sum| packet[10..12].copy_from_slice(&sum));
        wire.packet(&packet);
    }
    wire.ms -= 250;
    wire.packet(&packet);
    let story = story(&wire);
    let notes: Vec<String> =
        story.rows.iter().map(|row| row.notes.iter().map(Note::to_string).collect()).collect();
    let should_be = u16::from_be_bytes([packet[10], packet[11]]);
    assert_eq!(
        notes,
        [
            "",
            &format!("IP header checksum wrong: 0x1234, should be {should_be:#06x}"),
            "IP header checksum 0: offloaded, not yet computed",
            "captured 250.0 ms before the first frame"
        ]
    );
    let text = views::ladder(&story, &Style::default());
    assert_eq!(text.matches('↳').count(), 2, "{text}");
}

/// A response that came twice: the second time it is a repetition, and not a part of a message.
#[test]
fn a_repetition_is_not_a_part_of_a_message() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:53"), 10);
    talk.send(&mut wire, 0, ACK, b"\0\x18\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01");
    let again = wire.capture.frames[3].bytes.clone();
    wire.packet(&again).comment = Some("what the capturing program says".to_owned());
    let text = ladder(&wire, Style::default());
    let last: Vec<&str> = text.lines().rev().take(2).collect();
    assert!(last[1].contains("TCP  ACK     seq 1") && last[1].ends_with("26"), "{text}");
    assert!(last[0].ends_with("↳ what the capturing program says"), "{text}");

    // Of what it received, the program does not know why it was sent.
    let answer = talk.packet(1, ACK, b"\x80");
    for _ in 0..2 {
        wire.packet(&answer).comment = Some("what the capturing program says".to_owned());
    }
    let text = ladder(&wire, Style::default());
    assert!(text.ends_with("↳ what the capturing program says [the same again after 0 ms]\n"), "{text}");
}

/// The last chunk is a segment of five bytes, not a bare ACK.
#[test]
fn the_last_chunk_is_the_end_of_the_message() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    talk.send(&mut wire, 1, ACK, b"0\r\n\r\n");
    let text = ladder(&wire, Style::default());
    let last = text.lines().last().unwrap_or_default();
    assert!(last.contains("HTTP end of the message") && last.ends_with("5"), "{text}");
}

/// After a message that cannot be read its bytes are counted; they are not parts of a message.
#[test]
fn bytes_after_a_broken_message_are_bytes() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\n");
    talk.send(&mut wire, 0, ACK, b" folded: no\r\n\r\n");
    talk.send(&mut wire, 0, ACK, b"some words");
    let story = story(&wire);
    let said: Vec<String> = story.rows[3..].iter().map(|row| row.messages[0].to_string()).collect();
    assert_eq!((said[0].as_str(), said[2].as_str()), ("part of a message", "10 bytes"), "{said:?}");
}

/// A server's data in the middle of a connection: nothing tells who the client is, so nobody is called so.
#[test]
fn who_is_the_client_may_be_unknown() {
    let mut wire = Wire::default();
    let mut talk = Talk::in_the_middle(at("10.0.0.2:50000"), at("203.0.113.80:443"));
    talk.send(&mut wire, 1, ACK, b"\x80\x81\x82 the middle of something, and more of it");
    talk.send(&mut wire, 0, ACK, b"");
    let story = story(&wire);
    assert!(!story.conversations[0].client_known);
    assert!(story.hosts.iter().all(|host| host.role == Role::Unknown), "{:?}", story.hosts);
    assert!(story.pages.is_empty(), "no budget without a client: {:?}", story.pages);
    let table = views::conversations(&story, &Style::default());
    assert!(table.contains("203.0.113.80:443 ↔ 10.0.0.2:50000"), "{table}");
    let text = views::ladder(&story, &Style::default());
    assert!(text.contains("host 1") && !text.contains("client"), "{text}");
}

/// Segments that overtook the SYN: the ends are those of the SYN, in the table, in the rows, and in the counts.
#[test]
fn a_late_syn_still_tells_who_the_client_is() {
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    let mut talk = Talk::in_the_middle(client, server);
    let syn = talk.packet(0, SYN, b"");
    let syn_ack = talk.packet(1, SYN_ACK, b"");
    let ack = talk.packet(0, ACK, b"");
    let banner = talk.packet(1, ACK, b"\x80 welcome");
    let answer = talk.packet(0, ACK, b"\x81 thank you");
    let mut wire = Wire::default();
    for packet in [&banner, &syn, &syn_ack, &ack, &answer] {
        wire.packet(packet);
    }
    let story = story(&wire);
    let conversation = &story.conversations[0];
    assert_eq!((conversation.ends, conversation.frames), ([client, server], [3, 2]));
    let from_client: Vec<bool> = story.rows.iter().map(|row| story.is_from_client(row)).collect();
    assert_eq!(from_client, [false, true, false, true, true]);
}

#[test]
fn a_response_without_a_body_has_no_body() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 204 No Content\r\n\r\n");
    let facts = views::facts(&story(&wire), &Style::default());
    assert!(facts.contains("204 No Content; no body (RFC 9112"), "{facts}");
    let mut close = Wire::default();
    let mut talk = close.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut close, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut close, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
    let facts = views::facts(&story(&close), &Style::default());
    assert!(facts.contains("200 OK; the body lasts until the connection closes"), "{facts}");
}

/// One line a conversation where there is room for it.
#[test]
fn the_table_takes_the_room_that_it_needs() {
    let mut wire = Wire::default();
    for port in [40_000, 40_001] {
        wire.dns(at(&format!("10.91.12.20:{port}")), at("10.91.12.53:53"), "a.test", None, 10);
    }
    let table = views::conversations(&story(&wire), &Style::default());
    assert_fits(&table, 80);
    assert_eq!(table.lines().count(), 3, "{table}");
}

/// What `--step` shows below a packet, with a target that is longer than the line.
#[test]
fn what_both_ends_are_in_is_not_cut() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    let target = format!("/{}", "long/".repeat(30));
    talk.send(&mut wire, 0, ACK, format!("GET {target} HTTP/1.1\r\nHost: a.test\r\n\r\n").as_bytes());
    let story = Story::of(&wire.capture, Config { keep_ends: true, ..Config::default() });
    for width in [60, 80] {
        let syn_ack = views::ends(story.rows[1].ends.as_ref().unwrap(), &Style { width, ..Style::default() });
        assert_fits(&syn_ack, width);
        assert!(syn_ack.replace("\n               ", " ").contains("(if this arrives)"), "{syn_ack}");
        let request = views::ends(story.rows[3].ends.as_ref().unwrap(), &Style { width, ..Style::default() });
        assert_fits(&request, width);
        let joined: String = request.split_whitespace().collect();
        assert_eq!(joined.matches("GET/long/long/long/long/long/").count(), 2, "both ends: {request}");
    }
}

#[test]
fn no_heads_no_heading() {
    let mut wire = Wire::default();
    wire.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", None, 10);
    assert_eq!(views::heads(&story(&wire), &Style::default()), "");
}

/// A capture that keeps the beginning of each frame: what was cut is said to be cut, once, and nothing is called
/// broken.
#[test]
fn what_the_capture_cut_is_not_called_broken() {
    let mut wire = Wire::default();
    let address = RData::A("192.0.2.1".parse().unwrap());
    wire.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", Some(address), 10);
    wire::plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    for (length, wanted) in [
        (60, &["a reply, cut by the capture", "[8 bytes were not captured]"][..]),
        (57, &["GET / HTTP/1.1, and then", "HTTP/1.1 200 OK, and then"]),
        (46, &["26 bytes missing"]),
        (30, &["port 50000 to 80; the rest of", "a message, cut by the capture"]),
        (21, &["its header was not captured"]),
        (10, &[]),
    ] {
        let mut cut = Wire { capture: wire.capture.clone(), ms: 0 };
        cut.capture.frames.iter_mut().for_each(|frame| frame.bytes.truncate(length));
        let story = story(&cut);
        let text =
            views::ladder(&story, &Style::default()) + &views::conversations(&story, &Style::default());
        for wanted in wanted {
            assert!(text.contains(wanted), "wanted {wanted:?}:\n{text}");
        }
        assert!(!text.contains("not read"), "{text}");
        assert!(!text.contains("RFC") && !text.contains("broken") && !text.contains("not a whole"), "{text}");
        assert!(!text.contains("unanswered"), "{text}");
    }
}

/// DNS over TCP of which a segment is missing: nothing tells where the next message begins.
#[test]
fn dns_over_tcp_with_a_hole_is_bytes() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("10.0.0.53:53"), 10);
    let query = b"\0\x18\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01";
    for _ in 0..3 {
        talk.send(&mut wire, 0, ACK, query);
        talk.send(&mut wire, 1, ACK, b"");
    }
    // Half of the second query is missing, and the server has acknowledged it all the same.
    wire.capture.frames[5].bytes.truncate(52);
    let said: Vec<String> = [3, 5, 7].map(|row| story(&wire).rows[row].messages[0].to_string()).into();
    assert_eq!(said, ["A? a.test", "part of a message", "26 bytes"]);
}

/// The second connection to a server did not wait for the name: it was known.
#[test]
fn a_name_is_waited_for_once() {
    let mut wire = Wire::default();
    let address = RData::A("203.0.113.80".parse().unwrap());
    wire.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", Some(address), 10);
    wire::plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    wire.wait(60_000);
    wire::plain_http(&mut wire, at("10.0.0.2:50001"), at("203.0.113.80:80"), 10);
    let first: Vec<_> = story(&wire).budgets().iter().map(|budget| budget.phases[0].name.name()).collect();
    assert_eq!(first, ["DNS", "TCP"]);
}

/// A redirect to another port of the loopback: the head of the ladder tells the two servers apart.
#[test]
fn servers_with_one_address_are_told_apart_by_their_ports() {
    let mut wire = Wire::default();
    wire::plain_http(&mut wire, at("127.0.0.1:50000"), at("127.0.0.1:8080"), 10);
    wire::plain_http(&mut wire, at("127.0.0.1:50001"), at("127.0.0.1:80"), 10);
    let text = ladder(&wire, Style::default());
    let wanted = "client = 127.0.0.1, server 1 = 127.0.0.1:8080, server 2 = 127.0.0.1:80\n";
    assert!(text.contains(wanted), "wanted {wanted:?}, got\n{text}");
}
