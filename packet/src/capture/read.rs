//! Reading pcapng, block by block, in the byte order of the section header.

use std::time::Duration;

use barewire_dissect::{Parsed, Refused, finish, refuse};
use nom::bytes::complete::take;
use nom::number::Endianness;
use nom::number::complete::{u16, u32};

use super::{Capture, Interface, Packet, Reason};

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
const OPTION_COMMENT: u16 = 1;
const OPTION_IF_NAME: u16 = 2;
const OPTION_IF_TSRESOL: u16 = 9;
const SECRETS_TLS: u32 = 0x544c_534b;

/// What has been read so far, and what later blocks need of it.
struct Reader {
    order: Endianness,
    capture: Capture,
    /// The interfaces of the current section.
    described: Vec<Described>,
    /// Interfaces that earlier sections described; this section's ids count from here.
    base: usize,
}

/// What an interface block says about the packets of its interface.
struct Described {
    /// Ticks a second.
    ticks: u64,
    /// The most bytes captured of a packet; 0 means all.
    snap_length: u32,
}

pub(super) fn read(file: &[u8]) -> Result<Capture, Refused<Reason>> {
    let mut reader =
        Reader { order: Endianness::Little, capture: Capture::default(), described: Vec::new(), base: 0 };
    let parsed = reader.blocks(file);
    finish("pcapng file", file, parsed)?;
    Ok(reader.capture)
}

