//! What a machine allows, as a table: yes or no, what that opens, and the line that opens a closed door.
//!
//! Tested in `tests/doctor.rs`.

use super::{Style, paragraph};
use crate::doctor::{Probe, Report};

/// Where the text of a probe begins: after "  yes  raw socket     ".
const INDENT: usize = 23;

/// The report, for people; `verbose` also says what was tried, and what was seen where it works. Nothing is said by
/// colour.
pub fn doctor(report: &Report, verbose: bool, style: &Style) -> String {
    let mut out = paragraph(&report.system, 0, style.width);
    for fact in &report.facts {
        out += &entry(&format!("  {:21}", fact.name), &fact.text, style);
    }
    out += &format!("\n{}", paragraph(verdict(report), 0, style.width));
    for (heading, probes) in [
        ("On this machine", &report.here),
        ("In a lab, where you are root (barewire lab shell)", &report.in_lab),
    ] {
        if !probes.is_empty() {
            out += &format!("\n{heading}\n");
            probes.iter().for_each(|probe| out += &lines(probe, verbose, style));
        }
    }
    out
}

/// What most people want to know.
fn verdict(report: &Report) -> &'static str {
    match report.exit_code() {
        0 => "fetch --net raw works here.",
        1 => {
            "fetch --net raw does not work here, but in a lab it does, without root: \
             barewire lab run -- barewire fetch http://server/ --net raw"
        }
        _ => {
            "fetch --net raw does not work here. The toy internet needs nothing: barewire. \
             Below, each closed door has the line that opens it."
        }
    }
}

fn lines(probe: &Probe, verbose: bool, style: &Style) -> String {
    let mut out = entry(&format!("  {:3}  {:16}", probe.outcome.word(), probe.name), &probe.opens, style);
    if verbose {
        out += &entry(&" ".repeat(INDENT), &format!("tried: {}", probe.tried), style);
    }
    if verbose || !probe.is_open() {
        out += &entry(&" ".repeat(INDENT), probe.outcome.seen(), style);
    }
    if let Some(way) = &probe.way {
        // A line to copy is not broken.
        out += &format!("{}> {way}\n", " ".repeat(INDENT - 2));
    }
    out
}

/// A text after its label, in lines that fit.
fn entry(label: &str, text: &str, style: &Style) -> String {
    let body = paragraph(text, INDENT, style.width);
    format!("{label}{}", body.get(INDENT..).unwrap_or(&body))
}
