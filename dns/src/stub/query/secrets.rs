//! The random numbers of a lookup, drawn before it begins.

use std::collections::VecDeque;

use rand_core::Rng;

use crate::exchange::{Config, Secrets};

/// How often a lookup asks for the target of an alias. A server that recurses follows aliases itself, so more than one
/// such question is rare.
const MAX_TARGETS: usize = 4;

/// The random numbers of a lookup: for its question, and for the targets of aliases.
pub(in crate::stub) struct QuerySecrets {
    /// Which server begins, if they take turns.
    pub(super) turn: usize,
    pub(super) first: Vec<Secrets>,
    pub(super) spare: VecDeque<Vec<Secrets>>,
}

impl QuerySecrets {
    /// Draws them for so many servers.
    pub(in crate::stub) fn draw(servers: usize, config: &Config, rng: &mut dyn Rng) -> QuerySecrets {
        let turn = if config.rotate && servers > 0 { rng.next_u32() as usize % servers } else { 0 };
        let mut draw = || -> Vec<Secrets> { (0..servers).map(|_| Secrets::draw(config, rng)).collect() };
        QuerySecrets { turn, first: draw(), spare: (0..MAX_TARGETS).map(|_| draw()).collect() }
    }
}
