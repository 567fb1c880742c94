//! Traceroute: each router on the way says who it is, because the packet that reaches it may pass no further.
//!
//! Every router takes one from the hops that an IP packet has left. The one that takes the last throws the packet away,
//! and tells its sender by ICMP (RFC 792). So a packet that may pass one router finds the first, one that may pass two
//! the second, and so on. The host itself is found by a port on which nobody listens.
//!
//! Try: `cargo run --example traceroute -- 1280`: 1400 bytes, and a last wire that takes packets of 1280. Who says so,
//! and to which probe? Then `-- loss`: the last wire loses half of its packets. What does silence tell?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#scene=traceroute`: the same packets from every router
//!
//! ```text
//! 1 hop:  192.0.2.1 says "time exceeded in transit" after 2 ms
//!         about UDP 192.0.2.42:50000 → 203.0.113.80:33435, 1 hop left
//! 2 hops: 100.64.2.1 says "time exceeded in transit" after 18 ms
//!         about UDP 192.0.2.42:50000 → 203.0.113.80:33436, 1 hop left
//! 3 hops: 203.0.113.80 says "port unreachable" after 42 ms
//!         about UDP 192.0.2.42:50000 → 203.0.113.80:33437, 1 hop left
//! ```

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use barewire::services::Machine;
use barewire_internet::{Router, Topology, Wire, World};
use barewire_packet::icmp::{Icmp, Message};
use barewire_packet::link::Link;
use barewire_packet::transit::Transit;
use barewire_packet::udp;

/// client ─ 1 ms ─ first ─ 8 ms ─ second ─ 12 ms ─ server
fn internet(to: IpAddr, last: Wire) -> Result<World, Box<dyn Error>> {
    let mut plan = Topology::new(Instant::now(), 1);
    plan.link("client", "192.0.2.42/24");
    plan.node("first", &["192.0.2.1/24", "100.64.2.2/30"], Box::new(Router::new()));
    plan.node("second", &["100.64.2.1/30", "203.0.113.1/24"], Box::new(Router::new()));
    plan.node("server", &["203.0.113.80/24"], Box::new(Machine::new(vec![to], 1)));
    plan.wire("client", "first", Wire::ms(1));
    plan.wire("first", "second", Wire::ms(8));
    plan.wire("second", "server", last);
    Ok(plan.build()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (length, last) = match words.join(" ").as_str() {
        "" => (6, Wire::ms(12)),
        "1280" => (1400, Wire::ms(12).mtu(1280)),
        "loss" => (6, Wire::ms(12).loss(0.5)),
        other => return Err(format!("{other} is not known here; try 1280 or loss").into()),
    };
    let (from, to) = (IpAddr::from([192, 0, 2, 42]), IpAddr::from([203, 0, 113, 80]));
    let mut link = internet(to, last)?.link("client")?;
    for hops in 1..=30 {
        // Each probe has a port of its own, so that an answer says which probe it is about.
        let destination = SocketAddr::new(to, 33434 + u16::from(hops));
        let mut probe =
            Transit::parse(udp::ip_packet(SocketAddr::new(from, 50_000), destination, &vec![b'?'; length]))?;
        probe.set_hops_left(hops);
        let sent = link.now();
        link.send(probe.bytes())?;
        let Some(answer) = link.receive(Some(sent + Duration::from_secs(3)))? else {
            println!("{:7} no answer", in_words(hops) + ":");
            continue;
        };
        let answer = Transit::parse(answer)?;
        let icmp = Icmp::parse(answer.version(), answer.payload())?;
        let (router, took) = (answer.source(), (link.now() - sent).as_millis());
        println!("{:7} {router} says {:?} after {took} ms", in_words(hops) + ":", icmp.name());
        if let Message::Error { quoted: Some(quoted), mtu } = icmp.message {
            // The quote is the probe as the router received it: its IP header starts after 8 bytes of ICMP.
            println!("        about {quoted}, {} left", in_words(answer.payload()[8 + 8]));
            mtu.iter().for_each(|mtu| println!("        the next wire takes at most {mtu} bytes"));
        }
        // A router where the hops ended is not the end of the way. Every other answer is.
        if icmp.kind != 11 {
            break;
        }
    }
    Ok(())
}

fn in_words(hops: u8) -> String {
    if hops == 1 { "1 hop".to_owned() } else { format!("{hops} hops") }
}
