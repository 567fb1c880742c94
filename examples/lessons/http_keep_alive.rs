//! Keep-alive and pipelining: ten requests to one server, and when each answer is there.
//!
//! The server is 25 ms away in each direction, and takes 1 ms for an answer. Cold: each request has a connection of its
//! own, and waits for the handshake first. Kept: one connection carries all, and the client waits for each answer
//! before it asks again (RFC 9112 §9.3). Pipelined: the client writes all ten requests at once, and the server answers
//! them in their order (§9.3.2). The times are those of the toy internet, so they are exact.
//!
//! Try: `cargo run --example http_keep_alive -- slow`: the server takes 300 ms for the third answer. Which of the other
//! answers come later, in each of the three ways? Then `-- slow two`: two connections are opened, and the slow request
//! has the second one for itself. Which answers are late now, and what did the second connection cost?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#scene=slow_queue`: requests that wait for one another in a server
//!
//! ```text
//! answer       1    2    3    4    5    6    7    8    9   10
//! cold       101  202  303  404  505  606  707  808  909 1010 ms
//! kept       101  152  203  254  305  356  407  458  509  560 ms
//! pipelined  101  102  103  104  105  106  107  108  109  110 ms
//! ```

use std::error::Error;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use barewire::network::{Network, Toy};
use barewire::services::app::{App, Incoming, RequestId, Say};
use barewire::services::{HttpServer, Stage, program::Sockets};
use barewire_http1::{Body, Config, Request, Response, client};
use barewire_internet::Wire;
use barewire_tcp::TcpStream;

/// A server that takes 1 ms for an answer, or as many as the target says: `/300`.
struct Takes(Vec<(Instant, RequestId, Say)>);

impl App for Takes {
    fn request(&mut self, now: Instant, _: &mut Sockets, id: RequestId, request: Incoming) {
        let due = now + Duration::from_millis(request.head.target.trim_matches('/').parse().unwrap_or(1));
        self.0.push((due, id, Say::Head(Response::new(204), Body::None)));
        self.0.push((due, id, Say::End));
    }

    fn say(&mut self, now: Instant) -> Option<(RequestId, Say)> {
        self.0.extract_if(.., |(due, ..)| *due <= now).next().map(|(_, id, say)| (id, say))
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.iter().map(|(due, ..)| *due).min()
    }
}

/// A connection of the client: TCP, and HTTP on top of it.
type Line = (TcpStream, client::Connection);

fn open(toy: &Toy) -> Result<Line, Box<dyn Error>> {
    let config = Config { pipeline: 10, ..Config::default() };
    Ok((TcpStream::connect(toy.stack(), "203.0.113.80:80".parse()?)?, client::Connection::new(config)))
}

/// Asks for these targets at once: a client that pipelines does not wait between two requests.
fn ask(toy: &Toy, (tcp, http): &mut Line, targets: &[&str]) -> Result<(), Box<dyn Error>> {
    for target in targets {
        http.request(&Request::get("www.example.test", *target), Body::None)?;
    }
    Ok(tcp.write_all(&http.transmit(toy.now()).unwrap_or_default())?)
}

/// Waits for so many answers, and says when each was there.
fn answers(toy: &Toy, (tcp, http): &mut Line, count: usize) -> Result<Vec<u128>, Box<dyn Error>> {
    let (mut times, mut buffer) = (Vec::new(), [0; 4096]);
    while times.len() < count {
        let length = tcp.read(&mut buffer)?;
        http.receive(toy.now(), &buffer[..length])?;
        let ends = std::iter::from_fn(|| http.event()).filter(|it| matches!(it, client::Event::End(_)));
        times.extend(ends.map(|_| (toy.now() - toy.begin()).as_millis()));
    }
    Ok(times)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (third, ways) = match words.join(" ").as_str() {
        "" => ("/1", ["cold", "kept", "pipelined"].as_slice()),
        "slow" => ("/300", ["cold", "kept", "pipelined"].as_slice()),
        "slow two" => ("/300", ["pipelined", "two"].as_slice()),
        other => return Err(format!("{other} is not known here; try slow or slow two").into()),
    };
    println!("answer       1    2    3    4    5    6    7    8    9   10");
    for way in ways {
        let mut stage = Stage::new(1);
        stage.seat("client", "203.0.113.42/24", "203.0.113.53")?;
        let server = HttpServer::new(Takes(Vec::new())).http(80);
        stage.host("server", "203.0.113.80/24", vec![Box::new(server)])?;
        stage.wire("client", "server", Wire::ms(25));
        let toy = Toy::seated(stage.set()?, way.to_string())?;
        let (mut targets, mut other) = ([&["/1", "/1", third][..], &["/1"; 7]].concat(), None);
        if *way == "two" {
            ask(&toy, other.insert(open(&toy)?), &[targets.remove(2)])?;
        }
        let (mut line, mut times) = (open(&toy)?, Vec::new());
        for targets in targets.chunks(if ["cold", "kept"].contains(way) { 1 } else { 10 }) {
            if *way == "cold" && !times.is_empty() {
                line = open(&toy)?;
            }
            ask(&toy, &mut line, targets)?;
            times.extend(answers(&toy, &mut line, targets.len())?);
        }
        if let Some(mut line) = other {
            times.splice(2..2, answers(&toy, &mut line, 1)?);
        }
        println!("{way:9}{} ms", times.iter().map(|time| format!("{time:5}")).collect::<String>());
    }
    Ok(())
}
