//! Which server of a zone is asked next.
//!
//! ```text
//!   1  those that were asked least often about this name, and are not lame
//!   2  of these, the band: all whose wait is less than 400 ms above the best
//!   3  of these, a random one
//! ```
//!
//! The band is unbound's. A random choice in it spreads the load, gives a forger one more thing to guess
//! (RFC 5452 §4.4), and measures each server again and again. A server that nobody asked yet counts as fast, so that it
//! is tried, and each failure doubles what a server counts. Tested in `tests/resolver`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rand_core::Rng;

use super::slist::Slist;
use super::speeds::Speeds;
use super::trace::WhyServer;
use crate::exchange::{BAND, Config, Known};
use crate::name::Name;

/// A server that may be asked.
struct Candidate<'s> {
    name: &'s Name,
    at: SocketAddr,
    rank: u32,
    known: Known,
    counts: Duration,
}

/// Chooses a server of the list; `None` if all are crossed out, or none has an address.
pub(super) fn choose(
    now: Instant,
    slist: &Slist,
    speeds: &Speeds,
    config: &Config,
    rng: &mut dyn Rng,
) -> Option<(Name, SocketAddr, WhyServer)> {
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for server in &slist.servers {
        for address in server.addresses.iter().filter(|address| !address.out) {
            let known = speeds.of(now, address.at);
            let lame = u32::from(speeds.is_lame(now, address.at, &slist.zone));
            let (rank, counts) = (address.asked + lame, known.counts(config));
            candidates.push(Candidate { name: &server.name, at: address.at, rank, known, counts });
        }
    }
    let only = candidates.len() == 1;
    let rank = candidates.iter().map(|candidate| candidate.rank).min()?;
    candidates.retain(|candidate| candidate.rank == rank);
    let best = candidates.iter().map(|candidate| candidate.counts).min()?;
    candidates.retain(|candidate| candidate.counts < best.saturating_add(BAND));
    let drawn = (u64::from(rng.next_u32()) * candidates.len() as u64) >> 32;
    let size = candidates.len().try_into().unwrap_or(u32::MAX);
    let chosen = candidates.get(drawn as usize)?;
    let why = match chosen.known.round_trip {
        _ if rank > 0 => WhyServer::Again,
        _ if only => WhyServer::Only,
        None => WhyServer::Unknown,
        Some(round_trip) => WhyServer::Band(size, round_trip.smoothed()),
    };
    Some((chosen.name.clone(), chosen.at, why))
}
