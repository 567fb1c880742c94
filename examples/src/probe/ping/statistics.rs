//! What ping counts, and the lines it ends with: those of iputils.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The counts of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    destination: IpAddr,
    /// Probes that were to be sent.
    pub sent: u64,
    /// Probes that have an answer.
    pub received: u64,
    /// Answers beyond the first one of a probe.
    pub duplicates: u64,
    /// Answers that took longer than the patience.
    pub late: u64,
    /// Probes about which an error came, or which the link did not take.
    pub errors: u64,
    /// Replies whose data was not the data that was sent.
    pub changed: u64,
    /// Packets that were about none of our probes: of others on this host, or forged.
    pub strange: u64,
    /// Packets that could not be read, or had a wrong checksum, or were of another kind.
    pub unread: u64,
    /// Round-trip times, duplicates included.
    pub times: Times,
    began: Instant,
    /// When the last probe was sent.
    pub(super) last: Instant,
}

impl Statistics {
    pub(super) fn new(now: Instant, destination: IpAddr) -> Statistics {
        Statistics {
            destination,
            sent: 0,
            received: 0,
            duplicates: 0,
            late: 0,
            errors: 0,
            changed: 0,
            strange: 0,
            unread: 0,
            times: Times::default(),
            began: now,
            last: now,
        }
    }

    pub(super) fn count(&mut self, time: Duration, is_duplicate: bool, is_late: bool) {
        if is_duplicate {
            self.duplicates += 1;
        } else {
            self.received += 1;
        }
        self.late += u64::from(is_late);
        self.times.add(time);
    }

    /// The part of the probes without an answer, in percent.
    pub fn loss(&self) -> f64 {
        let lost = self.sent.saturating_sub(self.received);
        if self.sent == 0 { 0.0 } else { 100.0 * lost as f64 / self.sent as f64 }
    }

    /// From the first probe to the last.
    pub fn duration(&self) -> Duration {
        self.last.saturating_duration_since(self.began)
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "--- {} ping statistics ---", self.destination)?;
        write!(f, "{} packets transmitted, {} received", self.sent, self.received)?;
        for (count, what) in [
            (self.duplicates, "duplicates"),
            (self.late, "late"),
            (self.changed, "changed on the way"),
            (self.errors, "errors"),
        ] {
            if count > 0 {
                write!(f, ", +{count} {what}")?;
            }
        }
        let loss = six_digits(self.loss());
        writeln!(f, ", {loss}% packet loss, time {}ms", self.duration().as_millis())?;
        if let (Some(least), Some(average), Some(longest), Some(deviation)) =
            (self.times.least(), self.times.average(), self.times.longest(), self.times.deviation())
        {
            let [least, average, longest, deviation] = [least, average, longest, deviation].map(in_ms);
            writeln!(f, "rtt min/avg/max/mdev = {least}/{average}/{longest}/{deviation} ms")?;
        }
        Ok(())
    }
}

/// A percentage as C's %g prints it: six digits that mean something, and no zeros after them.
fn six_digits(percent: f64) -> String {
    let decimals = match percent {
        100.0.. => 3,
        10.0.. => 4,
        1.0.. => 5,
        _ => 6,
    };
    format!("{percent:.decimals$}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Milliseconds with three decimals.
fn in_ms(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1000.0)
}

/// Times, of which only sums are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    count: u64,
    least: Option<Duration>,
    longest: Option<Duration>,
    /// In nanoseconds.
    sum: u128,
    /// In nanoseconds, squared.
    squares: u128,
}

impl Times {
    pub(super) fn add(&mut self, time: Duration) {
        self.count += 1;
        self.least = Some(self.least.map_or(time, |least| least.min(time)));
        self.longest = Some(self.longest.map_or(time, |longest| longest.max(time)));
        self.sum = self.sum.saturating_add(time.as_nanos());
        self.squares = self.squares.saturating_add(time.as_nanos().saturating_pow(2));
    }

    /// The shortest.
    pub fn least(&self) -> Option<Duration> {
        self.least
    }

    /// The longest.
    pub fn longest(&self) -> Option<Duration> {
        self.longest
    }

    /// The mean.
    pub fn average(&self) -> Option<Duration> {
        self.sum.checked_div(self.count.into()).map(nanoseconds)
    }

    /// The square root of the mean square deviation from the mean: iputils' mdev.
    pub fn deviation(&self) -> Option<Duration> {
        let count = u128::from(self.count);
        let mean = self.sum.checked_div(count)?;
        // The square of a mean without its fraction misses up to twice the mean: 14 us of a deviation at 100 ms. So the
        // rest of the division is kept: sum * sum / count, in two parts that fit.
        let rest = self.sum % count;
        let by_mean = mean.saturating_mul(self.sum).saturating_add(rest.saturating_mul(self.sum) / count);
        Some(nanoseconds((self.squares.saturating_sub(by_mean) / count).isqrt()))
    }
}

fn nanoseconds(number: u128) -> Duration {
    Duration::from_nanos(u64::try_from(number).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Times, in_ms};

    /// The numbers of the last column are computed by hand, with fractions.
    #[test]
    fn the_four_numbers_fit_each_other() {
        for (times, wanted) in [
            (&[144_000, 150_000, 157_000][..], ["0.144", "0.150", "0.157", "0.005"]),
            // Rounded alike: a mean that is cut would be below the least.
            (&[144_600, 144_700], ["0.145", "0.145", "0.145", "0.000"]),
            (&[50_012_600; 3], ["50.013", "50.013", "50.013", "0.000"]),
            // 0, 0 and 2 ns beyond 100 ms: the mean has a fraction, and the deviation is less than 1 ns.
            (&[100_000_000, 100_000_000, 100_000_002], ["100.000", "100.000", "100.000", "0.000"]),
            (&[1_000_000, 3_000_000], ["1.000", "2.000", "3.000", "1.000"]),
        ] {
            let mut sums = Times::default();
            times.iter().for_each(|time| sums.add(Duration::from_nanos(*time)));
            let all = [sums.least(), sums.average(), sums.longest(), sums.deviation()];
            assert_eq!(all.map(|time| in_ms(time.expect("a number"))), wanted, "{times:?}");
        }
        assert_eq!((Times::default().average(), Times::default().deviation()), (None, None));
    }
}
