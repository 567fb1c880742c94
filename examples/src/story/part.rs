//! The bytes of a packet and of what it completed, kept where somebody wants to see them.

use barewire_dissect::Direction;
use barewire_http1::Role;
use barewire_tls13::observe::Seen;

use super::section::Section;

/// Some bytes, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The whole frame, of this link type.
    Frame(u16, Vec<u8>),
    /// A DNS message.
    Dns(Vec<u8>),
    /// A TLS record as it was on the wire.
    Record(Box<Seen>),
    /// What a record held, once opened.
    Opened(Box<Seen>),
    /// The head of an HTTP message.
    HttpHead(Role, Vec<u8>),
    /// Content of a stream, with nothing of TLS around it.
    Plain(Direction, Vec<u8>),
    /// The content of an HTTP message without its codings, after a line about it.
    Undone(Direction, String, Vec<u8>),
}

impl Part {
    /// Its bytes with their fields. A frame has two sections, its own header and the packet in it.
    pub(super) fn sections(&self) -> Vec<Section> {
        match self {
            Part::Frame(link_type, bytes) => Section::frame(*link_type, bytes),
            Part::Dns(bytes) => vec![Section::dns(bytes)],
            Part::Record(seen) => vec![Section::record(seen)],
            Part::Opened(seen) => vec![Section::opened(seen)],
            Part::HttpHead(role, bytes) => vec![Section::http_head(*role, bytes)],
            Part::Plain(..) | Part::Undone(..) => Vec::new(),
        }
    }
}
