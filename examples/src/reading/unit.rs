//! A message that a packet completed, kept for whoever wants to see its bytes.

use barewire_http1::Role;
use barewire_tls13::record::ContentType;

use super::section::Section;

/// The bytes of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A DNS message.
    Dns(Vec<u8>),
    /// A TLS record as it was on the wire.
    Records(Vec<u8>),
    /// What a record held, once opened.
    Opened(ContentType, Vec<u8>),
    /// The head of an HTTP message.
    HttpHead(Role, Vec<u8>),
}

impl Unit {
    /// Its bytes with their fields.
    pub fn section(&self) -> Section {
        match self {
            Unit::Dns(bytes) => Section::dns(bytes),
            Unit::Records(bytes) => Section::tls(bytes),
            Unit::Opened(content_type, bytes) => Section::opened(*content_type, bytes),
            Unit::HttpHead(role, bytes) => Section::http_head(*role, bytes),
        }
    }
}
