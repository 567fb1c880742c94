//! The server's core: framings, pipelining, persistence, 100-continue, tunnels, answers to broken requests.

use std::time::{Duration, Instant};

use barewire_http1::server::{Connection, Event};
use barewire_http1::{Body, Config, Persistence, Reason, Request, Response};

fn connection() -> (Connection, Instant) {
    (Connection::new(Config::default()), Instant::now())
}

/// The head of the request that comes next.
fn head(connection: &mut Connection) -> Request {
    match connection.event() {
        Some(Event::Request { head, .. }) => head.to_request(),
        other => panic!("wanted a request, got {other:?}"),
    }
}

fn sent(connection: &mut Connection, now: Instant) -> String {
    String::from_utf8(connection.transmit(now).unwrap_or_default()).unwrap()
}

fn respond(connection: &mut Connection, response: Response, body: &[u8], now: Instant) -> String {
    let framing = connection.respond(&response, Body::Length(body.len() as u64)).unwrap();
    if framing.body != Body::None {
        connection.body(body).unwrap();
    }
    connection.finish().unwrap();
    sent(connection, now)
}

/// All bytes that wait.
fn content(connection: &mut Connection) -> Vec<u8> {
    let mut buffer = vec![0; 1 << 20];
    let length = connection.read(&mut buffer);
    buffer.truncate(length);
    buffer
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let (mut server, now) = connection();
    server
        .receive(
            now,
            b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
              POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n",
        )
        .unwrap();
    server.receive_eof(now).unwrap();
    assert_eq!(head(&mut server).target, "/1");
    assert_eq!(
        (server.event(), server.event()),
        (Some(Event::End(Persistence::KeepsOpen)), None),
        "the second waits for the first's answer"
    );
    assert_eq!(
        respond(&mut server, Response::new(200), b"x", now),
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    );
    assert_eq!(server.next_cycle(now), Ok(true));
    assert_eq!(head(&mut server).target, "/2");
    assert_eq!(server.event(), Some(Event::Data));
    assert_eq!(content(&mut server), b"abc");
    assert_eq!(server.event(), Some(Event::End(Persistence::KeepsOpen)));
    respond(&mut server, Response::new(404), b"", now);
    assert_eq!(server.next_cycle(now), Ok(true));
    assert_eq!(head(&mut server).target, "/3");
    assert_eq!(server.event(), Some(Event::Data));
    assert_eq!(content(&mut server), b"de");
    assert!(
        matches!(server.event(), Some(Event::Trailers { fields, .. }) if fields.get("t").as_deref() == Some("u"))
    );
    assert_eq!(server.event(), Some(Event::End(Persistence::KeepsOpen)));
    respond(&mut server, Response::new(200), b"", now);
    assert_eq!(server.next_cycle(now), Ok(false), "the client had closed its side");
}

#[test]
fn what_a_response_declares_is_what_the_client_will_find() {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let old = "GET / HTTP/1.0\r\n\r\n";
    let old_alive = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    let cases = [
        (get, 200, Body::None, 6, "Content-Length: 0\r\n", false),
        (get, 200, Body::Length(7), 6, "Content-Length: 7\r\n", false),
        (get, 200, Body::Chunked, 4, "Transfer-Encoding: chunked\r\n", false),
        (get, 200, Body::UntilClose, 8, "Connection: close\r\n", true),
        (get, 204, Body::None, 1, "", false),
        (get, 304, Body::Length(7), 1, "Content-Length: 7\r\n", false),
        (get, 304, Body::None, 1, "", false),
        (head, 200, Body::Length(7), 1, "Content-Length: 7\r\n", false),
        (head, 200, Body::None, 1, "", false),
        (old, 200, Body::Length(7), 6, "Content-Length: 7\r\nConnection: close\r\n", true),
        (old, 200, Body::Chunked, 8, "Connection: close\r\n", true),
        (old_alive, 200, Body::Length(7), 6, "Content-Length: 7\r\nConnection: keep-alive\r\n", false),
        (old_alive, 200, Body::Chunked, 8, "Connection: close\r\n", true),
        (last, 200, Body::Length(7), 6, "Content-Length: 7\r\nConnection: close\r\n", true),
    ];
    for (request, status, body, rule, fields, closes) in cases {
        let (mut server, now) = connection();
        server.receive(now, request.as_bytes()).unwrap();
        let response = Response { reason: String::new(), ..Response::new(status) };
        let framing = server.respond(&response, body).unwrap();
        assert_eq!(framing.rule, rule, "{request:?} {status} {body:?}");
        assert_eq!(
            sent(&mut server, now),
            format!("HTTP/1.1 {status} \r\n{fields}\r\n"),
            "{request:?} {body:?}"
        );
        if let Body::Length(length) = framing.body {
            server.body(&vec![b'x'; length as usize]).unwrap();
        }
        server.finish().unwrap();
        assert_eq!(!server.persistence().keeps_open(), closes, "{request:?} {status} {body:?}");
        assert_eq!(server.next_cycle(now), Ok(!closes));
    }
}

