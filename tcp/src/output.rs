//! What to send next, and the packet that carries it.
//!
//! [`Connection::transmit`] asks one question after another, and the first that has an answer gives the packet: a reply that
//! owes nothing to the stream; the SYN; what is to be sent again; new data as far as both windows allow; a probe of a closed
//! window; and if nothing else has carried it, the ACK.
//!
//! Silly windows are avoided on both sides (RFC 9293 §3.8.6.2): here small segments are held back while better ones may become
//! possible, and our own window is opened only in steps worth announcing.
//!
//! Tested in `tests/clauses.rs` and `tests/recovery.rs`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::checksum::pseudo_header;
use barewire_packet::ip;

use crate::connection::Connection;
use crate::options::{Options, SackBlocks, Timestamps};
use crate::recovery::{Phase, limited_transmit};
use crate::segment::{Flags, HEADER_LENGTH, PROTOCOL, Segment};
use crate::seq::SeqNumber;
use crate::state::State;

/// A packet to send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transmit {
    /// The whole IP packet.
    pub packet: Vec<u8>,
    /// What there is to say about it ("retransmission 1, timer ran out after 1.0 s"). Mostly empty.
    pub note: String,
}

/// A segment that answers another and carries nothing: a reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) seq: SeqNumber,
    pub(crate) ack: Option<SeqNumber>,
    pub(crate) flags: Flags,
    pub(crate) note: &'static str,
}

/// A segment about to be composed.
struct Plan {
    seq: SeqNumber,
    flags: Flags,
    length: usize,
    options: Options,
    note: String,
}

