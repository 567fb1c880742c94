//! One end of a connection, by hand: the numbers, and nothing that acts by itself. The lesson `handshake_by_hand` does
//! the same without it.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use barewire_packet::link::Link;
use barewire_tcp::{Flags, Segment, SeqNumber};

use super::hear::{Heard, hear};

/// One end of a connection. Its fields may be set to whatever an experiment needs.
pub struct ByHand {
    /// Where its packets go out and come in.
    pub link: Box<dyn Link>,
    /// This end.
    pub here: SocketAddr,
    /// The other end.
    pub there: SocketAddr,
    /// The number of our next byte: SND.NXT.
    pub next: SeqNumber,
    /// The number of the peer's next byte, which is what our ACKs say: RCV.NXT.
    pub expected: SeqNumber,
    /// Our initial sequence number: numbers are told from here.
    pub first: SeqNumber,
    /// The peer's initial sequence number.
    pub peers_first: SeqNumber,
    last: Option<Heard>,
}

impl ByHand {
    /// An end that has sent nothing yet.
    pub fn new(link: Box<dyn Link>, here: SocketAddr, there: SocketAddr) -> ByHand {
        let (first, none) = (SeqNumber(1000), SeqNumber(0));
        ByHand { link, here, there, next: first, expected: none, first, peers_first: none, last: None }
    }

    /// Opens the connection by three packets.
    ///
    /// # Errors
    /// The link's; and the peer does not answer with a SYN-ACK.
    pub fn open(&mut self) -> Result<(), Box<dyn Error>> {
        self.send(Flags::SYN, b"")?;
        let answer = self.hear()?.ok_or("nobody answers the SYN")?;
        if answer.flags != Flags::SYN | Flags::ACK {
            return Err(format!("the answer to the SYN is {}", answer.flags).into());
        }
        Ok(self.send(Flags::ACK, b"")?)
    }

    /// Sends a segment with our next number, and counts what it takes.
    ///
    /// # Errors
    /// The link's.
    pub fn send(&mut self, flags: Flags, text: &[u8]) -> io::Result<()> {
        let segment = self.segment(flags, text);
        self.link.send(&segment.ip_packet(self.here.ip(), self.there.ip()))?;
        self.next += segment.len();
        Ok(())
    }

    /// A segment with our next number.
    pub fn segment<'a>(&self, flags: Flags, text: &'a [u8]) -> Segment<'a> {
        let ack = if flags.ack() { self.expected } else { SeqNumber(0) };
        let (seq, window) = (self.next, 65_535);
        let empty = Segment::empty(self.here.port(), self.there.port());
        Segment { seq, ack, flags, window, payload: text, ..empty }
    }

    /// The next segment of the peer's. `None`: nothing has come for 150 ms. One that only comes again is passed over.
    ///
    /// # Errors
    /// The link's.
    pub fn hear(&mut self) -> io::Result<Option<Heard>> {
        let mut heard = hear(self.link.as_mut(), self.there, self.here)?;
        while heard.is_some() && heard == self.last {
            heard = hear(self.link.as_mut(), self.there, self.here)?;
        }
        if let Some(heard) = &heard {
            self.last = Some(heard.clone());
            if heard.flags.syn() {
                self.peers_first = heard.seq;
            }
            let length =
                heard.text.len() as u32 + u32::from(heard.flags.syn()) + u32::from(heard.flags.fin());
            // A segment that carries nothing, or that comes again, leaves the number as it is.
            if heard.flags.syn() || heard.seq == self.expected {
                self.expected = heard.seq + length;
            }
        }
        Ok(heard)
    }

    /// A segment in words, with numbers that count from the beginning.
    pub fn told(&self, heard: &Heard) -> String {
        let mut told = format!("{}, seq {}", heard.flags, heard.seq.since(self.peers_first));
        if heard.flags.ack() {
            told += &format!(" ack {}", heard.ack.since(self.first));
        }
        if !heard.text.is_empty() {
            told += &format!(", {} bytes", heard.text.len());
        }
        told
    }
}
