//! `barewire ping`: is a host there, and how long is the way to it and back?
//!
//! The core is [`probe::ping`](crate::probe::ping); here it is given a place, and what it says becomes the lines of
//! iputils' ping. Tested in `tests/probing.rs`.

mod json;
mod text;

use rand_core::Rng;

use super::probing::{Place, drive, drops, open, say, say_json, usage, write_capture};
use crate::cli::{Fragmenting, PingArgs};
use crate::failure::Failure;
use crate::probe::ping::{Config, Ping, Question, Statistics};

/// How many probes are enough where time is virtual and nobody presses Ctrl+C.
const IN_THE_TOY: u64 = 4;

/// Runs the command.
///
/// # Errors
/// [`Failure`]: the host has no address, or the network cannot be used.
pub fn run(args: &PingArgs) -> Result<u8, Failure> {
    // No port has a guard: what a SYN-ACK offers, the kernel resets too, and the port is as open as it was.
    let mut place = open(&args.wire, std::slice::from_ref(&args.host), "first_page", 0, false)?;
    let config = config(args, &mut place)?;
    let json = args.wire.json;
    if !json {
        let head = text::head(&args.host, &config, &place.about);
        say(&head).map_err(|error| usage(error.to_string()))?;
    }
    let mut ping = Ping::new(place.now(), config.clone());
    let wants_rows = !args.quiet && !json;
    let goes_on = drive(&mut place, &mut ping, |_, event| {
        if json {
            say_json(&json::event(&event))?;
        }
        if wants_rows { say(&text::row(&event, &config)) } else { Ok(()) }
    })?;
    write_capture(&place)?;
    let statistics = ping.statistics();
    if goes_on {
        let end = match json {
            true => format!("{}\n", json::statistics(statistics, place.link.drops())),
            false => format!("\n{statistics}{}", drops(place.link.as_ref())),
        };
        super::output::print(&end)?;
    }
    Ok(exit_code(statistics, &config))
}

/// As ping's: 0 there was an answer. With -w and -c, as many as were wanted.
fn exit_code(statistics: &Statistics, config: &Config) -> u8 {
    let wanted = config.deadline.and(config.count).unwrap_or(1);
    u8::from(statistics.received < wanted)
}

fn config(args: &PingArgs, place: &mut Place) -> Result<Config, Failure> {
    let (source, destination) = place.target(&args.host)?;
    let dont_fragment = args.dont_fragment || args.fragmenting == Fragmenting::Do;
    let question = match (args.tcp, args.udp) {
        (Some(port), _) => Question::Syn(port),
        (_, Some(port)) => Question::Datagram(port),
        _ => Question::Echo,
    };
    let mut cookie = [0; 8];
    place.rng.fill_bytes(&mut cookie);
    let size = usize::from(args.size);
    let mtu = place.mtu(destination);
    // A datagram of UDP and an echo request have 8 bytes of header each.
    let fits = size + 8 + if source.is_ipv4() { 20 } else { 40 } <= mtu;
    let in_toy = place.is_toy() && args.deadline.is_none();
    Ok(Config {
        question,
        count: args.count.or(in_toy.then_some(IN_THE_TOY)),
        interval: args.interval,
        size,
        patience: args.patience,
        deadline: args.deadline,
        hops: args.ttl,
        dont_fragment: dont_fragment || (args.fragmenting == Fragmenting::Want && fits),
        mtu,
        identifier: place.rng.next_u32() as u16,
        cookie,
        ..Config::new(source, destination)
    })
}
