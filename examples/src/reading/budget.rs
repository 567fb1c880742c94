//! Where the time went: phases, and the round trips in each, counted from the packets.
//!
//! A round trip is counted, not assumed. A packet that arrives was caused by one that was sent at
//! least a round-trip time before; a packet that is sent was caused by those that had arrived. The
//! longest chain of causes that ends in a packet is its depth, and a phase took as many round
//! trips as it made the depth grow.
//!
//! What carries data may cause a packet however much later it comes: the server thought about it.
//! A bare ACK causes a packet only if that comes one round trip later, as it does when a window
//! was full. So a server that takes its time adds to the milliseconds and not to the round trips,
//! and so does a retransmission.

use std::time::Duration;

use super::row::{Mark, Row};

/// One phase of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// `DNS`, `TCP`, `TLS`, `wait` or `transfer`.
    pub name: &'static str,
    /// When it began, since the first packet.
    pub start: Duration,
    /// When it ended.
    pub end: Duration,
    /// The round trips it took.
    pub round_trips: u32,
}

impl Phase {
    /// How long it took.
    pub fn took(&self) -> Duration {
        self.end - self.start
    }
}

/// The latency budget of a fetch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Budget {
    /// The phases that were seen from start to end, in order.
    pub phases: Vec<Phase>,
    /// The round-trip time of the TCP connection: from the SYN to the SYN-ACK that answers it.
    pub tcp_round_trip: Option<Duration>,
}

impl Budget {
    /// Reads the budget from the packets.
    pub fn of(rows: &[Row]) -> Budget {
        let depths = depths(rows);
        let first = |mark| rows.iter().position(|row| row.has(mark));
        let last = |mark| rows.iter().rposition(|row| row.has(mark));
        // Names may be asked for more than once (A, then AAAA): DNS ends with the last reply
        // before the connection starts.
        let before_syn = first(Mark::Syn).unwrap_or(rows.len());
        let reply = rows[..before_syn].iter().rposition(|row| row.has(Mark::Reply));
        let request = first(Mark::Request);
        let ends = [
            ("DNS", first(Mark::Query), reply),
            ("TCP", first(Mark::Syn), first(Mark::SynAck)),
            ("TLS", first(Mark::ClientHello), first(Mark::ClientFinished)),
            ("wait", request, first(Mark::FirstByte)),
            ("transfer", first(Mark::FirstByte), last(Mark::LastByte)),
        ];
        let phase = |(name, start, end): (_, Option<usize>, Option<usize>)| {
            let (start, end) = (start?, end?);
            let round_trips = depths.get(end)?.saturating_sub(*depths.get(start)?);
            (start <= end).then(|| Phase { name, start: rows[start].time, end: rows[end].time, round_trips })
        };
        let phases = ends.into_iter().filter_map(phase).collect();
        Budget { phases, tcp_round_trip: round_trip(rows, Mark::Syn, Mark::SynAck) }
    }

    /// The phase of this name.
    pub fn phase(&self, name: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// From the first packet to the last byte of the response, as far as the fetch came.
    pub fn total(&self) -> Duration {
        self.phases.last().map_or(Duration::ZERO, |phase| phase.end)
    }

    /// Round trips before the first byte of the response.
    pub fn round_trips_to_first_byte(&self) -> u32 {
        self.phases.iter().filter(|phase| phase.name != "transfer").map(|phase| phase.round_trips).sum()
    }

    /// Round trips to the last byte.
    pub fn round_trips(&self) -> u32 {
        self.phases.iter().map(|phase| phase.round_trips).sum()
    }
}

/// The shortest time from a packet marked `ask` to the next one marked `answer`.
fn round_trip(rows: &[Row], ask: Mark, answer: Mark) -> Option<Duration> {
    let mut asked = None;
    let mut shortest: Option<Duration> = None;
    for row in rows {
        if row.has(ask) {
            asked = Some(row.time);
        } else if row.has(answer)
            && let Some(asked) = asked.take()
        {
            let took = row.time - asked;
            shortest = Some(shortest.map_or(took, |shortest| shortest.min(took)));
        }
    }
    shortest
}

/// For each row, the deepest chain of causes among the packets up to it, DNS and the rest added.
fn depths(rows: &[Row]) -> Vec<u32> {
    let is_dns = |row: &Row| row.has(Mark::Query) || row.has(Mark::Reply);
    let mut dns = Flow::new(round_trip(rows, Mark::Query, Mark::Reply));
    let mut tcp = Flow::new(round_trip(rows, Mark::Syn, Mark::SynAck));
    let mut depths = Vec::with_capacity(rows.len());
    for row in rows {
        let flow = if is_dns(row) { &mut dns } else { &mut tcp };
        if row.sent {
            flow.sent(row)
        } else {
            flow.received(row.time)
        }
        depths.push(dns.depth + tcp.depth);
    }
    depths
}

/// The packets between two hosts.
struct Flow {
    /// The shortest round trip that was seen.
    round_trip: Duration,
    /// The depth of the packets received so far.
    depth: u32,
    /// What was sent: when, at which depth, and whether it was a bare ACK.
    sent: Vec<(Duration, u32, bool)>,
}

impl Flow {
    fn new(round_trip: Option<Duration>) -> Flow {
        Flow { round_trip: round_trip.unwrap_or_default(), depth: 0, sent: Vec::new() }
    }

