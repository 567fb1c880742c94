//! Requests to a proxy, and what is spoken in the tunnel that CONNECT makes.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Says, Story};
use barewire::views::{self, Style};
use barewire_packet::capture::Capture;
use wire::{ACK, Wire, at, told};

fn story(wire: &Wire) -> Story {
    Story::of(&wire.capture, Config::default())
}

/// A request to a proxy names the whole URI, and is recognised however long that is, and in however many segments.
#[test]
fn a_request_to_a_proxy_is_a_request() {
    let path = "long/".repeat(500);
    let request = format!("GET http://a.test/{path} HTTP/1.1\r\nHost: a.test\r\n\r\n");
    for pieces in [1, 3] {
        let mut wire = Wire::default();
        let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:3128"), 10);
        for piece in request.as_bytes().chunks(request.len().div_ceil(pieces)) {
            talk.send(&mut wire, 0, ACK, piece);
        }
        talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        let told = told(&story(&wire));
        assert!(told[2 + pieces].starts_with("client > server: GET http://a.test/long/"), "{told:#?}");
        assert_eq!(told[3 + pieces], "server > client: 200 OK, 2 bytes");
    }
}

/// After 2xx to CONNECT the connection is a tunnel (RFC 9112 §6.3 rule 2), in which anything may be spoken.
#[test]
fn what_is_spoken_in_a_tunnel_is_read() {
    for (inside, wanted) in [
        (&b"GET /in HTTP/1.1\r\nHost: a.test\r\n\r\n"[..], "client > server: GET /in HTTP/1.1"),
        (b"\x80\x81 something", "client > server: 12 bytes"),
    ] {
        let mut wire = Wire::default();
        let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:3128"), 10);
        talk.send(&mut wire, 0, ACK, b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
        talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
        talk.send(&mut wire, 0, ACK, inside);
        let story = story(&wire);
        let told = told(&story);
        assert_eq!(told[3], "client > server: CONNECT a.test:443 HTTP/1.1");
        let tunnel =
            "server > client: 200 OK, no body; the connection carries a tunnel to a.test:443 from here on";
        assert_eq!(told[4], tunnel);
        assert!(told[5].starts_with(wanted), "wanted {wanted:?}: {told:#?}");
        let facts = views::facts(&story, &Style::default());
        assert!(facts.contains("§6.3 rule 2"), "{facts}");
    }
}

/// A tunnel in a tunnel, and so on: how deep is for the capture to say, and how deep is followed is not.
#[test]
fn tunnels_in_tunnels_are_followed_to_a_depth() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:3128"), 10);
    for _ in 0..5000 {
        talk.send(&mut wire, 0, ACK, b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
        talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
    }
    let told = told(&story(&wire));
    assert!(told[3].contains("CONNECT") && told[7].contains("CONNECT"), "{:?}", &told[..9]);
    assert_eq!(told.last().map(String::as_str), Some("server > client: 19 bytes"));
}

/// A recorded fetch over TLS, once more in a tunnel: what was said is the same, and the same of it is encrypted.
#[test]
fn tls_in_a_tunnel_is_opened() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tls13/tests/captures/aes128.pcapng");
    let capture = Capture::read(&std::fs::read(path).unwrap()).unwrap();
    let recorded = Story::of(&capture, Config { keep_parts: true, ..Config::default() });
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:3128"), 10);
    talk.send(&mut wire, 0, ACK, b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
    for row in &recorded.rows {
        let sections = row.sections();
        let records = sections.iter().filter(|section| section.title == "TLS records");
        let bytes: Vec<u8> = records.flat_map(|section| section.bytes.clone()).collect();
        if !bytes.is_empty() {
            talk.send(&mut wire, usize::from(!recorded.is_from_client(row)), ACK, &bytes);
        }
    }
    wire.capture.secrets = capture.secrets;
    let said = |story: &Story| {
        let messages = story.rows.iter().flat_map(|row| &row.messages);
        let above = messages.filter(|message| !matches!(message.says, Says::Segment(_) | Says::Part(_)));
        above.map(|message| (message.encrypted, message.to_string())).collect::<Vec<_>>()
    };
    let (wanted, got) = (said(&recorded), said(&story(&wire)));
    assert!(wanted.iter().any(|(encrypted, text)| *encrypted && text.starts_with("GET /")), "{wanted:#?}");
    assert_eq!(got[got.len() - wanted.len()..], wanted);
}
