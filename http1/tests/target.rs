//! Request targets and the hosts in them: what is refused, at which byte, by the reader and by the writer.

use barewire_dissect::{Lesson, Refused};
use barewire_http1::{Config, Reason, Request, Tolerances, head, server, write};
use std::time::Instant;

/// What a server says of this request line and Host.
fn received(line: &str, host: &str) -> Result<(), Refused<Reason>> {
    let mut server = server::Connection::new(Config::default());
    server.receive(Instant::now(), format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).map(drop)
}

/// What our writer says of the same.
fn written(line: &str, host: &str) -> Result<(), Refused<Reason>> {
    let (method, target) = line.split_once(' ').unwrap();
    write::request_head(&Request::new(method, host, target), &mut Vec::new())
}

/// RFC 9110 §9.3.6: a server must refuse an empty or invalid port.
#[test]
fn connect_needs_a_host_and_a_port() {
    const PORT: &str = "RFC 9110 §9.3.6";
    const FORM: &str = "RFC 9112 §3.2";
    let cases = [
        ("a.test:443", None),
        ("[2001:db8::1]:443", None),
        ("192.0.2.1:65535", None),
        ("a.test", Some((14, PORT))),
        ("a.test:", Some((15, PORT))),
        ("a.test:0", Some((15, PORT))),
        ("a.test:65536", Some((15, PORT))),
        ("a.test:99999999999999999999", Some((15, PORT))),
        ("a.test:4x", Some((15, PORT))),
        ("a.test:+44", Some((15, PORT))),
        ("[::1]", Some((13, PORT))),
        ("[::1]:", Some((14, PORT))),
        ("[::1]443", Some((13, FORM))),
        (":443", Some((8, FORM))),
        ("[zz]:443", Some((8, FORM))),
        ("a:b@c.test:443", Some((10, PORT))),
        ("a@c.test:443", Some((9, FORM))),
    ];
    for (target, wanted) in cases {
        let line = format!("CONNECT {target}");
        let got = received(&line, "a.test").err();
        assert_eq!(got.as_ref().map(|got| (got.offset, got.rule())), wanted, "{line}: {got:?}");
        assert!(got.is_none_or(|got| got.reason.status_hint() == 400), "{line}");
        let got = written(&line, "a.test").err();
        assert_eq!(got.map(|got| got.offset), wanted.map(|(at, _)| at - 8), "our writer: {line}");
    }
}

/// RFC 3986 §3.3 and §3.4 name the characters of a path and a query; then those that browsers send beside them.
#[test]
fn the_characters_of_a_target() {
    let others = |byte: &u8| b"-._~!$&'()*+,;=:@/%".contains(byte) || b"[]|?".contains(byte);
    let in_path = |byte: &u8| byte.is_ascii_alphanumeric() || others(byte);
    let in_query = |byte: &u8| in_path(byte) || br"\^`{}".contains(byte);
    for byte in 0x21..0x7f {
        let places = [("/p", in_path(&byte)), ("/p?q", in_query(&byte)), ("http://a.test/p", in_path(&byte))];
        for (start, allowed) in places {
            let line = format!("GET {start}{}z", char::from(byte));
            let wanted = (!allowed).then_some((4 + start.len(), Reason::TargetByte(byte)));
            let got = received(&line, "a.test").err().map(|refused| (refused.offset, refused.reason));
            assert_eq!(got, wanted, "{line}");
            let got = written(&line, "a.test").err().map(|refused| refused.offset + 4);
            assert_eq!(got, wanted.map(|(at, _)| at), "our writer: {line}");
        }
    }
    let error = received("GET /a#b", "a.test").unwrap_err();
    assert_eq!(
        error.to_string(),
        "'#' at byte 6 stands in the request target; \
         RFC 9112 §3.2 allows only the characters of a URI without its fragment"
    );
    // Who wants to see what was really sent can.
    let tolerate = Tolerances { any_target_byte: true, ..Tolerances::default() };
    let config = Config { tolerate, ..Config::default() };
    let bytes = b"GET /<a>#\"b\" HTTP/1.1\r\n\r\n";
    assert_eq!(head::read_request(bytes, &config).unwrap().0.target(), "/<a>#\"b\"");
    assert_eq!(head::read_request(b"GET /\x7f HTTP/1.1\r\n\r\n", &config).unwrap_err().offset, 5);
}

