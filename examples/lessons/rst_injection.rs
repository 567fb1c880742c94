//! TCP: somebody on the side forges a reset. Which number ends the connection of a real server?
//!
//! The client and the server have a connection; the attacker is a third host of the same network. It claims the
//! client's address, and guesses a sequence number: it hears nothing of the connection. Numbers count from the client's
//! first, and the server expects 1.
//!
//! Under the old rule each reset in the window counted, so one guess in 65,000 was enough: 65,000 packets end any
//! connection of a long life, such as one between two routers. RFC 5961 §3.2 takes only the very next number, and
//! answers another one in the window with a challenge ACK. The lesson `tcp_reset` shows this for a client of ours.
//!
//! Try: `cargo run --example rst_injection -- syn`: the attacker forges a SYN instead. Does its number matter? Then
//! `-- gone`: the client has really forgotten the connection, and answers the challenge. Which number has its reset?
//! And `-- -6`: is anything else in IPv6?
//!
//! ```text
//! a forged RST, exact: seq 1
//!    the attacker hears nothing
//!    the server's program hears: connection reset
//! a forged RST, in the window: seq 1001
//!    the server sends the client ACK, seq 1 ack 1
//!    the attacker hears nothing
//!    the server's program waits for text
//! a forged RST, outside: seq 1000001
//!    the attacker hears nothing
//!    the server's program waits for text
//! ```

use std::error::Error;
use std::io::ErrorKind;

use barewire::experiment::{ByHand, Experiment, Plan};
use barewire_packet::link::Link;
use barewire_tcp::{Flags, Segment};

/// Whether anything at all comes in at this link.
fn hears(link: &mut dyn Link) -> Result<&'static str, Box<dyn Error>> {
    let deadline = link.now();
    Ok(if link.receive(Some(deadline))?.is_some() { "something" } else { "nothing" })
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["syn", "gone"])?;
    let flags = if experiment.word() == "syn" { Flags::SYN } else { Flags::RST };
    let there = experiment.end("server", 80)?;
    let places = [(0, "exact", 4000), (1000, "in the window", 4001), (1_000_000, "outside", 4002)];
    let mut attacker = experiment.link("third", &[])?;
    let ends = places.map(|(beyond, place, port)| {
        let link = experiment.link("client", &[port])?;
        Ok::<_, Box<dyn Error>>((beyond, place, ByHand::new(link, experiment.end("client", port)?, there)))
    });
    let mut server = experiment.peer("server")?;
    server.listen(80, 3)?;
    for end in ends {
        let (beyond, place, mut client) = end?;
        client.open()?;
        let (connection, _) = server.accept()?.ok_or("there is nothing to accept")?;
        let forged = Segment { seq: client.next + beyond, ..client.segment(flags, b"") };
        println!("a forged {flags}, {place}: seq {}", forged.seq.since(client.first));
        attacker.send(&forged.ip_packet(client.here.ip(), there.ip()))?;
        while let Some(heard) = client.hear()? {
            println!("   the server sends the client {}", client.told(&heard));
            if experiment.word() == "gone" {
                // The rule for an ACK that belongs to no connection (RFC 9293 §3.10.7.1).
                client.next = heard.ack;
                client.send(Flags::RST, b"")?;
                println!("   the client sends RST, seq {}", client.next.since(client.first));
            }
        }
        println!("   the attacker hears {}", hears(attacker.as_mut())?);
        match server.read(connection).map_err(|error| error.kind()) {
            Err(ErrorKind::TimedOut) => println!("   the server's program waits for text"),
            Err(kind) => println!("   the server's program hears: {kind}"),
            Ok(text) => println!("   the server's program reads {} bytes", text.len()),
        }
    }
    Ok(())
}
