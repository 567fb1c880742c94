//! The tables of a balancer, to be looked at.

use std::net::SocketAddr;
use std::time::Instant;

use super::Balancer;
use super::backend::Backend;
use super::flow::OpenFlow;
use crate::table::Table;

impl Balancer {
    pub(super) fn backends_table(&self, now: Instant) -> Table {
        // What has ended by now still counts until the next packet comes.
        let mut open = vec![0u64; self.pool.backends.len()];
        for (_, flow, _) in self.flows.sorted(now).iter().filter(|(_, flow, _)| flow.phase.is_open()) {
            open[flow.backend] += 1;
        }
        let row = |(index, backend): (usize, &Backend)| {
            let status = self.pool.status(index).to_string();
            let (weight, open) = (backend.weight.to_string(), open[index].to_string());
            vec![backend.name.to_string(), backend.address.to_string(), status, weight, open]
        };
        Table {
            title: format!("backends of {}", self.service),
            columns: vec!["name", "address", "state", "weight", "open flows"],
            rows: self.pool.backends.iter().enumerate().map(row).collect(),
        }
    }

    pub(super) fn flows_table(&self, now: Instant) -> Table {
        let row = |(client, open, until): (SocketAddr, &OpenFlow, Instant)| {
            let backend = self.pool.backends[open.backend].name.to_string();
            let left = format!("{} s", (until - now).as_secs());
            vec![client.to_string(), backend, open.phase.to_string(), left]
        };
        Table {
            title: format!("flows of {}", self.service),
            columns: vec!["client", "backend", "state", "ends in"],
            rows: self.flows.sorted(now).into_iter().map(row).collect(),
        }
    }
}
