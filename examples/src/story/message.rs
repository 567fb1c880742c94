//! What one packet says: messages of each layer as data. The words for people are made in `Display`.

use std::fmt;

use barewire_dissect::{Refused, count, several};
use barewire_http1::coding::Reason;
use barewire_http1::observe as http;
use barewire_tcp::Flags;
use barewire_tls13::AlertDescription;
use barewire_tls13::observe as tls;

/// The layer of a [`Message`]: the highest one that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Addresses on a link.
    Arp,
    /// An IP packet with nothing above it that is read here.
    Ip,
    /// Errors and questions of IP itself.
    Icmp,
    /// A datagram with nothing above it that is read here.
    Udp,
    /// A DNS message.
    Dns,
    /// A TCP segment with nothing of TLS or HTTP in it.
    Tcp,
    /// A TLS record that carries no HTTP.
    Tls,
    /// HTTP/1.1, in the clear or opened with the key log.
    Http,
    /// HTTP/2, named and not read.
    Http2,
}

impl Layer {
    /// The name in at most four columns.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Arp => "ARP",
            Layer::Ip => "IP",
            Layer::Icmp => "ICMP",
            Layer::Udp => "UDP",
            Layer::Dns => "DNS",
            Layer::Tcp => "TCP",
            Layer::Tls => "TLS",
            Layer::Http => "HTTP",
            Layer::Http2 => "H2",
        }
    }
}

/// One thing that a packet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Whether it was encrypted on the wire.
    pub encrypted: bool,
    /// What it says.
    pub says: Says,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// A word about something that is named and not read further, at its layer.
    Word(Layer, String),
    /// A DNS message: a query, or a reply.
    Dns {
        /// Whether it is a reply.
        reply: bool,
        /// It in one line.
        summary: String,
    },
    /// Control bits and numbers of a TCP segment.
    Segment(Numbers),
    /// A TLS handshake message.
    Handshake(Box<tls::Message>),
    /// A ChangeCipherSpec record.
    ChangeCipherSpec,
    /// A TLS alert.
    Alert(AlertDescription),
    /// A TLS record that could not be opened.
    Sealed {
        /// Its length with its header, in bytes.
        length: usize,
        /// Why not.
        why: tls::Sealed,
        /// Whether the record before it said so already.
        repeats: bool,
    },
    /// HTTP: a head, trailer fields, or why it is not followed any more.
    Http(Box<http::What>),
    /// The content of an HTTP message, as much of it as the packet completed.
    Content {
        /// Bytes in this packet.
        length: u64,
        /// Bytes of the message so far.
        so_far: u64,
    },
    /// The content of an HTTP message that is complete, without its codings.
    Undone(Box<Undone>),
    /// The last byte of an HTTP message.
    EndOfMessage {
        /// Whether it was a response.
        response: bool,
    },
    /// Bytes that belong to no protocol that is read here.
    Bytes(Layer, u64),
    /// Bytes of the protocol that the connection has switched to, over TCP or TLS, and how many.
    Switched(http::Protocol, u64),
    /// A piece of a message that is not whole yet.
    Part(Layer),
}

/// Content with codings, and what it is without them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The codings, in the order in which they were applied: "gzip", "gzip, br".
    pub codings: String,
    /// How many bytes came.
    pub coded: u64,
    /// How many bytes there are without the codings.
    pub content: Result<u64, NotUndone>,
}

/// Why codings were not undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotUndone {
    /// There are more coded bytes than the reader holds.
    TooLong(usize),
    /// So many bytes are not in the capture.
    Missing(u64),
    /// A coding is not known, or its data is broken.
    Refused(Refused<Reason>),
}

/// The control bits and numbers of a segment, relative to the connection's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// The control bits.
    pub flags: Flags,
    /// The sequence number, counted from the sender's initial one.
    pub seq: u32,
    /// The acknowledgment number, counted from the receiver's initial one. 0 without ACK.
    pub ack: u32,
    /// The window, scaled, in bytes.
    pub window: u32,
}

impl Numbers {
    /// Whether the segment opens, closes or resets the connection.
    pub fn signals(&self) -> bool {
        self.flags.syn() || self.flags.fin() || self.flags.rst()
    }
}

impl Message {
    /// A message in the clear.
    pub fn clear(says: Says) -> Message {
        Message { encrypted: false, says }
    }

