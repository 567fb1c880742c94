//! IP: a packet says who has sent it, and nobody checks. Who gets the answer?
//!
//! Mallory sends a SYN to Bob's server, and writes Alice's address into it. The network carries it, since a packet is
//! carried to where it goes, whatever it says of where it comes from. (A router at an edge may check that, RFC 2827 §3;
//! inside one network nobody does.) Bob answers the address that stands there.
//!
//! Try: `cargo run --example spoof -- nobody`: the address is one that no host has. What stands in Bob's table then,
//! and why does it stay there? Then `-- guess`: Mallory sends the third packet of the handshake as well, but has to
//! guess the number that only Alice has heard. How many guesses would it take (RFC 6528 §1)?
//!
//! ```text
//! Mallory sends SYN in the name of Alice
//!    mallory hears nothing
//!    alice hears SYN ACK
//!    bob hears SYN, then RST
//!    in Bob's table:
//!       LISTEN     port 8080
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan};
use barewire_packet::link::Link;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, Segment, SeqNumber};

/// Says which segments have come in at a host.
fn tell(who: &str, link: &mut dyn Link) -> Result<(), Box<dyn Error>> {
    let (deadline, mut heard) = (link.now() + Duration::from_millis(50), Vec::new());
    while let Some(bytes) = link.receive(Some(deadline))? {
        let Payload::Tcp(segment) = Packet::parse(&bytes)?.payload else { continue };
        heard.push(segment.flags.to_string());
    }
    println!(
        "   {who} hears {}",
        if heard.is_empty() { "nothing".to_owned() } else { heard.join(", then ") }
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["nobody", "guess"])?;
    let there = experiment.end("bob", 8080)?;
    let claims = match experiment.word() {
        "nobody" => experiment.absent("bob", 1)?,
        _ => experiment.address("alice")?,
    };
    let mut links = Vec::new();
    for name in ["mallory", "alice", "bob"] {
        links.push((name, experiment.link(name, &[])?));
    }
    let mut bob = experiment.peer("bob")?;
    bob.listen(8080, 1)?;

    let from = SocketAddr::new(claims, 4000);
    let empty = Segment { window: 65_535, ..Segment::empty(from.port(), there.port()) };
    let syn = Segment { seq: SeqNumber(1000), flags: Flags::SYN, ..empty.clone() };
    let guess = Segment { seq: SeqNumber(1001), ack: SeqNumber(123_456), flags: Flags::ACK, ..empty };
    let whom = if experiment.word() == "nobody" { "a host that is not there" } else { "Alice" };
    for segment in if experiment.word() == "guess" { vec![syn, guess] } else { vec![syn] } {
        println!("Mallory sends {} in the name of {whom}", segment.flags);
        links[0].1.send(&segment.ip_packet(from.ip(), there.ip()))?;
        links.iter_mut().try_for_each(|(name, link)| tell(name, link.as_mut()))?;
        println!("   in Bob's table:");
        bob.sockets()?.iter().for_each(|row| println!("      {row}"));
    }
    Ok(())
}
