//! What a client sees of a firewall. A port that is open answers, a port where nobody listens answers with a reset. A
//! rule that rejects looks like that, too. A rule that drops looks like a cable that is cut: the client waits.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_internet::firewall::Firewall;
use barewire_internet::{Router, Wire};
use barewire_tcp::TcpStream;

use super::scene::{Report, Scene};
use crate::network::Toy;
use crate::services::HttpServer;
use crate::services::certificates::Flavour;
use crate::services::site::Site;
use crate::services::stage::{Fault, Set, Stage};
use crate::views::milliseconds;

pub(super) const SCENE: Scene = Scene {
    name: "firewall",
    about: "drop, reject, and a database that is open to the world",
    drawing: "  \
  client ─ 10 ms ─ edge (firewall) ─ 1 ms ─┬─ www  198.51.100.80
  192.0.2.42                               └─ db   198.51.100.81",
    set,
    play,
};

/// The database of `db` on port 5432 is not named: it is open to the world, as in many a real case.
const RULES: &str = "
    state established,related accept
    to 198.51.100.80 tcp 80,443 accept
    to 198.51.100.81 tcp 5433 drop
    to 198.51.100.81 tcp 5434 reject reset
    to 198.51.100.81 tcp 5435 reject
    default accept
";

fn set(mut stage: Stage) -> Result<Set, Fault> {
    let database = || HttpServer::new(Site::new("db.example.test"));
    stage.seat("client", "192.0.2.42/24", "198.51.100.53")?;
    stage.router(
        "edge",
        &["192.0.2.1/24", "198.51.100.1/24"],
        Router::new().with(Box::new(Firewall::parse(RULES)?)),
    );
    stage.plan().switch("rack", "198.51.100.0/24");
    stage.resolver("resolver", "198.51.100.53/24", &[("www.example.test", "198.51.100.80")])?;
    stage.web("www", "198.51.100.80/24", "www.example.test", Flavour::Honest)?;
    // It listens on every port that the rules speak of: what closes a port is the firewall.
    let ports =
        (5432..=5435).map(|port| Box::new(database().http(port)) as Box<dyn crate::services::Program>);
    stage.host("db", "198.51.100.81/24", ports.collect())?;
    stage.wire("client", "edge", Wire::ms(10));
    stage.wire("edge", "rack", Wire::ms(1));
    stage.wire("rack", "www", Wire::default());
    stage.wire("rack", "resolver", Wire::default());
    stage.wire("rack", "db", Wire::default());
    stage.watch(&["edge", "db"]);
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let mut report = Report::default();
    for (host, port, what) in [
        (80, 443, "a server that is allowed"),
        (80, 22, "nobody listens there"),
        (81, 5432, "no rule speaks of the database's port"),
        (81, 5433, "a rule drops"),
        (81, 5434, "a rule rejects with a reset"),
        (81, 5435, "a rule rejects with an ICMP error"),
    ] {
        let (stack, to) = (toy.stack(), SocketAddr::from(([198, 51, 100, host], port)));
        let begins = stack.now();
        let outcome = TcpStream::connect_timeout(stack, to, Duration::from_secs(5));
        let took = milliseconds(stack.now() - begins);
        let said = outcome.as_ref().map_or_else(ToString::to_string, |_| "connected".to_owned());
        report.say(format!("{to}, {what}: {said} after {took} ms"));
        if let Ok(stream) = outcome {
            stream.close(Duration::from_secs(1))?;
        }
    }
    report.say(
        "our TCP does not listen to ICMP, so the last two cases differ; the kernel's connect() fails in both",
    );
    report.show_boxes(toy, "edge")?;
    Ok(report)
}
