//! The checks of the exercises about TCP. Those of tcp02 and tcp03 have no sequence number that wraps.

mod cookies;
mod cubic;
mod played;
mod repairs;
mod windows;

use std::time::{Duration, Instant};

use barewire_tcp::reassembly::Reassembly;
use barewire_tcp::rtt::RttEstimator;
use barewire_tcp::{Config, SeqNumber};
use rand_core::Rng;

use crate::steps::{Failed, Steps};

pub(crate) use cookies::cookies;
pub(crate) use cubic::curve;
pub(crate) use played::{acknowledgments, probes};
pub(crate) use repairs::{by_time, duplicates, proportion};
pub(crate) use windows::growth;

const CIRCLE: &str = "RFC 9293 §3.4: sequence numbers are compared modulo 2^32";
const IN_ORDER: &str = "RFC 9293 §3.10.7.4, seventh step: the user gets the text in order";
const FIRST_KEPT: &str = "the head of reassembly.rs: of two bytes for one place, the first is kept";
const BOUNDED: &str = "MOST_PIECES in reassembly.rs; RFC 2018 §8: what is not acknowledged may be forgotten";
const BLOCKS: &str = "RFC 2018 §3 and §4: a block for each run of bytes, that of the last segment first";

/// tcp01: the order of numbers on a circle.
pub(crate) fn circle(steps: &mut Steps) -> Result<(), Failed> {
    const END: u32 = u32::MAX;
    let pairs = [
        ("two small numbers", 1, 2, true),
        ("the same, the other way round", 2, 1, false),
        ("a number and itself", 7, 7, false),
        ("across 2^31, where the sign of an i32 changes", 0x7fff_fff0, 0x8000_0010, true),
        ("the last number and the first", END, 0, true),
        ("the first number and the last", 0, END, false),
        ("a SYN at 2^32 - 2, and the third byte after it", END - 1, 1, true),
        ("just less than half of the circle", 5, 5 + (1 << 31) - 1, true),
        ("the same distance, and the end of the numbers is on the way", END, (1 << 31) - 2, true),
    ];
    for (what, a, b, wanted) in pairs {
        steps.step(format!("compare {what}: {a} and {b}"));
        let got = SeqNumber(a).before(SeqNumber(b));
        steps.equal(&format!("{a} comes before {b}"), wanted, got, CIRCLE)?;
    }
    steps.step("compare numbers at 2560 places of the circle, at most 2^31 - 1 apart, both ways");
    steps.equal("the first wrong answer", "none".to_owned(), first_wrong(), CIRCLE)?;
    steps.step("a window of 8 begins at 2^32 - 4; which of the numbers from 2^32 - 6 on lie in it?");
    let first = SeqNumber(0).back(4);
    let end = first + 8;
    let inside = (0..12).map(|step| SeqNumber(0).back(6) + step);
    let inside: Vec<String> = inside
        .filter(|number| first.at_or_before(*number) && number.before(end))
        .map(|number| number.to_string())
        .collect();
    let wanted = "4294967292 4294967293 4294967294 4294967295 0 1 2 3".to_owned();
    steps.equal("those with RCV.NXT =< SEG.SEQ < RCV.NXT + RCV.WND", wanted, inside.join(" "), CIRCLE)?;
    steps.step("the bytes up to 2^32 - 10 are acknowledged; an ACK of 20 comes");
    let (una, ack) = (SeqNumber(0).back(10), SeqNumber(20));
    steps.equal("it is news: SND.UNA < SEG.ACK", true, ack.after(una), CIRCLE)?;
    steps.equal("the later of the two", 20, una.latest(ack).0 as usize, CIRCLE)
}

/// Two numbers of which the order is wrong, if there are any.
fn first_wrong() -> String {
    for place in 0..256u32 {
        for shift in [0, 0x00ff_fff9] {
            for distance in [1, 1460, 1 << 16, 1 << 30, (1 << 31) - 1] {
                let a = SeqNumber((place << 24).wrapping_add(shift));
                let b = a + distance;
                if !a.before(b) {
                    return format!("{a} does not come before {b}, which is {distance} further on");
                }
                if b.before(a) {
                    return format!("{b} comes before {a}, which is {distance} further back");
                }
            }
        }
    }
    "none".to_owned()
}

