//! TCP: somebody on the side forges a reset. Which number ends the connection of a real server?
//!
//! Alice has a connection to Bob's server; Mallory is a third host of the same network, and hears nothing of it.
//! Mallory claims Alice's address, and guesses a sequence number. Numbers count from Alice's first, and Bob expects 1.
//!
//! Under the old rule each reset in the window counted, so that 65,000 guesses were enough for any connection that
//! lives long. RFC 5961 §3.2 takes only the very next number, and answers another one in the window with a challenge
//! ACK. The lesson `tcp_reset` shows this for a client of ours; here the server may be a kernel's (`--wire`).
//!
//! Try: `cargo run --example rst_injection -- syn`: Mallory forges a SYN instead. Does its number matter? Then
//! `-- gone`: Alice has really forgotten the connection, and answers the challenge. Which number has her reset, and
//! where from? And `-- -6`: is anything different in IPv6?
//!
//! ```text
//! a forged RST, exact: seq 1
//!    Mallory hears nothing
//!    Bob's program hears: connection reset
//! a forged RST, in the window: seq 1001
//!    Bob sends Alice ACK, seq 1 ack 1
//!    Mallory hears nothing
//!    Bob's program waits for text
//! a forged RST, outside: seq 1000001
//!    Mallory hears nothing
//!    Bob's program waits for text
//! ```

use std::error::Error;
use std::io::ErrorKind;

use barewire::experiment::{ByHand, Experiment, Plan};
use barewire_packet::link::Link;
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, Segment};

/// Whether a segment of Bob's comes in at this link.
fn hears(link: &mut dyn Link) -> Result<&'static str, Box<dyn Error>> {
    let deadline = link.now();
    while let Some(bytes) = link.receive(Some(deadline))? {
        if matches!(Packet::parse(&bytes)?.payload, Payload::Tcp(_)) {
            return Ok("something");
        }
    }
    Ok("nothing")
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["syn", "gone"])?;
    let flags = if experiment.word() == "syn" { Flags::SYN } else { Flags::RST };
    let there = experiment.end("bob", 8080)?;
    let places = [(0, "exact", 4000), (1000, "in the window", 4001), (1_000_000, "outside", 4002)];
    let mut mallory = experiment.link("mallory", &[])?;
    let mut ends = Vec::new();
    for (beyond, place, port) in places {
        let link = experiment.link("alice", &[port])?;
        ends.push((beyond, place, ByHand::new(link, experiment.end("alice", port)?, there)));
    }
    let mut bob = experiment.peer("bob")?;
    bob.listen(8080, 3)?;
    for (beyond, place, alice) in &mut ends {
        alice.open()?;
        let (connection, _) = bob.accept()?.ok_or("there is nothing to accept")?;
        let forged = Segment { seq: alice.next + *beyond, ..alice.segment(flags, b"") };
        println!("a forged {flags}, {place}: seq {}", forged.seq.since(alice.first));
        mallory.send(&forged.ip_packet(alice.here.ip(), there.ip()))?;
        while let Some(heard) = alice.hear()? {
            println!("   Bob sends Alice {}", alice.told(&heard));
            if experiment.word() == "gone" {
                // The rule for an ACK that belongs to no connection (RFC 9293 §3.10.7.1).
                alice.next = heard.ack;
                alice.send(Flags::RST, b"")?;
                println!("   Alice sends RST, seq {}", alice.next.since(alice.first));
            }
        }
        println!("   Mallory hears {}", hears(mallory.as_mut())?);
        match bob.read(connection).map_err(|error| error.kind()) {
            Err(ErrorKind::TimedOut) => println!("   Bob's program waits for text"),
            Err(kind) => println!("   Bob's program hears: {kind}"),
            Ok(text) => println!("   Bob's program reads {} bytes", text.len()),
        }
    }
    Ok(())
}
