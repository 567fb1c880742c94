//! A reverse proxy: an app whose answers come from an origin (RFC 9110 §7.6). TLS ends here; the origin is asked over
//! plain HTTP, on connections that are kept.
//!
//! It adds `X-Forwarded-For`, `X-Forwarded-Proto` and `Via`, and takes away the fields that are for one hop only (RFC
//! 9110 §7.6.1). An origin that cannot be reached is 502, one that does not answer in time is 504, each with a
//! `Proxy-Status` (RFC 9209) that names the hop.
//!
//! | the origin | nginx 1.22 | ours |
//! |---|---|---|
//! | nobody listens | 502 at once | the same |
//! | says nothing | 504 when the time is over | the same |
//! | closes after the request | 502 | the same |
//! | breaks off in the body | 200, cut short | the same |
//! | `X-Forwarded-For`, `Via` | only if the configuration says so | always |
//! | a connection to it is kept | only if the configuration says so | for 60 s |
//!
//! The first four rows are asked of both in `tests/live/proxying.rs`.
//!
//! Left out: retries on another origin, caching, streaming of request bodies, Upgrade. Tested in `tests/proxy.rs`.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_http1::{Body, Response, remove_one_hop};
use barewire_tcp::Event as TcpEvent;
use barewire_tls13::Trust;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::app::{App, Incoming, RequestId, Say};
use super::certificates;
use super::program::Sockets;
use super::timed::Timed;
use crate::failure::Step;
use crate::fetch::{Call, Event, Given, Job, KeptOnHost, Limits};
use crate::url::Url;

/// How long a connection to the origin is kept without a request, as nginx does.
const KEPT: Duration = Duration::from_secs(60);

/// A reverse proxy.
pub struct Proxy {
    /// How it is called in `Via`.
    name: String,
    origin: SocketAddr,
    /// How long the origin may take for a whole answer.
    patience: Duration,
    asked: BTreeMap<RequestId, Exchange>,
    kept: Timed<KeptOnHost>,
    says: VecDeque<(RequestId, Say)>,
}

/// A request that is with the origin.
struct Exchange {
    call: Call,
    incoming: Incoming,
    /// Whether the head of the answer has been passed on.
    answered: bool,
}

impl Proxy {
    /// A proxy for the origin at this address, which is asked over plain HTTP.
    pub fn new(name: &str, origin: SocketAddr, patience: Duration) -> Proxy {
        let (asked, kept, says) = (BTreeMap::new(), Timed::default(), VecDeque::new());
        Proxy { name: name.to_owned(), origin, patience, asked, kept, says }
    }

    /// Passes a request on, over a kept connection if there is one.
    fn ask(&mut self, now: Instant, id: RequestId, incoming: Incoming, fresh: bool) {
        let job = self.job(&incoming);
        let kept = if fresh { None } else { self.kept.next() };
        let call = kept.and_then(|kept| Call::on(kept, &job, now + self.patience)).unwrap_or_else(|| {
            // Plain HTTP to an address that is known needs neither random numbers nor the time of day.
            let rng = Box::new(ChaCha8Rng::seed_from_u64(0));
            let given = Given { wall_clock: certificates::epoch(), rng, key_log: None, ledger: None };
            Call::connect(now, self.origin.ip(), job, given)
        });
        self.asked.insert(id, Exchange { call, incoming, answered: false });
    }

    /// The request as the origin gets it.
    fn job(&self, incoming: &Incoming) -> Job {
        let Incoming { head, body, client, secure, .. } = incoming;
        let mut fields = head.headers.clone();
        remove_one_hop(&mut fields);
        fields.remove("Content-Length");
        // Each proxy adds who it got the request from; only what our own proxies added can be trusted.
        fields.push("X-Forwarded-For", client.ip().to_string());
        fields.push("X-Forwarded-Proto", if *secure { "https" } else { "http" });
        fields.push("Via", format!("1.1 {}", self.name));
        // RFC 9112 §3.2.2: where the target names a host, it counts, and a new Host says it.
        if !head.authority().is_empty() {
            fields.set("Host", head.authority());
        }
        let (host, port) = (self.origin.ip().to_string(), self.origin.port());
        let target = head.origin_form().into_owned();
        Job {
            method: head.method.clone(),
            headers: fields.iter().map(|field| (field.name.clone(), field.text().into_owned())).collect(),
            body: (!body.is_empty()).then(|| body.clone()),
            limits: Limits { total: Some(self.patience), ..Limits::default() },
            ..Job::of(Url { https: false, host, port, target, fragment: None }, Trust::Nothing)
        }
    }

