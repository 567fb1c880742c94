//! Timeouts: a fetch has five phases, and somebody can fall silent in each of them. Which limit ends the wait?
//!
//! The resolver is not there. The host 203.0.113.81 is not there. The server takes connections on port 443, and says
//! nothing. It reads a request, and does not answer. It promises a hundred bytes, and sends one. The client has the
//! usual limits: 5 s for the name, 10 s for TCP, 10 s for TLS, and 30 s for everything. The RFCs set no such limits:
//! RFC 9112 §9.5 leaves them to each side.
//!
//! Try: `cargo run --example http_timeouts -- drip`: the server sends a byte of the body each second. When does the
//! client give up, and would a limit on the time between two bytes help? Then `-- none`: the client has no limits.
//! Which two phases end all the same, and who ends them? (Where no timer is left at all, the toy internet says so and
//! stops. A real program would wait for ever.)
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#fetch=https://silent.example.test/`: a host that is not there
//!
//! ```text
//! DNS        5000 ms, 0 bytes of the body
//!    nobody answered A? www.example.test within 5.0 s (RFC 1035 §4.2.1):
//!    192.0.2.53:53 gave no answer after 2.0 s
//! connect   10000 ms, 0 bytes of the body
//!    203.0.113.81:80 has not answered our SYN; the time for TCP, 10 s, ran out
//!    (--tcp-timeout)
//! TLS       10050 ms, 0 bytes of the body
//!    the TLS handshake is not done; the time for TLS, 10 s, ran out
//!    (--tls-timeout)
//! head      30000 ms, 0 bytes of the body
//!    the response is not complete; the time for the whole fetch, 30 s, ran out
//!    (--max-time)
//! body      30000 ms, 1 byte of the body
//!    the response is not complete; the time for the whole fetch, 30 s, ran out
//!    (--max-time)
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use barewire::fetch::{Job, Limits, fetch};
use barewire::network::{Network, Toy};
use barewire::services::app::{App, Incoming, RequestId, Say};
use barewire::services::{HttpServer, Stage, program::Program, program::Sockets};
use barewire_dissect::lines;
use barewire_http1::{Body, Response};
use barewire_internet::Wire;
use barewire_tls13::Trust;

/// The phases of a fetch, each with a page whose server falls silent in it.
const PHASES: [(&str, &str); 5] = [
    ("DNS", "http://www.example.test/"),
    ("connect", "http://203.0.113.81/"),
    ("TLS", "https://203.0.113.80/"),
    ("head", "http://203.0.113.80/"),
    ("body", "http://203.0.113.80/half"),
];

/// It takes connections on the port of HTTPS, and says nothing.
struct Mute;

impl Program for Mute {
    fn start(&mut self, sockets: &mut Sockets) -> Result<(), barewire_tcp::Error> {
        sockets.tcp.listen(443, 1)
    }
}

/// It does not answer, or promises a hundred bytes and sends a few of them, one each second.
struct Hangs {
    bytes: u64,
    plan: Vec<(Instant, RequestId, Say)>,
}

impl App for Hangs {
    fn request(&mut self, now: Instant, _: &mut Sockets, id: RequestId, request: Incoming) {
        if request.head.target == "/half" {
            self.plan.push((now, id, Say::Head(Response::new(200), Body::Length(100))));
            for seconds in 0..self.bytes {
                self.plan.push((now + Duration::from_secs(seconds), id, Say::Piece(b"-".to_vec())));
            }
        }
    }

    fn say(&mut self, now: Instant) -> Option<(RequestId, Say)> {
        let next = self.plan.iter().position(|(due, ..)| *due <= now)?;
        let (_, id, say) = self.plan.remove(next);
        Some((id, say))
    }

    fn deadline(&self) -> Option<Instant> {
        self.plan.iter().map(|(due, ..)| *due).min()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (limits, bytes) = match words.join(" ").as_str() {
        "" => (Limits::usual(false), 1),
        "drip" => (Limits::usual(false), 60),
        "none" => (Limits::default(), 1),
        other => return Err(format!("{other} is not known here; try drip or none").into()),
    };
    let mut stage = Stage::new(1);
    stage.plan().switch("net", "0.0.0.0/0");
    stage.seat("client", "192.0.2.42", "192.0.2.53")?;
    let app = Hangs { bytes, plan: Vec::new() };
    stage.host("server", "203.0.113.80", vec![Box::new(HttpServer::new(app).http(80)), Box::new(Mute)])?;
    stage.wire("client", "net", Wire::ms(25));
    stage.wire("server", "net", Wire::default());
    let mut toy = Toy::seated(stage.set()?, "a server that falls silent".to_owned())?;
    for (phase, url) in PHASES {
        let mut job = Job::get(url, Trust::Nothing)?;
        job.limits = limits.clone();
        let (begins, mut body) = (toy.now(), Vec::new());
        let said = match fetch(&mut toy, &job, &mut body) {
            Ok(page) => page.response.to_string(),
            Err(failure) => failure.to_string(),
        };
        let (took, came) = ((toy.now() - begins).as_millis(), Body::Length(body.len() as u64));
        println!("{phase:8} {took:6} ms, {came} of the body");
        println!("   {}", lines(&said, 77, 77).join("\n   "));
    }
    Ok(())
}
