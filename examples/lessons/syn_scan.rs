//! TCP: which ports of a host are open? A SYN asks, and what comes back tells; the connection is never made.
//!
//! A listener answers SYN with SYN-ACK, a port without one with RST (RFC 9293 §3.10.7). The scan takes its half back by
//! RST, so that the server forgets it. It keeps no list of what it has sent: the sequence number of each SYN is a keyed
//! hash of its four ends, so an answer proves by its acknowledgment number that its sender has seen the SYN. A server
//! checks SYN cookies like that (RFC 4987 §3.6).
//!
//! Try: `cargo run --example syn_scan -- forged`: Mallory has not seen the SYNs, and says in Bob's name that port 23 is
//! open. Does the scan believe it? Then `-- absent`: a host that is not there. Can a scan tell it from a firewall that
//! drops?
//!
//! ```text
//! Alice scans bob
//!    port 21: closed, by RST
//!    port 22: open, by SYN ACK
//!    port 23: closed, by RST
//!    port 8080: open, by SYN ACK
//! 4 SYNs, 2 resets of ours; packets that fit no SYN: 0
//! in Bob's table:
//!    LISTEN     port 22
//!    LISTEN     port 8080
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::experiment::{Experiment, Plan};
use barewire::probe::run;
use barewire::probe::scan::{Because, Config, Scan, State};
use barewire_tcp::{Flags, Segment, SeqNumber};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// The port that the SYNs leave from.
const OURS: u16 = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["forged", "absent"])?;
    let (alice, bob) = (experiment.address("alice")?, experiment.address("bob")?);
    let mut mallory = experiment.link("mallory", &[])?;
    let mut link = experiment.link("alice", &[OURS])?;
    let mut server = experiment.peer("bob")?;
    server.listen(22, 5)?;
    server.listen(8080, 5)?;

    if experiment.word() == "forged" {
        println!("Mallory sends SYN ACK from bob:23, with a number that is guessed");
        let (ack, flags) = (SeqNumber(123_456), Flags::SYN | Flags::ACK);
        let forged = Segment { ack, flags, window: 1000, ..Segment::empty(23, OURS) };
        mallory.send(&forged.ip_packet(bob, alice))?;
    }
    let (whom, host) = match experiment.word() {
        "absent" => ("a host that is not there", experiment.absent("bob", 1)?),
        _ => ("bob", bob),
    };
    println!("Alice scans {whom}");
    let retries = if experiment.word() == "absent" { 1 } else { 2 };
    let usual = Config::new(alice, host, vec![21, 22, 23, 8080]);
    // Two tries of one second each. After three seconds of ARP the kernel would answer in the place of the host.
    let config = Config { retries, wait: Duration::from_secs(1), ..usual };
    let mut scan = Scan::new(link.now(), config, &mut ChaCha8Rng::seed_from_u64(7)).from_port(OURS);
    let mut found = Vec::new();
    run(link.as_mut(), &mut scan, &|| false, |_, finding| {
        found.push(finding);
        Ok(())
    })?;

    found.sort_by_key(|finding| finding.port);
    for finding in &found {
        let state = match finding.state {
            State::Open => "open",
            State::Closed => "closed",
            State::Filtered => "filtered",
        };
        let because = match finding.because {
            Because::SynAck => "SYN ACK".to_owned(),
            Because::Reset => "RST".to_owned(),
            Because::Error { kind, .. } => format!("{:?}", kind.name()),
            Because::Silence => format!("silence, {} times", finding.tries),
        };
        println!("   port {}: {state}, by {because}", finding.port);
    }
    let summary = scan.summary();
    println!(
        "{} SYNs, {} resets of ours; packets that fit no SYN: {}",
        summary.probes, summary.resets, summary.strange
    );
    println!("in Bob's table:");
    server.sockets()?.iter().for_each(|row| println!("   {row}"));
    Ok(())
}
