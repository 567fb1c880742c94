//! Changing a packet where it stands: hops, addresses, ports, and the checksums that depend on them.

use std::net::{IpAddr, SocketAddr};

use super::{TCP, Transit};
use crate::icmp::{self, Version};
use crate::udp;

impl Transit {
    /// Counts one router: the hops that are left become one fewer (RFC 1812 §5.3.1).
    pub fn count_hop(&mut self) {
        self.set_hops_left(self.hops_left().saturating_sub(1));
    }

    /// Sets how many routers the packet may still pass.
    pub fn set_hops_left(&mut self, hops: u8) {
        let (at, word) = if self.version == Version::V4 { (8, 8) } else { (7, 6) };
        let before = [self.bytes[word], self.bytes[word + 1]];
        self.bytes[at] = hops;
        let after = [self.bytes[word], self.bytes[word + 1]];
        if self.version == Version::V4 {
            mend(&mut self.bytes, 10, &before, &after);
        }
    }

    /// Gives the packet another source: address and port, or an ICMP query's identifier.
    pub fn set_source(&mut self, to: SocketAddr) {
        let at = if self.version == Version::V4 { 12 } else { 8 };
        self.set_address(at, to.ip());
        self.set_port(0, to.port());
        self.source = to.ip();
    }

    /// Gives the packet another destination: address and port, or an ICMP query's identifier.
    pub fn set_destination(&mut self, to: SocketAddr) {
        let at = if self.version == Version::V4 { 16 } else { 24 };
        self.set_address(at, to.ip());
        self.set_port(2, to.port());
        self.destination = to.ip();
    }

    fn set_address(&mut self, at: usize, to: IpAddr) {
        match to {
            IpAddr::V4(address) if self.version == Version::V4 => self.replace_address(at, &address.octets()),
            IpAddr::V6(address) if self.version == Version::V6 => self.replace_address(at, &address.octets()),
            // An IPv4 packet does not become an IPv6 packet here, nor the other way round.
            _ => {}
        }
    }

    fn replace_address(&mut self, at: usize, after: &[u8]) {
        let before = self.bytes[at..at + after.len()].to_vec();
        self.bytes[at..at + after.len()].copy_from_slice(after);
        if self.version == Version::V4 {
            mend(&mut self.bytes, 10, &before, after);
        }
        self.mend_payload(&before, after, true);
    }

    fn set_port(&mut self, at: usize, port: u16) {
        let at = match self.protocol {
            TCP | udp::PROTOCOL => at,
            icmp::PROTOCOL | icmp::PROTOCOL_V6 if self.is_icmp_query() => 4,
            _ => return,
        };
        let Some(before) = self.word(at).map(u16::to_be_bytes) else { return };
        let after = port.to_be_bytes();
        let at = self.payload_at + at;
        self.bytes[at..at + 2].copy_from_slice(&after);
        self.mend_payload(&before, &after, false);
    }

    /// Mends the checksum of what the packet carries. An address is part of it through the pseudo-header.
    fn mend_payload(&mut self, before: &[u8], after: &[u8], address: bool) {
        let at = match self.protocol {
            TCP => 16,
            udp::PROTOCOL => 6,
            icmp::PROTOCOL if !address => 2,
            icmp::PROTOCOL_V6 => 2,
            _ => return,
        };
        let Some(found) = self.word(at) else { return };
        // RFC 768: zero says that the sender of this datagram made no checksum, so there is nothing to correct.
        if self.protocol == udp::PROTOCOL && found == 0 {
            return;
        }
        let at = self.payload_at + at;
        mend(&mut self.bytes, at, before, after);
        if self.protocol == udp::PROTOCOL && self.bytes[at..at + 2] == [0, 0] {
            self.bytes[at..at + 2].fill(0xff);
        }
    }
}

/// Mends the checksum at `at` after `before` became `after`: HC' = ~(~HC + ~m + m') (RFC 1624 §3, eqn. 3).
pub(super) fn mend(bytes: &mut [u8], at: usize, before: &[u8], after: &[u8]) {
    let word = |pair: &[u8]| u32::from(u16::from_be_bytes([pair[0], pair[1]]));
    // exercise: wire05
    // instead: let mut sum = word(&bytes[at..]);
    // instead: for (before, after) in before.chunks_exact(2).zip(after.chunks_exact(2)) {
    // instead:     sum += word(before) + (word(after) ^ 0xffff);
    // instead: }
    // instead: while sum > 0xffff {
    // instead:     sum = (sum >> 16) + (sum & 0xffff);
    // instead: }
    // instead: bytes[at..at + 2].copy_from_slice(&(sum as u16).to_be_bytes());
    let mut sum = word(&bytes[at..]) ^ 0xffff;
    for (before, after) in before.chunks_exact(2).zip(after.chunks_exact(2)) {
        sum += (word(before) ^ 0xffff) + word(after);
    }
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    bytes[at..at + 2].copy_from_slice(&(!(sum as u16)).to_be_bytes());
    // exercise: end
}
