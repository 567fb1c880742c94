//! IP: a packet says who has sent it, and nobody checks. Who gets the answer?
//!
//! The third host sends a SYN to the server, and writes the client's address into it. The network carries it, since
//! routers read where a packet goes, not where it comes from. (A router at the edge may check, RFC 2827; inside one
//! network nobody does.) The server answers the address that stands there.
//!
//! Try: `cargo run --example spoof -- nobody`: the address is one that no host has. What stands in the server's table
//! then, and who could take it away? Then `-- guess`: the third host sends the last packet of the handshake as well,
//! but has to guess the number that it did not hear. How many guesses would it take (RFC 6528 §1)?
//!
//! ```text
//! the third host sends SYN in the name of the client
//!    third hears nothing
//!    client hears SYN ACK
//!    server hears SYN, then RST
//!    in the server's table:
//!       LISTEN     port 80
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
    let there = experiment.end("server", 80)?;
    let claims = match experiment.word() {
        "nobody" => experiment.absent(1)?,
        _ => experiment.address("client")?,
    };
    let mut links = Vec::new();
    for name in ["third", "client", "server"] {
        links.push((name, experiment.link(name, &[])?));
    }
    let mut server = experiment.peer("server")?;
    server.listen(80, 1)?;

    let from = SocketAddr::new(claims, 4000);
    let empty = Segment { window: 65_535, ..Segment::empty(from.port(), there.port()) };
    let syn = Segment { seq: SeqNumber(1000), flags: Flags::SYN, ..empty.clone() };
    let guess = Segment { seq: SeqNumber(1001), ack: SeqNumber(123_456), flags: Flags::ACK, ..empty };
    let name = if experiment.word() == "nobody" { "a host that is not there" } else { "the client" };
    for segment in if experiment.word() == "guess" { vec![syn, guess] } else { vec![syn] } {
        println!("the third host sends {} in the name of {name}", segment.flags);
        links[0].1.send(&segment.ip_packet(from.ip(), there.ip()))?;
        links.iter_mut().try_for_each(|(name, link)| tell(name, link.as_mut()))?;
        println!("   in the server's table:");
        server.sockets()?.iter().for_each(|row| println!("      {row}"));
    }
    Ok(())
}