#[test]
fn a_body_that_is_not_as_declared_is_refused() {
    let (mut server, now) = connection();
    server.receive(now, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let contradiction = Response::new(200).with("Content-Length", "4");
    assert!(server.respond(&contradiction, Body::Length(3)).is_err());
    assert!(server.respond(&Response::new(204), Body::Length(3)).is_err());
    assert_eq!(server.transmit(now), None, "nothing of a refused response is sent");
    server.respond(&Response::new(200), Body::Length(3)).unwrap();
    let short = server.finish().unwrap_err();
    assert_eq!(short.reason, Reason::WrongBodyLength { declared: 3, given: 0 });
    let long = server.body(b"abcd").unwrap_err();
    assert_eq!(long.reason, Reason::WrongBodyLength { declared: 3, given: 4 });
    server.body(b"abc").unwrap();
    server.finish().unwrap();
    assert!(server.respond(&Response::new(200), Body::None).is_err(), "one response to one request");
}

#[test]
fn broken_requests_get_an_answer_and_a_close() {
    let cases: [(&[u8], u16); 9] = [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n", 413),
    ];
    for (bytes, status) in cases {
        let (mut server, now) = connection();
        let error = server.receive(now, bytes).unwrap_err();
        assert_eq!(error.reason.status_hint(), status, "{error}");
        assert_eq!(server.receive(now, b"more").unwrap_err(), error, "the error stays");
        server.respond(&Response::new(error.reason.status_hint()), Body::None).unwrap();
        let text = sent(&mut server, now);
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")) && text.contains("Connection: close\r\n"),
            "{text}"
        );
        assert!(!server.persistence().keeps_open());
        assert_eq!(server.next_cycle(now), Ok(false));
    }
}

