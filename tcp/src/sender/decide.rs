//! What is sent next, and why: a pure function of what the sender knows. Nothing changes here.
//!
//! One question after another, and the first that has an answer gives the message: the SYN; what is lost; the probe of
//! the tail; new text as far as both windows allow; the probe of a closed window.
//!
//! Silly windows are avoided (RFC 9293 §3.8.6.2.1): small segments are held back while better ones may become possible.

use std::time::Instant;

use crate::flight::{LostBy, SentSegment};
use crate::message::{Kind, SenderMessage};
use crate::note::SentNote;
use crate::sender::Sender;
use crate::seq::SeqNumber;

/// What the sender wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// To send this.
    Send(SenderMessage),
    /// To wait for the pacing of what it has.
    WaitUntil(Instant),
    /// There is nothing to send, or nothing may be sent.
    Nothing,
}

impl Sender {
    /// The first message, the SYN: for the first time, with at most `room` bytes of text, or again, without text.
    pub(crate) fn decide_syn(&self, room: usize) -> Option<SenderMessage> {
        let syn =
            |length, kind, why| SenderMessage { seq: self.snd.iss, syn: true, length, fin: false, kind, why };
        if self.snd.nxt == self.snd.iss {
            return Some(syn(self.outgoing.len().min(room), Kind::New, None));
        }
        // Text that has left with it waits for the end of the handshake.
        let (segment, by) = self.flight.first_lost()?;
        (segment.first == self.snd.iss).then(|| syn(0, Kind::Again, self.why(by)))
    }

    // book: decide
    /// The next message of an open connection. `size` is how much text fits in a segment now.
    pub(crate) fn decide(&self, now: Instant, size: usize) -> Next {
        let message = self
            .lost_text(size)
            .or_else(|| self.tail_probe(size))
            .or_else(|| self.new_text(size))
            .or_else(|| self.window_probe(size))
            .or_else(|| self.held_back_for_nothing(size));
        let Some(message) = message else { return Next::Nothing };
        match self.pacing(now, &message) {
            Some(until) => Next::WaitUntil(until),
            None => Next::Send(message),
        }
    }
    // book: end

    /// What is lost: as much of the first such segment as fits in one.
    fn lost_text(&self, size: usize) -> Option<SenderMessage> {
        let (segment, by) = self.flight.first_lost().filter(|_| !self.recovery.frto.holds_back())?;
        let message = self.again(&self.with_new_text(*segment, by), size, Kind::Again, self.why(by))?;
        let fits = message.length as u32 <= self.congestion_allows();
        (fits || self.recovery.first_leaves || self.flight.pipe() == 0).then_some(message)
    }

    /// What the peer had no room for, and the new text after it. The byte of a probe alone would be a silly segment,
    /// and it would take from the window: what is left might not fill a segment any more, and would wait for a timer
    /// (RFC 9293 §3.8.6.2.1). Linux's probes carry no byte, so it has no such trouble.
    fn with_new_text(&self, segment: SentSegment, by: LostBy) -> SentSegment {
        let grows = by == LostBy::NoRoom && segment.end == self.snd.nxt && self.unsent() > 0;
        SentSegment { end: if grows { self.outgoing.end() } else { segment.end }, ..segment }
    }

    /// New text should have left in the place of what is lost (F-RTO), and may not. With nothing in the network no ACK
    /// would come.
    fn held_back_for_nothing(&self, size: usize) -> Option<SenderMessage> {
        let (segment, by) = self.flight.first_lost().filter(|_| self.flight.pipe() == 0)?;
        self.again(segment, size, Kind::Again, self.why(by))
    }

    /// A segment of the flight once more, as far as the peer's window reaches (RFC 9293 §3.8.6, SHLD-16).
    fn again(
        &self,
        segment: &SentSegment,
        size: usize,
        kind: Kind,
        why: Option<SentNote>,
    ) -> Option<SenderMessage> {
        let text_end = self.outgoing.end();
        let text = if segment.end.after(text_end) { text_end } else { segment.end };
        let in_segment = if text.after(segment.first) { text.since(segment.first) } else { 0 };
        let room = self.window_beyond(segment.first);
        let length = in_segment.min(room).min(size as u32);
        // The FIN takes a number too. As the only one that is not acknowledged, it goes into a closed window as well.
        let fits = room > length || segment.first == self.snd.una && in_segment == 0;
        let fin = segment.end.after(text_end) && length == in_segment && fits;
        let message =
            SenderMessage { seq: segment.first, syn: false, length: length as usize, fin, kind, why };
        (length > 0 || fin).then_some(message)
    }

