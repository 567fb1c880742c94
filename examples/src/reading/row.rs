//! What one packet says, layer by layer.

use std::time::Duration;

use barewire_http1::{Request, Response};

/// The highest layer of a [`Line`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Neither of the others.
    Ip,
    /// A DNS message.
    Dns,
    /// A TCP segment with nothing of TLS or HTTP in it.
    Tcp,
    /// A TLS record that carries no HTTP.
    Tls,
    /// HTTP, in the clear or opened with the key log.
    Http,
}

impl Protocol {
    /// The name in four columns.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Ip => "IP",
            Protocol::Dns => "DNS",
            Protocol::Tcp => "TCP",
            Protocol::Tls => "TLS",
            Protocol::Http => "HTTP",
        }
    }
}

/// One thing that a packet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// At which layer.
    pub protocol: Protocol,
    /// Whether it was encrypted on the wire.
    pub encrypted: bool,
    /// What it says.
    pub text: String,
    /// Whether it is one of many alike, that a long ladder may fold: body data and bare ACKs.
    pub bulk: bool,
}

/// A step of the fetch that a packet starts or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A DNS query.
    Query,
    /// A DNS reply.
    Reply,
    /// A SYN without ACK.
    Syn,
    /// A SYN with ACK.
    SynAck,
    /// A ClientHello.
    ClientHello,
    /// The client's Finished.
    ClientFinished,
    /// The last byte of a request head.
    Request,
    /// The first byte of a final response.
    FirstByte,
    /// The last byte of a response.
    LastByte,
}

/// Who the other end of a packet is, by the port that it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Port 53, over UDP or TCP.
    Resolver,
    /// Any other.
    Server,
}

impl Peer {
    /// Who serves this port.
    pub fn at(port: u16) -> Peer {
        if port == 53 { Peer::Resolver } else { Peer::Server }
    }

    /// The word for it, in at most eight columns.
    pub fn name(self) -> &'static str {
        match self {
            Peer::Resolver => "resolver",
            Peer::Server => "server",
        }
    }
}

/// One packet of the trace, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its index in the capture.
    pub packet: usize,
    /// When it was seen, since the first packet.
    pub time: Duration,
    /// Whether the client sent it; otherwise it was received.
    pub sent: bool,
    /// The other end.
    pub peer: Peer,
    /// What it says; never empty.
    pub lines: Vec<Line>,
    /// Bytes behind the UDP or TCP header.
    pub payload: usize,
    /// What the capturing program had to say.
    pub comment: Option<String>,
    /// Whether its headers were made up, because the kernel kept the real ones.
    pub made_up: bool,
    /// Whether its checksum was left for the network card to finish, which had not seen it yet.
    pub unfinished: bool,
    /// The steps it starts or ends.
    pub marks: Vec<Mark>,
}

impl Row {
    /// Whether the packet has this mark.
    pub fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// Whether a long ladder may fold this row.
    pub fn bulk(&self) -> bool {
        self.marks.is_empty() && self.comment.is_none() && self.lines.iter().all(|line| line.bulk)
    }
}

/// The head of an HTTP message that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// Of a request.
    Request(Request),
    /// Of a response, an interim one too.
    Response(Response),
}
