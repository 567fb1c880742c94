//! The captures beside this folder, and TCP payloads out of them. They were taken on a path that loses nothing: in
//! the order of the packets, duplicates dropped.
#![allow(dead_code, unreachable_pub)]

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::path::PathBuf;

use barewire_dissect::Direction;
use barewire_packet::capture::Capture;
use barewire_tls13::observe::{Observer, Seen};

/// The folder of the captures.
pub fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures"))
}

/// All captures by name. Those of `captures/servers` begin with `servers/`.
pub fn captures() -> Vec<(String, Capture)> {
    let names = [names_in(""), names_in("servers/")].concat();
    assert!(names.len() >= 40, "captures are missing: {names:?}");
    names.into_iter().map(|name| (name.clone(), capture(&name))).collect()
}

fn names_in(part: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder().join(part)).unwrap().map(|entry| entry.unwrap().path());
    let captures = files.filter(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    let mut names: Vec<String> =
        captures.map(|path| format!("{part}{}", path.file_stem().unwrap().display())).collect();
    names.sort();
    names
}

/// The capture of that name.
pub fn capture(name: &str) -> Capture {
    let path = folder().join(name).with_extension("pcapng");
    Capture::read(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .unwrap()
}

/// An observer with the capture's key log for each connection, and what it told.
pub fn observe(capture: &Capture) -> Vec<(Observer, Vec<Seen>)> {
    let observe_one = |connection: Connection| {
        let mut observer = Observer::new();
        capture.secrets.iter().for_each(|text| observer.add_key_log(text));
        let pieces = connection.pieces.iter();
        let seen = pieces.flat_map(|(way, offset, bytes)| observer.receive(*way, *offset, bytes)).collect();
        (observer, seen)
    };
    connections(capture).into_iter().map(observe_one).collect()
}

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
        // A capture without the handshake of TCP: the server has the lower port.
        connection.client.get_or_insert(ends.into_iter().max_by_key(|end| end.port()).unwrap());
        let client = connection.client == Some(from);
        let direction = if client { Direction::ToServer } else { Direction::ToClient };
        let (next, offset) = connection.next.entry(from).or_insert((sequence, 0));
        if *next == sequence && !payload.is_empty() {
            connection.pieces.push((direction, *offset, payload.to_vec()));
            *next = next.wrapping_add(payload.len() as u32);
            *offset += payload.len() as u64;
        }
    }
    order.iter().filter_map(|ends| by_ends.remove(ends)).collect()
}
