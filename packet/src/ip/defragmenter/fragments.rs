//! What becomes of a fragment. Tested in `tests/fragments.rs`.

use std::fmt;

/// What became of a fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fragments {
    /// The packet is whole, and was before it came here.
    NotAFragment,
    /// It waits for the other pieces.
    Kept,
    /// It had come before.
    Duplicate,
    /// All pieces are here.
    Whole {
        /// The packet as it was before it was cut: for [`IpPacket::parse`](crate::ip::IpPacket::parse).
        packet: Vec<u8>,
    },
    /// Two pieces claim the same bytes, or disagree about the end: the packet is dropped (RFC 5722 §4).
    Overlap,
    /// A router has marked one piece, and another says that it cannot be marked: the packet is dropped (RFC 3168 §5.3).
    MarksDisagree,
    /// The pieces make a longer packet than there can be: it is dropped.
    TooLong,
    /// A piece that is not the last has a length that is not a multiple of 8: it is dropped (RFC 8200 §4.5).
    Uneven,
    /// The capture has only a part of this piece, so the packet will never be whole.
    NotCaptured,
}

/// What became of it, in words.
impl fmt::Display for Fragments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fragments::NotAFragment => "whole",
            Fragments::Kept => "kept until the others are here",
            Fragments::Duplicate => "here already",
            Fragments::Whole { .. } => "the packet is whole now",
            Fragments::Overlap => "dropped with its packet, for two pieces overlap (RFC 5722 §4)",
            Fragments::MarksDisagree => {
                "dropped with its packet, for a piece is marked that could not be (RFC 3168 §5.3)"
            }
            Fragments::TooLong => "dropped with its packet, which would be longer than 65,535 bytes",
            Fragments::Uneven => "dropped, for its length is not a multiple of 8 (RFC 8200 §4.5)",
            Fragments::NotCaptured => "not put together, for the capture has only a part of it",
        })
    }
}
