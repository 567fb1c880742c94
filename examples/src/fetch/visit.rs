//! A fetch with all its redirects: hop after hop, each over a connection of its own, all in one trace.
//!
//! Left out: one connection for several hops. Tested in `tests/curl_flags.rs` and `tests/offline.rs`, and in
//! `tests/live` beside curl.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_http1::Request;

use super::driver::Driver;
use super::event::Event;
use super::job::{Job, Resolve};
use super::page::Page;
use super::redirect::{Limit, Redirects};
use super::sink::{BodyOnly, Sink, Standing};
use super::undo::Undo;
use crate::failure::{Failure, Step};
use crate::network::Network;
use crate::url::Url;

/// One URL of a fetch: the first one, or one that a redirect led to.
#[derive(Debug)]
pub struct Hop {
    /// Where it is.
    pub url: Url,
    /// The head of the request, without what HTTP adds to declare a body.
    pub request: Request,
    /// The length of the request's body, in bytes.
    pub uploaded: u64,
    /// The addresses of its host, in the order in which they are tried.
    pub addresses: Vec<IpAddr>,
    /// Who took the connection.
    pub connected: Option<SocketAddr>,
    /// What came back, as far as it came.
    pub page: Option<Page>,
    /// Its frames in the trace: the number of the last one before it, and of its own last one.
    pub frames: (u64, u64),
    /// How long it took.
    pub took: Duration,
}

/// A fetch with all its redirects, and how it ended.
#[derive(Debug)]
pub struct Visit {
    /// The hops, in order. There is always one.
    pub hops: Vec<Hop>,
    /// How many redirects were followed; the last of them may lead to what cannot be fetched.
    pub redirects: u32,
    /// Why it failed. Then the last hop is the one that failed.
    pub failure: Option<Failure>,
}

impl Visit {
    /// The answer, of a fetch that did not fail.
    pub fn answer(&self) -> Option<&Page> {
        self.hops.last().filter(|_| self.failure.is_none()).and_then(|hop| hop.page.as_ref())
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
pub fn follow(network: &mut dyn Network, job: &Job, mut redirects: Redirects, sink: &mut dyn Sink) -> Visit {
    let finish_by = job.max_time.map(|limit| network.now() + limit);
    let mut visit = Visit { hops: Vec::new(), redirects: 0, failure: None };
    let mut job = job.clone();
    loop {
        let (hop, result) = one_hop(network, &job, &mut redirects, sink);
        let known = hop.addresses.clone();
        visit.hops.push(hop);
        visit.redirects = redirects.followed;
        match result {
            Ok(Some(next)) => {
                let host = job.url.host.clone();
                job = next;
                job.max_time = finish_by.map(|end| end.saturating_duration_since(network.now()));
                keep_addresses(&mut job, &host, known);
            }
            Ok(None) => return visit,
            Err(failure) => return Visit { failure: Some(failure), ..visit },
        }
    }
}

/// What DNS said of `host` serves for all hops of a fetch.
fn keep_addresses(job: &mut Job, host: &str, addresses: Vec<IpAddr>) {
    let (next, port) = (job.url.host.clone(), job.url.port);
    if next == host
        && job.url.address().is_none()
        && !job.resolve.iter().any(|one| one.host == next && one.port == port)
    {
        job.resolve.extend(addresses.into_iter().map(|address| Resolve {
            host: next.clone(),
            port,
            address,
        }));
    }
}

/// One hop, and the job of the next one.
fn one_hop(
    network: &mut dyn Network,
    job: &Job,
    redirects: &mut Redirects,
    sink: &mut dyn Sink,
) -> (Hop, Result<Option<Job>, Failure>) {
    let (before, began) = (network.trace().frames(), network.now());
    let mut hop = Hop {
        url: job.url.clone(),
        request: job.request(),
        uploaded: job.body.as_ref().map_or(0, |body| body.len() as u64),
        addresses: Vec::new(),
        connected: None,
        page: None,
        frames: (before, before),
        took: Duration::ZERO,
    };
    let mut driver = Driver::new(network, job);
    let result = exchange(&mut driver, job, &mut hop, redirects, sink);
    // Also after a failure of the sink, of which the fetch knows nothing.
    driver.close();
    drop(driver);
    hop.frames.1 = network.trace().frames();
    hop.took = network.now().saturating_duration_since(began);
    (hop, result)
}

/// The events of a hop, in their order: resolve, connect, handshake, head, body.
fn exchange(
    driver: &mut Driver<'_>,
    job: &Job,
    hop: &mut Hop,
    redirects: &mut Redirects,
    sink: &mut dyn Sink,
) -> Result<Option<Job>, Failure> {
    // Resolve, connect.
    let address = loop {
        match driver.next_event()? {
            Event::Resolved(addresses) => hop.addresses = addresses.iter().map(SocketAddr::ip).collect(),
            Event::Connected(address) => break address,
            _ => {}
        }
    };
    hop.connected = Some(address);
    // Handshake, and the heads of the exchange.
    let mut tls = None;
    let (response, framing) = loop {
        match driver.next_event()? {
            Event::HandshakeDone(summary) => tls = Some(*summary),
            Event::Informational(head) => sink.head(&head, Standing::Interim)?,
            Event::Head { response, framing } => break (response, framing),
            _ => {}
        }
    };
    let next = redirects.next(job, &response);
    let is_answer = matches!(next, Ok(None));
    let page = hop.page.insert(Page::begun(address, tls, response, framing));
    sink.head(&page.response, if is_answer { Standing::Answer } else { Standing::LeadsOn })?;
    // The body of the exchange.
    let mut undo = if is_answer { Undo::of(job.compressed, &page.response) } else { Undo::nothing() };
    loop {
        let event = driver.next_event()?;
        driver.read_body(page, &mut undo, if is_answer { Some(&mut *sink) } else { None })?;
        match event {
            Event::Trailers { fields, misplaced } => {
                // Nobody here acts on them, so all are shown.
                page.trailers = fields;
                misplaced.iter().for_each(|field| page.trailers.push(&*field.name, field.value.clone()));
            }
            Event::Finished(_) => return undo.end().and(next),
            Event::Tunnel => return next,
            _ => {}
        }
    }
}
