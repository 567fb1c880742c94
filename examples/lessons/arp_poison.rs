//! ARP: who says at whose card an address is? Anybody does, and is believed. That is ARP poisoning.
//!
//! On an Ethernet a packet goes to a card, by its MAC address. A host asks everybody "who has Bob's address?" and keeps
//! the answer in a table (RFC 826; for IPv6 RFC 4861 §7.2). Nothing is signed, so whoever answers is right. And nobody
//! has to ask: a host that has a new card announces it (RFC 5227 §3), and those who know its address take the new
//! place over. Here Mallory announces Bob's address at her card. From then on she gets what Alice sends to Bob.
//!
//! How it shows: two addresses at one card in the table, and an address that moves. A watcher at Alice's card, with an
//! address of its own, has asked for Bob before, and hears that he has moved. (The program arpwatch does this.)
//!
//! With `--wire` the table is that of a kernel. Linux takes such news over only for addresses that it knows already.
//!
//! Try: `cargo run --example arp_poison -- static`: Bob's card is written into Alice's table by hand, for good. Does
//! she still believe Mallory? And who would write these tables in a network of a thousand hosts? Then `-- -6`: IPv6 has
//! no ARP. Does that help (RFC 4861 §11.1)?
//!
//! ```text
//! The watcher finds 10.77.3.2
//! Alice sends "hello" to bob
//!    it comes to bob
//! Alice sends "hello" to mallory
//!    it comes to mallory
//! Alice's table
//!    10.77.3.2 is at bob's card
//!    10.77.3.3 is at mallory's card
//! Mallory says that 10.77.3.2 is at her card
//! The watcher says that 10.77.3.2 has moved to another card
//! Alice's table
//!    10.77.3.2 is at mallory's card
//!    10.77.3.3 is at mallory's card
//! Alice sends "my password" to bob
//!    it comes to mallory
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use barewire::experiment::{Card, Ethernet, Experiment, Plan};
use barewire_packet::link::Link;
use barewire_packet::link::datalink::neighbours::Event;
use barewire_packet::udp;

/// How long a host listens.
const WAIT: Duration = Duration::from_millis(100);

/// A host's name, its address with a port, and what comes to its card.
type Host = (&'static str, SocketAddr, Box<dyn Link>);

/// Alice sends a text. Says to whose card it came.
fn send(hosts: &mut [Host], to: usize, text: &str) -> Result<(), Box<dyn Error>> {
    let packet = udp::ip_packet(hosts[0].1, hosts[to].1, text.as_bytes());
    println!("Alice sends {text:?} to {}", hosts[to].0);
    hosts[0].2.send(&packet)?;
    for (name, _, link) in &mut hosts[1..] {
        let deadline = link.now() + WAIT;
        while let Some(heard) = link.receive(Some(deadline))? {
            if heard == packet {
                println!("   it comes to {name}");
            }
        }
    }
    Ok(())
}

/// Says what the watcher has found out.
fn watch(watcher: &mut dyn Card) -> Result<(), Box<dyn Error>> {
    let deadline = watcher.now() + WAIT;
    while watcher.receive(Some(deadline))?.is_some() {}
    while let Some(event) = watcher.event() {
        match event {
            Event::Found { address, .. } => println!("The watcher finds {address}"),
            Event::Moved { address, .. } => {
                println!("The watcher says that {address} has moved to another card")
            }
            _ => (),
        }
    }
    Ok(())
}

fn table(ethernet: &dyn Ethernet, hosts: &[Host]) -> Result<(), Box<dyn Error>> {
    println!("Alice's table");
    let is_told = |address| hosts.iter().any(|(_, host, _)| host.ip() == address);
    for (address, card) in ethernet.table("alice")?.into_iter().filter(|(address, _)| is_told(*address)) {
        println!("   {address} is at {card}'s card");
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let experiment = Experiment::begin(Plan::Lan, &["static"])?;
    let ethernet = experiment.ethernet()?;
    let mut hosts: Vec<Host> = Vec::new();
    for name in ["alice", "bob", "mallory"] {
        hosts.push((name, experiment.end(name, 4000)?, ethernet.link(name)?));
    }
    let (bob, own) = (hosts[1].1, experiment.absent("alice", 1)?);
    let mut watcher = ethernet.claim("alice", own)?;
    watcher.send(&udp::ip_packet(SocketAddr::new(own, 4000), bob, b"Are you there?"))?;
    watch(watcher.as_mut())?;

    send(&mut hosts, 1, "hello")?;
    send(&mut hosts, 2, "hello")?;
    if experiment.word() == "static" {
        ethernet.fix("alice", bob.ip(), "bob")?;
    }
    table(ethernet.as_ref(), &hosts)?;

    println!("Mallory says that {} is at her card", bob.ip());
    let _mallory = ethernet.claim("mallory", bob.ip())?;
    watch(watcher.as_mut())?;
    table(ethernet.as_ref(), &hosts)?;
    send(&mut hosts, 1, "my password")
}
