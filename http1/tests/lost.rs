//! The observer on what captures really hold: broken messages, gaps, connections that had begun before.

mod seen;

use barewire_http1::Reason;
use barewire_http1::observe::{Asked, Lost, Seen, What};
use seen::{Capture, ToClient, ToServer, lines, lost, told};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const BAD: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno";

/// The request to which each response was said to belong.
fn asked(seen: &[Seen]) -> Vec<Asked> {
    seen.iter()
        .filter_map(|one| match &one.what {
            What::ResponseHead { to, .. } => Some(to.clone()),
            _ => None,
        })
        .collect()
}

fn method(name: &str) -> Asked {
    Asked::Method(name.to_owned())
}

/// Each broken request, the byte and the reason for which it is refused, and what is known of its method.
#[test]
fn a_broken_request_is_said_and_its_answer_is_seen() {
    let cases: [(&str, usize, Reason, Asked); 6] = [
        // From a capture that somebody made: the space after the method is missing, and CR before LF.
        ("CCM_POST/ HTTP/1.1\nHost: a\n\n", 8, Reason::NotASpace(b'/'), Asked::Unreadable),
        ("GET / HTTP/1.1\nHost: a\n\n", 14, Reason::BareLf, Asked::Unreadable),
        ("GET /\r\n", 5, Reason::TargetByte(b'\r'), Asked::Unreadable),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 6, Reason::OtherVersion(3), Asked::Unreadable),
        ("HEAD / HTTP/1.1\r\nHost : a\r\n\r\n", 21, Reason::SpaceBeforeColon, method("HEAD")),
        ("PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nbody", 16, Reason::ChunkedNotLast, method("PUT")),
    ];
    for (request, offset, reason, to) in cases {
        let mut capture = Capture::default();
        let seen = capture.piece(ToServer, request);
        let Some(Lost::Broken(refused)) = lost(&seen).into_iter().next() else {
            panic!("{request:?}: {seen:?}")
        };
        assert_eq!((refused.what, refused.offset), ("request", offset), "{request:?}: {refused}");
        assert_eq!(refused.reason, reason, "{request:?}");
        let response =
            if to == method("HEAD") { "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n" } else { BAD };
        let seen = capture.piece(ToClient, response);
        assert_eq!(asked(&seen), [to], "{request:?}");
        assert!(told(&seen)[0].starts_with("400 Bad Request, "), "{request:?}: {seen:?}");
        // And the connection is followed, with the next request paired as it should be.
        assert_eq!(told(&capture.piece(ToServer, GET)).last().unwrap(), "GET / HTTP/1.1", "{request:?}");
        assert_eq!(asked(&capture.piece(ToClient, OK)), [method("GET")], "{request:?}");
    }
}

#[test]
fn a_broken_head_whose_end_is_known_hides_nothing_after_it() {
    let mut capture = Capture::default();
    let pipelined = format!("{GET}GET /1 HTTP/1.1\r\nBad Name: x\r\n\r\n{GET}");
    let seen = capture.piece(ToServer, &pipelined);
    let seen = &seen[2..];
    assert_eq!(
        lines(seen)[..2],
        [
            "27..59 broken: the field name holds a space at byte 47; RFC 9110 §5.6.2 allows letters, digits and \
             !#$%&'*+-.^_`|~",
            "59..86 GET / HTTP/1.1"
        ]
    );
    let seen = capture.piece(ToClient, format!("{OK}{BAD}{OK}"));
    assert_eq!(asked(&seen), [method("GET"), method("GET"), method("GET")]);
}

