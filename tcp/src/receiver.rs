//! The receiver of a connection: the peer's half of the stream, from the segment to the user's `read`; and what the
//! peer is told about it.
//!
//! ```text
//!    SenderMessage of the peer ──▶ is it acceptable? ──▶ reassembly ──▶ read
//!                                                           │
//!    ReceiverMessage ◀── is an ACK owed, and why? ◀─────────┘
//! ```
//!
//! The window that is offered is in `window.rs`, how the buffer grows in `growth.rs`, which ACKs do not wait in
//! `quick_ack.rs`, and which timestamps count in `timestamps.rs`.
//!
//! Its variables are its own. Only it moves `rcv.nxt`, and only when [`crate::arrives`] hands it a segment.
//!
//! Tested in `tests/clauses`, through the connection; the reassembly in `tests/buffers.rs`.

mod growth;
mod quick_ack;
mod timestamps;
mod window;

use std::time::{Duration, Instant};

use barewire_packet::ip::Codepoint;

use crate::ack::Ack;
use crate::config::Config;
use crate::ecn::Echo;
use crate::note::AckReason;
use crate::options::{LARGEST_WINDOW, SackBlocks};
use crate::reassembly::Reassembly;
use crate::segment::{Flags, Segment};
use crate::seq::SeqNumber;
use crate::variables::{ReceiveVariables, TimestampVariables};
use growth::Growth;
use quick_ack::QuickAcks;

pub(crate) use window::offered_shift;

/// The peer's half of the stream.
#[derive(Debug)]
pub struct Receiver {
    rcv: ReceiveVariables,
    incoming: Reassembly,
    /// The number of the peer's FIN, once it has been seen.
    fin: Option<SeqNumber>,
    timestamps: TimestampVariables,
    /// The last timestamp of a segment in the window, and when it came. TS.Recent is this one, or that of a copy since.
    in_window: Option<(u32, Instant)>,
    /// Whether the peer understands SACK.
    sack: bool,
    /// Whether an ACK is to leave at once.
    ack: Ack,
    /// How many duplicate ACKs a peer without SACK is owed: it counts them (RFC 5681 §4.2).
    duplicates: u32,
    /// Bytes received since the last ACK left.
    unacknowledged: u32,
    /// Which full segments are acknowledged one by one.
    quick_acks: QuickAcks,
    /// When an ACK has waited long enough for data to ride on (RFC 9293 §3.8.6.3).
    delayed_ack: Option<Instant>,
    delay: Duration,
    /// Whether the peer is told of a mark.
    echo: Echo,
    /// What has come twice, until the peer is told (RFC 2883 §4).
    twice: Option<(SeqNumber, SeqNumber)>,
    /// The largest text of a segment that was not the end of a write: a full one, as far as we can know. In a tunnel it
    /// is smaller than what we announce.
    full_segment: Option<u32>,
    /// How many bytes are kept for the user, and how far that may grow.
    buffer: usize,
    growth: Growth,
    /// The MSS that we announce.
    mss: u32,
}

/// How many duplicate ACKs leave for segments that have come at once. More would not tell the peer more.
const MOST_DUPLICATES: u32 = 64;

/// What became of the text of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// Bytes are in order that were not before: the user can read them.
    Readable,
    /// It came too early, or twice, or there was no room.
    NothingNew,
}

impl Receiver {
    /// A receiver that has not seen a SYN.
    pub(crate) fn new(config: &Config, mss: u32) -> Receiver {
        Receiver {
            rcv: ReceiveVariables::default(),
            incoming: Reassembly::default(),
            fin: None,
            timestamps: TimestampVariables::offered(config.timestamps),
            in_window: None,
            sack: config.sack,
            ack: Ack::NotOwed,
            duplicates: 0,
            unacknowledged: 0,
            quick_acks: QuickAcks::new(config, mss),
            delayed_ack: None,
            delay: config.delayed_ack,
            echo: Echo::default(),
            twice: None,
            full_segment: None,
            buffer: config.receive_buffer,
            growth: Growth::new(config.receive_limit()),
            mss,
        }
    }

    /// The peer's SYN: its initial sequence number, and what both ends have agreed on. Text in it is taken later, as
    /// far as the window reaches that our own SYN offers.
    pub(crate) fn peer_opens(
        &mut self,
        seq: SeqNumber,
        shift: u8,
        timestamp: Option<(u32, Instant)>,
        sack: bool,
    ) {
        self.rcv.irs = seq;
        self.rcv.nxt = seq + 1;
        self.rcv.shift = shift;
        self.rcv.wnd = self.rcv.wnd.max(self.free_space().min(0xffff));
        self.timestamps.last_ack_sent = self.rcv.nxt;
        self.timestamps.on = timestamp.is_some();
        self.timestamps.recent = timestamp.map(|(value, _)| value).unwrap_or_default();
        self.in_window = timestamp;
        self.sack = sack;
    }

