//! The story of a capture: who talked to whom, what was said in each packet, and where the time went.
//!
//! ```text
//!   frames -> packets -> conversations: TCP connections, UDP exchanges
//!                        (numbered as tshark numbers streams)
//!          -> streams put in order -> TLS records opened with the key log
//!          -> messages (DNS, TLS, HTTP) as data
//! ```
//!
//! A story is read from a capture and nothing else. It does not know which program made it: one of ours, or tcpdump
//! with SSLKEYLOGFILE. Everything in it is data; the sentences for people are made in `Display`, and never compared.
//!
//! A capture may be larger than memory: rows have a limit, and a conversation costs 1.5 KiB. The table stands in
//! `reader.rs`.
//!
//! # Reading order
//!
//! 1. [`Row`], [`Message`], [`Note`]: one packet, what it says, and what there is to say beside it.
//! 2. [`Conversation`], [`Host`]: between whom. [`Page`]: which conversations belong together.
//! 3. [`Reader`]: the chain. `tcp` and `udp` find the conversation, `upper` finds out what is spoken over a stream.
//! 4. [`Budget`]: phases, and in `causes` how round trips are counted. [`Wait`]: what the wait was made of.
//! 5. [`HttpExchange`]: a request with its answer, where the chain hears of them.
//! 6. [`Tally`]: the frames without a row.
//! 7. `Live`: a story that is told while the packets come.
//! 8. [`Scene`]: a capture of several hosts at once, and the journeys of packets between them.
//!
//! Tested in `tests/story.rs` and `tests/bounds.rs`, the live one in `tests/sniff`; fuzzed in `fuzz`.

mod budget;
mod causes;
mod conversation;
mod copies;
mod host;
mod hosts;
mod http;
mod key_log;
#[cfg(not(target_family = "wasm"))]
mod live;
mod losses;
mod message;
mod moments;
mod note;
mod page;
mod part;
mod passing;
mod questions;
mod reader;
mod remarks;
mod reuse;
mod row;
mod said;
mod scene;
mod sealed;
mod section;
mod selection;
mod server_timing;
mod state;
mod step;
mod table;
mod tally;
mod tcp;
mod udp;
mod unkept;
mod upper;
mod wait;
mod weight;
mod windows;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use barewire_packet::capture::Capture;
use barewire_tls13::Ledger;

pub use budget::{Budget, Phase, PhaseName};
pub use conversation::{Application, Asked, Conversation, Outcome, Spoken, Then, Transport};
pub use host::{Host, HostId, Role};
pub use http::{Borders, Content, HttpExchange, HttpMessage, Place, Ruler, Stretch};
#[cfg(not(target_family = "wasm"))]
pub use live::{Live, Told};
pub use message::{Layer, Message, NotUndone, Numbers, Says, Undone};
pub use moments::Moments;
pub use note::Note;
pub use page::Page;
pub use part::Part;
pub use reader::Reader;
pub use reuse::{Carried, Later, Opening};
pub use row::{ConversationId, Fate, Row};
pub use scene::{
    Doing, End, Exchange, Journey, Point, Reading, Scene, SceneReader, Span, Stop, UnknownPoint,
};
pub use section::Section;
pub use selection::{Missing, Selection};
pub use server_timing::Claim;
pub use state::Ends;
pub use step::Step;
pub use tally::{Count, Tally, Uncounted};
pub use unkept::Unkept;
pub use wait::{Disagreement, Trip, Wait};
pub use windows::Windows;

/// How much of a capture to read, and what to keep.
#[derive(Debug, Clone)]
pub struct Config {
    /// TLS secrets beside those in the capture, as SSLKEYLOGFILE has them.
    pub key_log: String,
    /// Which conversations to show.
    pub selection: Selection,
    /// Whether to keep the bytes of frames and messages: [`Row::parts`].
    pub keep_parts: bool,
    /// Of which frames to keep them.
    pub parts_of: RangeInclusive<u64>,
    /// Whether to keep the plain content of streams, for `--follow`.
    pub keep_plain: bool,
    /// Whether to keep the exchanges of HTTP, with their content: [`Story::exchanges`].
    pub keep_http: bool,
    /// Whether to keep the transcripts and secrets of TLS: [`Story::ledgers`].
    pub keep_ledgers: bool,
    /// Whether to keep what both ends are in after each packet: [`Row::ends`].
    pub keep_ends: bool,
    /// Rows to keep at the most. The frames beyond are counted.
    pub most_rows: usize,
    /// Bytes that the messages and parts of all rows may take, about. The frames beyond are counted.
    pub most_bytes: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            key_log: String::new(),
            selection: Selection::default(),
            keep_parts: false,
            parts_of: 0..=u64::MAX,
            keep_plain: false,
            keep_http: false,
            keep_ledgers: false,
            keep_ends: false,
            most_rows: 50_000,
            most_bytes: 128 << 20,
        }
    }
}

/// A capture, read.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The hosts, in the order in which they were seen.
    pub hosts: Vec<Host>,
    /// The conversations, in the order of their first frames.
    pub conversations: Vec<Conversation>,
    /// One row a packet.
    pub rows: Vec<Row>,
    /// The frames that have no row, by reason.
    pub tally: Tally,
    /// When its first frame was seen, since the beginning of 1970.
    pub began: Duration,
    /// When the capture ended, since its first frame, where the file says so.
    pub end: Option<Duration>,
    /// Which conversations belong together.
    pub pages: Vec<Page>,
    /// Requests of HTTP with their answers, in the order of the requests. Empty unless they were asked for.
    pub exchanges: Vec<HttpExchange>,
    /// The ledger of each TLS 1.3 connection, by the number of its stream. Empty unless they were asked for: they hold
    /// secrets.
    pub ledgers: BTreeMap<usize, Ledger>,
}

impl Story {
    /// Reads a whole capture.
    pub fn of(capture: &Capture, config: Config) -> Story {
        let mut reader = Reader::new(config);
        capture.secrets.iter().for_each(|lines| reader.secrets(lines));
        for frame in &capture.frames {
            if let Some(interface) = capture.interfaces.get(frame.interface as usize) {
                reader.frame(interface, frame);
            }
        }
        reader.finish(capture.end, capture.cut.as_ref().map(|cut| cut.to_string()))
    }

    /// The conversations with their numbers.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (ConversationId, &Conversation)> {
        self.conversations
            .iter()
            .enumerate()
            .map(|(index, conversation)| (ConversationId(index), conversation))
    }

    /// The budget of each page.
    pub fn budgets(&self) -> Vec<Budget> {
        let mut rows = vec![Vec::new(); self.conversations.len()];
        for (index, row) in self.rows.iter().enumerate() {
            if !row.is_copy()
                && let Some(rows) = row.conversation.and_then(|id| rows.get_mut(id.0))
            {
                rows.push(index);
            }
        }
        let of_page = |page: &Page| {
            let all = page.dns.iter().chain(&page.tcp).filter_map(|id| rows.get(id.0)).flatten();
            let mut indexes: Vec<usize> = all.copied().collect();
            indexes.sort_unstable();
            Budget::of_rows(self, page, indexes.iter().filter_map(|index| self.rows.get(*index)).collect())
        };
        self.pages.iter().map(of_page).collect()
    }

    /// The budget of the last page: of a fetch there is one.
    pub fn budget(&self) -> Budget {
        self.pages.last().map(|page| Budget::of(self, page)).unwrap_or_default()
    }
}
