//! All four layers ours: TCP over a raw socket, on the host's own address.
//!
//! DNS goes over the kernel's UDP, as in `os`: there is nothing to learn from a raw UDP socket
//! that the toy internet does not show.

use std::io;
use std::net::SocketAddr;
use std::time::{Instant, SystemTime};

use barewire_dissect::several;
use barewire_dns::driver::Transport;
use barewire_packet::link::guard::GuardKind;
use barewire_packet::link::raw::{RawLink, RawOptions};
use barewire_packet::link::route::{local_address_for, mtu_toward};
use barewire_tcp::{Config, Host, Stack};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::os::Os;
use crate::network::stack_streams::{StackStreams, Stacks, TraceTap};
use crate::network::{Names, Network, Streams};
use crate::trace::Trace;

/// Our TCP on a raw socket.
pub(super) struct Raw {
    /// Names and time are those of the kernel's network, and so is the trace.
    kernel: Os,
    streams: StackStreams<RawStacks>,
}

/// A stack for each connection: each link guards ports of its own.
struct RawStacks {
    rng: ChaCha8Rng,
    trace: Trace,
    /// Whether it does Fast Open. Then each stack is told what the one before has learned.
    fast_open: bool,
    last: Option<Stack>,
    /// How the kernel is kept from answering in our place, once a connection was opened.
    guard: Option<GuardKind>,
    /// What was lost by the links of connections that are over.
    lost: Lost,
}

/// Packets that were lost in this machine.
#[derive(Debug, Clone, Copy, Default)]
struct Lost {
    received: u64,
    sent: u64,
}

impl Lost {
    /// With what the link of this stack has lost.
    fn and(self, stack: &Stack) -> Lost {
        Lost { received: self.received + stack.drops().unwrap_or_default(), sent: self.sent + stack.unsent() }
    }

    fn sentences(self) -> Vec<String> {
        let packets = |count| several(count, "packet");
        let mut sentences = Vec::new();
        if self.received > 0 {
            sentences.push(format!(
                "the raw socket's queue had no room for {}, and our TCP had to get them again: \
                 `sudo sysctl net.core.rmem_max=4194304` allows a larger one",
                packets(self.received)
            ));
        }
        if self.sent > 0 {
            sentences.push(format!(
                "{} did not leave this machine: its send queue was full, or its firewall has a rule against that",
                packets(self.sent)
            ));
        }
        sentences
    }
}

impl Raw {
    /// The raw network, with this way to look up names, with Fast Open or not.
    pub(super) fn new(names: Names, mut rng: ChaCha8Rng, fast_open: bool) -> Raw {
        let for_stacks = ChaCha8Rng::seed_from_u64(rng.next_u64());
        let kernel = Os::new(names, rng);
        let trace = kernel.trace().clone();
        let stacks =
            RawStacks { rng: for_stacks, trace, fast_open, last: None, guard: None, lost: Lost::default() };
        Raw { kernel, streams: StackStreams::new(stacks) }
    }
}

impl Stacks for RawStacks {
    fn stack(&mut self, to: SocketAddr) -> io::Result<Stack> {
        let local = local_address_for(to)?;
        // A larger MTU than Ethernet's is the loopback's, or one that the first router may not share.
        let options = RawOptions::default();
        let mtu = mtu_toward(to).unwrap_or(options.mtu).min(options.mtu);
        let link = RawLink::open(local, &RawOptions { mtu, ..options })?;
        self.guard = link.guard();
        let rng = ChaCha8Rng::seed_from_u64(self.rng.next_u64());
        // As much as Linux gives a connection, where the path is long and wide enough.
        let config = Config { receive_buffer_max: 4 << 20, fast_open: self.fast_open, ..Config::default() };
        let mut host = Host::new(vec![local], config, Box::new(rng));
        for port in link.ports() {
            host.reserve_port(port);
        }
        if let Some(last) = self.last.take() {
            host.knows_servers(last.servers());
        }
        let stack = Stack::new(Box::new(link), host);
        stack.set_tap(Box::new(TraceTap(self.trace.clone())));
        self.last = Some(stack.clone()).filter(|_| self.fast_open);
        Ok(stack)
    }

    fn released(&mut self, stack: &Stack) {
        self.lost = self.lost.and(stack);
    }

    fn pass(&self, deadline: Option<Instant>) -> io::Result<()> {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        std::thread::sleep(left.unwrap_or_default());
        Ok(())
    }
}

impl Network for Raw {
    fn describe(&self) -> String {
        let guard = self.streams.stacks.guard.map(|guard| format!(" ({guard})")).unwrap_or_default();
        format!("a raw socket: our TCP{guard}, the kernel's UDP")
    }

    fn now(&self) -> Instant {
        self.kernel.now()
    }

    fn wall_clock(&self) -> SystemTime {
        self.kernel.wall_clock()
    }

    fn rng(&mut self) -> &mut dyn Rng {
        self.kernel.rng()
    }

    fn trace(&self) -> &Trace {
        self.kernel.trace()
    }

    fn names(&self) -> &Names {
        self.kernel.names()
    }

    fn transport(&mut self) -> Box<dyn Transport> {
        self.kernel.transport()
    }

    fn complaints(&self) -> Vec<String> {
        self.streams.in_use().fold(self.streams.stacks.lost, Lost::and).sentences()
    }

    fn streams(&mut self) -> &mut dyn Streams {
        &mut self.streams
    }
}

#[cfg(test)]
mod tests;
