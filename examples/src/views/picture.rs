//! The whole picture of a fetch: ladder, budget, proof, page.

use std::fmt::Write as _;

use barewire_dissect::TextStyle;

use super::{LadderStyle, Report, budget, facts, ladder, packet_bytes, row_text};
use crate::cli::Net;

/// Draws it. A fetch that failed is drawn as far as it came.
pub fn picture(report: &Report<'_>, ladder_style: &LadderStyle, text_style: &TextStyle) -> String {
    let Report { args, story, outcome, .. } = report;
    // Whoever steps has seen the headline and the ladder.
    let mut out = if args.step { String::new() } else { headline(report) };
    if args.bytes {
        for row in &story.rows {
            out.push_str(&row_text(row, *ladder_style));
            out.push_str(&packet_bytes(story, report.capture, row, text_style));
            out.push('\n');
        }
    } else if !args.step && !story.rows.is_empty() {
        out.push_str(&ladder(&story.rows, &story.client, *ladder_style));
        out.push('\n');
    }
    if !story.budget.phases.is_empty() {
        out.push_str(&budget(&story.budget, outcome.is_ok()));
    }
    let Ok(page) = outcome else { return out };
    out.push('\n');
    out.push_str(&facts::proved(page, ladder_style.width));
    if args.verbose || args.head {
        out.push('\n');
        out.push_str(&facts::heads(story));
    }
    if page.length > 0 && args.output.is_none() {
        out.push('\n');
        out.push_str(&facts::beginning(page, ladder_style.width));
    }
    if args.net == Net::Toy && args.url.is_none() {
        let _ = write!(out, "\n{NEXT}");
    }
    out
}

/// What was asked for, over which network.
pub fn headline(report: &Report<'_>) -> String {
    format!("fetch {} over {}\n\n", report.job.url, report.network.describe())
}

/// Where to go from the first page.
const NEXT: &str = concat!(
    "  next  --step    one packet at a time      --pcapng t.pcapng     open it in Wireshark, decrypted\n",
    "        --bytes   every byte by name        --rtt 200 --loss 2    a worse path\n",
    "        --net os|raw   a real network       cargo run --example tcp_handshake\n",
);
