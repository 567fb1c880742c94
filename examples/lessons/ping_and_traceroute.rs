//! ICMP: is a host there, and who is on the way? One core asks, another counts hops, and neither does any I/O.
//!
//! Ping sends echo requests, and a host sends each one back (RFC 792). The reply has hops left: Linux begins with 64,
//! and each router takes one. Traceroute turns that around. Its probes begin with so few hops that they end on the
//! way, and the router where one ends says so. A core gets packets and the time, and gives packets; `run` carries
//! them, so the same lines ask the toy internet and real kernels.
//!
//! Try: `cargo run --example ping_and_traceroute -- tcp`: the probes are SYNs to a port where nobody listens. What does
//! the last hop say then, and why do some firewalls let only that pass? Then `-- large`: 2000 bytes that must stay
//! whole. Who says no?
//!
//! ```text
//! ping the server
//!    echo reply 1 from the server, 63 hops left
//!    echo reply 2 from the server, 63 hops left
//! ping with one hop
//!    the router says "time exceeded in transit"
//! traceroute
//!    hop 1: the router says "time exceeded in transit"
//!    hop 2: the server sends an echo reply
//! ```

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan};
use barewire::probe::ping::{self, Ping};
use barewire::probe::run;
use barewire::probe::traceroute::{self, Method, Outcome, Traceroute, What};
use barewire_packet::link::Link;

/// Pings until two answers have come, or an error.
fn ask(
    link: &mut dyn Link,
    config: ping::Config,
    who: impl Fn(IpAddr) -> &'static str,
) -> Result<(), Box<dyn Error>> {
    let (count, deadline) = (Some(2), Some(Duration::from_secs(20)));
    let mut ping = Ping::new(link.now(), ping::Config { count, deadline, ..config });
    let mut answers = 0;
    run(link, &mut ping, &|| false, |_, event| {
        match event {
            ping::Event::Reply(reply) => {
                answers += 1;
                println!("   echo reply {answers} from {}, {} hops left", who(reply.from), reply.hops_left);
            }
            ping::Event::Error { from, kind, .. } => println!("   {} says {:?}", who(from), kind.name()),
            ping::Event::TooLarge { length, mtu, .. } => {
                println!("   not sent: {length} bytes are more than the {mtu} of our own link");
            }
            ping::Event::Changed { .. } => println!("   the data was changed on the way"),
        }
        Ok(())
    })?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Path, &["tcp", "large"])?;
    let (client, server) = (experiment.address("client")?, experiment.address("server")?);
    let who = |address| if address == server { "the server" } else { "the router" };
    let mut link = experiment.link("client", &[])?;
    let usual = ping::Config::new(client, server);
    let size = if experiment.word() == "large" { 2000 } else { usual.size };

    println!("ping the server");
    ask(link.as_mut(), ping::Config { size, ..usual.clone() }, who)?;
    println!("ping with one hop");
    ask(link.as_mut(), ping::Config { hops: 1, ..usual }, who)?;

    println!("traceroute");
    let method = if experiment.word() == "tcp" { Method::Tcp(81) } else { Method::Icmp };
    let config = traceroute::Config { method, max_hops: 4, ..traceroute::Config::new(client, server) };
    let mut traceroute = Traceroute::new(link.now(), config);
    run(link.as_mut(), &mut traceroute, &|| false, |_, event| {
        let traceroute::Event::Hop(hop) = event else { return Ok(()) };
        // A slow wire loses some of the three probes; one answer is enough.
        let found = hop.outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Answered(answered) => Some(answered),
            Outcome::Silence => None,
        });
        let Some(answered) = found else {
            println!("   hop {}: silence", hop.hop);
            return Ok(());
        };
        let says = match answered.what {
            What::Error(kind) => format!("says {:?}", kind.name()),
            What::EchoReply => "sends an echo reply".to_owned(),
            What::SynAck => "sends SYN ACK: somebody listens".to_owned(),
            What::Reset => "sends RST: nobody listens".to_owned(),
        };
        println!("   hop {}: {} {says}", hop.hop, who(answered.from));
        Ok(())
    })?;
    Ok(())
}