    /// Its layer.
    pub fn layer(&self) -> Layer {
        match &self.says {
            Says::Word(layer, _) | Says::Bytes(layer, _) | Says::Part(layer) => *layer,
            Says::Dns { .. } => Layer::Dns,
            // It is named and not read: what can be read ends below it.
            Says::Switched(..) if self.encrypted => Layer::Tls,
            Says::Switched(..) => Layer::Tcp,
            Says::Segment(_) => Layer::Tcp,
            Says::Handshake(_) | Says::ChangeCipherSpec | Says::Alert(_) | Says::Sealed { .. } => Layer::Tls,
            Says::Http(_) | Says::Content { .. } | Says::Undone(_) | Says::EndOfMessage { .. } => Layer::Http,
        }
    }

    /// Whether it is one of many alike, which a long ladder may fold: content, parts of messages, bare ACKs.
    pub fn is_bulk(&self) -> bool {
        match &self.says {
            Says::Content { .. } | Says::Bytes(..) | Says::Switched(..) => true,
            Says::Part(_) | Says::EndOfMessage { .. } => true,
            Says::Segment(numbers) => !numbers.signals(),
            Says::Sealed { repeats, .. } => *repeats,
            _ => false,
        }
    }
}

impl Message {
    /// Whether it only marks a place. A view draws it where nothing else is said.
    pub fn is_silent(&self) -> bool {
        matches!(self.says, Says::EndOfMessage { .. })
    }

    /// Whether it is a TLS record, or a part of one, that could not be opened.
    pub fn is_sealed(&self) -> bool {
        matches!(self.says, Says::Sealed { .. } | Says::Part(Layer::Tls))
    }

    /// Whether a key log would open it.
    pub fn wants_key_log(&self) -> bool {
        matches!(
            &self.says,
            Says::Sealed { why: tls::Sealed::NoKeyLog | tls::Sealed::NotInKeyLog { .. }, .. }
        )
    }

    /// Whether a ladder draws it on one line with the message before it: those of TLS do.
    pub fn shares_a_line_with(&self, other: &Message) -> bool {
        let together = |message: &Message| message.layer() == Layer::Tls && !message.is_bulk();
        self.encrypted == other.encrypted && together(self) && together(other)
    }
}

/// The text of a ladder's row.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.says {
            Says::Word(_, text) => f.write_str(text),
            Says::Dns { summary, .. } => f.write_str(summary),
            Says::Handshake(message) => message.fmt(f),
            Says::Segment(numbers) => numbers.fmt(f),
            Says::ChangeCipherSpec => f.write_str("ChangeCipherSpec"),
            Says::Alert(AlertDescription::CLOSE_NOTIFY) => f.write_str("close_notify"),
            Says::Alert(description) => write!(f, "alert {}", description.name()),
            Says::Sealed { length, repeats: true, .. } => f.write_str(&bytes(*length as u64)),
            Says::Sealed { length, why, .. } => write!(f, "{}: {why}", bytes(*length as u64)),
            Says::Http(what) => what.fmt(f),
            Says::Content { length, so_far } if length == so_far => {
                write!(f, "{} of content", bytes(*length))
            }
            Says::Content { length, so_far } => {
                write!(f, "{}, {} so far", bytes(*length), count(*so_far))
            }
            Says::Undone(undone) => undone.fmt(f),
            Says::EndOfMessage { .. } => f.write_str("end of the message"),
            Says::Bytes(Layer::Http2, length) => write!(f, "HTTP/2, not read: {}", bytes(*length)),
            Says::Switched(protocol, length) => write!(f, "{protocol}, {}", bytes(*length)),
            Says::Bytes(_, length) => f.write_str(&bytes(*length)),
            Says::Part(Layer::Tls) => f.write_str("part of a record"),
            Says::Part(_) => f.write_str("part of a message"),
        }
    }
}

fn bytes(number: u64) -> String {
    several(number, "byte")
}

/// "73 bytes, gzip; 212 bytes undone"
impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}; ", bytes(self.coded), self.codings)?;
        match &self.content {
            Ok(content) => write!(f, "{} undone", bytes(*content)),
            Err(NotUndone::TooLong(most)) => {
                write!(f, "more than {} are not undone here", count(*most as u64))
            }
            Err(NotUndone::Missing(missing)) => write!(f, "{} of them are missing", count(*missing)),
            Err(NotUndone::Refused(why)) => why.fmt(f),
        }
    }
}

/// Flags, numbers and window, in columns. PSH is left out: it says nothing about the connection.
impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = Flags(self.flags.0 & !Flags::PSH.0).to_string();
        write!(f, "{flags:<7} seq {:<6} ", self.seq)?;
        match self.flags.ack() {
            true => write!(f, "ack {:<6} ", self.ack)?,
            false => write!(f, "{:11}", "")?,
        }
        write!(f, "win {}", self.window)
    }
}
