//! Waiting for a segment at a link.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_packet::link::Link;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, SeqNumber};

/// How long [`hear`] waits: longer than a network of one room takes, shorter than a kernel's first retransmission.
const PATIENCE: Duration = Duration::from_millis(150);

/// A segment that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its control bits.
    pub flags: Flags,
    /// Its sequence number.
    pub seq: SeqNumber,
    /// Its acknowledgment number.
    pub ack: SeqNumber,
    /// Its window, as it stands in the packet.
    pub window: u16,
    /// Its text.
    pub text: Vec<u8>,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.flags)?;
        if self.text.is_empty() { Ok(()) } else { write!(f, ", {} bytes", self.text.len()) }
    }
}

/// The next segment between these two ends. All else that comes in is passed over: a link hears everything. `None`:
/// nothing has come for 150 ms.
///
/// # Errors
/// Those of the link.
pub fn hear(link: &mut dyn Link, from: SocketAddr, to: SocketAddr) -> io::Result<Option<Heard>> {
    let deadline = link.now() + PATIENCE;
    while let Some(bytes) = link.receive(Some(deadline))? {
        let Ok(packet) = Packet::parse(&bytes) else { continue };
        let (source, destination) = (packet.ip.header.source(), packet.ip.header.destination());
        let Payload::Tcp(segment) = packet.payload else { continue };
        let ends = (
            SocketAddr::new(source, segment.source_port),
            SocketAddr::new(destination, segment.destination_port),
        );
        if ends == (from, to) {
            let (flags, seq, ack, window) = (segment.flags, segment.seq, segment.ack, segment.window);
            return Ok(Some(Heard { flags, seq, ack, window, text: segment.payload.to_vec() }));
        }
    }
    Ok(None)
}
