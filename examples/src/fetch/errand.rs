//! What is asked of a run: a URL, and what is done with its answer. Tested in `tests/curl_flags.rs`.

use super::job::Job;
use super::redirect::Redirects;
use super::retries::Retries;
use super::sink::Sink;

/// One URL of a run, and where its answer goes.
pub struct Errand<'s> {
    /// What to fetch.
    pub job: Job,
    /// Which redirects are followed.
    pub redirects: Redirects,
    /// How often it is tried again.
    pub retries: Retries,
    /// Takes the heads, and the body of the answer, as they come.
    pub sink: &'s mut dyn Sink,
}
