//! Two origins announce one prefix (anycast), and the nearer one serves. Then somebody announces a more specific
//! prefix: the longest prefix wins everywhere (RFC 1812 §5.2.4.3), before any cost. Plain HTTP does not notice; TLS
//! does, because the certificate is wrong. After the pattern of a real case of 2018.

use std::time::Duration;

use barewire_internet::{Change, Router, Wire};

use super::scene::{Report, Scene, get};
use crate::network::{Network, Toy};
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};

pub(super) const SCENE: Scene = Scene {
    name: "anycast_hijack",
    about: "a more specific prefix pulls traffic away; TLS notices",
    drawing: "  \
  client ─ 2 ms ─ isp ─ 3 ms ─ exchange
    exchange ─ 5 ms ── west ── www-west    203.0.113.0/24
    exchange ─ 45 ms ─ east ── www-east    203.0.113.0/24
    exchange ─ 20 ms ─ other ─ impostor    203.0.113.64/26
  after 1 s `other` announces its prefix",
    set,
    play,
};

const ANNOUNCED: Duration = Duration::from_secs(1);
const WWW: &str = "203.0.113.80";

fn set(mut stage: Stage) -> Result<Set, Fault> {
    stage.seat("client", "192.0.2.42/24", "192.0.2.53")?;
    stage.plan().switch("lan", "192.0.2.0/24");
    stage.resolver("resolver", "192.0.2.53/24", &[("www.example.test", WWW)])?;
    stage.router("isp", &["192.0.2.1/24", "100.64.0.1/30"], Router::new());
    let exchange = &["100.64.0.2/30", "100.64.0.5/30", "100.64.0.9/30", "100.64.0.13/30"];
    stage.router("exchange", exchange, Router::new());
    stage.router("west", &["100.64.0.6/30", "203.0.113.1/24"], Router::new());
    stage.router("east", &["100.64.0.10/30", "203.0.113.1/24"], Router::new());
    stage.router("other", &["100.64.0.14/30", "203.0.113.65/26"], Router::new());
    // Its neighbours know of this network from the beginning, the world does not.
    stage.plan().keep_private("203.0.113.64/26");
    stage.web("www-west", "203.0.113.80/24", "www.example.test", Flavour::Honest)?;
    stage.web("www-east", "203.0.113.80/24", "www.example.test", Flavour::Honest)?;
    stage.web("impostor", "203.0.113.80/26", "www.example.test", Flavour::Untrusted)?;
    stage.wire("client", "lan", Wire::default());
    stage.wire("lan", "resolver", Wire::default());
    stage.wire("lan", "isp", Wire::ms(2));
    stage.wire("isp", "exchange", Wire::ms(3));
    stage.wire("exchange", "west", Wire::ms(5).cost(5));
    stage.wire("exchange", "east", Wire::ms(45).cost(45));
    stage.wire("exchange", "other", Wire::ms(20).cost(20));
    for (router, server) in [("west", "www-west"), ("east", "www-east"), ("other", "impostor")] {
        stage.wire(router, server, Wire::default());
    }
    stage.watch(&["www-west", "www-east", "impostor"]);
    let prefix = "203.0.113.64/26".parse()?;
    let each_hop = Duration::from_secs(1);
    stage.at(ANNOUNCED, Change::Announce { node: "other".to_owned(), prefix, each_hop });
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let mut report = Report::default();
    for (when, seconds) in [("before", 0), ("after the announcement", 5)] {
        toy.world().run_for(Duration::from_secs(seconds));
        for url in ["http://www.example.test/", "https://www.example.test/"] {
            let begins = toy.now();
            let outcome = match get(toy, url) {
                Ok(page) => format!(
                    "{} in {} ms with the goodbye",
                    page.response.status,
                    (toy.now() - begins).as_millis()
                ),
                Err(failure) => format!("refused: {failure}"),
            };
            report.say(format!("{when}, {url}: {outcome}"));
        }
    }
    report.show_routes(toy, "exchange")?;
    Ok(report)
}
