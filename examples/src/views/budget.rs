//! The latency budget: each phase in milliseconds, as a bar, and in round trips.
//!
//! Tested in `tests/offline.rs`, and over captures in `tests/read.rs`.

use std::fmt::Write as _;
use std::time::Duration;

use barewire_dissect::printable;

use super::style::{NARROWEST, Style};
use super::words::{milliseconds, paragraph, several};
use crate::story::{Budget, PhaseName, Trip};

/// Columns of a row in front of the bar: the name, the unit and the spaces beside the milliseconds.
const BEFORE: usize = 17;
/// Columns after it, in front of the round trips: the remark.
const AFTER: usize = 11;

/// Draws the budget. A phase that did not end is drawn in another shade, as far as it went.
pub fn budget(budget: &Budget, style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let longest = |cells: &mut dyn Iterator<Item = String>| cells.map(|cell| cell.len()).max().unwrap_or(0);
    let clock = longest(&mut budget.phases.iter().map(|phase| milliseconds(phase.took()))).max(9);
    let trips = longest(&mut budget.phases.iter().map(|phase| phase.round_trips.to_string())).max(2) + 1;
    let bar = width.saturating_sub(BEFORE + clock + 1 + AFTER + trips).clamp(1, 40);
    let mut out = format!("  {:<1$}round trips\n", "where the time went", width - 2 - 11);
    let begin = budget.begin().as_nanos();
    let total = (budget.total().as_nanos() - begin).max(1);
    for phase in &budget.phases {
        // Each bar begins where the one before it ended: the bars are a time line.
        let columns = |time: Duration| (time.as_nanos() - begin) * bar as u128;
        let start = ((columns(phase.start) / total) as usize).min(bar);
        let end = columns(phase.end).div_ceil(total) as usize;
        let cell = if phase.ended { "█" } else { "░" };
        let cells = if phase.took().is_zero() { 0 } else { end.saturating_sub(start).max(1) };
        let line = format!(
            "    {:<8}{:>clock$} ms  {:start$}{}",
            phase.name.name(),
            milliseconds(phase.took()),
            "",
            cell.repeat(cells)
        );
        let left = width - AFTER - trips;
        let remark = match phase.ended {
            true => "",
            false if budget.open => "open",
            false => "did not end",
        };
        let _ = writeln!(out, "{line:<left$}{remark:<11}{:>trips$}", phase.round_trips);
    }
    let mut words = sums(budget);
    if budget.guessed {
        words.push("guessed from the order of encrypted records: there are no keys for them".to_owned());
    }
    out.extend(words.iter().map(|line| paragraph(line, 4, width)));
    out
}

/// The sums, in words.
fn sums(budget: &Budget) -> Vec<String> {
    let since = |time: Duration| milliseconds(time.saturating_sub(budget.begin()));
    let trips = |number: u32| several(number.into(), "round trip");
    let total = since(budget.total());
    if budget.cut {
        let trips = trips(budget.round_trips());
        let what = "only the first packets are kept, and what ended after them is not in this budget";
        return vec![format!("{total} ms and {trips} so far; {what}")];
    }
    if let Some(phase) = budget.unfinished() {
        let (name, trips) = (phase.name.name(), trips(budget.round_trips()));
        return vec![match budget.open {
            true => {
                format!("{name} did not end: open at the end of the capture, after {total} ms and {trips}")
            }
            false => format!("{name} did not end: given up after {total} ms and {trips}"),
        }];
    }
    let Some(transfer) = budget.phase(PhaseName::Transfer) else {
        // What came after the handshake is not known, unless there was none.
        let until = match budget.phases.last().map(|phase| phase.name) {
            Some(name @ (PhaseName::Tcp | PhaseName::Tunnel | PhaseName::Tls | PhaseName::Upload)) => {
                format!("{} done after", name.name())
            }
            _ => "in all".to_owned(),
        };
        return vec![format!("{until} {total} ms and {}", trips(budget.round_trips()))];
    };
    let first = since(transfer.start);
    let before = trips(budget.round_trips_to_first_byte());
    let byte = if budget.server_first.is_some() { "first byte of the answer" } else { "first byte" };
    let mut lines = vec![format!("{byte} after {first} ms and {before}; last byte after {total} ms")];
    lines.extend(budget.server_first.map(|time| format!("the server spoke first, after {} ms", since(time))));
    lines.extend(shares(budget));
    lines.extend(
        early(budget)
            .map(|what| format!("the request went with the first bytes of TLS (early data), {what}")),
    );
    if budget.unanswered > 0 {
        lines.push(format!("{} got no response", several(budget.unanswered.into(), "request")));
    }
    if budget.phase(PhaseName::Wait).is_some() {
        let trips = trips(budget.round_trips_again());
        let but = budget.unkept.map(|why| format!("; {why}")).unwrap_or_default();
        lines.push(format!("the same request again on a kept connection would take {trips}{but}"));
    }
    lines
}

/// What became of a request that went as early data; `None` if none did.
fn early(budget: &Budget) -> Option<&'static str> {
    if budget.early_refused {
        return Some("which the server refused, and again after the handshake, so that saved nothing");
    }
    if budget.is_early_but_late() {
        return Some("but its answer came after the handshake, so that saved nothing");
    }
    budget.is_early().then_some("which saved the round trip of TLS")
}

/// What of the wait for the first byte was the network's, and what the server's; and what the server says of that.
fn shares(budget: &Budget) -> Vec<String> {
    let Some(wait) = &budget.wait else { return Vec::new() };
    let [sending, network, server] = [wait.sending, wait.network, wait.server].map(milliseconds);
    let sending = if wait.sending.is_zero() { String::new() } else { format!("{sending} ms of sending, ") };
    let seen = match wait.by {
        Trip::Request => " (ACK of the request)",
        Trip::Shortest => "",
    };
    let mut lines =
        vec![format!("the wait was {sending}{network} ms of network{seen} and {server} ms of server")];
    lines.extend(wait.claims.iter().map(|claim| {
        let but = wait.disagreement(claim).map(|why| format!("; {why}")).unwrap_or_default();
        printable(&format!("the server says {claim}{but}"))
    }));
    lines
}
