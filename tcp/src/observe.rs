//! The passive observer: what a capture shows, segment by segment, and the streams put in order.
//!
//! ```text
//!    frame, time, addresses, segment ──▶ Observer ──▶ Seen: numbers, notes, bytes in order,
//!                                            │              both ends' states
//!                                            └──▶ connections(): a Summary of each
//! ```
//!
//! It knows nothing but segments: not which program sent them, nor whether the capture is its own. So its word on a
//! segment ("retransmission", "duplicate ACK") is a reading, as Wireshark's is: what the sender had in mind is not on
//! the wire.
//!
//! Connections are numbered as tshark 4.0 numbers `tcp.stream`: in the order of their first frames; a SYN between
//! known ends with a new initial sequence number begins a new one.
//!
//! Memory is bounded. A connection takes 1.2 KB for as long as the observer lives. Bytes that wait after a hole
//! take at most 4 MiB in one direction and 64 MiB in all connections together; more end the waiting, and a
//! [`Note::Gap`] says so.
//!
//! Reading order: [`Seen`] and [`Note`]; `analysis.rs` (what a segment means), `loss.rs` (which retransmission is
//! which), `stream.rs` (bytes in order, and gaps), `end_state.rs` (the states of both ends).
//!
//! Left out: IP fragments (the caller puts them together). Tested in `tests/observe/`, over every capture in the
//! tree in `tests/captures.rs`, and against tshark in `tests/tshark.rs`.

mod analysis;
mod end_state;
mod flow;
mod loss;
mod memory;
mod note;
mod passing;
mod retransmission;
mod seen;
mod stream;
mod summary;
mod table;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use barewire_dissect::Direction;
use barewire_packet::checksum::Verdict;

use crate::packet::{Packet, Payload};
use crate::segment::Segment;
use memory::Memory;
use passing::Passing;
use stream::{Delivery, Waiting};
use table::{Place, Table};

pub use end_state::EndState;
pub use memory::MOST_WAITING_IN_ALL;
pub use note::{GapReason, Note, NoteKind};
pub use retransmission::Retransmission;
pub use seen::{Chunk, Numbers, Seen};
pub use stream::{MOST_WAITING, PATIENCE};
pub use summary::{Outcome, Summary};

/// Watches segments go by.
#[derive(Debug, Default)]
pub struct Observer {
    table: Table,
    memory: Memory,
}

impl Observer {
    /// What a connection takes, in bytes, beside what waits after its holes.
    pub const BYTES_PER_CONNECTION: usize = Table::BYTES_PER_CONNECTION;

