//! `barewire serve`: the two files of the page over HTTP/1.1, and what it says where there are none.

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{TempFolder, barewire};
use flate2::read::GzDecoder;

/// A server of a page of two small files, on a free port. It ends with the test.
struct Server {
    child: Child,
    port: u16,
    _folder: TempFolder,
}

const PAGE: &[u8] = b"<!doctype html><title>a page</title>";
const PROGRAM: &[u8] = b"\0asm\x01\0\0\0";

impl Server {
    fn start() -> Server {
        let folder = TempFolder::new();
        std::fs::write(folder.file("index.html"), PAGE).expect("a file");
        std::fs::write(folder.file("barewire.wasm"), PROGRAM).expect("a file");
        let root = folder.file("");
        let mut child = Command::new(env!("CARGO_BIN_EXE_barewire"))
            .args(["serve", "--port", "0", "--page", &root])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        Server { port: port.unwrap_or_else(|| panic!("no port in {line:?}")), child, _folder: folder }
    }

    /// Sends bytes, and reads until the server closes.
    fn answers(&self, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("an answer");
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        (String::from_utf8_lossy(&all[..end]).into_owned(), all.split_off(end))
    }

    fn get(&self, line: &str, more: &str) -> (String, Vec<u8>) {
        self.answers(&format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_and_its_program_are_served() {
    let server = Server::start();
    for (path, content_type, wanted) in
        [("/", "text/html; charset=utf-8", PAGE), ("/barewire.wasm?x", "application/wasm", PROGRAM)]
    {
        let (head, body) = server.get(&format!("GET {path}"), "");
        assert!(head.starts_with("HTTP/1.1 200 ") && body == wanted, "{path}: {head}{body:?}");
        assert!(head.contains(&format!("Content-Type: {content_type}\r\n")), "{path}: {head}");
        let (head, body) = server.get(&format!("GET {path}"), "Accept-Encoding: br, gzip;q=0.8\r\n");
        assert!(head.contains("Content-Encoding: gzip\r\n"), "{path}: {head}");
        let mut unpacked = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, wanted, "{path}");
    }
    let (head, body) = server.get("GET http://localhost/barewire.wasm", "");
    assert!(head.starts_with("HTTP/1.1 200 ") && body == PROGRAM, "{head}");
    let (head, body) = server.get("HEAD /", "");
    assert!(head.starts_with("HTTP/1.1 200 ") && body.is_empty(), "{head}{body:?}");
}

/// A connection carries one request after the other.
#[test]
fn connections_persist() {
    let server = Server::start();
    let (_, rest) = server.answers(
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /barewire.wasm HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    assert!(rest.ends_with(PROGRAM), "{}", String::from_utf8_lossy(&rest));
}

#[test]
fn other_requests_are_refused() {
    let server = Server::start();
    for (request, status) in [
        ("GET /../Cargo.toml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404),
        ("GET /.gitignore HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\nno field\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    ] {
        let (head, _) = server.answers(request);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {head}");
    }
    let (head, _) = server.get("GET /", "");
    assert!(head.starts_with("HTTP/1.1 200 "), "and it goes on: {head}");
}

/// RFC 9112 §9.6: an upload that nobody reads does not cost the client the answer.
#[test]
fn an_answer_arrives_though_the_upload_is_not_read() {
    let server = Server::start();
    let head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n";
    for _ in 0..5 {
        let (answer, _) = server.answers(&format!("{head}{}", "x".repeat(4_000_000)));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
}

#[test]
fn a_page_that_is_not_there_is_said() {
    let folder = TempFolder::new();
    let run = barewire(&["serve", "--page", &folder.file("nothing")]);
    assert!(run.code == Some(26) && run.stderr.contains("index.html"), "{run}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let page = Server::start();
    let run = barewire(&["serve", "--port", &port, "--page", &page._folder.file("")]);
    assert!(run.code == Some(2) && run.stderr.contains("--port chooses another"), "{run}");
}
