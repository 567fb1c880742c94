//! The header of a Zstandard frame, and of a block (RFC 8878 §3.1.1.1 and §3.1.1.2). What is refused here is never
//! handed to the library.

use crate::coding::reason::Reason;

/// The largest window that a decoder must support, and that a sender may use (RFC 9659 §3).
pub(super) const WINDOW: u64 = 8 << 20;
/// A magic number and the byte that says how long the header is.
pub(super) const SHORTEST: usize = 5;
/// Last_Block, Block_Type and Block_Size.
pub(super) const BLOCK_HEADER: usize = 3;
/// Block_Maximum_Size, whatever the window is (RFC 8878 §3.1.1.2.4).
const BLOCK: usize = 128 << 10;
const MAGIC: u32 = 0xfd2f_b528;
const SKIPPABLE: u32 = 0x184d_2a50;

/// What a frame's header says.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Frame {
    pub(super) has_checksum: bool,
    /// Frame_Content_Size.
    pub(super) content: Option<u64>,
}

/// What some bytes at the start of a frame are.
pub(super) enum Start {
    /// A part of a header of so many bytes.
    Longer(usize),
    /// The header of a frame to skip: so many bytes follow.
    Skippable(u64),
    Frame(Frame),
}

/// Reads the start of a frame, of [`SHORTEST`] bytes or of as many as it asked for. An error comes with the byte.
pub(super) fn start(bytes: &[u8]) -> Result<Start, (usize, Reason)> {
    let magic = number(bytes, 0, 4) as u32;
    if magic & !0xf == SKIPPABLE {
        return Ok(if bytes.len() < 8 { Start::Longer(8) } else { Start::Skippable(number(bytes, 4, 4)) });
    }
    if magic != MAGIC {
        return Err((0, Reason::NotZstd(magic)));
    }
    let descriptor = bytes.get(4).copied().unwrap_or_default();
    let is_single = descriptor & 0x20 != 0;
    if descriptor & 0x08 != 0 {
        return Err((4, Reason::ZstdReserved));
    }
    let window = usize::from(!is_single);
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = [usize::from(is_single), 2, 4, 8][usize::from(descriptor >> 6)];
    let length = SHORTEST + window + dictionary + size;
    if bytes.len() < length {
        return Ok(Start::Longer(length));
    }
    let id = number(bytes, SHORTEST + window, dictionary);
    if id != 0 {
        return Err((SHORTEST + window, Reason::ZstdDictionary(id as u32)));
    }
    let content = number(bytes, SHORTEST + window + dictionary, size);
    let content = (size > 0).then(|| if size == 2 { content + 256 } else { content });
    let wants = if is_single { content.unwrap_or(0) } else { window_size(bytes[SHORTEST]) };
    if wants > WINDOW {
        return Err((SHORTEST, Reason::ZstdWindow(wants)));
    }
    Ok(Start::Frame(Frame { has_checksum: descriptor & 0x04 != 0, content }))
}

/// Window_Size, from its five bits of exponent and three of mantissa (RFC 8878 §3.1.1.1.2).
fn window_size(descriptor: u8) -> u64 {
    let base = 1 << (10 + (descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

/// A number of at most eight bytes, the lowest one first.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.iter().skip(at).take(length);
    bytes.rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What a block's header says.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) is_last: bool,
    /// Bytes that follow.
    pub(super) length: usize,
}

impl Block {
    pub(super) fn read(header: [u8; BLOCK_HEADER]) -> Result<Block, Reason> {
        let bits = number(&header, 0, BLOCK_HEADER) as usize;
        let (kind, size) = (bits >> 1 & 3, bits >> 3);
        if kind == 3 {
            return Err(Reason::ZstdBlockType);
        }
        if size > BLOCK {
            return Err(Reason::ZstdBlockSize(size));
        }
        // An RLE block has one byte, to be repeated.
        Ok(Block { is_last: bits & 1 == 1, length: if kind == 1 { 1 } else { size } })
    }
}
