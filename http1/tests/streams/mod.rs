//! The TCP streams of the captures in `tests/captures`, put together by a reader as simple as they allow.
#![allow(dead_code)]

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::path::PathBuf;

use barewire_http1::observe::{Direction, Observer, Seen};
use barewire_packet::capture::Capture;

/// One direction of a TCP connection, put together.
#[derive(Default, Clone)]
pub(crate) struct Flow {
    pub(crate) first: Option<u32>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) fin: bool,
}

/// What a packet carried: its direction, the offset in its stream, the bytes, whether it ends the stream.
pub(crate) type Piece = (Direction, u64, Vec<u8>, bool);

#[derive(Default)]
pub(crate) struct Connection {
    pub(crate) to_server: Flow,
    pub(crate) to_client: Flow,
    pub(crate) pieces: Vec<Piece>,
}

/// The IP packets of a capture.
pub(crate) fn packets(capture: &Capture) -> Vec<Vec<u8>> {
    capture.ip_packets().map(|(_, _, packet)| packet.to_vec()).collect()
}

/// The TCP connections among IP packets that are in order, by their first packet. A connection whose SYN is not there
/// has its server at the lower port.
pub(crate) fn connections(packets: &[Vec<u8>]) -> Vec<Connection> {
    let mut found: Vec<Connection> = Vec::new();
    let mut index: HashMap<(SocketAddrV4, SocketAddrV4), (usize, Direction)> = HashMap::new();
    for ip in packets {
        let header = usize::from(ip[0] & 15) * 4;
        if ip[0] >> 4 != 4 || ip[9] != 6 {
            continue;
        }
        let tcp = &ip[header..usize::from(u16::from_be_bytes([ip[2], ip[3]]))];
        let address = |at: usize, port: usize| {
            let octets: [u8; 4] = ip[at..at + 4].try_into().unwrap();
            SocketAddrV4::new(octets.into(), u16::from_be_bytes([tcp[port], tcp[port + 1]]))
        };
        let (from, to) = (address(12, 0), address(16, 2));
        let sequence = u32::from_be_bytes(tcp[4..8].try_into().unwrap());
        let (flags, data) = (tcp[13], &tcp[usize::from(tcp[12] >> 4) * 4..]);
        let (syn, fin, ack) = (flags & 2 != 0, flags & 1 != 0, flags & 16 != 0);
        if (syn && !ack) || !index.contains_key(&(from, to)) {
            let from_client = if syn { !ack } else { from.port() > to.port() };
            let direction = if from_client { Direction::ToServer } else { Direction::ToClient };
            index.insert((from, to), (found.len(), direction));
            index.insert((to, from), (found.len(), direction.reversed()));
            found.push(Connection::default());
        }
        let (number, direction) = index[&(from, to)];
        let connection = &mut found[number];
        let flow = match direction {
            Direction::ToServer => &mut connection.to_server,
            Direction::ToClient => &mut connection.to_client,
        };
        let first = *flow.first.get_or_insert(sequence.wrapping_add(u32::from(syn)));
        let offset = sequence.wrapping_add(u32::from(syn)).wrapping_sub(first);
        flow.fin |= fin;
        connection.pieces.push((direction, u64::from(offset), data.to_vec(), fin));
        // A retransmission adds nothing.
        if let Some(new) = flow.bytes.len().checked_sub(offset as usize).and_then(|known| data.get(known..)) {
            flow.bytes.extend_from_slice(new);
        }
    }
    found
}

pub(crate) fn captures() -> Vec<(String, Capture)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut captures = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("tests/captures is there") {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pcapng") {
            let capture = Capture::read(&std::fs::read(&path).unwrap()).unwrap();
            captures.push((path.file_stem().unwrap().to_string_lossy().into_owned(), capture));
        }
    }
    captures.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(
        !captures.is_empty(),
        "no capture in {}: record some with examples/captures/record.sh",
        folder.display()
    );
    captures
}

pub(crate) fn observe(connection: &Connection) -> Vec<Seen> {
    let mut observer = Observer::new();
    let mut seen = Vec::new();
    for (direction, offset, bytes, fin) in &connection.pieces {
        seen.extend(observer.receive(*direction, *offset, bytes));
        if *fin {
            seen.extend(observer.eof(*direction));
        }
    }
    seen
}
