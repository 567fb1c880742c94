//! A reverse proxy: two connections, and two budgets of round trips. The client waits for the proxy, the proxy waits
//! for the origin. The origin sees the proxy's address; the client's stands in a header that the proxy wrote.

use std::time::Duration;

use barewire_internet::{Router, Wire};

use super::scene::{Report, Scene, get};
use crate::network::{Network, Toy};
use crate::services::certificates::{self, Flavour};
use crate::services::stage::{Fault, Set, Stage};
use crate::services::workers::{Model, ServiceTime, Workers};
use crate::services::{HttpServer, Proxy};
use crate::views::milliseconds;

pub(super) const SCENE: Scene = Scene {
    name: "proxy",
    about: "two connections, two budgets; whose address the origin sees",
    drawing: "  \
  client ─ 20 ms ─ edge ─ 1 ms ─ proxy ─ 15 ms ─ origin, 50 ms a request
  192.0.2.42                     203.0.113.80    10.0.0.8",
    set,
    play,
};

const SERVICE: Duration = Duration::from_millis(50);

fn set(mut stage: Stage) -> Result<Set, Fault> {
    let tls = certificates::server_config("www.example.test", Flavour::Honest)?;
    let proxy = Proxy::new("proxy.example.test", "10.0.0.8:80".parse()?, Duration::from_secs(2));
    let workers = Workers::new(Model::Pool(2), ServiceTime::Constant(SERVICE), stage.seed());
    stage.seat("client", "192.0.2.42/24", "192.0.2.53")?;
    stage.plan().switch("lan", "192.0.2.0/24");
    stage.resolver("resolver", "192.0.2.53/24", &[("www.example.test", "203.0.113.80")])?;
    stage.router("edge", &["192.0.2.1/24", "203.0.113.1/24", "10.0.0.1/24"], Router::new());
    stage.host(
        "proxy",
        "203.0.113.80/24",
        vec![Box::new(HttpServer::new(proxy).http(80).https(443, tls))],
    )?;
    stage.host("origin", "10.0.0.8/24", vec![Box::new(HttpServer::new(workers).http(80))])?;
    stage.wire("client", "lan", Wire::default());
    stage.wire("resolver", "lan", Wire::default());
    stage.wire("lan", "edge", Wire::ms(20));
    stage.wire("edge", "proxy", Wire::ms(1));
    stage.wire("edge", "origin", Wire::ms(14));
    stage.watch(&["proxy", "origin"]);
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let mut report = Report::default();
    for which in ["first", "second"] {
        let begins = toy.now();
        let page = get(toy, "https://www.example.test/")?;
        let timing = page.response.headers.get("Server-Timing").unwrap_or_default().into_owned();
        let took = milliseconds(toy.now() - begins);
        report.say(format!(
            "{which} request: {} in {took} ms with the goodbye; the origin says: {timing}",
            page.response.status
        ));
    }
    report
        .say("the second one is faster by the round trip of a TCP handshake: the proxy kept its connection");
    Ok(report)
}
