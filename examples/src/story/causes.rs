//! Round trips, counted from the packets.
//!
//! A round trip is counted, not assumed. A packet that arrives was caused by one that was sent at least a round-trip
//! time before. A packet that is sent was caused by those that had arrived. The longest chain of causes that ends in a
//! packet is its depth. A phase took as many round trips as it made the depth grow.
//!
//! What carries data may cause a packet however much later it comes: the server thought about it. A bare ACK causes a
//! packet only if that comes one round trip later, as it does when a window was full. So a server that takes its time
//! adds to the milliseconds and not to the round trips, and so does a retransmission.
//!
//! An acknowledgment is a proof: a packet that acknowledges data was caused by them, however soon it came, and whatever
//! the clock of the capture says. So a request and its answer are never 0 round trips. What was sent twice proves
//! nothing by its second copy, as the first may be the one that is acknowledged.
//!
//! Left out: a capture that was taken at the server. There a round trip begins with what the server sends, and this
//! count, which looks with the client's eyes, finds fewer of them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::message::Numbers;
use super::row::{ConversationId, Fate, Row};

/// For each row, the depth of the packets up to it, the conversations added. `from_client` says which rows a client
/// sent.
pub(super) fn depths(rows: &[&Row], from_client: impl Fn(&Row) -> bool) -> Vec<u32> {
    let mut chains = measured(rows, &from_client);
    let mut depths = Vec::with_capacity(rows.len());
    let mut sum = 0;
    for row in rows {
        let Some(chain) = chains.get_mut(&row.conversation) else { continue };
        let before = chain.depth;
        match from_client(row) {
            true => chain.sent(row),
            // What was lost on its way to the client arrived nowhere.
            false if row.fate == Fate::Lost => {}
            false => chain.received(row),
        }
        sum += chain.depth - before;
        depths.push(sum);
    }
    depths
}

/// The shortest round trip of these rows: from an opening packet of the client (a SYN, a query) to the next packet that
/// came back, or from data of the client to its acknowledgment.
pub(super) fn shortest_round_trip(rows: &[&Row], from_client: impl Fn(&Row) -> bool) -> Option<Duration> {
    measured(rows, from_client).into_values().filter_map(|chain| chain.round_trip).min()
}

/// The conversations of these rows, with their round trips.
fn measured(rows: &[&Row], from_client: impl Fn(&Row) -> bool) -> BTreeMap<Option<ConversationId>, Chain> {
    let mut chains: BTreeMap<Option<ConversationId>, Chain> = BTreeMap::new();
    for row in rows {
        chains.entry(row.conversation).or_default().measure(row, from_client(row));
    }
    chains
}

/// The packets of one conversation.
#[derive(Default)]
struct Chain {
    /// When the client opened last, and nothing has come back yet.
    asked: Option<Duration>,
    /// Data that waits for its acknowledgment: when it was sent, and the number after it.
    unacknowledged: Option<(Duration, u32)>,
    /// The shortest round trip that was seen.
    round_trip: Option<Duration>,
    /// The depth of the packets received so far.
    depth: u32,
    /// What was sent, each with the depth of what had arrived by then.
    sent: Vec<Sent>,
}

/// A packet that was sent.
struct Sent {
    time: Duration,
    depth: u32,
    /// Whether it was a bare ACK.
    bare: bool,
    /// The acknowledgment number from which on it is acknowledged. None where no number proves that.
    acknowledged_at: Option<u32>,
}

impl Chain {
    /// A SYN or a query starts the clock, and the first packet that comes back stops it; so do data and their
    /// acknowledgment. What was sent again starts none: nobody knows which one was answered (RFC 6298 §3).
    fn measure(&mut self, row: &Row, sent: bool) {
        if sent && row.opens() {
            self.asked = if row.is_repeated() { None } else { Some(row.time) };
        } else if !sent
            && row.fate == Fate::Seen
            && let Some(asked) = self.asked.take()
        {
            self.took(row.time.saturating_sub(asked));
        }
        self.measure_data(row, sent);
    }

    fn measure_data(&mut self, row: &Row, sent: bool) {
        let Some(numbers) = &row.segment else { return };
        if sent && row.payload > 0 {
            let end = numbers.seq.wrapping_add(row.payload as u32);
            self.unacknowledged = match row.is_repeated() {
                true => None,
                false => self.unacknowledged.or(Some((row.time, end))),
            };
        } else if !sent
            && row.fate == Fate::Seen
            && let Some((time, _)) = self.unacknowledged.take_if(|(_, end)| acknowledges(numbers, *end))
        {
            self.took(row.time.saturating_sub(time));
        }
    }

    fn took(&mut self, time: Duration) {
        self.round_trip = Some(self.round_trip.map_or(time, |shortest| shortest.min(time)));
    }

    fn sent(&mut self, row: &Row) {
        let bare = row.is_bare_ack();
        // Of several packets sent at one depth the first will do. A bare ACK only counts for a while, so each is kept.
        if bare || self.sent.last().is_none_or(|last| last.bare || last.depth < self.depth) {
            let acknowledged_at = row.acknowledged_at().filter(|_| !row.is_repeated());
            self.sent.push(Sent { time: row.time, depth: self.depth, bare, acknowledged_at });
        }
    }

    fn received(&mut self, row: &Row) {
        let round_trip = self.round_trip.unwrap_or_default();
        // Times jitter: nine tenths of a round trip are enough, and one and a half the most for an ACK.
        let (least, most) = (round_trip * 9 / 10, round_trip * 3 / 2);
        let in_time = |sent: &Sent| {
            let ago = row.time.saturating_sub(sent.time);
            sent.time <= row.time && ago >= least && (!sent.bare || ago <= most)
        };
        let proved = |sent: &Sent| {
            let numbers = sent.acknowledged_at.zip(row.segment.as_ref());
            numbers.is_some_and(|(end, numbers)| acknowledges(numbers, end))
        };
        if let Some(cause) = self.sent.iter().rev().find(|sent| in_time(sent) || proved(sent)) {
            self.depth = self.depth.max(cause.depth + 1);
        }
    }
}

/// Whether the numbers of a segment acknowledge all up to `end`. Numbers are counted modulo 2^32 (RFC 9293 §3.4).
fn acknowledges(numbers: &Numbers, end: u32) -> bool {
    numbers.flags.ack() && numbers.ack.wrapping_sub(end) < 1 << 31
}

impl Row {
    /// Whether the other packet of this conversation, of the other side, acknowledges all of it.
    pub(super) fn is_acknowledged_by(&self, other: &Row) -> bool {
        let numbers = self.acknowledged_at().zip(other.segment.as_ref());
        numbers.is_some_and(|(end, numbers)| acknowledges(numbers, end))
    }

    /// The acknowledgment number that says that all of it has arrived. None where there is nothing to acknowledge.
    fn acknowledged_at(&self) -> Option<u32> {
        let numbers = self.segment.as_ref()?;
        let takes = self.payload as u32 + u32::from(numbers.flags.syn());
        (takes > 0).then(|| numbers.seq.wrapping_add(takes))
    }
}