    /// RFC 8985 §7.3: new text if there is any, whatever the congestion window says; else the last segment again.
    fn tail_probe(&self, size: usize) -> Option<SenderMessage> {
        if !self.recovery.tail.is_due {
            return None;
        }
        let why = Some(SentNote::TailProbe);
        let length = self.unsent().min(size).min(self.window_beyond(self.snd.nxt) as usize);
        if length > 0 {
            let fin = self.fin_follows(self.snd.nxt, length);
            return Some(SenderMessage {
                seq: self.snd.nxt,
                syn: false,
                length,
                fin,
                kind: Kind::TailProbe,
                why,
            });
        }
        self.again(self.flight.back()?, size, Kind::TailProbe, why)
    }

    /// New text, a FIN, or both, as far as the windows allow.
    fn new_text(&self, size: usize) -> Option<SenderMessage> {
        let lost_comes_first = self.flight.lost() > 0 && !self.recovery.frto.sends_new_text();
        if self.fin_was_sent() || lost_comes_first {
            return None;
        }
        let unsent = self.unsent();
        if unsent == 0 && !self.closing {
            return None;
        }
        let usable = self.window_beyond(self.snd.nxt).min(self.congestion_allows()) as usize;
        let length = unsent.min(size).min(usable);
        // The FIN takes a number too; with nothing in flight it goes even into a closed window, and is its own probe.
        let idle = self.flight.is_empty();
        let fin = self.fin_follows(self.snd.nxt, length) && (usable > length || idle && unsent == 0);
        if !fin && !self.is_worth_sending(length, unsent, size) {
            return None;
        }
        Some(SenderMessage { seq: self.snd.nxt, syn: false, length, fin, kind: Kind::New, why: None })
    }

    // book: worth
    /// RFC 9293 §3.8.6.2.1, the sender's silly window avoidance, with Nagle (§3.7.4) if asked for.
    fn is_worth_sending(&self, length: usize, unsent: usize, size: usize) -> bool {
        if length == 0 {
            return false;
        }
        length == size
            || length == unsent && (self.flight.is_empty() || !self.config.nagle)
            || length as u32 >= self.snd.max_wnd / 2 && self.snd.max_wnd > 0
    }
    // book: end

    /// A probe: what fits into the window or, when it is closed, one byte beyond it.
    fn window_probe(&self, size: usize) -> Option<SenderMessage> {
        if !self.window_probe.is_due || self.outgoing.is_empty() {
            return None;
        }
        let seq = self.snd.una;
        let most = self.flight.front().map_or(usize::MAX, |first| first.length() as usize);
        let length = (self.snd.wnd as usize).clamp(1, size).min(self.outgoing.len()).min(most);
        let why = if self.snd.wnd == 0 { SentNote::WindowProbe } else { SentNote::SmallSegment };
        Some(SenderMessage { seq, syn: false, length, fin: false, kind: Kind::WindowProbe, why: Some(why) })
    }

    /// Until when the pacing, or a pause after a mark, holds a message back. Probes and messages without text do not
    /// wait.
    fn pacing(&self, now: Instant, message: &SenderMessage) -> Option<Instant> {
        if message.length == 0 || !matches!(message.kind, Kind::New | Kind::Again) {
            return None;
        }
        self.pause(now).or_else(|| {
            let rate = self.controller.pacing_rate(self.rtt.srtt)?;
            self.pacer.wait(now, rate, message.length as u32, self.smss())
        })
    }

    /// Why a lost segment goes out again.
    fn why(&self, by: LostBy) -> Option<SentNote> {
        let (times, after) = self.recovery.ran_out;
        Some(match by {
            LostBy::Timer => SentNote::TimerRanOut { times, after },
            LostBy::Opening => SentNote::TextOfSyn,
            LostBy::SynRepeated => SentNote::PeerRepeatsSyn,
            LostBy::BothOpen => SentNote::BothOpen,
            LostBy::TooLarge => SentNote::PathIsNarrower,
            LostBy::NoRoom => SentNote::WindowOpened,
            LostBy::DuplicateAcks => SentNote::FastRetransmission,
            LostBy::PartialAck => SentNote::PartialAck,
            LostBy::Sack => SentNote::SackShowsLoss,
            LostBy::Rack => SentNote::RackShowsLoss,
        })
    }

    /// Whether a FIN goes with the text of this length.
    fn fin_follows(&self, seq: SeqNumber, length: usize) -> bool {
        // In SYN-RECEIVED text may leave (Fast Open), but no FIN: see crate::state.
        let is_open = self.snd.una != self.snd.iss;
        self.closing && is_open && seq + length as u32 == self.outgoing.end()
    }
}
