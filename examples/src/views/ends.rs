//! What both ends of a conversation are in after a packet: the lines that `--step` shows below it.
//!
//! Tested in `tests/ladder.rs`.

use barewire_dissect::printable;

use super::style::{NARROWEST, Style};
use super::words::paragraph;
use crate::story::Ends;

/// Columns in front of what an end is in: the indent, and which end it is.
const BEFORE: usize = 13;

/// Draws for each end TCP's state and numbers, and then what TLS and HTTP are in.
pub fn ends(ends: &Ends, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let mut out = String::new();
    for (which, name) in ["client", "server"].into_iter().enumerate() {
        let mut above: Vec<String> = Vec::new();
        above.extend(ends.tls.as_ref().map(|tls| format!("TLS {}", tls[which])));
        above.extend(ends.http.as_ref().map(|http| format!("HTTP {}", http[which])));
        let tcp = ends.tcp.as_ref().map(|tcp| tcp[which].to_string());
        let mut block: String = tcp.iter().map(|tcp| paragraph(tcp, BEFORE, width)).collect();
        if !above.is_empty() {
            block.push_str(&paragraph(&printable(&above.join(", ")), BEFORE, width));
        }
        // The name stands in the margin of the first line.
        out.push_str(&format!("{:6}{name:<7}{}", "", block.trim_start()));
    }
    out
}
