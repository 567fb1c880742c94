//! A balancer at layer 4, and one of two backends dies. Connections to the other one go on, new ones go there. Those to
//! the dead one meet silence first, because nobody has noticed; when the balancer's pings have failed three times, a
//! reset.

use std::net::SocketAddr;
use std::time::Duration;

use barewire_internet::balancer::{Algorithm, Balancer, Check, Config, WhenDown};
use barewire_internet::{Change, Router, Wire};
use barewire_tcp::TcpStream;

use super::scene::{Report, Scene, ask};
use crate::network::Toy;
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};

pub(super) const SCENE: Scene = Scene {
    name: "balancer4",
    about: "two backends behind one address, and one of them dies",
    drawing: "  \
  client ─ 10 ms ─ balancer ─ 1 ms ─┬─ b1  10.0.0.1
  192.0.2.42       203.0.113.80     └─ b2  10.0.0.2
  after 5 s b1 is switched off; pings each 2 s, three must fail",
    set,
    play,
};

const DIES: Duration = Duration::from_secs(5);

fn set(mut stage: Stage) -> Result<Set, Fault> {
    let config = Config {
        algorithm: Algorithm::RoundRobin,
        when_down: WhenDown::Reset,
        check: Some(Check::default()),
        ..Config::default()
    };
    let balancer = Balancer::tcp("203.0.113.80:80".parse()?, config)
        .backend("b1", "10.0.0.1:80".parse()?, 1)
        .backend("b2", "10.0.0.2:80".parse()?, 1);
    stage.seat("client", "192.0.2.42/24", "10.0.0.53")?;
    let cards = &["192.0.2.1/24", "10.0.0.254/24"];
    stage.router("balancer", cards, Router::new().with(Box::new(balancer)));
    stage.plan().switch("rack", "10.0.0.0/24");
    stage.resolver("resolver", "10.0.0.53/24", &[("www.example.test", "203.0.113.80")])?;
    stage.web("b1", "10.0.0.1/24", "b1.example.test", Flavour::Honest)?;
    stage.web("b2", "10.0.0.2/24", "b2.example.test", Flavour::Honest)?;
    stage.wire("client", "balancer", Wire::ms(10));
    stage.wire("balancer", "rack", Wire::ms(1));
    stage.wire("rack", "b1", Wire::default());
    stage.wire("rack", "resolver", Wire::default());
    stage.wire("rack", "b2", Wire::default());
    stage.watch(&["balancer", "b1", "b2"]);
    stage.at(DIES, Change::Off("b1".to_owned()));
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let (stack, service) = (toy.stack().clone(), SocketAddr::from(([203, 0, 113, 80], 80)));
    let mut report = Report::default();
    let mut open = Vec::new();
    for name in ["first", "second"] {
        let mut stream = TcpStream::connect(&stack, service)?;
        stream.set_read_timeout(Some(Duration::from_secs(3)));
        report.say(format!("{name} connection: {}", ask(&mut stream, "GET")?));
        open.push((name, stream));
    }
    for (seconds, when) in [(6, "1 s after the death"), (13, "8 s after the death")] {
        stack.run_until(stack.now() + Duration::from_secs(seconds) - (stack.now() - toy.begin()))?;
        for (name, stream) in &mut open {
            let outcome =
                ask(stream, "HEAD").map_or_else(|error| error.to_string(), |status| status.to_string());
            report.say(format!("{when}, {name} connection: {outcome}"));
        }
    }
    for name in ["third", "fourth"] {
        let mut stream = TcpStream::connect(&stack, service)?;
        report.say(format!("{name} connection: {}", ask(&mut stream, "GET")?));
        stream.close(Duration::from_secs(1))?;
    }
    report.show_boxes(toy, "balancer")?;
    Ok(report)
}
