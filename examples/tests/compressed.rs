//! `fetch --compressed`: bodies that others coded (`http1/tests/codings`), served by a few lines on the loopback
//! interface; and a page of the toy internet.

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use common::{Run, TempFolder, barewire};

/// A recorded body.
fn recorded(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../http1/tests/codings").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Answers one request with this head (without its empty line) and body.
fn serve(head: String, body: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length > 0) {
            request.extend(byte);
        }
        let answer = [head.as_bytes(), b"\r\n\r\n", &body].concat();
        // Small segments, so that the pieces are small, too.
        answer.chunks(100).try_for_each(|piece| stream.write_all(piece)).expect("a client that reads");
    });
    address
}

/// Fetches such an answer.
fn fetch(fields: &str, body: Vec<u8>, arguments: &[&str]) -> Run {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{fields}", body.len());
    let url = format!("http://{}/", serve(head, body));
    barewire(&[&["fetch", "--net", "os", &url], arguments].concat())
}

const SIZE: &str = "|%{size_download} %{exitcode}";

#[test]
fn each_coding_is_undone() {
    let text = String::from_utf8(recorded("text")).expect("text");
    for (file, coding) in [
        ("text.gz", "gzip"),
        ("members.gz", "x-gzip"),
        ("text.zlib", "deflate"),
        ("text.raw", "deflate"),
        ("text.br", "br"),
        ("text.zst", "ZSTD"),
        ("gzip_br", "gzip, br"),
        ("gzip_br", "gzip\r\nContent-Encoding: br"),
        ("text", "identity"),
    ] {
        let body = recorded(file);
        let length = body.len();
        let run = fetch(&format!("Content-Encoding: {coding}"), body, &["-sS", "--compressed", "-w", SIZE]);
        assert_eq!(run.stdout, format!("{text}|{length} 0"), "{file}: {run}");
    }
}

#[test]
fn without_the_flag_the_body_stays_as_it_came() {
    let body = recorded("text.gz");
    let run = fetch("Content-Encoding: gzip", body.clone(), &["-sS"]).succeeds();
    assert_eq!(run.stdout, String::from_utf8_lossy(&body));
    let run = fetch("Content-Encoding: gzip", body, &[]).succeeds();
    assert!(run.stdout.contains("    407 bytes, gzip; not undone, --compressed does that\n"), "{run}");
    assert!(run.stdout.contains("    407 bytes that are not text; -o FILE saves them\n"), "{run}");
}

