//! The reverse proxy: what it passes on and changes, and what a client gets when the origin fails.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire::fetch::{Job, Page, fetch};
use barewire::network::{Network, Toy};
use barewire::services::app::{App, Incoming, RequestId, Say};
use barewire::services::program::Sockets;
use barewire::services::stage::Stage;
use barewire::services::{HttpServer, Program, Proxy};
use barewire_http1::{Body, Request, Response};
use barewire_internet::{Change, Wire};
use barewire_tls13::Trust;

/// An origin that answers as it is told to, one step each millisecond, and remembers what it was asked.
struct Told {
    answer: fn(&Request) -> Vec<Say>,
    asked: Arc<Mutex<Vec<Incoming>>>,
    says: VecDeque<(Instant, RequestId, Say)>,
}

impl App for Told {
    fn request(&mut self, now: Instant, _: &mut Sockets, id: RequestId, request: Incoming) {
        let says = (self.answer)(&request.head).into_iter().zip(0..);
        self.says.extend(says.map(|(say, number)| (now + Duration::from_millis(number), id, say)));
        self.asked.lock().unwrap().push(request);
    }

    fn say(&mut self, now: Instant) -> Option<(RequestId, Say)> {
        self.says.front().filter(|(at, ..)| *at <= now)?;
        self.says.pop_front().map(|(_, id, say)| (id, say))
    }

    fn deadline(&self) -> Option<Instant> {
        self.says.front().map(|(at, ..)| *at)
    }
}

fn whole(head: Response, body: &[u8]) -> Vec<Say> {
    vec![Say::Head(head, Body::Length(body.len() as u64)), Say::Piece(body.to_vec()), Say::End]
}

/// client ─ 10 ms ─ proxy, with an origin behind it that answers so; `None`: it runs no program.
fn proxied(answer: Option<fn(&Request) -> Vec<Say>>) -> (Toy, Arc<Mutex<Vec<Incoming>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut stage = Stage::new(1);
    stage.plan().switch("lan", "10.0.0.0/24");
    stage.seat("client", "10.0.0.2", "10.0.0.53").unwrap();
    let proxy = Proxy::new("proxy.test", "10.0.0.8:80".parse().unwrap(), Duration::from_secs(1));
    stage.host("proxy", "10.0.0.80", vec![Box::new(HttpServer::new(proxy).http(80))]).unwrap();
    let told = |answer| Told { answer, asked: Arc::clone(&asked), says: VecDeque::new() };
    let programs = answer.map(|answer| Box::new(HttpServer::new(told(answer)).http(80)) as Box<dyn Program>);
    stage.host("origin", "10.0.0.8", programs.into_iter().collect()).unwrap();
    for name in ["client", "proxy", "origin"] {
        stage.wire(name, "lan", Wire::ms(5));
    }
    stage.watch(&["origin"]);
    (Toy::seated(stage.set().unwrap(), "a proxy".to_owned()).unwrap(), asked)
}

