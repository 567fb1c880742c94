//! The observer: pairing, ranges, and losing the thread out loud.

use barewire_http1::Body;
use barewire_http1::observe::{Direction, Lost, Observer, Seen, What};

use Direction::{ToClient, ToServer};

fn lines(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| format!("{}..{} {}", seen.range.start, seen.range.end, seen.what)).collect()
}

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
        .filter_map(|seen| match &seen.what {
            What::Body { chunk, .. } => Some(chunk.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(content, b"abc");
    assert_eq!(seen.last().unwrap().what, What::End { content: 3 });
    let framing = seen.iter().find_map(|seen| match &seen.what {
        What::ResponseHead { framing, .. } => Some(framing.body),
        _ => None,
    });
    assert_eq!(framing, Some(Body::UntilClose));
}

fn lost(seen: &[Seen]) -> Option<&Lost> {
    match &seen.last()?.what {
        What::Lost(lost) => Some(lost),
        _ => None,
    }
}

#[test]
fn it_says_when_it_cannot_follow() {
    let mut observer = Observer::new();
    let seen = observer.receive(ToClient, 0, b"HTTP/1.1 200 OK\r\n\r\n");
    assert_eq!(lost(&seen), Some(&Lost::NoRequest));
    assert_eq!(observer.receive(ToClient, 19, b"more"), vec![], "said once");

    let mut observer = Observer::new();
    observer.receive(ToServer, 0, b"GET / HT");
    let seen = observer.receive(ToServer, 9, b"P/1.1\r\n");
    assert_eq!(lost(&seen), Some(&Lost::Gap { had: 8, got: 9 }));

    let mut observer = Observer::new();
    let seen = observer.receive(ToServer, 0, b"\x16\x03\x01\x02\x00");
    assert!(matches!(lost(&seen), Some(Lost::Broken(_))), "TLS: {seen:?}");

    let mut observer = Observer::new();
    observer.receive(ToServer, 0, b"GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n");
    let seen = observer.receive(ToClient, 0, b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00");
    assert_eq!(lost(&seen), Some(&Lost::Tunnel));
    assert_eq!(lost(&observer.receive(ToServer, 30, b"\x81\x80")), Some(&Lost::Tunnel));

    let mut observer = Observer::new();
    let mut offset = 0;
    let request = b"GET / HTTP/1.1\r\n\r\n";
    let given_up = (0..1000).find(|_| {
        let seen = observer.receive(ToServer, offset, request);
        offset += request.len() as u64;
        lost(&seen) == Some(&Lost::TooManyRequests)
    });
    assert_eq!(given_up, Some(256));

    let mut observer = Observer::new();
    observer.receive(ToServer, 0, b"GET / HTTP/1.1\r\n");
    assert!(matches!(lost(&observer.eof(ToServer)), Some(Lost::Broken(_))), "cut off in a head");
}
