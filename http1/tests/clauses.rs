//! Heads by RFC clause: prose, bytes, and what they are read as. Then the sentences of the errors.

use barewire_dissect::{Lesson, Refused};
use barewire_http1::{Config, Headers, Reason, Tolerances, head};

/// `Ok`: the start line and the fields as text. `Err`: the offset, the rule and the reason.
type Outcome<'a> = Result<&'a str, (usize, &'a str)>;

fn request(bytes: &[u8], config: &Config) -> Result<String, Refused<Reason>> {
    let (head, length) = head::read_request(bytes, config)?;
    assert_eq!(length, bytes.len());
    let request = head.to_request();
    Ok(format!("{request} {:?}", request.headers))
}

fn response(bytes: &[u8], config: &Config) -> Result<String, Refused<Reason>> {
    let (head, length) = head::read_response(bytes, config)?;
    assert_eq!(length, bytes.len());
    let response = head.to_response();
    Ok(format!("{response} {:?}", response.headers))
}

fn check(prose: &str, bytes: &[u8], got: Result<String, Refused<Reason>>, wanted: Outcome<'_>) {
    let text = String::from_utf8_lossy(bytes);
    match (got, wanted) {
        (Ok(got), Ok(wanted)) => assert_eq!(got, wanted, "{prose}: {text:?}"),
        (Err(error), Err(wanted)) => {
            assert_eq!((error.offset, error.rule()), wanted, "{prose}: {text:?}: {error}");
        }
        (got, wanted) => panic!("{prose}: {text:?}\n wanted {wanted:?}\n    got {got:?}"),
    }
}

#[test]
fn requests() {
    let cases: [(&str, &[u8], Outcome<'_>); 35] = [
        ("§3: the common case", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", Ok("GET / HTTP/1.1 [Host: \"a\"]")),
        ("§3.1: methods are any token", b"M-SEARCH * HTTP/1.1\r\n\r\n", Err((9, "RFC 9112 §3.2"))),
        ("§3.1: methods are any token", b"p'tch! /x HTTP/1.1\r\n\r\n", Ok("p'tch! /x HTTP/1.1 []")),
        ("§3.2.1: origin-form", b"GET /a?b=c HTTP/1.0\r\n\r\n", Ok("GET /a?b=c HTTP/1.0 []")),
        ("§3.2.2: absolute-form", b"GET http://a/b HTTP/1.1\r\n\r\n", Ok("GET http://a/b HTTP/1.1 []")),
        ("§3.2.3: authority-form", b"CONNECT a:443 HTTP/1.1\r\n\r\n", Ok("CONNECT a:443 HTTP/1.1 []")),
        (
            "§3.2.3: authority-form with IPv6",
            b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n",
            Ok("CONNECT [::1]:443 HTTP/1.1 []"),
        ),
        ("§3.2.3: only for CONNECT", b"GET a:b/c HTTP/1.1\r\n\r\n", Ok("GET a:b/c HTTP/1.1 []")),
        ("§3.2.3: CONNECT takes no path", b"CONNECT /a HTTP/1.1\r\n\r\n", Err((8, "RFC 9112 §3.2"))),
        ("§3.2.4: asterisk-form", b"OPTIONS * HTTP/1.1\r\n\r\n", Ok("OPTIONS * HTTP/1.1 []")),
        ("§3.2: no whitespace in targets", b"GET /a b HTTP/1.1\r\n\r\n", Err((7, "RFC 9112 §2.3"))),
        ("§3.2: no relative targets", b"GET a HTTP/1.1\r\n\r\n", Err((4, "RFC 9112 §3.2"))),
        ("§3.2: ASCII only", b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", Err((5, "RFC 9112 §3.2"))),
        ("§3: one space", b"GET  / HTTP/1.1\r\n\r\n", Err((4, "RFC 9112 §3.2"))),
        ("§3: a space, no tab", b"GET\t/ HTTP/1.1\r\n\r\n", Err((3, "RFC 9112 §3"))),
        ("§3: no space after the version", b"GET / HTTP/1.1 \r\n\r\n", Err((14, "RFC 9112 §3"))),
        ("§3: no control byte after the version", b"GET / HTTP/1.1\x01\r\n\r\n", Err((14, "RFC 9112 §3"))),
        ("§2.3: HTTP in capitals", b"GET / http/1.1\r\n\r\n", Err((6, "RFC 9112 §2.3"))),
        ("§2.3: no HTTP/0.9", b"GET /\r\n\r\n", Err((5, "RFC 9112 §3.2"))),
        (
            "RFC 9110 §2.5: a higher minor version is read as 1.1",
            b"GET / HTTP/1.7\r\n\r\n",
            Ok("GET / HTTP/1.7 []"),
        ),
        ("RFC 9110 §2.5: another major version is not", b"GET / HTTP/2.0\r\n\r\n", Err((6, "RFC 9110 §2.5"))),
        ("§2.2: bare LF", b"GET / HTTP/1.1\nHost: a\r\n\r\n", Err((14, "RFC 9112 §2.2"))),
        ("§2.2: bare CR", b"GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", Err((20, "RFC 9112 §2.2"))),
        (
            "§2.2: space before the first field",
            b"GET / HTTP/1.1\r\n A: b\r\n\r\n",
            Err((16, "RFC 9112 §2.2")),
        ),
        (
            "§5: whitespace around values goes",
            b"GET / HTTP/1.1\r\nA: \t b c \t\r\n\r\n",
            Ok("GET / HTTP/1.1 [A: \"b c\"]"),
        ),
        (
            "§5: a value may be empty",
            b"GET / HTTP/1.1\r\nA:\r\nB: \r\n\r\n",
            Ok("GET / HTTP/1.1 [A: \"\", B: \"\"]"),
        ),
        ("§5.1: no space before the colon", b"GET / HTTP/1.1\r\nA : b\r\n\r\n", Err((17, "RFC 9112 §5.1"))),
        ("§5: a colon", b"GET / HTTP/1.1\r\nAb\r\n\r\n", Err((18, "RFC 9112 §5"))),
        ("§5: a name", b"GET / HTTP/1.1\r\n: b\r\n\r\n", Err((16, "RFC 9110 §5.6.2"))),
        ("§5.2: no folding in requests", b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", Err((22, "RFC 9112 §5.2"))),
        ("RFC 9110 §5.5: no NUL", b"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", Err((20, "RFC 9110 §5.5"))),
        ("RFC 9110 §5.5: no DEL", b"GET / HTTP/1.1\r\nA: 12345678\x7f\r\n\r\n", Err((27, "RFC 9110 §5.5"))),
        (
            "RFC 9110 §5.5: tabs inside, at every place of a word",
            b"GET / HTTP/1.1\r\nA: 1\t23456\t789\tabcdefg\th\r\n\r\n",
            Ok("GET / HTTP/1.1 [A: \"1\\t23456\\t789\\tabcdefg\\th\"]"),
        ),
        (
            "RFC 9110 §5.5: obs-text is kept",
            "GET / HTTP/1.1\r\nA: \u{e9}\r\n\r\n".as_bytes(),
            Ok("GET / HTTP/1.1 [A: \"\u{e9}\"]"),
        ),
        ("§8: cut off", b"GET / HTTP/1.1\r\nA: b\r\n", Err((22, "RFC 9112 §8"))),
    ];
    for (prose, bytes, wanted) in cases {
        check(prose, bytes, request(bytes, &Config::default()), wanted);
    }
}

#[test]
fn responses() {
    let cases: [(&str, &[u8], Outcome<'_>); 16] = [
        ("§4: the common case", b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", Ok("HTTP/1.1 200 OK [A: \"b\"]")),
        ("§4: an empty reason", b"HTTP/1.1 200 \r\n\r\n", Ok("HTTP/1.1 200  []")),
        ("§4: without its space, as many send it", b"HTTP/1.1 200\r\n\r\n", Ok("HTTP/1.1 200  []")),
        (
            "§4: a reason of several words",
            b"HTTP/1.0 404 Not Found here\r\n\r\n",
            Ok("HTTP/1.0 404 Not Found here []"),
        ),
        ("§4: three digits", b"HTTP/1.1 20 OK\r\n\r\n", Err((9, "RFC 9112 §4"))),
        ("§4: not four", b"HTTP/1.1 2000 OK\r\n\r\n", Err((12, "RFC 9112 §4"))),
        ("§4: a space before the status", b"HTTP/1.1\t200 OK\r\n\r\n", Err((8, "RFC 9112 §4"))),
        ("§4: DEL is a control byte", b"HTTP/1.1 200 \x7f\r\n\r\n", Err((13, "RFC 9112 §4"))),
        ("RFC 9110 §15: from 100", b"HTTP/1.1 099 OK\r\n\r\n", Err((9, "RFC 9112 §4"))),
        ("RFC 9110 §15: unknown classes pass", b"HTTP/1.1 999 No\r\n\r\n", Ok("HTTP/1.1 999 No []")),
        ("§2.3: not HTTP", b"SSH-2.0-x\r\n\r\n", Err((0, "RFC 9112 §2.3"))),
        ("§2.3: nor ICY", b"ICY 200 OK\r\n\r\n", Err((0, "RFC 9112 §2.3"))),
        (
            "§5.2: a client joins folded lines",
            b"HTTP/1.1 200 OK\r\nA: b \r\n\t c\r\nD: e\r\n\r\n",
            Ok("HTTP/1.1 200 OK [A: \"b c\", D: \"e\"]"),
        ),
        (
            "§5.2: also empty ones",
            b"HTTP/1.1 200 OK\r\nA: b\r\n \r\nD:\r\n e\r\n\r\n",
            Ok("HTTP/1.1 200 OK [A: \"b\", D: \"e\"]"),
        ),
        (
            "§2.2: but not before the first field",
            b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
            Err((17, "RFC 9112 §2.2")),
        ),
        ("§4: no control bytes in a reason", b"HTTP/1.1 200 O\x08K\r\n\r\n", Err((14, "RFC 9112 §4"))),
    ];
    for (prose, bytes, wanted) in cases {
        check(prose, bytes, response(bytes, &Config::default()), wanted);
    }
}

#[test]
fn tolerances() {
    let tolerate = Tolerances { bare_lf: true, obs_fold: true, ..Tolerances::default() };
    let config = Config { tolerate, ..Config::default() };
    let bytes = b"GET / HTTP/1.1\nA: b\n c\nD: e\r\n\n";
    check("LF and folds", bytes, request(bytes, &config), Ok("GET / HTTP/1.1 [A: \"b c\", D: \"e\"]"));
    let bytes = b"GET / HTTP/1.1\nA: b\rc\n\n";
    check("a bare CR never", bytes, request(bytes, &config), Err((19, "RFC 9112 §2.2")));
}

#[test]
fn errors_say_what_was_seen_where_and_which_rule() {
    let error = request(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", &Config::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "whitespace at byte 20 stands between a field name and its colon; \
         RFC 9112 §5.1 allows no whitespace there: two readers may find two different names"
    );
    let error = response(b"HTTP/1.1 200 OK\r\nPHP Warning: x\r\n\r\n", &Config::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the field name holds a space at byte 20; RFC 9110 §5.6.2 allows letters, digits and !#$%&'*+-.^_`|~"
    );
    let error = Refused { what: "request", offset: 0, reason: Reason::LengthAndCoding };
    assert_eq!(
        error.to_string(),
        "the message has both Content-Length and Transfer-Encoding, the last one at byte 0; \
         RFC 9112 §6.3 rule 3 calls it a sign of smuggling: two readers may end the body at different bytes"
    );
}

#[test]
fn headers_are_an_ordered_list_without_case() {
    let mut headers = Headers::new();
    headers.push("Via", "a");
    headers.push("X", "1");
    headers.push("via", "b, \"c,d\" ,, e");
    assert_eq!(headers.list("VIA"), ["a", "b", "\"c,d\"", "e"]);
    assert!(headers.has("via", "B") && !headers.has("via", "d\""));
    headers.set("vIA", "z");
    let names: Vec<&str> = headers.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["vIA", "X"]);
    headers.remove("x");
    assert_eq!((headers.len(), headers.get("X"), headers.get("via").as_deref()), (1, None, Some("z")));
}
