//! Figures: a field of a packet, eight bytes a row, drawn from its bytes.
//!
//! A figure has a background of its own, so it can be read on every page, and follows the reader's choice of light or
//! dark. Each box has its name, value and place as a title, which a pointer shows and a screen reader reads. It is one
//! piece of text without an empty line, as it may stand inside Markdown.

use std::fmt::Write as _;
use std::ops::Range;

use barewire_dissect::{Kind, Node, printable};

use crate::block::{Quoted, Sources};
use crate::bytes::{Place, section};

/// Bytes in a row.
const ROW: usize = 8;
/// Pixels: a byte, a row, and the margin.
const BYTE: usize = 84;
const HIGH: usize = 50;
const MARGIN: usize = 12;
/// Columns of text that a byte is wide.
const LETTERS: usize = 11;
/// Bytes of a figure at the most.
const MOST: usize = 160;

/// A figure, and the line that shows it. `content` is what stands there: its text for those who do not see the figure
/// is kept.
pub(crate) fn quote(
    sources: &Sources,
    name: &str,
    place: Place<'_>,
    field: &str,
    content: &[String],
) -> Result<Quoted, String> {
    let shown =
        content.first().and_then(|line| line.strip_prefix("![")?.split_once("][")).map(|(text, _)| text);
    let text = shown.filter(|text| text.len() > 20).ok_or(format!(
        "a line follows that says what the figure shows, to those who do not see it: ![...][figure-{name}]"
    ))?;
    let section = section(sources, place)?;
    let node =
        section.tree.walk().map(|(_, node)| node).find(|node| node.name == field && !node.range.is_empty());
    let node = node.ok_or(format!("the section has no field {field:?}"))?;
    let svg = drawn(node, &section.bytes, text)?;
    let line = format!("![{text}][figure-{name}]");
    Ok(Quoted::Figure { line, file: format!("figures/{name}.svg"), svg })
}

fn drawn(field: &Node, bytes: &[u8], text: &str) -> Result<String, String> {
    if field.range.len() > MOST {
        return Err(format!(
            "{} has {} bytes; a figure has {MOST} at the most",
            field.name,
            field.range.len()
        ));
    }
    let mut leaves = Vec::new();
    collect(field, &mut leaves);
    let rows = field.range.len().div_ceil(ROW);
    let (width, height) = (ROW * BYTE + 2 * MARGIN, rows * HIGH + 2 * MARGIN);
    let size = format!(r#"viewBox="0 0 {width} {height}" width="{width}" height="{height}""#);
    let mut svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">"#);
    let _ = write!(svg, "<title>{}</title>{STYLE}", escaped(text));
    let _ = writeln!(svg, r#"<rect class="paper" width="{width}" height="{height}" rx="6"/>"#);
    for (index, leaf) in leaves.iter().enumerate() {
        boxes(&mut svg, leaf, index, field.range.start, bytes);
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The fields without fields inside, in the order of their bytes.
fn collect<'a>(node: &'a Node, leaves: &mut Vec<&'a Node>) {
    match node.is_leaf() {
        true => leaves.push(node),
        false => node
            .children
            .iter()
            .filter(|child| child.kind == Kind::Bytes)
            .for_each(|child| collect(child, leaves)),
    }
}

/// The boxes of a field: one for each row that it is in.
fn boxes(svg: &mut String, leaf: &Node, index: usize, start: usize, bytes: &[u8]) {
    let Range { start: from, end: to } = leaf.range;
    let value = leaf.value.as_deref().map(printable).unwrap_or_default();
    let places = if to - from == 1 { format!("byte {from}") } else { format!("bytes {from} to {}", to - 1) };
    let title = escaped(&format!("{places}: {} {value}", leaf.name));
    let _ = write!(svg, "<g><title>{title}</title>");
    let mut at = from;
    while at < to {
        let (row, column) = ((at - start) / ROW, (at - start) % ROW);
        let end = to.min(at + ROW - column);
        let (x, y, wide) = (MARGIN + column * BYTE, MARGIN + row * HIGH, (end - at) * BYTE);
        let tint = if index.is_multiple_of(2) { "even" } else { "odd" };
        let _ = write!(svg, r#"<rect class="{tint}" x="{x}" y="{y}" width="{wide}" height="{HIGH}"/>"#);
        for (offset, byte) in bytes.get(at..end).unwrap_or_default().iter().enumerate() {
            let middle = x + offset * BYTE + BYTE / 2;
            let _ = write!(svg, r#"<text class="byte" x="{middle}" y="{}">{byte:02x}</text>"#, y + 20);
        }
        if at == from {
            let words = cut(&format!("{} {value}", leaf.name), (end - at) * LETTERS);
            let _ = write!(svg, r#"<text x="{}" y="{}">{}</text>"#, x + 6, y + 40, escaped(&words));
        }
        at = end;
    }
    svg.push_str("</g>\n");
}

fn cut(text: &str, letters: usize) -> String {
    match text.chars().count() > letters {
        true => text.chars().take(letters - 1).chain(['…']).collect(),
        false => text.trim_end().to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "<style>\
    .paper{fill:#fff}.even{fill:#eef4fb;stroke:#7a8794}.odd{fill:#fff;stroke:#7a8794}\
    text{font:12px ui-monospace,monospace;fill:#16202a}.byte{font-size:15px;font-weight:bold;text-anchor:middle}\
    @media(prefers-color-scheme:dark){.paper{fill:#15181c}.even{fill:#20303f;stroke:#5b6875}.odd{fill:#15181c;\
    stroke:#5b6875}text{fill:#e6edf3}}</style>\n";