#[test]
fn both_lengths_are_shown() {
    let run = fetch("Content-Encoding: gzip", recorded("text.gz"), &["--compressed"]).succeeds();
    assert!(run.stdout.contains("the body is 407 bytes: "), "{run}");
    assert!(run.stdout.contains("    407 bytes, gzip; 3,788 bytes undone\n"), "{run}");
    assert!(run.stdout.contains("    line 1: the quick brown fox"), "{run}");
    assert!(run.stdout.contains("more bytes; -o FILE saves them all\n"), "{run}");
    let run = fetch("Content-Encoding: deflate", recorded("text.raw"), &["--compressed"]).succeeds();
    assert!(run.stdout.contains("deflate, without the wrapper that RFC 9110 §8.4.1.2 wants; "), "{run}");

    let folder = TempFolder::new();
    let report = ["--compressed", "-s", "--report", "-", "-o", &folder.file("body")];
    let run = fetch("Content-Encoding: br", recorded("text.br"), &report).succeeds();
    assert!(run.stdout.contains(r#""body_bytes":253"#), "{run}");
    assert!(run.stdout.contains(r#""undone":{"bytes":3788,"codings":["br"]}"#), "{run}");
}

/// Transfer codings are of this message, not of the representation: they are undone whether somebody asks or not.
#[test]
fn transfer_codings_are_undone_always() {
    let text = String::from_utf8(recorded("text")).expect("text");
    let body = recorded("text.gz");
    let chunked = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked";
    for flags in [&["-sSv"][..], &["-sSv", "--compressed"]] {
        let url = format!("http://{}/", serve(head.to_owned(), chunked.clone()));
        let run = barewire(&[&["fetch", "--net", "os", &url], flags].concat()).succeeds();
        assert_eq!(run.stdout, text, "{run}");
        assert!(run.stderr.contains("* the content: 407 bytes, gzip; 3,788 bytes undone\n"), "{run}");
    }
    let until_close = "HTTP/1.1 200 OK\r\nTransfer-Encoding: deflate\r\nContent-Encoding: gzip";
    let url = format!("http://{}/", serve(until_close.to_owned(), recorded("text.zlib")));
    let run = barewire(&["fetch", "--net", "os", "-sS", &url]).succeeds();
    assert_eq!(run.stdout, text, "the content coding is left: here it is a lie: {run}");
}

#[test]
fn what_cannot_be_undone_is_exit_code_61() {
    let cut = recorded("text.gz")[..300].to_vec();
    let folder = TempFolder::new();
    for (coding, body, says) in [
        (
            "rot13",
            recorded("text.gz"),
            r#"the coding "rot13" is not known here (deflate, gzip, br, zstd are)"#,
        ),
        ("gzip", recorded("text.br"), "at byte 0 of the gzip data is not how gzip begins; RFC 1952 §2.3.1"),
        ("gzip", cut, "the gzip data ends early, at byte 300"),
        ("br", recorded("large_window.br"), "RFC 7932 §9.1 allows windows"),
        ("zstd", recorded("long_window.zst"), "RFC 9659 §3 allows 8 MiB"),
        ("br", recorded("bomb.br"), "hold more than 16,777,216 bytes of content"),
        ("br, br, br, br, br, br", recorded("text.br"), "more codings than the limit of 5"),
    ] {
        let flags = ["-sS", "--compressed", "-o", &folder.file("body"), "-w", SIZE];
        let run = fetch(&format!("Content-Encoding: {coding}"), body, &flags);
        assert_eq!(run.code, Some(61), "{coding}: {run}");
        assert!(run.stderr.contains("(61) ") && run.stderr.contains(says), "{coding}: {run}");
    }
    // Nothing is there that could not be undone.
    fetch("Content-Encoding: rot13", recorded("text"), &["-sS"]).succeeds();
    fetch("Content-Encoding: rot13", Vec::new(), &["-sS", "--compressed"]).succeeds();
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: rot13";
    let url = format!("http://{}/", serve(head.to_owned(), Vec::new()));
    barewire(&["fetch", "--net", "os", "-I", "--compressed", &url]).succeeds();
}

/// The body of a redirect goes nowhere, so nothing of it is undone.
#[test]
fn the_body_of_a_redirect_is_not_undone() {
    let page = serve("HTTP/1.1 200 OK\r\nContent-Length: 3788".to_owned(), recorded("text"));
    let fields = "Content-Length: 3\r\nContent-Encoding: rot13";
    let moved = serve(format!("HTTP/1.1 302 Found\r\n{fields}\r\nLocation: http://{page}/"), b"abc".to_vec());
    let url = format!("http://{moved}/");
    let run = barewire(&["fetch", "--net", "os", "-sS", "-L", "--compressed", &url]).succeeds();
    assert_eq!(run.stdout.len(), 3788, "{run}");
}

/// The story of the packets says it too: in the ladder, among the heads, and where a stream is followed.
#[test]
fn the_story_undoes_codings() {
    let folder = TempFolder::new();
    let capture = folder.file("coded.pcapng");
    let page = "https://www.example.test/chunked";
    let run = barewire(&["fetch", "--compressed", "-v", page, "--pcapng", &capture]).succeeds();
    let undone = " bytes, gzip; 220 bytes undone";
    assert_eq!(run.stdout.matches(undone).count(), 3, "ladder, heads, and what was proved: {run}");
    assert!(run.stdout.contains("* the content: "), "{run}");
    let read = barewire(&["read", &capture]).succeeds();
    assert!(read.stdout.contains(undone), "{read}");
    let follow = barewire(&["read", "--follow", "0", &capture]).succeeds();
    let text: String =
        (1..=5).map(|n| format!("< piece {n} of the page, sent when it was ready\n")).collect();
    assert!(follow.stdout.contains(&format!(" bytes, gzip; 220 bytes undone:\n{text}")), "{follow}");

    for (coding, body, says) in [
        ("gzip", recorded("text.gz")[..99].to_vec(), "99 bytes, gzip; the gzip data ends early, at byte 99"),
        ("rot13", recorded("text"), "3,788 bytes, rot13; the coding \"rot13\" is not known here"),
        ("br", vec![7; 131_073], "131,073 bytes, br; more than 131,072 are not undone here"),
        ("br", recorded("bomb.br"), "405 bytes, br; the first "),
    ] {
        let run = fetch(&format!("Content-Encoding: {coding}"), body, &["-v"]).succeeds();
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(says), "wanted {says}: {run}");
    }
}

#[test]
fn the_toy_internet_codes_pages_for_those_who_ask() {
    let at = |path: &str| format!("https://www.example.test{path}");
    for path in ["/", "/large", "/chunked", "/slow", "/close", "/trailers", "/bytes/0"] {
        let plain = barewire(&["fetch", "-sS", &at(path), "-w", SIZE]).succeeds();
        let coded = barewire(&["fetch", "-sS", "--compressed", &at(path), "-w", SIZE]).succeeds();
        let ([page, size], [undone, coded_size]) = [&plain, &coded].map(halves).into();
        assert_eq!(page, undone, "{path}");
        assert!(size != coded_size, "{path}: {size}, {coded_size}");
    }
    let run = barewire(&["fetch", "-s", "--compressed", "-I", &at("/large")]).succeeds();
    assert!(run.stdout.contains("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"), "{run}");
    let run = barewire(&["fetch", "-s", "-I", &at("/large")]).succeeds();
    assert!(!run.stdout.contains("Content-Encoding"), "{run}");
    let run = barewire(&["fetch", "-sS", "--compressed", "-L", &at("/redirect/1")]).succeeds();
    assert!(run.stdout.starts_with("<!doctype html>"), "{run}");
    let echo = barewire(&["fetch", "-sS", "--compressed", &at("/echo")]).succeeds();
    assert!(echo.stdout.contains("Accept-Encoding: deflate, gzip, br, zstd\n"), "{echo}");
    let other = ["fetch", "-sS", "--compressed", "-H", "Accept-Encoding: br", &at("/echo")];
    assert!(barewire(&other).succeeds().stdout.contains("Accept-Encoding: br\n"));
}

fn halves(run: &Run) -> [String; 2] {
    let (page, size) = run.stdout.rsplit_once('|').unwrap_or_else(|| panic!("{run}"));
    [page.to_owned(), size.to_owned()]
}

/// More than the decoder's own default of 1 GiB, in 66 members of 16 MiB each. It goes to its file piece by piece, as
/// with curl.
#[test]
fn content_that_is_not_held_may_be_long() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![0; 16 << 20]).expect("memory");
    let body = gzip.finish().expect("memory").repeat(66);
    let coded = body.len();
    let run = fetch("Content-Encoding: gzip", body, &["-sS", "--compressed", "-o", "/dev/null", "-w", SIZE]);
    assert_eq!(run.stdout, format!("|{coded} 0"), "{run}");
}
