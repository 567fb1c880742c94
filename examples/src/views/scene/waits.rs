//! The tree of waits: each piece of time on a line, with a bar; the pieces below a line add up to it.
//!
//! The times are those of the same clock, rounded, and their differences: so the printed numbers add up, too.

use std::fmt::Write as _;
use std::time::Duration;

use barewire_dissect::printable;

use crate::story::{Doing, PhaseName, Span};
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
    let mut unseen = false;
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
        out.push_str(&paragraph(&printable(&shares(wait)), 2, width));
        unseen |= has_unseen(wait);
    }
    if unseen {
        out.push_str(&paragraph(
            "unseen: these hosts have no capture point, so nobody knows what went on there",
            2,
            width,
        ));
    }
    if waits.is_empty() {
        out.push_str(&paragraph("no request was read at any of the capture points", 2, width));
    }
    out
}

/// Who holds how much of the time: the pieces that have no pieces themselves, added by what they are.
fn shares(wait: &Span) -> String {
    let mut lines = Vec::new();
    flatten(wait, 0, &mut lines);
    let mut sums: Vec<(String, u128)> = Vec::new();
    for (_, span) in lines.iter().filter(|(_, span)| span.parts.is_empty()) {
        let whose = holder(&span.doing);
        match sums.iter_mut().find(|(name, _)| *name == whose) {
            Some((_, sum)) => *sum += tenths(span),
            None => sums.push((whose, tenths(span))),
        }
    }
    let shares = sums.iter().filter(|(_, sum)| *sum > 0);
    let shares: Vec<String> = shares.map(|(name, sum)| format!("{name} {}", in_milliseconds(*sum))).collect();
    format!("of {} ms: {}", in_milliseconds(tenths(wait)), shares.join(", "))
}

fn has_unseen(span: &Span) -> bool {
    matches!(span.doing, Doing::Unseen(_)) || span.parts.iter().any(has_unseen)
}

fn holder(doing: &Doing) -> String {
    match doing {
        Doing::Way { .. } => "on the way".to_owned(),
        Doing::Phase(PhaseName::Dns) => "names".to_owned(),
        Doing::Phase(PhaseName::Tcp | PhaseName::Tls) => "to connect".to_owned(),
        Doing::Phase(name) => name.name().to_owned(),
        Doing::At(host) | Doing::Own(host) | Doing::Named { host, .. } => format!("at {host}"),
        Doing::Unseen(_) => "unseen".to_owned(),
        Doing::Unread(_) => "sealed".to_owned(),
        Doing::Request { host, .. } => host.clone(),
    }
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

/// How long a piece took, in tenths of a millisecond: the difference of two rounded times.
fn tenths(span: &Span) -> u128 {
    let tenths = |time: Duration| (time.as_micros() + 50) / 100;
    tenths(span.end) - tenths(span.start)
}

fn in_milliseconds(tenths: u128) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn took(span: &Span) -> String {
    in_milliseconds(tenths(span))
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
        Doing::Unseen(address) => format!("unseen: {address}"),
        Doing::Unread(host) => format!("{host}: sealed, no keys"),
    })
}
