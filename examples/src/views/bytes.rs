//! The bytes of a packet, each with its name, layer under layer.

use barewire_dissect::printable;

use super::style::Style;
use super::words::{paragraph, several};
use crate::story::Section;

/// Draws one section: its title, its bytes with their fields, and why reading stopped, if it did.
pub fn section(section: &Section, style: &Style) -> String {
    let mut out = format!("── {}, {} ──\n", section.title, several(section.bytes.len() as u64, "byte"));
    out.push_str(&section.tree.to_text(&section.bytes, style.tree()));
    if let Some(stopped) = &section.stopped {
        let text = format!("stopped at byte {}: {}", stopped.offset, printable(&stopped.to_string()));
        out.push_str(&paragraph(&text, 0, style.width));
    }
    out
}

/// Draws the sections of a packet, one under the other.
pub fn sections(sections: &[Section], style: &Style) -> String {
    sections.iter().map(|one| section(one, style)).collect()
}
