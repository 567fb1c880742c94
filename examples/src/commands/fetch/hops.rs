//! The hops of a fetch with redirects: where each one led.

use barewire_dissect::printable;

use crate::fetch::{Hop, Visit, location};
use crate::views::paragraph;

/// A line for each hop, of a fetch that has several.
pub(super) fn list(visit: &Visit, width: usize) -> String {
    if visit.hops.len() < 2 {
        return String::new();
    }
    let lines = visit.hops.iter().zip(1..).map(|(hop, number)| paragraph(&line(hop, number), 4, width));
    format!("\n  the redirects\n{}", lines.collect::<String>())
}

fn line(hop: &Hop, number: usize) -> String {
    let asked = format!("{number}  {} {}", hop.request.method, hop.url);
    match &hop.page {
        Some(page) => printable(&format!("{asked}: {} {}", page.response.status, page.response.reason)),
        None => format!("{asked}: no answer"),
    }
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
