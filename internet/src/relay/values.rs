//! The values in the words of a plan: times, chances, rates.

use std::str::FromStr;
use std::time::Duration;

/// `20ms`, `1.5s` or `300us`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let units = [("ms", 1e-3), ("us", 1e-6), ("s", 1.0)];
    let read = units.iter().find_map(|(unit, seconds)| {
        let amount: f64 = text.strip_suffix(unit)?.parse().ok()?;
        Duration::try_from_secs_f64(amount * seconds).ok()
    });
    read.ok_or_else(|| format!("{text:?} is not a time like 20ms, 1.5s or 300us"))
}

/// `2%` or `0.02`.
pub(super) fn chance(text: &str) -> Result<f64, String> {
    let read = match text.strip_suffix('%') {
        Some(percent) => percent.parse().map(|percent: f64| percent / 100.0),
        None => text.parse(),
    };
    let chance = read.ok().filter(|chance| (0.0..=1.0).contains(chance));
    chance.ok_or_else(|| format!("{text:?} is not a share like 2% or 0.02"))
}

/// `20mbit`, `512kbit`, `1gbit`, or bits a second without a unit.
pub(super) fn rate(text: &str) -> Result<u64, String> {
    let units =
        [("gbit", 1_000_000_000.0), ("mbit", 1_000_000.0), ("kbit", 1_000.0), ("bit", 1.0), ("", 1.0)];
    let read = units.iter().find_map(|(unit, bits)| {
        let amount: f64 = text.strip_suffix(unit)?.parse().ok()?;
        let rate = amount * bits;
        (1.0..1e15).contains(&rate).then_some(rate as u64)
    });
    read.ok_or_else(|| format!("{text:?} is not a rate like 20mbit or 512kbit"))
}

/// A whole number.
pub(super) fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not a number that fits here"))
}
