//! Who is on the way? A packet that may pass only one router makes the first router answer, one that may pass two the
//! second, and so on (RFC 1812 §5.3.1, RFC 792).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_internet::{Router, Wire};
use barewire_packet::icmp::Icmp;
use barewire_packet::transit::Transit;
use barewire_packet::udp;

use super::scene::{Report, Scene};
use crate::network::Toy;
use crate::services::certificates::Flavour;
use crate::services::stage::{Fault, Set, Stage};
use crate::views::milliseconds;

pub(super) const SCENE: Scene = Scene {
    name: "traceroute",
    about: "routers count hops, and answer by ICMP when they run out",
    drawing: "  client ─ 1 ms ─ home ─ 8 ms ─ isp ─ 12 ms ─ backbone ─ 4 ms ─ www
                                 └─ 1 ms ─ resolver",
    set,
    play,
};

/// Where probes go: nobody listens there (traceroute's own first port).
const PORT: u16 = 33434;

fn set(mut stage: Stage) -> Result<Set, Fault> {
    stage.seat("client", "192.0.2.42/24", "198.51.100.53")?;
    stage.router("home", &["192.0.2.1/24", "100.64.0.2/30"], Router::new());
    stage.router("isp", &["100.64.0.1/30", "198.51.100.1/24", "100.64.0.5/30"], Router::new());
    stage.router("backbone", &["100.64.0.6/30", "203.0.113.1/24"], Router::new());
    stage.resolver("resolver", "198.51.100.53/24", &[("www.example.test", "203.0.113.80")])?;
    stage.web("www", "203.0.113.80/24", "www.example.test", Flavour::Honest)?;
    stage.wire("client", "home", Wire::ms(1));
    stage.wire("home", "isp", Wire::ms(8));
    stage.wire("isp", "resolver", Wire::ms(1));
    stage.wire("isp", "backbone", Wire::ms(12));
    stage.wire("backbone", "www", Wire::ms(4));
    stage.watch(&["home", "isp", "backbone", "www"]);
    stage.set()
}

fn play(toy: &mut Toy) -> Result<Report, Fault> {
    let (from, to) = (toy.address(), IpAddr::from([203, 0, 113, 80]));
    let stack = toy.stack();
    let mut report = Report::default();
    for hops in 1..=8 {
        let (source, destination) =
            (SocketAddr::new(from, 50_000), SocketAddr::new(to, PORT + u16::from(hops)));
        let mut probe = Transit::parse(udp::ip_packet(source, destination, b"who is there?"))?;
        probe.set_hops_left(hops);
        let sent = stack.now();
        stack.send_packet(probe.bytes(), "")?;
        let Some(answer) = stack.receive_other(Some(sent + Duration::from_secs(5)))? else {
            report.say(format!("{hops}  *"));
            continue;
        };
        let answer = Transit::parse(answer)?;
        let said = Icmp::parse(answer.version(), answer.payload())?;
        let took = milliseconds(stack.now() - sent);
        report.say(format!("{hops}  {}  {took} ms  {}", answer.source(), said.name()));
        // "Port unreachable" comes from the host itself.
        if answer.source() == to {
            break;
        }
    }
    report.show_routes(toy, "isp")?;
    Ok(report)
}
