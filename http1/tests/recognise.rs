//! Is it HTTP/1.x? Asked of the first bytes of many protocols.

use barewire_http1::observe::Direction::{ToClient, ToServer};
use barewire_http1::observe::Recognised::{self, Http2, No, NotYet, Yes};
use barewire_http1::observe::looks_like_http1;

/// What a client sends first.
const REQUESTS: [(&str, &[u8], Recognised); 30] = [
    ("GET", b"GET / HTTP/1.1\r\n", Yes),
    ("GET, not even its line", b"GET /a-long-target-that-goes-on-in-the-next-seg", Yes),
    ("an empty line first, RFC 9112 §2.2", b"\r\nGET / HTTP/1.1\r\n", Yes),
    ("to a proxy", b"GET http://a.test/ HTTP/1.1\r\n", Yes),
    ("CONNECT", b"CONNECT a.test:443 HTTP/1.1\r\n", Yes),
    ("asterisk-form", b"OPTIONS * HTTP/1.0\r\n", Yes),
    ("a method of WebDAV, RFC 4918", b"PROPFIND /dav HTTP/1.1\r\n", Yes),
    ("broken: the space is missing", b"CCM_POST/ HTTP/1.1\n", Yes),
    ("broken: LF alone", b"GET / HTTP/1.1\n", Yes),
    ("broken: version 3", b"GET / HTTP/3.0\r\n", Yes),
    ("HTTP/0.9: no version", b"GET /\r\n", Yes),
    ("nothing yet", b"", NotYet),
    ("an empty line and nothing yet", b"\r\n\r", NotYet),
    ("half a method", b"PO", NotYet),
    ("a method", b"GET ", NotYet),
    ("a control byte in the method", b"GE\x7fT / HTTP/1.1\r\n", No),
    ("half a line to a proxy", b"GET http://a.test/ HTTP/1.", NotYet),
    ("HTTP/2, RFC 9113 §3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Http2),
    ("half of HTTP/2's preface", b"PRI * HTTP/2", NotYet),
    ("TLS", b"\x16\x03\x01\x02\x00\x01", No),
    ("SMTP", b"EHLO mail.example.test\r\n", No),
    ("FTP", b"USER anonymous\r\n", No),
    ("IRC", b"NICK ada\r\n", No),
    ("RTSP", b"OPTIONS rtsp://a.test/ RTSP/1.0\r\n", No),
    ("SIP", b"OPTIONS sip:a@b.test SIP/2.0\r\n", No),
    ("SSH", b"SSH-2.0-OpenSSH_9.2p1\r\n", No),
    ("MQTT", b"\x10\x0c\x00\x04MQTT", No),
    ("a form's fields", b"name=ada&age=36 and HTTP/1.1 in the text\r\n", No),
    ("JSON", b"{\"a\": 1}", No),
    ("DNS over TCP", b"\x00\x1d\x12\x34\x01\x00", No),
];

/// What a server sends first.
const RESPONSES: [(&str, &[u8], Recognised); 13] = [
    ("200", b"HTTP/1.1 200 OK\r\n", Yes),
    ("1.0", b"HTTP/1.0 404 ", Yes),
    ("broken: no status code", b"HTTP/1.1 abc\r\n", Yes),
    ("half a version", b"HTTP", NotYet),
    ("nothing yet", b"", NotYet),
    ("HTTP/2 SETTINGS, RFC 9113 §6.5", b"\0\0\x12\x04\0\0\0\0\0\0\x03", Http2),
    ("half of it", b"\0\0\x12\x04", NotYet),
    ("not SETTINGS", b"\0\0\x12\x05\0\0\0\0\0\0", No),
    ("SMTP", b"220 mail.example.test ESMTP\r\n", No),
    ("FTP", b"220 ready\r\n", No),
    ("RTSP", b"RTSP/1.0 200 OK\r\n", No),
    ("SSH", b"SSH-2.0-OpenSSH_9.2p1\r\n", No),
    ("a page", b"<html>", No),
];

#[test]
fn first_bytes_of_many_protocols() {
    for (what, bytes, wanted) in REQUESTS {
        assert_eq!(looks_like_http1(bytes, ToServer), wanted, "a client: {what}");
    }
    for (what, bytes, wanted) in RESPONSES {
        assert_eq!(looks_like_http1(bytes, ToClient), wanted, "a server: {what}");
    }
}

/// More bytes never change an answer, and `NotYet` ends.
#[test]
fn an_answer_stays() {
    for (direction, cases) in [(ToServer, &REQUESTS[..]), (ToClient, &RESPONSES[..])] {
        for (what, bytes, _) in cases {
            let answers = (0..=bytes.len()).map(|length| looks_like_http1(&bytes[..length], direction));
            let mut answered: Vec<Recognised> = answers.filter(|answer| *answer != NotYet).collect();
            answered.dedup();
            assert!(answered.len() <= 1, "{direction}, {what}: {answered:?}");
        }
    }
    let long = vec![b'x'; 8 << 10];
    assert_eq!(looks_like_http1(&long, ToServer), No, "a line is not read for ever");
}
