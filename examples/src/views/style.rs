//! How a view is drawn: how wide, how long, in colour or not.

use barewire_dissect::TextStyle;

use crate::story::Layer;

/// The narrowest that a view is drawn.
pub(super) const NARROWEST: usize = 60;
/// How wide a view is where nobody knows the width of the paper.
pub const USUAL_WIDTH: usize = 80;

/// How to draw a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns to fit in.
    pub width: usize,
    /// Lines for the ladder to fit in. Rows that only carry on are folded until it fits as well as it can.
    pub lines: usize,
    /// Whether to use colours. Nothing is said by colour alone.
    pub color: bool,
    /// Whether rows bear the frame number that Wireshark gives them.
    pub frames: bool,
    /// Whether rows of the ladder have what their TCP decides by below them, where the capture tells.
    pub windows: bool,
}

impl Default for Style {
    fn default() -> Style {
        Style { width: USUAL_WIDTH, lines: usize::MAX, color: false, frames: false, windows: false }
    }
}

impl Style {
    /// How to draw trees in this style.
    pub fn tree(&self) -> TextStyle {
        TextStyle { width: self.width, color: self.color, ..TextStyle::default() }
    }
}

/// ANSI colours around a word, or nothing.
pub(super) struct Paint {
    pub(super) on: &'static str,
    pub(super) off: &'static str,
}

impl Paint {
    pub(super) fn of(layer: Layer, color: bool) -> Paint {
        let on = match layer {
            _ if !color => return Paint { on: "", off: "" },
            Layer::Arp | Layer::Ip | Layer::Icmp | Layer::Udp => "\x1b[2m",
            Layer::Dns => "\x1b[33m",
            Layer::Tcp => "\x1b[36m",
            Layer::Tls => "\x1b[35m",
            Layer::Http | Layer::Http2 => "\x1b[32m",
        };
        Paint { on, off: "\x1b[0m" }
    }
}
