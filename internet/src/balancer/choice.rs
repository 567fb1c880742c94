//! Which backend a new flow gets.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::backend::Backend;
use super::maglev::{Maglev, hash};
use super::pool::Pool;

/// How a backend is chosen. All but the last look at every backend, once for each new flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// One after the other, whatever their weights.
    RoundRobin,
    /// One after the other, each as often as its weight says, spread evenly: 5, 1, 1 gives a a b a c a a (nginx).
    WeightedRoundRobin,
    /// The one with the fewest open flows for its weight; the first of several.
    LeastConnections,
    /// By a hash of the client's address, so that a client keeps its backend. The table has this many places
    /// ([`Maglev`]; 65,537 are plenty for 600 backends).
    SourceHash(usize),
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Algorithm::RoundRobin => "round robin",
            Algorithm::WeightedRoundRobin => "weighted round robin",
            Algorithm::LeastConnections => "least connections",
            Algorithm::SourceHash(_) => "source hash",
        })
    }
}

/// Chooses, and remembers what it needs for the next choice.
pub(super) struct Chooser {
    algorithm: Algorithm,
    /// Where the round is.
    last: usize,
    /// What each backend has saved up in the weighted round.
    credit: Vec<i64>,
    /// The table of the hash, and the changes of the pool that it knows of.
    table: Option<(u64, Maglev)>,
}

impl Chooser {
    pub(super) fn new(algorithm: Algorithm) -> Chooser {
        Chooser { algorithm, last: usize::MAX, credit: Vec::new(), table: None }
    }

    /// The backend for a new flow of `client`, if there is one.
    pub(super) fn choose(&mut self, pool: &Pool, client: SocketAddr) -> Option<usize> {
        if let Algorithm::SourceHash(size) = self.algorithm {
            return self.by_hash(pool, size, client.ip());
        }
        let weights: Vec<u32> = (0..pool.backends.len()).map(|index| pool.weight(index)).collect();
        match self.algorithm {
            Algorithm::RoundRobin => self.next_in_round(&weights),
            Algorithm::WeightedRoundRobin => self.next_by_credit(&weights),
            _ => fewest_flows(pool, &weights),
        }
    }

    fn next_in_round(&mut self, weights: &[u32]) -> Option<usize> {
        let round = (1..=weights.len()).map(|step| self.last.wrapping_add(step) % weights.len());
        self.last = round.into_iter().find(|index| weights[*index] > 0)?;
        Some(self.last)
    }

    /// Each saves up its weight; the richest is chosen, and pays for all.
    fn next_by_credit(&mut self, weights: &[u32]) -> Option<usize> {
        self.credit.resize(weights.len(), 0);
        let mut richest: Option<usize> = None;
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
            self.credit[index] += i64::from(*weight);
            if richest.is_none_or(|richest| self.credit[index] > self.credit[richest]) {
                richest = Some(index);
            }
        }
        let chosen = richest?;
        self.credit[chosen] -= weights.iter().map(|weight| i64::from(*weight)).sum::<i64>();
        Some(chosen)
    }

    fn by_hash(&mut self, pool: &Pool, size: usize, client: IpAddr) -> Option<usize> {
        let changes = pool.changes();
        if self.table.as_ref().is_none_or(|(known, _)| *known != changes) {
            let backend =
                |(index, backend): (usize, &Backend)| (backend.name.to_string(), pool.weight(index));
            let backends: Vec<(String, u32)> = pool.backends.iter().enumerate().map(backend).collect();
            self.table = Some((changes, Maglev::new(&backends, size)));
        }
        let key = match client {
            IpAddr::V4(client) => hash(&client.octets(), 0),
            IpAddr::V6(client) => hash(&client.octets(), 0),
        };
        self.table.as_ref().and_then(|(_, table)| table.find(key))
    }
}

/// Compares flows / weight without dividing.
fn fewest_flows(pool: &Pool, weights: &[u32]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for index in (0..weights.len()).filter(|index| weights[*index] > 0) {
        let load = |of: usize, other: usize| u128::from(pool.backends[of].open) * u128::from(weights[other]);
        if best.is_none_or(|best| load(index, best) < load(best, index)) {
            best = Some(index);
        }
    }
    best
}
