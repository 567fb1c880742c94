//! The backends, and what is known of each: what was said of it, and what its checks told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use barewire_packet::transit::Transit;

use super::backend::Backend;
use super::check::Checks;
use super::health::{Health, Status};
use crate::prefix::Address;

/// All backends.
pub(super) struct Pool {
    pub(super) backends: Vec<Backend>,
    is_ipv4: bool,
    health: Health,
    checks: Checks,
}

impl Pool {
    pub(super) fn new(is_ipv4: bool, checks: Checks) -> Pool {
        Pool { backends: Vec::new(), is_ipv4, health: Health::default(), checks }
    }

    pub(super) fn add(&mut self, name: &str, address: SocketAddr, weight: u32) {
        let name: Arc<str> = name.into();
        self.health.add(name.clone());
        self.checks.add();
        self.backends.push(Backend { name, address, weight, open: 0 });
    }

    pub(super) fn health(&self) -> Health {
        self.health.clone()
    }

    /// Counts the changes, of what was said and of what was checked.
    pub(super) fn changes(&self) -> u64 {
        self.health.changes() + self.checks.changes()
    }

    pub(super) fn status(&self, index: usize) -> Status {
        if self.checks.is_down(index) { Status::Down } else { self.health.status(index) }
    }

    /// Its weight, if it may get a new flow; otherwise 0.
    pub(super) fn weight(&self, index: usize) -> u32 {
        let backend = &self.backends[index];
        let may = self.status(index) == Status::Up && backend.address.is_ipv4() == self.is_ipv4;
        if may { backend.weight } else { 0 }
    }

    /// The next ping of the checks.
    pub(super) fn transmit(&mut self, now: Instant, own: &[Address]) -> Option<Vec<u8>> {
        self.checks.transmit(now, &self.backends, own)
    }

    /// Whether a packet is an answer to a ping. If so: of which backend, and whether that is up again by it.
    pub(super) fn answered(&mut self, packet: &Transit) -> Option<(Arc<str>, bool)> {
        self.checks.answered(&self.backends, packet)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.checks.deadline()
    }
}
