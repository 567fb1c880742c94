//! A planned segment becomes a packet, and the connection notes that it has left.

use std::time::{Duration, Instant};

use crate::ack::Ack;
use crate::note::SentNote;
use crate::options::{Options, Timestamps};
use crate::output::reply::{Transmit, in_ip};
use crate::output::window::announce_window;
use crate::segment::{Flags, Segment};
use crate::seq::SeqNumber;
use crate::tcb::Tcb;

/// A segment about to be composed.
pub(super) struct Plan {
    pub(super) seq: SeqNumber,
    pub(super) flags: Flags,
    pub(super) length: usize,
    /// The options. The values of the timestamps are filled in when it leaves.
    pub(super) options: Options,
    pub(super) note: Option<SentNote>,
}

/// Makes the packet, and notes that it has left: the ACK it carries, the timer it starts.
pub(super) fn compose(c: &mut Tcb, now: Instant, plan: Plan) -> Transmit {
    let mut options = plan.options;
    if options.timestamps.is_some() {
        options.timestamps = Some(Timestamps { value: c.timestamp_clock(now), echo: c.timestamps.recent });
    }
    let has_ack = plan.flags.ack();
    let segment = Segment {
        seq: plan.seq,
        ack: if has_ack { c.rcv.nxt } else { SeqNumber(0) },
        flags: plan.flags,
        window: announce_window(c, plan.flags.syn()),
        options,
        ..Segment::empty(c.local.port(), c.remote.port())
    };
    if has_ack {
        c.ack = Ack::NotOwed;
        c.unacknowledged = 0;
        c.timers.delayed_ack = None;
        c.timestamps.last_ack_sent = c.rcv.nxt;
    }
    start_timer(c, now, &plan);
    let text = c.outgoing.range(plan.seq, plan.length);
    Transmit { packet: in_ip(c.local, c.remote, &segment, text), note: plan.note }
}

/// RFC 6298 §5.1: a segment that takes numbers starts the timer if it is not running. The SYN also counts as sent here.
fn start_timer(c: &mut Tcb, now: Instant, plan: &Plan) {
    if plan.flags.syn() && c.snd.nxt == c.snd.iss {
        c.snd.nxt += 1;
        c.rtt.start_timing(now, c.snd.nxt);
    }
    let takes_numbers = plan.length > 0 || plan.flags.syn() || plan.flags.fin();
    if !takes_numbers {
        return;
    }
    if c.snd.wnd == 0 && c.state().is_synchronized() && c.probes > 0 {
        // A probe is repeated by the persist timer, for as long as the peer answers.
        c.timers.persist = Some(now + probe_interval(c));
    } else if c.timers.retransmission.is_none() {
        c.timers.retransmission = Some(now + c.rtt.rto());
    }
}

/// RFC 9293 §3.8.6.1: the first probe after a timeout, then ever more rarely.
pub(super) fn probe_interval(c: &Tcb) -> Duration {
    c.rtt.rto().saturating_mul(1 << c.probes.min(10)).min(c.config.max_rto)
}
