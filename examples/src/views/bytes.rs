//! The bytes of a packet, each with its name, layer under layer.

use std::fmt::Write as _;

use barewire_dissect::{TextStyle, printable};
use barewire_packet::capture::Capture;

use crate::reading::{Row, Section, Story};

/// Draws the packet of `row`, and every message that it completed.
pub fn packet_bytes(story: &Story, capture: &Capture, row: &Row, style: &TextStyle) -> String {
    story.sections(capture, row).iter().map(|section| section_text(section, style)).collect()
}

/// Draws one section: its title, its bytes with their fields, and why reading stopped, if it did.
pub fn section_text(section: &Section, style: &TextStyle) -> String {
    let mut out = format!("── {}, {} bytes ──\n", section.title, section.bytes.len());
    out.push_str(&section.tree.to_text(&section.bytes, *style));
    if let Some(broken) = &section.broken {
        let _ = writeln!(out, "stopped at byte {}: {}", broken.offset, printable(&broken.message));
    }
    out
}
