//! Methods: which requests a client may send again, when it does not know whether the first one was done.
//!
//! A client asks a shop something, and the connection breaks. Was the request lost, or the answer to it? The client
//! sees the same in both cases, and only the shop knows. A safe method changes nothing. An idempotent one has the same
//! effect once and twice (RFC 9110 §9.2.1, §9.2.2). Such a request may be sent again. Here each method is sent again,
//! whether it may be or not. Both ends are our cores, and the shop counts.
//!
//! The answer to a second DELETE has another status, and DELETE is idempotent all the same: the effect on the shop is
//! what counts.
//!
//! Try: `cargo run --example http_methods -- early`: the request is lost, and not the answer. Which lines change, and
//! could the client know? Then `-- key`: each request has an Idempotency-Key, which stays the same when it is sent
//! again, and the shop remembers what it answered. What does the second POST do?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#scene=slow_queue`: clients that ask again, and what that does to a server
//!
//! ```text
//! the answer is lost, and the client asks again
//!
//! GET    /orders    safe, idempotent
//!   the client gets: no answer, then HTTP/1.1 200 OK
//!   the shop was asked twice, and has {7: "tea"}
//! PUT    /orders/7  idempotent
//!   the client gets: no answer, then HTTP/1.1 204 No Content
//!   the shop was asked twice, and has {7: "coffee"}
//! DELETE /orders/7  idempotent
//!   the client gets: no answer, then HTTP/1.1 404 Not Found
//!   the shop was asked twice, and has {}
//! POST   /orders    neither safe nor idempotent
//!   the client gets: no answer, then HTTP/1.1 201 Created
//!   the shop was asked twice, and has {7: "tea", 8: "coffee", 9: "coffee"}
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use barewire_http1::{Body, Config, Request, Response, client, server};

/// A method, a target, a body, and what RFC 9110 §9.2.1 and §9.2.2 say about the method.
const METHODS: [(&str, &str, &str, &str); 4] = [
    ("GET", "/orders", "", "safe, idempotent"),
    ("PUT", "/orders/7", "coffee", "idempotent"),
    ("DELETE", "/orders/7", "", "idempotent"),
    ("POST", "/orders", "coffee", "neither safe nor idempotent"),
];

/// A shop with its orders. It remembers what it answered to a key.
struct Shop {
    orders: BTreeMap<u32, String>,
    asked: usize,
    answered: BTreeMap<String, u16>,
}

impl Shop {
    /// Does what is asked, and says the status of the answer.
    fn answer(&mut self, request: &Request, content: &str) -> u16 {
        self.asked += 1;
        let key = request.headers.get("Idempotency-Key").unwrap_or_default().into_owned();
        if let Some(status) = self.answered.get(&key) {
            return *status;
        }
        let next = self.orders.keys().max().map_or(1, |last| last + 1);
        let status = match request.method.as_str() {
            "GET" => 200,
            "PUT" => self.orders.insert(7, content.to_owned()).map_or(201, |_| 204),
            "DELETE" => self.orders.remove(&7).map_or(404, |_| 204),
            _ => self.orders.insert(next, content.to_owned()).map_or(201, |_| 200),
        };
        if !key.is_empty() {
            self.answered.insert(key, status);
        }
        status
    }
}

/// One exchange over a connection of its own, which loses one of the two messages.
fn exchange(shop: &mut Shop, request: &Request, content: &str, lost: &str) -> Result<String, Box<dyn Error>> {
    let (now, nothing_came) = (Instant::now(), "no answer");
    let mut client = client::Connection::new(Config::default());
    let mut server = server::Connection::new(Config::default());
    client.request_whole(request, content.as_bytes())?;
    let bytes = client.transmit(now).unwrap_or_default();
    if lost == "the request" {
        return Ok(nothing_came.to_owned());
    }
    server.receive(now, &bytes)?;
    let response = Response::new(shop.answer(request, content));
    server.respond(&response, if response.status == 204 { Body::None } else { Body::Length(0) })?;
    if lost == "the answer" {
        return Ok(nothing_came.to_owned());
    }
    client.receive(now, &server.transmit(now).unwrap_or_default())?;
    Ok(response.to_string())
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (lost, key) = match words.join(" ").as_str() {
        "" => ("the answer", None),
        "early" => ("the request", None),
        "key" => ("the answer", Some("b1e55ed")),
        other => return Err(format!("{other} is not known here; try early or key").into()),
    };
    println!("{lost} is lost, and the client asks again\n");
    for (method, target, content, kind) in METHODS {
        let orders = BTreeMap::from([(7, "tea".to_owned())]);
        let mut shop = Shop { orders, asked: 0, answered: BTreeMap::new() };
        let mut request = Request::new(method, "shop.test", target);
        key.iter().for_each(|key| request.headers.push("Idempotency-Key", *key));
        println!("{method:6} {target:9}  {kind}");
        let first = exchange(&mut shop, &request, content, lost)?;
        let second = exchange(&mut shop, &request, content, "nothing")?;
        println!("  the client gets: {first}, then {second}");
        println!(
            "  the shop was asked {}, and has {:?}",
            ["never", "once", "twice"][shop.asked],
            shop.orders
        );
    }
    Ok(())
}
