//! The blocking helpers: over real sockets, and over streams that misbehave to order.

use std::io::{self, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use barewire_http1::driver::{self, Error};
use barewire_http1::{Body, Config, Kind, Limits, Reason, Request, Response, client, server};

/// A stream that reads from a script and then fails or ends.
struct Scripted {
    input: Cursor<Vec<u8>>,
    then: Option<io::ErrorKind>,
    written: Vec<u8>,
    /// How many bytes it takes before it breaks.
    takes: usize,
}

impl Read for Scripted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // One byte at a time: nothing may hang on how reads are cut.
        let length = out.len().min(1);
        match (self.input.read(&mut out[..length])?, self.then) {
            (0, Some(kind)) => Err(kind.into()),
            (length, _) => Ok(length),
        }
    }
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.takes.checked_sub(self.written.len()) {
            None | Some(0) => Err(io::ErrorKind::BrokenPipe.into()),
            Some(left) => self.written.write(&bytes[..bytes.len().min(left)]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn fetch(script: &[u8], then: Option<io::ErrorKind>) -> Result<(u16, Vec<u8>), Error> {
    let mut stream =
        Scripted { input: Cursor::new(script.to_vec()), then, written: Vec::new(), takes: usize::MAX };
    let mut connection = client::Connection::new(Config::default());
    let request = Request::get("example.test", "/");
    let (response, _, mut body) = driver::exchange(&mut stream, &mut connection, &request, b"")?;
    Ok((response.status, body.read_all()?))
}

/// What kind of error it was: one of HTTP's, or else one of the stream's.
type Ended = Result<Kind, io::ErrorKind>;

/// What the stream gives, how it then fails (or ends), and what the error is to be.
type Case<'a> = (&'a [u8], Option<io::ErrorKind>, Ended);

fn kind(error: &Error) -> Ended {
    match error {
        Error::Http(error) => Ok(error.reason.kind()),
        Error::Io(error) => Err(error.kind()),
    }
}

#[test]
fn ends_of_all_kinds_can_be_told_apart() {
    use io::ErrorKind::{ConnectionReset, TimedOut, UnexpectedEof};
    let length = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab";
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab";
    let until_close = b"HTTP/1.1 200 OK\r\n\r\nab";
    let cases: [Case<'_>; 12] = [
        (b"", None, Ok(Kind::Empty)),
        (b"", Some(UnexpectedEof), Ok(Kind::Empty)),
        (b"", Some(TimedOut), Err(TimedOut)),
        (b"HTTP/1.1 200", None, Ok(Kind::Truncated)),
        (b"HTTP/1.1 200", Some(ConnectionReset), Err(ConnectionReset)),
        (b"SSH-2.0", None, Ok(Kind::Broken)),
        (length, None, Ok(Kind::Truncated)),
        (length, Some(TimedOut), Err(TimedOut)),
        (chunked, None, Ok(Kind::Truncated)),
        (chunked, Some(UnexpectedEof), Ok(Kind::Truncated)),
        (until_close, Some(UnexpectedEof), Ok(Kind::Truncated)),
        (until_close, Some(ConnectionReset), Err(ConnectionReset)),
    ];
    for (script, then, wanted) in cases {
        let error = fetch(script, then).expect_err("it ends badly");
        assert_eq!(kind(&error), wanted, "{:?} then {then:?}: {error}", String::from_utf8_lossy(script));
    }
    assert_eq!(fetch(until_close, None).unwrap(), (200, b"ab".to_vec()));
    let whole = [&length[..], b"c"].concat();
    assert_eq!(
        fetch(&whole, Some(UnexpectedEof)).unwrap(),
        (200, b"abc".to_vec()),
        "whole before the bad end"
    );
}

#[test]
fn content_before_an_error_is_not_lost() {
    let script = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nGARBAGE";
    let mut stream = Scripted {
        input: Cursor::new(script.to_vec()),
        then: Some(io::ErrorKind::TimedOut),
        written: vec![],
        takes: usize::MAX,
    };
    let mut connection = client::Connection::new(Config::default());
    let request = Request::get("example.test", "/");
    let (_, framing, mut body) = driver::exchange(&mut stream, &mut connection, &request, b"").unwrap();
    assert_eq!((framing.body, framing.rule), (Body::Chunked, 4));
    let mut content = Vec::new();
    let error = body.read_to_end(&mut content).unwrap_err();
    assert_eq!(content, b"abc");
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    match Error::from_io(error) {
        Error::Http(error) => assert_eq!(error.reason, Reason::ChunkSize(b'G')),
        Error::Io(error) => panic!("the reason was lost: {error}"),
    }
}

/// RFC 9110 §9.3.6: after 2xx to CONNECT the stream belongs to the caller. Bytes that came with the response are read
/// first.
#[test]
fn a_tunnel_gives_the_bytes_that_came_with_the_response() {
    let mut stream = Cursor::new(b"HTTP/1.1 200 Connected\r\n\r\n\x16\x03".to_vec());
    let mut connection = client::Connection::new(Config::default());
    let request = Request::new("CONNECT", "b.test:443", "b.test:443");
    // A cursor that is written to moves on: the request goes into the same buffer, in front of the response.
    let sent = "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n";
    stream.get_mut().splice(..0, sent.bytes());
    let (response, framing, mut body) =
        driver::exchange(&mut stream, &mut connection, &request, b"").unwrap();
    assert_eq!((response.status, framing.rule, body.is_tunnel()), (200, 2, true));
    assert_eq!(body.read_all().unwrap(), b"\x16\x03");
    assert_eq!(body.end(), None, "a tunnel has no end that HTTP knows");
}

/// Our client against our server, over the kernel's TCP.
#[test]
fn a_conversation_on_one_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let served = thread::spawn(move || -> Result<usize, Error> {
        let (mut stream, _) = listener.accept()?;
        let mut connection = server::Connection::new(Config::default());
        let mut count = 0;
        while let Some((request, body)) = driver::next_request(&mut stream, &mut connection, 1 << 20)? {
            count += 1;
            let mut response = Response::new(200).with("X-Method", request.method.clone());
            if request.target == "/chunked" {
                response = response.with("Transfer-Encoding", "chunked");
            }
            let content = if body.is_empty() { b"hello".repeat(20_000) } else { body };
            if !driver::answer(&mut stream, &mut connection, &response, &content)? {
                break;
            }
        }
        Ok(count)
    });
    let mut stream = TcpStream::connect(address).unwrap();
    // Rather a failure than a test that hangs.
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut connection = client::Connection::new(Config::default());
    let big = vec![7u8; 300_000];
    let asks = [
        (Request::get("localhost", "/"), vec![], 6),
        (Request::get("localhost", "/chunked"), vec![], 4),
        (Request::new("HEAD", "localhost", "/"), vec![], 1),
        (Request::new("POST", "localhost", "/").with("Expect", "100-continue"), big.clone(), 6),
        (Request::new("PUT", "localhost", "/").with("Transfer-Encoding", "chunked"), big.clone(), 6),
        (Request::get("localhost", "/").with("Connection", "close"), vec![], 6),
    ];
    for (request, send, rule) in &asks {
        let (response, framing, mut body) =
            driver::exchange(&mut stream, &mut connection, request, send).unwrap();
        assert_eq!((response.status, framing.rule), (200, *rule), "{request}");
        assert_eq!(response.headers.get("X-Method").as_deref(), Some(request.method.as_str()));
        let content = body.read_all().unwrap();
        let wanted = match request.method.as_str() {
            "HEAD" => vec![],
            "GET" => b"hello".repeat(20_000),
            _ => send.clone(),
        };
        assert!(content == wanted, "{request}: {} bytes, wanted {}", content.len(), wanted.len());
        let end = body.end().unwrap();
        assert_eq!(end.keeps_open(), !request.headers.contains("Connection"), "{request}: {end}");
    }
    assert_eq!(served.join().unwrap().unwrap(), asks.len());
}

