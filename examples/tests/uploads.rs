//! Bodies that are read while they are sent: over the loopback against servers that echo, refuse, redirect or fail, and
//! over the toy internet.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use common::scripted::{Does, Scripted, answer};
use common::{Run, TempFolder, barewire};

/// Bytes that look random and are the same each time (Knuth's linear congruential generator).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// A file with these bytes.
fn file(folder: &TempFolder, bytes: &[u8]) -> String {
    let path = folder.file("upload");
    std::fs::write(&path, bytes).expect("a file");
    path
}

fn over_os(arguments: &[&str]) -> Run {
    barewire(&[&["fetch", "--net", "os", "-sS"], arguments].concat())
}

/// A server that sends each byte back as it comes. It reads no further before that was taken: a client that only writes
/// stands still, as soon as all buffers on the way are full.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a connection");
        let mut to = stream.try_clone().expect("a clone");
        let mut from = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            from.read_line(&mut line).expect("a line");
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().expect("a length");
            }
            if line == "\r\n" {
                break;
            }
        }
        write!(to, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")
            .expect("room");
        let mut buffer = [0; 16 << 10];
        let mut left: usize = length;
        while left > 0 {
            let most = left.min(buffer.len());
            let read = from.read(&mut buffer[..most]).expect("bytes");
            to.write_all(&buffer[..read]).expect("room");
            left -= read;
        }
    });
    address
}

#[test]
fn an_echo_of_40_megabytes_does_not_stand_still() {
    let folder = TempFolder::new();
    let bytes = noise(40 << 20);
    let (upload, output) = (file(&folder, &bytes), folder.file("echo"));
    let format = "%{size_upload} %{size_download}";
    let run =
        over_os(&["-T", &upload, "-o", &output, "-w", format, &format!("http://{}/", echo())]).succeeds();
    assert_eq!(run.stdout, format!("{0} {0}", bytes.len()), "{run}");
    assert!(std::fs::read(&output).expect("a file") == bytes, "the echo differs");
}

#[test]
fn the_same_over_the_toy_internet() {
    let folder = TempFolder::new();
    // The toy server takes bodies up to a mebibyte.
    let bytes = noise(1_000_000);
    let (upload, output) = (file(&folder, &bytes), folder.file("echo"));
    let url = "https://www.example.test/echo";
    let run = barewire(&["fetch", "-sS", "-T", &upload, "-o", &output, "-w", "%{size_upload}", url]);
    assert_eq!(run.succeeds().stdout, bytes.len().to_string());
    let echo = std::fs::read(&output).expect("a file");
    assert!(echo.ends_with(&bytes), "the echo differs");
    let head = String::from_utf8_lossy(&echo[..echo.len() - bytes.len()]).into_owned();
    assert!(head.contains("Expect: 100-continue\n") && head.contains("Content-Length: 1000000\n"), "{head}");
}

#[test]
fn standard_input_goes_out_in_chunks() {
    let server = Scripted::new(|_| Does::Says(answer("201 Created", "", "")));
    for length in [0, 1, 3 << 20] {
        let bytes = noise(length);
        let words =
            ["fetch", "--net", "os", "-sS", "-T", "-", "-w", "%{http_code} %{size_upload}", &server.url("/")];
        let run = Run::with_input(&words, &bytes).succeeds();
        assert_eq!(run.stdout, format!("201 {length}"), "{run}");
        let heard = server.heard().pop().expect("a request");
        assert_eq!(heard.field("Transfer-Encoding"), Some("chunked"));
        assert!(heard.body == bytes, "{length} bytes differ");
    }
    let run = Run::with_input(&["fetch", "-sS", "-0", "-T", "-", "https://www.example.test/"], b"x");
    assert_eq!(run.code, Some(2), "HTTP/1.0 has no chunks: {run}");
}

/// RFC 9110 §10.1.1: a server that refuses says so before it has read the body, and nothing of it is sent.
#[test]
fn a_server_that_refuses_gets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).expect("a head");
            stream
                .write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno\n")
                .expect("room");
            // The rest is read, so that no reset destroys the answer.
            std::io::copy(&mut stream, &mut std::io::sink()).expect("the end");
        }
    });
    let folder = TempFolder::new();
    let upload = file(&folder, &noise(8 << 20));
    let url = format!("http://{address}/");
    let run = over_os(&["-T", &upload, "-w", "%{http_code} %{size_upload}", &url]).succeeds();
    assert_eq!(run.stdout, "no\n413 0", "{run}");
    // Without Expect the body is on its way, and ends when the refusal comes.
    let run =
        over_os(&["-T", &upload, "-H", "Expect:", "-w", "%{http_code} %{size_upload}", &url]).succeeds();
    let sent: usize = run.stdout.trim_start_matches("no\n413 ").parse().expect("a number");
    assert!(sent < 8 << 20, "{run}");
}