impl Connection {
    /// The next packet to send, if any. To be asked until it gives none.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        if let Some(reply) = self.replies.pop_front() {
            return Some(reply.into_packet(self.local, self.remote));
        }
        let plan = match self.state {
            State::Closed | State::Listen => return None,
            State::SynSent | State::SynReceived => self.plan_syn()?,
            _ => self
                .plan_resend()
                .or_else(|| self.plan_new_text(now))
                .or_else(|| self.plan_probe())
                .or_else(|| self.plan_ack())?,
        };
        Some(self.compose(now, plan))
    }

    /// The SYN, or the SYN-ACK: the first time, or again.
    fn plan_syn(&mut self) -> Option<Plan> {
        let again = self.recovery.resend.take().is_some();
        let mut note = std::mem::take(&mut self.recovery.why);
        if self.snd.nxt != self.snd.iss && !again {
            // An ACK may be owed in SYN-RECEIVED, for a segment outside the window.
            note = self.ack_now.filter(|_| self.state == State::SynReceived)?.into();
            let options =
                Options { timestamps: self.timestamps.on.then(Timestamps::default), ..Options::default() };
            return Some(Plan { seq: self.snd.nxt, flags: Flags::ACK, length: 0, options, note });
        }
        let received = self.state == State::SynReceived;
        let options = Options {
            maximum_segment_size: Some(self.announced_mss() as u16),
            sack_permitted: self.sack_permitted,
            timestamps: self.timestamps.on.then(Timestamps::default),
            window_scale: self.window_scaling.then(|| self.offered_shift()),
            sack: SackBlocks::default(),
        };
        let flags = if received { Flags::SYN | Flags::ACK } else { Flags::SYN };
        Some(Plan { seq: self.snd.iss, flags, length: 0, options, note })
    }

    /// What loss recovery wants sent again: as much as fits one segment.
    fn plan_resend(&mut self) -> Option<Plan> {
        let (next, end) = self.recovery.resend?;
        // After a timeout the window has shrunk to a segment, and grows with what comes back.
        if self.recovery.phase == Phase::AfterTimeout && next.since(self.snd.una) >= self.congestion.cwnd {
            return None;
        }
        let options = self.usual_options();
        let size = self.segment_size(&options);
        let limit = if end == self.snd.una + 1 { size } else { end.since(next).min(size as u32) as usize };
        let length = self.outgoing.from(next).min(limit).min(self.snd.nxt.since(next) as usize);
        let fin = self.fin_was_sent() && next + length as u32 == self.outgoing.end();
        let after = next + length as u32 + u32::from(fin);
        self.recovery.resend = (after.before(end) && after != next).then_some((after, end));
        let note = self.recovery.why.clone();
        Some(Plan { seq: next, flags: self.text_flags(next, length, fin), length, options, note })
    }

    /// New data, a FIN, or both, as far as the windows allow.
    fn plan_new_text(&mut self, now: Instant) -> Option<Plan> {
        if !self.state.may_transmit() || self.fin_was_sent() {
            return None;
        }
        let unsent = self.outgoing.end().since(self.snd.nxt) as usize;
        if unsent == 0 && !self.closing {
            return None;
        }
        let options = self.usual_options();
        let size = self.segment_size(&options);
        let usable = self.usable_window();
        let length = unsent.min(size).min(usable as usize);
        // The FIN takes a number too; with nothing in flight it goes even into a closed window, and is its own probe.
        let fin = self.closing
            && length == unsent
            && (usable as usize > length || self.snd.in_flight() == 0 && unsent == 0);
        if !fin && !self.is_worth_sending(length, unsent, size) {
            self.wait_for_window(now, unsent);
            return None;
        }
        let seq = self.snd.nxt;
        self.rtt.start_timing(now, seq + length as u32);
        self.snd.nxt = seq + length as u32 + u32::from(fin);
        if fin {
            self.fin_leaves();
        }
        Some(Plan { seq, flags: self.text_flags(seq, length, fin), length, options, note: String::new() })
    }

    /// How many more bytes both windows allow in flight.
    fn usable_window(&self) -> u32 {
        let in_flight = self.snd.in_flight();
        let cwnd = self.congestion.cwnd.saturating_add(limited_transmit(self));
        self.snd.wnd.saturating_sub(in_flight).min(cwnd.saturating_sub(in_flight))
    }

    /// RFC 9293 §3.8.6.2.1, the sender's silly window avoidance, with Nagle (§3.7.4) if asked for.
    fn is_worth_sending(&self, length: usize, unsent: usize, size: usize) -> bool {
        if length == 0 {
            return false;
        }
        let idle = self.snd.in_flight() == 0;
        length == size
            || length == unsent && (idle || !self.config.nagle)
            || length as u32 >= self.snd.max_wnd / 2 && self.snd.max_wnd > 0
    }

    /// Data is waiting and nothing is in flight whose ACK would open the window: only asking will tell.
    fn wait_for_window(&mut self, now: Instant, unsent: usize) {
        if unsent > 0 && self.snd.in_flight() == 0 && self.timers.persist.is_none() && !self.probe_now {
            self.timers.persist = Some(now + self.probe_interval());
        }
    }

    /// RFC 9293 §3.8.6.1: the first probe after a timeout, then ever more rarely.
    fn probe_interval(&self) -> Duration {
        self.rtt.rto().saturating_mul(1 << self.probes.min(10)).min(self.config.max_rto)
    }

    /// A probe: what fits into the window or, when it is closed, one byte beyond it.
    fn plan_probe(&mut self) -> Option<Plan> {
        if !std::mem::take(&mut self.probe_now) || !self.state.may_transmit() || self.outgoing.is_empty() {
            return None;
        }
        let options = self.usual_options();
        let seq = self.snd.una;
        let length = (self.snd.wnd as usize).clamp(1, self.segment_size(&options)).min(self.outgoing.len());
        self.snd.nxt = self.snd.nxt.latest(seq + length as u32);
        self.probes += 1;
        let note =
            if self.snd.wnd == 0 { "zero-window probe" } else { "small segment, the window stays small" };
        Some(Plan { seq, flags: self.text_flags(seq, length, false), length, options, note: note.into() })
    }

    /// The ACK that nothing else has carried.
    fn plan_ack(&mut self) -> Option<Plan> {
        let note = self.ack_now?;
        let options = self.usual_options();
        Some(Plan { seq: self.snd.nxt, flags: Flags::ACK, length: 0, options, note: note.into() })
    }

    fn text_flags(&self, seq: SeqNumber, length: usize, fin: bool) -> Flags {
        let mut flags = Flags::ACK;
        if length > 0 && seq + length as u32 == self.outgoing.end() {
            flags = flags | Flags::PSH;
        }
        if fin { flags | Flags::FIN } else { flags }
    }

    /// The FIN is on its way: RFC 9293 §3.10.4.
    fn fin_leaves(&mut self) {
        self.state = match self.state {
            State::CloseWait => State::LastAck,
            _ => State::FinWait1,
        };
    }

    /// Whether our FIN has left: it has the number behind the last byte.
    pub(crate) fn fin_was_sent(&self) -> bool {
        self.closing && self.snd.nxt.after(self.outgoing.end())
    }

    /// Timestamps if agreed on, and SACK blocks if there is a gap.
    fn usual_options(&self) -> Options {
        let timestamps = self.timestamps.on.then(Timestamps::default);
        let mut sack = SackBlocks::default();
        if self.sack_permitted && self.incoming.has_gap() {
            // 40 bytes of options hold four blocks, or three beside timestamps.
            for (first, end) in self.incoming.blocks(if self.timestamps.on { 3 } else { 4 }) {
                sack.push(self.rcv.nxt + first, self.rcv.nxt + end);
            }
        }
        Options { timestamps, sack, ..Options::default() }
    }

    /// How much text fits beside the options: RFC 6691 §2.
    fn segment_size(&self, options: &Options) -> usize {
        let blocks = options.sack.as_slice().len();
        let taken =
            if options.timestamps.is_some() { 12 } else { 0 } + if blocks > 0 { 4 + 8 * blocks } else { 0 };
        (self.snd.mss as usize).saturating_sub(taken).max(1)
    }

    /// Makes the packet, and notes that it has left: the ACK it carries, the timer it starts.
    fn compose(&mut self, now: Instant, plan: Plan) -> Transmit {
        let mut options = plan.options;
        if options.timestamps.is_some() {
            options.timestamps =
                Some(Timestamps { value: self.timestamp_clock(now), echo: self.timestamps.recent });
        }
        let has_ack = plan.flags.ack();
        let segment = Segment {
            seq: plan.seq,
            ack: if has_ack { self.rcv.nxt } else { SeqNumber(0) },
            flags: plan.flags,
            window: self.announce_window(plan.flags.syn()),
            options,
            ..Segment::empty(self.local.port(), self.remote.port())
        };
        if has_ack {
            self.ack_now = None;
            self.unacknowledged = 0;
            self.timers.delayed_ack = None;
            self.timestamps.last_ack_sent = self.rcv.nxt;
        }
        self.start_timer(now, &plan);
        let text = self.outgoing.range(plan.seq, plan.length);
        Transmit { packet: in_ip(self.local, self.remote, &segment, text), note: plan.note }
    }

    /// RFC 6298 §5.1: a segment that takes numbers starts the timer if it is not running. The SYN also counts as sent here.
    fn start_timer(&mut self, now: Instant, plan: &Plan) {
        if plan.flags.syn() && self.snd.nxt == self.snd.iss {
            self.snd.nxt += 1;
            self.rtt.start_timing(now, self.snd.nxt);
        }
        let takes_numbers = plan.length > 0 || plan.flags.syn() || plan.flags.fin();
        if !takes_numbers {
            return;
        }
        if self.snd.wnd == 0 && self.state.is_synchronized() && self.probes > 0 {
            // A probe is repeated by the persist timer, for as long as the peer answers.
            self.timers.persist = Some(now + self.probe_interval());
        } else if self.timers.retransmission.is_none() {
            self.timers.retransmission = Some(now + self.rtt.rto());
        }
    }
}