    fn sent(&mut self, row: &Row) {
        let bare = row.payload == 0 && row.marks.is_empty();
        // Of several packets sent at one depth the first will do; a bare ACK only counts for a while, so each is kept.
        if bare || self.sent.last().is_none_or(|&(_, depth, bare)| bare || depth < self.depth) {
            self.sent.push((row.time, self.depth, bare));
        }
    }

    fn received(&mut self, time: Duration) {
        // Times jitter: nine tenths of a round trip are enough, and one and a half the most for an ACK.
        let (least, most) = (self.round_trip * 9 / 10, self.round_trip * 3 / 2);
        let causes = self.sent.iter().rev().find(|&&(sent, _, bare)| {
            let ago = time.saturating_sub(sent);
            sent <= time && ago >= least && (!bare || ago <= most)
        });
        if let Some(&(_, depth, _)) = causes {
            self.depth = self.depth.max(depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Peer;

    fn row(millis: u64, sent: bool, marks: &[Mark]) -> Row {
        Row {
            packet: 0,
            time: Duration::from_millis(millis),
            sent,
            peer: Peer::Server,
            lines: Vec::new(),
            payload: usize::from(!marks.is_empty()),
            comment: None,
            made_up: false,
            unfinished: false,
            marks: marks.to_vec(),
        }
    }

    fn fetch() -> Vec<Row> {
        vec![
            row(0, true, &[Mark::Query]),
            row(10, false, &[Mark::Reply]),
            row(10, true, &[Mark::Syn]),
            row(60, false, &[Mark::SynAck]),
            row(60, true, &[]),
            row(60, true, &[Mark::ClientHello]),
            row(110, false, &[]),
            row(110, true, &[Mark::ClientFinished]),
            row(110, true, &[Mark::Request]),
            row(160, false, &[Mark::FirstByte]),
        ]
    }

    fn round_trips(budget: &Budget) -> Vec<(&str, u64, u32)> {
        budget.phases.iter().map(|p| (p.name, p.took().as_millis() as u64, p.round_trips)).collect()
    }

    #[test]
    fn a_cold_fetch_takes_four_round_trips_to_the_first_byte() {
        let mut rows = fetch();
        rows.push(row(160, false, &[Mark::LastByte]));
        let budget = Budget::of(&rows);
        let wanted = [("DNS", 10, 1), ("TCP", 50, 1), ("TLS", 50, 1), ("wait", 50, 1), ("transfer", 0, 0)];
        assert_eq!(round_trips(&budget), wanted);
        assert_eq!((budget.round_trips_to_first_byte(), budget.round_trips()), (4, 4));
        assert_eq!(budget.total(), Duration::from_millis(160));
    }

    #[test]
    fn slow_start_shows_as_round_trips_of_the_transfer() {
        let mut rows = fetch();
        rows.push(row(160, true, &[])); // an ACK opens the window
        rows.push(row(161, false, &[])); // sent before the ACK arrived: same depth
        let mut at_once = rows.clone();
        at_once[11].marks.push(Mark::LastByte);
        assert_eq!(round_trips(&Budget::of(&at_once))[4], ("transfer", 1, 0));
        rows.push(row(210, false, &[]));
        rows.push(row(210, true, &[]));
        rows.push(row(260, false, &[Mark::LastByte]));
        assert_eq!(round_trips(&Budget::of(&rows))[4], ("transfer", 100, 2));
    }

    #[test]
    fn a_server_that_thinks_takes_time_but_no_round_trip() {
        let mut rows = fetch();
        rows[9].time += Duration::from_millis(120);
        rows.insert(9, row(160, false, &[])); // session tickets, say
        rows.insert(10, row(200, true, &[])); // their ACK: the answer 80 ms later has another cause
        assert_eq!(round_trips(&Budget::of(&rows))[3], ("wait", 170, 1));
    }

    #[test]
    fn a_lost_packet_costs_time_but_no_round_trip() {
        let mut rows = fetch();
        for row in &mut rows[3..] {
            row.time += Duration::from_secs(1);
        }
        rows.insert(3, row(1010, true, &[Mark::Syn]));
        let budget = Budget::of(&rows);
        assert_eq!(round_trips(&budget)[1], ("TCP", 1050, 1));
        assert_eq!(budget.tcp_round_trip, Some(Duration::from_millis(50)));
    }

    #[test]
    fn a_fetch_that_broke_off_has_the_phases_it_finished() {
        assert_eq!(round_trips(&Budget::of(&fetch()[..4])), [("DNS", 10, 1), ("TCP", 50, 1)]);
        assert_eq!(Budget::of(&[]).total(), Duration::ZERO);
    }
}
