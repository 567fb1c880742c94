//! The annotated tree of a message: every byte in one field, and the fields that were read before an error.

use barewire_dissect::{Lesson, TextStyle};
use barewire_http1::{Role, dissect};

static RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type:text/html \r\nFolded: a\r\n b\r\nEmpty:\r\n\
    Transfer-Encoding: chunked\r\n\r\n5;a=\"b\";c\r\nhello\r\n0\r\nDigest: x\r\n\r\n";

#[test]
fn every_byte_belongs_to_one_field() {
    let messages: [(Role, &[u8]); 8] = [
        (Role::Response, RESPONSE),
        (Role::Response, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        (Role::Response, b"HTTP/1.0 200\r\n\r\nuntil the close"),
        (Role::Response, b"HTTP/1.1 200 \r\n\r\n"),
        (Role::Request, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        (Role::Request, b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
        (Role::Request, b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (Role::Request, b"OPTIONS * HTTP/1.0\r\n\r\n"),
    ];
    for (role, bytes) in messages {
        let (length, tree) = dissect(role, bytes);
        assert_eq!(length, Ok(bytes.len()), "{:?}", String::from_utf8_lossy(bytes));
        tree.check_coverage()
            .unwrap_or_else(|error| panic!("{error}\n{}", tree.to_text(bytes, TextStyle::default())));
    }
}

#[test]
fn the_tree_names_what_stands_there() {
    let (_, tree) = dissect(Role::Response, RESPONSE);
    let value =
        |name| tree.find(name).and_then(|node| node.value.as_deref()).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(value("status line"), "HTTP/1.1 200 OK");
    assert_eq!(value("status code"), "200");
    assert_eq!(value("framing"), "chunked (RFC 9112 §6.3 rule 4: Transfer-Encoding: chunked)");
    assert_eq!(value("chunk-size"), "0x5 = 5");
    assert_eq!(value("chunk-ext"), ";a=\"b\"");
    let lines: Vec<&str> = tree
        .walk()
        .filter(|(_, node)| node.name == "field line")
        .map(|(_, node)| node.value.as_deref().unwrap())
        .collect();
    assert_eq!(lines.len(), 5, "four fields and a trailer: {lines:?}");
    assert_eq!(lines[0], "Content-Type: text/html");
    let data = tree.find("chunk-data").unwrap();
    assert_eq!(&RESPONSE[data.range.clone()], b"hello");
}

#[test]
fn what_was_read_before_an_error_stays() {
    let bytes = b"GET / HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n";
    let (result, tree) = dissect(Role::Request, bytes);
    let error = result.unwrap_err();
    assert_eq!((error.offset(), error.rule()), (28, "RFC 9110 §5.6.2"), "{error}");
    assert_eq!(tree.find("field line").unwrap().value.as_deref(), Some("Host: a"));
    assert!(!tree.find("header section").unwrap().complete);

    let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    let error = dissect(Role::Response, bytes).0.unwrap_err();
    assert_eq!((error.offset(), error.rule()), (bytes.len(), "RFC 9112 §8"), "{error}");
}
