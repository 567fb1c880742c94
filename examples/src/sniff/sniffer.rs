//! The sniffer without I/O: frames in, and for each what there is to show of it.
//!
//! A filter that takes conversations as a whole keeps all others from the story, which costs more than the filter. One
//! that takes some packets of a conversation, or asks for content, needs the story of all packets. A quiet sniffer has
//! a story only where its filter asks for content.
//!
//! Tested in `tests/sniff`.

use barewire_packet::capture::{Frame, Interface};

use super::counts::Counts;
use super::filter::{Contents, Filter, Headers};
use crate::story::{Config, Layer, Live, Row, Told, Uncounted};

/// Judges frames, and tells the story of those that are taken.
pub struct Sniffer {
    filter: Filter,
    live: Live,
    shows: bool,
    counts: Counts,
}

/// A frame that the filter took, and what the story says of it. `None`: nobody asked the story.
pub type Taken<'a> = Option<Result<Told<'a>, Uncounted>>;

impl Sniffer {
    /// A sniffer that has heard nothing yet. `shows`: whether somebody looks at the rows.
    pub fn new(filter: Filter, config: Config, shows: bool) -> Sniffer {
        Sniffer { filter, live: Live::new(config), shows, counts: Counts::default() }
    }

    /// Adds TLS secrets.
    pub fn secrets(&mut self, lines: &str) {
        self.live.secrets(lines);
    }

    /// A frame is heard. `None`: the filter leaves it out.
    pub fn frame(&mut self, interface: &Interface, frame: &Frame) -> Option<Taken<'_>> {
        self.counts.received += 1;
        let headers = Headers::of(interface, frame);
        let asks = self.filter.asks_for_content();
        if !asks && !self.filter.takes(&headers, Contents::default()) {
            if self.shows && self.filter.splits_conversations() {
                let _ = self.live.frame(interface, frame);
            }
            return None;
        }
        if !asks && !self.shows {
            self.counts.matched += 1;
            return Some(None);
        }
        let told = self.live.frame(interface, frame);
        if asks
            && !self.filter.takes(&headers, told.as_ref().map(|told| found(&told.row)).unwrap_or_default())
        {
            return None;
        }
        self.counts.matched += 1;
        if self.shows {
            self.counts.told(told.as_ref().err());
        }
        Some(Some(told))
    }

    /// How many frames the filter took.
    pub fn taken(&self) -> u64 {
        self.counts.matched
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        Counts { forgotten: self.live.forgotten(), ..self.counts.clone() }
    }

    /// The packets that the system dropped so far. Gives how many of them are new.
    pub fn dropped(&mut self, so_far: u64) -> u64 {
        let before = self.counts.dropped.replace(so_far);
        so_far.saturating_sub(before.unwrap_or_default())
    }
}

/// What a row carries. A packet may carry several: HTTP in TLS that was opened is both.
pub fn found(row: &Row) -> Contents {
    let any = |wanted: &[Layer]| row.messages.iter().any(|message| wanted.contains(&message.layer()));
    let encrypted = row.messages.iter().any(|message| message.encrypted);
    Contents {
        dns: any(&[Layer::Dns]),
        tls: any(&[Layer::Tls]) || encrypted,
        http: any(&[Layer::Http, Layer::Http2]),
    }
}
