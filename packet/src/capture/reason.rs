//! Why a file is not a capture, or why it stops being one. Tested in `tests/capture.rs` and `tests/pcap.rs`.

use std::fmt;

use barewire_dissect::Explain;

/// The format of a capture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Blocks in sections: draft-ietf-opsawg-pcapng.
    Pcapng,
    /// One header and frames, of one interface: draft-ietf-opsawg-pcap.
    Pcap,
}

impl Format {
    /// What a file of this format is called.
    pub fn name(self) -> &'static str {
        match self {
            Format::Pcapng => "pcapng file",
            Format::Pcap => "pcap file",
        }
    }
}

/// Why a file is refused as a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The file has no bytes. Every capture begins like that.
    Empty,
    /// The file does not start as a capture does.
    NotACapture,
    /// The file is packed by gzip.
    Compressed,
    /// The file ends inside its first header: that of the file, or of its first section.
    HeaderEndsEarly(Format),
    /// The file ends inside a block or a frame's record. What comes before is whole.
    EndsEarly(Format),
    /// A block is too short for the fields it should have.
    FieldsEndEarly,
    /// The byte-order magic of a section reads right in neither byte order.
    ByteOrder(u32),
    /// A section of a major version that is not 1.
    Version(u16),
    /// A block length that cannot be.
    BlockLength(u32),
    /// A block longer than this reader holds.
    BlockTooLong(usize),
    /// The length after a block differs from the one before it.
    TrailingLength,
    /// A frame of an interface that no block described.
    NoSuchInterface(u32),
    /// A frame longer than its block.
    PacketLength(u32),
    /// A frame longer than this reader holds.
    FrameLength(Format, u32),
    /// More interfaces than this reader holds.
    TooManyInterfaces(usize),
}

impl Reason {
    /// Whether the file was good as far as it went: it ends before its header, in it, or inside its last record.
    pub fn is_cut(&self) -> bool {
        matches!(self, Reason::Empty | Reason::HeaderEndsEarly(_) | Reason::EndsEarly(_))
    }
}

impl From<nom::error::ErrorKind> for Reason {
    fn from(_: nom::error::ErrorKind) -> Self {
        Reason::FieldsEndEarly
    }
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        match self {
            Reason::Empty | Reason::NotACapture => "pcapng §4.1, pcap §4",
            Reason::HeaderEndsEarly(Format::Pcap) => "pcap §4",
            Reason::Compressed => "RFC 1952 §2.3.1",
            Reason::EndsEarly(Format::Pcap) | Reason::FrameLength(Format::Pcap, _) => "pcap §5",
            Reason::EndsEarly(Format::Pcapng)
            | Reason::FieldsEndEarly
            | Reason::BlockLength(_)
            | Reason::BlockTooLong(_)
            | Reason::TrailingLength => "pcapng §3.1",
            Reason::HeaderEndsEarly(Format::Pcapng) | Reason::ByteOrder(_) | Reason::Version(_) => {
                "pcapng §4.1"
            }
            Reason::TooManyInterfaces(_) => "pcapng §4.2",
            Reason::NoSuchInterface(_) | Reason::PacketLength(_) | Reason::FrameLength(Format::Pcapng, _) => {
                "pcapng §4.3"
            }
        }
    }

    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Empty => f.write_str("the file is empty")?,
            Reason::NotACapture => write!(
                f,
                "byte {at} starts neither a pcapng section header (0a0d0d0a) nor a pcap file (a1b2c3d4)"
            )?,
            Reason::Compressed => {
                write!(f, "the file is packed by gzip (1f8b at byte {at}): unpack it first")?
            }
            Reason::HeaderEndsEarly(format) => write!(f, "the {} ends inside its header", format.name())?,
            Reason::EndsEarly(_) => {
                write!(f, "the {what} ends inside the record that starts at byte {at}")?;
            }
            Reason::FieldsEndEarly => write!(f, "the block ends at byte {at}, inside a field")?,
            Reason::ByteOrder(magic) => {
                write!(f, "the byte-order magic at byte {at} is {magic:08x}, not 1a2b3c4d in either order")?;
            }
            Reason::Version(major) => {
                write!(f, "the section at byte {at} has major version {major}, which is not 1")?;
            }
            Reason::BlockLength(length) => write!(
                f,
                "the block length at byte {at} is {length}; a block is at least 12 bytes and a multiple of 4"
            )?,
            Reason::BlockTooLong(length) => {
                write!(f, "the block length at byte {at} is {length}, more than is read here")?;
            }
            Reason::TrailingLength => {
                write!(f, "the block length at byte {at} differs from the one in front of the block")?;
            }
            Reason::NoSuchInterface(id) => {
                write!(f, "the frame at byte {at} names interface {id}, which no block described")?;
            }
            Reason::PacketLength(length) => {
                write!(f, "the frame length at byte {at} is {length}, more than its block holds")?;
            }
            Reason::FrameLength(_, length) => {
                write!(f, "the frame length at byte {at} is {length}, more than is read here (262144)")?;
            }
            Reason::TooManyInterfaces(most) => {
                write!(f, "the interface at byte {at} is one more than the {most} that are read here")?;
            }
        }
        write!(f, "; {}", self.rule())
    }
}
