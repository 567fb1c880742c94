//! What is in flight: one record for each segment that was sent and is not yet acknowledged.
//!
//! ```text
//!   snd.una                                                    snd.nxt
//!      ├──────────┼──────────┼──────────┼──────────┼──────────┤
//!      │ Lost     │ Delivered│ InFlight │ Delivered│ InFlight │   what is known of each
//!      ├──────────┼──────────┼──────────┼──────────┼──────────┤
//! ```
//!
//! SACK marks records as delivered (the scoreboard of RFC 6675 §3), the detectors in [`crate::recovery`] mark them as
//! lost, and what is neither is in the pipe. Nothing here decides: it counts.
//!
//! Tested in `tests/flight.rs`, against a plain list.

use std::collections::VecDeque;
use std::time::Instant;

use crate::delivery_rate::Departure;
use crate::seq::SeqNumber;

/// One segment that was sent and is not yet acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct SentSegment {
    /// Its first number.
    pub first: SeqNumber,
    /// The number after its last.
    pub end: SeqNumber,
    /// When it was sent, for the last time.
    pub sent_at: Instant,
    /// When it was sent for the first time.
    pub first_sent_at: Instant,
    /// How often it was sent.
    pub transmissions: u32,
    /// What is known of it.
    pub standing: Standing,
    /// What had been delivered when it was sent.
    pub departure: Departure,
}

/// What is known of a segment in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: it is on its way.
    InFlight,
    /// The peer has it, says SACK. It is kept until it is acknowledged, because the peer may drop it (RFC 2018 §8).
    Delivered,
    /// It is taken for lost, and is to be sent again.
    Lost(LostBy),
}

/// How a loss was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LostBy {
    /// The retransmission timer ran out (RFC 6298 §5.4).
    Timer,
    /// The third duplicate ACK (RFC 5681 §3.2).
    DuplicateAcks,
    /// An ACK in fast recovery that stopped short of it (RFC 6582 §3.2).
    PartialAck,
    /// Enough that was sent after it has arrived (RFC 6675 §4, IsLost).
    Sack,
    /// Something that was sent well after it has arrived (RFC 8985 §6.2).
    Rack,
    /// The peer had no room for it, and has some now.
    NoRoom,
    /// It is larger than the path takes (RFC 1191 §6.4).
    TooLarge,
    /// It went with our SYN, or after one that was lost, and the ACK of the SYN does not acknowledge it
    /// (RFC 7413 §4.2.2).
    Opening,
    /// The peer sends its SYN again: it has not heard ours.
    SynRepeated,
    /// Both ends open at once, and our SYN goes out again with an ACK.
    BothOpen,
}

impl SentSegment {
    /// How many numbers it takes.
    pub fn length(&self) -> u32 {
        self.end.since(self.first)
    }

    fn is_lost(&self) -> bool {
        matches!(self.standing, Standing::Lost(_))
    }
}

/// The segments in flight, in the order of their numbers.
#[derive(Debug, Default)]
pub struct Flight {
    segments: VecDeque<SentSegment>,
    /// All numbers in flight.
    size: u32,
    /// Bytes that SACK reports as delivered, and in how many segments.
    delivered: u32,
    delivered_segments: u32,
    /// Bytes that are taken for lost and were not sent again yet.
    lost: u32,
    /// Bytes that duplicate ACKs speak of, where the peer has no SACK to say which (RFC 5681 §3.2).
    presumed: u32,
    /// Before this number nothing is lost. It saves looking at the same records again.
    lost_from: SeqNumber,
}

/// What is asked about the flight.
impl Flight {
    /// Whether nothing is in flight.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// How much memory is held beside the records, in bytes.
    pub fn spare(&self) -> usize {
        (self.segments.capacity() - self.segments.len()) * size_of::<SentSegment>()
    }

    /// Frees it, if nothing is in flight.
    pub fn give_back(&mut self) {
        if self.is_empty() {
            self.segments = VecDeque::new();
        }
    }

