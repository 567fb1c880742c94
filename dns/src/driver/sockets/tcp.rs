//! One TCP connection to one server, for one question (RFC 7766).

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::wait::{is_timeout, limit};
use crate::framing::{Deframer, frame};
use crate::reason::bytes;

pub(super) struct TcpConversation {
    stream: TcpStream,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    arrived: Deframer,
    /// Whether a message has come. The server may close the connection then.
    pub(super) answered: bool,
}

impl TcpConversation {
    /// Connects. The connection must be open by `deadline`.
    pub(super) fn open(remote: SocketAddr, deadline: Instant) -> io::Result<TcpConversation> {
        let left = deadline.saturating_duration_since(Instant::now());
        let stream = TcpStream::connect_timeout(&remote, left.max(Duration::from_millis(1)))?;
        stream.set_nodelay(true)?;
        let local = stream.local_addr()?;
        Ok(TcpConversation { stream, local, remote, arrived: Deframer::default(), answered: false })
    }

    /// Writes the length of a message and the message. All of it must be written by `deadline`.
    pub(super) fn send(&mut self, message: &[u8], deadline: Instant) -> io::Result<()> {
        let framed = frame(message).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        self.stream.set_write_timeout(limit(deadline.saturating_duration_since(Instant::now())))?;
        self.stream.write_all(&framed)
    }

    /// A message, if the last piece of one comes within `wait`.
    pub(super) fn receive(&mut self, wait: Duration) -> io::Result<Option<Vec<u8>>> {
        let until = Instant::now() + wait;
        let mut piece = [0; 4096];
        loop {
            if let Some(message) = self.arrived.message() {
                self.answered = true;
                return Ok(Some(message));
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.stream.set_read_timeout(limit(left))?;
            match self.stream.read(&mut piece) {
                Ok(0) => return Err(self.closed()),
                Ok(length) => self.arrived.push(&piece[..length]),
                Err(error) if is_timeout(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn closed(&self) -> io::Error {
        let pending = bytes(self.arrived.pending());
        let why = format!("the server closed the connection after {pending} of an unfinished message");
        io::Error::new(io::ErrorKind::UnexpectedEof, why)
    }
}
