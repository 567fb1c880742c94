//! Exchanges by chance between our client and our server: what one side writes the other side reads, and where the
//! bytes are cut changes nothing, also of bytes that were damaged on the way.

mod damage;
mod exchange;

use barewire_http1::{Body, Config, Headers, Request, Response, client, server};
use damage::{damage, damaged};
use exchange::{Exchange, Kind, exchanges};
use proptest::prelude::*;
use std::time::Instant;

/// What a side was told, in order. Pieces of content are joined.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    Request {
        line: String,
        headers: Headers,
    },
    Interim {
        line: String,
        headers: Headers,
    },
    Response {
        line: String,
        headers: Headers,
    },
    Content(Vec<u8>),
    Trailers(Headers),
    /// Whether the connection goes on.
    End(bool),
    /// Bytes came that answer no request.
    Unasked(String),
    Refused(String),
}

/// Adds content.
fn join(told: &mut Vec<Told>, mut read: impl FnMut(&mut [u8]) -> usize) {
    let mut buffer = [0; 50];
    loop {
        let length = read(&mut buffer);
        match told.last_mut() {
            _ if length == 0 => return,
            Some(Told::Content(before)) => before.extend_from_slice(&buffer[..length]),
            _ => told.push(Told::Content(buffer[..length].to_vec())),
        }
    }
}

fn of_server(connection: &mut server::Connection, told: &mut Vec<Told>) {
    while let Some(event) = connection.event() {
        match event {
            server::Event::Request { head, .. } => {
                told.push(Told::Request { line: head.to_string(), headers: head.fields().to_headers() });
            }
            server::Event::Data => join(told, |out| connection.read(out)),
            server::Event::Trailers { fields, .. } => told.push(Told::Trailers(fields)),
            server::Event::End(_) => {}
            server::Event::Tunnel => unreachable!("nobody asked for one"),
        }
    }
}

fn of_client(connection: &mut client::Connection, told: &mut Vec<Told>) {
    while let Some(event) = connection.event() {
        match event {
            client::Event::Informational(head) => {
                told.push(Told::Interim { line: head.to_string(), headers: head.fields().to_headers() });
            }
            client::Event::Response { head, .. } => {
                told.push(Told::Response { line: head.to_string(), headers: head.fields().to_headers() });
            }
            client::Event::Data => join(told, |out| connection.read(out)),
            client::Event::Trailers { fields, .. } => told.push(Told::Trailers(fields)),
            client::Event::End(end) => told.push(Told::End(end.keeps_open())),
            client::Event::Tunnel => unreachable!("nobody asked for one"),
            client::Event::Unasked(refused) => told.push(Told::Unasked(refused.to_string())),
        }
    }
}

/// Pieces of these sizes, over and over.
fn pieces<'a>(bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let (mut pieces, mut rest, mut sizes) = (Vec::new(), bytes, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(usize::MAX).clamp(1, rest.len());
        let (piece, after) = rest.split_at(size);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Both ends of a connection, and all that went over it.
struct Pair {
    client: client::Connection,
    server: server::Connection,
    now: Instant,
    /// What both were told, in order.
    told: Vec<Told>,
    /// The bytes of the requests, and of each response.
    requests: Vec<u8>,
    responses: Vec<Vec<u8>>,
}

impl Pair {
    fn new() -> Pair {
        Pair {
            client: client::Connection::new(Config::default()),
            server: server::Connection::new(Config::default()),
            now: Instant::now(),
            told: Vec::new(),
            requests: Vec::new(),
            responses: Vec::new(),
        }
    }

    fn request(&mut self, one: &Exchange) {
        self.client.request(&one.request, one.sent.body()).expect("a good request");
        if one.sent.kind != Kind::None {
            one.sent.pieces.iter().for_each(|piece| self.client.body(piece).expect("as declared"));
            self.client.finish_with(&one.sent.trailers).expect("as declared");
        }
    }

    fn respond(&mut self, one: &Exchange) {
        for interim in &one.interim {
            self.server.respond(interim, Body::None).expect("a good interim response");
        }
        self.server.respond(&one.response, one.answered.body()).expect("a good response");
        if !one.answers_without_body() && one.answered.kind != Kind::None {
            one.answered.pieces.iter().for_each(|piece| self.server.body(piece).expect("as declared"));
            self.server.finish_with(&trailers_of(one)).expect("as declared");
        }
    }

    /// One exchange, cut so. Gives whether another one can follow.
    fn exchange(&mut self, one: &Exchange, sizes: &[usize]) -> bool {
        self.request(one);
        let bytes = self.client.transmit(self.now).expect("a request");
        for piece in pieces(&bytes, sizes) {
            assert_eq!(self.server.receive(self.now, piece).map(|_| ()), Ok(()), "{}", bytes.escape_ascii());
            of_server(&mut self.server, &mut self.told);
        }
        self.requests.extend(bytes);
        self.respond(one);
        let bytes = self.server.transmit(self.now).expect("a response");
        for piece in pieces(&bytes, sizes) {
            assert_eq!(self.client.receive(self.now, piece).map(|_| ()), Ok(()), "{}", bytes.escape_ascii());
            of_client(&mut self.client, &mut self.told);
        }
        self.responses.push(bytes);
        let goes_on = self.server.next_cycle(self.now).expect("the response is complete");
        if !goes_on {
            assert_eq!(self.client.receive_eof(self.now), Ok(()), "the end of the connection");
            of_client(&mut self.client, &mut self.told);
        }
        goes_on
    }
}