/// A stream that arrives.
struct Arriving {
    buffer: Reassembly,
    /// How many bytes of it are in order.
    next: u32,
}

impl Arriving {
    /// A new stream, on a connection of its own.
    fn new(steps: &mut Steps) -> Arriving {
        steps.connect(80);
        Arriving { buffer: Reassembly::default(), next: 0 }
    }

    /// A segment arrives, `ahead` bytes after the one that is expected. Gives how many more bytes are in order.
    fn insert(&mut self, steps: &mut Steps, ahead: u32, data: &[u8]) -> usize {
        steps.segment(self.next.wrapping_add(ahead), data);
        let more = self.buffer.insert(ahead, data);
        self.next = self.next.wrapping_add(more);
        steps.acknowledge(self.next);
        more as usize
    }

    /// All that is ready, as text.
    fn read(&mut self) -> String {
        let mut bytes = vec![0; self.buffer.unread()];
        self.buffer.read(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// tcp02: pieces of a stream in any order.
pub(crate) fn pieces(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("\"abc\" arrives, at the place that is expected");
    let mut stream = Arriving::new(steps);
    let more = stream.insert(steps, 0, b"abc");
    steps.equal("so many bytes are in order", 3, more, IN_ORDER)?;
    steps.step("\"ghi\" arrives, 3 bytes ahead: \"def\" is missing");
    let more = stream.insert(steps, 3, b"ghi");
    steps.equal("so many more are in order", 0, more, IN_ORDER)?;
    steps.equal("so many wait after the gap", 3, stream.buffer.out_of_order(), IN_ORDER)?;
    steps.step("\"ghi\" arrives again");
    stream.insert(steps, 3, b"ghi");
    steps.equal("so many wait after the gap", 3, stream.buffer.out_of_order(), IN_ORDER)?;
    steps.step("\"def\" arrives");
    let more = stream.insert(steps, 0, b"def");
    steps.equal("so many more are in order", 6, more, IN_ORDER)?;
    steps.equal("the reader gets", "abcdefghi".to_owned(), stream.read(), IN_ORDER)?;
    steps.equal("there is still a gap", false, stream.buffer.has_gap(), IN_ORDER)?;
    steps.step("a segment without bytes arrives, 5 ahead");
    stream.insert(steps, 5, b"");
    steps.equal("there is a gap", false, stream.buffer.has_gap(), IN_ORDER)?;
    overlaps(steps)?;
    steps.step("12 bytes are cut at all pairs of places, and the three pieces arrive in all six orders");
    let wrong = cut_everywhere(steps);
    steps.equal("the first that comes out wrong", "none".to_owned(), wrong, IN_ORDER)?;
    steps.step("1000 streams, each in random pieces that overlap");
    let wrong = at_random(steps);
    steps.equal("the first that comes out wrong", "none".to_owned(), wrong, IN_ORDER)?;
    steps.step("3000 bytes arrive at once, 1 byte ahead: that is one piece, and not 3000");
    let mut stream = Arriving::new(steps);
    stream.insert(steps, 1, &[b'x'; 3000]);
    steps.equal("so many bytes wait", 3000, stream.buffer.out_of_order(), IN_ORDER)?;
    steps.step("a hostile peer sends 20000 single bytes, with a gap before each of them");
    let mut stream = Arriving::new(steps);
    (0..20_000).for_each(|at| {
        stream.insert(steps, 1 + 2 * at, b"x");
    });
    steps.equal("so many pieces are kept, of one byte each", 2048, stream.buffer.out_of_order(), BOUNDED)?;
    steps
        .step("now the byte arrives that is expected: it has to be taken, although there are so many pieces");
    let more = stream.insert(steps, 0, b"x");
    steps.equal("so many bytes are in order", 2, more, IN_ORDER)
}

/// Pieces that lie over each other, and do not agree.
fn overlaps(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("in a new stream, \"CD\" arrives 2 bytes ahead, and \"GH\" 6 bytes ahead");
    let mut stream = Arriving::new(steps);
    stream.insert(steps, 2, b"CD");
    stream.insert(steps, 6, b"GH");
    let blocks = |buffer: &Reassembly| {
        let blocks = buffer.blocks(4).into_iter().map(|(first, end)| format!("{first} to {end}"));
        blocks.collect::<Vec<_>>().join(", ")
    };
    steps.equal("the blocks that wait", "6 to 8, 2 to 4".to_owned(), blocks(&stream.buffer), BLOCKS)?;
    steps.step("\"bcdefghij\" arrives 1 byte ahead: over both, with other bytes for them");
    stream.insert(steps, 1, b"bcdefghij");
    steps.equal("the blocks that wait", "1 to 10".to_owned(), blocks(&stream.buffer), BLOCKS)?;
    steps.equal("so many bytes wait", 9, stream.buffer.out_of_order(), FIRST_KEPT)?;
    steps.step("\"a\" arrives, with four more bytes that others sent before");
    let more = stream.insert(steps, 0, b"azzzz");
    steps.equal("so many bytes are in order", 10, more, IN_ORDER)?;
    steps.equal("the reader gets", "abCDefGHij".to_owned(), stream.read(), FIRST_KEPT)
}

fn cut_everywhere(steps: &mut Steps) -> String {
    const TEXT: &[u8; 12] = b"abcdefghijkl";
    for first in 1..TEXT.len() - 1 {
        for second in first + 1..TEXT.len() {
            let places = [0..first, first..second, second..TEXT.len()];
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let mut stream = Arriving::new(steps);
                let mut next = 0;
                for place in order.map(|number| places[number].clone()) {
                    // More in order than there is, before this piece: `insert` counted wrong.
                    let Some(ahead) = place.start.checked_sub(next) else {
                        return format!(
                            "cut before {first} and {second}, pieces {order:?}: {next} bytes in order"
                        );
                    };
                    next += stream.insert(steps, ahead as u32, &TEXT[place]);
                }
                let got = stream.read();
                if got.as_bytes() != TEXT {
                    return format!("cut before {first} and {second}, pieces {order:?}: {got:?}");
                }
                steps.forget();
            }
        }
    }
    "none".to_owned()
}

fn at_random(steps: &mut Steps) -> String {
    let mut rng = steps.rng();
    for number in 0..1000 {
        let mut stream = Arriving::new(steps);
        let text: Vec<u8> = (0..64).map(|at| b'0' + at).collect();
        // What is there already, and how much of it is in order.
        let (mut there, mut next) = ([false; 64], 0);
        for _ in 0..40 {
            let start = (rng.next_u32() % 64) as usize;
            let end = (start + 1 + (rng.next_u32() % 12) as usize).min(64);
            // The caller cuts off what is old.
            let start = start.max(next);
            if start >= end {
                continue;
            }
            there[start..end].fill(true);
            let wanted = there[next..].iter().take_while(|there| **there).count();
            let got = stream.insert(steps, (start - next) as u32, &text[start..end]);
            if got != wanted {
                return format!(
                    "stream {number}, bytes {start}..{end}, {next} in order: {got}, not {wanted} more"
                );
            }
            next += got;
            let early = there[next..].iter().filter(|there| **there).count();
            if stream.buffer.out_of_order() != early {
                let got = stream.buffer.out_of_order();
                return format!("stream {number}, bytes {start}..{end}: {got} wait after a gap, not {early}");
            }
        }
        let got = stream.read();
        if got.as_bytes() != &text[..next] {
            return format!("stream {number}: the reader gets {got:?}");
        }
        steps.forget();
    }
    "none".to_owned()
}

/// The three values of an estimator, to the tenth of a microsecond.
fn values(rtt: &RttEstimator) -> String {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let srtt = rtt.srtt.map_or(0.0, ms);
    format!("SRTT {srtt:.4} ms, RTTVAR {:.4} ms, RTO {:.4} ms", ms(rtt.rttvar), ms(rtt.rto()))
}

/// tcp03: the timeout, from the round-trip times that were measured.
pub(crate) fn timeout(steps: &mut Steps) -> Result<(), Failed> {
    let ms = Duration::from_millis;
    let rto = |rtt: &RttEstimator| rtt.rto().as_millis() as usize;
    let config =
        Config { initial_rto: ms(1000), rto_margin: ms(200), max_rto: ms(120_000), ..Config::default() };
    let mut rtt = RttEstimator::new(&config);
    steps.step("nothing was measured yet");
    steps.equal("RTO, in milliseconds", 1000, rto(&rtt), "RFC 6298 §2.1")?;
    let samples = [
        (100, "the first", "SRTT 100.0000 ms, RTTVAR 50.0000 ms, RTO 300.0000 ms", "RFC 6298 §2.2"),
        (200, "a slower one", "SRTT 112.5000 ms, RTTVAR 62.5000 ms, RTO 362.5000 ms", "RFC 6298 §2.3"),
        (20, "a faster one", "SRTT 100.9375 ms, RTTVAR 70.0000 ms, RTO 380.9375 ms", "RFC 6298 §2.3"),
    ];
    for (sample, what, wanted, rule) in samples {
        steps.step(format!("a round trip takes {sample} ms: {what}"));
        rtt.sample(ms(sample));
        steps.equal("the estimate", wanted.to_owned(), values(&rtt), rule)?;
    }
    steps.step("begin anew: a segment leaves, and the ACK of it comes 100 ms later");
    let (now, mut rtt) = (Instant::now(), RttEstimator::new(&config));
    rtt.measured(now + ms(100), now);
    steps.equal("RTO, in milliseconds", 300, rto(&rtt), "RFC 6298 §2.2")?;
    steps.step("the timer runs out twice");
    rtt.back_off();
    rtt.back_off();
    steps.equal("RTO, in milliseconds", 1200, rto(&rtt), "RFC 6298 §5.5")?;
    steps.step("then a round trip is measured again: 100 ms");
    rtt.sample(ms(100));
    let wanted = "SRTT 100.0000 ms, RTTVAR 37.5000 ms, RTO 300.0000 ms".to_owned();
    steps.equal(
        "the estimate, no longer doubled",
        wanted,
        values(&rtt),
        "RFC 6298 §5, the note at its end",
    )?;
    steps.step("200 round trips of 0.1 ms: the estimate falls, the timeout has a least value");
    (0..200).for_each(|_| rtt.sample(Duration::from_micros(100)));
    steps.equal("RTO, in milliseconds", 200, rto(&rtt), "RFC 6298 §2.4, with Config::rto_margin")?;
    steps.step("a round trip takes no time that our clock can see, as the first sample");
    let mut rtt = RttEstimator::new(&config);
    rtt.sample(Duration::ZERO);
    steps.equal("RTO, in milliseconds", 200, rto(&rtt), "RFC 6298 §2.4, with Config::rto_margin")?;
    steps.step("a peer holds its ACK back for 200 s, and 600 s would follow");
    let mut rtt = RttEstimator::new(&config);
    rtt.sample(ms(200_000));
    steps.equal("RTO, in milliseconds", 120_000, rto(&rtt), "RFC 6298 §2.5, with Config::max_rto")?;
    steps.step("and again: the limit is one of the timeout, and not of the estimate");
    rtt.sample(ms(200_000));
    let wanted = "SRTT 200000.0000 ms, RTTVAR 75000.0000 ms, RTO 120000.0000 ms".to_owned();
    steps.equal("the estimate", wanted, values(&rtt), "RFC 6298 §2.5, with Config::max_rto")
}