impl Reader {
    fn blocks<'a>(&mut self, file: &'a [u8]) -> Parsed<'a, (), Reason> {
        let mut input = file;
        while !input.is_empty() {
            (input, ()) = self.block(input, input.len() == file.len())?;
        }
        if file.is_empty() { refuse(file, Reason::NotACapture) } else { Ok((input, ())) }
    }

    /// pcapng §3.1: type, total length, body, total length again.
    fn block<'a>(&mut self, start: &'a [u8], first: bool) -> Parsed<'a, (), Reason> {
        let (rest, kind) = u32(Endianness::Big)(start)?;
        if kind == SECTION_HEADER {
            self.order = self.byte_order(rest)?.1;
            self.base = self.capture.interfaces.len();
            self.described.clear();
        } else if first {
            return refuse(start, Reason::NotACapture);
        }
        let (_, kind) = u32(self.order)(start)?;
        let (rest, length) = u32(self.order)(rest)?;
        if length < 12 || length % 4 != 0 {
            return refuse(&start[4..], Reason::BlockLength(length));
        }
        if rest.len() < length as usize - 8 {
            return refuse(start, Reason::EndsEarly);
        }
        let (rest, body) = take(length as usize - 12)(rest)?;
        let (end, trailing) = u32(self.order)(rest)?;
        if trailing != length {
            return refuse(rest, Reason::TrailingLength);
        }
        match kind {
            1 => self.interface(body)?,
            3 => self.simple_packet(body)?,
            6 => self.enhanced_packet(body)?,
            10 => self.secrets(body)?,
            _ => (body, ()),
        };
        Ok((end, ()))
    }

    /// §4.1: the magic number behind the length reads right in one byte order only.
    fn byte_order<'a>(&self, input: &'a [u8]) -> Parsed<'a, Endianness, Reason> {
        let (magic_at, _) = take(4usize)(input)?;
        let (rest, magic) = u32(Endianness::Big)(magic_at)?;
        match magic {
            BYTE_ORDER_MAGIC => Ok((rest, Endianness::Big)),
            swapped if swapped.swap_bytes() == BYTE_ORDER_MAGIC => Ok((rest, Endianness::Little)),
            _ => refuse(magic_at, Reason::NotACapture),
        }
    }

    /// §4.2: link type, reserved, snap length, options.
    fn interface<'a>(&mut self, body: &'a [u8]) -> Parsed<'a, (), Reason> {
        let (rest, link_type) = u16(self.order)(body)?;
        let (rest, _) = take(2usize)(rest)?;
        let (mut rest, snap_length) = u32(self.order)(rest)?;
        let mut name = String::new();
        let mut ticks = 1_000_000;
        while let (after, Some((code, value))) = self.option(rest)? {
            match (code, value) {
                (OPTION_IF_NAME, value) => name = String::from_utf8_lossy(value).into_owned(),
                (OPTION_IF_TSRESOL, [unit, ..]) => ticks = ticks_per_second(*unit),
                _ => {}
            }
            rest = after;
        }
        self.described.push(Described { ticks, snap_length });
        self.capture.interfaces.push(Interface { link_type, name });
        Ok((rest, ()))
    }

    /// §4.3: interface, time in ticks (high and low half), captured and original length, bytes, options.
    fn enhanced_packet<'a>(&mut self, body: &'a [u8]) -> Parsed<'a, (), Reason> {
        let (rest, id) = u32(self.order)(body)?;
        let Some(&Described { ticks, .. }) = self.described.get(id as usize) else {
            return refuse(body, Reason::NoSuchInterface(id));
        };
        let (rest, high) = u32(self.order)(rest)?;
        let (rest, low) = u32(self.order)(rest)?;
        let (rest, captured) = u32(self.order)(rest)?;
        let (rest, original_len) = u32(self.order)(rest)?;
        if captured as usize > rest.len() {
            return refuse(body, Reason::PacketLength(captured));
        }
        let (rest, bytes) = take(captured)(rest)?;
        let (mut rest, _) = take(padding(captured as usize).min(rest.len()))(rest)?;
        let mut comments = Vec::new();
        while let (after, Some((code, value))) = self.option(rest)? {
            if code == OPTION_COMMENT {
                comments.push(String::from_utf8_lossy(value));
            }
            rest = after;
        }
        let comment = (!comments.is_empty()).then(|| comments.join("\n"));
        let stamp = u64::from(high) << 32 | u64::from(low);
        let nanos = u128::from(stamp % ticks) * 1_000_000_000 / u128::from(ticks);
        let time = Duration::new(stamp / ticks, nanos as u32);
        let interface = id + self.base as u32;
        self.capture.packets.push(Packet { interface, time, bytes: bytes.to_vec(), original_len, comment });
        Ok((rest, ()))
    }

    /// §4.4: original length and bytes; no time, always the first interface.
    fn simple_packet<'a>(&mut self, body: &'a [u8]) -> Parsed<'a, (), Reason> {
        let (bytes, original_len) = u32(self.order)(body)?;
        let Some(interface) = self.described.first() else {
            return refuse(body, Reason::NoSuchInterface(0));
        };
        let captured = match interface.snap_length {
            0 => original_len,
            most => original_len.min(most),
        };
        let bytes = bytes[..bytes.len().min(captured as usize)].to_vec();
        let interface = self.base as u32;
        self.capture.packets.push(Packet {
            interface,
            time: Duration::ZERO,
            bytes,
            original_len,
            comment: None,
        });
        Ok((&[], ()))
    }

    /// §4.7: kind of secrets, length, the secrets.
    fn secrets<'a>(&mut self, body: &'a [u8]) -> Parsed<'a, (), Reason> {
        let (rest, kind) = u32(self.order)(body)?;
        let (rest, length) = u32(self.order)(rest)?;
        let (rest, text) = take(length)(rest)?;
        if kind == SECRETS_TLS {
            self.capture.secrets.push(String::from_utf8_lossy(text).into_owned());
        }
        Ok((rest, ()))
    }

    /// §3.5: code, length, value, padding to four bytes; code 0, or the body's end, ends the list.
    fn option<'a>(&self, input: &'a [u8]) -> Parsed<'a, Option<(u16, &'a [u8])>, Reason> {
        if input.is_empty() {
            return Ok((input, None));
        }
        let (rest, code) = u16(self.order)(input)?;
        let (rest, length) = u16(self.order)(rest)?;
        if code == 0 {
            return Ok((rest, None));
        }
        let (rest, value) = take(length)(rest)?;
        let (rest, _) = take(padding(length.into()).min(rest.len()))(rest)?;
        Ok((rest, Some((code, value))))
    }
}

/// if_tsresol, §4.2: a negative power of 10, or of 2 with the top bit set. What would not fit in
/// 64 bits is taken as nanoseconds.
fn ticks_per_second(unit: u8) -> u64 {
    let (base, exponent) = if unit & 0x80 == 0 { (10u64, unit) } else { (2, unit & 0x7f) };
    base.checked_pow(exponent.into()).unwrap_or(1_000_000_000)
}

/// Bytes to the next multiple of four.
fn padding(length: usize) -> usize {
    length.wrapping_neg() % 4
}
