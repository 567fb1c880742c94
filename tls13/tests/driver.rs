//! The blocking driver, over a socket in memory with a rustls server at its other end.

mod common;

use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use barewire_tls13::{Client, Config, ConnectError, Error, Event, TlsStream};
use common::{Identity, rng};
use rustls::server::ServerConnection;

/// A socket whose other end is a rustls server: what is written it receives at once, what it has to say is read.
struct Socket {
    server: ServerConnection,
    /// What the server does after each time it has read.
    serve: fn(&mut ServerConnection),
    /// Bytes a read gives at most.
    piece: usize,
    waiting: Vec<u8>,
    /// Fail with this, once there is nothing to read.
    empty: Option<ErrorKind>,
    /// Fail every second write.
    clogged: Option<bool>,
    /// Fail every write: the peer has closed, and no longer takes anything.
    broken: bool,
}

impl Socket {
    fn new(identity: &Identity, serve: fn(&mut ServerConnection)) -> Socket {
        let server = ServerConnection::new(Arc::new(identity.server())).unwrap();
        Socket { server, serve, piece: 1_000, waiting: Vec::new(), empty: None, clogged: None, broken: false }
    }
}

impl Read for Socket {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.server.wants_write() {
            self.server.write_tls(&mut self.waiting)?;
        }
        if let (true, Some(kind)) = (self.waiting.is_empty(), self.empty) {
            return Err(kind.into());
        }
        let count = self.waiting.len().min(out.len()).min(self.piece);
        out[..count].copy_from_slice(&self.waiting[..count]);
        self.waiting.drain(..count);
        Ok(count)
    }
}

impl Write for Socket {
    fn write(&mut self, mut bytes: &[u8]) -> io::Result<usize> {
        if self.broken {
            return Err(ErrorKind::BrokenPipe.into());
        }
        if let Some(now) = &mut self.clogged {
            *now = !*now;
            if *now {
                return Err(ErrorKind::WouldBlock.into());
            }
            bytes = &bytes[..bytes.len().min(100)];
        }
        let count = self.server.read_tls(&mut bytes)?;
        let _ = self.server.process_new_packets();
        (self.serve)(&mut self.server);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn client(config: Config) -> Client {
    Client::new(Instant::now(), config, &mut rng()).unwrap()
}

/// Sends back what it is sent, then close_notify once the client has closed.
fn echo(server: &mut ServerConnection) {
    let mut data = Vec::new();
    let end = server.reader().read_to_end(&mut data);
    server.writer().write_all(&data).unwrap();
    if end.is_ok() {
        server.send_close_notify();
    }
}

#[test]
fn reads_and_writes_like_a_socket() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut stream = TlsStream::connect(Socket::new(&identity, echo), client(identity.client())).unwrap();
    assert_eq!(stream.summary().chain[0].names, [common::NAME]);
    let data: Vec<u8> = (0..200_000u32).map(|n| (n % 253) as u8).collect();
    let mut got = Vec::new();
    for part in data.chunks(20_000) {
        stream.write_all(part).unwrap();
        let mut back = vec![0; part.len()];
        stream.read_exact(&mut back).unwrap();
        got.extend(back);
    }
    assert!(got == data);
    stream.close().unwrap();
    assert_eq!(stream.read(&mut [0; 10]).unwrap(), 0);
    assert_eq!(stream.read(&mut [0; 10]).unwrap(), 0);
    assert_eq!(stream.write(b"late").unwrap_err().kind(), ErrorKind::BrokenPipe);
    let events: Vec<Event> = std::iter::from_fn(|| stream.client_mut().event()).collect();
    assert!(matches!(events[0], Event::HandshakeDone(_)), "{events:?}");
    assert_eq!(events.last(), Some(&Event::Closed), "{events:?}");
}

#[test]
fn an_end_without_close_notify_is_unexpected() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut stream = TlsStream::connect(Socket::new(&identity, |_| ()), client(identity.client())).unwrap();
    let error = stream.read(&mut [0; 10]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert!(matches!(inner, Error::Truncated { handshake_done: true, .. }), "{inner:?}");
}

#[test]
fn the_sockets_own_errors_keep_their_kind() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    for kind in [ErrorKind::TimedOut, ErrorKind::ConnectionReset, ErrorKind::WouldBlock] {
        let mut socket = Socket::new(&identity, echo);
        socket.empty = Some(kind);
        let mut stream = TlsStream::connect(socket, client(identity.client())).unwrap();
        assert_eq!(stream.read(&mut [0; 10]).unwrap_err().kind(), kind);
        // A timeout ends nothing: the connection goes on afterwards.
        stream.write_all(b"again").unwrap();
        let mut back = [0; 5];
        stream.read_exact(&mut back).unwrap();
        assert_eq!(&back, b"again");
    }
}

