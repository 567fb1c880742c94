//! Our client and seven servers: whole pages, parts of them, pages that have not changed, bodies framed in each way,
//! and a connection that is used again as long as both sides agree.

use std::io::Read;

use barewire_http1::{Request, Version};
use flate2::read::GzDecoder;

use crate::need;
use crate::servers::{self, FILES, Server};
use crate::wire::{Answer, Wire};

const PAGE: &str = FILES[0].1;
const LONG: &str = FILES[1].1;

fn get(path: &str) -> Request {
    Request::get("localhost", path)
}

fn old(path: &str) -> Request {
    Request { version: Version { minor: 0 }, ..get(path) }
}

/// The files of a server that speaks HTTP/1.1, all over one connection.
fn files_of(server: &Server) {
    let mut wire = Wire::to(server);
    for _ in 0..3 {
        let answer = wire.get("/page.html");
        assert_eq!((answer.status, answer.rule, answer.keeps_open()), (200, 6, true), "{answer:?}");
        assert_eq!(String::from_utf8_lossy(&answer.body), PAGE);
    }
    let page = wire.get("/page.html");
    let head = wire.ask(&Request { method: "HEAD".into(), ..get("/page.html") }, b"");
    assert_eq!((head.status, head.rule, head.body.len()), (200, 1, 0), "{head:?}");
    assert_eq!(head.get("Content-Length"), PAGE.len().to_string(), "{head:?}");
    let part = wire.ask(&get("/page.html").with("Range", "bytes=6-13"), b"");
    assert_eq!((part.status, &part.body[..]), (206, &PAGE.as_bytes()[6..14]), "{part:?}");
    assert_eq!(part.get("Content-Range"), format!("bytes 6-13/{}", PAGE.len()));
    let beyond = wire.ask(&get("/page.html").with("Range", "bytes=9999-"), b"");
    assert_eq!((beyond.status, beyond.keeps_open()), (416, true), "{beyond:?}");
    let tag = page.get("ETag");
    let same = wire.ask(&get("/page.html").with("If-None-Match", tag.as_str()), b"");
    assert_eq!((same.status, same.rule, same.body.len()), (304, 1, 0), "{tag}: {same:?}");
    let missing = wire.get("/missing");
    assert_eq!(missing.status, 404, "{missing:?}");
    // All of that was one connection, and after "close" it ends.
    let last = wire.ask(&get("/page.html").with("Connection", "close"), b"");
    assert_eq!((last.status, last.keeps_open()), (200, false), "{last:?}");
    let refused = wire.exchange(&get("/page.html"), b"").expect_err("the connection is over");
    assert!(refused.to_string().contains("cannot take a request"), "{refused}");
}

/// HTTP/1.0: the connection ends with the answer, unless both sides say keep-alive.
fn old_clients_of(server: &Server, keeps: bool) {
    let answer = Wire::to(server).ask(&old("/page.html"), b"");
    assert_eq!((answer.status, answer.keeps_open()), (200, false), "{answer:?}");
    assert_eq!(String::from_utf8_lossy(&answer.body), PAGE);
    let mut wire = Wire::to(server);
    let answer = wire.ask(&old("/page.html").with("Connection", "keep-alive"), b"");
    assert_eq!((answer.status, answer.keeps_open()), (200, keeps), "{answer:?}");
    if keeps {
        assert_eq!(String::from_utf8_lossy(&wire.ask(&old("/page.html"), b"").body), PAGE);
    }
}

/// The content is still gzipped, byte for byte as another decoder wants it, and comes in chunks.
fn gzip_of(server: &Server) -> Answer {
    let mut wire = Wire::to(server);
    let answer = wire.ask(&get("/long.txt").with("Accept-Encoding", "gzip"), b"");
    assert_eq!((answer.status, answer.get("Content-Encoding").as_str()), (200, "gzip"), "{answer:?}");
    assert!(answer.body.len() < LONG.len() / 2, "{} bytes", answer.body.len());
    let mut text = String::new();
    GzDecoder::new(&answer.body[..]).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, LONG);
    assert_eq!(String::from_utf8_lossy(&wire.get("/long.txt").body), LONG, "and once more without");
    answer
}

/// PUT with a length, PUT in chunks, and what was put; then DELETE.
fn uploads_to(server: &Server) {
    let mut wire = Wire::to(server);
    for (name, chunked) in [("/put/a.txt", false), ("/put/b.txt", true)] {
        let mut put = Request::new("PUT", "localhost", name);
        if chunked {
            put = put.with("Transfer-Encoding", "chunked");
        }
        let answer = wire.ask(&put, LONG.as_bytes());
        assert_eq!((answer.status, answer.keeps_open()), (201, true), "{put}: {answer:?}");
        assert_eq!(String::from_utf8_lossy(&wire.get(name).body), LONG, "{put}");
        let gone = wire.ask(&Request::new("DELETE", "localhost", name), b"");
        assert_eq!((gone.status, gone.rule), (204, 1), "{gone:?}");
        assert_eq!(wire.get(name).status, 404);
    }
}

