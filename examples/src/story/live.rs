//! A story that is told while its packets come: each frame gives its row at once, and no row is kept.
//!
//! What stays is what the reader needs for the frames to come: conversations, and streams that are not whole. Its table
//! of memory stands in `reader.rs`. When [`Live::MOST`] conversations were seen, a new story begins, so that a
//! sniffer that runs for weeks does not grow: what goes on then is read from its middle, as a capture is that begins
//! there. [`Live::forgotten`] counts.
//!
//! What only the end of a capture tells is left out: roles of hosts, pages, how a conversation ended.
//!
//! Tested in `tests/sniff/live.rs`.

use std::time::Duration;

use barewire_dissect::Direction;
use barewire_packet::capture::{Frame, Interface};

use super::Config;
use super::conversation::Conversation;
use super::host::Host;
use super::reader::Reader;
use super::row::Row;
use super::tally::Uncounted;

/// Reads frames, and tells each at once.
pub struct Live {
    config: Config,
    reader: Reader,
    start: Option<Duration>,
    /// How often a story began.
    stories: u64,
    forgotten: u64,
}

/// A packet, told.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// What it says.
    pub row: Row,
    /// Its conversation, as far as that has come.
    pub conversation: Option<&'a Conversation>,
    /// Sender and receiver.
    pub ends: Option<[&'a Host; 2]>,
    /// Which story it belongs to, from 1. In a new one the conversations are numbered anew.
    pub story: u64,
}

impl Live {
    /// Conversations of one story. They take 12 MiB, and with their streams seldom more than 40.
    pub const MOST: usize = 8_192;
    /// Hosts of one story: 200 bytes each.
    const MOST_HOSTS: usize = 65_536;

    /// A story of which nothing was told yet. Of the settings count the key log, and whether parts are kept.
    pub fn new(config: Config) -> Live {
        let reader = Reader::new(config.clone());
        // The key log of a file is read once: what is added later is not kept for another story.
        let config = Config { key_log: String::new(), ..config };
        Live { config, reader, start: None, stories: 1, forgotten: 0 }
    }

    /// Adds TLS secrets. A secret must come before the frame with the message that changes to its keys.
    pub fn secrets(&mut self, lines: &str) {
        self.reader.secrets(lines);
    }

    /// Tells a frame, or says why it has no row.
    pub fn frame(&mut self, interface: &Interface, frame: &Frame) -> Result<Told<'_>, Uncounted> {
        let start = *self.start.get_or_insert(frame.time);
        if self.is_full() {
            self.begin_anew(start);
        }
        let row = self.reader.tell(interface, frame)?;
        let table = self.reader.table();
        let conversation = row.conversation.and_then(|id| table.get(id));
        let hosts = table.hosts.all();
        let ends = hosts.get(row.from.0).zip(hosts.get(row.to.0)).map(|(from, to)| [from, to]);
        Ok(Told { row, conversation, ends, story: self.stories })
    }

    /// How many conversations were forgotten so that others fit in.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// How many conversations it knows now.
    pub fn conversations(&self) -> usize {
        self.reader.table().conversations.len()
    }

    fn is_full(&self) -> bool {
        self.conversations() >= Live::MOST || self.reader.table().hosts.all().len() >= Live::MOST_HOSTS
    }

    fn begin_anew(&mut self, start: Duration) {
        self.forgotten += self.conversations() as u64;
        self.stories += 1;
        self.reader = Reader::new(self.config.clone());
        self.reader.count_from(start);
    }
}

impl Told<'_> {
    /// Which way it goes in its conversation. Without one it goes as from a client.
    pub fn direction(&self) -> Direction {
        let from_client = self.conversation.is_none_or(|one| one.hosts[0] == self.row.from);
        if from_client { Direction::ToServer } else { Direction::ToClient }
    }
}