/// What the client is told when all of these requests are sent before the first answer comes: those that a connection
/// can carry one after the other.
fn ahead(exchanges: &[Exchange], sizes: &[usize]) -> Vec<Told> {
    let mut pair = Pair::new();
    pair.client = client::Connection::new(Config { pipeline: exchanges.len(), ..Config::default() });
    exchanges.iter().for_each(|one| pair.request(one));
    let requests = pair.client.transmit(pair.now).expect("requests");
    let (mut waits, mut of_requests) = (exchanges.iter(), Vec::new());
    for piece in pieces(&requests, sizes) {
        assert_eq!(pair.server.receive(pair.now, piece).map(|_| ()), Ok(()), "{}", requests.escape_ascii());
        while let Some(event) = pair.server.event() {
            if matches!(event, server::Event::End(_)) {
                pair.respond(waits.next().expect("as many requests as were sent"));
                pair.server.next_cycle(pair.now).expect("a good request follows");
            }
            of_requests.push(event);
        }
    }
    assert_eq!(waits.count(), 0, "all were answered: {of_requests:?}");
    let responses = pair.server.transmit(pair.now).expect("responses");
    for piece in pieces(&responses, sizes) {
        assert_eq!(pair.client.receive(pair.now, piece).map(|_| ()), Ok(()), "{}", responses.escape_ascii());
        of_client(&mut pair.client, &mut pair.told);
    }
    assert_eq!(pair.client.receive_eof(pair.now), Ok(()), "the end of the connection");
    of_client(&mut pair.client, &mut pair.told);
    pair.told
}

/// HTTP/1.0 has no chunks, so the server ends such a body with the connection, without trailers.
fn trailers_of(one: &Exchange) -> Headers {
    if one.request.version.minor == 0 { Headers::new() } else { one.answered.trailers.clone() }
}

/// Everything that happens, cut so.
fn run(exchanges: &[Exchange], sizes: &[usize]) -> Pair {
    let mut pair = Pair::new();
    for one in exchanges {
        if !pair.exchange(one, sizes) {
            break;
        }
    }
    pair
}

/// What both sides must be told, by what was sent. Fields that declare the body are compared apart.
fn wanted(exchanges: &[Exchange]) -> Vec<Told> {
    let mut told = Vec::new();
    for one in exchanges {
        let Exchange { request, sent, interim, response, answered } = one;
        told.push(Told::Request { line: request.to_string(), headers: request.headers.clone() });
        told.extend((!sent.bytes().is_empty()).then(|| Told::Content(sent.bytes())));
        told.extend((!sent.trailers.is_empty()).then(|| Told::Trailers(sent.trailers.clone())));
        for interim in interim {
            told.push(Told::Interim { line: interim.to_string(), headers: interim.headers.clone() });
        }
        told.push(Told::Response { line: response.to_string(), headers: response.headers.clone() });
        if !one.answers_without_body() {
            told.extend((!answered.bytes().is_empty()).then(|| Told::Content(answered.bytes())));
            let trailers = trailers_of(one);
            told.extend((!trailers.is_empty()).then_some(Told::Trailers(trailers)));
        }
        let keeps_open = keeps_open(one);
        told.push(Told::End(keeps_open));
        if !keeps_open {
            break;
        }
    }
    told
}

/// RFC 9112 §9.3, in its words: "close" on either side ends it, HTTP/1.0 needs keep-alive, and a body without an end
/// takes the connection with it.
fn keeps_open(one: &Exchange) -> bool {
    let says_close = |headers: &Headers| headers.has("Connection", "close");
    let old = one.request.version.minor == 0;
    // A server ends the body of an HTTP/1.0 client with the connection where another client gets chunks.
    let by_close = match one.answered.kind {
        Kind::UntilClose => true,
        Kind::Chunked => old,
        Kind::None | Kind::Length => false,
    };
    let asks =
        !says_close(&one.request.headers) && (!old || one.request.headers.has("Connection", "keep-alive"));
    asks && !says_close(&one.response.headers) && !by_close
}

/// Takes away the fields that were added on the way, which say where the body ends and whether the connection does.
fn without_framing(told: &[Told]) -> Vec<Told> {
    let clean = |headers: &Headers| {
        let mut headers = headers.clone();
        ["Content-Length", "Transfer-Encoding", "Connection"].iter().for_each(|name| headers.remove(name));
        headers
    };
    let one = |told: &Told| match told.clone() {
        Told::Request { line, headers } => Told::Request { line, headers: clean(&headers) },
        Told::Response { line, headers } => Told::Response { line, headers: clean(&headers) },
        other => other,
    };
    told.iter().map(one).collect()
}

