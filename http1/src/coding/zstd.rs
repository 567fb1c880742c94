//! Zstandard (RFC 8878): frames, one after the other. Frames and blocks are told apart here; what a block holds is
//! undone by the library, block by block.
//!
//! ```text
//!      ┌───────────────────────────────────────────────┐
//!      ▼                                               │
//!   Header ──▶ BlockHeader ──▶ Block ──▶ Drain ── the last one
//!    │   ▲          ▲                      │
//!    ▼   │          └── another one ───────┘
//!    Skip
//! ```
//!
//! The window may have 8 MiB (RFC 9659 §3), and a block 128 KiB: so much is held. Dictionaries are not known here.

mod frame;

use std::io::Read;

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::held::Held;
use super::reason::Reason;
use super::step::Step;
use frame::{BLOCK_HEADER, Block, Frame, SHORTEST, Start};

/// Zstandard data being undone.
pub(super) struct Zstd {
    at: At,
    held: Held,
    library: FrameDecoder,
    frame: Frame,
    /// Content of this frame.
    made: u64,
}

/// The states of the figure.
#[derive(Clone, Copy)]
enum At {
    /// A frame header, of so many bytes as far as is known.
    Header(usize),
    /// So many bytes of a skippable frame.
    Skip(u64),
    BlockHeader,
    /// A block of so many bytes with its header, and whether it is the last one.
    Block(usize, bool),
    /// What came out of a block, the last one or not.
    Drain(bool),
}

impl Default for Zstd {
    fn default() -> Zstd {
        let mut library = FrameDecoder::new();
        library.set_max_window_size(frame::WINDOW);
        Zstd { at: At::Header(SHORTEST), held: Held::default(), library, frame: Frame::default(), made: 0 }
    }
}

impl Zstd {
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        match self.at {
            At::Header(want) => self.header(want, input),
            At::Skip(left) => self.skip(left, input),
            At::BlockHeader => self.block_header(input, out),
            At::Block(want, is_last) => self.block(want, is_last, input, out),
            At::Drain(is_last) => match self.drain(0, is_last, out) {
                // Nothing was left of the block: what follows it is next.
                Step { made: 0, fault: None, .. } => self.step(input, out),
                step => step,
            },
        }
    }

    /// The end of a frame may be the end of all.
    pub(super) fn may_end(&self) -> bool {
        matches!(self.at, At::Header(_)) && self.held.0.is_empty()
    }

    fn header(&mut self, want: usize, input: &[u8]) -> Step {
        let taken = self.held.fill(want, input);
        if self.held.0.len() < want {
            return Step { taken, ..Step::default() };
        }
        match frame::start(&self.held.0) {
            Ok(Start::Longer(length)) => self.at = At::Header(length),
            Ok(Start::Skippable(length)) => {
                self.held.0.clear();
                self.at = if length == 0 { At::Header(SHORTEST) } else { At::Skip(length) };
            }
            Ok(Start::Frame(frame)) => {
                if let Err(error) = self.library.reset(&self.held.0[..]) {
                    return self.broken(taken, Reason::Zstd(error.to_string().into()));
                }
                (self.frame, self.made, self.at) = (frame, 0, At::BlockHeader);
                self.held.0.clear();
            }
            Err((at, reason)) => return Step::broken(taken, self.held.0.len() - at, reason),
        }
        Step { taken, ..Step::default() }
    }

    fn skip(&mut self, left: u64, input: &[u8]) -> Step {
        let taken = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
        let left = left - taken as u64;
        self.at = if left == 0 { At::Header(SHORTEST) } else { At::Skip(left) };
        Step { taken, ..Step::default() }
    }

    fn block_header(&mut self, input: &[u8], out: &mut [u8]) -> Step {
        let taken = self.held.fill(BLOCK_HEADER, input);
        if let [one, two, three] = self.held.0[..] {
            match Block::read([one, two, three]) {
                Ok(block) => {
                    let checksum = if block.is_last && self.frame.has_checksum { 4 } else { 0 };
                    let want = BLOCK_HEADER + block.length + checksum;
                    self.at = At::Block(want, block.is_last);
                    if want == BLOCK_HEADER {
                        return Step { taken, ..self.block(want, block.is_last, &[], out) };
                    }
                }
                Err(reason) => return self.broken(taken, reason),
            }
        }
        Step { taken, ..Step::default() }
    }

    /// The library wants a block whole, and the checksum with the last one.
    fn block(&mut self, want: usize, is_last: bool, input: &[u8], out: &mut [u8]) -> Step {
        let taken = self.held.fill(want, input);
        if self.held.0.len() < want {
            return Step { taken, ..Step::default() };
        }
        let one = BlockDecodingStrategy::UptoBlocks(1);
        if let Err(error) = self.library.decode_blocks(&self.held.0[..], one) {
            return self.broken(taken, Reason::Zstd(error.to_string().into()));
        }
        self.held.0.clear();
        self.at = At::Drain(is_last);
        self.drain(taken, is_last, out)
    }

    /// Hands out what the window has room for no more, or after the last block everything.
    fn drain(&mut self, taken: usize, is_last: bool, out: &mut [u8]) -> Step {
        // The library's reader is a buffer in memory, which does not fail.
        let made = self.library.read(out).unwrap_or(0);
        self.made += made as u64;
        if made == out.len() {
            return Step { taken, made, fault: None };
        }
        if !is_last {
            self.at = At::BlockHeader;
            return Step { taken, made, fault: None };
        }
        self.at = At::Header(SHORTEST);
        Step { made, ..self.check(taken) }
    }

    /// The frame is complete: its header told its length, and its checksum is that of its content.
    fn check(&self, taken: usize) -> Step {
        if let Some(said) = self.frame.content.filter(|said| *said != self.made) {
            return Step::broken(taken, 0, Reason::ZstdLength { said, is: self.made });
        }
        match (self.library.get_checksum_from_data(), self.library.get_calculated_checksum()) {
            (Some(said), Some(is)) if said != is => Step::broken(taken, 4, Reason::ZstdChecksum { said, is }),
            _ => Step { taken, ..Step::default() },
        }
    }

    /// Broken at the start of what is held.
    fn broken(&self, taken: usize, reason: Reason) -> Step {
        Step::broken(taken, self.held.0.len(), reason)
    }
}
