//! TCP: somebody who hears one side of a connection speaks in it. Which text does the server read?
//!
//! Alice and Bob's server have a connection, and Mallory hears what comes to Alice: on the same radio, or from a
//! switch that was told to copy it. One segment of Bob's is enough. Its acknowledgment is Alice's next number, its end
//! is what she would acknowledge, and its timestamp is what she would echo (RFC 7323 §3.2).
//!
//! What TCP checks is whether a segment fits, not who has sent it. Afterwards Alice and Bob do not agree any more on
//! which bytes were sent, and each of their ACKs is wrong for the other.
//!
//! Try: `cargo run --example hijack -- blind`: Mallory hears nothing, and guesses a number. What does Bob read, and
//! what does he say to Alice (RFC 5961 §5)? Then `-- long`: Alice's next text is longer than what Mallory has sent.
//! Which part of it does Bob read? Then `-- tls`: the text is in TLS records. What does Bob's server make of Mallory's?
//!
//! ```text
//! Alice writes
//!    Bob reads "pay 5 to Bob\n"
//! Mallory sends, in Alice's name
//!    Bob reads "pay 500 to Mallory\n"
//! Alice writes
//!    Bob reads nothing: timed out
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan, Talk};
use barewire_tcp::options::{Options, Timestamps};
use barewire_tcp::packet::{Packet, Payload};
use barewire_tcp::{Flags, Segment, SeqNumber};

/// Says what Bob's program reads.
fn bob_reads(talk: &mut Talk) {
    match talk.read() {
        Ok(text) => println!("   Bob reads {text:?}"),
        Err(why) => println!("   Bob reads nothing: {why}"),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["blind", "long", "tls"])?;
    let (here, there) = (experiment.end("alice", 4000)?, experiment.end("bob", 8080)?);
    let (mut ear, mut mouth) = (experiment.link("alice", &[])?, experiment.link("mallory", &[])?);
    let mut talk = Talk::open(experiment.peer("alice")?, experiment.peer("bob")?, there)?;
    if experiment.word() == "tls" {
        talk.begin_tls()?;
    }
    println!("Alice writes");
    talk.write(b"pay 5 to Bob\n")?;
    bob_reads(&mut talk);

    let empty = Segment::empty(here.port(), there.port());
    let mut forged = Segment { flags: Flags::PSH | Flags::ACK, window: 1000, ..empty };
    let deadline = ear.now() + Duration::from_millis(50);
    while let Some(bytes) = ear.receive(Some(deadline))? {
        let Payload::Tcp(heard) = Packet::parse(&bytes)?.payload else { continue };
        (forged.seq, forged.ack) = (heard.ack, heard.seq + heard.len());
        // Alice's clock has gone on since then, and Bob drops what is older than her last segment.
        let stamps = heard
            .options
            .timestamps
            .map(|it| Timestamps { value: it.echo.wrapping_add(100), echo: it.value });
        forged.options = Options { timestamps: stamps, ..Options::default() };
    }
    if experiment.word() == "blind" {
        forged.seq = SeqNumber(forged.seq.0 ^ 0x4000_0000);
    }
    println!("Mallory sends, in Alice's name");
    // In TLS it is dressed up as a record: application data of 19 bytes (RFC 8446 §5.2).
    let header: &[u8] = if experiment.word() == "tls" { &[23, 3, 3, 0, 19] } else { &[] };
    let text = [header, b"pay 500 to Mallory\n"].concat();
    forged.payload = &text;
    mouth.send(&forged.ip_packet(here.ip(), there.ip()))?;
    bob_reads(&mut talk);
    println!("Alice writes");
    let long = experiment.word() == "long";
    talk.write(if long { b"pay 10 to Charlie, and 10 to Dora\n" } else { b"pay 10 to Bob\n" })?;
    bob_reads(&mut talk);
    Ok(())
}
