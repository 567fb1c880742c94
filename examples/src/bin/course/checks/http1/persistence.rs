//! http04: whether a connection outlives a message, asked of both sides.

use std::time::Instant;

use barewire_dissect::Direction::{ToClient, ToServer};
use barewire_http1::client::{self, Event};
use barewire_http1::{Body, Config, Request, Response, server};

use crate::steps::{Failed, Steps, unexpected};

const RULE: &str = "RFC 9112 §9.3";
const SERVER: &str = "RFC 9112 §9.6";

/// Whether a client that got this answer can ask again over the same connection.
fn after_answer(steps: &mut Steps, version: &str, connection: &[&str]) -> Result<bool, Failed> {
    let fields: String = connection.iter().map(|value| format!("Connection: {value}\r\n")).collect();
    let answer = format!("{version} 200 OK\r\n{fields}Content-Length: 2\r\n\r\nhi");
    let now = Instant::now();
    let mut client = client::Connection::new(Config::default());
    let asked = client.request(&Request::get("www.example.test", "/"), Body::None);
    asked.map_err(|error| unexpected("the request", &error, RULE))?;
    steps.connect(80);
    steps.send_around(ToServer, &client.transmit(now).unwrap_or_default());
    steps.send(ToClient, answer.as_bytes());
    client.receive(now, answer.as_bytes()).map_err(|error| unexpected("the answer", &error, RULE))?;
    let mut goes_on = false;
    while let Some(event) = client.event() {
        if let Event::End(persistence) = event {
            goes_on = persistence.keeps_open();
        }
    }
    Ok(goes_on)
}

/// Whether a server goes on to the next request after this one.
fn after_request(steps: &mut Steps, version: &str, connection: &[&str]) -> Result<bool, Failed> {
    let fields: String = connection.iter().map(|value| format!("Connection: {value}\r\n")).collect();
    let request = format!("GET / {version}\r\nHost: www.example.test\r\n{fields}\r\n");
    let now = Instant::now();
    let mut server = server::Connection::new(Config::default());
    steps.connect(80);
    steps.send(ToServer, request.as_bytes());
    server.receive(now, request.as_bytes()).map_err(|error| unexpected("the request", &error, RULE))?;
    while server.event().is_some() {}
    let answered = server.respond(&Response::new(200), Body::Length(0));
    answered.map_err(|error| unexpected("the answer", &error, SERVER))?;
    steps.send_around(ToClient, &server.transmit(now).unwrap_or_default());
    server.next_cycle(now).map_err(|error| unexpected("the next request", &error, RULE))
}

/// http04: the four steps.
pub(crate) fn persistence(steps: &mut Steps) -> Result<(), Failed> {
    let messages: [(&str, &[&str], bool); 14] = [
        ("HTTP/1.1", &[], true),
        ("HTTP/1.1", &["Keep-Alive"], true),
        ("HTTP/1.1", &["close"], false),
        ("HTTP/1.1", &["CLOSE"], false),
        ("HTTP/1.1", &["x, Close"], false),
        ("HTTP/1.1", &["x", "close"], false),
        ("HTTP/1.1", &["keep-alive, close"], false),
        ("HTTP/1.1", &["closed"], true),
        ("HTTP/1.2", &["closed"], true),
        ("HTTP/1.0", &[], false),
        ("HTTP/1.0", &["keep-alive"], true),
        ("HTTP/1.0", &["x, Keep-Alive"], true),
        ("HTTP/1.0", &["close, keep-alive"], false),
        ("HTTP/1.0", &["x"], false),
    ];
    for (version, connection, wanted) in messages {
        steps.step(format!("a client gets an answer in {version} with the Connection fields {connection:?}"));
        let got = after_answer(steps, version, connection)?;
        steps.equal("it can ask again over this connection", wanted, got, RULE)?;
    }
    for (version, connection, wanted) in messages {
        steps.step(format!("a server gets a request in {version} with the Connection fields {connection:?}"));
        let got = after_request(steps, version, connection)?;
        steps.equal("it reads another request after its answer", wanted, got, RULE)?;
    }
    Ok(())
}
