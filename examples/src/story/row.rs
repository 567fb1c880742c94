//! One packet of the capture, read.

use std::time::Duration;

use super::host::HostId;
use super::message::{Message, Numbers, Says};
use super::note::Note;
use super::part::Part;
use super::section::Section;
use super::state::Ends;
use super::windows::Windows;

/// The number of a conversation in [`Story::conversations`](super::Story::conversations).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(pub usize);

/// What became of a packet, as far as the capture tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was seen, and nothing says that it did not arrive.
    Seen,
    /// It vanished on the way. Only a simulated network knows that.
    Lost,
}

/// One packet, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the capture, from 1, as Wireshark counts.
    pub frame: u64,
    /// When it was seen, since the first frame of the capture.
    pub time: Duration,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// Who sent it.
    pub from: HostId,
    /// Who it is for.
    pub to: HostId,
    /// What it says; never empty.
    pub messages: Vec<Message>,
    /// Control bits and numbers of the TCP segment in it, also where the row says something of a higher layer.
    pub segment: Option<Numbers>,
    /// Bytes after the UDP or TCP header, on the wire.
    pub payload: usize,
    /// What there is to say beside it.
    pub notes: Vec<Note>,
    /// Whether its headers were made up, because the kernel kept the real ones.
    pub made_up: bool,
    /// What became of it.
    pub fate: Fate,
    /// What both ends are in after it, as far as the capture tells.
    pub ends: Option<Box<Ends>>,
    /// The messages that it completed, kept for a view of their bytes. Empty unless they were asked for.
    pub parts: Vec<Part>,
    /// A hash of the IP packet, by which a packet that was sent and then lost is found again.
    pub(super) fingerprint: u64,
}

impl Row {
    /// Whether it holds a message of this kind.
    pub fn says(&self, wanted: impl Fn(&Says) -> bool) -> bool {
        self.messages.iter().any(|message| wanted(&message.says))
    }

    /// The bytes of the packet and of each message that it completed, with their fields. Empty unless parts were kept.
    pub fn sections(&self) -> Vec<Section> {
        self.parts.iter().flat_map(Part::sections).collect()
    }

    /// What is drawn of it: its messages without those that only mark a place, if there are others.
    pub fn drawn(&self) -> Vec<&Message> {
        let mut drawn: Vec<&Message> = self.messages.iter().filter(|message| !message.is_silent()).collect();
        if drawn.is_empty() {
            drawn.extend(&self.messages);
        }
        drawn
    }

    /// Whether a long ladder may fold this row.
    pub fn is_bulk(&self) -> bool {
        self.is_copy() || self.messages.iter().all(Message::is_bulk)
    }

    /// Whether the packet was seen before, in another place. It says again what the row of that says.
    pub fn is_copy(&self) -> bool {
        self.notes.iter().any(|note| matches!(note, Note::SeenAgain { .. }))
    }

    /// Whether it repeats what was sent before.
    pub fn is_repeated(&self) -> bool {
        self.notes.iter().any(Note::is_retransmission)
    }

    /// What the end that was captured decides by after it, where that has moved and the capture tells.
    pub fn windows(&self) -> Option<Windows> {
        self.notes
            .iter()
            .find_map(|note| if let Note::Windows(windows) = note { Some(*windows) } else { None })
    }

    /// Whether a note of this row speaks of trouble on the way: a loss, a repetition, a reset.
    pub fn is_trouble(&self) -> bool {
        self.fate == Fate::Lost || self.notes.iter().any(Note::is_trouble)
    }
}