/// RFC 9110 §7.2 and RFC 3986 §3.2.2. Each wrong value with its first wrong byte.
#[test]
fn host_is_the_authority_of_a_uri() {
    let good = [
        "a",
        "a.test:",
        "a.test:8080",
        "A_b~c.test",
        "192.0.2.1",
        "%41.test",
        "a!$&'()*+,;=b",
        "",
        "[::]",
        "[2001:db8::1]:80",
        "[::ffff:192.0.2.1]",
        "[v1f.a:b]",
    ];
    for host in good {
        assert_eq!(received("GET /", host), Ok(()), "{host:?}");
    }
    let bad = [
        ("[zz]", 0),
        ("a%", 1),
        ("a%4", 1),
        ("a%zz", 1),
        ("[::1", 0),
        ("[::1]x", 5),
        ("[]", 0),
        ("[::1::]", 0),
        ("[1:2:3:4:5:6:7:8:9]", 0),
        ("[fe80::1%25eth0]", 0),
        ("[v.a]", 0),
        ("[v1.]", 0),
        ("[192.0.2.1]", 0),
        ("::1", 0),
        ("a:b", 2),
        ("a:8 0", 2),
        ("a:-1", 2),
        ("a:65536", 2),
        ("a:0", 2),
        (":80", 0),
        ("a/b", 1),
        ("a b", 1),
        ("u@a", 1),
        ("u:p@a", 2),
        ("a,b c", 3),
        ("\u{e9}.test", 0),
        ("a\\b", 1),
        ("a]", 1),
    ];
    for (host, at) in bad {
        let got = received("GET /", host).unwrap_err();
        let wanted = (Reason::BadHost, "GET / HTTP/1.1\r\nHost: ".len() + at);
        assert_eq!((got.reason, got.offset), wanted, "{host:?}");
    }
}

/// RFC 9110 §4.2.1 and §4.2.4: http and https have a host, and no userinfo.
#[test]
fn the_authority_in_a_target_is_checked_too() {
    for target in
        ["http://a.test", "HTTPS://a.test:8443/b?c", "http://[::1]/", "urn:isbn:1", "ftp:///a", "a:b/c"]
    {
        assert_eq!(received(&format!("GET {target}"), "a.test"), Ok(()), "{target}");
    }
    let bad = [
        ("http://a.test:70000/", 14),
        ("http://u:p@a.test/", 9),
        ("http://u@a.test/", 8),
        ("http://[zz]/", 7),
        ("http:///a", 7),
        ("http:/a", 5),
        ("http://?a", 7),
        ("https:a", 6),
        ("http://a%/", 8),
        ("ftp://a|b/", 7),
    ];
    for (target, at) in bad {
        let got = received(&format!("GET {target}"), "a.test").unwrap_err();
        assert_eq!((got.reason, got.offset), (Reason::TargetAuthority, 4 + at), "{target}");
        assert_eq!(
            written(&format!("GET {target}"), "a.test").unwrap_err().offset,
            at,
            "our writer: {target}"
        );
    }
}

/// RFC 9112 §3.2.2: the host of an absolute-form counts, and Host is ignored. §3.3 for the other forms.
#[test]
fn whom_the_client_asks() {
    let cases = [
        ("GET /", "Host: a.test", "a.test", "/"),
        ("GET /", "host: a.test:8080", "a.test:8080", "/"),
        ("GET http://evil.test/x?y", "Host: good.test", "evil.test", "/x?y"),
        ("GET http://a.test", "Host: b.test", "a.test", "/"),
        ("GET http://a.test?q", "Host: b.test", "a.test", "/?q"),
        ("OPTIONS http://a.test:8001", "Host: b.test", "a.test:8001", "*"),
        ("OPTIONS *", "Host: a.test", "a.test", "*"),
        ("CONNECT a.test:443", "Host: b.test", "a.test:443", "a.test:443"),
        ("GET urn:isbn:1", "Host: a.test", "", "/isbn:1"),
        ("GET /", "X: y", "", "/"),
        ("GET /", "Host:", "", "/"),
        ("GET /", "Host: a b", "", "/"),
    ];
    for (line, field, wanted, origin_form) in cases {
        let bytes = format!("{line} HTTP/1.1\r\n{field}\r\n\r\n");
        let (head, _) = head::read_request(bytes.as_bytes(), &Config::default()).unwrap();
        assert_eq!(head.authority(), wanted, "{line}, {field}");
        let request = head.to_request();
        assert_eq!((request.authority(), &*request.origin_form()), (wanted, origin_form), "{line}, {field}");
    }
}
