//! Capture files: pcapng read and written, classic pcap read.
//!
//! A trace of this project is a capture, so the format lives here, where the tests of all crates can reach it.
//! A pcapng file is a row of blocks. The length of a block stands at both of its ends, so that the file can be walked
//! either way:
//!
//! ```text
//!  Section Header   byte order
//!  Interface        link type, name, unit of time             one per interface
//!  Secrets          TLS key log, before the packets it opens
//!  Enhanced Packet  interface, time, bytes, comment           one per frame
//! ```
//!
//! [`Reader`] reads a file of any size, or a pipe from tcpdump, one [`Item`] at a time. It holds one block at the most.
//! [`Writer`] writes one while its frames come. [`Capture`] is a whole file in memory.
//!
//! ```
//! use barewire_packet::capture::{Item, Reader, linktype};
//!
//! // A pcap file of one frame: two bytes, of a packet that had nine.
//! let words = [0xa1b2c3d4u32, 0x0004_0002, 0, 0, 65535, 101, /* the frame */ 7, 5, 2, 9];
//! let mut file: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
//! file.extend([0x45, 0x00]);
//!
//! let mut reader = Reader::new(&file[..]);
//! let Some(Item::Frame(frame)) = reader.next_item()? else { panic!("no frame") };
//! assert_eq!((frame.number, frame.bytes, frame.original_len), (1, vec![0x45, 0x00], 9));
//! assert_eq!(reader.interfaces()[0].link_type, linktype::RAW);
//! assert!(reader.next_item()?.is_none());
//! # Ok::<(), barewire_packet::capture::Error>(())
//! ```
//!
//! Formats: draft-ietf-opsawg-pcapng-03 (cited as "pcapng"), draft-ietf-opsawg-pcap-05 (cited as "pcap").
//!
//! Left out: blocks of names and of statistics, and custom blocks (skipped); secrets other than TLS key logs (skipped);
//! files that are compressed (refused by name: unpack them first). Tested in `packet/tests/capture.rs`,
//! `pcapng.rs`, `clocks.rs`, `pcap.rs` (all with tshark) and `reader.rs` beside it.

mod classic;
mod error;
mod frame;
mod item;
mod options;
mod origin;
mod pcapng;
mod reader;
mod reason;
mod source;
mod write;
mod writer;

use std::time::Duration;

use barewire_dissect::Refused;

pub use crate::frame::linktype;
pub use error::Error;
pub use frame::{Frame, Interface, Statistics};
pub use item::{Item, Next};
pub use origin::Origin;
pub use reader::Reader;
pub use reason::{Format, Reason};
pub use writer::Writer;

use crate::frame::{Network, open};

/// A whole capture: interfaces, frames in file order, and the secrets that open them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// Where frames were seen; [`Frame::interface`] counts from 0 in this list.
    pub interfaces: Vec<Interface>,
    /// The frames, in the order of the file.
    pub frames: Vec<Frame>,
    /// The bodies of the TLS secrets blocks: lines as SSLKEYLOGFILE has them.
    pub secrets: Vec<String>,
    /// When capturing ended, since the Unix epoch, where the file says so. That can be long after the last frame.
    pub end: Option<Duration>,
    /// Where the file breaks off inside its last record. `None` when it is whole.
    pub cut: Option<Refused<Reason>>,
}

impl Capture {
    /// Reads a pcapng or classic pcap file. A file that breaks off inside its last record gives all frames before that,
    /// and [`Capture::cut`] says where.
    ///
    /// # Errors
    /// [`Refused`]: not a capture, or one that breaks the rules of its format.
    pub fn read(file: &[u8]) -> Result<Capture, Refused<Reason>> {
        let mut reader = Reader::new(file);
        let mut capture = Capture::default();
        loop {
            match reader.next_item() {
                Ok(Some(Item::Frame(frame))) => capture.frames.push(frame),
                Ok(Some(Item::Secrets(secrets))) => capture.secrets.push(secrets),
                Ok(None) => break,
                Err(Error::Refused(refused)) if refused.reason.is_cut() => {
                    capture.cut = Some(refused);
                    break;
                }
                Err(Error::Refused(refused)) => return Err(refused),
                // Reading from memory does not fail.
                Err(Error::Io(_)) => break,
            }
        }
        capture.end = reader.end();
        capture.interfaces = reader.into_interfaces();
        Ok(capture)
    }

    /// The IP packets: index in [`Capture::frames`], time, and the bytes from the IP header on.
    /// Frames that carry no IP are left out.
    pub fn ip_packets(&self) -> impl Iterator<Item = (usize, Duration, &[u8])> {
        let frames = self.frames.iter().enumerate();
        frames.filter_map(|(index, frame)| Some((index, frame.time, self.ip_packet(index)?)))
    }

    /// The bytes of one frame from the IP header on, if it carries IP.
    pub fn ip_packet(&self, index: usize) -> Option<&[u8]> {
        let frame = self.frames.get(index)?;
        let link_type = self.interfaces.get(frame.interface as usize)?.link_type;
        match open(link_type, &frame.bytes, frame.original_len).network {
            Network::Ip(packet) => Some(packet),
            Network::Arp(_) | Network::Other(_) => None,
        }
    }
}
