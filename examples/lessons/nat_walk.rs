//! NAT: two hosts at home share one address, and the box between keeps a table of who is who.
//!
//! A packet that leaves gets the address of the NAT, and a port that is free there. The answer comes to that port, and
//! the table says whose it is (RFC 4787). Nothing in the packets tells the server that there are two hosts. After five
//! minutes without a packet the entry is gone, and with it the way in.
//!
//! Try: `cargo run --example nat_walk -- linux`, where the NAT keeps the port if it can: who keeps it? Then `-- two`:
//! the phone also sends to port 7001, another server, and does so first. How many ports does it get outside, and how
//! many with `-- linux two`?
//!
//! On the page that `web/build.sh` builds:
//!
//! * `barewire.html#scene=home`: what the NAT does to each packet
//! * `barewire.html#scene=nat_timeout`: what it forgets
//!
//! ```text
//! laptop sends   192.168.1.42:5000 → 203.0.113.80:7000
//! server gets    203.0.113.5:52796 → 203.0.113.80:7000
//! laptop gets    203.0.113.80:7000 → 192.168.1.42:5000
//! phone  sends   192.168.1.43:5000 → 203.0.113.80:7000
//! server gets    203.0.113.5:13276 → 203.0.113.80:7000
//! phone  gets    203.0.113.80:7000 → 192.168.1.43:5000
//!
//! sessions of the NAT
//!   inside             outside            peer               protocol  state
//!     expires in
//!   192.168.1.42:5000  203.0.113.5:52796  203.0.113.80:7000  UDP       answered
//!     299 s
//!   192.168.1.43:5000  203.0.113.5:13276  203.0.113.80:7000  UDP       answered
//!     299 s
//!
//! after 301 s without a packet the server answers once more
//! phone  gets    nothing
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use barewire_internet::nat::{Config, Nat};
use barewire_internet::{Router, Topology, Wire, World, WorldLink};
use barewire_packet::link::Link;
use barewire_packet::transit::{Flow, Transit};
use barewire_packet::udp;

/// laptop, phone ─ home (NAT) ─ server
fn internet(config: Config) -> Result<World, Box<dyn Error>> {
    let mut plan = Topology::new(Instant::now(), 1);
    let nat = Nat::new(config, &["home-server"]);
    plan.link("laptop", "192.168.1.42/24");
    plan.link("phone", "192.168.1.43/24");
    plan.link("server", "203.0.113.80/24");
    plan.switch("wifi", "192.168.1.0/24");
    plan.node("home", &["192.168.1.1/24", "203.0.113.5/24"], Box::new(Router::new().with(Box::new(nat))));
    for (a, b) in [("laptop", "wifi"), ("phone", "wifi"), ("wifi", "home"), ("home", "server")] {
        plan.wire(a, b, Wire::ms(1));
    }
    Ok(plan.build()?)
}

/// Waits two seconds for a packet, and says between whom it goes.
fn gets(who: &str, link: &mut WorldLink) -> Result<Option<Flow>, Box<dyn Error>> {
    let Some(packet) = link.receive(Some(link.now() + Duration::from_secs(2)))? else {
        println!("{who} gets    nothing");
        return Ok(None);
    };
    let flow = Transit::parse(packet)?.flow();
    if let Some(flow) = flow {
        println!("{who} gets    {} → {}", flow.source, flow.destination);
    }
    Ok(flow)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (config, two_servers) = match words.join(" ").as_str() {
        "" => (Config::rfc(), false),
        "linux" => (Config::linux(), false),
        "two" => (Config::rfc(), true),
        "linux two" => (Config::linux(), true),
        other => return Err(format!("{other} is not known here; try linux, two or linux two").into()),
    };
    let (laptop, phone) = (("laptop", "192.168.1.42:5000"), ("phone", "192.168.1.43:5000"));
    let mut sends = vec![(laptop, "203.0.113.80:7000"), (phone, "203.0.113.80:7000")];
    if two_servers {
        sends.insert(1, (phone, "203.0.113.80:7001"));
    }

    let world = internet(config)?;
    let mut server = world.link("server")?;
    let mut last = None;
    for ((name, from), to) in sends {
        let mut link = world.link(name)?;
        println!("{name:6} sends   {from} → {to}");
        link.send(&udp::ip_packet(from.parse()?, to.parse()?, b"hello"))?;
        if let Some(flow) = gets("server", &mut server)? {
            server.send(&udp::ip_packet(flow.destination, flow.source, b"hello, too"))?;
            last = gets(&format!("{name:6}"), &mut link)?.map(|_| flow);
        }
    }
    println!("\n{}", world.tables("home")?[1]);
    world.run_for(Duration::from_secs(301));
    println!("after 301 s without a packet the server answers once more");
    if let Some(flow) = last {
        server.send(&udp::ip_packet(flow.destination, flow.source, b"still there?"))?;
        gets("phone ", &mut world.link("phone")?)?;
    }
    Ok(())
}