/// The window we offer: RFC 9293 §3.8.6.2.2.
impl Connection {
    /// By how much to shift our windows so that the whole buffer can be offered (RFC 7323 §2.3).
    pub(crate) fn offered_shift(&self) -> u8 {
        (0..14).find(|shift| self.config.receive_buffer >> shift <= 0xffff).unwrap_or(14)
    }

    fn free_space(&self) -> u32 {
        self.config.receive_buffer.saturating_sub(self.incoming.unread()).min(1 << 30) as u32
    }

    /// The widest window that rounding up may lead to: what it gives away must not exceed an eighth of the buffer.
    fn room_to_round_up(&self) -> u32 {
        let most = self.config.receive_buffer.saturating_add(self.config.receive_buffer / 8);
        most.saturating_sub(self.incoming.unread()).min(1 << 30) as u32
    }

    /// Sets RCV.WND for a segment that is about to leave, and gives the field that says so. The right edge does not
    /// move back, and moves on only in steps worth a segment.
    fn announce_window(&mut self, syn: bool) -> u16 {
        let (free, shift) = (self.free_space(), self.rcv.shift);
        if syn {
            // Not scaled in a SYN: RFC 7323 §2.2.
            self.rcv.wnd = free.min(0xffff);
            return self.rcv.wnd as u16;
        }
        let step = (self.config.receive_buffer as u32 / 2).min(self.announced_mss()).max(1 << shift);
        let field = if free >= self.rcv.wnd.saturating_add(step) {
            free >> shift
        } else if self.rcv.wnd.next_multiple_of(1 << shift) <= self.room_to_round_up() {
            // What is left of what was offered, rounded up, lest the edge move back.
            self.rcv.wnd.next_multiple_of(1 << shift) >> shift
        } else {
            // Each rounding up gives a few bytes away, and a peer could live on those. Now down: RFC 7323 §2.4 knows
            // of this. What was offered before is still taken, so RCV.WND stays.
            return (self.rcv.wnd >> shift).min(0xffff) as u16;
        };
        let field = field.min(0xffff);
        self.rcv.wnd = field << shift;
        field as u16
    }

    /// Whether reading has made so much room that the peer should hear of it without waiting for the next ACK.
    pub(crate) fn window_update_is_due(&self) -> bool {
        let gain = self.free_space().saturating_sub(self.rcv.wnd);
        let half = self.config.receive_buffer as u32 / 2;
        gain >= half.max(1)
            || self.rcv.wnd < self.announced_mss() && gain >= self.announced_mss().min(half.max(1))
    }
}

impl Reply {
    /// The reply as a packet.
    pub(crate) fn into_packet(self, local: SocketAddr, remote: SocketAddr) -> Transmit {
        let segment = Segment {
            seq: self.seq,
            ack: self.ack.unwrap_or_default(),
            flags: self.flags,
            ..Segment::empty(local.port(), remote.port())
        };
        Transmit { packet: in_ip(local, remote, &segment, (&[], &[])), note: self.note.into() }
    }
}

/// Puts a segment and its text into an IP packet.
fn in_ip(local: SocketAddr, remote: SocketAddr, segment: &Segment<'_>, text: (&[u8], &[u8])) -> Vec<u8> {
    let header = ip::header_length(local.ip());
    let length = HEADER_LENGTH + segment.options.length() + text.0.len() + text.1.len();
    let mut packet = Vec::with_capacity(header + length);
    ip::write_header(local.ip(), remote.ip(), PROTOCOL, length, &mut packet);
    segment.compose(text, |length| pseudo_header(local.ip(), remote.ip(), PROTOCOL, length), &mut packet);
    packet
}
