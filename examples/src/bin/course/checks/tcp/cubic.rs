//! The check of tcp07: CUBIC's window. The wanted numbers come from the formulas of RFC 9438, worked out by another
//! program.

use std::time::{Duration, Instant};

use barewire_tcp::congestion::controller::{Congestion, Controller, Repair, Sign};
use barewire_tcp::congestion::cubic::Cubic;

use super::windows::ack;
use crate::steps::{Failed, Steps};

const CURVE: &str = "RFC 9438 §4.2: W_cubic(t) = C * (t - K)^3 + W_max";
const STEP: &str = "RFC 9438 §4.4: for each segment that an ACK covers, (target - cwnd) / cwnd more";
const RENO: &str = "RFC 9438 §4.3: where W_cubic(t) is less than W_est, the window is W_est";
const TARGET: &str = "RFC 9438 §4.2: target = W_cubic(t + RTT), at least cwnd and at most 1.5 * cwnd";
const ALPHA: &str = "RFC 9438 §4.3: 9/17 of a segment in a round trip, and a whole one from cwnd_prior on";

/// A controller whose window was just cut, and the time.
struct Cut {
    cubic: Cubic,
    began: Instant,
}

impl Cut {
    /// A window of so many segments of 1000 bytes, before the loss.
    fn at(segments: u32) -> Cut {
        let (mut cubic, began) = (Cubic::new(1000, segments), Instant::now());
        cubic.on_congestion(&Congestion { now: began, flight_size: 1000 * segments, sign: Sign::Loss });
        Cut { cubic, began }
    }

    /// An ACK arrives so many milliseconds after the loss, which covers this part of the window.
    fn ack(&mut self, after: u64, part: f64, rtt: u64) {
        let acknowledged = (part * f64::from(self.cubic.window())).ceil() as u32;
        let delivery = ack(self.began + Duration::from_millis(after), acknowledged, Repair::None);
        self.cubic.on_ack(&barewire_tcp::congestion::controller::Delivery {
            srtt: Some(Duration::from_millis(rtt)),
            ..delivery
        });
    }

    /// The window in bytes, to ten of them: the last digit depends on the order of the operations.
    fn window(&self) -> usize {
        (self.cubic.window() as usize + 5) / 10 * 10
    }
}

/// tcp07: the window of CUBIC in congestion avoidance.
pub(crate) fn curve(steps: &mut Steps) -> Result<(), Failed> {
    let mut cut = Cut::at(100);
    steps.step("a segment is lost at a window of 100,000 bytes: W_max is 100 segments, K is 4.217 s");
    steps.equal("the window", 70_000, cut.window(), "RFC 9438 §4.6: 0.7 of it is left")?;
    steps.step("the first ACK covers a whole window. The round trip is 100 ms. The curve is at 70 still");
    cut.ack(0, 1.0, 100);
    steps.equal("the window", 70_530, cut.window(), RENO)?;
    for (after, part, covers, wanted, rule) in [
        (1000, 1.0, "a whole window", 87_880, CURVE),
        (2000, 0.5, "half a window", 92_040, STEP),
        (3000, 2.0, "two windows", 99_440, "RFC 9438 §4.2: the window does not pass the target"),
        (4000, 1.0, "a whole window", 100_000, CURVE),
    ] {
        steps.step(format!("{after} ms after the first ACK, an ACK covers {covers}"));
        cut.ack(after, part, 100);
        steps.equal("the window, to ten bytes", wanted, cut.window(), rule)?;
    }
    steps.step("4200 ms: the round trip is 1 s now, so the target lies further ahead");
    cut.ack(4200, 1.0, 1000);
    steps.equal("the window", 100_380, cut.window(), TARGET)?;
    steps.step("4250 ms: the round trip is 10 ms, so the target lies below the window");
    cut.ack(4250, 1.0, 10);
    steps.equal("the window", 100_380, cut.window(), TARGET)?;
    steps.step("6000 ms: the curve is past its plateau, and climbs again");
    cut.ack(6000, 1.0, 100);
    steps.equal("the window", 102_670, cut.window(), CURVE)?;
    steps.step("20 s: the curve is at 1700 segments");
    cut.ack(20_000, 1.0, 100);
    steps.equal("the window", 154_000, cut.window(), TARGET)?;
    short_path(steps)
}

/// Where the round trip is short the curve hardly moves, and Reno's line counts.
fn short_path(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("another path, of 1 ms: a segment is lost at a window of 10,000 bytes");
    let mut cut = Cut::at(10);
    let wanted = [7530, 8060, 8590, 9120, 9650, 10_180, 11_180, 12_180];
    for (round, wanted) in wanted.into_iter().enumerate() {
        steps.step(format!("round trip {} is over, and a whole window was acknowledged", round + 1));
        cut.ack(round as u64, 1.0, 1);
        steps.equal("the window", wanted, cut.window(), ALPHA)?;
    }
    Ok(())
}
