//! Writing pcapng: little-endian, time in nanoseconds.

use super::{Capture, Packet};

pub(super) fn write(capture: &Capture) -> Vec<u8> {
    let mut out = Vec::new();
    section_header(&mut out);
    for interface in &capture.interfaces {
        block(&mut out, 1, |body| {
            body.extend(interface.link_type.to_le_bytes());
            body.extend([0; 2]); // reserved
            body.extend([0; 4]); // no snap length
            text_option(body, 2, &interface.name);
            option(body, 9, &[9]); // if_tsresol: 10^-9 s
            option(body, 0, &[]);
        });
    }
    for secrets in &capture.secrets {
        block(&mut out, 10, |body| {
            body.extend(0x544c_534b_u32.to_le_bytes()); // "TLSK": a TLS key log
            body.extend((secrets.len() as u32).to_le_bytes());
            padded(body, secrets.as_bytes());
        });
    }
    for packet in &capture.packets {
        enhanced_packet(&mut out, packet);
    }
    out
}

fn section_header(out: &mut Vec<u8>) {
    block(out, 0x0a0d_0d0a, |body| {
        body.extend(0x1a2b_3c4d_u32.to_le_bytes()); // byte-order magic
        body.extend([1, 0, 0, 0]); // version 1.0
        body.extend(u64::MAX.to_le_bytes()); // section length: not given
    });
}

fn enhanced_packet(out: &mut Vec<u8>, packet: &Packet) {
    // 64 bits of nanoseconds last until the year 2554; later times become the latest there is.
    let stamp = u64::try_from(packet.time.as_nanos()).unwrap_or(u64::MAX);
    block(out, 6, |body| {
        body.extend(packet.interface.to_le_bytes());
        body.extend(((stamp >> 32) as u32).to_le_bytes());
        body.extend((stamp as u32).to_le_bytes());
        body.extend((packet.bytes.len() as u32).to_le_bytes());
        body.extend(packet.original_len.to_le_bytes());
        padded(body, &packet.bytes);
        if let Some(comment) = &packet.comment {
            text_option(body, 1, comment);
            option(body, 0, &[]);
        }
    });
}

fn block(out: &mut Vec<u8>, kind: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    let length = (body.len() as u32 + 12).to_le_bytes();
    out.extend(kind.to_le_bytes());
    out.extend(length);
    out.extend(body);
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
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}
