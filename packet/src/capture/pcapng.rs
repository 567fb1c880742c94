//! Reading pcapng, block by block, in the byte order of the section header.

mod blocks;
mod interface;
mod kind;

use std::io::Read;
use std::time::Duration;

use barewire_dissect::offset_of;
use nom::number::Endianness;

use super::error::{Error, refused};
use super::source::Source;
use super::{Format, Frame, Interface, Next, Reason};
use interface::Described;
use kind::{SECTION_HEADER, is_numbered, is_read};

const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

/// The longest block that is read, in bytes. A block that is skipped may be longer.
const MOST_BLOCK: usize = 16 * 1024 * 1024;

/// The section that is being read: its byte order, and its interfaces.
#[derive(Debug)]
pub(super) struct Section {
    order: Endianness,
    /// The interfaces of this section.
    described: Vec<Described>,
    /// Interfaces that earlier sections described; this section's ids count from here.
    base: usize,
    /// When capturing ended, where a block says so.
    pub(super) end: Option<Duration>,
}

/// What a block gave.
pub(super) enum Step {
    Found(Next),
    /// Not a frame, but Wireshark numbers it as if it were one.
    Numbered,
    Nothing,
}

/// The first words of a block, and where it stands in the file.
struct Head {
    kind: u32,
    length: usize,
    at: u64,
}

impl Head {
    /// Refuses what stands `ahead` bytes into the block.
    fn refuse(&self, ahead: usize, reason: Reason) -> Error {
        refused(Format::Pcapng.name(), self.at + ahead as u64, reason)
    }

    fn cut(&self) -> Error {
        cut(self.at)
    }
}

/// The file ends inside the block that starts at `at`. The first block is the file's header.
fn cut(at: u64) -> Error {
    let reason = if at == 0 { Reason::HeaderEndsEarly } else { Reason::EndsEarly };
    refused(Format::Pcapng.name(), at, reason(Format::Pcapng))
}

impl Default for Section {
    fn default() -> Section {
        Section { order: Endianness::Little, described: Vec::new(), base: 0, end: None }
    }
}

impl Section {
    /// Whether a file that starts so is a pcapng file. The type of this block reads the same in both byte orders.
    pub(super) fn starts_with(start: &[u8]) -> bool {
        start.starts_with(&SECTION_HEADER.to_be_bytes())
    }

    /// Whether these bytes, fewer than four, may be the beginning of one.
    pub(super) fn may_start_with(start: &[u8]) -> bool {
        SECTION_HEADER.to_be_bytes().starts_with(start)
    }

    /// Reads one block.
    pub(super) fn next<R: Read>(
        &mut self,
        source: &mut Source<R>,
        interfaces: &mut Vec<Interface>,
        frame: &mut Frame,
    ) -> Result<Step, Error> {
        let Some(head) = self.head(source, interfaces.len())? else { return Ok(Step::Found(Next::End)) };
        if !is_read(head.kind) {
            return self.skip(source, &head);
        }
        let body = self.body(source, &head)?;
        let step = match self.read(head.kind, body, interfaces, frame) {
            Ok((_, step)) => step,
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
                return Err(head.refuse(8 + offset_of(body, error.at), error.reason));
            }
            Err(nom::Err::Incomplete(_)) => return Err(head.refuse(0, Reason::FieldsEndEarly)),
        };
        source.consume(head.length);
        Ok(step)
    }

    /// pcapng §3.1: type and total length. `None`: the file ends before this block.
    fn head<R: Read>(&mut self, source: &mut Source<R>, interfaces: usize) -> Result<Option<Head>, Error> {
        let at = source.position();
        let words = source.fill(12)?;
        if words.is_empty() {
            return Ok(None);
        }
        let (Some(kind), Some(length), Some(third)) =
            (word_at(words, 0), word_at(words, 4), word_at(words, 8))
        else {
            return Err(cut(at));
        };
        if kind == SECTION_HEADER.to_be_bytes() {
            self.order =
                byte_order(third).map_err(|reason| refused(Format::Pcapng.name(), at + 8, reason))?;
            self.base = interfaces;
            self.described.clear();
        }
        let (kind, length) = (self.word(kind), self.word(length));
        if length < 12 || length % 4 != 0 {
            return Err(refused(Format::Pcapng.name(), at + 4, Reason::BlockLength(length)));
        }
        Ok(Some(Head { kind, length: length as usize, at }))
    }

    /// The block without its frame: without type and lengths.
    fn body<'s, R: Read>(&self, source: &'s mut Source<R>, head: &Head) -> Result<&'s [u8], Error> {
        if head.length > MOST_BLOCK {
            return Err(head.refuse(4, Reason::BlockTooLong(head.length)));
        }
        let block = source.fill(head.length)?;
        let block = block.get(8..head.length).and_then(<[u8]>::split_last_chunk::<4>);
        let (body, trailing) = block.ok_or_else(|| head.cut())?;
        self.check_trailing(*trailing, head)?;
        Ok(body)
    }

    /// Leaves out a block that is not read here, whatever its length.
    fn skip<R: Read>(&self, source: &mut Source<R>, head: &Head) -> Result<Step, Error> {
        if !source.skip(head.length - 4)? {
            return Err(head.cut());
        }
        let trailing = *source.fill(4)?.first_chunk().ok_or_else(|| head.cut())?;
        self.check_trailing(trailing, head)?;
        source.consume(4);
        Ok(if is_numbered(head.kind) { Step::Numbered } else { Step::Nothing })
    }

    fn check_trailing(&self, trailing: [u8; 4], head: &Head) -> Result<(), Error> {
        if self.word(trailing) as usize == head.length {
            return Ok(());
        }
        Err(head.refuse(head.length - 4, Reason::TrailingLength))
    }

    fn word(&self, bytes: [u8; 4]) -> u32 {
        if self.order == Endianness::Big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

fn word_at(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// pcapng §4.1: the magic number after the length reads right in one byte order only.
fn byte_order(magic: [u8; 4]) -> Result<Endianness, Reason> {
    match u32::from_be_bytes(magic) {
        BYTE_ORDER_MAGIC => Ok(Endianness::Big),
        swapped if swapped.swap_bytes() == BYTE_ORDER_MAGIC => Ok(Endianness::Little),
        other => Err(Reason::ByteOrder(other)),
    }
}
