//! How much may be in flight so that the network is not flooded (RFC 5681): slow start and congestion avoidance.
//!
//! The window `cwnd` is what we allow ourselves, as `snd.wnd` is what the peer allows. The smaller of the two counts.
//! When something is sent again, [`crate::recovery`] decides.
//!
//! Tested in `tests/recovery.rs`.

pub mod bbr;
pub mod controller;
pub mod cubic;
pub mod hystart;
pub mod reno;
pub mod table;

/// The congestion window, grown as Reno grows it.
#[derive(Debug, Clone)]
pub struct Congestion {
    /// The congestion window, in bytes.
    pub cwnd: u32,
    /// In bytes. A window below it grows by slow start, one above by congestion avoidance.
    pub ssthresh: u32,
    /// The largest payload of a segment.
    smss: u32,
    initial_window: u32,
    /// Bytes acknowledged in congestion avoidance that have not yet made the window grow.
    counted: u32,
}

impl Congestion {
    /// The window of a new connection: `segments` segments (RFC 6928), and no threshold.
    pub fn new(smss: u32, segments: u32) -> Congestion {
        let smss = smss.max(1);
        Congestion {
            cwnd: smss.saturating_mul(segments.max(1)),
            ssthresh: u32::MAX,
            smss,
            initial_window: segments.max(1),
            counted: 0,
        }
    }

    /// The peer's MSS is known now: the initial window is counted anew, in segments of that size.
    pub fn set_smss(&mut self, smss: u32) {
        *self = Congestion { ssthresh: self.ssthresh, ..Congestion::new(smss, self.initial_window) };
    }

    /// The SYN had to be sent again: the path is poor, start with one segment (RFC 5681 §3.1).
    pub fn syn_was_lost(&mut self) {
        self.initial_window = 1;
        self.cwnd = self.smss;
    }

    /// `acked` bytes were newly acknowledged while nothing was lost, and the window had been in use: it grows.
    pub fn acknowledged(&mut self, acked: u32) {
        if self.cwnd < self.ssthresh {
            // Slow start (§3.1): a segment more for each that is acknowledged, so the window doubles each round trip.
            // An ACK that covers many (delayed, or after a gap) counts as two at most (RFC 3465 §2.2).
            self.cwnd = self.cwnd.saturating_add(acked.min(2 * self.smss));
            return;
        }
        // Congestion avoidance (§3.1): a segment more each round trip, counted in bytes.
        self.counted = self.counted.saturating_add(acked);
        if self.counted >= self.cwnd {
            self.counted -= self.cwnd;
            self.cwnd = self.cwnd.saturating_add(self.smss);
        }
    }

    /// A loss was noticed with `in_flight` bytes out: half of that is the new threshold (§3.1, equation 4).
    pub fn halve(&mut self, in_flight: u32) {
        self.ssthresh = (in_flight / 2).max(2 * self.smss);
        self.counted = 0;
    }

    /// Fast recovery begins (§3.2): the window is the threshold and the three segments that have left the network.
    pub fn enter_fast_recovery(&mut self) {
        self.cwnd = self.ssthresh + 3 * self.smss;
    }

    /// Another duplicate ACK: another segment has left the network (§3.2 step 4).
    pub fn inflate(&mut self) {
        self.cwnd = self.cwnd.saturating_add(self.smss);
    }

    /// A partial ACK: the bytes that it covers have left the window (RFC 6582 §3.2 step 3).
    pub fn deflate(&mut self, acked: u32) {
        self.cwnd = self.cwnd.saturating_sub(acked).max(self.smss);
        if acked >= self.smss {
            self.cwnd += self.smss;
        }
    }

    /// Fast recovery is over: the window is the threshold (RFC 6582 §3.2 step 3, the second choice).
    pub fn leave_fast_recovery(&mut self) {
        self.cwnd = self.ssthresh;
    }

    /// The timer ran out (§3.1): back to one segment.
    pub fn timed_out(&mut self) {
        self.cwnd = self.smss;
    }
}