    /// The segments, in the order of their numbers.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &SentSegment> {
        self.segments.iter()
    }

    /// The first segment.
    pub fn front(&self) -> Option<&SentSegment> {
        self.segments.front()
    }

    /// The last segment.
    pub fn back(&self) -> Option<&SentSegment> {
        self.segments.back()
    }

    /// All numbers in flight: FlightSize (RFC 5681 §2).
    pub fn size(&self) -> u32 {
        self.size
    }

    /// What is thought to be in the network: neither delivered nor lost (RFC 6675 §4, pipe).
    pub fn pipe(&self) -> u32 {
        self.size().saturating_sub(self.delivered).saturating_sub(self.lost).saturating_sub(self.presumed)
    }

    /// Bytes that SACK reports as delivered.
    pub fn delivered(&self) -> u32 {
        self.delivered
    }

    /// How many segments SACK reports as delivered.
    pub fn delivered_segments(&self) -> u32 {
        self.delivered_segments
    }

    /// Bytes that duplicate ACKs speak of, where the peer has no SACK.
    pub fn presumed(&self) -> u32 {
        self.presumed
    }

    /// Bytes that are to be sent again.
    pub fn lost(&self) -> u32 {
        self.lost
    }

    /// The first segment that is to be sent again, and how its loss was noticed.
    pub fn first_lost(&self) -> Option<(&SentSegment, LostBy)> {
        if self.lost == 0 {
            return None;
        }
        self.segments.range(self.index_of(self.lost_from)..).find_map(|segment| match segment.standing {
            Standing::Lost(by) => Some((segment, by)),
            Standing::InFlight | Standing::Delivered => None,
        })
    }

    /// Where the first segment stands that ends after `number`.
    fn index_of(&self, number: SeqNumber) -> usize {
        self.segments.partition_point(|segment| segment.end.at_or_before(number))
    }
}

/// What happens to the flight.
impl Flight {
    /// A segment was sent for the first time. It follows the last one.
    pub fn push(&mut self, segment: SentSegment) {
        self.size += segment.length();
        self.segments.push_back(segment);
    }

    /// Everything before `ack` is acknowledged. `each` sees those that SACK had not reported before.
    pub fn acknowledge(&mut self, ack: SeqNumber, mut each: impl FnMut(&SentSegment)) {
        let before = self.size();
        while self.segments.front().is_some_and(|segment| segment.end.at_or_before(ack))
            && let Some(segment) = self.segments.pop_front()
        {
            self.size -= segment.length();
            self.count_out(&segment, segment.length());
            self.delivered_segments -= u32::from(segment.standing == Standing::Delivered);
            if segment.standing != Standing::Delivered {
                each(&segment);
            }
        }
        self.cut_front(ack);
        self.presumed = self.presumed.saturating_sub(before - self.size()).min(self.most_presumed());
    }

    /// The part of the first segment that is before `ack` is acknowledged.
    fn cut_front(&mut self, ack: SeqNumber) {
        if let Some(segment) = self.segments.front_mut()
            && ack.after(segment.first)
        {
            let (length, part) = (ack.since(segment.first), *segment);
            segment.first = ack;
            self.size -= length;
            self.count_out(&part, length);
        }
    }

    /// A block of SACK: the segments that lie wholly in it are delivered. `each` sees those that are so for the first
    /// time.
    pub fn sack(&mut self, first: SeqNumber, end: SeqNumber, mut each: impl FnMut(&SentSegment)) {
        let start = self.segments.partition_point(|segment| segment.first.before(first));
        for at in start..self.segments.len() {
            let segment = self.segments[at];
            if segment.end.after(end) {
                break;
            }
            if segment.standing != Standing::Delivered {
                each(&segment);
                self.set(at, Standing::Delivered);
            }
        }
    }

    /// Marks those segments as lost that are on their way and of which `is_lost` says so. Gives their bytes.
    pub fn lose(&mut self, by: LostBy, mut is_lost: impl FnMut(&SentSegment) -> bool) -> u32 {
        let before = self.lost;
        for at in 0..self.segments.len() {
            let segment = self.segments[at];
            if segment.standing == Standing::InFlight && is_lost(&segment) {
                self.set(at, Standing::Lost(by));
            }
        }
        self.presumed = self.presumed.min(self.most_presumed());
        self.lost - before
    }

    /// The first segment is lost, whatever was thought of it.
    pub fn lose_first(&mut self, by: LostBy) -> u32 {
        let before = self.lost;
        if !self.segments.is_empty() {
            self.set(0, Standing::Lost(by));
        }
        self.presumed = self.presumed.min(self.most_presumed());
        self.lost.saturating_sub(before)
    }

