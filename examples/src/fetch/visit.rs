//! The URLs of a run, each with all its redirects, all in one trace.
//!
//! [`fetch`] takes one URL, [`follow`] its redirects as well, and [`visit`] several URLs, one after the other or at the
//! same time. Connections are kept for what comes next, as the [pool](super::pool) says.
//!
//! Tested in `tests/curl_flags.rs` and `tests/offline.rs`, and in `tests/live` beside curl.

use std::collections::VecDeque;
use std::io::Write;

use super::driver::Driver;
use super::errand::Errand;
use super::hop::Visit;
use super::job::Job;
use super::page::Page;
use super::pool::{self, Budget, retry};
use super::redirect::{Limit, Redirects};
use super::retries::Retries;
use super::sink::{BodyOnly, Sink};
use super::transfer::Transfer;
use crate::failure::{Failure, Step};
use crate::network::Network;

/// How the URLs of a run share its connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Whether a connection may carry more than one request. Without that, each request says `Connection: close`.
    pub keeps_connections: bool,
    /// How many URLs are fetched at the same time. 1: one after the other.
    pub at_once: usize,
    /// Which connections are kept.
    pub pool: pool::Config,
    /// How many requests may be repeated.
    pub budget: retry::Config,
}

impl Default for Config {
    fn default() -> Config {
        let (pool, budget) = (pool::Config::default(), retry::Config::default());
        Config { keeps_connections: true, at_once: 1, pool, budget }
    }
}

/// Fetches a page. The body goes to `body` as it comes. A redirect is an answer like others.
///
/// # Errors
/// [`Failure`]: the step that failed, and why.
pub fn fetch(network: &mut dyn Network, job: &Job, body: &mut dyn Write) -> Result<Page, Failure> {
    let Visit { mut hops, failure, .. } =
        follow(network, job, Redirects::new(Limit::Off), &mut BodyOnly(body));
    let page = hops.pop().and_then(|hop| hop.page);
    let nothing = || Failure::new(Step::EmptyReply, "nothing came");
    failure.map_or_else(|| page.ok_or_else(nothing), Err)
}

/// Fetches a page and, one after the other, those that its redirects lead to. Heads and the body of the answer go to
/// `sink` as they come. The limits of the job hold for all hops together.
pub fn follow(network: &mut dyn Network, job: &Job, redirects: Redirects, sink: &mut dyn Sink) -> Visit {
    let errand = Errand { job: job.clone(), redirects, retries: Retries::default(), sink };
    let mut visits = visit(network, vec![errand], &Config::default());
    visits.pop().unwrap_or_else(|| Visit::to(job.url.clone()))
}

/// Fetches several URLs. The visits come back in the order of the errands.
pub fn visit(network: &mut dyn Network, errands: Vec<Errand<'_>>, config: &Config) -> Vec<Visit> {
    let mut driver = Driver::new(network, config.pool.clone(), config.keeps_connections);
    let mut budget = Budget::new(config.budget);
    let begun = driver.network.now();
    let mut waiting: VecDeque<(usize, Errand<'_>)> = errands.into_iter().enumerate().collect();
    let mut active: Vec<(usize, Transfer<'_>)> = Vec::new();
    let mut done: Vec<(usize, Visit)> = Vec::new();
    loop {
        while active.len() < config.at_once.max(1)
            && let Some((number, errand)) = waiting.pop_front()
        {
            let job = if config.keeps_connections { errand.job } else { errand.job.without_reuse() };
            active.push((number, Transfer::new(driver.network.now(), begun, Errand { job, ..errand })));
        }
        if active.is_empty() {
            break;
        }
        let moved = turn(&mut driver, &mut active, &mut budget);
        for (number, over) in active.extract_if(.., |(_, transfer)| transfer.is_over()) {
            done.push((number, over.end(driver.network)));
        }
        if !moved {
            let paused = active.iter().filter_map(|(_, one)| one.pauses_until()).min();
            let mut running: Vec<_> = active.iter_mut().filter_map(|(_, one)| one.running()).collect();
            driver.wait(&mut running, paused);
        }
    }
    driver.close();
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, visit)| visit).collect()
}

/// One turn for each. Whether anything happened.
fn turn(driver: &mut Driver<'_>, active: &mut [(usize, Transfer<'_>)], budget: &mut Budget) -> bool {
    let mut moved = driver.turn();
    for index in 0..active.len() {
        let resolving =
            active.iter().enumerate().any(|(other, (_, one))| other != index && one.is_resolving());
        if let Some((_, transfer)) = active.get_mut(index)
            && !(resolving && transfer.running().is_none())
        {
            moved |= transfer.turn(driver, budget);
        }
    }
    moved
}
