//! The budget of captures in which phases are missing, do not end, or are in disorder.

#[path = "common/wire.rs"]
mod wire;

use std::time::Duration;

use barewire::story::{Budget, Config, PhaseName, Story, Unkept};
use barewire::views::{self, Style};
use barewire_packet::capture::Capture;
use wire::{ACK, FIN_ACK, RST_ACK, SYN, SYN_ACK, Talk, Wire, at, plain_http, story};

fn phases(budget: &Budget) -> Vec<(&'static str, u128, u32, bool)> {
    let phase = |p: &barewire::story::Phase| (p.name.name(), p.took().as_millis(), p.round_trips, p.ended);
    budget.phases.iter().map(phase).collect()
}

fn captured(file: &str) -> Story {
    let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Story::of(&Capture::read(&bytes).unwrap_or_else(|error| panic!("{path}: {error}")), Config::default())
}

fn talk(wire: &mut Wire) -> Talk {
    wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:9999"), 10)
}

/// A file in which time goes backwards: the bars stay on the paper.
#[test]
fn a_file_in_disorder_is_drawn() {
    let mut wire = Wire::default();
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    let frames = wire.capture.frames.len();
    for index in 0..frames {
        let mut mixed = Wire { capture: wire.capture.clone(), ms: 0 };
        for (other, frame) in mixed.capture.frames.iter_mut().enumerate() {
            let turned = (frames + index - other) % frames;
            frame.time = Duration::from_millis(1_700_000_000_000 + 100 * turned as u64);
        }
        for budget in story(&mixed).budgets() {
            for width in [60, 80, 120] {
                let text = views::budget(&budget, &Style { width, ..Style::default() });
                assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            }
        }
    }
}

/// The times that once made it 0: the path is quicker now than when the SYN went over it, and the request was sent
/// twice, so that nobody knows how long its answer took (RFC 6298 §3). And a clock that goes back.
#[test]
fn an_answer_takes_a_round_trip_however_soon_it_comes() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let quick = |wire: &mut Wire, talk: &mut Talk| {
        let request = talk.packet(0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        wire.packet(&request);
        wire.wait(2);
        wire.packet(&request);
        wire.wait(2);
        talk.send(wire, 1, ACK, answer);
    };
    let backwards = |wire: &mut Wire, talk: &mut Talk| {
        talk.send(wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        wire.ms -= 3;
        talk.send(wire, 1, ACK, answer);
    };
    for name in ["quick", "backwards"] {
        let mut wire = Wire::default();
        let mut talk = talk(&mut wire);
        if name == "quick" {
            quick(&mut wire, &mut talk)
        } else {
            backwards(&mut wire, &mut talk)
        }
        let budget = story(&wire).budget();
        let trips: Vec<_> =
            budget.phases.iter().map(|phase| (phase.name.name(), phase.round_trips)).collect();
        assert_eq!(trips, [("TCP", 1), ("wait", 1), ("transfer", 0)], "{name}");
        let text = views::budget(&budget, &Style::default());
        assert!(text.contains("again on a kept connection would take 1 round trip\n"), "{name}: {text}");
    }
}

/// A server that gives up waiting (408) answers before it has the request. The next request is a round trip all the
/// same.
#[test]
fn an_answer_that_crosses_its_request_is_no_promise() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    wire.wait(1000);
    let crossing = talk.packet(1, ACK, b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    wire.wait(3);
    wire.packet(&crossing);
    let budget = story(&wire).budget();
    assert_eq!(phases(&budget)[1], ("wait", 3, 0, true));
    assert_eq!(budget.round_trips_again(), 1);
}

/// A client that has closed its side still waits; it is the reset that ends it.
#[test]
fn a_half_closed_client_waits_until_the_reset() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    talk.send(&mut wire, 0, ACK, b"a question");
    talk.send(&mut wire, 0, FIN_ACK, b"");
    wire.wait(200);
    talk.send(&mut wire, 1, RST_ACK, b"");
    assert_eq!(phases(&story(&wire).budget())[1], ("wait", 200, 1, false));
}

