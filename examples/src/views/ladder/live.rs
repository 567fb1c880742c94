//! The ladder while packets come: each row is drawn when its packet is there, so nothing is known of those to come.
//!
//! ```text
//!             tcp 0: 10.0.0.2:49152 ── 10.0.0.80:443
//!     10.0  ├── TCP  SYN     seq 0                 win 64240    ──▶ tcp 0          0
//!     60.0  ◀── TCP  SYN ACK seq 0      ack 1      win 65160    ─── tcp 0          0
//!     61.3  ├── ARP  who has 10.0.0.80? tell 10.0.0.2           ──▶                0
//! ```
//!
//! Many conversations go on at once. Each is introduced before its first row, client on the left, and named in its
//! rows; and again where it has been out of sight for a while, or where its packets show that its ends are the other
//! way round. A row without a conversation names its ends itself.
//!
//! Tested in `tests/sniff/ladder.rs`.

use std::collections::HashMap;
use std::net::SocketAddr;

use barewire_dissect::Direction;

use super::Marks;
use super::columns::name_ends;
use super::lines::{below, beside, lines};
use super::peers::{Far, between, room};
use crate::story::{Conversation, ConversationId, Layer, Row, Told};
use crate::views::style::{NARROWEST, Style};
use crate::views::words::{fit, milliseconds, paragraph};

/// Columns for a time: more than a day in milliseconds.
const CLOCK: usize = 10;
/// Columns for a number of bytes.
const BYTES: usize = 6;
/// Rows after which a conversation is introduced again.
const OUT_OF_SIGHT: u64 = 200;

/// Draws rows one after the other. It remembers which conversations of a story it has introduced.
pub struct LiveLadder {
    style: Style,
    rows: u64,
    story: u64,
    /// The ends with which a conversation was introduced, and its last row.
    known: HashMap<ConversationId, ([SocketAddr; 2], u64)>,
    marks: Marks,
}

impl LiveLadder {
    /// In this style. Folding is not for rows that are not there yet.
    pub fn new(style: &Style) -> LiveLadder {
        let style = Style { width: style.width.max(NARROWEST), ..*style };
        LiveLadder { style, rows: 0, story: 0, known: HashMap::new(), marks: Marks::default() }
    }

    /// What stands over all rows.
    pub fn head(&self) -> String {
        format!("{:>CLOCK$}  client or sender{:>2$}\n", "ms", "bytes", self.style.width - CLOCK - 18)
    }

    /// A row, after the introduction of its conversation.
    pub fn row(&mut self, told: &Told<'_>) -> String {
        self.rows += 1;
        self.marks.see(&told.row);
        let width = self.style.width;
        let margin = margin(&told.row);
        let room = room(width, CLOCK, BYTES);
        let mut lines = lines(&told.row, room, self.style.color);
        let name = told.conversation.map(name).unwrap_or_default();
        // An ARP message names its ends.
        let says_who = lines.first().is_some_and(|line| line.name == Layer::Arp.name());
        if let (None, Some([from, to]), false) = (told.conversation, told.ends, says_who) {
            name_ends(&mut lines, &format!("{from} → {to}"), room);
        }
        let far = Far { sent: told.direction() == Direction::ToServer, peer: &name };
        let mut out = self.introduction(told);
        out.push_str(&between(&told.row, &lines, &margin, far, (room, BYTES)));
        out.push_str(&below(&beside(told.direction(), &told.row), CLOCK, width));
        out
    }

    /// The marks that occurred so far, explained.
    pub fn legend(&self) -> String {
        self.marks.legend(self.style.width)
    }

    /// A remark between two rows, about all of them.
    pub fn remark(&self, text: &str) -> String {
        paragraph(&format!("⋮  {text}"), CLOCK + 2, self.style.width)
    }

    fn introduction(&mut self, told: &Told<'_>) -> String {
        if self.story != told.story {
            (self.story, self.known) = (told.story, HashMap::new());
        }
        let (Some(id), Some(one)) = (told.row.conversation, told.conversation) else { return String::new() };
        let before = self.known.insert(id, (one.ends, self.rows));
        if before.is_some_and(|(ends, row)| ends == one.ends && self.rows - row < OUT_OF_SIGHT) {
            return String::new();
        }
        let [client, server] = one.ends;
        paragraph(&format!("{}: {client} ── {server}", name(one)), CLOCK + 2, self.style.width)
    }
}

/// "tcp 0": its number is tshark's.
fn name(conversation: &Conversation) -> String {
    format!("{} {}", conversation.transport.name(), conversation.stream)
}

fn margin(row: &Row) -> String {
    format!("{:>CLOCK$}", fit(&milliseconds(row.time), CLOCK).trim_end())
}
