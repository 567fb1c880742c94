//! Text around a SYN that is not acknowledged yet: a client's that went with it, or a server's answer that went after
//! it (RFC 7413 §4.2.2).
//!
//! The SYN and its text are two records of the flight. What is acknowledged, and what goes out again, follows from
//! that.

use std::time::Instant;

use crate::flight::{LostBy, SentSegment};
use crate::sender::Sender;

impl Sender {
    /// Whether text has left with our SYN.
    pub(crate) fn sent_text_with_syn(&self) -> bool {
        self.syn_took_text
    }

    /// Our SYN is acknowledged. What went with it and is not acknowledged now goes out again at once: it was refused or
    /// dropped, but not for congestion. So does what went after a SYN that was lost.
    pub(super) fn take_text_of_syn(&mut self, syn: &SentSegment) {
        let refused = std::mem::take(&mut self.syn_took_text);
        let before_last_syn = |sent_at: Instant| syn.transmissions > 1 && sent_at < syn.sent_at;
        let lost = self.flight.lose(LostBy::Opening, |text| refused || before_last_syn(text.sent_at));
        self.recovery.first_leaves |= lost > 0;
    }
}
