//! The observer on messages that are whole: pairing, ranges, tunnels, states, memory.

mod seen;

use barewire_http1::observe::{Asked, Direction, EndState, Lost, Observer, Protocol, What};
use barewire_http1::{Body, Reason};
use seen::{Capture, ToClient, ToServer, lines, told};

#[test]
fn requests_and_responses_are_paired_in_order() {
    let mut observer = Observer::new();
    let asked = b"HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
    let seen = observer.receive(ToServer, 0, asked);
    assert_eq!(
        lines(&seen),
        [
            "0..29 HEAD /1 HTTP/1.1",
            "29..29 end after 0 bytes of content",
            "29..57 GET /2 HTTP/1.1",
            "57..57 end after 0 bytes of content"
        ]
    );
    let answers = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\n\
        HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n";
    let seen = observer.receive(ToClient, 0, answers);
    assert_eq!(
        lines(&seen),
        [
            "0..78 200 OK, text/html, no body",
            "78..78 end after 0 bytes of content",
            "78..125 200 OK, chunked",
            "128..131 3 bytes of content",
            "136..144 1 trailer field",
            "144..144 end after 3 bytes of content"
        ]
    );
    assert_eq!((observer.eof(ToServer), observer.eof(ToClient)), (vec![], vec![]));
}

#[test]
fn bytes_one_by_one_and_twice() {
    let mut observer = Observer::new();
    let mut seen = Vec::new();
    let asked = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = b"HTTP/1.0 200 OK\r\n\r\nabc";
    for (direction, bytes) in [(ToServer, &asked[..]), (ToClient, &answer[..])] {
        for offset in 0..bytes.len() {
            // Each byte comes with the one before it again, as in a retransmission.
            let from = offset.saturating_sub(1);
            seen.extend(observer.receive(direction, from as u64, &bytes[from..=offset]));
        }
        seen.extend(observer.eof(direction));
    }
    let content: Vec<u8> = seen
        .iter()
        .filter(|seen| matches!(seen.what, What::Body { .. }))
        .flat_map(|seen| answer[seen.range.start as usize..seen.range.end as usize].to_vec())
        .collect();
    assert_eq!(content, b"abc");
    assert_eq!(seen.last().unwrap().what, What::End { content: 3, missing: 0 });
    let framing = seen.iter().find_map(|seen| match &seen.what {
        What::ResponseHead { framing, .. } => framing.map(|framing| framing.body),
        _ => None,
    });
    assert_eq!(framing, Some(Body::UntilClose));
}

/// RFC 9110 §15.2: any number of 1xx responses, then the final one. §9.3.2, §15.3.5, §15.4.5: HEAD, 204 and 304 have no
/// body, whatever their fields say.
#[test]
fn interim_responses_and_responses_without_a_body() {
    let mut observer = Observer::new();
    let mut asked = Vec::new();
    for line in ["PUT /up", "HEAD /h", "GET /204", "GET /304", "GET /last"] {
        let body = if line.starts_with("PUT") {
            "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"
        } else {
            "\r\n"
        };
        asked.extend(format!("{line} HTTP/1.1\r\nHost: a\r\n{body}").bytes());
    }
    observer.receive(ToServer, 0, &asked);
    let answers = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
        HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\
        HTTP/1.1 204 No Content\r\n\r\n\
        HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast\r\n";
    let seen = observer.receive(ToClient, 0, answers);
    let heads: Vec<(u16, Asked)> = seen
        .iter()
        .filter_map(|one| match &one.what {
            What::ResponseHead { head, to, .. } => Some((head.status, to.clone())),
            _ => None,
        })
        .collect();
    let to = |method: &str| Asked::Method(method.to_owned());
    assert_eq!(
        heads,
        [
            (100, to("PUT")),
            (103, to("PUT")),
            (201, to("PUT")),
            (200, to("HEAD")),
            (204, to("GET")),
            (304, to("GET")),
            (200, to("GET"))
        ]
    );
    assert_eq!(seen.last().unwrap().what, What::End { content: 4, missing: 0 });
    assert_eq!(
        seen.last().unwrap().range.end as usize,
        answers.len() - 2,
        "an empty line belongs to no message"
    );
}

