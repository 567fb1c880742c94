//! The packet that an ICMP error quotes: whose it was, and giving it other ends (RFC 5508 §4.2).
//!
//! ```text
//!   IP header · ICMP type, code, checksum, 4 bytes · quoted IP header · quoted ports ...
//!                             ▲                         checksum 10       checksum, if there
//!                             └── over all from the type on: each change in the quote changes it
//! ```
//!
//! Tested in `tests/transit.rs`.

use std::net::{IpAddr, SocketAddr};

use super::rewrite::mend;
use super::{Flow, TCP, Transit};
use crate::checksum::checksum;
use crate::icmp::{self, Version};
use crate::ip::IpPacket;
use crate::udp;

/// Where the quoted packet starts in an ICMP error: after type, code, checksum and four more bytes.
const QUOTE_AT: usize = 8;

/// Where the fields of a quoted packet stand in the bytes of the error.
struct Quote {
    version: Version,
    protocol: u8,
    /// Where its IP header starts, and where its payload does.
    header: usize,
    payload: usize,
    source: IpAddr,
    destination: IpAddr,
}

impl Transit {
    /// The ends of the packet that this ICMP error quotes. `None`: it is not an error, or the quote has no ports.
    pub fn quoted_flow(&self) -> Option<Flow> {
        let quote = self.quote()?;
        let (source, destination) = (self.quoted_word(quote.port(0)?)?, self.quoted_word(quote.port(2)?)?);
        Some(Flow {
            protocol: quote.protocol,
            source: SocketAddr::new(quote.source, source),
            destination: SocketAddr::new(quote.destination, destination),
        })
    }

    /// Whether the checksum of the quoted IPv4 header is right. IPv6 has none, and is always right.
    pub fn quoted_header_is_right(&self) -> bool {
        let sums_up = |quote: Quote| {
            quote.version == Version::V6 || checksum(&self.bytes[quote.header..quote.payload]) == 0
        };
        self.quote().is_some_and(sums_up)
    }

    /// Gives the quoted packet another source. All checksums that depend on it are mended.
    pub fn set_quoted_source(&mut self, to: SocketAddr) {
        let Some(quote) = self.quote() else { return };
        let at = if quote.version == Version::V4 { 12 } else { 8 };
        self.set_quoted(&quote, at, 0, to);
    }

    /// Gives the quoted packet another destination. All checksums that depend on it are mended.
    pub fn set_quoted_destination(&mut self, to: SocketAddr) {
        let Some(quote) = self.quote() else { return };
        let at = if quote.version == Version::V4 { 16 } else { 24 };
        self.set_quoted(&quote, at, 2, to);
    }

    fn set_quoted(&mut self, quote: &Quote, address_at: usize, port_at: usize, to: SocketAddr) {
        let at = quote.header + address_at;
        let after = match (to.ip(), quote.version) {
            (IpAddr::V4(address), Version::V4) => address.octets().to_vec(),
            (IpAddr::V6(address), Version::V6) => address.octets().to_vec(),
            // An IPv4 packet does not become an IPv6 packet here, nor the other way round.
            _ => return,
        };
        let before = self.replace_quoted(at, &after);
        if quote.version == Version::V4 {
            self.mend_quoted(quote.header + 10, &before, &after);
        }
        if quote.protocol != icmp::PROTOCOL {
            self.mend_quoted_payload(quote, &before, &after);
        }
        let Some(at) = quote.port(port_at).filter(|at| self.quoted_word(*at).is_some()) else { return };
        let after = to.port().to_be_bytes();
        let before = self.replace_quoted(at, &after);
        self.mend_quoted_payload(quote, &before, &after);
    }

    /// Mends the checksum of what the quoted packet carries, as far as it is quoted. Zero in UDP is none.
    fn mend_quoted_payload(&mut self, quote: &Quote, before: &[u8], after: &[u8]) {
        let at = quote.payload
            + match quote.protocol {
                TCP => 16,
                udp::PROTOCOL => 6,
                _ => 2,
            };
        let Some(found) = self.quoted_word(at) else { return };
        let is_udp = quote.protocol == udp::PROTOCOL;
        if is_udp && found == 0 {
            return;
        }
        self.mend_quoted(at, before, after);
        if is_udp && self.quoted_word(at) == Some(0) {
            self.replace_quoted(at, &[0xff, 0xff]);
        }
    }

    /// Mends a checksum inside the quote.
    fn mend_quoted(&mut self, at: usize, before: &[u8], after: &[u8]) {
        let Some(found) = self.quoted_word(at) else { return };
        let mut sum = found.to_be_bytes();
        mend(&mut sum, 0, before, after);
        self.replace_quoted(at, &sum);
    }

    /// Puts bytes into the quote at an even place, and mends the checksum of the error. Gives what stood there.
    fn replace_quoted(&mut self, at: usize, after: &[u8]) -> Vec<u8> {
        let before = self.bytes[at..at + after.len()].to_vec();
        self.bytes[at..at + after.len()].copy_from_slice(after);
        mend(&mut self.bytes, self.payload_at + 2, &before, after);
        before
    }

    fn quote(&self) -> Option<Quote> {
        let quote = self.is_icmp_error().then(|| self.payload().get(QUOTE_AT..)).flatten()?;
        let packet = IpPacket::parse_captured(quote, 0).ok()?;
        let is_first = packet.fragment.is_none_or(|fragment| fragment.offset == 0);
        let header = self.payload_at + QUOTE_AT;
        let payload = header + quote.len() - packet.trailer.len() - packet.payload.len();
        let (source, destination) = (packet.header.source(), packet.header.destination());
        let version = if source.is_ipv4() { Version::V4 } else { Version::V6 };
        let protocol = packet.header.protocol();
        is_first.then_some(Quote { version, protocol, header, payload, source, destination })
    }

    fn quoted_word(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at + 2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }
}

impl Quote {
    /// Where a port stands, or the identifier of an ICMP message. Only queries are quoted: an error about an error is
    /// never sent.
    fn port(&self, at: usize) -> Option<usize> {
        match self.protocol {
            TCP | udp::PROTOCOL => Some(self.payload + at),
            icmp::PROTOCOL | icmp::PROTOCOL_V6 => Some(self.payload + 4),
            _ => None,
        }
    }
}