#[test]
fn a_connect_that_fails_says_which_side_failed() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut config = identity.client();
    config.server_name = "other.example.test".to_owned();
    match TlsStream::connect(Socket::new(&identity, |_| ()), client(config)) {
        Err(ConnectError::Tls(Error::Certificate(_))) => {}
        other => panic!("{other:?}", other = other.map(|_| ())),
    }
    struct Dead;
    impl Read for Dead {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(ErrorKind::TimedOut.into())
        }
    }
    impl Write for Dead {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    match TlsStream::connect(Dead, client(identity.client())) {
        Err(ConnectError::Io(error)) => assert_eq!(error.kind(), ErrorKind::TimedOut),
        other => panic!("{other:?}", other = other.map(|_| ())),
    }
}

#[test]
fn a_socket_that_takes_little_at_a_time_loses_nothing() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut stream = TlsStream::connect(Socket::new(&identity, |_| ()), client(identity.client())).unwrap();
    stream.socket_mut().clogged = Some(false);
    // Less than rustls keeps unread; in several records.
    let data: Vec<u8> = (0..15_000u32).map(|n| (n % 241) as u8).collect();
    let mut rest = &data[..];
    while !rest.is_empty() {
        match stream.write(&rest[..rest.len().min(4_000)]) {
            Ok(count) => rest = &rest[count..],
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
    while let Err(error) = stream.flush() {
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
    let mut got = Vec::new();
    let _ = stream.socket_mut().server.reader().read_to_end(&mut got);
    assert!(got == data, "{} bytes of {}", got.len(), data.len());
}

#[test]
fn data_before_an_error_is_read_before_the_error() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut socket = Socket::new(&identity, |_| ());
    socket.piece = usize::MAX;
    let mut stream = TlsStream::connect(socket, client(identity.client())).unwrap();
    let socket = stream.socket_mut();
    socket.server.writer().write_all(b"good").unwrap();
    while socket.server.wants_write() {
        socket.server.write_tls(&mut socket.waiting).unwrap();
    }
    socket.waiting.extend(b"\x17\x03\x03\x00\x20this will not open, 32 bytes.....");
    let mut out = [0; 10];
    assert_eq!(stream.read(&mut out).unwrap(), 4);
    let error = stream.read(&mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(error.to_string().contains("does not open"), "{error}");
}

/// A server may answer and close before it has read everything: a 413 to a large upload.
#[test]
fn an_answer_is_read_although_the_socket_takes_no_more() {
    let identity = Identity::new(&rcgen::PKCS_ED25519);
    let mut stream = TlsStream::connect(Socket::new(&identity, |_| ()), client(identity.client())).unwrap();
    let socket = stream.socket_mut();
    socket.server.writer().write_all(b"too large").unwrap();
    socket.server.send_close_notify();
    socket.broken = true;
    for _ in 0..2 {
        assert_eq!(stream.write(b"a long body").unwrap_err().kind(), ErrorKind::BrokenPipe);
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"too large");
    assert_eq!(stream.flush().unwrap_err().kind(), ErrorKind::BrokenPipe);
}
