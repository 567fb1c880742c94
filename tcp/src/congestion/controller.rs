//! What a congestion controller sees and says: time, round trips, what was delivered and what was lost go in; a window
//! and a pacing rate come out (RFC 5681 §3 gives the frame, RFC 9743 what a new controller owes to the others).
//!
//! Recovery is not here. [`crate::recovery`] decides what is sent again, and how fast while it repairs (RFC 6937); the
//! controller decides how large the window is when the repair is over. Tested in `tests/congestion/`.

use std::fmt;
use std::time::{Duration, Instant};

/// No controller gives a larger window.
pub use crate::options::LARGEST_WINDOW;

/// A congestion controller.
pub trait Controller: fmt::Debug + Send {
    /// Its name, as a configuration has it: `reno`.
    fn name(&self) -> &'static str;

    /// The congestion window (cwnd), in bytes.
    fn window(&self) -> u32;

    /// The slow start threshold (ssthresh), in bytes. `u32::MAX` before the first loss.
    fn threshold(&self) -> u32;

    /// What it is doing: for people, and for a plot.
    fn phase(&self) -> Phase;

    /// An ACK delivered something.
    fn on_ack(&mut self, ack: &Delivery);

    /// The path is congested: a loss was seen, or the peer echoed a mark (RFC 3168). Once for all losses of a window.
    fn on_congestion(&mut self, congestion: &Congestion);

    /// The retransmission timer ran out (RFC 5681 §3.1). `again`: for the same segment as the time before.
    fn on_timeout(&mut self, congestion: &Congestion, again: bool);

    /// The last reduction was for nothing: what was taken for lost had only been late. The window is what it was.
    fn undo(&mut self);

    /// Nothing was sent for `idle`, which is longer than a retransmission timeout (RFC 5681 §4.1).
    fn on_idle(&mut self, now: Instant, idle: Duration);

    /// The largest payload of a segment is another one now. The window keeps its number of segments where they become
    /// smaller, so that there are not more of them in a burst (RFC 5681 §3.1), and its bytes where they become larger.
    fn on_segment_size(&mut self, smss: u32);

    /// How fast to send within the window, in bytes per second. `None`: as fast as the window allows.
    fn pacing_rate(&self, srtt: Option<Duration>) -> Option<u64>;

    /// Whether it sets the window itself while losses are repaired. Else proportional rate reduction does.
    fn governs_recovery(&self) -> bool {
        false
    }
}

/// What a controller is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The window doubles each round trip (RFC 5681 §3.1).
    SlowStart,
    /// The round trip has grown, so slow start goes on more slowly (RFC 9406 §4.2).
    ConservativeSlowStart,
    /// The window grows slowly, and is cut at a loss.
    CongestionAvoidance,
    /// BBR looks for the bandwidth of the path.
    Startup,
    /// BBR empties the queue that its start has made.
    Drain,
    /// BBR goes at the bandwidth it has found, and tries now and then whether there is more.
    ProbeBandwidth,
    /// BBR sends little for a moment, to see the round trip of an empty path.
    ProbeRtt,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::SlowStart => "slow start",
            Phase::ConservativeSlowStart => "conservative slow start",
            Phase::CongestionAvoidance => "congestion avoidance",
            Phase::Startup => "startup",
            Phase::Drain => "drain",
            Phase::ProbeBandwidth => "probe bandwidth",
            Phase::ProbeRtt => "probe round trip",
        })
    }
}

/// The segment size that a controller counts with, in bytes: at least 1, and not more than an IP packet holds.
pub(super) fn segment_size(smss: u32) -> u32 {
    smss.clamp(1, 65_535)
}

/// What an ACK delivered.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// When it arrived.
    pub now: Instant,
    /// Bytes newly delivered: acknowledged, or reported by SACK, for the first time.
    pub delivered: u32,
    /// Bytes by which SND.UNA moved.
    pub acknowledged: u32,
    /// The round trip of the newest segment among them that was sent once.
    pub rtt: Option<Duration>,
    /// SRTT (RFC 6298 §2).
    pub srtt: Option<Duration>,
    /// The least round trip of the connection.
    pub min_rtt: Option<Duration>,
    /// Bytes in flight before this ACK, and after it: sent, neither delivered nor lost (the pipe of RFC 6675).
    pub in_flight_before: u32,
    /// See `in_flight_before`.
    pub in_flight: u32,
    /// Whether the window was in use: it, and not the application or the peer, held the sender back (RFC 7661 §3).
    pub window_was_used: bool,
    /// Whether a round trip has ended: data is acknowledged that was sent after the last round began.
    pub round_ended: bool,
    /// Whether losses are being repaired: by fast recovery, or after a timeout.
    pub repair: Repair,
    /// Bytes found lost by this ACK, or by a timer since the last one.
    pub lost: u32,
    /// The delivery rate, where it could be measured.
    pub rate: Option<RateSample>,
}

/// What the sender is busy with while an ACK arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repair {
    /// Nothing is lost.
    None,
    /// Fast recovery: segments were lost, and those after them arrive.
    FastRecovery,
    /// The retransmission timer ran out.
    AfterTimeout,
}

/// How fast data was delivered while one segment was on its way (draft-cheng-iccrg-delivery-rate-estimation §3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateSample {
    /// Bytes delivered in all when the segment was sent.
    pub prior_delivered: u64,
    /// Bytes delivered in all now.
    pub total_delivered: u64,
    /// Bytes delivered in between.
    pub delivered: u64,
    /// In how long: the longer of the times for sending and for acknowledging them.
    pub interval: Duration,
    /// The application gave less than the path could have taken, so the rate may be too small.
    pub application_limited: bool,
    /// Bytes in flight when the segment was sent, with its own.
    pub in_flight_then: u32,
    /// Bytes lost between the sending of the segment and now.
    pub lost: u32,
}

/// What is known when the path is found to be congested.
#[derive(Debug, Clone, Copy)]
pub struct Congestion {
    /// When it was noticed.
    pub now: Instant,
    /// FlightSize (RFC 5681 §2), in bytes: sent and not acknowledged. Unlike the pipe it counts what SACK has reported
    /// and what is lost.
    pub flight_size: u32,
    /// How it was noticed.
    pub sign: Sign,
}

/// How congestion was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// A segment was lost.
    Loss,
    /// The peer echoed a congestion mark (RFC 3168 §6.1.2).
    Mark,
}
