//! A health check that opens a connection: it tells a balancer which of its backends take one.
//!
//! A balancer sees packets only, and can ping. A host whose program has died still answers a ping; it takes no
//! connection. Tested in `tests/services.rs`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_internet::balancer::{Health, Status};
use barewire_tcp::{Event, Handle};

use super::program::{Program, Sockets};

/// How often backends are tried, and how many tries count. A try has until the next one to succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Often {
    /// From try to try.
    pub interval: Duration,
    /// After so many failed tries in a row a backend is down.
    pub fall: u32,
    /// After so many good ones in a row it is up again.
    pub rise: u32,
}

/// The program: it tries all backends, and says what it finds.
pub struct HealthCheck {
    health: Health,
    often: Often,
    next: Instant,
    backends: Vec<Backend>,
}

struct Backend {
    name: String,
    address: SocketAddr,
    is_up: bool,
    /// The try that is under way.
    tried: Option<Handle>,
    /// How many tries in a row told the contrary of `is_up`.
    contrary: u32,
}

impl HealthCheck {
    /// A check that begins at `begins`, and says what it finds through `health`.
    pub fn new(health: Health, often: Often, begins: Instant) -> HealthCheck {
        HealthCheck { health, often, next: begins, backends: Vec::new() }
    }

    /// The same check, which also tries this backend. `name` is what the balancer calls it.
    pub fn backend(mut self, name: &str, address: SocketAddr) -> HealthCheck {
        let name = name.to_owned();
        self.backends.push(Backend { name, address, is_up: true, tried: None, contrary: 0 });
        self
    }

    /// A try of a backend ended.
    fn found(&mut self, index: usize, good: bool) {
        let Some(backend) = self.backends.get_mut(index) else { return };
        backend.tried = None;
        backend.contrary = if good == backend.is_up { 0 } else { backend.contrary + 1 };
        let enough = if backend.is_up { self.often.fall } else { self.often.rise };
        if backend.contrary >= enough {
            (backend.is_up, backend.contrary) = (good, 0);
            let status = if good { Status::Up } else { Status::Down };
            // A name that the balancer does not know is a mistake in the scene, which its table shows.
            let _ = self.health.set(&backend.name, status);
        }
    }
}

impl Program for HealthCheck {
    fn tcp(&mut self, now: Instant, sockets: &mut Sockets, event: &Event) {
        let good = match event {
            Event::Connected(_) => true,
            Event::Refused(_) | Event::Unreachable(_) | Event::Reset(_) | Event::TimedOut(_) => false,
            _ => return,
        };
        let about = |backend: &Backend| backend.tried == Some(event.handle());
        if let Some(index) = self.backends.iter().position(about) {
            sockets.tcp.release(now, event.handle());
            self.found(index, good);
        }
    }

    fn turn(&mut self, now: Instant, sockets: &mut Sockets) {
        if now < self.next {
            return;
        }
        self.next = now + self.often.interval;
        for index in 0..self.backends.len() {
            if let Some(handle) = self.backends[index].tried {
                sockets.tcp.abort(handle);
                self.found(index, false);
            }
            match sockets.tcp.connect(now, self.backends[index].address) {
                Ok(handle) => self.backends[index].tried = Some(handle),
                Err(_) => self.found(index, false),
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        Some(self.next)
    }
}
