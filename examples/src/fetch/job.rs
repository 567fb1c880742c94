//! What to fetch, and on what terms; and the request head that follows from it.
//!
//! Tested in `tests/offline.rs`.

use std::net::IpAddr;

use barewire_dns::RecordType;
use barewire_http1::{Headers, Request, Response, Tolerances, Version};
use barewire_tls13::{EarlyData, Group, Summary, Trust};

use super::limits::Limits;
use super::pool::Origin;
use super::proxy::{Direct, Proxy};
use super::sessions::Sessions;
use super::upload::Upload;
use crate::failure::Failure;
use crate::url::Url;

/// What to fetch, and on what terms.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where it is.
    pub url: Url,
    /// The method: GET, HEAD, POST, PUT. A redirect may change it.
    pub method: String,
    /// A method to send in its place; a redirect does not change it.
    pub custom_method: Option<String>,
    /// The version to write: 1.1 or 1.0.
    pub version: Version,
    /// Fields of ours, which give way to those in `headers`.
    pub fields: Vec<(String, String)>,
    /// Fields to add; a field with an empty value removes ours of that name.
    pub headers: Vec<(String, String)>,
    /// Whether a redirect says in Referer which URL it came from.
    pub refers: bool,
    /// The request's body.
    pub body: Option<Vec<u8>>,
    /// Whether the content codings of the answer are undone. Transfer codings always are.
    pub compressed: bool,
    /// A body in its place that is read while it is sent. A holder of the core reads it.
    pub upload: Option<Upload>,
    /// Which deviations of the response are overlooked.
    pub tolerate: Tolerances,
    /// The groups that are offered for the key exchange of TLS, the preferred one first.
    pub groups: Vec<Group>,
    /// Which certificates to believe.
    pub trust: Trust,
    /// Sessions of earlier connections, to go on from, and where to keep new ones.
    pub sessions: Option<Sessions>,
    /// Whether a request that may be repeated goes out as early data, where a session allows it (RFC 8446 §2.3).
    pub early_data: bool,
    /// Addresses that need no DNS.
    pub resolve: Vec<Resolve>,
    /// Address families to use: A, AAAA, or A and then AAAA.
    pub records: Vec<RecordType>,
    /// How long it may take.
    pub limits: Limits,
    /// The proxy in between, if there is one.
    pub proxy: Option<Proxy>,
    /// The hosts that are asked without it.
    pub direct: Direct,
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
            custom_method: None,
            version: Version::HTTP_1_1,
            fields: vec![
                ("User-Agent".to_owned(), concat!("barewire/", env!("CARGO_PKG_VERSION")).to_owned()),
                ("Accept".to_owned(), "*/*".to_owned()),
            ],
            headers: Vec::new(),
            refers: false,
            body: None,
            compressed: false,
            upload: None,
            tolerate: Tolerances::default(),
            groups: Group::USUAL.to_vec(),
            trust,
            sessions: None,
            early_data: false,
            resolve: Vec::new(),
            records: vec![RecordType::A, RecordType::AAAA],
            limits: Limits::default(),
            proxy: None,
            direct: Direct::default(),
        }
    }

    /// Whether the request may go out as early data. Anybody on the way can send a copy of it to the server, so only a
    /// safe method may (RFC 8470 §4).
    pub(super) fn is_early(&self) -> bool {
        let method = self.custom_method.as_deref().unwrap_or(&self.method);
        self.early_data && matches!(method, "GET" | "HEAD") && self.body.is_none() && self.upload.is_none()
    }

    /// The same job without early data, where a server does not act on early data: 425 (Too Early). It is sent again
    /// by itself, and only once, as this time it waits for the handshake (RFC 8470 §5.2). `tls`: of a connection that
    /// began with this request.
    pub(super) fn after_too_early(&self, tls: Option<&Summary>, response: &Response) -> Option<Job> {
        let was_early = self.is_early() && tls.is_some_and(|tls| tls.early_data == EarlyData::Accepted);
        (response.status == 425 && was_early).then(|| Job { early_data: false, ..self.clone() })
    }

    /// What connection can serve it.
    pub(super) fn origin(&self) -> Origin {
        let Url { https, host, port, .. } = &self.url;
        let origin = |host: &str, port, proxy| Origin { https: *https, host: host.to_owned(), port, proxy };
        match self.via() {
            // One connection to the proxy serves all hosts, as the proxy reads each request.
            Some(proxy) if !https => origin(&proxy.host, proxy.port, Some(proxy.to_string())),
            proxy => origin(host, *port, proxy.map(Proxy::to_string)),
        }
    }

    /// The proxy that this URL is asked through.
    pub(super) fn via(&self) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|_| !self.direct.holds(&self.url.host))
    }

    /// Host and port of who takes the connection: the server, or the proxy.
    pub(super) fn peer(&self) -> (&str, u16) {
        match self.via() {
            Some(proxy) => (&proxy.host, proxy.port),
            None => (&self.url.host, self.url.port),
        }
    }

    /// The request for a tunnel, where one is needed.
    pub(super) fn tunnel(&self) -> Option<Request> {
        let proxy = self.via().filter(|_| self.url.https)?;
        Some(proxy.connect(&self.url, self.request().headers.get("User-Agent").as_deref()))
    }

    /// The same job, which tells the server that this is the only request (RFC 9112 §9.6).
    pub(super) fn without_reuse(mut self) -> Job {
        self.fields.push(("Connection".to_owned(), "close".to_owned()));
        self
    }

    /// The addresses that need no DNS: the one in the URL, and those that the job names for its host.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let (host, port) = self.peer();
        let told = self.resolve.iter().filter(|entry| entry.host == host && entry.port == port);
        host.parse().ok().into_iter().chain(told.map(|entry| entry.address)).collect()
    }

    /// The request head that the job asks for.
    pub(crate) fn request(&self) -> Request {
        let method = self.custom_method.as_deref().unwrap_or(&self.method);
        let mut request = Request::new(method, &self.url.host_field(), &self.url.target);
        request.version = self.version;
        let headers: &mut Headers = &mut request.headers;
        if let Some(proxy) = self.via().filter(|_| !self.url.https) {
            request.target = self.url.to_string();
            proxy.authorization.iter().for_each(|value| headers.push("Proxy-Authorization", value.as_str()));
        }
        self.fields.iter().for_each(|(name, value)| headers.push(name, value.as_str()));
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

/// Takes out the fields with these names.
pub(crate) fn remove_fields(fields: &mut Vec<(String, String)>, names: &[&str]) {
    fields.retain(|(name, _)| !names.iter().any(|gone| gone.eq_ignore_ascii_case(name)));
}