#[test]
fn a_tunnel_is_said_once_and_its_bytes_are_counted() {
    let upgrade = |field: &str| format!("HTTP/1.1 101 Switching Protocols\r\n{field}\r\n");
    let get = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket, h2c\r\nConnection: Upgrade\r\n\r\n";
    let connect = "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n";
    let cases = [
        (get, upgrade("Upgrade: WebSocket\r\n"), Protocol::WebSocket),
        (get, upgrade("Upgrade: h2c\r\n"), Protocol::Http2),
        (get, upgrade("Upgrade: chat/2\r\n"), Protocol::Other("chat/2".into())),
        (get, upgrade(""), Protocol::Other(String::new())),
        (connect, "HTTP/1.1 200 Connected\r\n\r\n".into(), Protocol::Connect("b.test:443".into())),
        (connect, "HTTP/1.1 204 No Content\r\n\r\n".into(), Protocol::Connect("b.test:443".into())),
    ];
    for (request, response, protocol) in cases {
        let mut observer = Observer::new();
        observer.receive(ToServer, 0, request.as_bytes());
        let bytes = [response.as_bytes(), b"\x81\x00"].concat();
        let seen = observer.receive(ToClient, 0, &bytes);
        let what: Vec<&What> = seen[1..].iter().map(|one| &one.what).collect();
        assert_eq!(what, [&What::Tunnel(protocol.clone()), &What::TunnelBytes { length: 2 }], "{response}");
        let end = response.len() as u64;
        assert_eq!((seen[1].range.clone(), seen[2].range.clone()), (end..end, end..end + 2));
        let seen = observer.receive(ToServer, request.len() as u64, b"\x16\x03\x01");
        assert_eq!(seen[0].what, What::TunnelBytes { length: 3 }, "no word of it in the other direction");
        assert_eq!(seen.len(), 1);
        assert_eq!(observer.states()[0].to_string(), format!("carries {protocol}"));
        assert_eq!((observer.eof(ToServer), observer.eof(ToClient)), (vec![], vec![]));
    }
}

