//! A thin blocking driver. [`TlsStream`] stands over anything that is [`Read`] and [`Write`], and is [`Read`] and
//! [`Write`] itself.
//!
//! It only moves bytes between the socket and the [`Client`]. Left out: timeouts; set them at the socket.
//! Tested in `tests/driver.rs`.

use std::fmt;
use std::io::{self, Read, Write};
use std::time::Instant;

use crate::client::{Client, Summary};
use crate::error::Error;

/// How much is read from the socket at once, in bytes: a record, its header and its tag.
const CHUNK: usize = 17 * 1024;

/// A TLS connection over `S`.
#[derive(Debug)]
pub struct TlsStream<S> {
    socket: S,
    client: Client,
    summary: Summary,
    buffer: Box<[u8]>,
    /// Records that the socket has not taken yet.
    pending: Pending,
}

#[derive(Debug, Default)]
struct Pending {
    bytes: Vec<u8>,
    sent: usize,
}

/// Why a connection could not be made.
#[derive(Debug)]
pub enum ConnectError {
    /// The socket failed.
    Io(io::Error),
    /// The handshake failed.
    Tls(Error),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectError::Io(error) => error.fmt(f),
            ConnectError::Tls(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConnectError::Io(error) => Some(error),
            ConnectError::Tls(error) => Some(error),
        }
    }
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> ConnectError {
        ConnectError::Io(error)
    }
}

impl From<Error> for ConnectError {
    fn from(error: Error) -> ConnectError {
        ConnectError::Tls(error)
    }
}

impl<S: Read + Write> TlsStream<S> {
    /// Takes the handshake to its end over a connected socket.
    ///
    /// # Errors
    /// [`ConnectError`]. When the handshake failed, the alert that says why has been sent, as far as the socket took
    /// it.
    pub fn connect(mut socket: S, mut client: Client) -> Result<TlsStream<S>, ConnectError> {
        let mut buffer = vec![0; CHUNK].into_boxed_slice();
        let mut pending = Pending::default();
        loop {
            pending.flush(&mut socket, &mut client)?;
            if let Some(summary) = client.summary() {
                let summary = summary.clone();
                return Ok(TlsStream { socket, client, summary, buffer, pending });
            }
            let count = match socket.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            if let Err(error) = feed(&mut client, &buffer[..count]) {
                // The handshake's error is the one to report, also when the socket does not take the alert.
                let _ = pending.flush(&mut socket, &mut client);
                return Err(ConnectError::Tls(error));
            }
        }
    }

    /// What the handshake agreed on, and what was proved.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The client inside.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The client inside, to ask for its events.
    pub fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// The socket below.
    pub fn socket(&self) -> &S {
        &self.socket
    }

    /// The socket below, to set its timeouts for example. Do not read from it or write to it: TLS would miss those
    /// bytes.
    pub fn socket_mut(&mut self) -> &mut S {
        &mut self.socket
    }

    /// Sends close_notify: this side writes no more data. Reading goes on.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn close(&mut self) -> io::Result<()> {
        self.client.close();
        self.pending.flush(&mut self.socket, &mut self.client)
    }

    /// Gives the socket back. No close_notify is sent; see [`close`](TlsStream::close).
    pub fn into_inner(self) -> S {
        self.socket
    }
}

/// Hands bytes that were read to the client. No bytes mean that the stream has ended.
fn feed(client: &mut Client, bytes: &[u8]) -> Result<(), Error> {
    let now = Instant::now();
    if bytes.is_empty() { client.receive_eof(now) } else { client.receive(now, bytes) }
}

fn as_io(error: Error) -> io::Error {
    let kind = match error {
        Error::Truncated { .. } => io::ErrorKind::UnexpectedEof,
        Error::NotWritable(_) => io::ErrorKind::BrokenPipe,
        _ => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, error)
}

impl Pending {
    /// Sends all that waits. Bytes that a failing socket did not take are kept for the next call.
    fn flush(&mut self, socket: &mut impl Write, client: &mut Client) -> io::Result<()> {
        loop {
            while self.sent < self.bytes.len() {
                match socket.write(&self.bytes[self.sent..]) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(count) => self.sent += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            self.sent = 0;
            match client.transmit(Instant::now()) {
                Some(bytes) => self.bytes = bytes,
                None => {
                    self.bytes.clear();
                    return socket.flush();
                }
            }
        }
    }
}

impl<S: Read + Write> Read for TlsStream<S> {
    /// Decrypted data. `Ok(0)` means that the server sent close_notify; a stream that ends without it is an
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) that carries [`Error::Truncated`].
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.client.read(out);
            if count > 0 || out.is_empty() || self.client.is_closed_by_peer() {
                return Ok(count);
            }
            // All data that came before the error has been read by now, so none is lost.
            if let Some(failure) = self.client.failure() {
                return Err(as_io(failure.clone()));
            }
            let count = self.socket.read(&mut self.buffer)?;
            // An error here is the client's failure. The next turn of the loop returns it, after the data that came
            // before.
            let _ = feed(&mut self.client, &self.buffer[..count]);
            // An answer to a KeyUpdate, or an alert. The server may take no more bytes and still have sent an answer,
            // such as a 413 to a large upload. So reading goes on, and the next write reports the error.
            let _ = self.pending.flush(&mut self.socket, &mut self.client);
        }
    }
}

impl<S: Read + Write> Write for TlsStream<S> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.pending.flush(&mut self.socket, &mut self.client)?;
        let part = &data[..data.len().min(crate::record::MAX_CONTENT)];
        self.client.write(part).map_err(as_io)?;
        match self.pending.flush(&mut self.socket, &mut self.client) {
            // The record is sealed and kept. The next call sends the rest of it.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(part.len()),
            result => result.map(|()| part.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pending.flush(&mut self.socket, &mut self.client)
    }
}
