//! The flight against a plain list: whatever happens to it, in any order, its counts are those of the list.

use std::time::{Duration, Instant};

use barewire_tcp::SeqNumber;
use barewire_tcp::delivery_rate::DeliveryRate;
use barewire_tcp::flight::{Flight, LostBy, SentSegment, Standing};
use proptest::prelude::*;

/// Just below the wrap of the sequence numbers: most flights cross it.
const START: SeqNumber = SeqNumber(u32::MAX - 3000);

/// What can happen to a flight. Numbers count from the first one in flight.
#[derive(Debug, Clone)]
enum Step {
    Push(u32),
    Acknowledge(u32),
    Sack(u32, u32),
    Lose(u32),
    LoseFirst,
    /// The record at this place is sent again, this much of it. The last one may take new text along.
    SentAgain(usize, u32),
    Presume(u32),
    /// Neighbours that are lost become one record.
    JoinLost,
    ForgetLosses,
    ForgetDeliveries,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u32..1500).prop_map(Step::Push),
        2 => (0u32..9000).prop_map(Step::Acknowledge),
        3 => (0u32..9000, 0u32..5000).prop_map(|(first, length)| Step::Sack(first, first + length)),
        2 => any::<u32>().prop_map(Step::Lose),
        1 => Just(Step::LoseFirst),
        4 => (0usize..20, 1u32..1600).prop_map(|(at, length)| Step::SentAgain(at, length)),
        2 => (0u32..2000).prop_map(Step::Presume),
        1 => Just(Step::JoinLost),
        1 => Just(Step::ForgetLosses),
        1 => Just(Step::ForgetDeliveries),
    ]
}

/// One record of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Record {
    first: u64,
    end: u64,
    standing: Standing,
    transmissions: u32,
}

/// The list, and how far it was acknowledged. Numbers count from [`START`].
#[derive(Debug, Default)]
struct List {
    una: u64,
    nxt: u64,
    records: Vec<Record>,
}

fn is_lost(standing: Standing) -> bool {
    matches!(standing, Standing::Lost(_))
}

impl List {
    fn bytes(&self, of: impl Fn(Standing) -> bool) -> u32 {
        self.records.iter().filter(|r| of(r.standing)).map(|r| (r.end - r.first) as u32).sum()
    }

    fn push(&mut self, length: u32) {
        let (first, end) = (self.nxt, self.nxt + u64::from(length));
        self.records.push(Record { first, end, standing: Standing::InFlight, transmissions: 1 });
        self.nxt = end;
    }

    /// Gives how many bytes are told of: those of records that go as a whole and were not reported before.
    fn acknowledge(&mut self, ack: u64) -> u32 {
        let (gone, kept): (Vec<_>, Vec<_>) = self.records.iter().partition(|r| r.end <= ack);
        self.records = kept;
        if let Some(first) = self.records.first_mut() {
            first.first = first.first.max(ack);
        }
        self.una = ack;
        gone.iter().filter(|r| r.standing != Standing::Delivered).map(|r| (r.end - r.first) as u32).sum()
    }

    fn sack(&mut self, first: u64, end: u64) -> u32 {
        let mut new = 0;
        for record in self.records.iter_mut().filter(|r| r.first >= first && r.end <= end) {
            if record.standing != Standing::Delivered {
                new += (record.end - record.first) as u32;
            }
            record.standing = Standing::Delivered;
        }
        new
    }

    fn sent_again(&mut self, at: usize, length: u32) {
        let (whole, is_last) = (self.records[at], at + 1 == self.records.len());
        let (end, most) = (whole.first + u64::from(length), if is_last { u64::MAX } else { whole.end });
        let end = end.min(most);
        self.nxt = self.nxt.max(end);
        self.records[at] =
            Record { end, standing: Standing::InFlight, transmissions: whole.transmissions + 1, ..whole };
        if end < whole.end {
            self.records.insert(at + 1, Record { first: end, ..whole });
        }
    }

    fn join(&mut self, standing: Standing) {
        let mut at = 1;
        while at < self.records.len() {
            let (before, this) = (self.records[at - 1], self.records[at]);
            if before.standing == standing && this.standing == standing {
                self.records[at - 1].end = this.end;
                self.records[at - 1].transmissions = before.transmissions.max(this.transmissions);
                self.records.remove(at);
            } else {
                at += 1;
            }
        }
    }

    fn change(&mut self, from: impl Fn(Standing) -> bool, to: Standing) {
        for record in self.records.iter_mut().filter(|r| from(r.standing)) {
            record.standing = to;
        }
    }
}

fn at(number: u64) -> SeqNumber {
    START + number as u32
}