/// RFC 9110 §9.3.6: only 2xx to CONNECT makes a tunnel.
#[test]
fn a_refused_tunnel_stays_http() {
    let mut observer = Observer::new();
    observer.receive(ToServer, 0, b"CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n");
    let seen = observer.receive(ToClient, 0, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    assert_eq!(lines(&seen)[0], "0..45 403 Forbidden, 2 bytes");
    let seen = observer.receive(ToServer, 49, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(lines(&seen)[0], "49..76 GET / HTTP/1.1");
}

#[test]
fn http2_is_known_by_its_first_bytes() {
    let mut observer = Observer::new();
    // RFC 9113 §3.4: a server may send its SETTINGS before the client's preface has come.
    let settings = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";
    let seen = observer.receive(ToClient, 0, settings);
    assert_eq!(lines(&seen), ["0..0 the connection carries HTTP/2 from here on", "0..15 15 bytes"]);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    assert_eq!(lines(&observer.receive(ToServer, 0, preface)), ["0..24 24 bytes"]);
}

#[test]
fn the_states_of_both_ends_step_by_step() {
    let mut observer = Observer::new();
    let mut now = |direction, offset, bytes: &str| {
        observer.receive(direction, offset, bytes.as_bytes());
        observer.states().map(|state| state.to_string())
    };
    assert_eq!(now(ToServer, 0, ""), ["idle", "idle"]);
    let head = "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
    assert_eq!(now(ToServer, 0, &head[..30]), ["in the head: 30 bytes so far", "idle"]);
    let to_form = "has not answered POST /form yet";
    assert_eq!(now(ToServer, 30, &head[30..]), ["in the body: 0 of 4 bytes (Content-Length)", to_form]);
    assert_eq!(now(ToServer, 51, "ab"), ["in the body: 2 of 4 bytes (Content-Length)", to_form]);
    assert_eq!(now(ToServer, 53, "cd"), ["waiting for the response to POST /form", to_form]);
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let waiting = "waiting for the response to POST /form";
    assert_eq!(now(ToClient, 0, &answer[..9]), [waiting, "in the head: 9 bytes so far"]);
    let receiving = "receiving the response to POST /form";
    assert_eq!(now(ToClient, 9, &answer[9..]), [receiving, "in the body: 0 bytes so far (chunked)"]);
    assert_eq!(now(ToClient, 47, "3\r\nabc\r\n"), [receiving, "in the body: 3 bytes so far (chunked)"]);
    assert_eq!(now(ToClient, 55, "0\r\n\r\n"), ["idle", "idle"]);
    observer.eof(ToServer);
    assert_eq!(observer.states().map(|state| state.to_string()), ["closed", "idle"]);
}

/// Requests that nobody answers are counted, and only the first 256 are remembered. The pairing stays right.
#[test]
fn many_requests_without_a_response() {
    let mut observer = Observer::new();
    let mut told = Vec::new();
    let mut offset = 0;
    for number in 0..1000 {
        // The first and the last that is remembered, and one that is not.
        let method = if [0, 255, 700].contains(&number) { "HEAD" } else { "GET" };
        let request = format!("{method} /{number} HTTP/1.1\r\n\r\n");
        let seen = observer.receive(ToServer, offset, request.as_bytes());
        let lost = seen.iter().any(|one| one.what == What::Lost(Lost::TooManyRequests));
        told.extend(lost.then_some(number));
        offset += request.len() as u64;
    }
    assert_eq!(told, [256], "said once");
    let mut asked = Vec::new();
    let mut offset = 0;
    for _ in 0..1001 {
        let seen = observer.receive(ToClient, offset, b"HTTP/1.1 204 No Content\r\n\r\n");
        let What::ResponseHead { to, .. } = &seen[0].what else { panic!("{seen:?}") };
        asked.push(to.clone());
        offset += 27;
    }
    let to = |method: &str| Asked::Method(method.to_owned());
    assert_eq!([&asked[0], &asked[1], &asked[255]], [&to("HEAD"), &to("GET"), &to("HEAD")]);
    assert!(asked[256..1000].iter().all(|one| *one == Asked::Forgotten), "the others are only counted");
    assert_eq!(asked[1000], Asked::Unseen, "one response too many");
}

/// RFC 9113 §3.4: the preface is made so that a server of HTTP/1.1 refuses it as a request.
#[test]
fn a_server_may_refuse_the_preface_of_http2() {
    let mut observer = Observer::new();
    let seen = observer.receive(ToServer, 0, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert_eq!(seen[0].what, What::Tunnel(Protocol::Http2));
    let seen = observer.receive(ToClient, 0, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
    let told: Vec<String> = seen.iter().map(|seen| seen.what.to_string()).collect();
    assert_eq!(told, ["400 Bad Request, 2 bytes", "2 bytes of content", "end after 2 bytes of content"]);
    assert_eq!(observer.receive(ToServer, 24, b"\0\0\0\x04\0\0\0\0\0"), []);
    assert!(observer.states().iter().all(|state| !matches!(state, EndState::Tunnel(_))));
}

/// RFC 9112 §6.3 rule 4, second half; and trailers that no reader may use.
#[test]
fn other_codings_and_misplaced_trailers() {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut capture = Capture::default();
    capture.piece(ToServer, get);
    let seen = capture.piece(
        ToClient,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\nHost: b\r\nX: y\r\nTE: z\r\n\r\n",
    );
    assert_eq!(
        told(&seen),
        ["200 OK, chunked", "1 byte of content", "3 trailer fields, misplaced: Host, TE"]
    );
    capture.piece(ToServer, get);
    let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab");
    assert_eq!(told(&seen), ["200 OK, until the connection closes", "2 bytes of content"]);
    let seen = capture.observer.eof(ToClient);
    assert_eq!(seen.last().unwrap().what, What::End { content: 2, missing: 0 });
}

/// An end that closes in the middle of a message has not come to rest.
#[test]
fn a_message_that_was_cut_off_is_in_the_state_of_its_end() {
    let cases: [(&[u8], &str); 3] = [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabcd", "closed in a body, after 4 of 100 bytes"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            "closed in a body, after 1 byte (chunked)",
        ),
        (b"HTTP/1.1 200 OK\r\nA: ", "closed in a head, after 20 bytes"),
    ];
    for (bytes, wanted) in cases {
        let mut observer = Observer::new();
        observer.receive(Direction::ToServer, 0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        observer.receive(Direction::ToClient, 0, bytes);
        observer.eof(Direction::ToClient);
        assert_eq!(observer.states()[1].to_string(), wanted);
    }
}

/// RFC 9112 §9.2: "A client that receives data on a connection that does not have outstanding requests MUST NOT
/// consider that data to be a valid response". Where no request waits, that is the fault, and not the version that is
/// missing.
#[test]
fn bytes_after_a_response_answer_no_request() {
    for (response, extra) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "extra"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "Hello"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "body\r\n"),
    ] {
        let mut observer = Observer::new();
        observer.receive(ToServer, 0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let seen = observer.receive(ToClient, 0, [response, extra].concat().as_bytes());
        let lost: Vec<String> = seen
            .iter()
            .filter_map(|one| match &one.what {
                What::Lost(Lost::Broken(refused)) => Some(refused.to_string()),
                _ => None,
            })
            .collect();
        let wanted = format!(
            "the server sent bytes at byte {} that answer no request; RFC 9112 §9.2 forbids to take them for a response",
            response.len()
        );
        assert_eq!(lost, [wanted], "{extra}");
    }
    // A request waits: it is its answer that is broken.
    let mut observer = Observer::new();
    let (request, answer) = ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n");
    observer.receive(ToServer, 0, request.repeat(2).as_bytes());
    observer.receive(ToClient, 0, answer.as_bytes());
    let seen = observer.receive(ToClient, answer.len() as u64, b"extra");
    assert!(
        matches!(&seen[0].what, What::Lost(Lost::Broken(refused)) if refused.reason == Reason::BadVersion),
        "{seen:?}"
    );
}
