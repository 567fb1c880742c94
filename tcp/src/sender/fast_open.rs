//! Text around a SYN that is not acknowledged yet: a client's that went with it, or a server's answer that went after
//! it (RFC 7413 §4.2.2).
//!
//! The SYN and its text are two records of the flight. What is acknowledged, and what goes out again, follows from
//! that.

use std::time::Instant;

use crate::flight::{LostBy, SentSegment};
use crate::options::MAX_LENGTH;
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

    /// The most that a SYN took which has text beside it, and left only once; as a segment without its fixed header.
    pub(super) fn largest_opening(&self) -> Option<u32> {
        let (syn, text) = (self.flight.front()?, self.flight.back()?);
        let is_out = self.syn_took_text && syn.first == self.snd.iss && syn.transmissions == 1;
        is_out.then(|| text.length() + MAX_LENGTH as u32)
    }

    /// A SYN with text was too large for the path: neither of the two has arrived. As in Linux, the SYN goes out again
    /// at once, alone, and the text follows in smaller pieces when it is acknowledged. The server has refused nothing.
    pub(super) fn opening_is_too_large(&mut self, mss: u32) {
        self.path_mtu.agreed = Some(self.snd.mss);
        self.snd.mss = mss;
        self.syn_took_text = false;
        self.flight.lose(LostBy::TooLarge, |_| true);
        self.recovery.first_leaves = true;
    }
}
