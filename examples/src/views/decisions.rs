//! The decisions of a resolver as a tree: what it decided, what for, when, and a bar for what took time.
//!
//! ```text
//!        ms  what was decided                              0 ─── 68.0 ms
//!       0.0  A? www.example.test                          ████████████████
//!       0.0  ├ the cache has nothing about www.example.…
//!       0.0  ├ A? test to a.root (198.51.100.1:53) …      ████
//! ```
//!
//! The bars are a time line: each begins where its step began. A step without a bar took no time. The view reads a
//! trace and nothing else. Tested in `tests/resolve/from_root.rs` and below.

use barewire_dissect::{columns, lines, printable};
use barewire_dns::resolver::Trace;
use barewire_dns::resolver::trace::{Decision, Step};

use super::style::{NARROWEST, Style};
use super::words::milliseconds;

/// Columns before the tree: the time, and the spaces around it.
const BEFORE: usize = 12;
/// Columns that a level of the tree takes.
const LEVEL: usize = 2;
/// The deepest level with a margin of its own. What is deeper stands below it.
const DEEPEST: usize = 8;

/// Draws the tree.
pub fn decisions(trace: &Trace, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let bar = (width / 5).min(32);
    let room = width - BEFORE - bar - 2;
    let total = trace.steps.iter().map(|step| step.at + step.elapsed).max().unwrap_or_default();
    let scale = format!("0 ─ {} ms", milliseconds(total));
    let mut out = format!("{:>9}   {:room$}  {scale}\n", "ms", "what was decided");
    let shape = Shape::of(trace);
    for (place, step) in trace.steps.iter().enumerate() {
        let (first, others) = shape.margins(place);
        let text = printable(&step.decision.to_string());
        let text_room = room.saturating_sub(columns(&first)).max(1);
        let bars = cells(step, total.as_nanos(), bar);
        let (on, off) = paint(&step.decision, style.color);
        for (number, line) in lines(&text, text_room, text_room).into_iter().enumerate() {
            let (time, margin, bars) = match number {
                0 => (milliseconds(step.at), &first, bars.as_str()),
                _ => (String::new(), &others, ""),
            };
            let fill = text_room.saturating_sub(columns(&line));
            let row = format!("{time:>9}   {margin}{on}{line}{off}{:fill$}  {bars}", "");
            out.push_str(row.trim_end());
            out.push('\n');
        }
    }
    if trace.left_out > 0 {
        out.push_str(&format!("{:BEFORE$}and {} more steps\n", "", trace.left_out));
    }
    out
}

/// The bar of a step; empty if it took no time.
fn cells(step: &Step, total: u128, bar: usize) -> String {
    if step.elapsed.is_zero() || total == 0 {
        return String::new();
    }
    let column = |nanos: u128| (nanos * bar as u128 / total) as usize;
    let start = column(step.at.as_nanos()).min(bar.saturating_sub(1));
    let end = column((step.at + step.elapsed).as_nanos()).clamp(start + 1, bar);
    format!("{:start$}{}", "", "█".repeat(end - start))
}

/// Colours of the kinds that a reader looks for first. Nothing is said by them alone.
fn paint(decision: &Decision, color: bool) -> (&'static str, &'static str) {
    let on = match decision {
        _ if !color => return ("", ""),
        Decision::Query(_) => "\x1b[36m",
        Decision::Answered { .. } => "\x1b[32m",
        Decision::Trust(_) => "\x1b[32m",
        Decision::Refused { .. }
        | Decision::CrossedOut { .. }
        | Decision::Spent(..)
        | Decision::Broken(..) => "\x1b[31m",
        _ => return ("", ""),
    };
    (on, "\x1b[0m")
}

/// Where each step stands in the tree.
struct Shape {
    /// For each step the steps above it, the first one first.
    above: Vec<Vec<usize>>,
    /// Whether it is the last one below its parent.
    is_last: Vec<bool>,
}

impl Shape {
    fn of(trace: &Trace) -> Shape {
        let mut above: Vec<Vec<usize>> = Vec::with_capacity(trace.steps.len());
        let mut last_below = vec![None; trace.steps.len()];
        for (place, step) in trace.steps.iter().enumerate() {
            let parent = step.parent.filter(|parent| *parent < place);
            let path = parent.and_then(|parent| Some([above.get(parent)?, &[parent][..]].concat()));
            if let Some(last) = parent.and_then(|parent| last_below.get_mut(parent)) {
                *last = Some(place);
            }
            above.push(path.unwrap_or_default());
        }
        let is_last = |(place, step): (usize, &Step)| {
            let parent = step.parent.and_then(|parent| last_below.get(parent).copied());
            parent.is_none_or(|last| last == Some(place))
        };
        let is_last = trace.steps.iter().enumerate().map(is_last).collect();
        Shape { above, is_last }
    }

    /// What stands before the first line of a step, and before its other lines.
    fn margins(&self, place: usize) -> (String, String) {
        let is_last = |place: usize| self.is_last.get(place).copied().unwrap_or(true);
        let path = self.above.get(place).map(Vec::as_slice).unwrap_or_default();
        if path.is_empty() {
            return (String::new(), String::new());
        }
        // The first step has no line to its left; the others go on beside those above them.
        let beside: String =
            path.iter().skip(1).map(|step| if is_last(*step) { "  " } else { "│ " }).collect();
        let most = DEEPEST * LEVEL;
        let beside: String = beside.chars().take(most).collect();
        let (branch, on) = if is_last(place) { ("└ ", "  ") } else { ("├ ", "│ ") };
        (format!("{beside}{branch}"), format!("{beside}{on}"))
    }
}
