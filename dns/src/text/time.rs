//! Times in text: spans like `1h30m`, and the moments between which a signature holds (RFC 4034 §3.2).
//!
//! A moment is a number of seconds since 1970-01-01 00:00:00 UTC, modulo 2³²: so its text is only right for times less
//! than 68 years away from now. Leap seconds do not count.

/// Seconds: a number, or numbers with the units `w`, `d`, `h`, `m`, `s`, largest first or not.
pub(crate) fn seconds(text: &str) -> Option<u32> {
    let (mut total, mut number, mut with_units) = (0u32, None, false);
    for byte in text.bytes() {
        let unit = match byte.to_ascii_lowercase() {
            digit @ b'0'..=b'9' => {
                let digit = u32::from(digit - b'0');
                number = Some(number.unwrap_or(0u32).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            b'w' => 604_800,
            b'd' => 86_400,
            b'h' => 3_600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        with_units = true;
    }
    if with_units { Some(total).filter(|_| number.is_none()) } else { number }
}

/// A moment from `YYYYMMDDHHmmSS`, or from seconds since 1970.
pub(crate) fn moment(text: &str) -> Option<u32> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.len() != 14 {
        return text.parse().ok();
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    let days = days(year, month, day);
    let is_day = year >= 1970 && (1..=12).contains(&month) && date(days) == (year, month, day);
    if !is_day || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    // The field has 32 bits, and goes round.
    Some(seconds as u32)
}

/// A moment as `YYYYMMDDHHmmSS`.
pub(crate) fn moment_text(moment: u32) -> String {
    let (days, seconds) = (i64::from(moment) / 86_400, moment % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. Years are counted from March, so that the day of a leap
/// year is the last one; a month then begins (153 m + 2) / 5 days after March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

/// The day of the calendar, so many days after 1970-01-01: the year of [`days`] that begins last before it, then the
/// month.
fn date(count: i64) -> (i64, i64, i64) {
    // A year from March on has 365.2425 days in the mean, so this is the year, or the one after it.
    let mut year = (count + 719_468) * 10_000 / 3_652_425 + 1;
    while days(year, 3, 1) > count {
        year -= 1;
    }
    let of_year = count - days(year, 3, 1);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::{moment, moment_text, seconds};

    /// What `date -u -d @N +%Y%m%d%H%M%S` prints.
    #[test]
    fn moments_of_the_calendar() {
        for (number, text) in [
            (0, "19700101000000"),
            (951_782_399, "20000228235959"),
            (951_782_400, "20000229000000"),
            (951_868_800, "20000301000000"),
            (1_703_980_799, "20231230235959"),
            (1_709_251_199, "20240229235959"),
            (1_767_225_600, "20260101000000"),
            (4_107_542_400, "21000301000000"),
            (u32::MAX, "21060207062815"),
        ] {
            assert_eq!(moment_text(number), text);
            assert_eq!(moment(text), Some(number), "{text}");
        }
        for day in 0..49_710 {
            assert_eq!(moment(&moment_text(day * 86_400)), Some(day * 86_400));
        }
        for bad in [
            "20261301000000",
            "20260100000000",
            "20260101240000",
            "2026010100000x",
            "20260229000000",
            "20260431000000",
            "19691231235959",
            "",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
        assert_eq!(moment("1767225600"), Some(1_767_225_600));
    }

    #[test]
    fn spans() {
        for (text, wanted) in [
            ("0", Some(0)),
            ("3600", Some(3600)),
            ("1h", Some(3600)),
            ("1H30m", Some(5400)),
            ("1w2d3h4m5s", Some(788_645)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("1h30", None),
            ("0h30", None),
            ("0s", Some(0)),
            ("h", None),
            ("", None),
            ("-1", None),
            ("7102w", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }
}
