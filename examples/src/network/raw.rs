//! All four layers ours: TCP over a raw socket, on the host's own address.
//!
//! DNS goes over the kernel's UDP, as in `os`: there is nothing to learn from a raw UDP socket
//! that the toy internet does not show.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Instant, SystemTime};

use barewire_dns::RecordType;
use barewire_tcp::link::raw::{GuardKind, RawLink, RawOptions, local_address_for};
use barewire_tcp::{Config, Host, Stack};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::tcp_stream::{self, TraceTap};
use super::{Names, Network, Stream};
use crate::failure::{Failure, Step};
use crate::trace::Trace;

/// Our TCP on a raw socket.
pub struct Raw {
    names: Names,
    rng: ChaCha8Rng,
    trace: Trace,
    /// How the kernel is kept from answering in our place, once a connection was opened.
    guard: Option<GuardKind>,
}

impl Raw {
    /// The raw network, with this way to look up names.
    pub fn new(names: Names, rng: ChaCha8Rng) -> (Raw, Trace) {
        let trace = Trace::new("raw socket", Instant::now(), SystemTime::now());
        (Raw { names, rng, trace: trace.clone(), guard: None }, trace)
    }
}

impl Network for Raw {
    fn describe(&self) -> String {
        let guard = self.guard.map(|guard| format!(" ({guard})")).unwrap_or_default();
        format!("a raw socket: our TCP{guard}, the kernel's UDP")
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall_clock(&self) -> SystemTime {
        SystemTime::now()
    }

    fn rng(&mut self) -> &mut dyn Rng {
        &mut self.rng
    }

    fn lookup(
        &mut self,
        name: &str,
        records: &[RecordType],
        deadline: Option<Instant>,
    ) -> Result<Vec<IpAddr>, Failure> {
        self.names.lookup(name, records, deadline, &mut self.rng, &self.trace)
    }

    fn connect(&mut self, to: SocketAddr, deadline: Option<Instant>) -> Result<Box<dyn Stream>, Failure> {
        let failed = |error: io::Error| Failure::io(Step::Connect, &error);
        let local = local_address_for(to).map_err(failed)?;
        let link = RawLink::open(local, &RawOptions::default()).map_err(failed)?;
        self.guard = link.guard();
        let rng = ChaCha8Rng::seed_from_u64(self.rng.next_u64());
        let mut host = Host::new(vec![local], Config::default(), Box::new(rng));
        for port in link.ports() {
            host.reserve_port(port);
        }
        let stack = Stack::new(Box::new(link), host);
        stack.set_tap(Box::new(TraceTap(self.trace.clone())));
        tcp_stream::connect(&stack, to, deadline)
    }
}