#[test]
fn a_client_that_expects_100_gets_it_first() {
    let (mut server, now) = connection();
    server
        .receive(now, b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        .unwrap();
    assert!(server.expects_continue());
    server.respond(&Response::new(100), Body::None).unwrap();
    assert!(!server.expects_continue());
    assert_eq!(sent(&mut server, now), "HTTP/1.1 100 Continue\r\n\r\n");
    server.receive(now, b"ok").unwrap();
    assert_eq!(head(&mut server).method, "PUT");
    assert_eq!(server.event(), Some(Event::Data));
    assert_eq!(content(&mut server), b"ok");
    respond(&mut server, Response::new(201), b"", now);
    assert_eq!(server.next_cycle(now), Ok(true));
    server.receive(now, b"GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").unwrap();
    assert!(!server.expects_continue(), "RFC 9110 §10.1.1: not from HTTP/1.0");
    assert!(server.respond(&Response::new(103), Body::None).is_err(), "RFC 9110 §15.2: no 1xx for HTTP/1.0");
}

#[test]
fn a_switch_hands_over_the_bytes_after_the_request() {
    let (mut server, now) = connection();
    server
        .receive(now, b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nAHEAD")
        .unwrap();
    server
        .respond(&Response::new(101).with("Upgrade", "x").with("Connection", "upgrade"), Body::None)
        .unwrap();
    head(&mut server);
    assert_eq!(server.event(), Some(Event::End(Persistence::KeepsOpen)));
    assert_eq!((server.event(), server.event()), (Some(Event::Tunnel), Some(Event::Data)));
    assert_eq!(content(&mut server), b"AHEAD");
    server.receive(now, b"more").unwrap();
    assert_eq!(server.event(), Some(Event::Data));
    assert_eq!(content(&mut server), b"more");
    assert!(server.persistence().keeps_open());
}

#[test]
fn a_switch_that_was_not_offered_is_refused() {
    let (mut server, now) = connection();
    server.receive(now, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(server.respond(&Response::new(101), Body::None).unwrap_err().reason, Reason::UnaskedUpgrade);
}

#[test]
fn a_head_that_takes_too_long_is_late() {
    let now = Instant::now();
    let limits = Config { head_timeout: Some(Duration::from_secs(5)), ..Config::default() };
    let mut server = Connection::new(limits);
    assert_eq!(server.deadline(), None, "an idle client may be idle");
    server.receive(now, b"GET / HT").unwrap();
    server.receive(now + Duration::from_secs(4), b"TP/1.1\r\n").unwrap();
    let due = now + Duration::from_secs(5);
    assert_eq!(server.deadline(), Some(due), "one byte now and then buys no time");
    assert_eq!(server.on_deadline(now), Ok(()));
    assert_eq!(server.on_deadline(due).unwrap_err().reason.status_hint(), 408);
    assert_eq!(server.deadline(), None);
}

#[test]
fn an_old_client_is_sent_no_chunks_even_when_the_response_asks_for_them() {
    let (mut server, now) = connection();
    server.receive(now, b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let response = Response::new(200).with("Transfer-Encoding", "chunked");
    assert_eq!(server.respond(&response, Body::Chunked).unwrap().body, Body::UntilClose);
    server.body(b"plain").unwrap();
    server.finish().unwrap();
    assert_eq!(sent(&mut server, now), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nplain");
    assert!(!server.persistence().keeps_open());
}

/// A line that is wrong is refused when it is there. The head need not end, and may never do so.
#[test]
fn a_wrong_line_is_refused_before_the_head_ends() {
    let cases: [(&[u8], usize); 5] = [
        (b"GET / HTTP/1.1\r\n Host: foo", 16),
        (b"GET / HTTP/1.1\r\nHost : a\r\n", 20),
        (b"GET / HTTP/1.1\r\nHost: a\r\nThis is not a field\r\n", 29),
        (b"GET / HTTP/1.1\r\nHost: a\r\nB: c\n", 29),
        (b"GET / HTTP/1.1\r\nHost: a\r\n: c", 25),
    ];
    for (bytes, offset) in cases {
        let (mut server, now) = connection();
        let error = server.receive(now, bytes).unwrap_err();
        assert_eq!((error.offset, error.reason.status_hint()), (offset, 400), "{error}");
    }
}

/// RFC 9110 §10.1.1, RFC 9112 §9.3, §9.6: a server that does not read the rest of a request closes, and says so.
#[test]
fn an_answer_before_the_request_is_complete_says_close() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n";
    let cases = [
        (format!("{head}Expect: 100-continue\r\n\r\n"), 417, true),
        (format!("{head}\r\n"), 413, true),
        (format!("{head}\r\nab"), 200, true),
        (format!("{head}\r\nabc"), 200, false),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n".into(), 200, true),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 200, false),
    ];
    for (request, status, closes) in cases {
        let (mut server, now) = connection();
        server.receive(now, request.as_bytes()).unwrap();
        let text = respond(&mut server, Response::new(status), b"", now);
        assert_eq!(text.contains("\r\nConnection: close\r\n"), closes, "{request:?}: {text:?}");
        assert_eq!(server.next_cycle(now), Ok(!closes), "{request:?}");
    }
    // 1xx is not the final answer.
    let (mut server, now) = connection();
    server.receive(now, format!("{head}\r\n").as_bytes()).unwrap();
    server.respond(&Response::new(103), Body::None).unwrap();
    assert!(!sent(&mut server, now).contains("close"));
}

/// The other choice of RFC 9110 §10.1.1: the server goes on reading, and says that.
#[test]
fn an_answer_may_promise_to_read_the_rest() {
    let (mut server, now) = connection();
    server.receive(now, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n").unwrap();
    let text = respond(&mut server, Response::new(200).with("Connection", "keep-alive"), b"", now);
    assert_eq!(text, "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
    server.receive(now, b"abc").unwrap();
    assert_eq!(server.next_cycle(now), Ok(true));
}

/// RFC 9110 §10.1.1: a member other than 100-continue may be answered with 417.
#[test]
fn an_expectation_that_nobody_knows() {
    let cases = [
        ("X: y", &[][..]),
        ("Expect: 100-continue", &[]),
        ("Expect: 100-Continue,, 100-continue", &[]),
        ("Expect: 200-ok", &["200-ok"]),
        ("Expect: 100-continue, a=\"b,c\";d", &["a=\"b,c\";d"]),
    ];
    for (field, wanted) in cases {
        let (mut server, now) = connection();
        server.receive(now, format!("GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n").as_bytes()).unwrap();
        assert_eq!(head(&mut server).unknown_expectations(), wanted, "{field}");
    }
}

/// RFC 9110 §10.1.1: 100 asks for a body that is held. 103 does not, and neither does a client that sends it unasked.
#[test]
fn only_100_asks_for_a_body_that_is_held() {
    let (mut server, now) = connection();
    let head = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
    server.receive(now, head).unwrap();
    assert!(server.expects_continue());
    server.respond(&Response::new(103).with("Link", "</a>"), Body::None).unwrap();
    assert!(server.expects_continue(), "the client still waits");
    server.respond(&Response::new(100), Body::None).unwrap();
    assert!(!server.expects_continue());
    let (mut server, now) = connection();
    server.receive(now, &[&head[..], b"x"].concat()).unwrap();
    assert!(!server.expects_continue(), "the body is there");
}

/// RFC 9110 §9.3.6: any 2xx to CONNECT begins the tunnel. If only some did, what a client sends into it would be read
/// as requests.
#[test]
fn what_follows_an_accepted_connect_is_no_request() {
    for status in [200, 204, 299] {
        let (mut server, now) = connection();
        let ahead =
            b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\nGET /inner HTTP/1.1\r\nHost: a\r\n\r\n";
        server.receive(now, ahead).unwrap();
        head(&mut server);
        assert!(matches!(server.event(), Some(Event::End(_))));
        assert_eq!(server.respond(&Response::new(status), Body::None).unwrap().rule, 2, "{status}");
        assert_eq!(server.event(), Some(Event::Tunnel), "{status}");
        assert_eq!(content(&mut server), b"GET /inner HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(server.next_cycle(now), Ok(false), "{status}");
    }
}

/// RFC 9110 §9.3.6: only 2xx begins the tunnel. A client that took it for granted sends the bytes of the tunnel, chosen
/// perhaps by somebody else, and none of them is a request, however late they come.
#[test]
fn what_follows_a_refused_connect_is_not_a_request() {
    let connect = b"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n";
    let ahead = b"GET /inner HTTP/1.1\r\nHost: a\r\n\r\n";
    let pieces = [
        vec![[&connect[..], ahead].concat()],
        vec![connect.to_vec(), ahead.to_vec()],
        vec![connect.to_vec()],
    ];
    for (status, pieces) in
        [302, 407, 403, 502].into_iter().flat_map(|status| pieces.each_ref().map(|it| (status, it)))
    {
        let (mut server, now) = connection();
        for piece in pieces {
            server.receive(now, piece).unwrap();
        }
        while server.event().is_some() {}
        let answer = respond(&mut server, Response::new(status), b"no", now);
        assert!(answer.contains("Connection: close\r\n"), "{status}: the client is told: {answer}");
        let why = "what follows a refused CONNECT may be meant for the tunnel";
        assert_eq!(server.persistence(), Persistence::Closes(why), "{status}");
        assert_eq!(server.next_cycle(now), Ok(false), "{status}");
        server.receive(now, ahead).unwrap();
        assert_eq!(server.event(), None, "{status}: not a request");
    }
}
