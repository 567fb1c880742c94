//! The figures of a fetch, under the names that curl gives its variables: one table for text and JSON.
//!
//! Times are read from the trace. Those of several hops are added up as in curl; `time_redirect` and `time_total` run
//! from the first moment on. `ssl_verify_result` is 0 where the certificate was verified, or where there is none, and 1
//! after `-k`. Left out: curl's variables about the
//! content of certificates, TLS to proxies, and other protocols.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_http1::{Headers, Response};

use crate::commands::output::Destination;
use crate::fetch::{Hop, Visit, location};
use crate::story::{Moments, Story};

/// The value of a variable. Text and JSON write it each in their own way.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Figure {
    Text(Option<String>),
    Count(u64),
    /// A status code: three digits in text.
    Code(u16),
    Time(Duration),
}

/// What a fetch came to.
pub(super) struct Measured<'a> {
    /// Which of the URLs it is, from 0.
    pub(super) number: usize,
    pub(super) visit: &'a Visit,
    pub(super) destination: &'a Destination,
    times: Times,
    /// Both ends of the last connection.
    ends: Option<[SocketAddr; 2]>,
    /// The head of the last response in the trace, be it interim or refused.
    last_head: Option<Response>,
    request_bytes: u64,
    header_bytes: u64,
    /// Those that the last server showed.
    certificates: u64,
}

/// Since the start of the fetch.
#[derive(Debug, Default)]
struct Times {
    namelookup: Duration,
    connect: Duration,
    appconnect: Duration,
    pretransfer: Duration,
    posttransfer: Duration,
    starttransfer: Duration,
    redirect: Duration,
    total: Duration,
}

type Variable = (&'static str, fn(&Measured<'_>) -> Figure);

/// The variables, in the order of their names.
pub(super) const VARIABLES: [Variable; 36] = [
    ("content_type", |all| {
        Figure::Text(all.head().and_then(|head| head.headers.get("Content-Type")).map(Into::into))
    }),
    ("errormsg", |all| Figure::Text(all.visit.failure.as_ref().map(ToString::to_string))),
    ("exitcode", |all| {
        Figure::Count(all.visit.failure.as_ref().map_or(0, |failure| failure.exit_code().into()))
    }),
    ("filename_effective", |all| Figure::Text(all.file())),
    ("http_code", |all| Figure::Code(all.status())),
    ("http_connect", |all| {
        Figure::Code(all.last().and_then(|hop| hop.tunnel.as_ref()).map_or(0, |head| head.status))
    }),
    ("http_version", |all| Figure::Text(Some(all.version()))),
    ("local_ip", |all| Figure::Text(Some(all.end(0).map_or_else(String::new, |end| end.ip().to_string())))),
    ("local_port", |all| Figure::Count(all.end(0).map_or(0, |end| end.port().into()))),
    ("method", |all| Figure::Text(all.last().map(|hop| hop.request.method.clone()))),
    ("num_certs", |all| Figure::Count(all.certificates)),
    ("num_connects", |all| Figure::Count(all.connects())),
    ("num_headers", |all| Figure::Count(all.head().map_or(0, |head| head.headers.len() as u64))),
    ("num_redirects", |all| Figure::Count(all.visit.redirects.into())),
    ("redirect_url", |all| Figure::Text(all.leads_to())),
    ("referer", |all| {
        Figure::Text(all.last().and_then(|hop| hop.request.headers.get("Referer")).map(Into::into))
    }),
    ("remote_ip", |all| Figure::Text(Some(all.end(1).map_or_else(String::new, |end| end.ip().to_string())))),
    ("remote_port", |all| Figure::Count(all.end(1).map_or(0, |end| end.port().into()))),
    ("response_code", |all| Figure::Code(all.status())),
    ("scheme", |all| {
        Figure::Text(
            all.last().filter(|hop| hop.connected.is_some()).map(|hop| hop.url.scheme().to_uppercase()),
        )
    }),
    ("size_download", |all| Figure::Count(all.downloaded())),
    ("size_header", |all| Figure::Count(all.header_bytes)),
    ("size_request", |all| Figure::Count(all.request_bytes)),
    ("size_upload", |all| Figure::Count(all.uploaded())),
    ("speed_download", |all| Figure::Count(all.speed(all.downloaded()))),
    ("speed_upload", |all| Figure::Count(all.speed(all.uploaded()))),
    ("ssl_verify_result", |all| Figure::Count(all.unverified())),
    ("time_appconnect", |all| Figure::Time(all.times.appconnect)),
    ("time_connect", |all| Figure::Time(all.times.connect)),
    ("time_namelookup", |all| Figure::Time(all.times.namelookup)),
    ("time_posttransfer", |all| Figure::Time(all.times.posttransfer)),
    ("time_pretransfer", |all| Figure::Time(all.times.pretransfer)),
    ("time_redirect", |all| Figure::Time(all.times.redirect)),
    ("time_starttransfer", |all| Figure::Time(all.times.starttransfer)),
    ("time_total", |all| Figure::Time(all.times.total)),
    ("url_effective", |all| Figure::Text(all.last().map(|hop| hop.url.with_fragment()))),
];

