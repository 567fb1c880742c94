//! The strip below a row of the ladder: what the end that was captured decides by after it, as a bar and in numbers.
//!
//! ```text
//!   211.2  ◀── TCP  ACK seq 824 ack 12020 win 262144    ─── server        0
//!               █████████████████░░░░░░░░░       26,064        -   17,376     50.0
//! ```
//!
//! A row has one if something has moved since the last one of its connection. Tested in `tests/cwnd.rs`.

use super::lines::Margin;
use crate::story::{Row, Story, Windows};
use crate::views::style::Style;
use crate::views::words::{count, fit, paragraph};

/// Columns between the margin and the bar: those of a note.
const BEFORE: usize = 6;
/// Columns for a round trip, and the space before it.
const ROUND_TRIP: usize = 9;

/// How the strips of a ladder are drawn.
pub(super) struct Strip {
    indent: usize,
    width: usize,
    /// Columns of the bar.
    bar: usize,
    /// Columns for a number of bytes, and the space before it.
    bytes: usize,
    /// What a full bar stands for, in bytes.
    full: u32,
    /// What there is to say about the marks in the bars: of those that occur.
    marks: String,
}

impl Strip {
    /// For the rows of a story. `None`: they are not wanted, or no row tells.
    pub(super) fn of(story: &Story, style: &Style, margin: Margin) -> Option<Strip> {
        let all = || story.rows.iter().filter_map(Row::windows);
        let full = all().map(|it| it.cwnd.max(it.flight).max(it.ssthresh.unwrap_or_default())).max();
        let full = full.filter(|_| style.windows)?.max(1);
        let (indent, width) = (margin.columns() + BEFORE, style.width);
        let bytes = count(full.into()).len().max(8) + 1;
        let bar = width.saturating_sub(indent + 3 * bytes + ROUND_TRIP);
        let marks = [
            (true, "█ in flight, ░ the rest of cwnd"),
            // So it is after a reduction.
            (all().any(|it| it.flight > it.cwnd), ", ▓ in flight beyond it"),
            (all().any(|it| it.ssthresh.is_some()), ", ┃ ssthresh"),
        ];
        let marks = marks.iter().filter(|(occurs, _)| *occurs).map(|(_, mark)| *mark).collect();
        Some(Strip { indent, width, bar, bytes, full, marks })
    }

    /// What stands over the numbers.
    pub(super) fn head(&self) -> String {
        self.line("", ["cwnd", "ssthresh", "flight", "srtt ms"].map(str::to_owned))
    }

    /// That of a row. Mostly a row with which nothing has moved has none.
    pub(super) fn below(&self, row: &Row) -> String {
        row.windows().map_or(String::new(), |windows| self.text(&windows))
    }

    /// What there is to say about the bars.
    pub(super) fn legend(&self) -> String {
        let text = format!("{}; a full bar is {} bytes", self.marks, count(self.full.into()));
        paragraph(&text, 10, self.width)
    }

    fn text(&self, windows: &Windows) -> String {
        let known = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
        let bytes = |bytes: u32| count(bytes.into());
        let srtt = windows.srtt.map(|tenths| format!("{}.{}", count((tenths / 10).into()), tenths % 10));
        let ssthresh = windows.ssthresh.map(bytes);
        let numbers = [bytes(windows.cwnd), known(ssthresh), bytes(windows.flight), known(srtt)];
        self.line(&self.cells(windows), numbers)
    }

    fn line(&self, bar: &str, [cwnd, ssthresh, flight, srtt]: [String; 4]) -> String {
        let Strip { indent, width, bytes, .. } = *self;
        let numbers = format!("{cwnd:>bytes$}{ssthresh:>bytes$}{flight:>bytes$}{srtt:>ROUND_TRIP$}");
        let line = format!("{:indent$}{}{numbers}", "", fit(bar, self.bar));
        format!("{}\n", fit(&line, width).trim_end())
    }

    /// The cells of the bar. What is more than nothing has one at least.
    fn cells(&self, windows: &Windows) -> String {
        let cells = |bytes: u32| (u64::from(bytes) * self.bar as u64).div_ceil(self.full.into()) as usize;
        let (cwnd, flight) = (cells(windows.cwnd), cells(windows.flight));
        let threshold = windows.ssthresh.map(|ssthresh| cells(ssthresh).saturating_sub(1));
        let cell = |at: usize| match (at < flight, at < cwnd) {
            _ if threshold == Some(at) => '┃',
            (true, true) => '█',
            (true, false) => '▓',
            (false, true) => '░',
            (false, false) => ' ',
        };
        (0..self.bar).map(cell).collect()
    }
}
