//! One TCP connection to one server, for one question (RFC 7766).

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use socket2::{Domain, Protocol, Socket, Type};

use super::news::{News, is_not_ready};
use crate::framing::{Deframer, frame};
use crate::reason::bytes;
use crate::stub::Transmit;

pub(super) struct TcpConversation {
    pub(super) stream: TcpStream,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// When it was opened, for this question.
    pub(super) used: Instant,
    /// The question.
    pub(super) message: Vec<u8>,
    /// Whether a message has come. The server may close the connection then.
    pub(super) answered: bool,
    pub(super) is_open: bool,
    /// The message with its length, and how much of it the connection has taken.
    framed: Vec<u8>,
    written: usize,
    arrived: Deframer,
}

impl TcpConversation {
    /// Begins to connect. The message is written when the connection is there.
    pub(super) fn begin(transmit: &Transmit) -> io::Result<TcpConversation> {
        let framed =
            frame(&transmit.bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let remote = transmit.to;
        let socket = Socket::new(Domain::for_address(remote), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        match socket.connect(&remote.into()) {
            Ok(()) => {}
            Err(error) if is_on_its_way(&error) => {}
            Err(error) => return Err(in_words(error)),
        }
        let stream = TcpStream::from(socket);
        Ok(TcpConversation {
            local: stream.local_addr()?,
            stream,
            remote,
            used: Instant::now(),
            message: transmit.bytes.clone(),
            answered: false,
            is_open: false,
            framed,
            written: 0,
            arrived: Deframer::default(),
        })
    }

    /// Whether it waits for room to write, or for the connection, which a socket says in the same way.
    pub(super) fn is_to_write(&self) -> bool {
        self.written < self.framed.len()
    }

    /// Writes what can be written, and takes a message if all of it is there.
    pub(super) fn turn(&mut self, buffer: &mut [u8]) -> io::Result<News> {
        if !self.is_open && !self.has_opened()? {
            return Ok(News::None);
        }
        if self.is_to_write() {
            self.write()?;
            return Ok(if self.is_to_write() { News::None } else { News::Sent(self.message.clone()) });
        }
        self.read(buffer)
    }

    /// Whether the connection is there now.
    fn has_opened(&mut self) -> io::Result<bool> {
        if let Some(error) = self.stream.take_error()? {
            return Err(in_words(error));
        }
        // A socket without a peer is still connecting.
        self.is_open = self.stream.peer_addr().is_ok();
        if self.is_open {
            self.local = self.stream.local_addr()?;
        }
        Ok(self.is_open)
    }

    fn write(&mut self) -> io::Result<()> {
        while self.is_to_write() {
            match self.stream.write(&self.framed[self.written..]) {
                Ok(length) => self.written += length,
                Err(error) if is_not_ready(&error) => break,
                Err(error) => return Err(in_words(error)),
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<News> {
        loop {
            if let Some(message) = self.arrived.message() {
                self.answered = true;
                return Ok(News::Came(message));
            }
            match self.stream.read(buffer) {
                Ok(0) => return Err(self.closed()),
                Ok(length) => self.arrived.push(&buffer[..length]),
                Err(error) if is_not_ready(&error) => return Ok(News::None),
                Err(error) => return Err(in_words(error)),
            }
        }
    }

    fn closed(&self) -> io::Error {
        let why = match self.arrived.pending() {
            0 => "the server closed the connection without an answer".to_owned(),
            pending => {
                format!("the server closed the connection after {} of an unfinished message", bytes(pending))
            }
        };
        io::Error::new(io::ErrorKind::UnexpectedEof, why)
    }
}

/// What a socket that does not block says while it connects: EINPROGRESS, or WSAEWOULDBLOCK on Windows.
fn is_on_its_way(error: &io::Error) -> bool {
    let in_progress = rustix::io::Errno::INPROGRESS.raw_os_error();
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(in_progress)
}

/// What the kernel's error means.
fn in_words(error: io::Error) -> io::Error {
    let words = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "its host answered our SYN with a reset: nobody listens on that port (RFC 9293 §3.10.7.1)"
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "the server reset the connection",
        _ => return error,
    };
    io::Error::new(error.kind(), words)
}
