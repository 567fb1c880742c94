//! The backends, and what is known of each.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::check::Checks;

/// What a backend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It gets flows.
    Up,
    /// It gets no new flows, and keeps those it has.
    Draining,
    /// It gets none, and its open ones meet what the settings say.
    Down,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Up => "up",
            Status::Draining => "draining",
            Status::Down => "down",
        })
    }
}

/// There is no backend of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchBackend(pub String);

impl fmt::Display for NoSuchBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this balancer has no backend {:?}", self.0)
    }
}

impl std::error::Error for NoSuchBackend {}

/// Says from outside what each backend is: an administrator, or a check that opens connections. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Health {
    said: Arc<Mutex<Said>>,
}

#[derive(Debug, Default)]
struct Said {
    names: Vec<Arc<str>>,
    statuses: Vec<Status>,
    /// How often a status was set.
    changes: u64,
}

impl Health {
    /// From now on the backend `name` is `status`. A check that fails makes it down all the same.
    ///
    /// # Errors
    /// [`NoSuchBackend`].
    pub fn set(&self, name: &str, status: Status) -> Result<(), NoSuchBackend> {
        let mut said = self.lock();
        let index = said.names.iter().position(|known| **known == *name);
        let index = index.ok_or_else(|| NoSuchBackend(name.to_owned()))?;
        said.statuses[index] = status;
        said.changes += 1;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server that a balancer sends flows to.
pub(super) struct Backend {
    pub(super) name: Arc<str>,
    pub(super) address: SocketAddr,
    pub(super) weight: u32,
    /// How many flows it has that are not closing.
    pub(super) open: u64,
}

/// All backends.
pub(super) struct Pool {
    pub(super) backends: Vec<Backend>,
    is_ipv4: bool,
    health: Health,
}

impl Pool {
    pub(super) fn new(is_ipv4: bool) -> Pool {
        Pool { backends: Vec::new(), is_ipv4, health: Health::default() }
    }

    pub(super) fn add(&mut self, name: &str, address: SocketAddr, weight: u32) {
        let name: Arc<str> = name.into();
        let mut said = self.health.lock();
        said.names.push(name.clone());
        said.statuses.push(Status::Up);
        drop(said);
        self.backends.push(Backend { name, address, weight, open: 0 });
    }

    pub(super) fn health(&self) -> Health {
        self.health.clone()
    }

    /// Counts the changes, of what was said and of what was checked.
    pub(super) fn changes(&self, checks: &Checks) -> u64 {
        self.health.lock().changes + checks.changes()
    }

    pub(super) fn status(&self, checks: &Checks, index: usize) -> Status {
        let said = self.health.lock().statuses.get(index).copied().unwrap_or(Status::Down);
        if checks.is_down(index) { Status::Down } else { said }
    }

    /// Its weight, if it may get a new flow; otherwise 0.
    pub(super) fn weight(&self, checks: &Checks, index: usize) -> u32 {
        let backend = &self.backends[index];
        let may = self.status(checks, index) == Status::Up && backend.address.is_ipv4() == self.is_ipv4;
        if may { backend.weight } else { 0 }
    }
}
