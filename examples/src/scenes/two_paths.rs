//! A route changes while a transfer runs. IP forgets nothing, because it knew nothing: what was under way is lost, and
//! what follows takes the other way. TCP sees a gap, a timer, and another round-trip time.

use std::time::Duration;

use barewire_dissect::several;
use barewire_internet::{Change, Router, Wire};

use super::scene::{Report, Scene, get};
use crate::network::{Network, Toy};
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};
use crate::views::milliseconds;

pub(super) const SCENE: Scene = Scene {
    name: "two_paths",
    about: "a route changes during a transfer: what TCP sees of it",
    drawing: "                    ┌─ 10 ms ── near ── 10 ms ─┐
  client ─ 1 ms ─ left                       right ─ 1 ms ─ www
                    └─ 40 ms ── far ─── 40 ms ─┘
  after 150 ms the wire left-near is cut, 200 ms later the routers know",
    set,
    play,
};

const CUT: Duration = Duration::from_millis(150);
const KNOWN: Duration = Duration::from_millis(350);

fn set(mut stage: Stage) -> Result<Set, Fault> {
    stage.seat("client", "192.0.2.42/24", "192.0.2.53")?;
    stage.plan().switch("lan", "192.0.2.0/24");
    stage.resolver("resolver", "192.0.2.53/24", &[("www.example.test", "203.0.113.80")])?;
    stage.router("left", &["192.0.2.1/24", "100.64.0.1/30", "100.64.0.5/30"], Router::new());
    stage.router("near", &["100.64.0.2/30", "100.64.0.10/30"], Router::new());
    stage.router("far", &["100.64.0.6/30", "100.64.0.14/30"], Router::new());
    stage.router("right", &["100.64.0.9/30", "100.64.0.13/30", "203.0.113.1/24"], Router::new());
    stage.web("www", "203.0.113.80/24", "www.example.test", Flavour::Honest)?;
    stage.wire("client", "lan", Wire::default());
    stage.wire("lan", "resolver", Wire::default());
    stage.wire("lan", "left", Wire::ms(1));
    stage.wire("left", "near", Wire::ms(10).rate(10_000_000));
    stage.wire("near", "right", Wire::ms(10).rate(10_000_000));
    stage.wire("left", "far", Wire::ms(40).rate(10_000_000).cost(5));
    stage.wire("far", "right", Wire::ms(40).rate(10_000_000).cost(5));
    stage.wire("right", "www", Wire::ms(1));
    stage.watch(&["www"]);
    stage.at(CUT, Change::Down("left-near".to_owned()));
    stage.at(KNOWN, Change::Converge);
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let start = toy.now();
    let page = get(toy, "http://www.example.test/large")?;
    let mut report = Report::default();
    report.say(format!(
        "{} arrived whole after {} ms; {} packets were lost at the cut",
        several(page.length, "byte"),
        milliseconds(toy.now() - start),
        toy.world().counters().down
    ));
    report.show_routes(toy, "left")?;
    Ok(report)
}
