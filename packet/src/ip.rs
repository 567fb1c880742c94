//! The IP header, version 4 (RFC 791 §3.1) and 6 (RFC 8200 §3), its fragments, and how they become whole again.
//!
//! A packet is a header and a payload. What the payload is, the crate of its protocol reads.
//!
//! ```text
//!  IpPacket  header         version 4, or version 6 with its extension headers
//!            fragment       Some: the payload is a piece of a larger one, see Defragmenter
//!            payload        as far as it is there
//!            missing        bytes of the payload that a capture left out
//!            trailer        bytes after the packet: padding of a short Ethernet frame
//! ```
//!
//! A host reads with [`IpPacket::parse`], which takes whole packets only. A sniffer reads with
//! [`IpPacket::parse_captured`]: it also takes what a capture with a snap length, or a network card that cuts
//! segments later, leaves of a packet.
//!
//! Left out: IPv4 options are kept unread; so are the options inside IPv6 extension headers; jumbograms (RFC 2675).
//!
//! Tested in `tests/ip.rs`, `tests/fragments.rs`, and, over the captures of the kernel's TCP, in the crate
//! `barewire-tcp`.

mod defragmenter;
mod ecn;
mod extension;
mod extent;
mod fragment;
mod header;
mod make;
mod protocol;
mod v4;
mod v6;

use barewire_dissect::{Parsed, Refused, finish, grouped, refuse};

use crate::reason::Reason;
use extension::{NO_NEXT_HEADER, extension_headers};
use extent::Extent;

pub use defragmenter::{Defragmenter, Fragments};
pub use ecn::Codepoint;
pub use extension::{AUTHENTICATION_HEADER, Extension, MOST_EXTENSIONS};
pub use fragment::Fragment;
pub use header::IpHeader;
pub use make::{Treatment, header_length, write_header, write_header_treated};
pub use protocol::{PROTOCOLS, protocol_name};
pub use v4::{Ipv4Header, header_verdict, sums_up};
pub use v6::Ipv6Header;
pub(crate) use v6::address;

/// An IP packet: its header, its payload, and what stood after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpPacket<'a> {
    /// The header.
    pub header: IpHeader<'a>,
    /// Which piece of a larger packet this is. `None`: it is whole.
    pub fragment: Option<Fragment>,
    /// What the header says is the packet's payload, as far as it is there.
    pub payload: &'a [u8],
    /// How many bytes of the payload were not captured. 0 in a packet that a host received.
    pub missing: usize,
    /// Bytes after the packet: the padding of a short Ethernet frame. Empty on a raw socket.
    pub trailer: &'a [u8],
}

impl<'a> IpPacket<'a> {
    /// Reads the IP header of a packet and finds its payload. A fragment is a packet, too.
    ///
    /// # Errors
    /// [`Refused`]: too short, or lengths that do not fit.
    pub fn parse(bytes: &'a [u8]) -> Result<IpPacket<'a>, Refused<Reason>> {
        finish("IP packet", bytes, ip_packet(bytes)).map(|(packet, _)| packet)
    }

    /// Reads what a capture has of a packet; `missing` bytes of its frame were not captured.
    ///
    /// The header must be there. The payload may end early, [`IpPacket::missing`] says by how much. It can be more
    /// than `missing`: then the header claims bytes that never were in the frame. A header whose length is 0 belongs
    /// to a packet that the network card was to cut into segments; its payload is all the rest.
    ///
    /// # Errors
    /// [`Refused`]: the header is cut or contradicts itself.
    pub fn parse_captured(bytes: &'a [u8], missing: usize) -> Result<IpPacket<'a>, Refused<Reason>> {
        finish("IP packet", bytes, captured_packet(bytes, missing)).map(|(packet, _)| packet)
    }

    /// Writes the packet with every field as it stands, so that one that was read gives the bytes it was read from.
    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.header {
            IpHeader::V4(header) => header.write(out),
            IpHeader::V6(header) => header.write(out),
        }
        out.extend_from_slice(self.payload);
        out.extend_from_slice(self.trailer);
    }
}

/// Reads an IP header and cuts the rest at the length it gives. It names the header's fields. The parser of the payload
/// names the rest.
///
/// # Errors
/// [`Reason`], at the byte where reading stopped.
#[inline]
pub fn ip_packet(input: &[u8]) -> Parsed<'_, IpPacket<'_>, Reason> {
    either(input, Extent::Whole)
}

/// The same for what a capture has of a packet: see [`IpPacket::parse_captured`].
///
/// # Errors
/// [`Reason`], at the byte where reading stopped.
pub fn captured_packet(input: &[u8], missing: usize) -> Parsed<'_, IpPacket<'_>, Reason> {
    either(input, Extent::Captured { missing })
}

/// Always inlined, as [`ipv4`] is: a header that is returned goes through memory, and a host reads one a packet.
#[inline(always)]
fn either(input: &[u8], extent: Extent) -> Parsed<'_, IpPacket<'_>, Reason> {
    match input.first().map(|byte| byte >> 4) {
        None => refuse(input, Reason::EndsEarly),
        Some(4) => ipv4(input, extent),
        Some(6) => ipv6(input, extent),
        Some(version) => refuse(input, Reason::Version(version)),
    }
}

/// Reads the header, and cuts the rest at the length it gives.
#[inline(always)]
fn ipv4(input: &[u8], extent: Extent) -> Parsed<'_, IpPacket<'_>, Reason> {
    let (rest, header) = grouped("IPv4", "RFC 791 §3.1", input, v4::ipv4_header)?;
    let header_length = input.len() - rest.len();
    let says = match (header.total_length, extent.of_zero(rest)) {
        (0, Some(all)) => Some(all),
        (total, _) => usize::from(total).checked_sub(header_length),
    };
    let Some((payload, trailer, missing)) = says.and_then(|says| extent.cut(rest, says)) else {
        let reason = Reason::Length { says: header.total_length.into(), there: input.len() };
        return refuse(&input[2..], reason);
    };
    let fragment = header.fragment();
    let header = IpHeader::V4(header);
    Ok((&input[input.len()..], IpPacket { header, fragment, payload, missing, trailer }))
}

/// Reads the headers, and cuts the rest at the length they give.
fn ipv6(input: &[u8], extent: Extent) -> Parsed<'_, IpPacket<'_>, Reason> {
    let (rest, mut header) = grouped("IPv6", "RFC 8200 §3", input, v6::ipv6_header)?;
    let says = match (header.payload_length, extent.of_zero(rest)) {
        // No packet but one without a next header is really empty.
        (0, Some(all)) if header.next_header != NO_NEXT_HEADER => all,
        (says, _) => says.into(),
    };
    let Some((inside, trailer, missing)) = extent.cut(rest, says) else {
        return refuse(&input[4..], Reason::PayloadLength { says, there: rest.len() });
    };
    let (payload, (protocol, fragment)) = extension_headers(header.next_header, inside)?;
    header.protocol = protocol;
    header.extensions = &inside[..inside.len() - payload.len()];
    let header = IpHeader::V6(header);
    Ok((&input[input.len()..], IpPacket { header, fragment, payload, missing, trailer }))
}