    /// The segment that begins at `first` was sent again, up to `end`. If that is only a part of it, the rest becomes
    /// a record of its own. The last segment may have taken new text along: then `end` is after its own.
    pub fn sent_again(&mut self, first: SeqNumber, end: SeqNumber, now: Instant, departure: Departure) {
        let at = self.index_of(first);
        let Some(segment) = self.segments.get(at).copied() else { return };
        if end.before(segment.end) {
            self.segments.insert(at + 1, SentSegment { first: end, ..segment });
            self.segments[at].end = end;
            // One record has become two. A probe of the window may cut one that the peer has reported.
            self.delivered_segments += u32::from(segment.standing == Standing::Delivered);
        }
        self.set(at, Standing::InFlight);
        let is_last = at + 1 == self.segments.len();
        let segment = &mut self.segments[at];
        if is_last && end.after(segment.end) {
            self.size += end.since(segment.end);
            segment.end = end;
        }
        segment.sent_at = now;
        segment.transmissions = segment.transmissions.saturating_add(1);
        segment.departure = departure;
    }

    /// The segment that begins at `first` is lost in this way, whatever was thought of it.
    pub fn lose_at(&mut self, first: SeqNumber, by: LostBy) {
        let at = self.index_of(first);
        if self.segments.get(at).is_some_and(|segment| segment.first == first) {
            self.set(at, Standing::Lost(by));
        }
    }

    /// Neighbours that are lost in this way become one record. It goes out again in pieces that need not end where the
    /// first ones did.
    pub fn join_lost(&mut self, by: LostBy) {
        let mut joined: VecDeque<SentSegment> = VecDeque::with_capacity(self.segments.len());
        for segment in self.segments.drain(..) {
            match joined.back_mut() {
                Some(last) if segment.standing == Standing::Lost(by) && last.standing == segment.standing => {
                    last.end = segment.end;
                    last.transmissions = last.transmissions.max(segment.transmissions);
                }
                _ => joined.push_back(segment),
            }
        }
        self.segments = joined;
    }

    /// A duplicate ACK of a peer without SACK: one more segment of `size` bytes has arrived, nobody knows which.
    pub fn presume(&mut self, size: u32) {
        self.presumed = self.presumed.saturating_add(size).min(self.most_presumed());
    }

    /// Duplicate ACKs can speak of every segment but the first, which is the one that is missing.
    fn most_presumed(&self) -> u32 {
        match self.segments.front() {
            Some(first) if !first.is_lost() => {
                self.size() - first.length() - self.lost.min(self.size() - first.length())
            }
            _ => self.size().saturating_sub(self.lost),
        }
    }

    /// Nothing was lost after all: what was not sent again is on its way.
    pub fn forget_losses(&mut self) {
        for at in 0..self.segments.len() {
            if self.segments[at].is_lost() {
                self.set(at, Standing::InFlight);
            }
        }
    }

    /// The peer has dropped what it had reported (RFC 2018 §8): nothing is delivered.
    pub fn forget_deliveries(&mut self) {
        self.presumed = 0;
        for at in 0..self.segments.len() {
            if self.segments[at].standing == Standing::Delivered {
                self.set(at, Standing::InFlight);
            }
        }
    }

    /// The connection is over.
    pub fn clear(&mut self) {
        *self = Flight::default();
    }

    fn set(&mut self, at: usize, standing: Standing) {
        let mut segment = self.segments[at];
        self.count_out(&segment, segment.length());
        self.delivered_segments -= u32::from(segment.standing == Standing::Delivered);
        segment.standing = standing;
        match standing {
            Standing::InFlight => {}
            Standing::Delivered => {
                self.delivered += segment.length();
                self.delivered_segments += 1;
            }
            Standing::Lost(_) => {
                let nothing_was_lost = self.lost == 0;
                self.lost += segment.length();
                if nothing_was_lost || segment.first.before(self.lost_from) {
                    self.lost_from = segment.first;
                }
            }
        }
        self.segments[at] = segment;
    }

    /// `length` bytes of a segment leave the count of their standing.
    fn count_out(&mut self, segment: &SentSegment, length: u32) {
        match segment.standing {
            Standing::InFlight => {}
            Standing::Delivered => self.delivered -= length,
            Standing::Lost(_) => self.lost -= length,
        }
    }
}
