//! Origins that a proxy can meet, as apps on a host of the toy internet.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use barewire::network::Toy;
use barewire::services::app::{App, Incoming, RequestId, Say};
use barewire::services::program::Sockets;
use barewire::services::stage::Stage;
use barewire::services::{HttpServer, Program, Proxy};
use barewire_http1::{Body, Request, Response};
use barewire_internet::Wire;

/// What an origin says to a request.
pub(crate) type Answer = fn(&Request) -> Vec<Say>;

/// What an origin was asked.
pub(crate) type Asked = Arc<Mutex<Vec<Incoming>>>;

/// An origin that answers as it is told to, one step each millisecond, and remembers what it was asked.
struct Told {
    answer: Answer,
    asked: Asked,
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

/// A whole answer.
pub(crate) fn whole(head: Response, body: &[u8]) -> Vec<Say> {
    vec![Say::Head(head, Body::Length(body.len() as u64)), Say::Piece(body.to_vec()), Say::End]
}

/// Three bytes of ten, and then the end.
pub(crate) fn half(_: &Request) -> Vec<Say> {
    vec![Say::Head(Response::new(200), Body::Length(10)), Say::Piece(b"abc".to_vec()), Say::Abort]
}

/// A client, a proxy that waits for 1 s, and its origin, each 5 ms away from the others' switch. `None`: no program
/// runs at the origin.
pub(crate) fn proxied(answer: Option<Answer>) -> (Toy, Asked) {
    let asked = Asked::default();
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
