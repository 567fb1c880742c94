//! The tree of waits: each piece of time on a line, with a bar; the pieces below a line add up to it.
//!
//! The times are those of the same clock, rounded, and their differences: so the printed numbers add up, too.

use std::fmt::Write as _;
use std::time::Duration;

use barewire_dissect::printable;

use crate::story::{Doing, Span};
use crate::views::style::{NARROWEST, Style};
use crate::views::words::{fit, paragraph};

/// How deep lines are moved to the right.
const DEEPEST: usize = 9;
/// What is said of a piece that did not end.
const OPEN: &str = " did not end";

/// Draws the tree of each request. A piece that did not end is drawn in another shade, as far as it went.
pub fn waits(waits: &[Span], style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let mut out = String::new();
    for (index, wait) in waits.iter().enumerate() {
        let mut lines = Vec::new();
        flatten(wait, 0, &mut lines);
        let open = lines.iter().any(|(_, span)| !span.ended);
        let clock = lines.iter().map(|(_, span)| took(span).len()).max().unwrap_or(0).max(7);
        let name =
            lines.iter().map(|(depth, span)| 2 * depth + label(span).chars().count()).max().unwrap_or(0);
        let name = name.min(width / 2);
        let before = 2 + name + 1 + clock + 5;
        let bar = width.saturating_sub(before + if open { OPEN.len() } else { 0 }).clamp(1, 40);
        if index > 0 {
            out.push('\n');
        }
        for (depth, span) in lines {
            let text = format!("{:1$}{2}", "", 2 * depth, label(span));
            let cells = cells(wait, span, bar);
            let line = format!("  {} {:>clock$} ms  {cells}", fit(&text, name), took(span));
            let remark = if span.ended { "" } else { OPEN };
            let _ = writeln!(out, "{}", format!("{line}{remark}").trim_end());
        }
    }
    if waits.is_empty() {
        out.push_str(&paragraph("no request was read at any of the capture points", 2, width));
    }
    out
}

fn flatten<'a>(span: &'a Span, depth: usize, lines: &mut Vec<(usize, &'a Span)>) {
    lines.push((depth.min(DEEPEST), span));
    span.parts.iter().for_each(|part| flatten(part, depth + 1, lines));
}

/// The bar of a piece on the time line of the whole request.
fn cells(whole: &Span, span: &Span, bar: usize) -> String {
    let total = whole.took().as_nanos().max(1);
    let columns = |time: Duration| time.saturating_sub(whole.start).as_nanos() * bar as u128;
    let start = ((columns(span.start) / total) as usize).min(bar);
    let end = (columns(span.end).div_ceil(total) as usize).min(bar);
    let length = if span.took().is_zero() { 0 } else { end.saturating_sub(start).max(1) };
    let start = start.min(bar - length);
    format!("{:start$}{}", "", (if span.ended { "█" } else { "░" }).repeat(length))
}

/// How long a piece took, in milliseconds with one decimal.
fn took(span: &Span) -> String {
    let tenths = |time: Duration| (time.as_micros() + 50) / 100;
    let took = tenths(span.end) - tenths(span.start);
    format!("{}.{}", took / 10, took % 10)
}

fn label(span: &Span) -> String {
    printable(&match &span.doing {
        Doing::Request { host, title } => format!("{host}: {title}"),
        Doing::Phase(name) => name.name().to_owned(),
        Doing::Way { from, to } => format!("{from} → {to}"),
        Doing::At(host) => format!("at {host}"),
        Doing::Own(host) => format!("{host} itself"),
        Doing::Named { host, name } => match name.as_str() {
            "queue" => format!("{host}: queued"),
            "app" => format!("{host}: served"),
            name => format!("{host}: {name}"),
        },
        Doing::Unseen(address) => format!("{address}: unseen, no capture point"),
        Doing::Unread(host) => format!("{host}: sealed, no keys"),
    })
}
