//! The writer refuses header injection, and everything that a reader would understand in another way.

use barewire_http1::{Body, Config, Headers, Kind, Request, Response, client, head, write};
use proptest::prelude::*;

fn refused(request: &Request) -> String {
    let mut connection = client::Connection::new(Config::default());
    let error = connection.request(request, Body::None).unwrap_err();
    assert_eq!(error.reason.kind(), Kind::Misuse, "{request:?}");
    assert_eq!(connection.transmit(std::time::Instant::now()), None, "nothing of it was sent: {request:?}");
    error.to_string()
}

#[test]
fn nobody_can_add_a_line() {
    let get = || Request::get("example.test", "/");
    let text = refused(&get().with("X", "a\r\nEvil: b"));
    assert_eq!(
        text,
        "the field value with CR at byte 1 was not sent; RFC 9110 §5.5 names the danger: \
         text with a line end in it can add a field or a message"
    );
    for value in ["a\nb", "a\rb", "a\0b", "\r\n\r\nGET /", "a\x7f", " a", "a\t", " "] {
        refused(&get().with("X", value));
    }
    for name in ["", "X:", "X Y", "X\r\nEvil", "X\0", "\u{e9}"] {
        refused(&get().with(name, "a"));
    }
    for target in ["", "/ HTTP/1.1\r\nX: y", "/a b", "/\u{e9}", "/a#b", "a", "/\n"] {
        refused(&Request::get("example.test", target));
    }
    for method in ["", "GET /", "G\r\nT", "G(T"] {
        refused(&Request::new(method, "example.test", "/"));
    }
    for host in ["a/b", "a b", "a@b", "a:b", "[::1", "a\r\nX: y"] {
        refused(&Request::get(host, "/"));
    }
    refused(&get().with("Host", "other.test"));
    refused(&get().with("Content-Length", "5"));
    refused(&get().with("Content-Length", "0").with("Transfer-Encoding", "chunked"));
    refused(&Request { headers: Headers::new(), ..get() });
}

#[test]
fn responses_are_checked_too() {
    let bad = [
        Response { reason: "OK\r\nX: y".into(), ..Response::new(200) },
        Response::new(99),
        Response::new(1000),
        Response::new(200).with("X", "a\nb"),
    ];
    for response in bad {
        let mut out = b"before".to_vec();
        assert!(write::response_head(&response, &mut out).is_err(), "{response:?}");
        assert_eq!(out, b"before", "nothing of it was written");
    }
}

/// The clause is that of the part, and not that of field values alone.
#[test]
fn each_part_names_its_own_clause() {
    let response = |reason: &str| Response { reason: reason.into(), ..Response::new(200) };
    for (response, wanted) in [
        (response("OK\r\nX: y"), "the reason phrase with CR at byte 2 was not sent; RFC 9112 §4 ends"),
        (Response::new(99), "the status code was not sent: it is empty or malformed; RFC 9112 §4 wants"),
        (
            Response::new(200).with("X Y", "a"),
            "the field name with a space at byte 1 was not sent; RFC 9110 §5.1",
        ),
        (
            Response::new(200).with("X", "a\nb"),
            "the field value with LF at byte 1 was not sent; RFC 9110 §5.5 names",
        ),
        (
            Response::new(200).with("X", "a b "),
            "the field value with a space at byte 3 was not sent; RFC 9110 §5.5 takes",
        ),
    ] {
        let error = write::response_head(&response, &mut Vec::new()).expect_err("refused").to_string();
        assert!(error.starts_with(wanted), "wanted {wanted:?}, got {error:?}");
    }
    let method = refused(&Request::new("G(T", "example.test", "/"));
    assert!(method.starts_with("the method with '(' at byte 1 was not sent; RFC 9112 §3.1"), "{method}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    /// Any bytes in any part: refused, or read back exactly as they were meant, by us and by httparse.
    #[test]
    fn what_is_written_is_what_is_read(
        name in "[ -~]{0,6}|[a-zA-Z-]{1,8}|\\PC{0,4}",
        value in proptest::collection::vec(prop_oneof![5 => 0x20u8..0x7f, 1 => any::<u8>()], 0..20),
        target in "/[ -~]{0,8}",
    ) {
        let request = Request::get("example.test", target).with(name, value);
        let mut bytes = Vec::new();
        if write::request_head(&request, &mut bytes).is_ok() {
            let (read, length) = head::read_request(&bytes, &Config::default()).expect("we read what we wrote");
            prop_assert_eq!(length, bytes.len());
            prop_assert_eq!(read.to_request(), request.clone());
            let mut fields = [httparse::EMPTY_HEADER; 4];
            let mut other = httparse::Request::new(&mut fields);
            prop_assert!(other.parse(&bytes).expect("httparse reads what we wrote").is_complete());
            prop_assert_eq!(other.path, Some(request.target.as_str()));
            prop_assert_eq!(other.headers.len(), 2, "not one field more");
            prop_assert_eq!(other.headers[1].value, &request.headers.iter().nth(1).unwrap().value[..]);
        }
    }
}

/// RFC 9112 §3.2: Host is the authority of the target URI. In an absolute-form both are there.
#[test]
fn a_request_names_one_host() {
    let ask = |host: &str, method: &str, target: &str| {
        let mut connection = client::Connection::new(Config::default());
        connection.request(&Request::new(method, host, target), Body::None).map(|_| ())
    };
    assert_eq!(ask("A.test", "GET", "http://a.test/"), Ok(()));
    assert_eq!(ask("", "GET", "urn:isbn:1"), Ok(()));
    // RFC 9110 §9.3.6 has this example.
    assert_eq!(ask("server.example.com", "CONNECT", "server.example.com:80"), Ok(()));
    let error = ask("good.test", "GET", "http://evil.test/").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request was not sent: Host is missing, wrong, or not the host in the target; \
         RFC 9112 §3.2 wants exactly one valid Host, the one of the target URI"
    );
    let error = ask("a", "GET", "/a#b").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the request target with '#' at byte 2 was not sent; \
         RFC 9112 §3.2 allows only the characters of a URI, in the form that fits the method"
    );
    for (host, target) in
        [("good.test", "http://evil.test/"), ("a.test", "http://a.test:81/"), ("a", "urn:b")]
    {
        let error = ask(host, "GET", target).unwrap_err();
        assert_eq!(error.reason.kind(), Kind::Misuse, "{host} {target}: {error}");
    }
}
