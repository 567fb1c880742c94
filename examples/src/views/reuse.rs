//! What it saved to keep a connection, or cost to open another one: a line for each request. Tested in
//! `tests/reuse.rs`.

use barewire_dissect::printable;

use super::style::Style;
use super::words::{milliseconds, paragraph, several};
use crate::story::{Carried, Later, Opening, PhaseName};

/// The lines below the budget of a page.
pub fn reuse(carried: &Carried, style: &Style) -> String {
    let opening = carried.opening();
    let again = opening.as_ref().filter(|_| carried.opened_again).map(opened_again);
    let later = carried.later.iter().map(|later| kept(later, opening.as_ref()));
    let lines = again.into_iter().chain(later);
    lines.map(|line| paragraph(&line, 4, style.width)).collect()
}

fn kept(later: &Later, opening: Option<&Opening>) -> String {
    let Later { asked, budget } = later;
    let took = milliseconds(budget.total().saturating_sub(budget.begin()));
    let trips = several(budget.round_trips().into(), "round trip");
    let asked = if asked.is_empty() { "another request".to_owned() } else { printable(asked) };
    if budget.phase(PhaseName::Transfer).is_none() {
        return format!("{asked} on the same connection got no response");
    }
    let saved = match opening {
        Some(opening) => format!("; it saved {} for {}", cost(opening), names(opening),),
        None => String::new(),
    };
    format!("{asked} on the same connection took {took} ms and {trips}{saved}")
}

fn opened_again(opening: &Opening) -> String {
    let (cost, names) = (cost(opening), names(opening));
    format!("another connection to the same server: {cost} for {names}, which a kept connection saves")
}

fn cost(opening: &Opening) -> String {
    format!("{} ms and {}", milliseconds(opening.took), several(opening.round_trips.into(), "round trip"))
}

/// "TCP and TLS"
fn names(opening: &Opening) -> String {
    let names: Vec<&str> = opening.phases.iter().map(|phase| phase.name()).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
