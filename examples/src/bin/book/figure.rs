//! Figures: a field of a packet, four bytes a row as in the RFCs, drawn from its bytes.
//!
//! A figure has a background of its own, so it can be read on every page, and follows the reader's choice of light or
//! dark. It is as wide as the text on a phone: made smaller, its letters could not be read. Each box has its name,
//! value and place as a title, which a pointer shows where the figure is a page of its own. It is one piece of text
//! without an empty line, as it may stand inside Markdown.

use std::fmt::Write as _;
use std::ops::Range;

use barewire_dissect::{Kind, Node, printable};

use crate::block::{Quoted, Sources};
use crate::bytes::{Place, numbered, section};

/// Bytes in a row.
const ROW: usize = 4;
/// Pixels: a byte, the line of bytes of a row, a line of words below it, and the margin.
const BYTE: usize = 84;
const DIGITS: usize = 28;
const WORDS: usize = 16;
const MARGIN: usize = 8;
/// Pixels from the side of a box to its words.
const INDENT: usize = 4;
/// Half pixels: the widest letter that a monospaced font of 12 pixels has.
const LETTER: usize = 15;
/// Lines of words in a box at the most.
const LINES: usize = 3;
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
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(format!("{name} has more than letters, digits and _, and names a file"));
    }
    let shown =
        content.first().and_then(|line| line.strip_prefix("![")?.split_once("][")).map(|(text, _)| text);
    let text = shown.filter(|text| text.len() > 20).ok_or(format!(
        "a line follows that says what the figure shows, to those who do not see it: ![...][figure-{name}]"
    ))?;
    let section = section(sources, place)?;
    let (field, which) = numbered(field)?;
    let mut nodes = section.tree.walk().map(|(_, node)| node);
    let node = nodes.by_ref().filter(|node| node.name == field && !node.range.is_empty()).nth(which - 1);
    let node = node.ok_or(format!("the section has no field {field:?} #{which}"))?;
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
    let mut boxes = Vec::new();
    for (index, leaf) in leaves.iter().enumerate() {
        boxes.push(pieces_of(leaf, index, field.range.start));
    }
    let tops = tops(&boxes, field.range.len().div_ceil(ROW));
    let (width, height) = (ROW * BYTE + 2 * MARGIN, tops.last().copied().unwrap_or_default() + MARGIN);
    let size = format!(r#"viewBox="0 0 {width} {height}" width="{width}" height="{height}""#);
    let mut svg = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">"#);
    let _ = write!(svg, "<title>{}</title>{STYLE}", escaped(text));
    let _ = writeln!(svg, r#"<rect class="paper" width="{width}" height="{height}" rx="6"/>"#);
    for (leaf, boxes) in leaves.iter().zip(&boxes) {
        let _ = write!(svg, "<g><title>{}</title>", escaped(&title(leaf)));
        boxes.iter().for_each(|one| draw(&mut svg, one, &tops, bytes));
        svg.push_str("</g>\n");
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

/// What is drawn of a field in one row.
struct Piece {
    row: usize,
    column: usize,
    /// Its bytes, as places in the section.
    bytes: Range<usize>,
    tint: &'static str,
    /// The words below the bytes, line by line.
    words: Vec<String>,
}

/// The boxes of a field: one for each row that it is in. The widest has the words.
fn pieces_of(leaf: &Node, index: usize, start: usize) -> Vec<Piece> {
    let tint = if index.is_multiple_of(2) { "even" } else { "odd" };
    let mut boxes = Vec::new();
    let mut at = leaf.range.start;
    while at < leaf.range.end {
        let (row, column) = ((at - start) / ROW, (at - start) % ROW);
        let end = leaf.range.end.min(at + ROW - column);
        boxes.push(Piece { row, column, bytes: at..end, tint, words: Vec::new() });
        at = end;
    }
    // The first of those that are equally wide.
    if let Some(widest) = boxes.iter_mut().rev().max_by_key(|one| one.bytes.len()) {
        let letters = 2 * (widest.bytes.len() * BYTE - 2 * INDENT) / LETTER;
        widest.words = wrapped(&format!("{} {}", leaf.name, value(leaf)), letters);
    }
    boxes
}

fn value(leaf: &Node) -> String {
    leaf.value.as_deref().map(printable).unwrap_or_default()
}

fn title(leaf: &Node) -> String {
    let Range { start: from, end: to } = leaf.range;
    let places = if to - from == 1 { format!("byte {from}") } else { format!("bytes {from} to {}", to - 1) };
    format!("{places}: {} {}", leaf.name, value(leaf))
}

/// Where each row begins, and at the end where the last one ends: a row is as high as its words need.
fn tops(boxes: &[Vec<Piece>], rows: usize) -> Vec<usize> {
    let mut tops = vec![MARGIN];
    for row in 0..rows {
        let lines = boxes.iter().flatten().filter(|one| one.row == row).map(|one| one.words.len()).max();
        let high = match lines.unwrap_or_default() {
            0 => DIGITS,
            lines => DIGITS + lines * WORDS + INDENT,
        };
        tops.push(tops[row] + high);
    }
    tops
}

fn draw(svg: &mut String, one: &Piece, tops: &[usize], bytes: &[u8]) {
    let Piece { row, column, bytes: places, tint, words } = one;
    let (x, y, wide) = (MARGIN + column * BYTE, tops[*row], places.len() * BYTE);
    let high = tops[row + 1] - y;
    let _ = write!(svg, r#"<rect class="{tint}" x="{x}" y="{y}" width="{wide}" height="{high}"/>"#);
    for (offset, byte) in bytes.get(places.clone()).unwrap_or_default().iter().enumerate() {
        let middle = x + offset * BYTE + BYTE / 2;
        let _ = write!(svg, r#"<text class="byte" x="{middle}" y="{}">{byte:02x}</text>"#, y + 20);
    }
    for (line, words) in words.iter().enumerate() {
        let y = y + 40 + line * WORDS;
        let _ = write!(svg, r#"<text x="{}" y="{y}">{}</text>"#, x + INDENT, escaped(words));
    }
}

/// Lines of at most so many letters; the last says with `…` that there is more.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    if let Some(last) = lines.last_mut().filter(|_| more) {
        last.push('…');
    }
    lines.iter().map(|line| cut(line, letters)).collect()
}

fn cut(text: &str, letters: usize) -> String {
    match text.chars().count() > letters {
        true => text.chars().take(letters - 1).chain(['…']).collect(),
        false => text.to_owned(),
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
