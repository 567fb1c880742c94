//! What the steps share while a connection opens: what the peer's SYN says, and the window that the peer offers.

use crate::connection::event::ConnectionEvent;
use crate::note::SentNote;
use crate::output::window::offered_shift;
use crate::recovery::variables::Phase;
use crate::segment::Segment;
use crate::state::Cause;
use crate::tcb::Tcb;

/// The state in which data flows.
pub(super) fn establish(c: &mut Tcb, cause: Cause) {
    c.pass(cause);
    c.recovery.recover = c.snd.iss;
    c.recovery.phase = Phase::Open;
    c.tell(ConnectionEvent::Established);
}

/// Takes what the peer's SYN says: its initial sequence number and its options.
pub(super) fn take_peer_syn(c: &mut Tcb, segment: &Segment<'_>) {
    c.rcv.irs = segment.seq;
    c.rcv.nxt = segment.seq + 1;
    c.timestamps.last_ack_sent = c.rcv.nxt;
    let options = &segment.options;
    if let Some(size) = options.maximum_segment_size {
        // At least 64, so that a peer cannot make us send single bytes. No RFC gives a least size.
        c.snd.mss = u32::from(size).max(64);
    }
    c.snd.mss = c.snd.mss.min(c.announced_mss());
    // Each option is in force when both SYNs carry it; we offer what the configuration allows.
    match (c.window_scaling, options.window_scale) {
        (true, Some(shift)) => {
            // More than 14 is an error of the peer's, and counts as 14: RFC 7323 §2.3.
            c.snd.shift = shift.min(14);
            c.rcv.shift = offered_shift(c);
        }
        _ => c.window_scaling = false,
    }
    match (c.timestamps.on, options.timestamps) {
        (true, Some(timestamps)) => c.timestamps.recent = timestamps.value,
        _ => c.timestamps.on = false,
    }
    c.sack_permitted &= options.sack_permitted;
    let payload = c.snd.mss - if c.timestamps.on { 12 } else { 0 };
    c.congestion.set_smss(payload);
}

/// SND.WND := SEG.WND, and where that came from.
pub(super) fn set_send_window(c: &mut Tcb, segment: &Segment<'_>, window: u32) {
    let was_closed = c.snd.wnd == 0;
    c.snd.wnd = window;
    c.snd.wl1 = segment.seq;
    c.snd.wl2 = segment.ack;
    c.snd.max_wnd = c.snd.max_wnd.max(window);
    if was_closed && window > 0 {
        // The wait is over: what was held back may go.
        c.timers.persist = None;
        if c.probes > 0 && c.snd.in_flight() > 0 {
            // The peer had no room for the probe's byte, and dropped it.
            c.recovery.resend_range(c.snd.una, c.snd.nxt, Some(SentNote::WindowOpened));
        }
        c.probes = 0;
    }
}
