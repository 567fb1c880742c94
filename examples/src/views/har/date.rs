//! Dates as HAR wants them (ISO 8601), from those of a capture and of HTTP (RFC 9110 §5.6.7). Tested below.

use std::time::Duration;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-11-26T10:04:49.123456Z`, from the time since the beginning of 1970.
pub(super) fn iso(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let micros = since_1970.subsec_micros();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

/// The date of a day that is so many days after the first of 1970. A year of the calendar begins in March here, so that
/// the leap day is its last one.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // since the first of March of the year 0
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, or with `-` between the parts of the date, as cookies have it.
pub(super) fn iso_of_http(text: &str) -> Option<String> {
    let text = text.split_once(", ")?.1.replace('-', " ");
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [day, month, year, time, "GMT"] = parts.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? + 1;
    let number = |text: &str, most: u32| text.parse::<u32>().ok().filter(|number| *number <= most);
    let (day, year) = (number(day, 31)?, number(year, 9999)?);
    let time: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = time.as_slice() else { return None };
    let (hour, minute, second) = (number(hour, 23)?, number(minute, 59)?, number(second, 60)?);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `date -u -d @N +%FT%T`
    #[test]
    fn dates_are_those_of_date() {
        for (seconds, wanted) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_399, "2000-02-28T23:59:59.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_700_000_000, "2023-11-14T22:13:20.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
        ] {
            assert_eq!(iso(Duration::from_secs(seconds)), wanted);
        }
        assert_eq!(iso(Duration::from_nanos(1_000_056_700)), "1970-01-01T00:00:01.000056Z");
    }

    #[test]
    fn dates_of_http_are_read() {
        for (text, wanted) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some("1994-11-06T08:49:37Z")),
            ("Wed, 21-Oct-2015 07:28:00 GMT", Some("2015-10-21T07:28:00Z")),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sun, 99 Nov 1994 08:49:37 GMT", None),
            ("never", None),
        ] {
            assert_eq!(iso_of_http(text).as_deref(), wanted, "{text}");
        }
    }
}
