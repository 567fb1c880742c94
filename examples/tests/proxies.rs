//! Requests to a proxy, and what is spoken in the tunnel that CONNECT makes. Other tunnels, which stay closed.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Borders, Config, Layer, Ruler, Says, Story};
use barewire::views::{self, Style};
use barewire_packet::capture::Capture;
use barewire_packet::udp;
use wire::{ACK, Wire, at, story, told};

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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tls13/tests/captures/fragments.pcapng");
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
    wire.capture.secrets = capture.secrets.clone();
    let said = |story: &Story| {
        let messages = story.rows.iter().flat_map(|row| &row.messages);
        let above = messages.filter(|message| !matches!(message.says, Says::Segment(_) | Says::Part(_)));
        above.map(|message| (message.encrypted, message.to_string())).collect::<Vec<_>>()
    };
    let (wanted, got) = (said(&recorded), said(&story(&wire)));
    assert!(wanted.iter().any(|(encrypted, text)| *encrypted && text.starts_with("GET /")), "{wanted:#?}");
    assert_eq!(got[got.len() - wanted.len()..], wanted);
    let story = Story::of(&wire.capture, Config { keep_http: true, ..Config::default() });
    assert_eq!(story.conversations[0].spoken.to_string(), "HTTP/1.1, then TLS 1.3, HTTP/1.1");
    let [connect, inside] = &story.exchanges[..] else { panic!("{:#?}", story.exchanges) };
    assert_eq!(connect.tunnel.as_ref().map(ToString::to_string).as_deref(), Some("a tunnel to a.test:443"));
    let content = &inside.response.as_ref().expect("a response").content;
    let recorded = Story::of(&capture, Config { keep_http: true, ..Config::default() });
    let alone = &recorded.exchanges[0].response.as_ref().expect("a response").content;
    let places = |ruler: &Option<Ruler>| -> Vec<_> {
        let ruler = ruler.as_ref().expect("a ruler");
        ruler.stretches.iter().map(|one| (one.from, one.until, one.begins, one.ends)).collect()
    };
    for of in [|all: &Borders| all.records.clone(), |all: &Borders| all.segments.clone()] {
        assert_eq!(places(&of(&content.borders)), places(&of(&alone.borders)));
    }
}

/// RFC 9110 §7.8: after 101 the connection speaks another protocol, which is named and counted.
#[test]
fn what_follows_an_upgrade_is_named() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    talk.send(&mut wire, 0, ACK, format!("GET /chat HTTP/1.1\r\nHost: a.test\r\n{upgrade}").as_bytes());
    talk.send(&mut wire, 1, ACK, format!("HTTP/1.1 101 Switching Protocols\r\n{upgrade}").as_bytes());
    talk.send(&mut wire, 1, ACK, b"\x81\x05hello");
    talk.send(&mut wire, 0, ACK, b"\x81");
    let story = story(&wire);
    let told = told(&story);
    assert_eq!(told[5..], ["server > client: WebSocket, 7 bytes", "client > server: WebSocket, 1 byte"]);
    assert_eq!(story.rows[5].messages[0].layer(), Layer::Tcp);
    assert_eq!(story.conversations[0].spoken.to_string(), "HTTP/1.1, then WebSocket");
}

/// RFC 9113 §3.4: to a server of HTTP/1.1 the preface of HTTP/2 is a request that it refuses.
#[test]
fn an_http1_answer_to_the_preface_of_http2_is_read() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    talk.send(&mut wire, 0, ACK, &[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &settings[..]].concat());
    talk.send(&mut wire, 0, ACK, settings);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"no!");
    talk.send(&mut wire, 0, ACK, settings);
    let wanted = [
        "client > server: HTTP/2, not read: 33 bytes",
        "client > server: HTTP/2, not read: 9 bytes",
        "server > client: 400 Bad Request, 3 bytes",
        "server > client: 3 bytes of content",
        "client > server: 9 bytes",
    ];
    let refused = story(&wire);
    assert_eq!(told(&refused)[3..], wanted);
    assert_eq!(refused.conversations[0].spoken.to_string(), "HTTP/1.1");

    // A server of HTTP/2 answers with frames of its own.
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    talk.send(&mut wire, 1, ACK, settings);
    assert_eq!(told(&story(&wire))[4], "server > client: HTTP/2, not read: 9 bytes");

    // One that knows neither answers in its own way.
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"<html>no</html>");
    assert_eq!(told(&story(&wire))[4], "server > client: 15 bytes");
}

/// After an upgrade to h2c the connection carries HTTP/2.
#[test]
fn http2_after_an_upgrade_has_its_name() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
    talk.send(&mut wire, 0, ACK, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"\0\0\0\x04\0\0\0\0\0");
    let told = told(&story(&wire));
    assert_eq!(
        told[5..],
        ["client > server: HTTP/2, not read: 24 bytes", "server > client: HTTP/2, not read: 9 bytes"]
    );
}

/// Bytes that come to nothing are counted in the row in which they came, and only there.
#[test]
fn bytes_that_waited_are_counted_once() {
    for (first, then) in
        [(&b"hello"[..], &b"world, and more\n"[..]), (b"PRI * HT", b"TP/2.0\r\n\r\nSM\r\n\r\n")]
    {
        let mut wire = Wire::default();
        let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
        talk.send(&mut wire, 0, ACK, first);
        talk.send(&mut wire, 0, ACK, then);
        let told = told(&story(&wire));
        assert!(
            told[3].ends_with(&format!(": {} bytes", first.len())) || told[3].contains("HTTP/2"),
            "{told:?}"
        );
        assert!(told[4].ends_with(&format!(": {} bytes", then.len())), "{told:?}");
    }
}

/// What is in a tunnel of another kind is left out, and the row says so.
#[test]
fn other_tunnels_say_that_they_are_closed() {
    let mut wire = Wire::default();
    wire.packet(&udp::ip_packet(at("10.0.0.2:50000"), at("10.0.0.3:4789"), b"\x08\0\0\0\0\0\x07\0"));
    wire.packet(&udp::ip_packet(at("10.0.0.2:50000"), at("10.0.0.3:9"), b"nothing"));
    for protocol in [47, 132] {
        let mut other = udp::ip_packet(at("10.0.0.2:1"), at("10.0.0.3:1"), b"");
        other[9] = protocol;
        wire.packet(&other);
    }
    let wanted = [
        "host 1 > host 2: VXLAN, a tunnel, not opened: port 50000 to 4789",
        "host 1 > host 2: port 50000 to 9",
        "host 1 > host 2: GRE (47), a tunnel, not opened",
        "host 1 > host 2: SCTP (132)",
    ];
    assert_eq!(told(&story(&wire)), wanted);
}
