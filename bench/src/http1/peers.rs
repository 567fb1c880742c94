//! hyper as a client of our server, and as a server of our client, in memory: 10,000 exchanges from seeds. What one
//! side sent is what the other read: method, target, fields, content, trailers of a body in chunks; and the connection
//! is kept, or ends, for both.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use barewire_http1::{self as http1, Headers, client, server};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::hyper::poll;
use super::pipe::{End, pipe};

const CONNECTIONS: u64 = 1000;
const EXCHANGES: usize = 5;
/// More turns than any exchange needs.
const TURNS: usize = 20_000;

/// A message of either kind, as far as both programs must agree on it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    /// `GET /path`, or the status.
    start: String,
    fields: Vec<(String, String)>,
    content: Vec<u8>,
    trailers: Vec<(String, String)>,
}

/// An exchange that is to happen.
#[derive(Debug, Clone)]
struct Plan {
    request: Message,
    /// Bodies in chunks, of the request and of the response.
    chunked: [bool; 2],
    response: Message,
    /// Bytes go from one program to the other in pieces of this size.
    piece: usize,
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        (self.0.next_u32() as usize) % most
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn fields(&mut self, most: usize) -> Vec<(String, String)> {
        let count = self.below(most);
        let value = ["", "a", "text/html, */*;q=0.8", "\"quoted, text\"", "caf\u{e9}", "a  b\tc"];
        (0..count).map(|at| (format!("x-{at}-{}", self.below(100)), self.one_of(&value).to_owned())).collect()
    }

    fn content(&mut self) -> Vec<u8> {
        let most = [1, 2, 20, 300, 20_000][self.below(5)];
        let length = self.below(most + 1);
        (0..length).map(|at| (at * 7 + length) as u8).collect()
    }

