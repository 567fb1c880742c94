//! Why a file is not a capture, or why it stops being one. Tested in `tests/capture.rs`.

use std::fmt;

use barewire_dissect::Explain;

/// Why a file is refused as a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The file starts like no capture.
    NotACapture,
    /// The file ends inside a block or packet.
    EndsEarly,
    /// A block length that cannot be.
    BlockLength(u32),
    /// The length after a block differs from the one before it.
    TrailingLength,
    /// A packet of an interface that no block described.
    NoSuchInterface(u32),
    /// A packet longer than its block.
    PacketLength(u32),
}

impl From<nom::error::ErrorKind> for Reason {
    fn from(_: nom::error::ErrorKind) -> Self {
        Reason::EndsEarly
    }
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        match self {
            Reason::NotACapture => "pcapng §4.1",
            Reason::EndsEarly | Reason::BlockLength(_) | Reason::TrailingLength => "pcapng §3.1",
            Reason::NoSuchInterface(_) | Reason::PacketLength(_) => "pcapng §4.3",
        }
    }

    fn explain(&self, _: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotACapture => {
                write!(f, "byte {at} starts neither a pcapng section header (0a0d0d0a) nor a pcap file")?
            }
            Reason::EndsEarly => write!(f, "the file ends inside the block or packet at byte {at}")?,
            Reason::BlockLength(length) => {
                write!(
                    f,
                    "the block length at byte {at} is {length}; a block is at least 12 bytes and a multiple of 4"
                )?;
            }
            Reason::TrailingLength => {
                write!(f, "the block length at byte {at} differs from the one in front of the block")?
            }
            Reason::NoSuchInterface(id) => {
                write!(f, "the packet at byte {at} names interface {id}, which no block described")?
            }
            Reason::PacketLength(length) => {
                write!(f, "the packet at byte {at} claims {length} bytes, more than its block holds")?
            }
        }
        write!(f, "; {}", self.rule())
    }
}
