//! The DNS questions between two ports: which of them is asked again, and which reply answers none of them.
//!
//! A reply belongs to the question with its ID (RFC 1035 §4.1.1). A client ignores one with another ID, because it may
//! be forged (RFC 5452 §9.1).
//!
//! Bounded: the newest questions are remembered, [`MOST`] of them. Tested in `tests/names.rs`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use barewire_dissect::Direction;
use barewire_dns::Message;

use super::note::Note;

/// Questions that are remembered.
const MOST: usize = 64;

/// The questions of one conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Questions {
    open: Vec<Question>,
    /// How many were forgotten without an answer.
    forgotten: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    id: u16,
    /// A hash of its name, type and class.
    asks: u64,
    time: Duration,
    /// How often it was asked since it was last answered.
    waiting: u32,
}

impl Questions {
    /// A message goes by. What there is to say about it beside what it says itself.
    pub(super) fn see(&mut self, direction: Direction, bytes: &[u8], time: Duration) -> Option<Note> {
        let id = u16::from_be_bytes(*bytes.first_chunk()?);
        match direction {
            Direction::ToServer => self.asked(id, asks(bytes), time),
            Direction::ToClient => self.answered(id),
        }
    }

    fn asked(&mut self, id: u16, asks: u64, time: Duration) -> Option<Note> {
        let before = self.open.iter_mut().find(|one| one.asks == asks && one.waiting > 0);
        let again = before.as_ref().map(|one| Note::AskedAgain { after: time.saturating_sub(one.time) });
        // Asked again under its ID, one reply answers both.
        if let Some(question) = before.filter(|one| one.id == id) {
            question.waiting += 1;
            return again;
        }
        if self.open.len() == MOST {
            self.forgotten += self.open.remove(0).waiting;
        }
        self.open.push(Question { id, asks, time, waiting: 1 });
        again
    }

    fn answered(&mut self, id: u16) -> Option<Note> {
        if let Some(question) = self.open.iter_mut().rev().find(|one| one.id == id) {
            question.waiting = 0;
            return None;
        }
        // A reply to a forgotten question, perhaps; or the capture begins after the questions.
        let perhaps = self.forgotten > 0 || self.open.is_empty();
        self.forgotten = self.forgotten.saturating_sub(1);
        (!perhaps).then_some(Note::NoSuchQuestion { id })
    }

    /// How many queries have no reply.
    pub(super) fn unanswered(&self) -> u32 {
        self.open.iter().map(|question| question.waiting).sum::<u32>() + self.forgotten
    }
}

/// What a query asks, whatever the case of its name. Of one that cannot be read, all its bytes.
fn asks(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    match Message::parse(bytes).as_ref().ok().and_then(Message::question) {
        Some(question) => {
            let name = question.name.to_string().to_ascii_lowercase();
            (name, question.rtype.0, question.class.0).hash(&mut hasher);
        }
        None => bytes.get(2..).hash(&mut hasher),
    }
    hasher.finish()
}
