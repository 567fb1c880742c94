//! How everything here is measured: in CPU time of this thread, two contestants in turns, many rounds.
//!
//! CPU time leaves out what other programs do meanwhile. It does not leave out what they do to the caches and to the
//! clock of the core, so the two take turns within one process, a round each, first one of them leading and then
//! the other; a ratio is taken within each round, and of those ratios the median is shown, with the least and the
//! greatest beside it.

use std::time::Duration;

use cpu_time::ThreadTime;

/// Adds up the CPU time of what it is given to run, and of nothing else.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch {
    spent: Duration,
}

impl Stopwatch {
    /// Runs `work` on the clock.
    pub(crate) fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = ThreadTime::now();
        let result = work();
        self.spent += start.elapsed();
        result
    }

    /// Nanoseconds for each of `units`, whatever was counted.
    pub(crate) fn per(&self, units: u64) -> f64 {
        self.spent.as_nanos() as f64 / units as f64
    }
}

/// Runs `work` so many times, and gives the nanoseconds of one.
pub(crate) fn repeat(times: u64, mut work: impl FnMut()) -> f64 {
    let mut watch = Stopwatch::default();
    watch.run(|| (0..times).for_each(|_| work()));
    watch.per(times)
}

/// In what a result is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    /// Nanoseconds are measured, and shown.
    Nanoseconds,
    /// Nanoseconds are measured, and shown to the hundredth.
    Hundredths,
    /// Nanoseconds are measured, microseconds shown.
    Microseconds,
    /// Nanoseconds per byte are measured, 10^6 bytes a second shown.
    MegabytesPerSecond,
    /// Nanoseconds an event are measured, events a second shown.
    Events,
}

impl Unit {
    fn show(self, nanoseconds: f64) -> String {
        match self {
            Unit::Nanoseconds => format!("{nanoseconds:.0} ns"),
            Unit::Hundredths => format!("{nanoseconds:.2} ns"),
            Unit::Microseconds => format!("{:.1} µs", nanoseconds / 1e3),
            Unit::MegabytesPerSecond => format!("{:.0} MB/s", 1e3 / nanoseconds),
            Unit::Events => format!("{:.2} million/s", 1e3 / nanoseconds),
        }
    }
}

/// One line of the result: the same work, done by us and by a peer.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// What was done.
    pub(crate) what: String,
    /// By whom else.
    pub(crate) peer: String,
    unit: Unit,
    /// Nanoseconds per unit of work, round by round: ours, theirs.
    rounds: Vec<(f64, f64)>,
}

impl Comparison {
    /// Lets both work in turns. Each closure does a round, and gives the nanoseconds it took per unit of work. One
    /// round goes before, uncounted, so that nobody pays for cold caches.
    pub(crate) fn run(
        what: impl Into<String>,
        peer: impl Into<String>,
        unit: Unit,
        rounds: usize,
        mut ours: impl FnMut() -> f64,
        mut theirs: impl FnMut() -> f64,
    ) -> Comparison {
        let (what, peer) = (what.into(), peer.into());
        let mut measured = Vec::with_capacity(rounds);
        for round in 0..=rounds {
            crate::progress(&format!("{what}, with {peer}: round {round} of {rounds}"));
            let pair = if round % 2 == 0 {
                let ours = ours();
                (ours, theirs())
            } else {
                let theirs = theirs();
                (ours(), theirs)
            };
            if round > 0 {
                measured.push(pair);
            }
        }
        crate::progress("");
        Comparison { what, peer, unit, rounds: measured }
    }

    /// CPU time, ours by theirs: least, median, greatest of the rounds. Below 1 we are the faster.
    pub(crate) fn ratios(&self) -> [f64; 3] {
        let ratios = sorted(self.rounds.iter().map(|(ours, theirs)| ours / theirs));
        let at = |index: usize| ratios.get(index).copied().unwrap_or(f64::NAN);
        [at(0), at(ratios.len() / 2), at(ratios.len().saturating_sub(1))]
    }

    /// Our median, in the unit of the line.
    pub(crate) fn ours(&self) -> String {
        self.unit.show(median(self.rounds.iter().map(|round| round.0)))
    }

    /// The peer's median, in the unit of the line.
    pub(crate) fn theirs(&self) -> String {
        self.unit.show(median(self.rounds.iter().map(|round| round.1)))
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_rounds_and_the_first_round_does_not_count() {
        let (mut ours, mut theirs) =
            ([9.0, 10.0, 30.0, 20.0].into_iter(), [1.0, 10.0, 10.0, 40.0].into_iter());
        let (ours, theirs) = (|| ours.next().unwrap_or(0.0), || theirs.next().unwrap_or(0.0));
        let line = Comparison::run("work", "somebody", Unit::Nanoseconds, 3, ours, theirs);
        assert_eq!(line.ratios(), [0.5, 1.0, 3.0]);
        assert_eq!((line.ours(), line.theirs()), ("20 ns".to_owned(), "10 ns".to_owned()));
    }
}