fn job(method: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Job {
    let mut job = Job::get("http://10.0.0.80/path?q=1", Trust::Nothing).unwrap();
    job.method = method.to_owned();
    job.headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    job.body = body.map(<[u8]>::to_vec);
    job
}

fn ask(toy: &mut Toy, job: &Job) -> (Page, Vec<u8>) {
    let mut body = Vec::new();
    let page = fetch(toy, job, &mut body).unwrap_or_else(|failure| panic!("{failure}"));
    (page, body)
}

/// RFC 9110 §7.6: fields of one hop end at the proxy, `Via` is added each way, and the client is named.
#[test]
fn what_is_passed_on() {
    let answer = |_: &Request| {
        whole(Response::new(200).with("Connection", "X-Hop").with("X-Hop", "1").with("X-End", "2"), b"hello")
    };
    let (mut toy, asked) = proxied(Some(answer));
    let fields =
        [("Connection", "X-Mine"), ("X-Mine", "1"), ("X-Forwarded-For", "192.0.2.7"), ("Host", "www.test")];
    let (page, body) = ask(&mut toy, &job("POST", &fields, Some(b"a=1")));
    assert_eq!((page.response.status, &body[..]), (200, &b"hello"[..]));
    let field = |name: &str| page.response.headers.get(name).map(|value| value.into_owned());
    assert_eq!(field("Via").as_deref(), Some("1.1 proxy.test"));
    assert_eq!((field("X-Hop"), field("X-End").as_deref()), (None, Some("2")));
    let asked = asked.lock().unwrap();
    let [Incoming { head, body, client, .. }] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((&head.method[..], &head.target[..], &body[..]), ("POST", "/path?q=1", &b"a=1"[..]));
    assert_eq!(client.ip(), "10.0.0.80".parse::<IpAddr>().unwrap(), "the origin sees the proxy");
    let all =
        |name: &str| head.headers.get_all(name).map(|field| field.text().into_owned()).collect::<Vec<_>>();
    assert_eq!(all("X-Forwarded-For").join(", "), "192.0.2.7, 10.0.0.2");
    assert_eq!(all("X-Forwarded-Proto"), ["http"]);
    assert_eq!(all("Via"), ["1.1 proxy.test"]);
    assert_eq!(all("Host"), ["www.test"]);
    assert!(all("X-Mine").is_empty(), "{head:?}");
}

/// The second request goes over the connection of the first.
#[test]
fn a_connection_to_the_origin_is_kept() {
    let (mut toy, asked) = proxied(Some(|_| whole(Response::new(200), b"hello")));
    let mut times = Vec::new();
    for _ in 0..2 {
        let begins = toy.now();
        ask(&mut toy, &job("GET", &[], None));
        times.push(toy.now() - begins);
    }
    let ports: Vec<u16> = asked.lock().unwrap().iter().map(|incoming| incoming.client.port()).collect();
    assert_eq!(ports[0], ports[1]);
    assert_eq!(
        times[0] - times[1],
        Duration::from_millis(20),
        "a handshake with the origin, 4 wires of 5 ms"
    );
}

/// Each way in which an origin can fail, and what the client gets (RFC 9110 §15.6.3, §15.6.5, RFC 9209 §2.3).
#[test]
fn an_origin_that_fails() {
    type Answer = fn(&Request) -> Vec<Say>;
    let cases: [(&str, Option<Answer>, u16, &str); 3] = [
        ("nobody listens", None, 502, "connection_refused"),
        ("no answer", Some(|_| Vec::new()), 504, "connection_read_timeout"),
        ("closes without an answer", Some(|_| vec![Say::Abort]), 502, "http_protocol_error"),
    ];
    for (what, answer, status, error) in cases {
        let (mut toy, _) = proxied(answer);
        let begins = toy.now();
        let (page, _) = ask(&mut toy, &job("GET", &[], None));
        assert_eq!(page.response.status, status, "{what}");
        let said = page.response.headers.get("Proxy-Status").unwrap_or_default().into_owned();
        assert_eq!(said, format!("proxy.test; error={error}"), "{what}");
        let patience = if status == 504 { 1 } else { 0 };
        assert_eq!((toy.now() - begins).as_secs(), patience, "{what}");
    }
}

/// An answer that breaks off must not look whole.
#[test]
fn half_an_answer_is_not_a_whole_one() {
    let answer = |_: &Request| {
        vec![Say::Head(Response::new(200), Body::Length(10)), Say::Piece(b"half".to_vec()), Say::Abort]
    };
    let (mut toy, _) = proxied(Some(answer));
    let failure = fetch(&mut toy, &job("GET", &[], None), &mut Vec::new()).unwrap_err();
    assert!(matches!(failure.exit_code(), 18 | 56), "{failure}");
}

/// The origin went away while the connection was kept, and is back: the client does not see it.
#[test]
fn a_kept_connection_that_is_dead_is_replaced() {
    let (mut toy, asked) = proxied(Some(|_| whole(Response::new(200).with("Connection", "close"), b"hello")));
    for _ in 0..2 {
        let (page, _) = ask(&mut toy, &job("GET", &[], None));
        assert_eq!(page.response.status, 200);
    }
    let ports: Vec<u16> = asked.lock().unwrap().iter().map(|incoming| incoming.client.port()).collect();
    assert_ne!(ports[0], ports[1]);
    // An origin whose host is off is silence.
    toy.world().change_at(toy.now(), Change::Off("origin".to_owned())).unwrap();
    let (page, _) = ask(&mut toy, &job("GET", &[], None));
    assert_eq!(page.response.status, 504);
}
