//! The window that we offer: which segments lie in it (RFC 9293 §3.4), how much room there is, and when that is worth a
//! word (§3.8.6.2.2).

use crate::receiver::Receiver;
use crate::segment::Segment;
use crate::seq::SeqNumber;

/// By how much to shift our windows so that the whole buffer can be offered (RFC 7323 §2.3).
pub(crate) fn offered_shift(buffer: usize) -> u8 {
    (0..14).find(|shift| buffer >> shift <= 0xffff).unwrap_or(14)
}

impl Receiver {
    // book: acceptable
    /// The four cases of RFC 9293 §3.4, table 5.
    pub(crate) fn is_acceptable(&self, segment: &Segment<'_>) -> bool {
        let (length, window) = (segment.len(), self.rcv.wnd);
        let in_window = |number: SeqNumber| number.within(self.rcv.nxt, window);
        match (length, window) {
            (0, 0) => segment.seq == self.rcv.nxt,
            (0, _) => in_window(segment.seq),
            // With the window closed no text can be taken, but the ACK of a probe is worth reading: "special allowance
            // should be made to accept valid ACKs". The seventh step cuts the text to nothing.
            (_, 0) => segment.seq == self.rcv.nxt,
            _ => in_window(segment.seq) || in_window(segment.seq + (length - 1)),
        }
    }
    // book: end

    // book: update
    /// Whether reading has made so much room that the peer should hear of it without waiting for the next ACK.
    pub(super) fn window_update_is_due(&self) -> bool {
        let gain = self.free_space().saturating_sub(self.rcv.wnd);
        let half = (self.buffer as u32 / 2).max(1);
        gain >= half.max(self.step()) || self.rcv.wnd < self.mss && gain >= self.step()
    }

    /// By how much the window grows at the least: a segment, or half of a small buffer, as far as the field of the
    /// window can say it.
    fn step(&self) -> u32 {
        (self.buffer as u32 / 2).min(self.mss).max(1 << self.rcv.shift)
    }
    // book: end

    /// Sets RCV.WND for a segment that is about to leave, and gives the field that says so. The right edge does not
    /// move back, and moves on only in steps worth a segment.
    pub(crate) fn announce_window(&mut self, syn: bool) -> u16 {
        let (free, shift) = (self.free_space(), self.rcv.shift);
        if syn {
            // Not scaled in a SYN: RFC 7323 §2.2.
            self.rcv.wnd = free.min(0xffff);
            return self.rcv.wnd as u16;
        }
        let step = self.step();
        let rounded_up = self.rcv.wnd.next_multiple_of(1 << shift);
        let field = if free >= self.rcv.wnd.saturating_add(step) {
            free >> shift
        } else if rounded_up <= self.room_to_round_up() {
            // What is left of what was offered. Rounded down, the edge would move back.
            rounded_up >> shift
        } else {
            // Each rounding up gives a few bytes away, and a peer could live on those. So it is rounded down now
            // (RFC 7323 §2.4 knows of this). What was offered before is still taken, so RCV.WND stays.
            return (self.rcv.wnd >> shift).min(0xffff) as u16;
        };
        let field = field.min(0xffff);
        self.rcv.wnd = field << shift;
        field as u16
    }

    pub(super) fn free_space(&self) -> u32 {
        self.buffer.saturating_sub(self.incoming.unread()).min(1 << 30) as u32
    }

    /// The widest window that rounding up may lead to: it must not give away more than an eighth of the buffer.
    fn room_to_round_up(&self) -> u32 {
        let most = self.buffer.saturating_add(self.buffer / 8);
        most.saturating_sub(self.incoming.unread()).min(1 << 30) as u32
    }
}