#[test]
fn a_body_larger_than_wanted_is_refused_with_413() {
    let script = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n01234567890123456789".to_vec();
    let mut stream =
        Scripted { input: Cursor::new(script), then: None, written: Vec::new(), takes: usize::MAX };
    let mut connection = server::Connection::new(Config::default());
    let Err(Error::Http(error)) = driver::next_request(&mut stream, &mut connection, 10) else { panic!() };
    assert_eq!(error.reason.status_hint(), 413);
    let goes_on = driver::answer(&mut stream, &mut connection, &Response::new(413), b"too much").unwrap();
    assert!(!goes_on, "the rest of the body would be read as a request");
    assert!(stream.written.starts_with(b"HTTP/1.1 413 Content Too Large\r\n"));
}

/// RFC 9110 §10.1.1: a client that waits for 100 is not told to send what nobody will read.
#[test]
fn a_body_larger_than_wanted_is_not_asked_for() {
    let script = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 20\r\n\r\n".to_vec();
    let mut stream =
        Scripted { input: Cursor::new(script), then: None, written: Vec::new(), takes: usize::MAX };
    let mut connection = server::Connection::new(Config::default());
    let Err(Error::Http(error)) = driver::next_request(&mut stream, &mut connection, 19) else { panic!() };
    assert_eq!((error.reason.status_hint(), stream.written.len()), (413, 0), "{error}");
}

