//! What each backend is, as it is said from outside.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// Says from outside what each backend is: an administrator, or a check that opens connections. Clones are the same
/// one.
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

impl Health {
    /// There is one more backend.
    pub(super) fn add(&self, name: Arc<str>) {
        let mut said = self.lock();
        said.names.push(name);
        said.statuses.push(Status::Up);
    }

    pub(super) fn status(&self, index: usize) -> Status {
        self.lock().statuses.get(index).copied().unwrap_or(Status::Down)
    }

    pub(super) fn changes(&self) -> u64 {
        self.lock().changes
    }
}
