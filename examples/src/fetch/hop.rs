//! What came of the URLs of a run: each with its hops, in their order. Tested in `tests/curl_flags.rs`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_http1::{Request, Response};

use super::page::Page;
use crate::failure::Failure;
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
    /// The addresses of its host, in the order in which they are tried. Over a kept connection there are none.
    pub addresses: Vec<IpAddr>,
    /// Who took the connection.
    pub connected: Option<SocketAddr>,
    /// Both ends of the connection, ours first.
    pub ends: Option<[SocketAddr; 2]>,
    /// Whether the connection was there before, and was kept.
    pub kept: bool,
    /// What the proxy answered to CONNECT.
    pub tunnel: Option<Response>,
    /// What came back, as far as it came.
    pub page: Option<Page>,
    /// Its frames in the trace: the number of the last one before it, and of its own last one.
    pub frames: (u64, u64),
    /// How long it took.
    pub took: Duration,
}

/// A URL with all its redirects, and how it ended.
#[derive(Debug)]
pub struct Visit {
    /// What was asked for.
    pub url: Url,
    /// The hops, in order. There is always one.
    pub hops: Vec<Hop>,
    /// How many redirects were followed; the last of them may lead to what cannot be fetched.
    pub redirects: u32,
    /// Requests that were sent again, because a kept connection was closed under them. The hop of the same URL that
    /// carried the next attempt is in `hops`.
    pub lost: Vec<Hop>,
    /// How often all of it was tried again, as was asked for.
    pub retried: u32,
    /// When it began, since the run began; of several attempts the last one.
    pub began: Duration,
    /// How long it took.
    pub took: Duration,
    /// Why it failed. Then the last hop is the one that failed.
    pub failure: Option<Failure>,
}

impl Visit {
    /// A visit that has not begun.
    pub fn to(url: Url) -> Visit {
        let (began, took) = (Duration::ZERO, Duration::ZERO);
        let (hops, lost) = (Vec::new(), Vec::new());
        Visit { url, hops, redirects: 0, lost, retried: 0, began, took, failure: None }
    }

    /// The answer, of a fetch that did not fail.
    pub fn answer(&self) -> Option<&Page> {
        self.hops.last().filter(|_| self.failure.is_none()).and_then(|hop| hop.page.as_ref())
    }
}