#[test]
fn a_broken_response_answers_its_request() {
    let mut capture = Capture::default();
    capture.piece(ToServer, GET);
    let seen = capture.piece(ToClient, "HTTP/1.1 2x0 OK\r\n\r\n");
    assert!(matches!(lost(&seen)[..], [Lost::Broken(_)]), "{seen:?}");
    assert_eq!(capture.observer.states()[0].to_string(), "idle", "the client does not wait any more");
    capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(asked(&seen), [method("HEAD")]);
    // A body that breaks: the chunk size is not a number. The rest is not read, and the next response is.
    capture.piece(ToServer, GET);
    let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz");
    assert!(matches!(&lost(&seen)[..], [Lost::Broken(refused)] if refused.reason == Reason::ChunkSize(b'x')));
    assert_eq!(capture.piece(ToClient, "more of it"), [], "said once");
    capture.piece(ToServer, GET);
    let seen = capture.piece(ToClient, OK);
    assert_eq!(told(&seen)[..2], ["10 bytes not read", "200 OK, 2 bytes"]);
    assert_eq!(asked(&seen), [method("GET")]);
}

#[test]
fn a_broken_response_head_whose_end_is_known_hides_nothing_after_it() {
    let mut capture = Capture::default();
    capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    capture.piece(ToServer, GET);
    let seen = capture.piece(ToClient, format!("HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n{OK}"));
    assert!(matches!(lost(&seen)[..], [Lost::Broken(_)]), "{seen:?}");
    assert_eq!(
        (asked(&seen), told(&seen)[1..].to_vec()),
        (vec![method("GET")], vec!["200 OK, 2 bytes".to_owned(), "2 bytes of content".to_owned()])
    );
}

#[test]
fn a_response_whose_fields_contradict_each_other_is_shown() {
    let mut capture = Capture::default();
    capture.piece(ToServer, GET);
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n";
    let seen = capture.piece(ToClient, head);
    assert_eq!(told(&seen)[0], "200 OK, its end is not known");
    let Lost::Broken(refused) = &lost(&seen)[0] else { panic!("{seen:?}") };
    assert_eq!((&refused.reason, refused.offset), (&Reason::DifferentLengths(2, 3), 36));
}

/// RFC 9112 §6.3 rule 3: a recipient may read it by the Transfer-Encoding. The observer does.
#[test]
fn a_response_with_both_lengths_is_read_by_its_chunks() {
    let mut capture = Capture::default();
    capture.piece(ToServer, GET);
    let seen = capture.piece(
        ToClient,
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    );
    assert_eq!(told(&seen), ["200 OK, chunked", "1 byte of content"]);
    assert!(matches!(&seen[0].what, What::ResponseHead { framing: Some(framing), .. } if framing.rule == 3));
}

#[test]
fn a_response_whose_request_is_not_in_the_capture() {
    let mut capture = Capture::default();
    let seen = capture.piece(ToClient, OK);
    assert_eq!(told(&seen), ["200 OK, 2 bytes (its request was not seen)", "2 bytes of content"]);
    assert_eq!(asked(&seen), [Asked::Unseen]);
    assert_eq!(capture.observer.states().map(|state| state.to_string()), ["idle", "idle"]);
    capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    assert_eq!((asked(&seen), told(&seen)), (vec![method("HEAD")], vec!["200 OK, no body".to_owned()]));
}

/// The request may have been HEAD: then the next response stands where the body would be.
#[test]
fn a_response_to_an_unseen_head_request() {
    for head in ["Content-Length: 2", "Transfer-Encoding: chunked", "Date: now"] {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        for cut in [1, 7, OK.len()] {
            let mut capture = Capture::default();
            capture.piece(ToClient, &head);
            capture.piece(ToServer, GET);
            let mut seen = capture.piece(ToClient, &OK[..cut]);
            seen.extend(capture.piece(ToClient, &OK[cut..]));
            assert_eq!(seen[0].what, What::End { content: 0, missing: 0 }, "{head:?}");
            assert_eq!(told(&seen)[..2], ["200 OK, 2 bytes", "2 bytes of content"], "{head:?}");
        }
        // Nothing came after the head, so nothing says that it was cut off.
        let mut capture = Capture::default();
        capture.piece(ToClient, &head);
        assert_eq!(lost(&capture.observer.eof(ToClient)), [], "{head:?}");
    }
}

