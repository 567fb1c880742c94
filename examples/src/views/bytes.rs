//! The bytes of a packet, each with its name, layer under layer.

use std::fmt::Write as _;

use barewire_dissect::printable;

use super::style::Style;
use crate::story::Section;

/// Draws one section: its title, its bytes with their fields, and why reading stopped, if it did.
pub fn section(section: &Section, style: &Style) -> String {
    let mut out = format!("── {}, {} bytes ──\n", section.title, section.bytes.len());
    out.push_str(&section.tree.to_text(&section.bytes, style.tree()));
    if let Some(stopped) = &section.stopped {
        let _ = writeln!(out, "stopped at byte {}: {}", stopped.offset, printable(&stopped.to_string()));
    }
    out
}

/// Draws the sections of a packet, one under the other.
pub fn sections(sections: &[Section], style: &Style) -> String {
    sections.iter().map(|one| section(one, style)).collect()
}
