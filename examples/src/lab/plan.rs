//! What a lab is to be: the topology, and what is started in it.

use super::topologies;
use super::topology::Topology;
use crate::failure::{Failure, Step};
use barewire_internet::relay;

/// What the relay does unless it is told something else.
const USUAL: [&str; 2] = ["delay=20ms", "loss=1%"];

/// A lab that is to be raised.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its hosts and cables.
    pub topology: &'static Topology,
    /// Whether servers are started: nginx, unbound and the like, as far as they are installed.
    pub servers: bool,
    /// What the relay of the topology `path` does.
    pub relay: relay::Plan,
}

impl Plan {
    /// The topology of this name, and no servers.
    ///
    /// # Errors
    /// [`Step::Usage`]: there is no topology of this name.
    pub fn of(topology: &str) -> Result<Plan, Failure> {
        let found = topologies::find(topology).ok_or_else(|| {
            let names: Vec<&str> = topologies::TOPOLOGIES.iter().map(|topology| topology.name).collect();
            let names = names.join(", ");
            Failure::new(Step::Usage, format!("there is no topology {topology}, but there are {names}"))
        })?;
        let usual = relay::Plan::read(USUAL).map_err(|why| Failure::new(Step::Usage, why))?;
        Ok(Plan { topology: found, servers: false, relay: usual })
    }

    /// With what is installed of nginx, unbound and the like.
    pub fn with_servers(self) -> Plan {
        Plan { servers: true, ..self }
    }

    /// With these words for the relay, those of `barewire relay`: `delay=50ms`, `loss=2%`.
    ///
    /// # Errors
    /// [`Step::Usage`]: the word that makes no sense, and what was wanted.
    pub fn with_relay<'a>(self, words: impl IntoIterator<Item = &'a str>) -> Result<Plan, Failure> {
        let relay = relay::Plan::read(USUAL.into_iter().chain(words));
        Ok(Plan { relay: relay.map_err(|why| Failure::new(Step::Usage, why))?, ..self })
    }
}
