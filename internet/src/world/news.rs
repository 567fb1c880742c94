//! Which news of routes a router has heard, so that nothing older counts. How news spreads is in `spread.rs`.

use std::collections::HashMap;

use crate::prefix::Prefix;
use crate::routes::Route;

/// The number of the latest news that each router has heard of a prefix. Older news that comes later changes nothing:
/// a router that knows of a withdrawal does not fall for the announcement before it.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The number of the latest news.
    latest: u64,
    /// What was news before the routers last converged counts no more.
    converged_at: u64,
    /// Only of prefixes that were announced or withdrawn since the routers last converged.
    heard: HashMap<(usize, Prefix), u64>,
}

/// What a router hears: its way to a prefix, or that there is none any more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Learned {
    pub(super) station: usize,
    pub(super) prefix: Prefix,
    pub(super) route: Option<Route>,
    pub(super) number: u64,
}

impl News {
    /// The number of one more piece of news.
    pub(super) fn next(&mut self) -> u64 {
        self.latest += 1;
        self.latest
    }

    /// All routers know everything: what is still on its way to them counts no more.
    pub(super) fn converge(&mut self) {
        self.converged_at = self.latest;
        self.heard.clear();
    }

    /// A router hears something. Whether it is newer than all that it has heard of this prefix.
    pub(super) fn is_new(&mut self, learned: &Learned) -> bool {
        let heard = self.heard.entry((learned.station, learned.prefix)).or_insert(self.converged_at);
        let is_new = learned.number > *heard;
        *heard = learned.number.max(*heard);
        is_new
    }
}
