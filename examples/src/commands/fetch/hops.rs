//! The hops of a fetch with redirects: where each one led.

use barewire_dissect::printable;

use crate::fetch::{Hop, Visit, location};
use crate::views::{paragraph, several};

/// A line for each hop, of a fetch that has several: redirects, and a request that was sent again because the server
/// took it for too early.
pub(super) fn list(visit: &Visit, width: usize) -> String {
    if visit.hops.len() < 2 {
        return String::new();
    }
    let lines = visit.hops.iter().zip(1..).map(|(hop, number)| paragraph(&line(hop, number), 4, width));
    let title = if visit.redirects > 0 { "the redirects" } else { "the requests" };
    format!("\n  {title}\n{}", lines.collect::<String>())
}

fn line(hop: &Hop, number: usize) -> String {
    let asked = format!("{number}  {} {}", hop.request.method, hop.url);
    match &hop.page {
        Some(page) => printable(&format!("{asked}: {} {}", page.response.status, page.response.reason)),
        None => format!("{asked}: no answer"),
    }
}

/// A line for each URL of several: what came back, and over which connection.
pub(super) fn answers(visits: &[Visit], width: usize) -> String {
    let line = |(visit, number): (&Visit, usize)| {
        let Some(hop) = visit.hops.last() else { return String::new() };
        let length = hop.page.as_ref().map(|page| format!(", {}", several(page.length, "byte")));
        let kept = if hop.kept { ", over a connection that was kept" } else { "" };
        paragraph(&format!("{}{}{kept}", self::line(hop, number), length.unwrap_or_default()), 4, width)
    };
    let lines: String = visits.iter().zip(1..).map(line).collect();
    format!("\n  the answers\n{lines}")
}

/// The sentence about a redirect that was not followed.
pub(super) fn hint(visit: &Visit) -> Option<String> {
    let hop = visit.hops.last().filter(|_| visit.failure.is_none())?;
    let response = &hop.page.as_ref()?.response;
    Some(match location(&hop.url, response)? {
        Ok(url) => format!("{} leads to {}; -L follows it", response.status, url.with_fragment()),
        Err(failure) => failure.message,
    })
}
