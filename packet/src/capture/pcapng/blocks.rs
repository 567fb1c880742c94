//! The blocks that are read: pcapng §4.1 to §4.4, §4.7 and Appendix A.

use barewire_dissect::{Parsed, refuse};
use nom::bytes::complete::take;
use nom::number::complete::{u16, u32};

use super::interface::Described;
use super::kind::{ENHANCED_PACKET, INTERFACE, OBSOLETE_PACKET, SECRETS, SIMPLE_PACKET, STATISTICS};
use super::{Section, Step};
use crate::capture::classic::MOST_FRAME;
use crate::capture::options::{code, each_option, padding};
use crate::capture::{Format, Frame, Interface, Next, Reason};
use crate::link::Way;

const SECRETS_TLS: u32 = 0x544c_534b;

/// The most interfaces of a file. They are kept while it is read, so a file must not choose how many there are.
const MOST_INTERFACES: usize = 4096;

impl Section {
    pub(super) fn read<'a>(
        &mut self,
        kind: u32,
        body: &'a [u8],
        interfaces: &mut Vec<Interface>,
        frame: &mut Frame,
    ) -> Parsed<'a, Step, Reason> {
        match kind {
            INTERFACE => self.interface(body, interfaces),
            OBSOLETE_PACKET => self.obsolete_packet(body, frame),
            SIMPLE_PACKET => self.simple_packet(body, frame),
            STATISTICS => self.statistics(body),
            ENHANCED_PACKET => self.enhanced_packet(body, frame),
            SECRETS => self.secrets(body),
            _ => self.section_header(body),
        }
    }

    /// §4.1: byte-order magic, major and minor version. The rest does not matter to a reader that goes forward.
    fn section_header<'a>(&self, body: &'a [u8]) -> Parsed<'a, Step, Reason> {
        let (version, _) = take(4usize)(body)?;
        let (rest, major) = u16(self.order)(version)?;
        if major == 1 { Ok((rest, Step::Nothing)) } else { refuse(version, Reason::Version(major)) }
    }

    fn interface<'a>(&mut self, body: &'a [u8], interfaces: &mut Vec<Interface>) -> Parsed<'a, Step, Reason> {
        if interfaces.len() == MOST_INTERFACES {
            return refuse(body, Reason::TooManyInterfaces(MOST_INTERFACES));
        }
        let (rest, (described, interface)) = Described::read(self.order, body)?;
        self.described.push(described);
        interfaces.push(interface);
        Ok((rest, Step::Nothing))
    }

    /// §4.3: interface, time, captured and original length, bytes, options.
    fn enhanced_packet<'a>(&self, body: &'a [u8], frame: &mut Frame) -> Parsed<'a, Step, Reason> {
        let (rest, id) = u32(self.order)(body)?;
        self.packet(id, body, rest, frame)
    }

    /// Appendix A: as the enhanced packet, with 16 bits of interface, and 16 of packets dropped before this one.
    fn obsolete_packet<'a>(&self, body: &'a [u8], frame: &mut Frame) -> Parsed<'a, Step, Reason> {
        let (rest, id) = u16(self.order)(body)?;
        let (rest, _) = take(2usize)(rest)?;
        self.packet(id.into(), body, rest, frame)
    }

    fn packet<'a>(
        &self,
        id: u32,
        body: &'a [u8],
        rest: &'a [u8],
        frame: &mut Frame,
    ) -> Parsed<'a, Step, Reason> {
        let Some(described) = self.described.get(id as usize) else {
            return refuse(body, Reason::NoSuchInterface(id));
        };
        let (rest, high) = u32(self.order)(rest)?;
        let (at, low) = u32(self.order)(rest)?;
        let (rest, captured) = u32(self.order)(at)?;
        let (rest, original_len) = u32(self.order)(rest)?;
        if captured > MOST_FRAME {
            return refuse(at, Reason::FrameLength(Format::Pcapng, captured));
        }
        if captured as usize > rest.len() {
            return refuse(at, Reason::PacketLength(captured));
        }
        let (rest, bytes) = take(captured)(rest)?;
        let (rest, _) = take(padding(captured as usize).min(rest.len()))(rest)?;
        frame.bytes.clear();
        frame.bytes.extend_from_slice(bytes);
        frame.interface = id + self.base as u32;
        frame.time = described.time(u64::from(high) << 32 | u64::from(low));
        frame.original_len = original_len;
        (frame.comment, frame.way) = (None, None);
        if !rest.is_empty() {
            each_option(self.order, rest, |code, value| match (code, value.first_chunk()) {
                (code::COMMENT, _) => add_comment(frame, value),
                (code::EPB_FLAGS, Some(flags)) => frame.way = way(self.word(*flags)),
                _ => {}
            })?;
        }
        Ok((&[], Step::Found(Next::Frame)))
    }

    /// §4.4: original length and bytes; no time, always the section's first interface.
    fn simple_packet<'a>(&self, body: &'a [u8], frame: &mut Frame) -> Parsed<'a, Step, Reason> {
        let (bytes, original_len) = u32(self.order)(body)?;
        let Some(described) = self.described.first() else {
            return refuse(body, Reason::NoSuchInterface(0));
        };
        let captured = described.captured(original_len);
        if captured.min(bytes.len() as u32) > MOST_FRAME {
            return refuse(body, Reason::FrameLength(Format::Pcapng, captured));
        }
        frame.bytes.clear();
        frame.bytes.extend_from_slice(&bytes[..bytes.len().min(captured as usize)]);
        frame.interface = self.base as u32;
        frame.time = std::time::Duration::ZERO;
        frame.original_len = original_len;
        (frame.comment, frame.way) = (None, None);
        Ok((&[], Step::Found(Next::Frame)))
    }

    /// §4.6: interface, time of the statistics, options. The one that is read here says when capturing ended.
    fn statistics<'a>(&mut self, body: &'a [u8]) -> Parsed<'a, Step, Reason> {
        let (rest, id) = u32(self.order)(body)?;
        let Some(described) = self.described.get(id as usize) else {
            return refuse(body, Reason::NoSuchInterface(id));
        };
        let (rest, _) = take(8usize)(rest)?;
        let mut end = self.end;
        each_option(self.order, rest, |code, value| {
            let stamp = value.split_first_chunk::<4>().zip(value.last_chunk::<4>());
            if let (code::ISB_ENDTIME, Some(((high, _), low))) = (code, stamp) {
                let stamp = u64::from(self.word(*high)) << 32 | u64::from(self.word(*low));
                end = end.max(Some(described.time(stamp)));
            }
        })?;
        self.end = end;
        Ok((&[], Step::Nothing))
    }

    /// §4.7: kind of secrets, length, the secrets.
    fn secrets<'a>(&self, body: &'a [u8]) -> Parsed<'a, Step, Reason> {
        let (rest, kind) = u32(self.order)(body)?;
        let (rest, length) = u32(self.order)(rest)?;
        let (rest, text) = take(length)(rest)?;
        if kind != SECRETS_TLS {
            return Ok((rest, Step::Nothing));
        }
        Ok((rest, Step::Found(Next::Secrets(String::from_utf8_lossy(text).into_owned()))))
    }
}

/// The direction in the flags of a packet, §4.3.1: the two lowest bits.
fn way(flags: u32) -> Option<Way> {
    match flags & 0b11 {
        0b01 => Some(Way::Received),
        0b10 => Some(Way::Sent),
        _ => None,
    }
}

/// Several comments become one, a line each.
fn add_comment(frame: &mut Frame, text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    match &mut frame.comment {
        None => frame.comment = Some(text.into_owned()),
        Some(comment) => {
            comment.push('\n');
            comment.push_str(&text);
        }
    }
}
