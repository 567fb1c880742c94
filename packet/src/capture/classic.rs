//! Reading classic pcap (pcap §4, §5): one header, then frames, all on one interface.

use std::io::Read;
use std::time::Duration;

use super::error::{Error, refused};
use super::source::Source;
use super::{Format, Frame, Interface, Next, Origin, Reason};

/// The magic numbers: what one unit of a time's fraction is, in nanoseconds, and how long the head of a frame is.
const MAGICS: [(u32, u32, usize); 3] = [
    (0xa1b2_c3d4, 1000, 16),
    (0xa1b2_3c4d, 1, 16),
    // A patched libpcap of 1999 wrote more after the head of each frame: interface, protocol, packet type.
    (0xa1b2_cd34, 1000, 24),
];

/// The longest frame that is read, in bytes; as in Wireshark.
pub(super) const MOST_FRAME: u32 = 256 * 1024;

/// How the records of a file are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classic {
    big_endian: bool,
    nanoseconds: u32,
    head: usize,
}

impl Classic {
    pub(super) fn of_magic(start: &[u8]) -> Option<Classic> {
        let magic = u32::from_be_bytes(*start.first_chunk()?);
        let found = MAGICS.iter().find(|(number, ..)| magic == *number || magic.swap_bytes() == *number);
        found.map(|&(number, nanoseconds, head)| Classic { big_endian: magic == number, nanoseconds, head })
    }

    /// Whether these bytes, fewer than a magic number has, may be the beginning of one.
    pub(super) fn may_start_with(start: &[u8]) -> bool {
        let both = |magic: u32| [magic.to_be_bytes(), magic.to_le_bytes()];
        MAGICS.iter().flat_map(|(magic, ..)| both(*magic)).any(|magic| magic.starts_with(start))
    }

    fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let bytes = bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or_default();
        if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// pcap §4: magic, version, two unused words, snap length, link type.
    pub(super) fn header<R: Read>(self, source: &mut Source<R>) -> Result<Interface, Error> {
        let header = source.fill(24)?;
        if header.len() < 24 {
            return Err(refused(Format::Pcap.name(), 0, Reason::HeaderEndsEarly(Format::Pcap)));
        }
        // The upper half says how long the frame check sequences are; they follow the packets and are not read.
        let link_type = self.u32(header, 20) as u16;
        source.consume(24);
        Ok(Interface { link_type, name: String::new(), origin: Origin::Seen })
    }

    /// pcap §5: time, captured length, original length, and the bytes.
    pub(super) fn next<R: Read>(self, source: &mut Source<R>, frame: &mut Frame) -> Result<Next, Error> {
        let at = source.position();
        let head = source.fill(self.head)?;
        match head.len() {
            0 => return Ok(Next::End),
            there if there < self.head => return Err(cut(at)),
            _ => {}
        }
        let [seconds, fraction, captured, original_len] = [0, 4, 8, 12].map(|at| self.u32(head, at));
        if captured > MOST_FRAME {
            return Err(refused(Format::Pcap.name(), at + 8, Reason::FrameLength(Format::Pcap, captured)));
        }
        let length = self.head + captured as usize;
        let record = source.fill(length)?;
        let Some(bytes) = record.get(self.head..length) else { return Err(cut(at)) };
        frame.bytes.clear();
        frame.bytes.extend_from_slice(bytes);
        (frame.interface, frame.original_len) = (0, original_len);
        (frame.comment, frame.way) = (None, None);
        frame.time = Duration::from_secs(seconds.into())
            + Duration::from_nanos(u64::from(fraction) * u64::from(self.nanoseconds));
        source.consume(length);
        Ok(Next::Frame)
    }
}

fn cut(at: u64) -> Error {
    refused(Format::Pcap.name(), at, Reason::EndsEarly(Format::Pcap))
}
