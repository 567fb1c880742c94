//! Which hosts an experiment has, and what joins them. Names and addresses are those of the lab's topologies.

use std::time::{Duration, Instant};

use barewire_internet::{Router, Topology, Wire};

/// Which hosts an experiment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// `client` and `server`, at the two ends of a wire.
    Pair,
    /// `alice`, `bob` and `mallory` on one network.
    Lan,
    /// `client`, `router`, `server`.
    Path,
}

/// A host of the toy internet: its name, and its addresses of both versions.
type Host = (&'static str, &'static str);

const PAIR: [Host; 2] = [("client", "10.77.0.1/24 fd77::1/64"), ("server", "10.77.0.2/24 fd77::2/64")];
const LAN: [Host; 3] = [
    ("alice", "10.77.3.1/24 fd77:3::1/64"),
    ("bob", "10.77.3.2/24 fd77:3::2/64"),
    ("mallory", "10.77.3.3/24 fd77:3::3/64"),
];
const PATH: [Host; 2] = [PAIR[0], ("server", "10.77.1.2/24 fd77:1::2/64")];
/// The two cards of the router between the hosts of [`PATH`].
const ROUTER: [&str; 2] = ["10.77.0.254/24 fd77::fe/64", "10.77.1.254/24 fd77:1::fe/64"];

impl Plan {
    /// The hosts of the toy internet that are driven from outside.
    pub(super) fn hosts(self) -> &'static [Host] {
        match self {
            Plan::Pair => &PAIR,
            Plan::Lan => &LAN,
            Plan::Path => &PATH,
        }
    }

    /// The name of the lab's topology.
    #[cfg(target_os = "linux")]
    pub(super) fn topology(self) -> &'static str {
        match self {
            Plan::Pair => "pair",
            Plan::Lan => "lan",
            Plan::Path => "path",
        }
    }

    /// The toy internet, drawn.
    pub(super) fn draw(self) -> Topology {
        let (start, wire) = (Instant::now(), Wire::with_delay(Duration::from_millis(1)));
        let mut plan = Topology::new(start, 1);
        self.hosts().iter().for_each(|(name, addresses)| plan.link(name, addresses));
        match self {
            Plan::Pair => plan.wire("client", "server", wire),
            Plan::Lan => {
                plan.switch("switch", "10.77.3.0/24 fd77:3::/64");
                self.hosts().iter().for_each(|(name, _)| plan.wire(name, "switch", wire.clone()));
            }
            Plan::Path => {
                plan.node("router", &ROUTER, Box::new(Router::new()));
                plan.wire("client", "router", wire.clone());
                plan.wire("router", "server", wire);
            }
        }
        plan
    }
}
