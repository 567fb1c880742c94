//! IP: a packet arrives in pieces. When is it whole again, and which pieces does no honest sender make?
//!
//! The packet is an echo request with 56 bytes (0-55), cut at 24 and 48. A reply says that the receiver has put it
//! together. In the fourth case a piece says something else about bytes that another one has: a firewall that prefers
//! the one and a host that prefers the other would see different packets. RFC 5722 §4 demands of IPv6 that such a
//! packet is dropped with all its pieces; Linux and this workspace do so with IPv4, too.
//!
//! Try: `cargo run --example fragments -- tiny`: a SYN is cut after 8 bytes, so that its flags are in the second piece.
//! What does a filter see that looks for SYNs, packet by packet (RFC 1858 §3)? Does the server see it? Then
//! `-- tiny -6`: who answers now, and what is wrong with the first piece (RFC 8200 §4.5)? And `-- -6`: is anything
//! different there?
//!
//! ```text
//! in order: 0-23, 24-47, 48-55
//!    the answer: echo reply
//! the last one first: 48-55, 24-47, 0-23
//!    the answer: echo reply
//! one comes twice: 0-23, 24-47, 24-47, 48-55
//!    the answer: echo reply
//! one overlaps another: 0-23, 16-31, 24-47, 48-55
//!    no answer
//! one is missing: 0-23, 48-55
//!    no answer
//! ```

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan};
use barewire_packet::icmp::{Icmp, Version, echo_packet};
use barewire_packet::link::Link;
use barewire_packet::{build::fragments, transit::Transit};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, Segment};

/// Sends the pieces, and says which they are, and what comes back.
fn send(link: &mut dyn Link, here: IpAddr, about: &str, pieces: &[Vec<u8>]) -> Result<(), Box<dyn Error>> {
    let ranges = pieces.iter().map(|piece| {
        let piece = Transit::parse(piece.clone())?;
        let start = piece.fragment().map_or(0, |fragment| fragment.offset);
        Ok::<_, Box<dyn Error>>(format!("{start}-{}", start + piece.payload().len() - 1))
    });
    println!("{about}: {}", ranges.collect::<Result<Vec<_>, _>>()?.join(", "));
    pieces.iter().try_for_each(|piece| link.send(piece))?;
    let deadline = link.now() + Duration::from_millis(100);
    while let Some(bytes) = link.receive(Some(deadline))? {
        let packet = Packet::parse(&bytes)?;
        let version = if packet.ip.header.source().is_ipv4() { Version::V4 } else { Version::V6 };
        let answer = match packet.payload {
            Payload::Tcp(segment) => segment.flags.to_string(),
            Payload::Other(bytes) => Icmp::parse(version, bytes)?.name(),
            Payload::Udp(_) => continue,
        };
        // In IPv6 the server also asks here who has our address.
        if packet.ip.header.destination() == here && !answer.starts_with("neighbor") {
            println!("   the answer: {answer}");
            return Ok(());
        }
    }
    println!("   no answer");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Pair, &["tiny"])?;
    let (here, there) = (experiment.address("client")?, experiment.address("server")?);
    let mut link = experiment.link("client", &[4000])?;
    let mut server = experiment.peer("server")?;
    server.listen(8080, 1)?;
    if experiment.word() == "tiny" {
        let syn = Segment { flags: Flags::SYN, window: 1000, ..Segment::empty(4000, 8080) };
        return send(
            link.as_mut(),
            here,
            "a SYN in tiny pieces",
            &fragments(&syn.ip_packet(here, there), 1, 8),
        );
    }
    let cases = [
        ("in order", &[0, 1, 2][..]),
        ("the last one first", &[2, 1, 0]),
        ("one comes twice", &[0, 1, 1, 2]),
        ("one overlaps another", &[0, 3, 1, 2]),
        ("one is missing", &[0, 2]),
    ];
    for (number, (about, order)) in cases.into_iter().enumerate() {
        let packet = |letter| echo_packet(here, there, false, (7, number as u16), &[letter; 48]);
        let mut pieces = fragments(&packet(b'a'), number as u16 + 1, 24);
        pieces.push(fragments(&packet(b'b'), number as u16 + 1, 16).remove(1));
        let pieces: Vec<Vec<u8>> = order.iter().map(|at| pieces[*at].clone()).collect();
        send(link.as_mut(), here, about, &pieces)?;
    }
    Ok(())
}