impl<'a> Measured<'a> {
    /// Reads the figures from the trace of a visit, which is the one with this number.
    pub(super) fn of(
        number: usize,
        visit: &'a Visit,
        destination: &'a Destination,
        story: &Story,
    ) -> Measured<'a> {
        let moments: Vec<Moments> =
            visit.hops.iter().map(|hop| story.moments_between(hop.frames, hop.ends)).collect();
        let lost =
            visit.lost.iter().map(|hop| story.moments_between(hop.frames, hop.ends)).collect::<Vec<_>>();
        Measured {
            number,
            visit,
            destination,
            times: times(visit, &moments),
            ends: moments.last().and_then(|last| last.ends),
            last_head: moments.last().and_then(|last| last.last_head.clone()),
            request_bytes: requests(&visit.hops, &moments) + requests(&visit.lost, &lost),
            header_bytes: moments.iter().map(|one| one.response_heads).sum(),
            certificates: moments.last().map_or(0, |last| last.certificates),
        }
    }

    fn last(&self) -> Option<&Hop> {
        self.visit.hops.last()
    }

    fn last_page(&self) -> Option<&crate::fetch::Page> {
        self.last().and_then(|hop| hop.page.as_ref())
    }

    /// The head of the answer. Where there is none, the last head that came, as in curl.
    fn head(&self) -> Option<&Response> {
        self.last_page().map(|page| &page.response).or(self.last_head.as_ref())
    }

    /// The fields of a final response. Those of an interim one are not the answer's.
    pub(super) fn fields(&self) -> Option<&Headers> {
        self.head().filter(|head| !head.is_informational()).map(|head| &head.headers)
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.fields()?.get(name).map(Into::into)
    }

    fn status(&self) -> u16 {
        self.head().map_or(0, |head| head.status)
    }

    /// As curl writes it: HTTP/1.0 is 1.
    fn version(&self) -> String {
        match self.head().map(|head| head.version.minor) {
            None => "0".to_owned(),
            Some(0) => "1".to_owned(),
            Some(minor) => format!("1.{minor}"),
        }
    }

    /// The client's end, 0, or the server's, 1.
    fn end(&self, which: usize) -> Option<SocketAddr> {
        let connected = self.last().is_some_and(|hop| hop.connected.is_some());
        self.ends.filter(|_| connected).map(|ends| ends[which])
    }

    fn connects(&self) -> u64 {
        self.visit.hops.iter().filter(|hop| hop.connected.is_some() && !hop.kept).count() as u64
    }

    /// Where a redirect leads that was not followed.
    fn leads_to(&self) -> Option<String> {
        let hop = self.last()?;
        let url = location(&hop.url, &hop.page.as_ref()?.response)?.ok()?;
        Some(url.with_fragment())
    }

    fn downloaded(&self) -> u64 {
        self.last_page().map_or(0, |page| page.length)
    }

    fn uploaded(&self) -> u64 {
        self.last().map_or(0, |hop| hop.uploaded)
    }

    /// Bytes in a second.
    fn speed(&self, bytes: u64) -> u64 {
        match self.times.total.as_micros() {
            0 => 0,
            micros => (u128::from(bytes) * 1_000_000 / micros) as u64,
        }
    }

    fn unverified(&self) -> u64 {
        let tls = self.last_page().and_then(|page| page.tls.as_ref());
        tls.map_or(0, |summary| u64::from(!summary.verified.is_by_certificate()))
    }

    fn file(&self) -> Option<String> {
        match self.destination {
            Destination::File(path) => Some(path.display().to_string()),
            Destination::Nowhere | Destination::Stdout => None,
        }
    }
}

/// The bytes of all requests. A body that waited for 100 Continue is not counted, as in curl.
fn requests(hops: &[Hop], moments: &[Moments]) -> u64 {
    let of_one = |(hop, moments): (&Hop, &Moments)| {
        let waited = hop.request.headers.contains("Expect");
        let with_head = if waited || moments.request_head == 0 { 0 } else { hop.uploaded };
        moments.request_head + with_head
    };
    hops.iter().zip(moments).map(of_one).sum()
}

/// Each hop begins where the one before it ended, the first one where the visit began.
fn times(visit: &Visit, moments: &[Moments]) -> Times {
    let mut times = Times::default();
    let mut begun = visit.began;
    for (hop, of_hop) in visit.hops.iter().zip(moments) {
        let took = |moment: Option<Duration>| moment.map_or(Duration::ZERO, |at| at.saturating_sub(begun));
        times.redirect = begun.saturating_sub(visit.began);
        times.namelookup += took(of_hop.resolved);
        times.connect += took(of_hop.connected);
        times.appconnect += if hop.url.https { took(of_hop.secured) } else { Duration::ZERO };
        times.pretransfer += took(of_hop.asked);
        times.posttransfer += took(of_hop.sent);
        times.starttransfer += took(of_hop.first_byte);
        // Of a hop that failed, the clock says how long it took.
        begun = of_hop.last_byte.unwrap_or(begun + hop.took);
    }
    times.total = begun.saturating_sub(visit.began);
    times
}
