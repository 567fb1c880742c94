//! What to fetch, and on what terms; and the request head that follows from it.
//!
//! Tested in `tests/offline.rs`.

use std::net::IpAddr;
use std::time::Duration;

use barewire_dns::RecordType;
use barewire_http1::{Headers, Request};
use barewire_tls13::Trust;

use crate::failure::Failure;
use crate::url::Url;

/// What to fetch, and on what terms.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where it is.
    pub url: Url,
    /// The method, and the fields that the command line adds.
    pub method: String,
    /// Fields to add; a field with an empty value removes ours of that name.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    pub body: Option<Vec<u8>>,
    /// Which certificates to believe.
    pub trust: Trust,
    /// Addresses that need no DNS.
    pub resolve: Vec<Resolve>,
    /// Address families to use: A, AAAA, or A and then AAAA.
    pub records: Vec<RecordType>,
    /// Limit for name, TCP and TLS together.
    pub connect_timeout: Option<Duration>,
    /// Limit for everything.
    pub max_time: Option<Duration>,
}

/// An address that is known without DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The host it speaks of, in lower case.
    pub host: String,
    /// The port it speaks of.
    pub port: u16,
    /// The address to take.
    pub address: IpAddr,
}

impl Job {
    /// A GET without limits or extras.
    ///
    /// # Errors
    /// [`Step::Usage`](crate::failure::Step::Usage) if it is not a URL.
    pub fn get(url: &str, trust: Trust) -> Result<Job, Failure> {
        Ok(Job::of(Url::parse(url)?, trust))
    }

    /// A GET of this URL without limits or extras.
    pub fn of(url: Url, trust: Trust) -> Job {
        Job {
            url,
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: None,
            trust,
            resolve: Vec::new(),
            records: vec![RecordType::A, RecordType::AAAA],
            connect_timeout: None,
            max_time: None,
        }
    }

    /// The addresses that need no DNS: the one in the URL, and those that the job names for its host.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let Url { host, port, .. } = &self.url;
        let told = self.resolve.iter().filter(|entry| entry.host == *host && entry.port == *port);
        self.url.address().into_iter().chain(told.map(|entry| entry.address)).collect()
    }

    /// The request head that the job asks for.
    pub(super) fn request(&self) -> Request {
        let mut request = Request::new(&self.method, &self.url.host_field(), &self.url.target)
            .with("User-Agent", concat!("barewire/", env!("CARGO_PKG_VERSION")))
            .with("Accept", "*/*");
        if self.body.is_some() {
            request.headers.push("Content-Type", "application/x-www-form-urlencoded");
        }
        let headers: &mut Headers = &mut request.headers;
        let mut replaced: Vec<String> = Vec::new();
        for (name, value) in &self.headers {
            // The first -H of a name takes the place of our own field; further ones add to it.
            if !replaced.iter().any(|done| done.eq_ignore_ascii_case(name)) {
                headers.remove(name);
                replaced.push(name.clone());
            }
            if !value.is_empty() {
                headers.push(name, value.as_str());
            }
        }
        request
    }
}
