//! Your tests of HTTP/1.1. Each is a test of the crate `barewire-http1`: read its documentation with `cargo doc`.
//! `cargo course mutants http` runs them; `http.md` beside this file has the task.

use std::time::Instant;

use barewire_http1::client::{Connection, Event};
use barewire_http1::{Body, Config, Request};

/// What a client tells after one request, when the server sends these bytes.
fn events(request: &Request, response: &[u8]) -> Result<Vec<Event>, String> {
    let now = Instant::now();
    let mut connection = Connection::new(Config::default());
    connection.request(request, Body::None).expect("a request");
    connection.transmit(now).expect("its bytes");
    connection.receive(now, response).map_err(|refused| refused.to_string())?;
    Ok(std::iter::from_fn(|| connection.event()).collect())
}

/// RFC 9112 §6.3, rule 6: the body has as many bytes as Content-Length says, and then the response is over.
#[test]
fn a_body_of_five_bytes() {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let events = events(&Request::get("example.test", "/"), response).expect("a good response");
    let [Event::Response { framing, .. }, Event::Data, Event::End(_)] = &events[..] else {
        panic!("the client tells {events:?}");
    };
    assert_eq!(framing.body, Body::Length(5));
}
