//! The latitude and the longitude of LOC as text: `42 21 54.000 N` (RFC 1876 §3).

use super::length::decimal;
use crate::text::fields::{Fields, Text};

/// The equator, and Greenwich.
const MIDDLE: u32 = 1 << 31;

/// One of the two angles.
pub(super) struct Axis {
    pub(super) name: &'static str,
    most_degrees: u32,
    /// The side of larger numbers, and the other.
    sides: [&'static str; 2],
}

pub(super) const LATITUDE: Axis = Axis { name: "LATITUDE", most_degrees: 90, sides: ["N", "S"] };
pub(super) const LONGITUDE: Axis = Axis { name: "LONGITUDE", most_degrees: 180, sides: ["E", "W"] };

const WANTED: &str = "degrees, perhaps minutes and seconds, then the side of the Earth";

impl Axis {
    /// Degrees, then perhaps minutes, then perhaps seconds, then the side.
    pub(super) fn read(&self, text: &mut Fields<'_>) -> Text<u32> {
        let (first, degrees) = text.word(self.name)?;
        let mut total = decimal(degrees, 0).and_then(|degrees| degrees.checked_mul(3_600_000));
        for unit in [60_000, 1_000] {
            if text.peek().is_none_or(|next| next.text.first().is_some_and(u8::is_ascii_alphabetic)) {
                break;
            }
            let (_, word) = text.word(self.name)?;
            let value = if unit == 1_000 {
                decimal(word, 3)
            } else {
                decimal(word, 0).and_then(|n| n.checked_mul(unit))
            };
            let value = value.filter(|value| *value < 60 * unit);
            total = total.zip(value).and_then(|(total, value)| total.checked_add(value));
        }
        let (_, side) = text.word(self.name)?;
        let angle = total.and_then(|total| u32::try_from(total).ok()).filter(|total| *total <= self.most());
        match (angle, self.sides.map(|name| name.eq_ignore_ascii_case(side))) {
            (Some(angle), [true, _]) => Ok(MIDDLE + angle),
            (Some(angle), [_, true]) => Ok(MIDDLE - angle),
            _ => text.refuse(first, self.name, WANTED),
        }
    }

    /// The largest angle from the middle, in thousandths of a second.
    fn most(&self) -> u32 {
        self.most_degrees * 3_600_000
    }

    /// Whether there is such a place on the Earth.
    pub(super) fn holds(&self, angle: u32) -> bool {
        angle.abs_diff(MIDDLE) <= self.most()
    }

    pub(super) fn show(&self, angle: u32) -> String {
        let [more, less] = self.sides;
        let side = if angle >= MIDDLE { more } else { less };
        let thousandths = angle.abs_diff(MIDDLE);
        let (degrees, minutes) = (thousandths / 3_600_000, thousandths / 60_000 % 60);
        let (seconds, part) = (thousandths / 1_000 % 60, thousandths % 1_000);
        format!("{degrees} {minutes} {seconds}.{part:03} {side}")
    }
}
