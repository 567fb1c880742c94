//! The variables of a connection, under the names of RFC 9293 §3.3.1: `snd.una`, `snd.nxt`, `rcv.nxt` and the rest.
//! Tested in `tests/clauses`.
//!
//! ```text
//!        acknowledged │ sent, not yet     │ may be     │ not yet
//!                     │ acknowledged      │ sent now   │ allowed
//!    ─────────────────┼───────────────────┼────────────┼──────────▶ sequence numbers
//!                  snd.una             snd.nxt   snd.una + snd.wnd
//!
//!        received, acknowledged           │ may arrive │ not yet allowed
//!    ─────────────────────────────────────┼────────────┼──────────▶
//!                                      rcv.nxt   rcv.nxt + rcv.wnd
//! ```

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::congestion::controller::{Phase, Repair};
use crate::seq::SeqNumber;
use crate::state::State;

/// The Send Sequence Variables: RFC 9293 §3.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendVariables {
    /// SND.UNA: the oldest number not yet acknowledged.
    pub una: SeqNumber,
    /// SND.NXT: the next number to send.
    pub nxt: SeqNumber,
    /// SND.WND: how many bytes from `una` on the peer takes, scaling done.
    pub wnd: u32,
    /// SND.WL1: SEG.SEQ of the segment that last set `wnd`.
    pub wl1: SeqNumber,
    /// SND.WL2: SEG.ACK of the segment that last set `wnd`.
    pub wl2: SeqNumber,
    /// ISS: our initial sequence number.
    pub iss: SeqNumber,
    /// The largest window the peer ever offered.
    pub max_wnd: u32,
    /// The largest payload and options the peer takes in one segment (RFC 9293 §3.7.1).
    pub mss: u32,
    /// By how many bits the peer's windows are to be shifted (RFC 7323 §2).
    pub shift: u8,
}

impl SendVariables {
    /// Nothing was sent yet, and nothing is known of the peer but the `mss` that every peer takes.
    pub(crate) fn new(iss: SeqNumber, mss: u32) -> SendVariables {
        let unknown = SeqNumber(0);
        SendVariables {
            una: iss,
            nxt: iss,
            wnd: 0,
            wl1: unknown,
            wl2: unknown,
            iss,
            max_wnd: 0,
            mss,
            shift: 0,
        }
    }

    /// How many numbers are in flight: sent, and not yet acknowledged.
    pub fn in_flight(&self) -> u32 {
        self.nxt.since(self.una)
    }
}

/// The Receive Sequence Variables: RFC 9293 §3.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiveVariables {
    /// RCV.NXT: the next number expected.
    pub nxt: SeqNumber,
    /// RCV.WND: how many bytes from `nxt` on were offered to the peer.
    pub wnd: u32,
    /// IRS: the peer's initial sequence number.
    pub irs: SeqNumber,
    /// By how many bits our windows are shifted (RFC 7323 §2).
    pub shift: u8,
}

/// A connection's timestamp variables: RFC 7323 §4.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampVariables {
    /// Whether both ends use them (before the peer has spoken: whether we offer them).
    pub on: bool,
    /// TS.Recent: the peer's value that we echo next.
    pub recent: u32,
    /// Last.ACK.sent: decides which segment's value is the one to echo.
    pub last_ack_sent: SeqNumber,
}

impl TimestampVariables {
    /// Before the peer has spoken.
    pub(crate) fn offered(on: bool) -> TimestampVariables {
        TimestampVariables { on, recent: 0, last_ack_sent: SeqNumber(0) }
    }
}

/// A picture of a connection's variables at one moment, for printing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variables {
    /// This end.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// The state.
    pub state: State,
    /// The send side.
    pub snd: SendVariables,
    /// The receive side.
    pub rcv: ReceiveVariables,
    /// The congestion window, in bytes.
    pub cwnd: u32,
    /// The slow start threshold, in bytes.
    pub ssthresh: u32,
    /// What is thought to be in the network, in bytes: neither delivered nor lost (RFC 6675 §4).
    pub pipe: u32,
    /// What loss recovery is busy with.
    pub repair: Repair,
    /// What the congestion controller is doing.
    pub phase: Phase,
    /// The smoothed round-trip time.
    pub srtt: Option<Duration>,
    /// The retransmission timeout.
    pub rto: Duration,
    /// Bytes written but not yet acknowledged.
    pub unacknowledged: usize,
    /// Bytes received in order but not yet read.
    pub unread: usize,
    /// Bytes received out of order.
    pub out_of_order: usize,
}

impl fmt::Display for Variables {
    /// Sequence numbers are printed relative to the initial ones, as Wireshark does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (snd, rcv) = (&self.snd, &self.rcv);
        write!(
            f,
            "{}; snd.una {} snd.nxt {} snd.wnd {}; rcv.nxt {} rcv.wnd {}; cwnd {} ssthresh ",
            self.state,
            snd.una.since(snd.iss),
            snd.nxt.since(snd.iss),
            snd.wnd,
            rcv.nxt.since(rcv.irs),
            rcv.wnd,
            self.cwnd,
        )?;
        if self.ssthresh == u32::MAX { f.write_str("unset") } else { write!(f, "{}", self.ssthresh) }?;
        if let Some(srtt) = self.srtt {
            write!(f, "; srtt {:.1} ms", srtt.as_secs_f64() * 1e3)?;
        }
        write!(f, "; rto {:.0} ms", self.rto.as_secs_f64() * 1e3)
    }
}
