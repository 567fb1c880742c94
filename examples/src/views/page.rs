//! A story as one file for a browser: the viewer with the report in it. It needs no other file and no network.
//!
//! The viewer is built from `web/` into `page/viewer.html`, a page with holes. Rows are drawn from the report. The
//! bytes and fields of a packet are looked up when it is chosen: they stand in chunks of 64 packets, compressed
//! (gzip, then base64), for the fields of 10,000 packets are fifty megabytes of JSON.
//!
//! A script element ends at the first `</script`, wherever that stands. In the report every `<` is written as
//! `\u003c`, and so no name, path or body of a capture can end it. Tested in `tests/report.rs` and in `web/test`.

use std::io::Write as _;

use barewire_dissect::printable;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::report::Sighting;

/// The viewer, with holes for what is to be seen.
const VIEWER: &str = include_str!("page/viewer.html");

/// Packets in a chunk.
const CHUNK: usize = 64;
/// Bytes of all chunks at the most. The page says for which packets it has no fields.
const MOST_BYTES: usize = 24 << 20;

/// The page. `lines` are those of the report, `sightings` its rows, `text` is what the program printed. `progress` is
/// told how many rows are in it.
pub fn page(
    title: &str,
    lines: &[String],
    sightings: &[Sighting<'_>],
    text: &str,
    progress: &mut dyn FnMut(usize),
) -> String {
    let mut page = String::new();
    let mut rest = VIEWER;
    let holes = [
        ("{{title}}", escaped(&printable(title))),
        ("{{text}}", escaped(text)),
        ("{{story}}", lines.join("\n").replace('<', "\\u003c")),
        ("{{details}}", details(sightings, progress)),
    ];
    // What is filled in is not looked through again: a capture may hold the name of a hole.
    while let Some((at, (hole, fill))) = first(rest, &holes) {
        page.push_str(&rest[..at]);
        page.push_str(fill);
        rest = &rest[at + hole.len()..];
    }
    page + rest
}

/// The first hole of a text, and where it is.
fn first<'a>(text: &str, holes: &'a [(&'a str, String)]) -> Option<(usize, &'a (&'a str, String))> {
    holes.iter().filter_map(|hole| Some((text.find(hole.0)?, hole))).min_by_key(|(at, _)| *at)
}

/// The chunks: a line each, with the numbers of its first and last frame.
fn details(sightings: &[Sighting<'_>], progress: &mut dyn FnMut(usize)) -> String {
    let mut out = String::new();
    for (index, chunk) in sightings.chunks(CHUNK).enumerate() {
        progress(index * CHUNK);
        let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else { break };
        let packed = packed(chunk);
        if out.len() + packed.len() > MOST_BYTES {
            break;
        }
        out.push_str(&format!("{} {} {packed}\n", first.frame(), last.frame()));
    }
    out
}

fn packed(chunk: &[Sighting<'_>]) -> String {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    for sighting in chunk {
        // Writing to memory cannot fail.
        let _ = writeln!(packer, "{}", sighting.line_in_full());
    }
    STANDARD.encode(packer.finish().unwrap_or_default())
}

/// Text for HTML (HTML §13.1.2.1), outside and inside quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