    /// RFC 9293 §3.10.7.4, seventh: takes the text, as far as it is new and lies in the window.
    pub(crate) fn take_text(&mut self, now: Instant, segment: &Segment<'_>) -> Text {
        let had_gap = self.incoming.has_gap();
        self.note_what_came_twice(segment);
        let Some((ahead, text)) = self.cut_to_window(segment) else {
            let closed = self.rcv.wnd == 0;
            self.ack = Ack::OwedBecause(if closed { AckReason::WindowClosed } else { AckReason::Duplicate });
            return Text::NothingNew;
        };
        if !segment.flags.has(Flags::PSH) {
            self.full_segment = self.full_segment.max(Some(segment.payload.len() as u32));
        }
        let advanced = self.incoming.insert(ahead, text);
        self.rcv.nxt += advanced;
        self.rcv.wnd = self.rcv.wnd.saturating_sub(advanced);
        if self.fin.is_some_and(|fin| self.rcv.nxt.after(fin)) {
            // A FIN was said to stand in the middle of this text. So it is not the end, and is forgotten.
            self.fin = None;
        }
        if ahead > 0 {
            self.ack = Ack::OwedBecause(AckReason::Gap);
            self.quick_acks.begin_anew();
            self.duplicates = (self.duplicates + 1).min(MOST_DUPLICATES);
        } else if had_gap {
            self.duplicates = 0;
            // RFC 5681 §4.2: a segment that fills all or part of a gap is acknowledged at once.
            self.ack = Ack::Owed;
        } else {
            self.acknowledge_soon(now, advanced);
            if self.quick_acks.take(segment, self.mss - if self.timestamps.on { 12 } else { 0 }) {
                self.ack.owe();
            }
        }
        if advanced > 0 { Text::Readable } else { Text::NothingNew }
    }

    /// Text has arrived, and a round trip takes `srtt`, as far as the sender of this side knows: the buffer may grow.
    pub(crate) fn grow(&mut self, now: Instant, srtt: Option<Duration>) {
        if let Some(srtt) = srtt {
            self.buffer = self.growth.size(now, srtt, &self.rcv, self.incoming.unread(), self.buffer);
        }
    }

    /// The part of the text that is new and lies in the window, and how far ahead of RCV.NXT it starts.
    fn cut_to_window<'a>(&self, segment: &Segment<'a>) -> Option<(u32, &'a [u8])> {
        let text_seq = segment.seq + u32::from(segment.flags.syn());
        let (ahead, text) = if text_seq.before(self.rcv.nxt) {
            (0, segment.payload.get(self.rcv.nxt.since(text_seq) as usize..)?)
        } else {
            (text_seq.since(self.rcv.nxt), segment.payload)
        };
        let room = self.rcv.wnd.checked_sub(ahead)? as usize;
        let text = text.get(..room).unwrap_or(text);
        (!text.is_empty()).then_some((ahead, text))
    }

    /// RFC 2883 §4: the peer is told what it has sent twice.
    pub(crate) fn note_what_came_twice(&mut self, segment: &Segment<'_>) {
        let first = segment.seq + u32::from(segment.flags.syn());
        let end = first + segment.payload.len() as u32;
        if first == end || !self.sack {
            return;
        }
        if first.before(self.rcv.nxt.back(LARGEST_WINDOW)) {
            // No window reaches from there to here: it was not sent in this connection, or long ago.
            return;
        }
        if first.before(self.rcv.nxt) {
            let end = if end.after(self.rcv.nxt) { self.rcv.nxt } else { end };
            self.twice = Some((first, end));
        } else if let Some((first, end)) =
            self.incoming.first_held(first.since(self.rcv.nxt), end.since(first))
        {
            // §4.2: of several parts the first is reported.
            self.twice = Some((self.rcv.nxt + first, self.rcv.nxt + end));
        }
    }

    // book: soon
    /// RFC 9293 §3.8.6.3: an ACK for at least every second full-sized segment, and never later than the delay.
    fn acknowledge_soon(&mut self, now: Instant, bytes: u32) {
        // exercise: tcp05
        // instead: let _ = (now, bytes);
        // instead: self.ack.owe();
        self.unacknowledged = self.unacknowledged.saturating_add(bytes);
        let announced = self.mss - if self.timestamps.on { 12 } else { 0 };
        let full = self.full_segment.map_or(announced, |seen| seen.min(announced));
        if self.unacknowledged >= 2 * full || self.delay.is_zero() {
            self.ack.owe();
        } else if self.delayed_ack.is_none() {
            self.delayed_ack = Some(now + self.delay);
        }
        // exercise: end
    }
    // book: end

    // book: fin
    /// Eighth, the FIN. One that comes too early is remembered, and counts when everything before it is there: then
    /// this gives true. The FIN that comes in order counts, whatever an earlier one has said: that may be forged.
    pub(crate) fn take_fin(&mut self, segment: &Segment<'_>) -> bool {
        let fin = segment.seq + u32::from(segment.flags.syn()) + segment.payload.len() as u32;
        let is_news = self.fin.is_none() || fin == self.rcv.nxt && !self.has_all();
        if segment.flags.fin() && is_news && fin.since(self.rcv.nxt) <= self.rcv.wnd {
            self.fin = Some(fin);
        }
        if self.fin != Some(self.rcv.nxt) {
            if segment.flags.fin() && fin.after(self.rcv.nxt) {
                self.ack.owe_because(AckReason::Gap);
            }
            return false;
        }
        self.rcv.nxt += 1;
        self.ack = Ack::Owed;
        true
    }
    // book: end

    /// RECEIVE (§3.10.3): copies out bytes that have arrived in order. If that makes much room, an ACK tells the peer.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.incoming.read(buffer);
        if count > 0
            && self.fin.is_none_or(|fin| fin.at_or_after(self.rcv.nxt))
            && self.window_update_is_due()
        {
            self.ack = Ack::OwedBecause(AckReason::WindowUpdate);
        }
        count
    }

    /// Nobody will read what is there.
    pub(crate) fn forget_unread(&mut self) {
        self.incoming = Reassembly::default();
    }
}

