//! What a piece of a stream completed: messages, and their bytes where somebody wants them.

use barewire_dissect::Direction;
use barewire_http1::observe::Seen;
use barewire_tls13::Ledger;

use super::http::{Carried, Heard, HeardWhat, Piece};
use super::message::{Message, Says};
use super::part::Part;

/// What an observer found in the bytes it was given.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) messages: Vec<Message>,
    pub(super) parts: Vec<Part>,
    /// What went through a tunnel, for the observer of what is spoken inside.
    pub(super) passed_on: Vec<PassedOn>,
    /// What HTTP was given and told, for exchanges.
    pub(super) heard: Vec<Heard>,
    /// In which tunnel that is: 0, in none.
    pub(super) depth: usize,
    /// The ledger of TLS as it is now, where it is kept.
    pub(super) ledger: Option<Box<Ledger>>,
    /// What carries the bytes that are read now.
    pub(super) carried: Carried,
    keep: Keep,
}

/// Bytes that went through a tunnel.
#[derive(Debug)]
pub(super) struct PassedOn {
    /// Where they stand in the stream around the tunnel.
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
}

/// Which bytes are wanted beside the messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Keep {
    /// Those of frames and messages.
    pub(super) parts: bool,
    /// The plain content of streams.
    pub(super) plain: bool,
    /// The exchanges of HTTP.
    pub(super) http: bool,
    /// The ledgers of TLS.
    pub(super) ledgers: bool,
}

impl Said {
    pub(super) fn new(keep: Keep) -> Said {
        Said { keep, ..Said::default() }
    }

    /// Whether ledgers of TLS are kept.
    pub(super) fn keeps_ledgers(&self) -> bool {
        self.keep.ledgers
    }

    /// Adds a message. Content and unknown bytes that follow each other in one packet are counted together.
    pub(super) fn say(&mut self, encrypted: bool, says: Says) {
        if let Some(last) = self.messages.last_mut()
            && last.encrypted == encrypted
        {
            match (&mut last.says, &says) {
                (Says::Content { length, so_far }, Says::Content { length: more, so_far: now }) => {
                    (*length, *so_far) = (*length + more, *now);
                    return;
                }
                (Says::Switched(one, length), Says::Switched(same, more)) if one == same => {
                    *length += more;
                    return;
                }
                (Says::Bytes(layer, length), Says::Bytes(same, more)) if layer == same => {
                    *length += more;
                    return;
                }
                _ => {}
            }
        }
        self.messages.push(Message { encrypted, says });
    }

    /// Bytes of a stream of HTTP that the observer is given now.
    pub(super) fn hear(&mut self, encrypted: bool, direction: Direction, offset: u64, bytes: &[u8]) {
        if self.keep.http {
            let (carried, bytes) = (self.carried, bytes.to_vec());
            let what = HeardWhat::Piece(Piece { direction, offset, bytes, carried });
            self.heard.push(Heard { depth: self.depth, encrypted, what });
        }
    }

    /// What the observer told.
    pub(super) fn hear_told(&mut self, encrypted: bool, seen: &Seen) {
        if self.keep.http {
            self.heard.push(Heard { depth: self.depth, encrypted, what: HeardWhat::Seen(seen.clone()) });
        }
    }

    /// Hands on what went through a tunnel. It is the caller who says what it is.
    pub(super) fn pass_on(&mut self, offset: u64, bytes: &[u8]) {
        self.passed_on.push(PassedOn { offset, bytes: bytes.to_vec() });
    }

    pub(super) fn keep(&mut self, part: impl FnOnce() -> Part) {
        if self.keep.parts {
            self.parts.push(part());
        }
    }

    pub(super) fn keep_plain(&mut self, direction: Direction, content: &[u8]) {
        if self.keep.plain {
            self.parts.push(Part::Plain(direction, content.to_vec()));
        }
    }

    /// Content without its codings.
    pub(super) fn keep_undone(&mut self, part: impl FnOnce() -> Part) {
        if self.keep.plain {
            self.parts.push(part());
        }
    }

    /// Content beside a head needs no line of its own: the head says how much there will be.
    pub(super) fn without_small_talk(&mut self) {
        let talks = |message: &Message| !message.is_bulk();
        if self.messages.iter().any(talks) {
            self.messages.retain(|message| talks(message) || message.is_silent());
        }
    }
}