    /// A segment goes by.
    ///
    /// `frame` is its number in the capture and `time` its time, from any origin. `missing` says how many bytes of
    /// its payload the capture has cut off. `verdict` is about its checksum: a segment with a wrong one is followed
    /// all the same, and gets a [`Note::Checksum`].
    #[expect(clippy::too_many_arguments, reason = "each is one thing that a capture tells")]
    pub fn segment<'a>(
        &mut self,
        frame: u64,
        time: Duration,
        source: IpAddr,
        destination: IpAddr,
        segment: &Segment<'a>,
        missing: usize,
        verdict: Verdict,
    ) -> Seen<'a> {
        let source = SocketAddr::new(source, segment.source_port);
        let destination = SocketAddr::new(destination, segment.destination_port);
        let Place { connection, direction, reused } =
            self.table.find((frame, time), (source, destination), segment);
        let passing = Passing { frame, time, direction, segment, missing };
        let mut out = Delivery::default();
        if reused {
            out.notes.push(Note::PortsReused);
        }
        if matches!(verdict, Verdict::Wrong { .. } | Verdict::Unfinished) {
            out.notes.push(Note::Checksum(verdict));
        }
        self.follow(connection, &passing, out)
    }

    /// A whole packet goes by: [`Observer::segment`] with what the packet says. None if it carries no TCP.
    pub fn packet<'a>(&mut self, frame: u64, time: Duration, packet: &Packet<'a>) -> Option<Seen<'a>> {
        let Payload::Tcp(segment) = &packet.payload else { return None };
        let header = &packet.ip.header;
        let (source, destination) = (header.source(), header.destination());
        Some(self.segment(frame, time, source, destination, segment, packet.missing, packet.verdict))
    }

    /// The numbers of a segment that is known not to have arrived, and so takes no part in its connection. None if
    /// nothing was seen of that.
    pub fn numbers(&self, source: IpAddr, destination: IpAddr, segment: &Segment<'_>) -> Option<Numbers> {
        let source = SocketAddr::new(source, segment.source_port);
        let destination = SocketAddr::new(destination, segment.destination_port);
        self.table.numbers(source, destination, segment)
    }

    /// The connections seen so far, in the order of their first frames.
    pub fn connections(&self) -> &[Summary] {
        &self.table.summaries
    }

    /// Whether all bytes of a direction up to its FIN have been handed out.
    pub fn has_ended(&self, connection: usize, direction: Direction) -> bool {
        self.table.flows.get(connection).is_some_and(|flows| flows[direction.index()].has_ended())
    }

    /// The caller has found out, from the first bytes of the layer above, that client and server are the other way
    /// round. Swaps the two. Does nothing where a SYN has told which is which.
    pub fn turn_round(&mut self, connection: usize) {
        if self.table.summaries.get(connection).is_some_and(|summary| !summary.client_known) {
            let before = self.waiting_in(connection);
            self.table.turn_round(connection);
            self.account(connection, before);
        }
    }

    /// The capture has ended: what still waits after holes in a connection is handed out, with a [`Note::Gap`] for
    /// each hole.
    pub fn finish(&mut self, connection: usize) -> (Vec<Note>, Vec<Chunk<'static>>) {
        let mut out = Delivery::default();
        if connection < self.table.flows.len() {
            let before = self.waiting_in(connection);
            for direction in Direction::BOTH {
                self.table.flows[connection][direction.index()].stream.flush(direction, &mut out);
            }
            self.table.summaries[connection].count_delivered(Direction::ToServer, &out);
            self.account(connection, before);
        }
        (out.notes, out.chunks)
    }

    /// How many bytes the observer keeps after holes now, their upkeep included.
    pub fn waiting(&self) -> usize {
        self.memory.used()
    }

    /// Follows a segment of a known connection.
    fn follow<'a>(
        &mut self,
        connection: usize,
        passing: &Passing<'_, 'a>,
        mut out: Delivery<'a>,
    ) -> Seen<'a> {
        let before = self.waiting_in(connection);
        let summary = &mut self.table.summaries[connection];
        let flows = &mut self.table.flows[connection];
        let numbers = analysis::follow(flows, passing, &mut out);
        let [client, server] = &*flows;
        let round_trip = client.reaction.zip(server.reaction).map(|(near, far)| near + far);
        summary.take(passing, round_trip, &out);
        let reset = summary.reset.is_some();
        let client_speaks = passing.direction == Direction::ToServer;
        let ends =
            [client.end_state(server, client_speaks, reset), server.end_state(client, !client_speaks, reset)];
        self.account(connection, before);
        Seen {
            connection,
            direction: passing.direction,
            flags: passing.segment.flags,
            seq: numbers.seq,
            ack: numbers.ack,
            window: numbers.window,
            length: passing.length(),
            notes: out.notes,
            chunks: out.chunks,
            ends,
        }
    }

    fn waiting_in(&self, connection: usize) -> [Waiting; 2] {
        let [client, server] = &self.table.flows[connection];
        [client.stream.waiting(), server.stream.waiting()]
    }

    /// Accounts for what waits in a connection now. If the budget is spent, those who wait longest give back theirs.
    fn account(&mut self, connection: usize, before: [Waiting; 2]) {
        let after = self.waiting_in(connection);
        if before == after {
            return;
        }
        for direction in Direction::BOTH {
            let way = direction.index();
            self.memory.account(connection, direction, before[way], after[way]);
        }
        while let Some((connection, direction)) = self.memory.over_budget() {
            let before = self.waiting_in(connection)[direction.index()];
            self.table.flows[connection][direction.index()].stream.forget(direction);
            self.memory.account(connection, direction, before, Waiting::default());
        }
    }
}
