//! Our own server of one page, for machines without nginx: the kernel's TCP, and a thread for each connection.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv6Addr, TcpListener, TcpStream};
use std::time::Duration;

use crate::lab::hosts::Host;
use crate::lab::threads;

/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many lines of a request are read before the answer.
const MOST_LINES: usize = 100;

/// The page that every web server of a lab has.
pub(super) fn page(host: &str, server: &str) -> String {
    format!(
        "<!doctype html>\n<title>It works</title>\n<p>This page comes from {server} at {host}, over real TCP.</p>\n"
    )
}

/// Starts it, and says what runs.
pub(super) fn start(host: &Host) -> io::Result<String> {
    let text = page(host.name(), "barewire");
    // It takes IPv4, too, unless the kernel was told otherwise (net.ipv6.bindv6only).
    let listener = host.try_inside(|| TcpListener::bind((Ipv6Addr::UNSPECIFIED, 80)))?;
    threads::start(move || {
        for stream in listener.incoming().flatten() {
            let text = text.clone();
            // If the system refuses a thread, the stream is dropped, and the client sees its connection closed.
            let _ = threads::start(move || drop(answer(stream, &text)));
        }
    })?;
    Ok("our own server on 80".to_string())
}

fn answer(mut stream: TcpStream, text: &str) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    for line in BufReader::new(stream.try_clone()?).lines().take(MOST_LINES) {
        if line?.is_empty() {
            break;
        }
    }
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )
}
