//! A time to live as people read it: 5m, 1h, 1d12h, as BIND writes it.

/// The units, and their seconds.
const UNITS: [(&str, u32); 4] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

/// So many seconds.
pub(super) fn ttl(seconds: u32) -> String {
    let mut left = seconds;
    let mut text = String::new();
    for (unit, length) in UNITS {
        if left >= length {
            text.push_str(&format!("{}{unit}", left / length));
            left %= length;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::ttl;

    #[test]
    fn seconds_in_the_largest_units() {
        for (seconds, wanted) in [
            (0, "0s"),
            (59, "59s"),
            (300, "5m"),
            (3600, "1h"),
            (86_399, "23h59m59s"),
            (86_400, "1d"),
            (1_209_600, "14d"),
            (2_147_483_647, "24855d3h14m7s"),
        ] {
            assert_eq!(ttl(seconds), wanted);
        }
    }
}
