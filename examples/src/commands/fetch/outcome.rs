//! A run of `fetch`, and what came of it: what its picture and its report are drawn from.

use std::time::Duration;

use barewire_dns::resolver::Trace;

use crate::cli::FetchArgs;
use crate::commands::output::Destination;
use crate::fetch::Visit;
use crate::story::Story;

/// A run, and what came of it.
pub(super) struct Outcome<'a> {
    pub(super) args: &'a FetchArgs,
    /// The network, in a few words.
    pub(super) network: String,
    pub(super) story: Story,
    #[cfg_attr(target_family = "wasm", expect(dead_code, reason = "nobody walks there"))]
    /// The walks of the network's resolver, each with how long it began after the first packet.
    pub(super) walks: Vec<(Duration, Trace)>,
    /// One for each URL.
    pub(super) visits: Vec<Visit>,
    /// Where the body of each one went.
    pub(super) destinations: Vec<Destination>,
}

impl Outcome<'_> {
    /// What was fetched, in a few words.
    pub(super) fn title(&self) -> String {
        let first = self.visits.first().map(|visit| visit.url.to_string()).unwrap_or_default();
        match self.visits.len() {
            0 | 1 => format!("fetch {first} over {}", self.network),
            2 => format!("fetch {first} and another URL over {}", self.network),
            many => format!("fetch {first} and {} more URLs over {}", many - 1, self.network),
        }
    }

    /// Whether several URLs were given.
    pub(super) fn is_several(&self) -> bool {
        self.visits.len() > 1
    }
}