/// A file is read again; standard input cannot be, and curl's exit code for that is 65.
#[test]
fn a_body_that_is_sent_again() {
    let moves = || {
        Scripted::new(|heard| match heard.line() {
            "PUT /here" => Does::Says(answer("307 Temporary Redirect", "Location: /there\r\n", "")),
            _ => Does::Says(answer("200 OK", "", "done\n")),
        })
    };
    let folder = TempFolder::new();
    let bytes = noise(200_000);
    let upload = file(&folder, &bytes);
    let server = moves();
    over_os(&["-L", "-T", &upload, &server.url("/here")]).succeeds();
    let bodies: Vec<bool> = server.heard().iter().map(|one| one.body == bytes).collect();
    assert_eq!(bodies, [true, true]);
    let server = moves();
    let words = ["fetch", "--net", "os", "-sS", "-L", "-T", "-", &server.url("/here")];
    let run = Run::with_input(&words, &bytes);
    assert!(run.code == Some(65) && run.stderr.contains("standard input cannot be read twice"), "{run}");
    assert_eq!(server.heard().len(), 1);
    let server = Scripted::new(|heard| match heard.number {
        0 => Does::Says(answer("503 Service Unavailable", "", "")),
        _ => Does::Says(answer("200 OK", "", "")),
    });
    over_os(&["--retry", "1", "--retry-delay", "0.001", "-T", &upload, &server.url("/")]).succeeds();
    assert!(server.heard().iter().all(|one| one.body == bytes) && server.heard().len() == 2);
}

#[test]
fn a_short_body_is_sent_with_its_head() {
    let server = Scripted::new(|_| Does::Says(answer("200 OK", "", "")));
    let folder = TempFolder::new();
    let bytes = noise((1 << 20) + 1);
    for length in [1 << 20, bytes.len()] {
        let upload = file(&folder, &bytes[..length]);
        over_os(&["--data-binary", &format!("@{upload}"), &server.url("/")]).succeeds();
    }
    let run = over_os(&["-T", &folder.file("nothing"), &server.url("/")]);
    assert_eq!(run.code, Some(26), "{run}");
    let heard = server.heard();
    assert_eq!(heard.len(), 2);
    // The border is that of curl 7.88.1: a body of more than a mebibyte waits for a word of the server.
    assert!(heard[0].body == bytes[..1 << 20] && heard[0].field("Expect").is_none());
    assert!(heard[1].body == bytes && heard[1].field("Expect") == Some("100-continue"));
}

/// Standard input can be read once: each of several URLs gets the same, as with curl, or nothing is sent.
#[test]
fn standard_input_goes_to_each_url() {
    let urls = ["https://www.example.test/echo", "https://www.example.test/echo?second"];
    for flag in ["-d", "--json", "--data-binary"] {
        let run =
            Run::with_input(&[&["fetch", "-sS", flag, "@-"][..], &urls].concat(), b"from stdin").succeeds();
        assert_eq!(run.stdout.matches("from stdin").count(), 2, "{run}");
        assert_eq!(run.stdout.matches("Content-Length: 10").count(), 2, "{run}");
    }
    let run = Run::with_input(&[&["fetch", "-sS", "-T", "-", "-T", "-"], &urls[..]].concat(), b"from stdin");
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run}");
    assert!(run.stderr.contains("cannot be read twice"), "{run}");
}

/// RFC 9110 §10.1.1: after 417 a client should repeat its request without the expectation. curl does, too.
#[test]
fn a_refused_expectation_is_left_out() {
    let server = Scripted::new(|heard| match heard.field("Expect") {
        Some(_) => Does::Ends(answer("417 Expectation Failed", "", "not like this")),
        None => Does::Says(answer("201 Created", "", "")),
    });
    let folder = TempFolder::new();
    let upload = file(&folder, b"the body");
    let run =
        over_os(&["-T", &upload, "-f", "-w", "%{http_code} %{num_redirects}", &server.url("/")]).succeeds();
    assert_eq!(run.stdout, "201 0", "{run}");
    let heard = server.heard();
    assert_eq!((heard.len(), heard[1].body.as_slice()), (2, &b"the body"[..]), "{heard:?}");
    // What is asked for on the command line goes the same way.
    let run = over_os(&["-d", "x", "-H", "Expect: 100-continue", &server.url("/")]).succeeds();
    assert_eq!((run.stdout.as_str(), server.heard().len()), ("", 4), "{run}");
}

/// A user who asks for chunks gets them, also where the length is known. curl does the same.
#[test]
fn chunks_can_be_asked_for() {
    let server = Scripted::new(|_| Does::Says(answer("201 Created", "", "")));
    let folder = TempFolder::new();
    let upload = file(&folder, b"the body");
    over_os(&["-T", &upload, "-H", "Transfer-Encoding: chunked", &server.url("/")]).succeeds();
    let heard = server.heard().pop().expect("a request");
    assert_eq!((heard.field("Transfer-Encoding"), heard.field("Content-Length")), (Some("chunked"), None));
    assert_eq!(heard.body, b"the body");
}