    /// Takes what an origin said.
    fn hear(&mut self, now: Instant, id: RequestId, sockets: &mut Sockets) {
        while let Some(exchange) = self.asked.get_mut(&id)
            && let Some(event) = exchange.call.event()
        {
            match event {
                // The client would get coded content for plain one.
                Event::Head { response, .. } if !response.transfer_codings().is_empty() => {
                    self.failed(now, id, Step::BrokenReply);
                }
                Event::Head { response, framing } => {
                    exchange.answered = true;
                    let method = &exchange.incoming.head.method;
                    let (head, body) = answer(&self.name, method, response, framing.body);
                    self.says.push_back((id, Say::Head(head, body)));
                }
                Event::Data => self.says.push_back((id, Say::Piece(exchange.call.read()))),
                Event::Finished(_) => {
                    self.says.push_back((id, Say::End));
                    let kept = self.asked.remove(&id).and_then(|done| done.call.keep(now, &mut sockets.tcp));
                    kept.into_iter().for_each(|kept| self.kept.add(now + KEPT, kept));
                }
                Event::Failed(failure) => self.failed(now, id, failure.step),
                Event::Closed => self.failed(now, id, Step::EmptyReply),
                _ => {}
            }
        }
    }

    /// The origin did not answer, or not to the end.
    fn failed(&mut self, now: Instant, id: RequestId, step: Step) {
        let Some(Exchange { call, incoming, answered }) = self.asked.remove(&id) else { return };
        if answered {
            // The client must not take half an answer for a whole one.
            self.says.push_back((id, Say::Abort));
        } else if call.was_kept() && step != Step::Timeout {
            // The origin closed a connection that was kept, maybe before it saw the request (RFC 9112 §9.3.1).
            self.ask(now, id, incoming, true);
        } else {
            let (status, error) = match step {
                Step::Timeout => (504, "connection_read_timeout"),
                Step::Connect => (502, "connection_refused"),
                Step::EmptyReply => (502, "connection_terminated"),
                _ => (502, "http_protocol_error"),
            };
            let head = Response::new(status).with("Proxy-Status", format!("{}; error={error}", self.name));
            self.says.extend([(id, Say::Head(head, Body::Length(0))), (id, Say::End)]);
        }
    }
}

/// The head of the answer as the client gets it, and how the body is framed. An answer to HEAD says how long the body
/// would be.
fn answer(name: &str, method: &str, mut response: Response, from_origin: Body) -> (Response, Body) {
    let says = response.headers.get("Content-Length").and_then(|length| length.parse().ok());
    let body = match (from_origin, says) {
        (Body::None, Some(length)) if method == "HEAD" => Body::Length(length),
        (Body::UntilClose, _) => Body::Chunked,
        (body, _) => body,
    };
    remove_one_hop(&mut response.headers);
    response.headers.remove("Content-Length");
    response.headers.push("Via", format!("1.1 {name}"));
    (response, body)
}

impl App for Proxy {
    fn request(&mut self, now: Instant, _: &mut Sockets, id: RequestId, request: Incoming) {
        self.ask(now, id, request, false);
    }

    fn say(&mut self, _: Instant) -> Option<(RequestId, Say)> {
        self.says.pop_front()
    }

    fn tcp(&mut self, now: Instant, sockets: &mut Sockets, event: &TcpEvent) {
        self.asked.values_mut().for_each(|one| one.call.tcp(now, &mut sockets.tcp, event));
        for kept in self.kept.values_mut() {
            kept.tcp(now, &mut sockets.tcp, event);
        }
    }

    fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        while let Some(kept) = self.kept.due(now) {
            kept.close(now, &mut sockets.tcp);
        }
        let ids: Vec<RequestId> = self.asked.keys().copied().collect();
        for id in ids {
            self.asked.get_mut(&id).into_iter().for_each(|one| one.call.turn(now, &mut sockets.tcp));
            self.hear(now, id, sockets);
            // A request that was just passed on, or passed on again, goes out now.
            self.asked.get_mut(&id).into_iter().for_each(|one| one.call.turn(now, &mut sockets.tcp));
        }
    }

    fn gone(&mut self, now: Instant, sockets: &mut Sockets, id: RequestId) {
        if let Some(exchange) = self.asked.remove(&id) {
            exchange.call.abandon(now, &mut sockets.tcp);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let asked = self.asked.values().filter_map(|one| one.call.deadline());
        asked.chain(self.kept.deadline()).min()
    }
}
