//! From a home to a server: a NAT at the one end, a firewall at the other, and an ISP that sees neither.

use barewire_dissect::several;
use barewire_internet::firewall::Firewall;
use barewire_internet::nat::{Config, Nat};
use barewire_internet::{Router, Wire};

use super::scene::{Report, Scene, get};
use crate::network::Toy;
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};

pub(super) const SCENE: Scene = Scene {
    name: "home",
    about: "a client behind a NAT, an ISP, and a server behind a firewall",
    drawing: "  \
  client ─ 1 ms ─ home (NAT) ─ 8 ms ─ isp ─ 12 ms ─ edge (firewall) ─ 1 ms ─ www
  192.168.1.42    203.0.113.5          └─ 2 ms ─ resolver         198.51.100.80",
    set,
    play,
};

const RULES: &str = "
    state established,related accept
    state invalid drop
    to 198.51.100.80 tcp 80,443 accept
    icmp echo-request accept
    default drop
";

fn set(mut stage: Stage) -> Result<Set, Fault> {
    let nat = Nat::new(Config::rfc(), &["home-isp"]);
    let firewall = Firewall::parse(RULES)?;
    stage.seat("client", "192.168.1.42/24", "192.0.2.53")?;
    stage.router("home", &["192.168.1.1/24", "203.0.113.5/24"], Router::new().with(Box::new(nat)));
    stage.router("isp", &["203.0.113.1/24", "192.0.2.1/24", "100.64.0.1/30"], Router::new());
    stage.router("edge", &["100.64.0.2/30", "198.51.100.1/24"], Router::new().with(Box::new(firewall)));
    stage.resolver("resolver", "192.0.2.53/24", &[("www.example.test", "198.51.100.80")])?;
    stage.web("www", "198.51.100.80/24", "www.example.test", Flavour::Honest)?;
    stage.plan().keep_private("192.168.0.0/16");
    stage.wire("client", "home", Wire::ms(1));
    stage.wire("home", "isp", Wire::ms(8).rate(50_000_000));
    stage.wire("isp", "resolver", Wire::ms(2));
    stage.wire("isp", "edge", Wire::ms(12));
    stage.wire("edge", "www", Wire::ms(1));
    stage.watch(&["home", "www"]);
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let page = get(toy, "https://www.example.test/")?;
    let mut report = Report::default();
    report.say(format!("the client asked {}, and got {}", page.address, several(page.length, "byte")));
    report.say("the server never saw 192.168.1.42: the NAT gave its packets the address 203.0.113.5");
    report.show_boxes(toy, "home")?;
    report.show_boxes(toy, "edge")?;
    Ok(report)
}
