//! One direction of an observed connection: its numbers, what its sender has acknowledged, and its sender's timer.

use std::time::Duration;

use crate::observe::end_state::{EndState, Facts};
use crate::observe::stream::Stream;
use crate::segment::Segment;
use crate::seq::SeqNumber;
use crate::state::State;

/// What has been seen of one direction, that is of one sender.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The initial sequence number: that of the SYN, or made up from the first number known.
    pub(super) isn: Option<SeqNumber>,
    pub(super) saw_syn: bool,
    /// Whether the sender was heard at all. A reset alone does not count.
    pub(super) heard: bool,
    /// The window scale that its SYN offered.
    shift: Option<u8>,
    /// Whether its SYN permitted SACK.
    pub(super) permits_sack: bool,
    /// The number after the last one seen, and when that was.
    pub(super) end: SeqNumber,
    pub(super) end_time: Duration,
    /// The number of its FIN.
    pub(super) fin: Option<SeqNumber>,
    /// When it sent its FIN it had not acknowledged the other's.
    pub(super) closed_first: bool,
    /// Whether its SYN, and its FIN, were acknowledged by a segment that it has heard, as far as one can tell.
    pub(super) syn_acked: bool,
    pub(super) fin_acked: bool,
    /// The last number it acknowledged.
    pub(super) last_ack: Option<SeqNumber>,
    /// The window it offered last: in its SYN, or with an acknowledgment.
    pub(super) last_window: u32,
    pub(super) duplicate_acks: u32,
    /// When the third of them passed.
    pub(super) third_duplicate: Option<Duration>,
    /// The highest number that its SACK blocks have reported, and when it became higher for the last time.
    pub(super) sacked: Option<(SeqNumber, Duration)>,
    /// Up to where its ACKs of unseen bytes have been told.
    pub(super) told_unseen: Option<SeqNumber>,
    pub(super) question: Option<Question>,
    /// When its retransmission timer was started: RFC 6298 §5.
    pub(super) timer: Option<Duration>,
    pub(super) phase: Phase,
    /// The number that was sent again last for being the first one lost.
    pub(super) resent_first: Option<SeqNumber>,
    /// The number after the text of its SYN (Fast Open), until that is sent again.
    pub(super) syn_text: Option<SeqNumber>,
    /// It has acknowledged the text of the other end's SYN: it may speak before its own SYN is acknowledged.
    pub(super) took_text_of_syn: bool,
    /// When its SYN was sent last.
    pub(super) syn_time: Option<Duration>,
    /// How long it took in the handshake to answer: the round trip between it and the place of the capture.
    pub(super) reaction: Option<Duration>,
    /// The state it was in when it sent its last segment, and what the other end had acknowledged.
    when_heard: Option<(State, Option<SeqNumber>)>,
    pub(super) stream: Stream,
}

/// A segment that says nothing, and wants an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    KeepAlive,
    ZeroWindowProbe,
}

/// What the sender's loss recovery is doing, as far as one can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    #[default]
    Open,
    /// Until `recover` is acknowledged.
    Fast { recover: SeqNumber },
    /// The timer ran out. Until `recover` is acknowledged.
    AfterTimer { recover: SeqNumber },
}

impl Flow {
    /// Takes the numbers of the first segment of this direction. What its SYN says counts whenever it comes.
    pub(super) fn begin(&mut self, segment: &Segment<'_>, mid_stream: bool) {
        let syn = segment.flags.syn();
        if self.isn.is_none() || syn && self.isn != Some(segment.seq) {
            self.number_from(if syn { segment.seq } else { segment.seq.back(1) });
        } else if !self.heard && mid_stream {
            // What was sent before the capture began is not a gap in it.
            self.stream.begin(segment.seq);
        }
        if syn && !self.saw_syn {
            self.saw_syn = true;
            self.shift = segment.options.window_scale;
            self.permits_sack = segment.options.sack_permitted;
        }
    }

