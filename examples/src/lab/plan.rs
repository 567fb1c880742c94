//! What a lab is to be: the topology, and what is started in it.

use super::topology::{self, Topology};
use crate::failure::{Failure, Step};

/// A lab that is to be raised.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its hosts and cables.
    pub topology: &'static Topology,
    /// Whether servers are started: nginx, unbound and the like, as far as they are installed.
    pub servers: bool,
    /// What the relay of the topology `path` does, in the words of `barewire relay`: `delay=20ms`, `loss=2%`.
    pub relay: Vec<String>,
}

impl Plan {
    /// The topology of this name, and no servers.
    ///
    /// # Errors
    /// [`Step::Usage`]: there is no topology of this name.
    pub fn of(topology: &str) -> Result<Plan, Failure> {
        let found = topology::find(topology).ok_or_else(|| {
            let names: Vec<&str> = topology::TOPOLOGIES.iter().map(|topology| topology.name).collect();
            let names = names.join(", ");
            Failure::new(Step::Usage, format!("there is no topology {topology}, but there are {names}"))
        })?;
        Ok(Plan { topology: found, servers: false, relay: Vec::new() })
    }

    /// With what is installed of nginx, unbound and the like.
    pub fn with_servers(self) -> Plan {
        Plan { servers: true, ..self }
    }

    /// With these words for the relay.
    pub fn with_relay(self, words: impl IntoIterator<Item = String>) -> Plan {
        Plan { relay: words.into_iter().collect(), ..self }
    }
}
