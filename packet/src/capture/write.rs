//! Writing pcapng: little-endian, time in nanoseconds. The blocks, and a whole capture as a row of them.

use std::time::Duration;

use super::options::{code, padding};
use super::{Capture, Frame, Interface, Statistics};
use crate::link::Way;

impl Capture {
    /// The file's bytes, in pcapng: secrets first, since readers open a TLS connection only with
    /// secrets that stand before its ServerHello.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        section_header(&mut out);
        self.interfaces.iter().for_each(|one| interface(&mut out, one));
        self.secrets.iter().for_each(|lines| secrets(&mut out, lines));
        self.frames.iter().for_each(|frame| enhanced_packet(&mut out, frame));
        if let Some(end) = self.end {
            let about = Statistics { end, received: None, dropped: None };
            (0..self.interfaces.len()).for_each(|interface| statistics(&mut out, interface as u32, &about));
        }
        out
    }
}

/// Interface Description, pcapng §4.2.
pub(super) fn interface(out: &mut Vec<u8>, interface: &Interface) {
    block(out, 1, |body| {
        body.extend(interface.link_type.to_le_bytes());
        body.extend([0; 2]); // reserved
        body.extend([0; 4]); // no snap length
        text_option(body, code::IF_NAME, &interface.name);
        if let Some(description) = interface.origin.description() {
            text_option(body, code::IF_DESCRIPTION, description);
        }
        option(body, code::IF_TSRESOL, &[9]); // 10^-9 s
        option(body, code::END, &[]);
    });
}

/// Decryption Secrets, pcapng §4.7: a TLS key log.
pub(super) fn secrets(out: &mut Vec<u8>, lines: &str) {
    block(out, 10, |body| {
        body.extend(0x544c_534b_u32.to_le_bytes()); // "TLSK": a TLS key log
        body.extend((lines.len() as u32).to_le_bytes());
        padded(body, lines.as_bytes());
    });
}

/// Interface Statistics, pcapng §4.6: when capturing ended, as the time of the block and as an option, and what was
/// counted.
pub(super) fn statistics(out: &mut Vec<u8>, interface: u32, about: &Statistics) {
    let end = stamp(about.end);
    block(out, 5, |body| {
        body.extend(interface.to_le_bytes());
        body.extend(end);
        option(body, code::ISB_ENDTIME, &end);
        for (code, count) in [(code::ISB_IFRECV, about.received), (code::ISB_OSDROP, about.dropped)] {
            count.into_iter().for_each(|count| option(body, code, &count.to_le_bytes()));
        }
        option(body, code::END, &[]);
    });
}

/// A time in nanoseconds, the high half first. 64 bits of them last until the year 2554; later times become the latest
/// there is.
fn stamp(time: Duration) -> [u8; 8] {
    let stamp = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&((stamp >> 32) as u32).to_le_bytes());
    bytes[4..].copy_from_slice(&(stamp as u32).to_le_bytes());
    bytes
}

/// Section Header, pcapng §4.1.
pub(super) fn section_header(out: &mut Vec<u8>) {
    block(out, 0x0a0d_0d0a, |body| {
        body.extend(0x1a2b_3c4d_u32.to_le_bytes()); // byte-order magic
        body.extend([1, 0, 0, 0]); // version 1.0
        body.extend(u64::MAX.to_le_bytes()); // section length: not given
    });
}

/// Enhanced Packet, pcapng §4.3.
pub(super) fn enhanced_packet(out: &mut Vec<u8>, frame: &Frame) {
    block(out, 6, |body| {
        body.extend(frame.interface.to_le_bytes());
        body.extend(stamp(frame.time));
        body.extend((frame.bytes.len() as u32).to_le_bytes());
        body.extend(frame.original_len.to_le_bytes());
        padded(body, &frame.bytes);
        if let Some(comment) = &frame.comment {
            text_option(body, code::COMMENT, comment);
        }
        if let Some(way) = frame.way {
            option(body, code::EPB_FLAGS, &flags(way).to_le_bytes());
        }
        if frame.comment.is_some() || frame.way.is_some() {
            option(body, code::END, &[]);
        }
    });
}

/// The flags of a packet, pcapng §4.3.1: its direction in the two lowest bits, nothing else.
fn flags(way: Way) -> u32 {
    match way {
        Way::Received => 0b01,
        Way::Sent => 0b10,
    }
}

/// A block: its length stands at both ends.
fn block(out: &mut Vec<u8>, kind: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    fill(out);
    let length = ((out.len() - start) as u32 + 4).to_le_bytes();
    out[start + 4..start + 8].copy_from_slice(&length);
    out.extend(length);
}

/// An option whose value is text. Text too long for the option's 16-bit length is cut there, between two letters.
fn text_option(body: &mut Vec<u8>, code: u16, text: &str) {
    let mut end = text.len().min(u16::MAX.into());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    option(body, code, &text.as_bytes()[..end]);
}

/// An option; its value is short enough for a 16-bit length.
fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    body.extend(code.to_le_bytes());
    body.extend((value.len() as u16).to_le_bytes());
    padded(body, value);
}

fn padded(body: &mut Vec<u8>, value: &[u8]) {
    body.extend_from_slice(value);
    body.extend(&[0; 3][..padding(value.len())]);
}