/// What a server that answers 404 to everything says of these bytes.
fn server_says(bytes: &[u8], sizes: &[usize]) -> Vec<Told> {
    let now = Instant::now();
    let mut connection = server::Connection::new(Config::default());
    let mut told = Vec::new();
    for piece in pieces(bytes, sizes) {
        let mut result = connection.receive(now, piece).map(|_| ());
        loop {
            let mut ended = false;
            while let Some(event) = connection.event() {
                match event {
                    server::Event::Request { head, .. } => {
                        told.push(Told::Request {
                            line: head.to_string(),
                            headers: head.fields().to_headers(),
                        });
                    }
                    server::Event::Data => join(&mut told, |out| connection.read(out)),
                    server::Event::Trailers { fields, .. } => told.push(Told::Trailers(fields)),
                    server::Event::End(_) => ended = true,
                    server::Event::Tunnel => unreachable!("nobody asked for one"),
                }
            }
            if !ended || result.is_err() {
                break;
            }
            connection.respond(&Response::new(404), Body::None).expect("a good answer");
            match connection.next_cycle(now) {
                Ok(goes_on) => told.push(Told::End(goes_on)),
                // It goes on, and the next request, which has come already, is broken.
                Err(refused) => {
                    told.push(Told::End(true));
                    result = Err(refused);
                }
            }
            if told.last() == Some(&Told::End(false)) {
                return told;
            }
        }
        if let Err(refused) = result {
            told.push(Told::Refused(refused.to_string()));
            return told;
        }
    }
    let eof = connection.receive_eof(now);
    told.extend(eof.err().map(|refused| Told::Refused(refused.to_string())));
    told
}

/// What a client that sent this request says of these bytes.
fn client_says(request: &Request, bytes: &[u8], sizes: &[usize]) -> Vec<Told> {
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    connection.request(request, Body::None).expect("a good request");
    let mut told = Vec::new();
    for piece in pieces(bytes, sizes) {
        let result = connection.receive(now, piece).map(|_| ());
        of_client(&mut connection, &mut told);
        if let Err(refused) = result {
            told.push(Told::Refused(refused.to_string()));
            return told;
        }
    }
    let eof = connection.receive_eof(now);
    of_client(&mut connection, &mut told);
    told.extend(eof.err().map(|refused| Told::Refused(refused.to_string())));
    told
}

/// Mostly small, so that lines and chunks are cut.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![Just(1usize), 1usize..9, 1usize..200], 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What one side writes the other side reads, whole.
    #[test]
    fn what_is_written_is_read(exchanges in exchanges()) {
        let pair = run(&exchanges, &[usize::MAX]);
        prop_assert_eq!(without_framing(&pair.told), without_framing(&wanted(&exchanges)));
    }

    /// And at any cut: not only what was joined, but each event with all its fields.
    #[test]
    fn where_it_is_cut_changes_nothing(exchanges in exchanges(), sizes in sizes()) {
        let (whole, cut) = (run(&exchanges, &[usize::MAX]), run(&exchanges, &sizes));
        prop_assert_eq!(&cut.told, &whole.told);
        // The same requests sent ahead, all in one stream.
        prop_assert_eq!(server_says(&whole.requests, &sizes), server_says(&whole.requests, &[usize::MAX]));
    }

    /// Requests that are sent ahead (RFC 9112 §9.3.2) are answered in their order, each as if it were alone.
    #[test]
    fn requests_may_be_sent_ahead(mut exchanges in exchanges(), sizes in sizes()) {
        let last = exchanges.iter().position(|one| !keeps_open(one)).unwrap_or(exchanges.len());
        exchanges.truncate(last + 1);
        let mut alone = run(&exchanges, &[usize::MAX]).told;
        // The client's half. Content and trailers of a request stand before the first response to it.
        let mut of_request = false;
        alone.retain(|told| {
            of_request = match told {
                Told::Request { .. } => true,
                Told::Interim { .. } | Told::Response { .. } => false,
                _ => of_request,
            };
            !of_request
        });
        prop_assert_eq!(ahead(&exchanges, &sizes), alone);
    }

    /// Bytes that were damaged on the way, too: the same events, the same refusal at the same byte.
    #[test]
    fn where_damaged_bytes_are_cut_changes_nothing(exchanges in exchanges(), sizes in sizes(), damage in damage()) {
        let whole = run(&exchanges, &[usize::MAX]);
        let requests = damaged(whole.requests, &damage);
        prop_assert_eq!(
            server_says(&requests, &sizes),
            server_says(&requests, &[usize::MAX]),
            "requests {:?}", requests.escape_ascii().to_string()
        );
        for (response, one) in whole.responses.into_iter().zip(&exchanges) {
            let response = damaged(response, &damage);
            let request = Request { headers: Request::get("a.test", "/").headers, ..one.request.clone() };
            prop_assert_eq!(
                client_says(&request, &response, &sizes),
                client_says(&request, &response, &[usize::MAX]),
                "responses {:?}", response.escape_ascii().to_string()
            );
        }
    }
}