/// A server that speaks first: the answer begins after the question.
#[test]
fn a_banner_is_not_an_answer() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    talk.send(&mut wire, 1, ACK, b"\x80 who are you?");
    wire.wait(100);
    talk.send(&mut wire, 0, ACK, b"\x81 a client");
    wire.wait(10);
    talk.send(&mut wire, 1, ACK, b"\x80 welcome");
    talk.close(&mut wire, 10);
    let wanted = [("TCP", 10, 1, true), ("wait", 10, 1, true), ("transfer", 0, 0, true)];
    assert_eq!(phases(&story(&wire).budget()), wanted);
}

/// The SYN-ACK is not in the capture, and yet a request went out: TCP had ended by then.
#[test]
fn a_phase_whose_end_is_not_in_the_capture_ends_before_the_next() {
    let mut wire = Wire::default();
    plain_http(&mut wire, at("10.0.0.2:50000"), at("203.0.113.80:80"), 50);
    wire.capture.frames.remove(1);
    let phases = phases(&story(&wire).budget());
    assert_eq!(phases[0], ("TCP", 50, 0, true), "{phases:?}");
    assert!(phases.iter().all(|(.., ended)| *ended), "{phases:?}");
}

/// The SYN was sent twice, and nobody knows which one was answered: 30 ms would be too long for a round trip. The data
/// after it tells that it is 5 ms, so that the answer after 10 ms took one.
#[test]
fn the_round_trip_of_a_repeated_syn_is_not_trusted() {
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:9999"));
    let mut wire = Wire::default();
    let mut talk = Talk::in_the_middle(client, server);
    let syn = talk.packet(0, SYN, b"");
    for wait in [1000, 30] {
        wire.packet(&syn);
        wire.wait(wait);
    }
    talk.send(&mut wire, 1, SYN_ACK, b"");
    talk.send(&mut wire, 0, ACK, b"");
    talk.send(&mut wire, 0, ACK, b"a question");
    wire.wait(5);
    talk.send(&mut wire, 1, ACK, b"");
    wire.wait(5);
    talk.send(&mut wire, 1, ACK, b"an answer");
    talk.close(&mut wire, 5);
    let wanted = [("TCP", 1030, 1, true), ("wait", 10, 1, true), ("transfer", 0, 0, true)];
    assert_eq!(phases(&story(&wire).budget()), wanted);
}

/// A whole handshake of TLS 1.2 takes two round trips (RFC 5246 §7.3), a resumed one takes one. TLS 1.3 takes one, or
/// two with HelloRetryRequest.
#[test]
fn tls_takes_the_round_trips_of_its_version() {
    let trips = |file: &str| {
        let story = captured(&format!("tls13/tests/captures/{file}.pcapng"));
        let trips = |budget: &Budget| budget.phase(PhaseName::Tls).map(|phase| phase.round_trips);
        story.budgets().iter().map(trips).collect::<Vec<_>>()
    };
    assert_eq!(trips("tls12"), [Some(2)]);
    assert_eq!(trips("tls12_client_certificate"), [Some(2)]);
    assert_eq!(trips("tls12_resumption"), [Some(2), Some(1)]);
    assert_eq!(trips("aes128"), [Some(1)]);
    assert_eq!(trips("hello_retry"), [Some(2)]);
}

/// Where only the handshakes can be told, the budget does not claim to be about all.
#[test]
fn a_budget_of_handshakes_says_so() {
    let text = views::budget(&captured("tls13/tests/captures/h2.pcapng").budget(), &Style::default());
    assert!(text.contains("TLS done after ") && text.contains(" ms and 2 round trips"), "{text}");
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

fn drawn(wire: &Wire) -> String {
    views::budget(&story(wire).budget(), &Style::default())
}

fn http_talk(wire: &mut Wire) -> Talk {
    wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10)
}

/// Nobody waited for an answer, and nobody gave up: the client sent what it had, and both ends closed.
#[test]
fn an_upload_ends() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    talk.send(&mut wire, 0, ACK, b"\x80 some");
    wire.wait(10);
    talk.send(&mut wire, 1, ACK, b"");
    talk.send(&mut wire, 0, ACK, b"\x80 bytes");
    talk.close(&mut wire, 10);
    assert_eq!(phases(&story(&wire).budget()), [("TCP", 10, 1, true), ("upload", 10, 1, true)]);
    assert!(drawn(&wire).contains("upload done after 20.0 ms and 2 round trips"), "{}", drawn(&wire));
}