    fn plan(&mut self) -> Plan {
        let method = self.one_of(&["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "MYMETHOD"]);
        let path = self.one_of(&["/", "/a/b?c=d&e", "/%20%C3%A9", "/a;b=c,d", "/?"]);
        let status = self.one_of(&["200", "201", "204", "304", "404", "500", "299"]);
        let chunked = [self.below(2) == 1, self.below(2) == 1];
        let has_body = matches!(method, "POST" | "PUT" | "PATCH");
        let answers = method != "HEAD" && !matches!(status, "204" | "304");
        let mut message = |start: String, has_body: bool, chunked: bool| Message {
            start,
            fields: self.fields(8),
            content: if has_body { self.content() } else { Vec::new() },
            trailers: if has_body && chunked { self.fields(3) } else { Vec::new() },
        };
        Plan {
            request: message(format!("{method} {path}"), has_body, chunked[0]),
            response: message(status.to_owned(), answers, chunked[1]),
            chunked: [chunked[0] && has_body, chunked[1] && answers],
            piece: [1, 3, 100, 1 << 20][self.below(4)],
        }
    }
}

/// A body that is given to hyper: its length is known, or not, and then it goes out in chunks.
struct Given {
    frames: VecDeque<Frame<Bytes>>,
    length: Option<u64>,
}

impl Given {
    fn new(message: &Message, chunked: bool) -> Given {
        let pieces = message.content.chunks(1000).map(|piece| Frame::data(Bytes::copy_from_slice(piece)));
        let mut frames: VecDeque<Frame<Bytes>> = pieces.collect();
        if !message.trailers.is_empty() {
            let trailers = message.trailers.iter().map(|(name, value)| {
                (name.parse::<hyper::header::HeaderName>().unwrap(), value.parse().unwrap())
            });
            frames.push_back(Frame::trailers(trailers.collect()));
        }
        Given { frames, length: (!chunked).then_some(message.content.len() as u64) }
    }
}

impl Body for Given {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.frames.pop_front().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && self.length.is_some()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The fields that a plan named, of those that came.
fn planned<'a>(fields: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    fields
        .filter(|(name, _)| name.starts_with("x-"))
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

fn ours(headers: &Headers) -> Vec<(String, String)> {
    planned(headers.iter().map(|field| (field.name.as_str(), field.value.as_slice())))
}

fn hypers(headers: &hyper::HeaderMap) -> Vec<(String, String)> {
    planned(headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
}

/// A message while it comes to hyper.
async fn collected(start: String, headers: &hyper::HeaderMap, body: Incoming) -> Message {
    let fields = hypers(headers);
    let all = body.collect().await.expect("a whole body");
    let trailers = all.trailers().map(hypers).unwrap_or_default();
    Message { start, fields, content: all.to_bytes().to_vec(), trailers }
}

/// With the name of the trailers announced: hyper sends only those.
fn announced(message: &Message) -> Option<String> {
    let names: Vec<&str> = message.trailers.iter().map(|(name, _)| name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn with_fields(headers: &mut Headers, message: &Message) {
    message.fields.iter().for_each(|(name, value)| headers.push(name.as_str(), value.as_bytes()));
}

fn trailers(message: &Message) -> Headers {
    let mut headers = Headers::new();
    message.trailers.iter().for_each(|(name, value)| headers.push(name.as_str(), value.as_bytes()));
    headers
}

fn body(message: &Message, chunked: bool) -> http1::Body {
    match message.content.len() as u64 {
        _ if chunked => http1::Body::Chunked,
        length => http1::Body::Length(length),
    }
}

/// Our server on one end: it answers by the plan, and keeps what it read.
struct OurServer {
    core: server::Connection,
    end: End,
    read: Option<Message>,
}

impl OurServer {
    fn turn(&mut self, plan: &Plan, now: Instant) {
        for piece in self.end.take().chunks(plan.piece) {
            self.core.receive(now, piece).expect("hyper's requests are good");
        }
        while let Some(event) = self.core.event() {
            match event {
                server::Event::Request { head, .. } => {
                    let request = head.to_request();
                    let fields = ours(&request.headers);
                    let start = format!("{} {}", request.method, request.target);
                    self.read = Some(Message { start, fields, content: Vec::new(), trailers: Vec::new() });
                }
                server::Event::Data => {
                    let read = self.read.as_mut().expect("a head came first");
                    read.content.extend_from_slice(self.core.content());
                    self.core.consume(usize::MAX);
                }
                server::Event::Trailers { fields, .. } => {
                    self.read.as_mut().expect("a head came first").trailers = ours(&fields);
                }
                server::Event::End(persistence) => {
                    assert!(persistence.keeps_open());
                    self.answer(plan);
                    assert_eq!(self.core.next_cycle(now), Ok(true));
                }
                server::Event::Tunnel => panic!("nobody asked for one"),
            }
        }
        if let Some(bytes) = self.core.transmit(now) {
            bytes.chunks(plan.piece).for_each(|piece| self.end.give(piece));
        }
    }

    fn answer(&mut self, plan: &Plan) {
        let status = plan.response.start.parse().expect("a status");
        let mut response = http1::Response::new(status);
        with_fields(&mut response.headers, &plan.response);
        let declared = match status {
            204 => http1::Body::None,
            _ => body(&plan.response, plan.chunked[1]),
        };
        self.core.respond(&response, declared).expect("a good response");
        self.core.body(&plan.response.content).expect("as declared");
        self.core.finish_with(&trailers(&plan.response)).expect("all of it");
    }
}

/// One connection: hyper asks, our server answers.
fn hyper_asks(seed: u64) {
    let (mut dice, now) = (Dice(ChaCha8Rng::seed_from_u64(seed)), Instant::now());
    let (near, far) = pipe();
    let mut server =
        OurServer { core: server::Connection::new(http1::Config::default()), end: far, read: None };
    let mut handshake = pin!(hyper::client::conn::http1::handshake(near));
    let Poll::Ready(Ok((mut sender, connection))) = poll(handshake.as_mut()) else { panic!("a handshake") };
    let mut connection = pin!(connection);
    for number in 0..EXCHANGES {
        let plan = dice.plan();
        let (method, path) = plan.request.start.split_once(' ').expect("two words");
        let mut builder = hyper::Request::builder().method(method).uri(path).header("Host", "a.test");
        for (name, value) in &plan.request.fields {
            builder = builder.header(name, value.as_bytes());
        }
        if let Some(names) = announced(&plan.request) {
            builder = builder.header("Trailer", names);
        }
        let request = builder.body(Given::new(&plan.request, plan.chunked[0])).expect("a request");
        let sent = sender.send_request(request);
        let mut response = pin!(async {
            let (head, body) = sent.await.expect("an answer").into_parts();
            collected(head.status.as_str().to_owned(), &head.headers, body).await
        });
        let mut turns = 0..TURNS;
        let got = loop {
            if let Poll::Ready(got) = poll(response.as_mut()) {
                break got;
            }
            assert!(turns.next().is_some(), "seed {seed}, exchange {number}: it stands still: {plan:?}");
            let _ = poll(connection.as_mut());
            server.turn(&plan, now);
        };
        assert_eq!(
            server.read.take().as_ref(),
            Some(&plan.request),
            "seed {seed}, exchange {number}: request"
        );
        assert_eq!(got, plan.response, "seed {seed}, exchange {number}: response");
        // hyper is ready again once it has seen the end.
        let _ = poll(connection.as_mut());
    }
}

/// One connection: our client asks, hyper answers.
fn hyper_answers(seed: u64) {
    let (mut dice, now) = (Dice(ChaCha8Rng::seed_from_u64(seed)), Instant::now());
    let (near, far) = pipe();
    let plan: Rc<RefCell<Option<Plan>>> = Rc::default();
    let read: Rc<RefCell<Option<Message>>> = Rc::default();
    let (for_service, by_service) = (plan.clone(), read.clone());
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (plan, read) = (for_service.borrow().clone().expect("a plan"), by_service.clone());
        async move {
            let (head, body) = request.into_parts();
            let start = format!("{} {}", head.method, head.uri);
            *read.borrow_mut() = Some(collected(start, &head.headers, body).await);
            let mut builder = hyper::Response::builder().status(plan.response.start.as_str());
            for (name, value) in &plan.response.fields {
                builder = builder.header(name, value.as_bytes());
            }
            if let Some(names) = announced(&plan.response) {
                builder = builder.header("Trailer", names);
            }
            Ok::<_, Infallible>(
                builder.body(Given::new(&plan.response, plan.chunked[1])).expect("a response"),
            )
        }
    });
    let mut server = pin!(hyper::server::conn::http1::Builder::new().serve_connection(far, service));
    let mut core = client::Connection::new(http1::Config::default());
    for number in 0..EXCHANGES {
        let one = dice.plan();
        *plan.borrow_mut() = Some(one.clone());
        let (method, path) = one.request.start.split_once(' ').expect("two words");
        let mut request = http1::Request::new(method, "a.test", path).with("TE", "trailers");
        with_fields(&mut request.headers, &one.request);
        let declared = match method {
            "POST" | "PUT" | "PATCH" => body(&one.request, one.chunked[0]),
            _ => http1::Body::None,
        };
        core.request(&request, declared).expect("a good request");
        core.body(&one.request.content).expect("as declared");
        core.finish_with(&trailers(&one.request)).expect("all of it");
        let mut got = None;
        let mut turns = 0..TURNS;
        while !our_turn(&mut core, &near, &one, &mut got, now) {
            assert!(turns.next().is_some(), "seed {seed}, exchange {number}: it stands still: {one:?}");
            let _ = poll(server.as_mut());
        }
        assert_eq!(read.borrow_mut().take(), Some(one.request), "seed {seed}, exchange {number}: request");
        assert_eq!(got, Some(one.response), "seed {seed}, exchange {number}: response");
        assert!(core.is_ready(), "seed {seed}, exchange {number}: {}", core.persistence());
    }
}

/// Our client's turn. `true`: the response is complete.
fn our_turn(
    core: &mut client::Connection,
    end: &End,
    plan: &Plan,
    got: &mut Option<Message>,
    now: Instant,
) -> bool {
    if let Some(bytes) = core.transmit(now) {
        bytes.chunks(plan.piece).for_each(|piece| end.give(piece));
    }
    for piece in end.take().chunks(plan.piece) {
        core.receive(now, piece).expect("hyper's answers are good");
    }
    while let Some(event) = core.event() {
        match event {
            client::Event::Response { head, .. } => {
                let fields = ours(&head.fields().to_headers());
                let start = head.status().to_string();
                *got = Some(Message { start, fields, content: Vec::new(), trailers: Vec::new() });
            }
            client::Event::Data => {
                got.as_mut().expect("a head came first").content.extend_from_slice(core.content());
                core.consume(usize::MAX);
            }
            client::Event::Trailers { fields, .. } => {
                got.as_mut().expect("a head came first").trailers = ours(&fields);
            }
            client::Event::End(_) => return true,
            other => panic!("nobody asked for {other:?}"),
        }
    }
    false
}

#[test]
fn hyper_reads_what_we_write_and_we_read_what_hyper_writes() {
    (0..CONNECTIONS).for_each(hyper_asks);
    (CONNECTIONS..2 * CONNECTIONS).for_each(hyper_answers);
}
