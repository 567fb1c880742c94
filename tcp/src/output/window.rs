//! The window that we offer: how much room, and when it is worth a word (RFC 9293 §3.8.6.2.2).

use crate::tcb::Tcb;

/// By how much to shift our windows so that the whole buffer can be offered (RFC 7323 §2.3).
pub(crate) fn offered_shift(c: &Tcb) -> u8 {
    (0..14).find(|shift| c.config.receive_buffer >> shift <= 0xffff).unwrap_or(14)
}

/// Whether reading has made so much room that the peer should hear of it without waiting for the next ACK.
pub(crate) fn window_update_is_due(c: &Tcb) -> bool {
    let gain = free_space(c).saturating_sub(c.rcv.wnd);
    let half = (c.config.receive_buffer as u32 / 2).max(1);
    gain >= half || c.rcv.wnd < c.announced_mss() && gain >= c.announced_mss().min(half)
}

/// Sets RCV.WND for a segment that is about to leave, and gives the field that says so. The right edge does not move
/// back, and moves on only in steps worth a segment.
pub(crate) fn announce_window(c: &mut Tcb, syn: bool) -> u16 {
    let (free, shift) = (free_space(c), c.rcv.shift);
    if syn {
        // Not scaled in a SYN: RFC 7323 §2.2.
        c.rcv.wnd = free.min(0xffff);
        return c.rcv.wnd as u16;
    }
    let step = (c.config.receive_buffer as u32 / 2).min(c.announced_mss()).max(1 << shift);
    let rounded_up = c.rcv.wnd.next_multiple_of(1 << shift);
    let field = if free >= c.rcv.wnd.saturating_add(step) {
        free >> shift
    } else if rounded_up <= room_to_round_up(c) {
        // What is left of what was offered. Rounded down, the edge would move back.
        rounded_up >> shift
    } else {
        // Each rounding up gives a few bytes away, and a peer could live on those. So it is rounded down now
        // (RFC 7323 §2.4 knows of this). What was offered before is still taken, so RCV.WND stays.
        return (c.rcv.wnd >> shift).min(0xffff) as u16;
    };
    let field = field.min(0xffff);
    c.rcv.wnd = field << shift;
    field as u16
}

fn free_space(c: &Tcb) -> u32 {
    c.config.receive_buffer.saturating_sub(c.incoming.unread()).min(1 << 30) as u32
}

/// The widest window that rounding up may lead to: it must not give away more than an eighth of the buffer.
fn room_to_round_up(c: &Tcb) -> u32 {
    let most = c.config.receive_buffer.saturating_add(c.config.receive_buffer / 8);
    most.saturating_sub(c.incoming.unread()).min(1 << 30) as u32
}
