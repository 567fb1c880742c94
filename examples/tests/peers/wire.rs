//! One connection to a server over a socket of the kernel, and exchanges on it through `barewire_http1::driver`.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use barewire_http1::driver::{self, Error};
use barewire_http1::{Config, Headers, Persistence, Request, client};

use crate::servers::Server;

/// A connection to a server.
pub(crate) struct Wire {
    pub(crate) stream: TcpStream,
    pub(crate) connection: client::Connection,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The 1xx responses before it.
    pub(crate) interim: Vec<u16>,
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    /// The number of the rule of RFC 9112 §6.3 by which it was framed.
    pub(crate) rule: u8,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Headers,
    pub(crate) end: Option<Persistence>,
}

impl Answer {
    pub(crate) fn keeps_open(&self) -> bool {
        self.end.is_some_and(Persistence::keeps_open)
    }

    pub(crate) fn get(&self, name: &str) -> String {
        self.headers.get(name).unwrap_or_default().to_string()
    }
}

impl Wire {
    pub(crate) fn to(server: &Server) -> Wire {
        let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit");
        Wire { stream, connection: client::Connection::new(Config::default()) }
    }

    pub(crate) fn exchange(&mut self, request: &Request, body: &[u8]) -> Result<Answer, Error> {
        let (head, framing, mut reader) =
            driver::exchange(&mut self.stream, &mut self.connection, request, body)?;
        let mut content = Vec::new();
        if !reader.is_tunnel() {
            reader.read_to_end(&mut content).map_err(Error::from_io)?;
        }
        Ok(Answer {
            interim: reader.informational().iter().map(|one| one.status).collect(),
            status: head.status,
            headers: head.headers,
            rule: framing.rule,
            body: content,
            trailers: reader.trailers().clone(),
            end: reader.end(),
        })
    }

    /// The answer, which must come.
    pub(crate) fn ask(&mut self, request: &Request, body: &[u8]) -> Answer {
        self.exchange(request, body).unwrap_or_else(|error| panic!("{request}: {error}"))
    }

    /// The answer to a GET.
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask(&Request::get("localhost", path), b"")
    }
}
