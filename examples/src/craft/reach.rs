//! Whom the bytes of a packet can reach: destinations, the stops of source routes, packets in the packet, and the
//! sources, where answers go.
//!
//! Lengths and checksums that are wrong on purpose do not stop it. IPv4 options are RFC 791 §3.1, IPv6 routing headers
//! RFC 8200 §4.4, with the types 0 (RFC 5095 ended it), 2 (RFC 6275 §6.4) and 4 (RFC 8754 §2). What an ICMP error
//! quotes is only a quotation.
//!
//! Left out: tunnels other than IP in IP. Tested in `tests/craft/reach.rs`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_packet::frame::{self, Network, linktype};

/// Loose and strict source route.
const SOURCE_ROUTES: [u8; 2] = [131, 137];

/// The addresses in a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Where it goes, or can be sent on to.
    pub destinations: Vec<IpAddr>,
    /// Where answers go.
    pub sources: Vec<IpAddr>,
    /// Whether all of its headers could be read. If not, it may go elsewhere too.
    pub is_whole: bool,
}

impl Reach {
    /// Reads a frame of Ethernet, or an IP packet. No IP header: no addresses.
    pub fn of(bytes: &[u8], is_frame: bool) -> Reach {
        let mut reach = Reach { destinations: Vec::new(), sources: Vec::new(), is_whole: true };
        if !is_frame {
            reach.packets(bytes);
            return reach;
        }
        match frame::open(linktype::ETHERNET, bytes, bytes.len() as u32).network {
            Network::Ip(packet) => reach.packets(packet),
            Network::Arp(arp) => reach.add(arp.sender.into(), arp.target.into()),
            Network::Other(_) => {}
        }
        reach
    }

    fn add(&mut self, source: IpAddr, destination: IpAddr) {
        self.sources.push(source);
        self.destinations.push(destination);
    }

    /// A packet, and those in it.
    fn packets(&mut self, bytes: &[u8]) {
        let mut inside = self.one(bytes);
        while let Some(bytes) = inside {
            let known = self.destinations.len();
            inside = self.one(bytes);
            self.is_whole &= self.destinations.len() > known;
        }
    }

    /// One packet; it returns the packet inside.
    fn one<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        match bytes.first().map(|byte| byte >> 4) {
            Some(4) => self.v4(bytes),
            Some(6) => self.v6(bytes),
            _ => None,
        }
    }

    fn v4<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let fixed = bytes.first_chunk::<20>()?;
        let [.., a, b, c, d, e, f, g, h] = *fixed;
        self.add(Ipv4Addr::new(a, b, c, d).into(), Ipv4Addr::new(e, f, g, h).into());
        let length = 4 * usize::from(fixed[0] & 15);
        let (header, payload) = bytes.split_at_checked(length.max(20)).unwrap_or((bytes, &[]));
        self.options(&header[20..]);
        let is_later_piece = u16::from_be_bytes([fixed[6], fixed[7]]) & 0x1fff > 0;
        is_tunnel(fixed[9]).then_some(payload).filter(|_| !is_later_piece)
    }

    /// The options of an IPv4 header, up to one that contradicts itself: nobody reads on there.
    fn options(&mut self, mut bytes: &[u8]) {
        while let [kind, rest @ ..] = bytes {
            let length = match (kind, rest.first()) {
                (0, _) => return,
                (1, _) => 1,
                (_, Some(length)) => usize::from(*length),
                (_, None) => return,
            };
            let (option, after) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
            if option.is_empty() {
                return;
            }
            if SOURCE_ROUTES.contains(kind) {
                self.source_route(option);
            }
            bytes = after;
        }
    }

    /// All addresses: as they stand in a row, and as a pointer has them that points between them.
    fn source_route(&mut self, option: &[u8]) {
        let pointer = option.get(2).map_or(0, |pointer| usize::from(*pointer).saturating_sub(1));
        for start in [3, pointer.max(3)] {
            let stops = option.get(start..).unwrap_or_default().chunks_exact(4);
            self.destinations.extend(stops.map(|stop| IpAddr::from([stop[0], stop[1], stop[2], stop[3]])));
        }
    }

    fn v6<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let (fixed, mut rest) = bytes.split_first_chunk::<40>()?;
        self.add(address(&fixed[8..24]), address(&fixed[24..]));
        let mut next = fixed[6];
        // Every turn takes 8 bytes or more.
        loop {
            let &[after, length, high, low, ..] = rest else {
                self.is_whole &= !is_walked(next) && !is_tunnel(next);
                return None;
            };
            let length = usize::from(length);
            let length = match next {
                0 | 43 | 60 => 8 + 8 * length,
                44 if u16::from_be_bytes([high, low]) >> 3 > 0 => return None,
                44 => 8,
                51 => 4 * (length + 2),
                _ => return is_tunnel(next).then_some(rest),
            };
            let Some((header, beyond)) = rest.split_at_checked(length) else {
                self.is_whole = false;
                return None;
            };
            if next == 43 {
                self.routing(header);
            }
            (next, rest) = (after, beyond);
        }
    }

    /// A routing header. All stops count, also those that it says have been made.
    fn routing(&mut self, header: &[u8]) {
        let all = header[8..].chunks_exact(16);
        let stops = match header[2] {
            0 | 2 => all.len(),
            // Other things follow the last segment.
            4 => usize::from(header[4]) + 1,
            _ => {
                self.is_whole &= header[3] == 0;
                0
            }
        };
        self.destinations.extend(all.take(stops).map(address));
    }
}

/// IPv4 or IPv6 in IP.
fn is_tunnel(protocol: u8) -> bool {
    matches!(protocol, 4 | 41)
}

/// Whether it is an extension header that another one follows.
fn is_walked(next: u8) -> bool {
    matches!(next, 0 | 43 | 44 | 51 | 60)
}

fn address(bytes: &[u8]) -> IpAddr {
    Ipv6Addr::from(<[u8; 16]>::try_from(bytes).unwrap_or_default()).into()
}
