//! Why coded data was refused, and the sentence for it: what was seen, where, and which rule it breaks.
//!
//! The offset counts the bytes that the coding was given: those of the body, or those that the coding around it gave.
//! In compressed deflate and br data it is where the library stood, which may be some bytes after the wrong one; it
//! depends on how the bytes were cut, and so does the library's word for what is wrong in br.

use std::fmt;

use barewire_dissect::{Explain, count, several};

/// Why coded data was refused, with what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A coding that is not known here, by its name.
    UnknownCoding(Box<str>),
    /// More codings than the limit.
    TooManyCodings(usize),
    /// The data ends before its end.
    EndsEarly,
    /// A byte after the end of the data.
    TrailingByte(u8),
    /// More content than [`Config`](super::Config) allows for so many coded bytes.
    TooLong(u64),
    /// A byte that is not one of the first two bytes of gzip.
    NotGzip(u8),
    /// A method of compression other than deflate.
    GzipMethod(u8),
    /// Flags of a gzip header that have no meaning.
    GzipFlags(u8),
    /// The checksum of a gzip header.
    GzipHeaderCrc {
        /// As it came.
        said: u16,
        /// As computed.
        is: u16,
    },
    /// The checksum of a member's content.
    GzipCrc {
        /// As it came.
        said: u32,
        /// As computed.
        is: u32,
    },
    /// The length of a member's content, modulo 2^32.
    GzipLength {
        /// As it came.
        said: u32,
        /// As counted.
        is: u32,
    },
    /// Compressed data that deflate cannot have made.
    Deflate,
    /// The checksum of zlib.
    Adler32 {
        /// As it came.
        said: u32,
        /// As computed.
        is: u32,
    },
    /// A zlib header that asks for a dictionary.
    ZlibDictionary,
    /// Data that Brotli cannot have made. The text is the library's.
    Brotli(Box<str>),
    /// Not the magic number of a frame.
    NotZstd(u32),
    /// The reserved bit of a frame header is set.
    ZstdReserved,
    /// A frame wants this window, in bytes.
    ZstdWindow(u64),
    /// A frame asks for the dictionary with this number.
    ZstdDictionary(u32),
    /// A block of the reserved type.
    ZstdBlockType,
    /// A block of so many bytes.
    ZstdBlockSize(usize),
    /// A block that Zstandard cannot have made. The text is the library's.
    Zstd(Box<str>),
    /// The length of a frame's content.
    ZstdLength {
        /// As its header says.
        said: u64,
        /// As counted.
        is: u64,
    },
    /// The checksum of a frame's content.
    ZstdChecksum {
        /// As it came.
        said: u32,
        /// As computed.
        is: u32,
    },
    /// The caller says that the data has ended while content waits to be read.
    Unread,
    /// A library that takes no more bytes and gives none.
    Stuck,
}

impl Explain for Reason {
    fn rule(&self) -> &'static str {
        rule(self).0
    }

    /// "byte 0x42 at byte 0 of the gzip data is not how gzip begins; RFC 1952 §2.3.1 begins a member with 1f 8b"
    fn explain(&self, what: &str, at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (clause, says) = rule(self);
        write!(f, "{}; {clause} {says}", seen(self, what, at))
    }
}