/// RFC 9110 §15.2.2: 101 is the last response in HTTP. What comes after it belongs to the transfer.
#[test]
fn a_change_of_protocol_is_an_answer() {
    for (name, frames) in [("websocket", 2), ("h2c", 0)] {
        let mut wire = Wire::default();
        let mut talk = http_talk(&mut wire);
        let ask = format!("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: {name}\r\n\r\n");
        talk.send(&mut wire, 0, ACK, ask.as_bytes());
        wire.wait(10);
        let switch =
            format!("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {name}\r\n\r\n");
        talk.send(&mut wire, 1, ACK, switch.as_bytes());
        for _ in 0..frames {
            wire.wait(5);
            talk.send(&mut wire, 1, ACK, b"\x81\x02hi");
        }
        talk.close(&mut wire, 10);
        let wanted = [("TCP", 10, 1, true), ("wait", 10, 1, true), ("transfer", 5 * frames, 0, true)];
        assert_eq!(phases(&story(&wire).budget()), wanted, "{name}");
    }
}

/// The capture stops: nobody says that somebody gave up.
#[test]
fn a_connection_that_is_open_was_not_given_up() {
    let mut wire = Wire::default();
    let mut talk = http_talk(&mut wire);
    talk.send(&mut wire, 0, ACK, GET);
    let open = drawn(&wire);
    assert!(open.contains("wait did not end: open at the end of the capture, after 10.0 ms"), "{open}");
    assert!(!open.contains("given up"), "{open}");
    talk.send(&mut wire, 1, RST_ACK, b"");
    let reset = drawn(&wire);
    assert!(reset.contains("wait did not end: given up after 10.0 ms"), "{reset}");
}

#[test]
fn a_server_that_speaks_first_is_not_late() {
    let mut wire = Wire::default();
    let mut talk = talk(&mut wire);
    wire.wait(3);
    talk.send(&mut wire, 1, ACK, b"220 ready\r\n");
    wire.wait(100);
    talk.send(&mut wire, 0, ACK, b"USER ada\r\n");
    wire.wait(10);
    talk.send(&mut wire, 1, ACK, b"331 password\r\n");
    talk.close(&mut wire, 10);
    let text = drawn(&wire);
    assert!(text.contains("first byte of the answer after 123.0 ms"), "{text}");
    assert!(text.contains("the server spoke first, after 13.0 ms"), "{text}");

    let mut alone = Wire::default();
    let mut talk = self::talk(&mut alone);
    talk.send(&mut alone, 1, ACK, b"220 only me\r\n");
    talk.close(&mut alone, 10);
    let text = drawn(&alone);
    assert!(text.contains("    first byte after 10.0 ms") && !text.contains("same request"), "{text}");
}

#[test]
fn a_request_without_a_response_is_counted() {
    let mut wire = Wire::default();
    let mut talk = http_talk(&mut wire);
    talk.send(&mut wire, 0, ACK, GET);
    talk.send(
        &mut wire,
        1,
        ACK,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    );
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: odd\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n");
    assert!(!drawn(&wire).contains("no response"), "{}", drawn(&wire));
    talk.send(&mut wire, 0, ACK, GET);
    talk.send(&mut wire, 1, RST_ACK, b"");
    assert!(drawn(&wire).contains("1 request got no response"), "{}", drawn(&wire));
}

/// A request that nobody can read was sent all the same, and answered.
#[test]
fn a_broken_request_is_waited_for() {
    let mut wire = Wire::default();
    let mut talk = http_talk(&mut wire);
    talk.send(&mut wire, 0, ACK, b"M-SEARCH * HTTP/1.1\r\nHost: a.test\r\n\r\n");
    wire.wait(10);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let budget = story(&wire).budget();
    let wanted = [("TCP", 10, 1, true), ("wait", 10, 1, true), ("transfer", 0, 0, true)];
    assert_eq!((phases(&budget), budget.unanswered), (wanted.into(), 0));
    assert!(
        drawn(&wire).contains("again on a kept connection would take 1 round trip\n"),
        "{}",
        drawn(&wire)
    );
}

