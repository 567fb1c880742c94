//! The kernel's sockets under our DNS, TLS and HTTP.
//!
//! The kernel keeps the headers of what it sends and receives. So that a trace of this network
//! can be read like any other, what is read and written is framed in made-up headers, on an interface that says so.

use std::time::{Instant, SystemTime};

use barewire_dns::driver::{Sockets, Transport};
use rand_chacha::ChaCha8Rng;
use rand_core::Rng;

use super::kernel_streams::KernelStreams;
use super::made_up::DnsTap;
use crate::network::{Names, Network, Streams};
use crate::trace::Trace;

/// The kernel's network.
pub(super) struct Os {
    names: Names,
    rng: ChaCha8Rng,
    trace: Trace,
    streams: KernelStreams,
}

impl Os {
    /// The kernel's network, with this way to look up names.
    pub(super) fn new(names: Names, rng: ChaCha8Rng) -> Os {
        let trace = Trace::new("this host", Instant::now(), SystemTime::now());
        let streams = KernelStreams::new(trace.clone());
        Os { names, rng, trace, streams }
    }
}

impl Network for Os {
    fn describe(&self) -> String {
        "the kernel's UDP and TCP".into()
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

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn names(&self) -> &Names {
        &self.names
    }

    fn transport(&mut self) -> Box<dyn Transport> {
        Box::new(Sockets::owning_tap(Box::new(DnsTap::new(self.trace.clone()))))
    }

    fn streams(&mut self) -> &mut dyn Streams {
        &mut self.streams
    }
}
