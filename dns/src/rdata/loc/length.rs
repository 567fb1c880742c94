//! The lengths and the altitude of LOC, and their text in metres (RFC 1876 §2 and §3).

use std::fmt;

use crate::text::fields::{Fields, Text};

/// A length in centimetres with one digit: `digit` × 10 to the `power`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// 0 to 9.
    pub digit: u8,
    /// 0 to 9.
    pub power: u8,
}

impl Length {
    /// The length in centimetres.
    pub fn centimetres(self) -> u64 {
        u64::from(self.digit) * 10u64.pow(self.power.into())
    }

    pub(super) fn is_valid(self) -> bool {
        self.digit <= 9 && self.power <= 9
    }

    pub(super) fn byte(self) -> u8 {
        self.digit << 4 | self.power & 0x0f
    }
}

/// `30m`, or `0.05m` below one metre.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.centimetres() {
            small @ 0..100 => write!(f, "0.{small:02}m"),
            more => write!(f, "{}m", more / 100),
        }
    }
}

/// The ellipsoid, in centimetres above the lowest altitude.
const SEA: u64 = 10_000_000;

pub(super) fn read_altitude(text: &mut Fields<'_>) -> Text<u32> {
    let (token, word) = text.word("ALTITUDE")?;
    let metres = word.strip_suffix('m').unwrap_or(word);
    let centimetres = match metres.strip_prefix('-') {
        Some(below) => decimal(below, 2).and_then(|below| SEA.checked_sub(below)),
        None => decimal(metres, 2).and_then(|above| SEA.checked_add(above)),
    };
    match centimetres.and_then(|centimetres| u32::try_from(centimetres).ok()) {
        Some(altitude) => Ok(altitude),
        None => text.refuse(token, "ALTITUDE", "metres from -100000.00 to 42849672.95"),
    }
}

/// A length; what does not fit one digit and a power of ten is cut down to what does.
pub(super) fn read(text: &mut Fields<'_>, name: &'static str) -> Text<Length> {
    let (token, word) = text.word(name)?;
    let Some(mut rest) = decimal(word.strip_suffix('m').unwrap_or(word), 2).filter(|cm| *cm <= 9_000_000_000)
    else {
        return text.refuse(token, name, "metres from 0.00 to 90000000.00");
    };
    let mut power = 0;
    while rest > 9 {
        (rest, power) = (rest / 10, power + 1);
    }
    Ok(Length { digit: rest as u8, power })
}

/// An altitude as text: `-24.00m`.
pub(super) fn altitude(altitude: u32) -> String {
    let sign = if u64::from(altitude) < SEA { "-" } else { "" };
    let centimetres = u64::from(altitude).abs_diff(SEA);
    format!("{sign}{}.{:02}m", centimetres / 100, centimetres % 100)
}

/// A decimal number with at most so many digits after the point, as a whole number of the last of them.
pub(super) fn decimal(text: &str, places: u32) -> Option<u64> {
    let (whole, part) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(halves) => halves,
        None => (text, ""),
    };
    let digits = whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    let missing = places.checked_sub(u32::try_from(part.len()).ok()?).filter(|_| digits)?;
    let part = if part.is_empty() { 0 } else { part.parse::<u64>().ok()? };
    let whole = whole.parse::<u64>().ok()?.checked_mul(10u64.pow(places))?;
    whole.checked_add(part * 10u64.pow(missing))
}
