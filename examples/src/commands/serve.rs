//! `barewire serve`: the page, served on this machine by the server side of our own HTTP/1.1.
//!
//! The page is two files, `index.html` and `barewire.wasm`, which `web/build.sh` makes. A program that is built after
//! that has them inside. Tested in `tests/serve.rs`.

mod files;

use std::io::{self, Read as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use barewire_http1::driver::{Error, answer, next_request};
use barewire_http1::server::Connection;
use barewire_http1::{Config, Request, Response};

use super::output::{complain, print};
use crate::cli::ServeArgs;
use crate::failure::{Failure, Step};
use files::Files;

/// Connections at one time. A browser opens six.
const WORKERS: usize = 8;
/// How long a connection may be silent.
const PATIENCE: Duration = Duration::from_secs(5);
/// What errors are.
const PLAIN: &str = "text/plain; charset=utf-8";
/// Bytes of a request's body: a page asks with none.
const MOST_BODY: usize = 1024;

/// Runs the command: serves until it is stopped.
///
/// # Errors
/// [`Failure`]: there is no page to serve, or the port is taken.
pub fn run(args: &ServeArgs) -> Result<u8, Failure> {
    let files = match &args.page {
        Some(folder) => Files::in_folder(folder)?,
        None => Files::inside()?,
    };
    let taken = |error: io::Error| {
        let port = args.port;
        Failure::new(Step::Usage, format!("port {port}: {error}; --port chooses another, 0 takes a free one"))
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(taken)?;
    let port = listener.local_addr().map_err(taken)?.port();
    print(&format!(
        "the page is at http://127.0.0.1:{port}/ for browsers on this machine; Ctrl+C ends it\n"
    ))?;
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| work(&listener, &files));
        }
    });
    Ok(0)
}

/// Takes one connection after the other, for as long as the program runs.
fn work(listener: &TcpListener, files: &Files) {
    for stream in listener.incoming() {
        if let Err(error) = stream.map_err(Error::from_io).and_then(|stream| serve(stream, files)) {
            complain(&format!("a connection ended early: {error}"));
        }
    }
}

/// Answers the requests of a connection.
fn serve(mut stream: TcpStream, files: &Files) -> Result<(), Error> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut connection = Connection::new(Config::default());
    loop {
        let request = match next_request(&mut stream, &mut connection, MOST_BODY) {
            Ok(Some((request, _))) => request,
            Ok(None) => return Ok(()),
            // Silence between two requests is how most connections end.
            Err(Error::Io(error)) if is_silence(&error) => return Ok(()),
            Err(Error::Http(refused)) => {
                let response = Response::new(refused.reason.status_hint()).with("Content-Type", PLAIN);
                answer(&mut stream, &mut connection, &response, format!("{refused}\n").as_bytes())?;
                return Ok(close_in_stages(&mut stream)?);
            }
            Err(error) => return Err(error),
        };
        let (response, body) = respond(&request, files);
        if !answer(&mut stream, &mut connection, &response, &body)? {
            return Ok(close_in_stages(&mut stream)?);
        }
    }
}

/// RFC 9112 §9.6: first our side is closed, and then what the client still sends is thrown away. If the socket were
/// closed with bytes that nobody read, the kernel would send RST, and the client could lose our answer.
fn close_in_stages(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let begun = Instant::now();
    let mut buffer = [0; 16 << 10];
    // Whatever goes wrong now, the answer is sent.
    while begun.elapsed() < PATIENCE && stream.read(&mut buffer).is_ok_and(|length| length > 0) {}
    Ok(())
}

fn is_silence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::ConnectionReset
    )
}

/// The path of a target. A proxy's client sends the whole URL (RFC 9112 §3.2.2), and a server takes that too.
fn path_of(target: &str) -> &str {
    let after_scheme =
        target.strip_prefix("http://").map(|rest| rest.find('/').map_or("/", |at| &rest[at..]));
    after_scheme.unwrap_or(target).split('?').next().unwrap_or_default()
}

/// The answer to a request.
fn respond(request: &Request, files: &Files) -> (Response, Vec<u8>) {
    let plain =
        |status, text: &str| (Response::new(status).with("Content-Type", PLAIN), text.as_bytes().to_vec());
    if !["GET", "HEAD"].contains(&request.method.as_str()) {
        let (response, body) = plain(405, "a page is read, not changed\n");
        return (response.with("Allow", "GET, HEAD"), body);
    }
    let path = path_of(&request.target);
    let Some(file) = files.at(path) else { return plain(404, "there is / and nothing else\n") };
    let response = Response::new(200)
        .with("Content-Type", file.content_type)
        .with("Cache-Control", "no-cache")
        .with("X-Content-Type-Options", "nosniff")
        .with("Vary", "Accept-Encoding");
    let accepts = request.headers.get("Accept-Encoding").unwrap_or_default();
    match accepts.split(',').any(|coding| coding.split(';').next().unwrap_or_default().trim() == "gzip") {
        true => (response.with("Content-Encoding", "gzip"), file.packed.clone()),
        false => (response, file.bytes.clone()),
    }
}
