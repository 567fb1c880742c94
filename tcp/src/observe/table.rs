//! The connections that were seen, and which of them a segment belongs to.
//!
//! The rules are those of tshark 4.0: two ends make one conversation; a SYN between known ends with a new initial
//! sequence number makes a new one; a SYN-ACK with a new number begins the conversation's numbers anew.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use barewire_dissect::Direction;

use crate::observe::flow::Flow;
use crate::observe::seen::Numbers;
use crate::observe::summary::Summary;
use crate::segment::Segment;

/// All connections, in the order of their first frames.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) summaries: Vec<Summary>,
    /// By [`Direction::index`]: what the client sends, what the server sends.
    pub(super) flows: Vec<[Flow; 2]>,
    by_ends: HashMap<(SocketAddr, SocketAddr), usize>,
}

/// Where a segment belongs.
pub(super) struct Place {
    pub(super) connection: usize,
    pub(super) direction: Direction,
    /// Whether the same ends had a connection before this one.
    pub(super) reused: bool,
}

impl Table {
    /// A row here, and a place in the map, which is at least half full.
    pub(super) const BYTES_PER_CONNECTION: usize =
        size_of::<Summary>() + size_of::<[Flow; 2]>() + 2 * size_of::<((SocketAddr, SocketAddr), usize)>();

    /// Finds the connection of a segment, or makes a new one.
    pub(super) fn find(
        &mut self,
        (frame, time): (u64, Duration),
        (source, destination): (SocketAddr, SocketAddr),
        segment: &Segment<'_>,
    ) -> Place {
        let ends = in_order(source, destination);
        let known = self.by_ends.get(&ends).copied();
        if let Some(connection) = known.filter(|known| !self.begins_anew(*known, source, segment)) {
            self.learn_client(connection, source, segment);
            return Place { connection, direction: self.way(connection, source), reused: false };
        }
        // A SYN-ACK seen without its SYN still tells which end is the server.
        let from_server = segment.flags.syn() && segment.flags.ack();
        let (client, server) = if from_server { (destination, source) } else { (source, destination) };
        let connection = self.summaries.len();
        self.summaries.push(Summary::new(client, server, segment.flags.syn(), frame, time));
        self.flows.push(Default::default());
        self.by_ends.insert(ends, connection);
        Place { connection, direction: self.way(connection, source), reused: known.is_some() }
    }

    /// The numbers of a segment that takes no part in its connection. None if the connection is not known.
    pub(super) fn numbers(
        &self,
        source: SocketAddr,
        destination: SocketAddr,
        segment: &Segment<'_>,
    ) -> Option<Numbers> {
        let connection = *self.by_ends.get(&in_order(source, destination))?;
        let direction = self.way(connection, source);
        let flow = &self.flows[connection][direction.index()];
        let peer = &self.flows[connection][direction.reversed().index()];
        let ack = if segment.flags.ack() { peer.relative(segment.ack) } else { 0 };
        let seq = flow.relative(segment.seq);
        Some(Numbers { connection, direction, seq, ack, window: flow.window(segment, peer) })
    }

    /// Which way a segment from `source` goes.
    fn way(&self, connection: usize, source: SocketAddr) -> Direction {
        if self.summaries[connection].client == source { Direction::ToServer } else { Direction::ToClient }
    }

    /// Whether it is a SYN with another initial sequence number than the one known.
    fn begins_anew(&self, connection: usize, source: SocketAddr, segment: &Segment<'_>) -> bool {
        let flow = &self.flows[connection][self.way(connection, source).index()];
        segment.flags.syn() && !segment.flags.ack() && flow.isn.is_some_and(|isn| isn != segment.seq)
    }

    /// A SYN tells which end is the client, also when it comes after other segments.
    fn learn_client(&mut self, connection: usize, source: SocketAddr, segment: &Segment<'_>) {
        if !segment.flags.syn() || self.summaries[connection].client_known {
            return;
        }
        let from_client = !segment.flags.ack();
        if (self.summaries[connection].client == source) != from_client {
            self.turn_round(connection);
        }
        self.summaries[connection].client_known = true;
    }

    /// Swaps client and server.
    pub(super) fn turn_round(&mut self, connection: usize) {
        self.summaries[connection].turn_round();
        self.flows[connection].swap(0, 1);
    }
}

/// Two ends, the same whichever of them has sent.
fn in_order(source: SocketAddr, destination: SocketAddr) -> (SocketAddr, SocketAddr) {
    if source <= destination { (source, destination) } else { (destination, source) }
}