#[test]
fn a_capture_that_begins_inside_a_body() {
    let mut capture = Capture::default();
    capture.gap(ToClient, 70_000);
    let seen = capture.piece(ToClient, "rest of a page, and\r\nHTTP/1.1 is in its text");
    assert_eq!(lines(&seen), ["70000..70000 the first bytes are not the start of a message"]);
    assert_eq!(capture.piece(ToClient, "<html>\nHTTP/"), [], "said once");
    assert_eq!(
        capture.observer.states()[1].to_string(),
        "not followed until the next message: 56 bytes skipped"
    );
    capture.piece(ToServer, GET);
    let seen = capture.piece(ToClient, OK);
    assert_eq!(lines(&seen)[..2], ["70000..70056 56 bytes not read", "70056..70094 200 OK, 2 bytes"]);
    assert_eq!(asked(&seen), [method("GET")]);
}

#[test]
fn what_is_skipped_to_the_end_is_said_at_the_end() {
    let mut capture = Capture::default();
    capture.piece(ToServer, "field=value&other=1");
    capture.piece(ToServer, "GET");
    let seen = capture.observer.eof(ToServer);
    assert_eq!(lines(&seen), ["0..22 22 bytes not read"]);
    assert_eq!(capture.observer.eof(ToServer), [], "said once");
}

