//! Numbers and text as the views write them.

use std::time::Duration;

use barewire_dissect::{beginning, columns as width, lines};

pub use barewire_dissect::{count, several};

/// A time in milliseconds with one decimal, rounded half up.
pub fn milliseconds(time: Duration) -> String {
    let tenths = (time.as_micros() + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `text` in exactly `columns`, cut with an ellipsis or filled with spaces.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let (text, dots) = match width(text) <= columns {
        true => (text, ""),
        false => (beginning(text, columns.saturating_sub(1)), "…"),
    };
    format!("{text}{dots}{:1$}", "", columns.saturating_sub(width(text) + width(dots)))
}

/// `text` in lines of at most `columns`, broken at spaces, and inside words that are longer than a line. The first
/// begins with `indent` spaces, the others with two more.
pub(crate) fn paragraph(text: &str, indent: usize, columns: usize) -> String {
    let room = columns.saturating_sub(indent);
    let margin = format!("\n{:1$}", "", indent + 2);
    format!("{:indent$}{}\n", "", lines(text, room, room.saturating_sub(2)).join(&margin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(milliseconds(Duration::from_micros(160_249)), "160.2");
        assert_eq!(milliseconds(Duration::from_micros(160_250)), "160.3");
        assert_eq!(milliseconds(Duration::ZERO), "0.0");
    }

    #[test]
    fn text_fits() {
        assert_eq!(paragraph("one two three", 2, 9), "  one two\n    three\n");
        assert_eq!(paragraph("a longer-word b", 0, 8), "a longer\n  -word\n  b\n", "nothing is lost");
        assert_eq!((fit("ab", 4), fit("abcdef", 4)), ("ab  ".into(), "abc…".into()));
        assert_eq!((fit("日本", 5), fit("日本語", 5)), ("日本 ".into(), "日本…".into()));
        assert_eq!(fit("日本語", 4), "日… ", "half of a character is not drawn");
    }
}
