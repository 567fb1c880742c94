//! What a connection carried, request after request, and what it saved to have it.
//!
//! The first request of a page pays for DNS, TCP and TLS. A later one on the same connection pays for itself alone, and
//! saves the phases that open a connection: those of the first request say what they cost. A page that opens another
//! connection to a server whose connection was free pays for them again. Requests that are sent ahead of an answer are
//! not taken apart. Tested in `tests/reuse.rs`.

use std::time::Duration;

use barewire_http1::observe::What;

use super::Story;
use super::budget::{Budget, Phase, PhaseName};
use super::message::Says;
use super::page::Page;
use super::row::Row;
use super::step::Step;

/// The phases that open a connection. A name that was looked up is known also without the connection.
const OPENING: [PhaseName; 3] = [PhaseName::Tcp, PhaseName::Tunnel, PhaseName::Tls];

/// The requests of a page, apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The first one, with all that came before it.
    pub first: Budget,
    /// The later ones on the same connection.
    pub later: Vec<Later>,
    /// Whether a connection to the same server was free, or had just been closed, when this one was opened.
    pub opened_again: bool,
}

/// A request on a connection that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// Method and target; empty where nobody can read them.
    pub asked: String,
    /// From the request to the last byte of its response.
    pub budget: Budget,
}

/// What it takes to open a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The phases, in order.
    pub phases: Vec<PhaseName>,
    /// How long they took together.
    pub took: Duration,
    /// Their round trips.
    pub round_trips: u32,
}

impl Carried {
    /// What it took to open the connection. `None`: the capture does not say, or it did not come to its end.
    pub fn opening(&self) -> Option<Opening> {
        let is_opening = |phase: &&Phase| OPENING.contains(&phase.name);
        let phases: Vec<&Phase> = self.first.phases.iter().filter(is_opening).collect();
        let all_ended = phases.iter().all(|phase| phase.ended);
        let is_whole = all_ended && phases.first().is_some_and(|phase| phase.name == PhaseName::Tcp);
        is_whole.then(|| Opening {
            phases: phases.iter().map(|phase| phase.name).collect(),
            took: phases.iter().map(|phase| phase.took()).sum(),
            round_trips: phases.iter().map(|phase| phase.round_trips).sum(),
        })
    }
}

impl Story {
    /// What each page carried, in the order of the pages.
    pub fn carried(&self) -> Vec<Carried> {
        let carried = self.pages.iter().enumerate().map(|(index, page)| {
            let holds = |row: &&Row| page.holds(row) && !row.is_copy();
            let rows: Vec<&Row> = self.rows.iter().filter(holds).collect();
            let asks = |row: &Row| page.is_tcp(row) && self.takes(row, Step::Request);
            let mut starts: Vec<usize> = (0..rows.len()).filter(|at| asks(rows[*at])).collect();
            let sent_again = matches!(starts[..], [one, two, ..] if self.refused_early(&rows[one..two]));
            starts.drain(..starts.len().min(1 + usize::from(sent_again)));
            starts.push(rows.len());
            let budget = |from: usize, to: usize| Budget::of_rows(self, page, rows[from..to].to_vec());
            Carried {
                first: budget(0, starts[0]),
                later: starts
                    .windows(2)
                    .map(|ends| Later { asked: asked(rows[ends[0]]), budget: budget(ends[0], ends[1]) })
                    .collect(),
                opened_again: self.pages[..index].iter().any(|before| self.was_free(before, page)),
            }
        });
        carried.collect()
    }

    /// Whether these rows, from a request to the next one, say that the first was early data that the server refused:
    /// the handshake ended after it, and no answer came.
    pub(super) fn refused_early(&self, rows: &[&Row]) -> bool {
        let any = |step| rows.iter().any(|row| self.takes(row, step));
        any(Step::Finished) && !any(Step::FirstByte)
    }

    /// Whether a page before this one had its last answer from the same server when this one began.
    fn was_free(&self, before: &Page, page: &Page) -> bool {
        let last = |page: &Page| page.tcp.last().and_then(|id| self.conversations.get(id.0));
        let (Some(old), Some(new)) = (last(before), last(page)) else { return false };
        let answered = |row: &&Row| before.is_tcp(row) && self.takes(row, Step::LastByte);
        let end = self.rows.iter().filter(answered).map(|row| row.time).max();
        old.ends[1] == new.ends[1] && old.hosts[0] == new.hosts[0] && end.is_some_and(|end| end <= new.start)
    }
}

/// What a row asks for.
fn asked(row: &Row) -> String {
    let mut heads = row.messages.iter().rev().filter_map(|message| match &message.says {
        Says::Http(what) => match &**what {
            What::RequestHead(head) => Some(format!("{} {}", head.method, head.target)),
            _ => None,
        },
        _ => None,
    });
    heads.next().unwrap_or_default()
}