/// A first line may come in pieces, and is then not at the start of the last piece.
#[test]
fn a_head_is_found_over_several_pieces() {
    let mut capture = Capture::default();
    capture.piece(ToClient, "inside a body");
    assert_eq!(capture.piece(ToClient, "HT"), []);
    let seen = capture.piece(ToClient, "TP/1.1 204 No Content\r\n\r\n");
    assert_eq!(told(&seen), ["13 bytes not read", "204 No Content, no body (its request was not seen)"]);
    // The first piece could be the start of a first line, and is not: the next piece starts one.
    let mut capture = Capture::default();
    assert_eq!(capture.piece(ToClient, "HT"), []);
    let seen = capture.piece(ToClient, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(
        told(&seen),
        [
            "the first bytes are not the start of a message",
            "2 bytes not read",
            "204 No Content, no body (its request was not seen)"
        ]
    );
    // The same after the place was lost.
    let mut capture = Capture::default();
    capture.piece(ToServer, "\0");
    assert_eq!(capture.piece(ToServer, "some words"), []);
    let seen = capture.piece(ToServer, GET);
    assert_eq!(told(&seen), ["11 bytes not read", "GET / HTTP/1.1"]);
}

/// What is missing, in each framing that has content; and whether the reading goes on.
#[test]
fn a_gap_inside_a_body_is_counted() {
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nab";
    let close = "HTTP/1.1 200 OK\r\n\r\nab";
    for (begin, end, inside) in [
        (length, "ij", true),
        (chunked, "ij\r\n0\r\n\r\n", true),
        (close, "ij", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nab", "ij", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nab", "ij", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab", "ij", false),
        ("HTTP/1.1 200 OK\r\nContent-L", "ij", false),
    ] {
        let mut capture = Capture::default();
        capture.piece(ToServer, GET);
        capture.piece(ToClient, begin);
        capture.gap(ToClient, 6);
        let mut seen = capture.piece(ToClient, end);
        if begin == close {
            seen.extend(capture.observer.eof(ToClient));
        }
        let had = begin.len() as u64;
        assert_eq!(lost(&seen), [Lost::Gap { had, got: had + 6, inside }], "{begin:?}");
        let whole = seen.last().unwrap().what == What::End { content: 10, missing: 6 };
        assert_eq!(whole, inside, "{begin:?}: {seen:?}");
        if begin != close {
            // Either way the next response is read, and paired with the newest request.
            capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
            assert_eq!(asked(&seen), [method("HEAD")], "{begin:?}");
        }
    }
}

#[test]
fn a_gap_that_ends_a_body_exactly() {
    let mut capture = Capture::default();
    capture.piece(ToServer, GET);
    capture.piece(ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nab");
    capture.gap(ToClient, 6);
    capture.piece(ToServer, GET);
    let seen = capture.piece(ToClient, OK);
    assert_eq!(
        lines(&seen)[..3],
        [
            "40..46 6 bytes missing, from byte 40 of the stream; reading goes on after them",
            "46..46 end after 8 bytes of content, 6 of them missing",
            "46..84 200 OK, 2 bytes"
        ]
    );
}

/// The capture has only the beginning of each packet: the caller tells of the gap with no bytes after it, and the end
/// of the stream does not cut anything off.
#[test]
fn a_gap_that_nothing_follows() {
    for (begin, inside) in
        [("HTTP/1.1 200 OK\r\nContent-L", false), ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nab", true)]
    {
        let mut capture = Capture::default();
        capture.piece(ToServer, GET);
        capture.piece(ToClient, begin);
        capture.gap(ToClient, 6);
        let mut seen = capture.piece(ToClient, "");
        seen.extend(capture.observer.eof(ToClient));
        let had = begin.len() as u64;
        assert_eq!(lost(&seen), [Lost::Gap { had, got: had + 6, inside }], "{begin:?}");
    }
}

#[test]
fn a_gap_that_ends_a_chunk_exactly() {
    let mut capture = Capture::default();
    capture.piece(ToServer, GET);
    capture.piece(ToClient, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab");
    capture.gap(ToClient, 6);
    let seen = capture.piece(ToClient, "\r\n0\r\n\r\n");
    assert_eq!(told(&seen), ["6 bytes missing, from byte 52 of the stream; reading goes on after them"]);
    assert_eq!(seen.last().unwrap().what, What::End { content: 8, missing: 6 });
}

/// A response is missing as a whole. The next one answers the newest request, and not the oldest.
#[test]
fn a_gap_that_holds_a_whole_response() {
    let mut capture = Capture::default();
    capture.piece(ToServer, GET);
    capture.piece(ToClient, OK);
    capture.piece(ToServer, GET);
    capture.gap(ToClient, OK.len() as u64);
    capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let seen = capture.piece(ToClient, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(
        told(&seen),
        ["40 bytes missing, from byte 40 of the stream; looking for the next message", "200 OK, no body"]
    );
    assert_eq!(asked(&seen), [method("HEAD")]);
    assert_eq!(capture.observer.states().map(|state| state.to_string()), ["idle", "idle"]);
}

/// A request whose head was begun is a request; bytes that are missing between requests may hold any number.
#[test]
fn a_gap_in_the_requests() {
    let mut capture = Capture::default();
    capture.piece(ToServer, "GET / HTTP/1.1\r\nHos");
    capture.gap(ToServer, 100);
    let seen = capture.piece(ToServer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(lost(&seen), [Lost::Gap { had: 19, got: 119, inside: false }]);
    let seen = capture.piece(ToClient, format!("{OK}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"));
    assert_eq!(asked(&seen), [method("GET"), method("HEAD")]);
}

#[test]
fn a_message_that_is_cut_off() {
    let mut capture = Capture::default();
    capture.piece(ToServer, "GET / HTTP/1.1\r\nHost: a\r\n");
    let seen = capture.observer.eof(ToServer);
    assert!(matches!(&lost(&seen)[..], [Lost::Broken(refused)] if refused.reason == Reason::EndsEarly));
    let seen = capture.piece(ToClient, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 9\r\n\r\nabc");
    assert_eq!(asked(&seen), [method("GET")], "the request counts");
    let seen = capture.observer.eof(ToClient);
    let [Lost::Broken(refused)] = &lost(&seen)[..] else { panic!("{seen:?}") };
    assert_eq!(refused.reason, Reason::TruncatedBody { got: 3, want: Some(9) });
    assert_eq!((refused.offset, refused.what), (54, "response"));
}