/// Does the step to both. Gives what each tells of bytes that have arrived or are lost.
fn both(
    flight: &mut Flight,
    list: &mut List,
    rate: &mut DeliveryRate,
    now: Instant,
    step: &Step,
) -> (u32, u32) {
    let mut told = 0;
    let mut each = |segment: &SentSegment| told += segment.length();
    let wanted = match *step {
        Step::Push(length) => {
            let departure = rate.departs(now, flight.pipe(), 1);
            flight.push(SentSegment {
                first: at(list.nxt),
                end: at(list.nxt + u64::from(length)),
                sent_at: now,
                first_sent_at: now,
                transmissions: 1,
                standing: Standing::InFlight,
                departure,
            });
            list.push(length);
            0
        }
        Step::Acknowledge(ahead) => {
            let ack = (list.una + u64::from(ahead)).min(list.nxt);
            flight.acknowledge(at(ack), &mut each);
            list.acknowledge(ack)
        }
        Step::Sack(first, end) => {
            let (first, end) = (list.una + u64::from(first), list.una + u64::from(end));
            flight.sack(at(first), at(end), &mut each);
            list.sack(first, end)
        }
        Step::Lose(which) => {
            let before = list.bytes(is_lost);
            let chosen = |first: u64| which.rotate_right(first as u32 % 32) & 1 == 1;
            told = flight.lose(LostBy::Rack, |segment| chosen(u64::from(segment.first.since(START))));
            for record in &mut list.records {
                if record.standing == Standing::InFlight && chosen(record.first) {
                    record.standing = Standing::Lost(LostBy::Rack);
                }
            }
            list.bytes(is_lost) - before
        }
        Step::LoseFirst => {
            let before = list.bytes(is_lost);
            told = flight.lose_first(LostBy::Timer);
            if let Some(first) = list.records.first_mut() {
                first.standing = Standing::Lost(LostBy::Timer);
            }
            list.bytes(is_lost) - before
        }
        Step::SentAgain(place, length) => {
            if !list.records.is_empty() {
                let place = place % list.records.len();
                let first = list.records[place].first;
                let departure = rate.departs(now, flight.pipe(), 1);
                flight.sent_again(at(first), at(first + u64::from(length)), now, departure);
                list.sent_again(place, length);
            }
            0
        }
        Step::Presume(size) => {
            flight.presume(size);
            0
        }
        Step::JoinLost => {
            flight.join_lost(LostBy::Rack);
            list.join(Standing::Lost(LostBy::Rack));
            0
        }
        Step::ForgetLosses => {
            flight.forget_losses();
            list.change(is_lost, Standing::InFlight);
            0
        }
        Step::ForgetDeliveries => {
            flight.forget_deliveries();
            list.change(|standing| standing == Standing::Delivered, Standing::InFlight);
            0
        }
    };
    (told, wanted)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_flight_counts_as_a_list_does(steps in proptest::collection::vec(step(), 1..60)) {
        let mut now = Instant::now();
        let (mut flight, mut list, mut rate) = (Flight::default(), List::default(), DeliveryRate::new(now));
        for step in &steps {
            now += Duration::from_millis(1);
            let (told, wanted) = both(&mut flight, &mut list, &mut rate, now, step);
            prop_assert_eq!(told, wanted, "bytes told of by {:?}", step);
            let records: Vec<Record> = flight.segments().map(|segment| Record {
                first: u64::from(segment.first.since(START)),
                end: u64::from(segment.end.since(START)),
                standing: segment.standing,
                transmissions: segment.transmissions,
            }).collect();
            prop_assert_eq!(&records, &list.records, "after {:?}", step);
            let (delivered, lost) = (list.bytes(|standing| standing == Standing::Delivered), list.bytes(is_lost));
            prop_assert_eq!(flight.size(), list.bytes(|_| true), "size");
            prop_assert_eq!(flight.delivered(), delivered, "delivered");
            let segments = list.records.iter().filter(|r| r.standing == Standing::Delivered).count();
            prop_assert_eq!(flight.delivered_segments() as usize, segments, "delivered segments");
            prop_assert_eq!(flight.lost(), lost, "lost");
            let first_lost = list.records.iter().find(|r| is_lost(r.standing)).map(|r| at(r.first));
            prop_assert_eq!(flight.first_lost().map(|(segment, _)| segment.first), first_lost, "the first lost");
            let in_flight = flight.size() - delivered - lost;
            prop_assert_eq!(flight.pipe(), in_flight.saturating_sub(flight.presumed()), "pipe");
            // The segment that is missing has not arrived, whatever duplicate ACKs say.
            let missing = list.records.first().map_or(0, |r| (r.end - r.first) as u32 * u32::from(!is_lost(r.standing)));
            prop_assert!(flight.presumed() <= flight.size() - lost.min(flight.size() - missing) - missing);
        }
    }
}
