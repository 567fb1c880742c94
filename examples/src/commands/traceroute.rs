//! `barewire traceroute`: which routers are on the way to a host, and what do they say?
//!
//! The core is [`probe::traceroute`](crate::probe::traceroute). Tested in `tests/probing.rs`.

mod json;
mod text;

use rand_core::Rng;

use super::probing::{Place, drive, drops, open, say, say_json, usage, write_capture};
use crate::cli::TracerouteArgs;
use crate::failure::Failure;
use crate::probe::question::Envelope;
use crate::probe::traceroute::{Config, Event, FIRST_PORT, Method, Outcome, Traceroute};

/// The length of a SYN with one option of four bytes.
const SYN_LENGTH: usize = 24;

/// Runs the command.
///
/// # Errors
/// [`Failure`]: the host has no address, or the network cannot be used.
pub fn run(args: &TracerouteArgs) -> Result<u8, Failure> {
    if args.first > args.max {
        return Err(usage(format!("the first hop {} comes after the last one {}", args.first, args.max)));
    }
    let mut place = open(&args.wire, std::slice::from_ref(&args.host), "traceroute", 0, false)?;
    let config = config(args, &mut place)?;
    let json = args.wire.json;
    if !json {
        let head = text::head(&args.host, &config, &place.about);
        say(&head).map_err(|error| usage(error.to_string()))?;
    }
    let mut traceroute = Traceroute::new(place.now(), config.clone());
    let mut is_there = false;
    let goes_on = drive(&mut place, &mut traceroute, |_, event| {
        is_there |= reaches(&event, &config);
        if json { say_json(&json::event(&event)) } else { say(&text::event(&event, &config)) }
    })?;
    write_capture(&place)?;
    if goes_on {
        let end = match json {
            true => format!("{}\n", json::counts(&traceroute, is_there, place.link.drops())),
            false => text::end(&traceroute, &config, is_there) + &drops(place.link.as_ref()),
        };
        super::output::print(&end)?;
    }
    Ok(u8::from(!is_there))
}

/// Whether the host itself answered.
fn reaches(event: &Event, config: &Config) -> bool {
    let Event::Hop(hop) = event else { return false };
    let from = |outcome: &Outcome| match outcome {
        Outcome::Answered(answered) => Some(answered.from),
        Outcome::Silence => None,
    };
    hop.is_last && hop.outcomes.iter().filter_map(from).any(|from| from == config.destination)
}

fn config(args: &TracerouteArgs, place: &mut Place) -> Result<Config, Failure> {
    let (source, destination) = place.target(&args.host)?;
    let usual = Config::new(source, destination);
    let method = match (args.icmp, args.tcp) {
        (true, _) => Method::Icmp,
        (_, Some(port)) => Method::Tcp(port),
        _ => Method::Udp(args.port.unwrap_or(FIRST_PORT)),
    };
    let mtu = place.mtu(destination);
    let size = match method {
        Method::Tcp(_) => Envelope::new(source, destination).header_length() + SYN_LENGTH,
        _ if args.mtu => mtu,
        _ => args.size.map_or(usual.size, usize::from),
    };
    Ok(Config {
        method,
        classic: args.classic,
        first_hop: args.first,
        max_hops: args.max,
        queries: args.queries,
        wait: args.wait,
        in_flight: args.in_flight.into(),
        size: size.min(mtu),
        finds_mtu: args.mtu,
        identifier: place.rng.next_u32() as u16,
        ..usual
    })
}
