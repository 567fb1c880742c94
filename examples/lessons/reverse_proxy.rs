//! A reverse proxy: a server that is a client. It answers with what another server said.
//!
//! Two connections, one after the other. The client has a connection to the proxy, and knows of nothing else. The proxy
//! has one to the origin, which it keeps: so the second request saves the handshake. The origin sees the proxy's
//! address; who asked stands in `X-Forwarded-For`, which the proxy wrote (RFC 9110 §7.6 has the rules).
//!
//! Try: `cargo run --example reverse_proxy -- off`: there is a third request, and the origin is switched off before it.
//! What does the client get, from whom, and after how long?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#scene=proxy`: both connections, and who waits for whom
//!
//! ```text
//! the first request: 200 after 140 ms
//!    the client sees   203.0.113.80:80, Via 1.1 proxy.test
//!    the origin sees   203.0.113.80:52125, Via 1.1 proxy.test
//!    X-Forwarded-For   192.0.2.42
//! the second request: 200 after 130 ms
//!    the client sees   203.0.113.80:80, Via 1.1 proxy.test
//!    the origin sees   203.0.113.80:52125, Via 1.1 proxy.test
//!    X-Forwarded-For   192.0.2.42
//! ```

use std::error::Error;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use barewire::fetch::{Job, fetch};
use barewire::network::{Network, Toy};
use barewire::services::app::{App, Incoming, RequestId, Say};
use barewire::services::program::Sockets;
use barewire::services::{HttpServer, Proxy, Stage};
use barewire_http1::{Body, Response};
use barewire_internet::{Change, Wire};
use barewire_tls13::Trust;

/// The origin: it says hello, and tells us what it was asked, and by whom.
struct Hello(Sender<Incoming>, Vec<(RequestId, Say)>);

impl App for Hello {
    fn request(&mut self, _: Instant, _: &mut Sockets, id: RequestId, request: Incoming) {
        // Said from the last to the first, because a Vec gives back what came last.
        self.1.push((id, Say::End));
        self.1.push((id, Say::Piece(b"hello\n".to_vec())));
        self.1.push((id, Say::Head(Response::new(200), Body::Length(6))));
        let _ = self.0.send(request);
    }

    fn say(&mut self, _: Instant) -> Option<(RequestId, Say)> {
        self.1.pop()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let requests = match words.join(" ").as_str() {
        "" => 2,
        "off" => 3,
        other => return Err(format!("{other} is not known here; try off").into()),
    };
    // client ─ 20 ms ─ proxy ─ 5 ms ─ origin
    let (asked, was_asked) = channel();
    let proxy = Proxy::new("proxy.test", "10.0.0.8:80".parse()?, Duration::from_secs(1));
    let mut stage = Stage::new(1);
    stage.plan().switch("rack", "0.0.0.0/0");
    stage.seat("client", "192.0.2.42", "192.0.2.53")?;
    stage.host("proxy", "203.0.113.80", vec![Box::new(HttpServer::new(proxy).http(80))])?;
    stage.host("origin", "10.0.0.8", vec![Box::new(HttpServer::new(Hello(asked, Vec::new())).http(80))])?;
    stage.wire("client", "rack", Wire::ms(20));
    stage.wire("proxy", "rack", Wire::default());
    stage.wire("origin", "rack", Wire::ms(5));
    let mut toy = Toy::seated(stage.set()?, "a proxy".to_owned())?;

    for which in ["first", "second", "third"].into_iter().take(requests) {
        if which == "third" {
            toy.world().change_at(toy.now(), Change::Off("origin".to_owned()))?;
        }
        let begins = toy.now();
        let job = Job::get("http://203.0.113.80/hello", Trust::Nothing)?;
        let page = fetch(&mut toy, &job, &mut std::io::sink())?;
        println!(
            "the {which} request: {} after {} ms",
            page.response.status,
            (toy.now() - begins).as_millis()
        );
        println!(
            "   the client sees   {}, {}",
            page.address,
            page.response.headers.get("Via").map_or("no Via".to_owned(), |via| format!("Via {via}"))
        );
        let Ok(seen) = was_asked.try_recv() else {
            let status = page.response.headers.get("Proxy-Status").unwrap_or_default();
            println!("   the origin sees   nothing\n   Proxy-Status      {status}");
            continue;
        };
        let field = |name| seen.head.headers.get(name).unwrap_or_default().into_owned();
        println!("   the origin sees   {}, Via {}", seen.client, field("Via"));
        println!("   X-Forwarded-For   {}", field("X-Forwarded-For"));
    }
    Ok(())
}
