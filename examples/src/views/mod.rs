//! The views: each draws one side of a trace, and knows nothing that is not in it.

mod budget;
mod bytes;
mod facts;
mod json;
mod ladder;
mod picture;

use std::time::Duration;

pub use budget::budget;
pub use bytes::{packet_bytes, section_text};
pub use json::report;
pub use ladder::{LadderStyle, ladder, row_text};
pub use picture::{headline, picture};

use barewire_packet::capture::Capture;

use crate::cli::FetchArgs;
use crate::failure::Failure;
use crate::fetch::{Job, Page};
use crate::network::Network;
use crate::reading::{Protocol, Story};

/// All that there is to say about a fetch.
pub struct Report<'a> {
    /// What was asked for.
    pub job: &'a Job,
    /// The command line.
    pub args: &'a FetchArgs,
    /// The network it went over.
    pub network: &'a dyn Network,
    /// The trace.
    pub capture: &'a Capture,
    /// The trace, read.
    pub story: &'a Story,
    /// What came back, or why nothing did.
    pub outcome: &'a Result<Page, Failure>,
}

/// ANSI colours around a word, or nothing.
struct Paint {
    on: &'static str,
    off: &'static str,
}

impl Paint {
    fn of(protocol: Protocol, color: bool) -> Paint {
        let on = match protocol {
            _ if !color => return Paint { on: "", off: "" },
            Protocol::Ip => "\x1b[2m",
            Protocol::Dns => "\x1b[33m",
            Protocol::Tcp => "\x1b[36m",
            Protocol::Tls => "\x1b[35m",
            Protocol::Http => "\x1b[32m",
        };
        Paint { on, off: "\x1b[0m" }
    }
}

/// A time in milliseconds with one decimal, rounded half up.
pub fn milliseconds(time: Duration) -> String {
    let tenths = (time.as_micros() + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A number with its thousands apart: 200,000.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 round trip", "2 round trips".
pub fn round_trips(number: u32) -> String {
    format!("{number} round trip{}", if number == 1 { "" } else { "s" })
}

/// `text` in exactly `columns`, cut with an ellipsis or filled with spaces.
fn fit(text: &str, columns: usize) -> String {
    let length = text.chars().count();
    if length <= columns {
        return format!("{text}{:1$}", "", columns - length);
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}

/// `text` in lines of at most `columns`, broken at spaces; each but the first begins with `indent` spaces more.
fn paragraph(text: &str, indent: usize, columns: usize) -> String {
    let mut out = " ".repeat(indent);
    let mut column = indent;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > indent && column + 1 + length > columns {
            out.push_str(&format!("\n{:1$}", "", indent + 2));
            column = indent + 2;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(milliseconds(Duration::from_micros(160_249)), "160.2");
        assert_eq!(milliseconds(Duration::from_micros(160_250)), "160.3");
        assert_eq!(milliseconds(Duration::ZERO), "0.0");
        assert_eq!(
            (count(0), count(999), count(1000), count(1234567)),
            ("0".into(), "999".into(), "1,000".into(), "1,234,567".into())
        );
        assert_eq!((round_trips(1), round_trips(4)), ("1 round trip".into(), "4 round trips".into()));
        assert_eq!(paragraph("one two three", 2, 9), "  one two\n    three\n");
        assert_eq!((fit("ab", 4), fit("abcdef", 4)), ("ab  ".into(), "abc…".into()));
    }
}