#[test]
fn nginx() {
    if !need::can_run("as_client::nginx", false, &["nginx"]) {
        return;
    }
    let server = servers::nginx();
    files_of(&server);
    old_clients_of(&server, true);
    assert_eq!(gzip_of(&server).rule, 4, "in chunks");
    uploads_to(&server);
    // The same in HTTP/1.0, which has no chunks: the end of the connection is the end of the body.
    let answer = Wire::to(&server).ask(&old("/long.txt").with("Accept-Encoding", "gzip"), b"");
    assert_eq!((answer.status, answer.rule, answer.keeps_open()), (200, 8, false), "{answer:?}");
    let not_allowed = Wire::to(&server).ask(&Request::new("POST", "localhost", "/page.html"), b"a=b");
    assert_eq!(not_allowed.status, 405);
}

#[test]
fn apache() {
    if !need::can_run("as_client::apache", false, &["apache2"]) {
        return;
    }
    let server = servers::apache();
    files_of(&server);
    old_clients_of(&server, true);
    gzip_of(&server);
    uploads_to(&server);
    let mut wire = Wire::to(&server);
    let options = wire.ask(&Request::new("OPTIONS", "localhost", "*"), b"");
    assert_eq!((options.status, options.body.len()), (200, 0), "{options:?}");
    // TRACE sends the request back: the head as we wrote it.
    let trace = wire.ask(&Request::new("TRACE", "localhost", "/").with("X-Mine", "1"), b"");
    let wanted = "TRACE / HTTP/1.1\r\nHost: localhost\r\nX-Mine: 1\r\n\r\n";
    assert_eq!(String::from_utf8_lossy(&trace.body), wanted);
}

#[test]
fn lighttpd() {
    if !need::can_run("as_client::lighttpd", false, &["lighttpd"]) {
        return;
    }
    let server = servers::lighttpd();
    files_of(&server);
    old_clients_of(&server, true);
}

#[test]
fn caddy() {
    if !need::can_run("as_client::caddy", false, &["caddy"]) {
        return;
    }
    let server = servers::caddy();
    files_of(&server);
    old_clients_of(&server, true);
    assert_eq!(gzip_of(&server).rule, 4, "in chunks");
}

#[test]
fn python() {
    if !need::can_run("as_client::python", false, &["python3"]) {
        return;
    }
    let server = servers::python();
    // It speaks HTTP/1.0, whatever it is asked.
    for request in [get("/page.html"), old("/page.html")] {
        let answer = Wire::to(&server).ask(&request, b"");
        assert_eq!((answer.status, answer.rule, answer.keeps_open()), (200, 6, false), "{answer:?}");
        assert_eq!(String::from_utf8_lossy(&answer.body), PAGE);
    }
    old_clients_of(&server, false);
}

/// What only node says, and the same through haproxy, which reads and writes it again.
#[test]
fn node_and_haproxy() {
    if !need::can_run("as_client::node_and_haproxy", false, &["node", "haproxy"]) {
        return;
    }
    for server in [servers::node(), servers::haproxy()] {
        let mut wire = Wire::to(&server);
        for _ in 0..3 {
            let answer = wire.get("/trailers");
            assert_eq!((answer.status, answer.rule, answer.keeps_open()), (200, 4, true), "{answer:?}");
            assert_eq!(String::from_utf8_lossy(&answer.body), "first second");
            assert_eq!(answer.trailers.get("X-Sum").as_deref(), Some("12"), "{answer:?}");
        }
        let empty = wire.get("/no-content");
        assert_eq!((empty.status, empty.rule, empty.keeps_open()), (204, 1, true), "{empty:?}");
        for chunked in [false, true] {
            let mut post = Request::new("POST", "localhost", "/echo");
            if chunked {
                post = post.with("Transfer-Encoding", "chunked");
            }
            let body = LONG.repeat(20);
            let answer = wire.ask(&post, body.as_bytes());
            assert_eq!((answer.status, answer.body == body.as_bytes()), (200, true), "{post}");
            assert!(answer.keeps_open(), "{answer:?}");
        }
        let bodiless = wire.ask(&Request { method: "HEAD".into(), ..get("/json") }, b"");
        assert_eq!((bodiless.status, bodiless.rule, bodiless.keeps_open()), (200, 1, true), "{bodiless:?}");
    }
    let closes = Wire::to(&servers::node()).get("/close");
    assert_eq!((closes.status, closes.keeps_open()), (200, false), "{closes:?}");
    assert_eq!(String::from_utf8_lossy(&closes.body), "until the end");
    assert_eq!(String::from_utf8_lossy(&Wire::to(&servers::haproxy()).get("/own").body), "haproxy");
}