/// The clause of an RFC, and what it says in a few words.
fn rule(reason: &Reason) -> (&'static str, &'static str) {
    use Reason::*;
    match reason {
        UnknownCoding(_) => {
            ("RFC 9110 §8.4.1", "lets anybody register codings; a recipient needs to know them")
        }
        TooManyCodings(_) => ("RFC 9110 §2.3", "sets no limit, so each recipient must"),
        TooLong(_) => {
            ("RFC 9110 §2.3", "sets no limit, so each recipient must: too much from so few is a bomb")
        }
        EndsEarly => ("RFC 9110 §8.4", "undoes codings to get the content, and this is not all of it"),
        TrailingByte(_) => {
            ("RFC 9110 §8.4.1", "makes the content from the whole body, and from nothing else")
        }
        NotGzip(_) => ("RFC 1952 §2.3.1", "begins a member with 1f 8b"),
        GzipMethod(_) => ("RFC 1952 §2.3.1", "knows method 8, deflate"),
        GzipFlags(_) => ("RFC 1952 §2.3.1.2", "tells a decoder to refuse reserved flags"),
        GzipHeaderCrc { .. } => ("RFC 1952 §2.3.1", "wants there the lower half of the header's CRC-32"),
        GzipCrc { .. } => ("RFC 1952 §2.3.1", "wants there the CRC-32 of the content"),
        GzipLength { .. } => ("RFC 1952 §2.3.1", "wants there the length of the content"),
        Deflate => ("RFC 1951 §3.2", "defines blocks, and these bytes are none"),
        Adler32 { .. } => ("RFC 1950 §2.2", "wants there the Adler-32 of the content"),
        ZlibDictionary => ("RFC 1950 §2.2", "lets both sides agree on one, and HTTP has no way to"),
        Brotli(text) if &**text == "window bits" => ("RFC 7932 §9.1", "allows windows of 1 KiB to 16 MiB"),
        Brotli(_) => ("RFC 7932 §10", "tells a decoder to refuse such data"),
        NotZstd(_) => ("RFC 8878 §3.1.1", "begins a frame with 28 b5 2f fd"),
        ZstdReserved => ("RFC 8878 §3.1.1.1.1.4", "tells a decoder to check that it is zero"),
        ZstdWindow(_) => ("RFC 9659 §3", "allows 8 MiB in HTTP"),
        ZstdDictionary(_) => {
            ("RFC 8878 §3.1.1.1.3", "lets both sides agree on one, and this coding has none")
        }
        ZstdBlockType => ("RFC 8878 §3.1.1.2.2", "reserves it, and calls such data corrupt"),
        ZstdBlockSize(_) => ("RFC 8878 §3.1.1.2.4", "allows 128 KiB"),
        Zstd(_) => ("RFC 8878 §3.1.1.2", "defines blocks, and these bytes are none"),
        ZstdLength { .. } => ("RFC 8878 §3.1.1.1.4", "wants the length of the content in the frame header"),
        ZstdChecksum { .. } => ("RFC 8878 §3.1.1", "wants there the low half of the content's XXH64"),
        Unread => ("RFC 9110 §8.4", "undoes codings to get the content, and this is not all of it"),
        Stuck => ("RFC 9110 §8.4.1", "makes the content from the whole body"),
    }
}

/// What was seen at byte `at` of `what`.
fn seen(reason: &Reason, what: &str, at: usize) -> String {
    use Reason::*;
    let here = format!("at byte {at} of the {what}");
    match reason {
        UnknownCoding(name) => {
            format!("the coding {name:?} is not known here ({} are)", super::accept_encoding())
        }
        TooManyCodings(limit) => format!("the body has more codings than the limit of {limit}"),
        EndsEarly => format!("the {what} ends early, at byte {at}"),
        TrailingByte(byte) => format!("byte {byte:#04x} {here} comes after its end"),
        TooLong(limit) => {
            format!(
                "the first {} of the {what} hold more than {} of content",
                bytes(at as u64),
                bytes(*limit)
            )
        }
        NotGzip(byte) => format!("byte {byte:#04x} {here} is not how gzip begins"),
        GzipMethod(method) => format!("the method of compression {here} is {method}"),
        GzipFlags(flags) => format!("the flags {here} are {flags:#04x}"),
        GzipHeaderCrc { said, is } => format!("the header's checksum {here} is {said:04x}, not {is:04x}"),
        GzipCrc { said, is } | Adler32 { said, is } | ZstdChecksum { said, is } => {
            format!("the checksum {here} is {said:08x}, and that of the content {is:08x}")
        }
        GzipLength { said, is } => format!(
            "the length {here} is {}, and the content has {}",
            count((*said).into()),
            bytes((*is).into())
        ),
        Deflate => format!("the {what} cannot be read near byte {at}"),
        ZlibDictionary => format!("the flags {here} ask for a dictionary"),
        Brotli(text) => format!("the {what} cannot be read near byte {at} ({text})"),
        NotZstd(magic) => format!("the number {magic:#010x} {here} is not how a zstd frame begins"),
        ZstdReserved => format!("the reserved bit of the frame header is set {here}"),
        ZstdWindow(window) => format!("the frame header {here} wants a window of {}", bytes(*window)),
        ZstdDictionary(id) => format!("the frame header {here} asks for the dictionary {id}"),
        ZstdBlockType => format!("the block {here} is of type 3"),
        ZstdBlockSize(size) => format!("the block {here} has {}", bytes(*size as u64)),
        Zstd(text) => format!("the block {here} cannot be read ({text})"),
        ZstdLength { said, is } => {
            format!(
                "the frame before byte {at} of the {what} has {} of content, and its header says {}",
                bytes(*is),
                count(*said)
            )
        }
        Unread => format!("content waits to be read at byte {at}"),
        Stuck => format!("the decoder takes no more bytes {here}"),
    }
}

fn bytes(number: u64) -> String {
    several(number, "byte")
}
