//! A run of `fetch`, and what came of it: what its picture and its report are drawn from.

use crate::cli::FetchArgs;
use crate::fetch::{Page, Visit};
use crate::story::Story;
use crate::url::Url;

/// A run, and what came of it.
pub(super) struct Outcome<'a> {
    pub(super) args: &'a FetchArgs,
    /// What was asked for.
    pub(super) url: &'a Url,
    /// The network, in a few words.
    pub(super) network: String,
    pub(super) story: Story,
    pub(super) visit: Visit,
}

impl Outcome<'_> {
    /// The answer, also the one that -f takes for a failure.
    pub(super) fn answer(&self) -> Option<&Page> {
        self.visit.answer()
    }
}