/// The round trip to a proxy is a phase, and what comes in the tunnel has its own.
#[test]
fn a_tunnel_takes_its_time() {
    let mut wire = Wire::default();
    let mut talk = http_talk(&mut wire);
    talk.send(&mut wire, 0, ACK, b"CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n");
    wire.wait(30);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
    talk.send(&mut wire, 0, ACK, GET);
    wire.wait(20);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 204 No Content\r\n\r\n");
    talk.close(&mut wire, 10);
    let wanted =
        [("TCP", 10, 1, true), ("tunnel", 30, 1, true), ("wait", 20, 1, true), ("transfer", 0, 0, true)];
    assert_eq!(phases(&story(&wire).budget()), wanted);
}

/// RFC 9112 §9.3: whether the connection can carry another request, the heads say, and at last the server.
#[test]
fn the_same_request_again_needs_a_connection_that_is_kept() {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    let old = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let until_close = "HTTP/1.1 200 OK\r\n\r\nhi";
    let continues = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let switch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\n";
    let (client, server) = ((0, FIN_ACK), (1, FIN_ACK));
    for (name, answer, end, wanted) in [
        ("the client closes", whole, client, ""),
        ("nobody closes", whole, (0, ACK), ""),
        ("the server closes", whole, server, "; the server closed this one"),
        ("the server resets", whole, (1, RST_ACK), "; the server reset this one"),
        ("close", close, client, "; this one was not kept: Connection: close"),
        ("close", close, server, "; this one was not kept: Connection: close"),
        ("HTTP/1.0", old, server, "; this one was not kept: HTTP/1.0 without Connection: keep-alive"),
        ("no length", until_close, server, "; this one was not kept: the body ended with the connection"),
        ("100", continues, server, "; this one was not kept: the body ended with the connection"),
        ("101", switch, server, "; this one was not kept: the connection carries another protocol"),
    ] {
        let mut wire = Wire::default();
        let mut talk = http_talk(&mut wire);
        let ask = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\n";
        talk.send(&mut wire, 0, ACK, if name == "101" { ask.as_bytes() } else { GET });
        wire.wait(10);
        talk.send(&mut wire, 1, ACK, answer.as_bytes());
        talk.send(&mut wire, end.0, end.1, b"");
        let text = views::budget(&story(&wire).budget(), &Style { width: 200, ..Style::default() });
        let wanted = format!("again on a kept connection would take 1 round trip{wanted}\n");
        assert!(text.contains(&wanted), "{name}: wanted {wanted:?}, got\n{text}");
    }
}

/// The client said it, and the answer does not repeat it.
#[test]
fn a_client_that_says_close_does_not_keep_the_connection() {
    let mut wire = Wire::default();
    let mut talk = http_talk(&mut wire);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    wire.wait(10);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(story(&wire).budget().unkept, Some(Unkept::Said("Connection: close")));
}

/// A server may take early data and answer only when the handshake is done. The wait holds the round trip of the
/// handshake then; the same request on a kept connection does not.
#[test]
fn early_data_that_is_answered_late_saves_nothing() {
    use barewire::story::Phase;
    let ms = Duration::from_millis;
    let phase = |name, start, end, round_trips| {
        let (start, end) = (ms(start), ms(end));
        Phase { name, start, end, round_trips, ended: true }
    };
    let of = |answer, round_trips| Budget {
        phases: vec![
            phase(PhaseName::Tcp, 0, 50, 1),
            phase(PhaseName::Tls, 50, 50, 0),
            phase(PhaseName::Wait, 50, answer, round_trips),
            phase(PhaseName::Transfer, answer, answer, 0),
        ],
        ..Budget::default()
    };
    for (budget, wanted) in [
        (of(100, 1), "(early data), which saved the"),
        (of(150, 2), "(early data), but its answer\n      came after the handshake, so that saved nothing\n"),
    ] {
        let text = views::budget(&budget, &Style::default());
        assert!(text.contains(wanted), "{text}");
        assert!(text.contains("again on a kept connection would take 1 round trip\n"), "{text}");
    }
}
