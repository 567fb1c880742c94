//! What a server says of its own time: the field `Server-Timing` (W3C, <https://www.w3.org/TR/server-timing/>), and two
//! that programs have used before it.
//!
//! ```text
//!   Server-Timing: queue;dur=12.0, app;dur=50.0     milliseconds
//!   X-Response-Time: 62.4ms                         with its unit, or milliseconds
//!   X-Runtime: 0.0624                               seconds
//! ```
//!
//! Left out: `desc`, and metrics without a duration (`miss`): they say nothing of time. Tested below.

use std::time::Duration;

use barewire_http1::Headers;

/// Metrics of one response that are kept at the most.
const MOST: usize = 16;

/// A metric: its name, and how long it took.
pub(super) type Metric = (String, Duration);

/// A field in which a server says how long it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The name of the field.
    pub field: &'static str,
    /// What took that long, and how long. The name is empty where the field has none.
    pub metrics: Vec<(String, Duration)>,
}

/// The fields, and what a number without a unit means.
const FIELDS: [(&str, &str); 2] = [("X-Response-Time", "ms"), ("X-Runtime", "s")];

/// The units that are written after a number, and how many nanoseconds each has.
const UNITS: [(&str, f64); 5] = [("ms", 1e6), ("µs", 1e3), ("us", 1e3), ("ns", 1.0), ("s", 1e9)];

/// What a head claims, field by field.
pub(super) fn claims(headers: &Headers) -> Vec<Claim> {
    let metrics = metrics(headers);
    let first = (!metrics.is_empty()).then_some(Claim { field: "Server-Timing", metrics });
    let others = FIELDS.iter().filter_map(|(field, unit)| {
        let took = duration(headers.get(field)?.trim(), unit)?;
        Some(Claim { field, metrics: vec![(String::new(), took)] })
    });
    first.into_iter().chain(others).collect()
}

/// A number with a unit, or without one.
fn duration(text: &str, usual: &str) -> Option<Duration> {
    let found = UNITS.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
    let usual = || UNITS.iter().find(|(unit, _)| *unit == usual).map(|(_, size)| (text, *size));
    let (number, size) = found.or_else(usual)?;
    let number: f64 = number.trim().parse().ok()?;
    Duration::try_from_secs_f64(number * size / 1e9).ok()
}

/// The metrics of a head that have a duration, in their order.
pub(super) fn metrics(headers: &Headers) -> Vec<Metric> {
    headers.list("server-timing").iter().filter_map(|text| metric(text)).take(MOST).collect()
}

fn metric(text: &str) -> Option<Metric> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let value = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("dur").then(|| value.trim().trim_matches('"'))
    })?;
    let milliseconds: f64 = value.parse().ok()?;
    let time = Duration::try_from_secs_f64(milliseconds / 1000.0).ok()?;
    Some((name.chars().take(40).collect(), time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_with_a_duration_are_read() {
        let mut headers = Headers::new();
        headers.push("Server-Timing", "miss, queue;dur=12.5, app ; desc=\"the work\"; dur=\"50\"");
        headers.push("server-timing", "x;dur=-1, y;dur=nan, z;dur=1e300, ;dur=1");
        let wanted = vec![
            ("queue".to_owned(), Duration::from_micros(12_500)),
            ("app".to_owned(), Duration::from_millis(50)),
        ];
        assert_eq!(metrics(&headers), wanted);
    }

    /// As Express's response-time, Go programs and Rails write them.
    #[test]
    fn older_fields_have_a_unit_or_their_usual_one() {
        for (field, value, micros) in [
            ("X-Response-Time", "62.4ms", Some(62_400)),
            ("X-Response-Time", "62", Some(62_000)),
            ("X-Response-Time", "1.5 s", Some(1_500_000)),
            ("x-response-time", "830.5µs", Some(830)),
            ("X-Runtime", "0.0624", Some(62_400)),
            ("X-Runtime", "fast", None),
            ("X-Runtime", "-1", None),
            ("X-Runtime", "1e300", None),
        ] {
            let mut headers = Headers::new();
            headers.push(field, value);
            let got = claims(&headers).first().map(|claim| claim.metrics[0].1.as_micros());
            assert_eq!(got, micros, "{field}: {value}");
        }
    }
}