    /// The other end has acknowledged up to `ack`, and nothing else is known of this direction's numbers.
    pub(super) fn begin_before(&mut self, ack: SeqNumber) {
        if self.isn.is_none() {
            self.number_from(ack.back(1));
        }
    }

    fn number_from(&mut self, isn: SeqNumber) {
        self.isn = Some(isn);
        self.end = isn + 1;
        (self.heard, self.saw_syn) = (false, false);
        self.stream.begin(isn + 1);
    }

    /// A number of this direction, counted from the initial one.
    pub(super) fn relative(&self, number: SeqNumber) -> u32 {
        self.isn.map_or(0, |isn| number.since(isn))
    }

    /// The window of a segment in bytes. Scaling holds when both SYNs offered it, and never in a SYN (RFC 7323 §2.2).
    /// Of a SYN that the capture does not have one assumes that it did.
    pub(super) fn window(&self, segment: &Segment<'_>, peer: &Flow) -> u32 {
        let refused = peer.saw_syn && peer.shift.is_none();
        let shift = self.shift.filter(|_| !refused && !segment.flags.syn()).unwrap_or(0);
        u32::from(segment.window) << shift.min(14)
    }

    /// Whether how much its peer can take is known in bytes.
    pub(super) fn knows_scale(&self) -> bool {
        self.saw_syn
    }

    /// Whether every byte up to the FIN has been handed out.
    pub(super) fn has_ended(&self) -> bool {
        self.fin.is_some_and(|fin| self.stream.next().at_or_after(fin))
    }

    fn facts(&self, peer: &Flow, reset: bool) -> Facts {
        Facts {
            sent_syn: self.heard || peer.last_ack.is_some(),
            got_syn: peer.heard || self.last_ack.is_some(),
            syn_acked: self.syn_acked,
            sent_fin: self.fin.is_some(),
            closed_first: self.closed_first,
            fin_acked: self.fin_acked,
            got_fin: peer.fin.is_some(),
            reset,
        }
    }

    /// This end has sent something: what it is in now is proven.
    pub(super) fn note_heard(&mut self, peer: &Flow) {
        self.when_heard = Some((self.facts(peer, false).state(), peer.last_ack));
    }

    /// This end has sent a reset.
    pub(super) fn note_reset(&mut self) {
        self.when_heard = Some((State::Closed, None));
    }

    /// The number after all that this end has sent without a hole, its SYN and FIN counted.
    fn in_order(&self) -> Option<SeqNumber> {
        let next = self.stream.next();
        let after_fin = if self.fin == Some(next) { next + 1 } else { next };
        (self.isn.is_some() && self.heard).then_some(after_fin)
    }

    /// This end, seen from outside. `speaks`: the segment is its own, so that its ACK is the last word on RCV.NXT; one
    /// that is sent to it is taken to arrive, with all that was sent before.
    pub(super) fn end_state(&self, peer: &Flow, speaks: bool, reset: bool) -> EndState {
        let state = self.facts(peer, reset).state();
        let expected = match (self.last_ack, peer.in_order()) {
            (Some(ack), Some(sent)) if !speaks => Some(ack.latest(sent)),
            (ack, sent) => ack.or(sent),
        };
        let same_numbers = |una: Option<SeqNumber>| una == peer.last_ack && expected == self.last_ack;
        EndState {
            state,
            proven: self.when_heard.is_some_and(|(then, una)| then == state && (reset || same_numbers(una))),
            snd_una: peer.last_ack.map(|ack| self.relative(ack)).or(self.saw_syn.then_some(0)),
            snd_nxt: (self.isn.is_some() && self.heard).then(|| self.relative(self.end)),
            rcv_nxt: expected.map(|number| peer.relative(number)),
            rcv_wnd: (self.saw_syn || self.last_ack.is_some()).then_some(self.last_window),
        }
    }
}
