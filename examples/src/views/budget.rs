//! The latency budget: each phase in milliseconds, as a bar, and in round trips.

use std::fmt::Write as _;

use super::{milliseconds, round_trips};
use crate::reading::{Budget, Phase};

/// Columns of all bars together.
const BAR: u128 = 40;

/// Draws the budget. `warm` adds what a second request on the same connection would take.
pub fn budget(budget: &Budget, warm: bool) -> String {
    let mut out = String::from(
        "  where the time went                                                              round trips\n",
    );
    let total = budget.total().as_nanos().max(1);
    for phase in &budget.phases {
        // Each bar begins where the one before it ended: the bars are a time line.
        let start = (phase.start.as_nanos() * BAR / total) as usize;
        let width = ((phase.end.as_nanos() * BAR).div_ceil(total) as usize).saturating_sub(start);
        let bar = if phase.took().is_zero() { "" } else { &"█".repeat(width.max(1)) };
        let line = format!("    {:<9}{:>8} ms  {:start$}{bar}", phase.name, milliseconds(phase.took()), "");
        let remark = remark(budget, phase);
        let _ = writeln!(out, "{line:<66}  {remark:<26}{:>3}", phase.round_trips);
    }
    if budget.phase("wait").is_none() {
        let (time, trips) = (milliseconds(budget.total()), round_trips(budget.round_trips()));
        let _ = writeln!(out, "    it came this far in {time} ms and {trips}");
        return out;
    }
    let first = budget.phase("transfer").map_or(budget.total(), |transfer| transfer.start);
    let _ = writeln!(
        out,
        "    first byte after {} ms and {}; last byte after {} ms and {}",
        milliseconds(first),
        round_trips(budget.round_trips_to_first_byte()),
        milliseconds(budget.total()),
        round_trips(budget.round_trips()),
    );
    if warm {
        let again = budget.phases.iter().filter(|phase| matches!(phase.name, "wait" | "transfer"));
        let again = again.map(|phase| phase.round_trips).sum();
        let _ =
            writeln!(out, "    the same request again on this connection would take {}", round_trips(again));
    }
    out
}

/// What of the wait for the first byte was the network's, and what the server's.
fn remark(budget: &Budget, phase: &Phase) -> String {
    match (phase.name, budget.tcp_round_trip) {
        ("wait", Some(network)) if phase.took() > network => {
            format!("{} network + {} server", milliseconds(network), milliseconds(phase.took() - network))
        }
        _ => String::new(),
    }
}
