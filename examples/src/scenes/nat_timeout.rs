//! An idle connection dies at the NAT. Neither end has closed it, and neither knows: the NAT forgot it after 300 s
//! without a packet, as many gateways in clouds do. The client's next request meets silence. The cure is to say
//! something more often than that.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_internet::nat::{Config, Nat, Timers};
use barewire_internet::{Router, Wire};
use barewire_tcp::TcpStream;

use super::scene::{Report, Scene, ask};
use crate::network::Toy;
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};

pub(super) const SCENE: Scene = Scene {
    name: "nat_timeout",
    about: "an idle connection dies at the NAT; who forgot, and the cure",
    drawing: "  \
  client ─ 1 ms ─ home (NAT, forgets after 300 s) ─ 20 ms ─ www
  192.168.1.42    203.0.113.5                        203.0.113.80",
    set,
    play,
};

/// How long this NAT keeps an idle connection.
const FORGETS: Duration = Duration::from_secs(300);

fn set(mut stage: Stage) -> Result<Set, Fault> {
    let timers = Timers { tcp_established: FORGETS, ..Timers::rfc() };
    let nat = Nat::new(Config { timers, ..Config::rfc() }, &["home-rack"]);
    stage.seat("client", "192.168.1.42/24", "203.0.113.53")?;
    stage.router("home", &["192.168.1.1/24", "203.0.113.5/24"], Router::new().with(Box::new(nat)));
    stage.plan().switch("rack", "203.0.113.0/24");
    stage.resolver("resolver", "203.0.113.53/24", &[("www.example.test", "203.0.113.80")])?;
    stage.web("www", "203.0.113.80/24", "www.example.test", Flavour::Honest)?;
    stage.plan().keep_private("192.168.0.0/16");
    stage.wire("client", "home", Wire::ms(1));
    stage.wire("home", "rack", Wire::ms(20));
    stage.wire("rack", "www", Wire::default());
    stage.wire("rack", "resolver", Wire::default());
    stage.watch(&["home", "www"]);
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let mut report = Report::default();
    for (name, each, times) in [("kept alive", 200, 2), ("idle", 400, 1)] {
        let mut stream = TcpStream::connect(toy.stack(), SocketAddr::from(([203, 0, 113, 80], 80)))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)));
        ask(&mut stream, "GET")?;
        for _ in 0..times {
            toy.stack().run_until(toy.stack().now() + Duration::from_secs(each))?;
            let outcome = match ask(&mut stream, "HEAD") {
                Ok(status) => format!("{status}"),
                Err(error) => format!("no answer in 10 s ({error})"),
            };
            report.say(format!("{name}: after {each} s without a packet: {outcome}"));
        }
        // A connection that is dead does not close in good order.
        let _ = stream.close(Duration::from_secs(1));
    }
    report.show_boxes(toy, "home")?;
    Ok(report)
}
