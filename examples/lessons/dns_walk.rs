//! The walk from the root: who knows the address of a name, and who knows who knows?
//!
//! No server has all names. A server of the root knows the servers of `test`, those know the servers of `example.test`,
//! and one of these has the address (RFC 1034 §5.3.3). A resolver goes this way for its clients, and remembers what it
//! learns: the second time it asks nobody. Each line below is one question: to whom, for which zone, how long the reply
//! took, what the question was, and what came of it. The first question of all is which servers the root has now,
//! because the resolver was only told two addresses by its operator (RFC 9609 §3). Watch how much of the name each
//! server learns.
//!
//! Try: `cargo run --example dns_walk -- later`: the third question comes 301 seconds after the second. The address may
//! be kept for 300 seconds, and the names of servers for a day. How many servers are asked again, and which? Then
//! `-- whole`: the resolver sends the whole name to each server. Which servers learn something that they do not need to
//! know? Then `-- neighbours`: after www.example.test come other names of the zone, one that does not exist and comes
//! twice, and one in another zone below test. How many questions does each of them cost?
//!
//! ```text
//! www.example.test A: 203.0.113.80
//!   .              b.root            80.0 ms  NS? .                 the answer
//!   .              a.root             8.0 ms  A? test               ask others
//!   test.          a.nic.test        20.0 ms  A? example.test       ask others
//!   example.test.  ns1.example.test  40.0 ms  A? www.example.test   the answer
//!   4 questions, 148.1 ms
//! www.example.test A: 203.0.113.80
//!   0 questions, 0.0 ms
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::network::{Network, Toy, ToyOptions, ToyUdp};
use barewire::services::zones::root_hints;
use barewire_dissect::several;
use barewire_dns::driver::{Transport, resolve};
use barewire_dns::resolver::reading::Reading;
use barewire_dns::resolver::{Config, Flags, Hints, Resolver};
use barewire_dns::{Class, Name, Question, RecordType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const NAME: &str = "www.example.test";

/// Asks for the address of a name, and prints each question that the resolver puts to a server for it.
fn ask(resolver: &mut Resolver, network: &mut ToyUdp, name: &str) -> Result<(), Box<dyn Error>> {
    let question = Question { name: Name::parse_text(name)?, rtype: RecordType::A, class: Class::IN };
    let begun = network.now();
    let resolution = resolve(resolver, question, Flags::default(), network).ok_or("no answer")?;
    let took = (network.now() - begun).as_secs_f64() * 1000.0;
    let data: Vec<String> = resolution.answer.records().map(|record| record.data.to_string()).collect();
    println!(
        "{name} A: {}",
        if data.is_empty() { resolution.answer.rcode.to_string() } else { data.join(" ") }
    );
    for query in resolution.trace.queries() {
        let asked = format!("{}? {}", query.sent.rtype, query.sent.name);
        let round_trip = query.round_trip.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
        let (zone, server) = (query.zone.with_dot().to_string(), query.name.to_string());
        let came = query.reading.map_or("no reply", in_short);
        println!("  {zone:<13}  {server:<16} {round_trip:5.1} ms  {asked:<21} {came}");
    }
    println!("  {}, {took:.1} ms", several(resolution.trace.queries().count() as u64, "question"));
    Ok(())
}

/// What a reply is worth to the resolver, in two or three words.
fn in_short(reading: Reading) -> &'static str {
    match reading {
        Reading::Answer => "the answer",
        Reading::Referral => "ask others",
        Reading::NxDomain => "no such name",
        Reading::NoData => "no such record",
        _ => "of no use",
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (minimise, names, wait) = match words.join(" ").as_str() {
        "" => (true, &[NAME, NAME][..], None),
        "later" => (true, &[NAME, NAME, NAME][..], Some(Duration::from_secs(301))),
        "whole" => (false, &[NAME][..], None),
        "neighbours" => {
            let neighbours = ["mail.example.test", "nope.example.test", "nope.example.test", "www.shop.test"];
            (true, &[&[NAME][..], &neighbours].concat()[..], None)
        }
        other => return Err(format!("{other} is not known here; try later, whole or neighbours").into()),
    };
    let toy = Toy::new(ToyOptions::default()).map_err(|error| error.to_string())?;
    let hints = Hints::parse(root_hints().as_bytes())?;
    // The servers of the toy internet have IPv4 addresses.
    let config = Config { minimise, ipv6: false, ..Config::default() };
    let rng = Box::new(ChaCha8Rng::seed_from_u64(1));
    let mut resolver = Resolver::new(toy.now(), toy.wall_clock(), config, hints, None, rng);
    let mut network = toy.udp();
    for (number, name) in names.iter().enumerate() {
        if let Some(wait) = wait.filter(|_| number == 2) {
            let until = network.now() + wait;
            while network.now() < until && network.receive(until)?.is_some() {}
            println!("{} seconds later", wait.as_secs());
        }
        ask(&mut resolver, &mut network, name)?;
    }
    Ok(())
}
