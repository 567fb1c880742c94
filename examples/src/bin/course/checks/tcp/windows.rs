//! The check of tcp04: how the congestion window grows.

use std::time::Instant;

use barewire_tcp::congestion::controller::{Congestion, Controller, Delivery, Repair, Sign};
use barewire_tcp::congestion::reno::Reno;

use crate::steps::{Failed, Steps};

const SLOW_START: &str = "RFC 5681 §3.1, equation 2: by what an ACK covers";
const LIMIT: &str = "RFC 3465 §2.3: by two segments at the most, and by one after a timeout";
const AVOIDANCE: &str = "RFC 5681 §3.1: by one segment for each window that was acknowledged";
const THRESHOLD: &str = "RFC 5681 §3.1: slow start ends at the threshold";

/// An ACK that covers so many bytes, while the window was in use.
pub(super) fn ack(now: Instant, acknowledged: u32, repair: Repair) -> Delivery {
    Delivery {
        now,
        delivered: acknowledged,
        acknowledged,
        rtt: None,
        srtt: None,
        min_rtt: None,
        in_flight_before: acknowledged,
        in_flight: 0,
        window_was_used: true,
        round_ended: false,
        repair,
        lost: 0,
        rate: None,
    }
}

/// tcp04: Reno's window, in slow start and in congestion avoidance.
pub(crate) fn growth(steps: &mut Steps) -> Result<(), Failed> {
    let now = Instant::now();
    let mut reno = Reno::new(1000, 10);
    steps.step("a connection begins with ten segments of 1000 bytes");
    steps.equal("the window", 10_000, reno.window() as usize, "RFC 6928 §2")?;
    let acks = [(1000, 11_000, SLOW_START), (2000, 13_000, SLOW_START), (9000, 15_000, LIMIT)];
    for (covers, wanted, rule) in acks {
        steps.step(format!("an ACK covers {covers} bytes"));
        reno.on_ack(&ack(now, covers, Repair::None));
        steps.equal("the window", wanted, reno.window() as usize, rule)?;
    }
    steps.step("a segment is lost while 14000 bytes are in flight");
    let congestion = |flight_size| Congestion { now, flight_size, sign: Sign::Loss };
    reno.on_congestion(&congestion(14_000));
    steps.equal("the window", 7000, reno.window() as usize, "RFC 5681 §3.1, equation 4")?;
    steps.step("six ACKs cover 1000 bytes each");
    (0..6).for_each(|_| reno.on_ack(&ack(now, 1000, Repair::None)));
    steps.equal("the window", 7000, reno.window() as usize, AVOIDANCE)?;
    steps.step("a seventh comes: now a whole window was acknowledged");
    reno.on_ack(&ack(now, 1000, Repair::None));
    steps.equal("the window", 8000, reno.window() as usize, AVOIDANCE)?;
    steps.step("four ACKs cover 2000 bytes each: their number does not matter");
    (0..4).for_each(|_| reno.on_ack(&ack(now, 2000, Repair::None)));
    steps.equal("the window", 9000, reno.window() as usize, AVOIDANCE)?;
    steps.step("many ACKs were lost, and one covers 27000 bytes");
    reno.on_ack(&ack(now, 27_000, Repair::None));
    steps.equal("the window", 10_000, reno.window() as usize, AVOIDANCE)?;
    steps.step("half a window is acknowledged, and then the other half");
    reno.on_ack(&ack(now, 5000, Repair::None));
    steps.equal("the window after the first half", 10_000, reno.window() as usize, AVOIDANCE)?;
    reno.on_ack(&ack(now, 5000, Repair::None));
    steps.equal("the window after the second", 11_000, reno.window() as usize, AVOIDANCE)?;
    steps.step("the timer runs out while 9000 bytes are in flight");
    reno.on_timeout(&congestion(9000), false);
    steps.equal("the window", 1000, reno.window() as usize, "RFC 5681 §3.1: the loss window")?;
    steps.step("an ACK covers 5000 bytes that had arrived long before");
    reno.on_ack(&ack(now, 5000, Repair::AfterTimeout));
    steps.equal("the window", 2000, reno.window() as usize, LIMIT)?;
    steps.step("three ACKs cover 1000 bytes each; the threshold is 4500 bytes");
    (0..3).for_each(|_| reno.on_ack(&ack(now, 1000, Repair::None)));
    steps.equal("the window", 4500, reno.window() as usize, THRESHOLD)
}
