//! The observer on captures of real life: requests that a server refuses, and captures that begin when the connection
//! had begun long before. Every answer in the capture is seen, and paired with its own request.

mod seen;

use barewire_http1::observe::{Asked, Direction, Seen, What};
use seen::{Capture, ToClient, ToServer, told};

/// The status of each response, and the request to which it was said to belong.
fn answers(seen: &[Seen]) -> Vec<(u16, Asked)> {
    seen.iter()
        .filter_map(|one| match &one.what {
            What::ResponseHead { head, to, .. } => Some((head.status, to.clone())),
            _ => None,
        })
        .collect()
}

fn method(name: &str) -> Asked {
    Asked::Method(name.to_owned())
}

/// One connection with many broken request lines, as a fault of a capture had it: each got a 400 or 405, and no row
/// named any of them. Each line in one piece, or cut in two.
#[test]
fn the_answer_to_each_broken_request_line_is_seen() {
    let broken = [
        "CCM_POST/ HTTP/1.1\nHost: a\n\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:0 HTTP/1.1\r\nHost: a\r\n\r\n",
    ];
    for cut in [0, 1, 5, 12] {
        let mut capture = Capture::default();
        for (request, status) in broken.iter().zip([400, 405].into_iter().cycle()) {
            capture.piece(ToServer, &request[..cut]);
            capture.piece(ToServer, &request[cut..]);
            let seen =
                capture.piece(ToClient, format!("HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno"));
            assert_eq!(answers(&seen), [(status, Asked::Unreadable)], "cut at {cut}: {request:?}");
        }
        capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        assert_eq!(answers(&seen), [(200, method("HEAD"))], "cut at {cut}");
        assert_eq!(told(&seen), ["200 OK, no body"], "cut at {cut}");
    }
}

/// What is not HTTP at all is answered, too: TLS sent to a port for plain HTTP.
#[test]
fn the_answer_to_bytes_that_are_not_http_is_seen() {
    let mut capture = Capture::default();
    capture.piece(ToServer, b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00");
    let seen =
        capture.piece(ToClient, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nplain HTTP, please");
    assert_eq!(answers(&seen), [(400, Asked::Unseen)]);
}

/// The capture begins at any byte of the connection. Every answer whose first byte is in it is seen, and paired with
/// its request where that is in the capture, too.
#[test]
fn a_capture_may_begin_at_any_byte() {
    let conversation: [(Direction, &str); 9] = [
        (ToServer, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        (ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\none"),
        (ToClient, "onetwo"),
        (ToServer, "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc"),
        (ToServer, "def"),
        (ToClient, "HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        (ToServer, "HEAD /3 HTTP/1.1\r\nHost: a\r\n\r\n"),
        (ToClient, "HTTP/1.1 202 Good\r\nContent-Length: 1000\r\n\r\n"),
        (ToServer, "DELETE /4 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ];
    let last = "HTTP/1.1 203 Last\r\nContent-Length: 0\r\n\r\n";
    // The pieces that begin with a head, and those of the requests that they answer.
    let responses = [(1, 0, 200, "GET"), (5, 3, 201, "POST"), (7, 6, 202, "HEAD"), (9, 8, 203, "DELETE")];
    for begin in 0..conversation.len() {
        for byte in 0..conversation[begin].1.len() {
            let mut capture = Capture::default();
            let mut seen = Vec::new();
            for (index, (direction, piece)) in conversation.iter().enumerate().skip(begin) {
                let piece = if index == begin { &piece[byte..] } else { piece };
                seen.extend(capture.piece(*direction, piece));
            }
            seen.extend(capture.piece(ToClient, last));
            let is_there = |piece: usize| piece > begin || piece == begin && byte == 0;
            let wanted: Vec<(u16, Asked)> = responses
                .iter()
                .filter(|(piece, ..)| is_there(*piece))
                .map(|(_, request, status, name)| {
                    (*status, if is_there(*request) { method(name) } else { Asked::Unseen })
                })
                .collect();
            let got = answers(&seen);
            let statuses = |answers: &[(u16, Asked)]| answers.iter().map(|one| one.0).collect::<Vec<_>>();
            assert_eq!(statuses(&got), statuses(&wanted), "from byte {byte} of piece {begin}");
            // The first request may be the end of one ("ET /1 HTTP/1.1"), or follow the end of a body ("abcHEAD /3").
            let wrong = got.iter().zip(&wanted).filter(|(got, wanted)| got != wanted).count();
            assert!(wrong <= 1, "from byte {byte} of piece {begin}: {got:?}");
        }
    }
}
