//! The frames that have no row, counted by reason: every frame of a file is accounted for.

use std::collections::BTreeMap;
use std::fmt;

/// Why a frame has no row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uncounted {
    /// It carries no IP and no ARP; what it carries instead, in a word.
    NotIp(String),
    /// Its IP header cannot be read; why.
    Refused(String),
    /// It is a record that is not a packet, to which Wireshark gives a number all the same.
    NotAPacket,
    /// It belongs to a conversation that was not chosen.
    NotChosen,
    /// There were more rows than are kept.
    TooMany,
    /// It is the copy, at the place where it vanished, of a packet that has a row.
    DrawnWhereSent,
    /// It was seen at another capture point of the file.
    Elsewhere,
}

/// How many frames share a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub frames: u64,
    /// The number of the first of them.
    pub first: u64,
}

/// The frames of a capture: how many have a row, and why the others have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// All frames of the file.
    pub frames: u64,
    /// The frames that have a row.
    pub rows: u64,
    /// The others.
    pub without: BTreeMap<Uncounted, Count>,
    /// Why the reading of the file ended before its end, if it did.
    pub cut: Option<String>,
}

/// Reasons that are told apart; the frames of further ones are counted together.
const MOST_REASONS: usize = 64;

impl Tally {
    pub(super) fn row(&mut self) {
        self.frames += 1;
        self.rows += 1;
    }

    pub(super) fn no_row(&mut self, frame: u64, reason: Uncounted) {
        self.no_rows(frame, 1, reason);
    }

    /// Counts `frames` frames without a row, from the number `first` on.
    pub(super) fn no_rows(&mut self, first: u64, frames: u64, reason: Uncounted) {
        self.frames = self.frames.saturating_add(frames);
        self.count(first, frames, reason);
    }

    /// A frame that had a row has none any more.
    pub(super) fn drop_row(&mut self, frame: u64, reason: Uncounted) {
        self.rows = self.rows.saturating_sub(1);
        self.count(frame, 1, reason);
    }

    /// Counts frames of which another tally knows the reason.
    pub(super) fn add(&mut self, reason: &Uncounted, count: Count) {
        self.count(count.first, count.frames, reason.clone());
    }

    fn count(&mut self, first: u64, frames: u64, reason: Uncounted) {
        if frames == 0 {
            return;
        }
        let full = self.without.len() >= MOST_REASONS && !self.without.contains_key(&reason);
        let reason = if full { Uncounted::NotIp("other".to_owned()) } else { reason };
        let count = self.without.entry(reason).or_insert(Count { frames: 0, first });
        count.frames = count.frames.saturating_add(frames);
    }

    /// Whether each frame is a row or counted.
    pub fn is_complete(&self) -> bool {
        self.rows + self.without.values().map(|count| count.frames).sum::<u64>() == self.frames
    }
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Uncounted::NotIp(what) => f.write_str(what),
            Uncounted::Refused(why) => f.write_str(why),
            Uncounted::NotAPacket => f.write_str("a record of the file that is not a packet"),
            Uncounted::NotChosen => f.write_str("of other conversations"),
            Uncounted::TooMany => f.write_str("beyond the rows that are kept"),
            Uncounted::Elsewhere => f.write_str("seen at other capture points"),
            Uncounted::DrawnWhereSent => f.write_str("the loss of a packet that is drawn where it was sent"),
        }
    }
}
