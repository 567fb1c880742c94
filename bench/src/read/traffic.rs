//! What the captures hold: TCP connections as tcpdump would have caught them, made from a seed.
//!
//! Every packet is written by smoltcp, which also makes the checksums: Ethernet, IPv4, TCP with timestamps and window
//! scaling. Each connection has its handshake, data, ACKs, and a FIN from each side.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    IpAddress, IpProtocol, Ipv4Packet, Ipv4Repr, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber,
    TcpTimestampRepr,
};

use super::file::CaptureFile;
use super::list::Listed;

const SEED: u64 = 5;
/// From one frame to the next: 1,514 bytes at 1 Gbit/s.
const FRAME_NANOSECONDS: u64 = 12_000;
/// When it all begins, since the Unix epoch.
const START: u64 = 1_700_000_000_000_000_000;
/// Data in a full segment, in bytes: 1500 without the headers and the timestamps.
const SEGMENT: usize = 1448;
/// Segments that are sent one after the other. Every second one is acknowledged.
const BURST: usize = 8;
/// A burst in so many loses its first segment.
const LOSS: u32 = 500;
/// Short connections that are open at the same time.
const AT_ONCE: u32 = 16;

const ETHERNET: [[u8; 14]; 2] = [
    [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00], // to the server
    [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00],
];

const REQUEST: &[u8] = b"GET /small HTTP/1.1\r\nHost: www.example.test\r\nAccept: */*\r\n\r\n";
const RESPONSE: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world\n";

const CLIENT: usize = 0;
const SERVER: usize = 1;

/// Four clients that send to one server side by side, as iperf does, until the file has `size` bytes. A few segments
/// are lost on their way to where the capture is made, and sent again.
pub(super) fn transfers(file: CaptureFile, size: u64) -> io::Result<(u64, Vec<Listed>)> {
    let mut wire = Wire::new(file);
    let server = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 80), 5201);
    let clients = (0..4).map(|number| SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 50_000 + number));
    let mut connections: Vec<Connection> = clients.map(|client| wire.connection([client, server])).collect();
    // What iperf 2 sends. Random bytes look like some protocol here and there, as tshark says.
    let content: Vec<u8> = b"0123456789".iter().copied().cycle().take(BURST * SEGMENT).collect();
    for connection in &mut connections {
        connection.handshake(&mut wire)?;
    }
    while wire.file.length() < size {
        let chosen = wire.rng.next_u32() as usize % connections.len();
        connections[chosen].burst(&mut wire, &content)?;
    }
    for connection in &mut connections {
        connection.close(&mut wire)?;
    }
    wire.finish(connections)
}

/// So many clients, each with a request and a response of HTTP, sixteen of them at a time.
pub(super) fn short_connections(file: CaptureFile, count: u32) -> io::Result<(u64, Vec<Listed>)> {
    let mut wire = Wire::new(file);
    let server = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 80), 80);
    // 256 hosts, each from one port after the other.
    let client =
        |number: u32| SocketAddrV4::new(Ipv4Addr::new(10, 0, number as u8, 2), 1024 + (number >> 8) as u16);
    let mut connections: Vec<Connection> =
        (0..count).map(|number| wire.connection([client(number), server])).collect();
    for some in connections.chunks_mut(AT_ONCE as usize) {
        for step in [Connection::handshake, Connection::exchange, Connection::close] {
            some.iter_mut().try_for_each(|connection| step(connection, &mut wire))?;
        }
    }
    wire.finish(connections)
}

/// Where frames are caught.
struct Wire {
    file: CaptureFile,
    rng: ChaCha8Rng,
    /// In nanoseconds since the Unix epoch.
    now: u64,
}

impl Wire {
    fn new(file: CaptureFile) -> Wire {
        Wire { file, rng: ChaCha8Rng::seed_from_u64(SEED), now: START }
    }

    fn connection(&mut self, ends: [SocketAddrV4; 2]) -> Connection {
        let first = [(); 2].map(|()| TcpSeqNumber(self.rng.next_u32() as i32));
        Connection { ends, sent: first, heard: [None; 2], frames: 0 }
    }

    fn frame(&mut self, frame: &[u8]) -> io::Result<()> {
        self.now += FRAME_NANOSECONDS;
        self.file.frame(self.now, frame)
    }

    /// The length of the file, and what was written to it.
    fn finish(self, connections: Vec<Connection>) -> io::Result<(u64, Vec<Listed>)> {
        let listed = connections.iter().map(|one| Listed::new(one.ends, one.frames)).collect();
        Ok((self.file.finish()?, listed))
    }
}

/// A connection between two hosts. Pairs are in the order client, server.
struct Connection {
    ends: [SocketAddrV4; 2],
    /// The sequence number after the last byte that this end sent.
    sent: [TcpSeqNumber; 2],
    /// The sequence number that this end waits for.
    heard: [Option<TcpSeqNumber>; 2],
    frames: u64,
}

