//! What the program does, one file per command.

mod dissect;
mod fetch;
mod output;
mod step;

pub use dissect::dissect;
pub use fetch::fetch;

use std::io::IsTerminal;

use barewire_dissect::TextStyle;

/// How wide the terminal is; 100 columns where there is none.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).clamp(40, 160))
}

/// How to draw trees on standard output: colour is dropped on the way where it is not wanted.
fn text_style() -> TextStyle {
    TextStyle { width: terminal_width(), color: std::io::stdout().is_terminal() }
}
