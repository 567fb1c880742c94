//! TCP payloads out of a capture taken on a path that loses nothing: in the order of the packets, duplicates dropped.
#![allow(unreachable_pub)]

use std::collections::HashMap;
use std::net::SocketAddrV4;

use barewire_packet::capture::Capture;
use barewire_tls13::observe::Direction;

/// One TCP connection: pieces of its two streams with their offsets, in the order they were captured.
#[derive(Debug, Default)]
pub struct Connection {
    pub pieces: Vec<(Direction, u64, Vec<u8>)>,
    /// The next sequence number of each side.
    next: HashMap<SocketAddrV4, (u32, u64)>,
    client: Option<SocketAddrV4>,
}

impl Connection {
    /// Everything one side sent.
    pub fn stream(&self, wanted: Direction) -> Vec<u8> {
        self.pieces.iter().filter(|piece| piece.0 == wanted).flat_map(|piece| piece.2.clone()).collect()
    }
}

pub fn connections(capture: &Capture) -> Vec<Connection> {
    let mut order = Vec::new();
    let mut by_ends: HashMap<[SocketAddrV4; 2], Connection> = HashMap::new();
    for (_, _, ip) in capture.ip_packets() {
        if ip[0] >> 4 != 4 || ip[9] != 6 {
            continue;
        }
        let total = u16::from_be_bytes([ip[2], ip[3]]) as usize;
        let tcp = &ip[usize::from(ip[0] & 15) * 4..total];
        let end = |at: usize, port: usize| {
            let address: [u8; 4] = ip[at..at + 4].try_into().unwrap();
            SocketAddrV4::new(address.into(), u16::from_be_bytes([tcp[port], tcp[port + 1]]))
        };
        let (from, to) = (end(12, 0), end(16, 2));
        let sequence = u32::from_be_bytes(tcp[4..8].try_into().unwrap());
        let payload = &tcp[usize::from(tcp[12] >> 4) * 4..];
        let mut ends = [from, to];
        ends.sort();
        if !order.contains(&ends) {
            order.push(ends);
        }
        let connection = by_ends.entry(ends).or_default();
        if tcp[13] & 0x02 != 0 {
            connection.client.get_or_insert(from);
            connection.next.insert(from, (sequence.wrapping_add(1), 0));
        }
        let client = connection.client == Some(from);
        let direction = if client { Direction::ToServer } else { Direction::ToClient };
        let (next, offset) = connection.next.get_mut(&from).expect("the SYN was captured");
        if *next == sequence && !payload.is_empty() {
            connection.pieces.push((direction, *offset, payload.to_vec()));
            *next = next.wrapping_add(payload.len() as u32);
            *offset += payload.len() as u64;
        }
    }
    order.iter().filter_map(|ends| by_ends.remove(ends)).collect()
}
