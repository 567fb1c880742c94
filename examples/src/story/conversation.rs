//! A conversation: a TCP connection, or the datagrams between two UDP ports.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_http1::observe::Protocol;
use barewire_tcp::observe;

use super::host::HostId;
use super::questions::Questions;

/// What carries a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// A TCP connection.
    Tcp,
    /// UDP datagrams between two ports.
    Udp,
}

impl Transport {
    /// `tcp` or `udp`, as in tshark's `tcp.stream`.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
        }
    }
}

/// What is spoken on top, as far as it was recognised.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The version of TLS, as its record layer writes it: 0x0304 is TLS 1.3. None where there is no TLS; 0 where its
    /// version was not seen.
    pub tls: Option<u16>,
    /// What the application speaks.
    pub application: Option<Application>,
    /// What is spoken once the connection has switched (RFC 9110 §7.8), or in the tunnel that CONNECT made (§9.3.6).
    pub then: Option<Box<Then>>,
}

/// What a connection carries after HTTP/1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// The protocol that was switched to.
    Protocol(Protocol),
    /// What is spoken in a tunnel.
    Tunnel(Spoken),
}

impl Spoken {
    /// Whether anything was recognised.
    pub(super) fn is_known(&self) -> bool {
        self.tls.is_some() || !matches!(self.application, None | Some(Application::Unknown))
    }

    /// This, and that in its tunnel.
    pub(super) fn then(self, inside: Spoken) -> Spoken {
        Spoken { then: Some(Box::new(Then::Tunnel(inside))), ..self }
    }
}

/// An application protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Application {
    /// DNS.
    Dns,
    /// HTTP/1.0 or HTTP/1.1.
    Http1,
    /// HTTP/2: recognised, not read.
    Http2,
    /// Something that is not read here.
    Unknown,
}

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tls = match self.tls {
            None => "",
            Some(0x0304) => "TLS 1.3",
            Some(0x0303) => "TLS 1.2",
            Some(0x0302) => "TLS 1.1",
            Some(0x0301) => "TLS 1.0",
            Some(0x0300) => "SSL 3.0",
            Some(_) => "TLS",
        };
        let application = match self.application {
            Some(Application::Dns) => "DNS",
            Some(Application::Http1) => "HTTP/1.1",
            Some(Application::Http2) => "HTTP/2",
            Some(Application::Unknown) | None => "",
        };
        match (tls, application) {
            ("", "") => f.write_str("-"),
            (one, "") | ("", one) => f.write_str(one),
            (tls, application) => write!(f, "{tls}, {application}"),
        }?;
        match self.then.as_deref() {
            None => Ok(()),
            Some(Then::Protocol(protocol)) => write!(f, ", then {protocol}"),
            Some(Then::Tunnel(spoken)) => write!(f, ", then {spoken}"),
        }
    }
}

/// How a conversation ended, as far as the capture tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A TCP connection.
    Tcp(observe::Outcome),
    /// DNS queries, and all of them have a reply.
    Answered,
    /// DNS queries, and that many of them have no reply.
    Unanswered(u32),
    /// Datagrams with nothing that tells.
    Datagrams,
}

impl Outcome {
    /// Whether a connection never came about.
    pub fn is_unanswered(self) -> bool {
        matches!(self, Outcome::Tcp(observe::Outcome::NoAnswer | observe::Outcome::Refused))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Tcp(outcome) => outcome.fmt(f),
            Outcome::Answered => f.write_str("answered"),
            Outcome::Unanswered(count) => write!(f, "{count} unanswered"),
            Outcome::Datagrams => f.write_str("-"),
        }
    }
}

/// What the DNS messages of a conversation asked and answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The names in the questions, in lower case.
    pub names: Vec<String>,
    /// The addresses in the answers.
    pub addresses: Vec<IpAddr>,
    /// Queries seen.
    pub queries: u32,
    /// Replies seen.
    pub replies: u32,
    /// Which of the queries wait.
    pub(super) questions: Questions,
}

/// How many names and addresses of one conversation are remembered.
pub(super) const MOST_NAMES: usize = 64;

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// What carries it.
    pub transport: Transport,
    /// Its number among those of its transport, from 0: tshark's `tcp.stream` or `udp.stream`.
    pub stream: usize,
    /// Client and server.
    pub ends: [SocketAddr; 2],
    /// Whether the packets say which end is the client. If not, it is the end that was seen first.
    pub client_known: bool,
    /// The hosts of client and server.
    pub hosts: [HostId; 2],
    /// What is spoken on top.
    pub spoken: Spoken,
    /// Frames sent by client and server.
    pub frames: [u64; 2],
    /// Bytes of these frames on the wire, all headers counted.
    pub bytes: [u64; 2],
    /// Frames of it that have no row, because there were more than are kept.
    pub not_kept: u64,
    /// When its first frame was seen, since the first frame of the capture.
    pub start: Duration,
    /// When its last frame was seen.
    pub end: Duration,
    /// Segments that repeat what was sent before, by client and server.
    pub retransmissions: [u64; 2],
    /// Frames that show a packet which was seen before, in another place.
    pub copies: u64,
    /// Frames that the simulated network says were lost.
    pub lost: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// What its DNS messages say.
    pub dns: Asked,
}

impl Conversation {
    /// Whether DNS is spoken.
    pub fn is_dns(&self) -> bool {
        self.spoken.application == Some(Application::Dns) && self.spoken.tls.is_none()
    }

    /// How long it lasted.
    pub fn lasted(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }
}
