//! What a server says of its own time: the field `Server-Timing` (W3C, <https://www.w3.org/TR/server-timing/>).
//!
//! ```text
//!   Server-Timing: queue;dur=12.0, app;dur=50.0
//! ```
//!
//! Durations are milliseconds. Left out: `desc`, and metrics without a duration (`miss`): they say nothing of time.
//! Tested below.

use std::time::Duration;

use barewire_http1::Headers;

/// Metrics of one response that are kept at the most.
const MOST: usize = 16;

/// A metric: its name, and how long it took.
pub(super) type Metric = (String, Duration);

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
}