/// Whether an ACK is owed, and what it says.
impl Receiver {
    /// Whether an ACK is to leave at once.
    pub(crate) fn ack(&self) -> Ack {
        self.ack
    }

    /// An ACK is owed now, for this reason.
    pub(crate) fn owe(&mut self, ack: Ack) {
        self.ack = ack;
    }

    /// An ACK has left, with or without text. Several segments may have come at once after a gap. To a peer with SACK
    /// one ACK reports all of them; another one gets an ACK for each.
    pub(crate) fn acknowledged(&mut self) {
        self.duplicates = if self.sack { 0 } else { self.duplicates.saturating_sub(1) };
        self.ack = if self.duplicates > 0 { Ack::OwedBecause(AckReason::Gap) } else { Ack::NotOwed };
        self.unacknowledged = 0;
        self.delayed_ack = None;
        self.twice = None;
        self.timestamps.last_ack_sent = self.rcv.nxt;
    }

    /// RFC 3168 §6.1.3: a mark has come, or the peer has heard of one.
    pub(crate) fn take_marks(&mut self, segment: &Segment<'_>, codepoint: Codepoint) {
        self.echo.take(segment, codepoint);
    }

    /// Whether the peer is told of a mark.
    pub(crate) fn echo(&self) -> Echo {
        self.echo
    }

    /// When a delayed ACK is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.delayed_ack
    }

    /// Does what is due by `now`.
    pub(crate) fn on_deadline(&mut self, now: Instant) {
        if self.delayed_ack.is_some_and(|due| due <= now) {
            self.delayed_ack = None;
            self.ack.owe();
        }
    }

    /// Nothing is owed to a peer that is gone.
    pub(crate) fn end(&mut self) {
        self.ack = Ack::NotOwed;
        self.delayed_ack = None;
    }

    /// Whether something has arrived out of order or twice, and the peer wants to know.
    pub(crate) fn has_blocks(&self) -> bool {
        self.sack && (self.twice.is_some() || self.incoming.has_gap())
    }

    /// What has arrived out of order or twice, the newest first. 40 bytes of options hold four blocks, or three
    /// beside timestamps (RFC 2018 §3).
    pub(crate) fn sack_blocks(&self) -> SackBlocks {
        let mut sack = SackBlocks::default();
        if !self.has_blocks() {
            return sack;
        }
        let most = if self.timestamps.on { 3 } else { 4 };
        if let Some((first, end)) = self.twice {
            sack.push(first, end);
        }
        for (first, end) in self.incoming.blocks(most - sack.as_slice().len()) {
            sack.push(self.rcv.nxt + first, self.rcv.nxt + end);
        }
        sack
    }
}

/// What the rest of the connection asks.
impl Receiver {
    /// The Receive Sequence Variables.
    pub(crate) fn variables(&self) -> &ReceiveVariables {
        &self.rcv
    }

    /// The bytes that were received.
    pub(crate) fn incoming(&self) -> &Reassembly {
        &self.incoming
    }

    /// How much memory is held beside what is ready to be read, in bytes.
    pub(crate) fn spare_memory(&self) -> usize {
        self.incoming.spare()
    }

    /// Frees it, if nothing is ready.
    pub(crate) fn give_back_memory(&mut self) {
        self.incoming.give_back();
    }

    /// Whether what arrives out of order is reported (before the peer has spoken: whether we offer it).
    pub(crate) fn uses_sack(&self) -> bool {
        self.sack
    }

    /// Whether the peer's FIN has arrived, and everything before it.
    pub(crate) fn has_all(&self) -> bool {
        self.fin.is_some_and(|fin| self.rcv.nxt.after(fin))
    }
}