impl Connection {
    fn handshake(&mut self, wire: &mut Wire) -> io::Result<()> {
        self.send(wire, CLIENT, TcpControl::Syn, &[])?;
        self.send(wire, SERVER, TcpControl::Syn, &[])?;
        self.acknowledge(wire, CLIENT)
    }

    fn exchange(&mut self, wire: &mut Wire) -> io::Result<()> {
        self.send(wire, CLIENT, TcpControl::Psh, REQUEST)?;
        self.acknowledge(wire, SERVER)?;
        self.send(wire, SERVER, TcpControl::Psh, RESPONSE)?;
        self.acknowledge(wire, CLIENT)
    }

    fn close(&mut self, wire: &mut Wire) -> io::Result<()> {
        self.send(wire, CLIENT, TcpControl::Fin, &[])?;
        self.send(wire, SERVER, TcpControl::Fin, &[])?;
        self.acknowledge(wire, CLIENT)
    }

    /// Full segments from the client, and the server's ACKs.
    fn burst(&mut self, wire: &mut Wire, content: &[u8]) -> io::Result<()> {
        let lost = wire.rng.next_u32().is_multiple_of(LOSS);
        let mut segments = content.chunks_exact(SEGMENT).enumerate();
        let first = self.sent[CLIENT];
        if lost {
            segments.next();
            self.sent[CLIENT] += SEGMENT;
        }
        for (number, segment) in segments {
            let control = if number == BURST - 1 { TcpControl::Psh } else { TcpControl::None };
            self.segment(wire, CLIENT, self.sent[CLIENT], control, segment)?;
            self.sent[CLIENT] += SEGMENT;
            if lost {
                // RFC 5681 §4.2: a segment out of order is acknowledged at once.
                self.acknowledge(wire, SERVER)?;
            } else {
                self.heard[SERVER] = Some(self.sent[CLIENT]);
                if number % 2 == 1 {
                    self.acknowledge(wire, SERVER)?;
                }
            }
        }
        if lost {
            self.segment(wire, CLIENT, first, TcpControl::None, &content[..SEGMENT])?;
            self.heard[SERVER] = Some(self.sent[CLIENT]);
            self.acknowledge(wire, SERVER)?;
        }
        Ok(())
    }

    /// The next segment from one end, which arrives at the other.
    fn send(&mut self, wire: &mut Wire, from: usize, control: TcpControl, data: &[u8]) -> io::Result<()> {
        self.segment(wire, from, self.sent[from], control, data)?;
        self.sent[from] += data.len() + control.len();
        self.heard[1 - from] = Some(self.sent[from]);
        Ok(())
    }

    fn acknowledge(&mut self, wire: &mut Wire, from: usize) -> io::Result<()> {
        self.segment(wire, from, self.sent[from], TcpControl::None, &[])
    }

    /// Writes a segment into the capture.
    fn segment(
        &mut self,
        wire: &mut Wire,
        from: usize,
        number: TcpSeqNumber,
        control: TcpControl,
        data: &[u8],
    ) -> io::Result<()> {
        let (source, destination) = (self.ends[from], self.ends[1 - from]);
        let opens = control == TcpControl::Syn;
        let milliseconds = (wire.now / 1_000_000) as u32;
        let acknowledges = self.heard[from];
        let tcp = TcpRepr {
            src_port: source.port(),
            dst_port: destination.port(),
            control,
            seq_number: number,
            ack_number: acknowledges,
            window_len: 24_576,
            window_scale: opens.then_some(7),
            max_seg_size: opens.then_some(1460),
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: Some(TcpTimestampRepr::new(milliseconds, acknowledges.map_or(0, |_| milliseconds))),
            payload: data,
        };
        self.frames += 1;
        wire.frame(&frame(ETHERNET[from], *source.ip(), *destination.ip(), &tcp))
    }
}

fn frame(ethernet: [u8; 14], source: Ipv4Addr, destination: Ipv4Addr, tcp: &TcpRepr<'_>) -> Vec<u8> {
    let checksums = ChecksumCapabilities::default();
    let ip = Ipv4Repr {
        src_addr: source,
        dst_addr: destination,
        next_header: IpProtocol::Tcp,
        payload_len: tcp.buffer_len(),
        hop_limit: 64,
    };
    let mut frame = ethernet.to_vec();
    frame.resize(ethernet.len() + ip.buffer_len() + tcp.buffer_len(), 0);
    let packet = &mut frame[ethernet.len()..];
    ip.emit(&mut Ipv4Packet::new_unchecked(&mut *packet), &checksums);
    let segment = &mut packet[ip.buffer_len()..];
    let ends = [source, destination].map(IpAddress::from);
    tcp.emit(&mut TcpPacket::new_unchecked(segment), &ends[0], &ends[1], &checksums);
    frame
}
