//! A run of `fetch`, and what came of it: what its picture and its JSON are drawn from.

use crate::cli::FetchArgs;
use crate::failure::Failure;
use crate::fetch::{Job, Page};
use crate::story::Story;

/// A run, and what came of it.
pub(super) struct Outcome<'a> {
    pub(super) args: &'a FetchArgs,
    pub(super) job: &'a Job,
    /// The network, in a few words.
    pub(super) network: String,
    pub(super) story: Story,
    pub(super) result: Result<Page, Failure>,
}