/// The connection breaks while the request's body goes out: what the server said before is what counts, and only if it
/// said nothing the break itself.
#[test]
fn an_answer_that_came_before_the_connection_broke_is_read() {
    const BROKE: Ended = Err(io::ErrorKind::BrokenPipe);
    let answer = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let cases: [(&[u8], Option<io::ErrorKind>, Option<Ended>); 5] = [
        (answer, None, None),
        (b"", None, Some(BROKE)),
        (b"", Some(io::ErrorKind::ConnectionReset), Some(BROKE)),
        // TLS passes on an alert in this way: certificate_required, when the server asks for a certificate of the
        // client.
        (b"", Some(io::ErrorKind::InvalidData), Some(Err(io::ErrorKind::InvalidData))),
        (b"SSH-2.0-OpenSSH\r\n\r\n", None, Some(Ok(Kind::Broken))),
    ];
    for (script, then, wanted) in cases {
        let mut stream = Scripted { input: Cursor::new(script.to_vec()), then, written: vec![], takes: 100 };
        let mut connection = client::Connection::new(Config::default());
        let request = Request::new("POST", "example.test", "/");
        let got = driver::exchange(&mut stream, &mut connection, &request, &[7; 1000]);
        let got = got.map(|(response, ..)| response.status);
        match wanted {
            None => assert_eq!(got.unwrap(), 413),
            Some(wanted) => assert_eq!(kind(&got.unwrap_err()), wanted, "{script:?}, then {then:?}"),
        }
    }
}

/// RFC 9110 §8.6: Content-Length in a 304 response is that of a 200 response to the same request, which nobody knows
/// here.
#[test]
fn an_answer_without_content_says_no_length() {
    for (status, wanted) in [
        (304, "HTTP/1.1 304 Not Modified\r\n\r\n"),
        (204, "HTTP/1.1 204 No Content\r\n\r\n"),
        (200, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let mut connection = server::Connection::new(Config::default());
        connection.receive(std::time::Instant::now(), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut stream = Vec::new();
        assert!(driver::answer(&mut stream, &mut connection, &Response::new(status), b"").unwrap());
        assert_eq!(String::from_utf8(stream).unwrap(), wanted);
    }
}

/// What one read gives at once. Before each read a signal interrupts.
struct Whole {
    input: Cursor<Vec<u8>>,
    interrupted: bool,
}

impl Read for Whole {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted { Err(io::ErrorKind::Interrupted.into()) } else { self.input.read(out) }
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// RFC 9112 §9.2, however much of a body the caller lets wait: bytes after it are not lost in the driver.
#[test]
fn bytes_after_the_body_are_told_to_the_connection() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
    for unread in [1, 4, usize::MAX] {
        for more in [&b""[..], answer] {
            let mut stream = Whole { input: Cursor::new([&answer[..], more].concat()), interrupted: false };
            let limits = Limits { unread, ..Limits::default() };
            let mut connection = client::Connection::new(Config { limits, ..Config::default() });
            let request = Request::get("example.test", "/");
            let (_, _, mut body) = driver::exchange(&mut stream, &mut connection, &request, b"").unwrap();
            assert_eq!(body.read_all().unwrap(), b"body");
            assert_eq!(connection.is_ready(), more.is_empty(), "{unread}, and {} bytes more", more.len());
        }
    }
}

#[test]
fn a_signal_does_not_end_the_reading_of_a_request() {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    let mut stream = Whole { input: Cursor::new(request), interrupted: false };
    let mut connection = server::Connection::new(Config::default());
    let (request, _) = driver::next_request(&mut stream, &mut connection, 10).unwrap().expect("a request");
    assert_eq!(request.target, "/");
}
