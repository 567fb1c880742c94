//! Which packet a piece belongs to. Tested in `tests/fragments.rs`.

use std::net::IpAddr;

use crate::ip::{Fragment, IpHeader, IpPacket};

/// What tells the pieces of one packet from those of another: RFC 791 §3.2, RFC 8200 §4.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    source: IpAddr,
    destination: IpAddr,
    identification: u32,
    /// Of an IPv4 packet. In IPv6 the first piece alone says what the packet carries.
    protocol: Option<u8>,
}

impl Key {
    pub(super) fn of(packet: &IpPacket<'_>, fragment: Fragment) -> Key {
        let header = &packet.header;
        let protocol = matches!(header, IpHeader::V4(_)).then(|| header.protocol());
        let (source, destination) = (header.source(), header.destination());
        Key { source, destination, identification: fragment.identification, protocol }
    }
}
