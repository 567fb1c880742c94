//! Our own TCP as [`Streams`]: what `toy` and `raw` have in common.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use barewire_packet::link::Way;
use barewire_tcp::{Direction, Stack, State, Tap, TcpStream, Variables};

use super::streams::{Awaited, StreamId, Streams, no_such_stream};
use crate::failure::{Failure, Step};
use crate::trace::Trace;

/// How long one of several stacks is waited for before the next one has its turn.
const SLICE: Duration = Duration::from_millis(5);

/// Puts every packet of a [`Stack`] into a trace.
pub(in crate::network) struct TraceTap(pub(in crate::network) Trace);

impl Tap for TraceTap {
    fn packet(&mut self, now: Instant, direction: Direction, packet: &[u8], note: &str) {
        let way = match direction {
            Direction::Sent => Way::Sent,
            Direction::Received => Way::Received,
        };
        self.0.seen(now, way, packet, note);
    }

    fn wants_variables(&self) -> bool {
        self.0.wants_variables()
    }

    fn variables(&mut self, now: Instant, variables: &Variables) {
        self.0.variables(now, variables);
    }
}

/// Where the stack for a connection comes from: one for all, or a new one for each.
pub(in crate::network) trait Stacks {
    /// The stack for a connection to `to`.
    fn stack(&mut self, to: SocketAddr) -> io::Result<Stack>;
    /// The connection that this stack was for is over, and nobody reads it any more.
    fn released(&mut self, _: &Stack) {}
    /// Lets time pass until `deadline`, where no connection is open.
    fn pass(&self, deadline: Option<Instant>) -> io::Result<()>;
}

impl Stacks for Stack {
    fn stack(&mut self, _: SocketAddr) -> io::Result<Stack> {
        Ok(self.clone())
    }

    fn pass(&self, deadline: Option<Instant>) -> io::Result<()> {
        self.turn(deadline)
    }
}

/// Connections over such stacks.
pub(in crate::network) struct StackStreams<S> {
    pub(in crate::network) stacks: S,
    streams: BTreeMap<StreamId, (Stack, TcpStream)>,
    next: u64,
}

impl<S> StackStreams<S> {
    /// No connection yet.
    pub(in crate::network) fn new(stacks: S) -> StackStreams<S> {
        StackStreams { stacks, streams: BTreeMap::new(), next: 0 }
    }

    /// The stacks of the connections that nobody has released yet.
    pub(in crate::network) fn in_use(&self) -> impl Iterator<Item = &Stack> {
        self.streams.values().map(|(stack, _)| stack)
    }
}

impl<S: Stacks> Streams for StackStreams<S> {
    fn open(&mut self, to: SocketAddr) -> Result<StreamId, Failure> {
        let failed = |error: io::Error| Failure::io(Step::Connect, &error);
        let stack = self.stacks.stack(to).map_err(failed)?;
        let stream = TcpStream::begin(&stack, to).map_err(failed)?;
        // A read or a write that would have to wait comes back at once.
        stream.set_read_timeout(Some(Duration::ZERO));
        stream.set_write_timeout(Some(Duration::ZERO));
        let id = StreamId(self.next);
        self.next += 1;
        self.streams.insert(id, (stack, stream));
        Ok(id)
    }

    fn opened(&mut self, id: StreamId) -> Option<Result<[SocketAddr; 2], Failure>> {
        let failed = |error: io::Error| Failure::io(Step::Connect, &error);
        let Some((_, stream)) = self.streams.get(&id) else { return Some(Err(failed(no_such_stream()))) };
        Some(stream.opened()?.map(|()| [stream.local_addr(), stream.peer_addr()]).map_err(failed))
    }

    fn read(&mut self, id: StreamId, buffer: &mut [u8]) -> io::Result<usize> {
        self.streams.get_mut(&id).ok_or_else(no_such_stream)?.1.read(buffer)
    }

    fn write(&mut self, id: StreamId, bytes: &[u8]) -> io::Result<usize> {
        self.streams.get_mut(&id).ok_or_else(no_such_stream)?.1.write(bytes)
    }

    fn finish(&mut self, id: StreamId) {
        if let Some((_, stream)) = self.streams.get(&id) {
            // Where the FIN cannot be sent, the stream ends without one.
            let _ = stream.shutdown(Shutdown::Write);
        }
    }

    fn is_over(&mut self, id: StreamId) -> bool {
        let Some((_, stream)) = self.streams.get_mut(&id) else { return true };
        let mut waste = [0; 4096];
        while let Ok(1..) = stream.read(&mut waste) {}
        matches!(stream.state(), State::TimeWait | State::Closed)
    }

    fn release(&mut self, id: StreamId) {
        if let Some((stack, _)) = self.streams.remove(&id) {
            self.stacks.released(&stack);
        }
    }

    /// One stack is waited for as long as it takes; several take turns.
    fn wait(&mut self, streams: &[Awaited], deadline: Option<Instant>) -> io::Result<()> {
        let mut stacks: Vec<&Stack> = Vec::new();
        for (stack, _) in streams.iter().filter_map(|one| self.streams.get(&one.id)) {
            if !stacks.iter().any(|known| known.is_same(stack)) {
                stacks.push(stack);
            }
        }
        match stacks[..] {
            [] => self.stacks.pass(deadline),
            [stack] => stack.turn(deadline),
            _ => stacks.iter().try_for_each(|stack| {
                let slice = stack.now() + SLICE;
                stack.turn(Some(deadline.map_or(slice, |deadline| deadline.min(slice))))
            }),
        }
    }
}
