//! The reverse proxy: what it passes on and changes, and what a client gets when the origin fails.

#[path = "common/origin.rs"]
mod origin;

use std::net::IpAddr;
use std::time::Duration;

use barewire::fetch::{Job, Page, fetch};
use barewire::network::{Network, Toy};
use barewire::services::app::{Incoming, Say};
use barewire_http1::{Request, Response};
use barewire_internet::Change;
use barewire_tls13::Trust;
use origin::{Answer, half, proxied, whole};

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

/// RFC 9112 §3.2.1, §3.2.2: an origin is asked for a path, and the host of an absolute-form becomes Host.
#[test]
fn an_absolute_form_is_taken_apart() {
    let (mut toy, asked) = proxied(Some(|_| whole(Response::new(200), b"hello")));
    let mut job = job("GET", &[("Host", "www.test:8080")], None);
    job.url.target = "http://www.test:8080/path?q=2".to_owned();
    ask(&mut toy, &job);
    let asked = asked.lock().unwrap();
    let [Incoming { head, .. }] = &asked[..] else { panic!("{asked:?}") };
    let hosts: Vec<_> = head.headers.get_all("Host").map(|field| field.text()).collect();
    assert_eq!((&head.target[..], &hosts[..]), ("/path?q=2", &["www.test:8080".into()][..]));
}

/// RFC 9110 §10.1.1: a server that does not know what is expected may say so.
#[test]
fn an_expectation_that_is_not_known_is_refused() {
    let (mut toy, asked) = proxied(Some(|_| whole(Response::new(200), b"hello")));
    let (page, _) = ask(&mut toy, &job("GET", &[("Expect", "tea")], None));
    assert_eq!((page.response.status, asked.lock().unwrap().len()), (417, 0));
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
    let (mut toy, _) = proxied(Some(half));
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
