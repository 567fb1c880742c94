//! The main job: resolve, connect, handshake, request.
//!
//! ```text
//!   name ──DNS──▶ address ──TCP──▶ stream ──TLS──▶ secret stream ──HTTP──▶ page
//! ```
//!
//! [`fetch`] is the same code over every [`Network`]. It knows nothing of the command line.
//!
//! Tested in `tests/offline.rs` over the toy internet, and in `tests/live` against real servers.

mod resolve;

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire_dns::RecordType;
use barewire_http1::{Config as HttpConfig, Framing, Headers, Request, Response, client, driver};
use barewire_tls13::{Client, Config, Summary, TlsStream, Trust};

use crate::failure::{Failure, Step};
use crate::network::{Network, Stream};
use crate::url::Url;
use resolve::by_name;

/// What to fetch, and on what terms.
#[derive(Debug)]
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

impl Job {
    /// A GET without limits or extras.
    ///
    /// # Errors
    /// [`Step::Usage`] if it is not a URL.
    pub fn get(url: &str, trust: Trust) -> Result<Job, Failure> {
        Ok(Job {
            url: Url::parse(url)?,
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: None,
            trust,
            resolve: Vec::new(),
            records: vec![RecordType::A, RecordType::AAAA],
            connect_timeout: None,
            max_time: None,
        })
    }
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

/// What came back.
#[derive(Debug)]
pub struct Page {
    /// Who was asked.
    pub address: SocketAddr,
    /// What the handshake proved; `None` over plain HTTP.
    pub tls: Option<Summary>,
    /// The head of the response.
    pub response: Response,
    /// How the body was framed, and by which rule.
    pub framing: Framing,
    /// Length of the body in bytes.
    pub length: u64,
    /// The first bytes of the body.
    pub beginning: Vec<u8>,
}

/// How many bytes of the body a [`Page`] keeps.
const BEGINNING: usize = 4096;

/// Fetches a page. The body goes to `body` as it comes.
///
/// # Errors
/// [`Failure`]: the step that failed, and why.
pub fn fetch(network: &mut dyn Network, job: &Job, body: &mut dyn Write) -> Result<Page, Failure> {
    let start = network.now();
    let finish_by = job.max_time.map(|limit| start + limit);
    let connect_by = job.connect_timeout.map(|limit| start + limit).into_iter().chain(finish_by).min();

    let addresses = resolve(network, job, connect_by)?;
    let (address, mut stream) = connect(network, &addresses, connect_by)?;
    if !job.url.https {
        stream.set_deadline(finish_by);
        let page = exchange(&mut stream, job, address, None, body)?;
        let _ = stream.close();
        return Ok(page);
    }
    let mut tls = handshake(network, job, stream)?;
    tls.socket_mut().set_deadline(finish_by);
    let proved = tls.summary().clone();
    let page = exchange(&mut tls, job, address, Some(proved), body)?;
    // The page is here: a peer that says goodbye badly, or not at all, takes nothing from it.
    let _ = tls.close();
    let _ = tls.into_inner().close();
    Ok(page)
}

/// The addresses of the host: from the URL, from the job, or by its name.
fn resolve(
    network: &mut dyn Network,
    job: &Job,
    deadline: Option<Instant>,
) -> Result<Vec<SocketAddr>, Failure> {
    let Url { host, port, .. } = &job.url;
    let told = job.resolve.iter().filter(|entry| entry.host == *host && entry.port == *port);
    let told: Vec<IpAddr> = job.url.address().into_iter().chain(told.map(|entry| entry.address)).collect();
    let addresses = if told.is_empty() { by_name(network, host, &job.records, deadline)? } else { told };
    Ok(addresses.into_iter().map(|address| SocketAddr::new(address, *port)).collect())
}

/// A connection to the first address that takes one.
fn connect(
    network: &mut dyn Network,
    addresses: &[SocketAddr],
    deadline: Option<Instant>,
) -> Result<(SocketAddr, Box<dyn Stream>), Failure> {
    let mut outcome = Err(Failure::new(Step::Resolve, "the name has no address"));
    for &address in addresses {
        outcome = network.connect(address, deadline).map(|stream| (address, stream));
        if outcome.is_ok() {
            break;
        }
    }
    let (address, mut stream) = outcome?;
    stream.set_deadline(deadline);
    Ok((address, stream))
}

/// The TLS handshake over a connected stream.
fn handshake(
    network: &mut dyn Network,
    job: &Job,
    stream: Box<dyn Stream>,
) -> Result<TlsStream<Box<dyn Stream>>, Failure> {
    let config = Config {
        alpn: vec![b"http/1.1".to_vec()],
        trust: job.trust.clone(),
        key_log: Some(network.trace().key_log()),
        ..Config::new(&job.url.host, network.wall_clock())
    };
    let now = network.now();
    let client = Client::new(now, config, network.rng()).map_err(|error| Failure::tls(&error))?;
    TlsStream::connect(stream, client).map_err(|error| Failure::handshake(&error))
}

/// One request and its response.
fn exchange<S: Read + Write>(
    stream: &mut S,
    job: &Job,
    address: SocketAddr,
    tls: Option<Summary>,
    body: &mut dyn Write,
) -> Result<Page, Failure> {
    let request = request(job);
    let sent = job.body.as_deref().unwrap_or_default();
    let mut connection = client::Connection::new(HttpConfig::default());
    let (response, framing, mut reader) =
        driver::exchange(stream, &mut connection, &request, sent).map_err(Failure::http)?;
    let mut page = Page { address, tls, response, framing, length: 0, beginning: Vec::new() };
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length =
            reader.read(&mut buffer).map_err(|error| Failure::http(driver::Error::from_io(error)))?;
        if length == 0 {
            return Ok(page);
        }
        let piece = &buffer[..length];
        let room = BEGINNING - page.beginning.len();
        page.beginning.extend(&piece[..length.min(room)]);
        page.length += length as u64;
        body.write_all(piece)
            .map_err(|error| Failure::new(Step::Output, format!("the body could not be written: {error}")))?;
    }
}

/// The request head that the job asks for.
fn request(job: &Job) -> Request {
    let mut request = Request::new(&job.method, &job.url.host_field(), &job.url.target)
        .with("User-Agent", concat!("barewire/", env!("CARGO_PKG_VERSION")))
        .with("Accept", "*/*");
    if job.body.is_some() {
        request.headers.push("Content-Type", "application/x-www-form-urlencoded");
    }
    let headers: &mut Headers = &mut request.headers;
    let mut replaced: Vec<String> = Vec::new();
    for (name, value) in &job.headers {
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
