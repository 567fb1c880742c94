//! Which retransmission is which: what made a sender send numbers again, as far as one can see from outside.
//!
//! A sender has few reasons to send something again, and each shows: a SYN-ACK that left out the SYN's text, the third
//! duplicate ACK just before it, an ACK that stops short of what was in flight, SACK blocks beyond it, a pause as long
//! as its timer. [`judge`] asks for them in that order, and takes the first that fits. What shows soonest is a segment
//! that was only overtaken: it comes sooner than any answer could, for a retransmission takes a round trip.
//!
//! Tested in `tests/observe/`.

use std::time::Duration;

use crate::observe::flow::{Flow, Phase};
use crate::observe::note::Note;
use crate::observe::retransmission::Retransmission;
use crate::observe::stream::Brought;
use crate::seq::SeqNumber;

/// The round trip where the capture has no handshake to measure it by. Wireshark takes the same.
const UNKNOWN_ROUND_TRIP: Duration = Duration::from_millis(3);
/// How much of a round trip of the handshake may have been spent on waking up: the later ones can be so much shorter.
const NOISE: Duration = Duration::from_millis(1);
/// A timer that has run so long may run out, whatever else happens. Most TCPs take this for the least: RFC 6298 §2.4
/// asks for more.
const USUAL_TIMER: Duration = Duration::from_millis(200);

/// TLP.max_ack_delay of RFC 8985 §7.2; and how much longer a round trip may be than that of the handshake.
const MOST_ACK_DELAY: Duration = Duration::from_millis(200);
const SLACK: Duration = Duration::from_millis(50);

/// A segment that begins with numbers that were seen before, or should have been.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resent {
    pub(super) start: SeqNumber,
    /// The number after its last one.
    pub(super) end: SeqNumber,
    pub(super) brought: Brought,
    pub(super) syn: bool,
    pub(super) now: Duration,
}

/// Says why `flow` has sent it (again), and remembers what that says about the sender's loss recovery.
pub(super) fn judge(flow: &mut Flow, peer: &Flow, resent: &Resent) -> Note {
    if resent.syn {
        return syn(flow, resent);
    }
    if flow.syn_text.take_if(|end| resent.start.before(*end)).is_some() && peer.last_ack == Some(resent.start)
    {
        return Note::Retransmission(Retransmission::SynText);
    }
    let fast = answers_third_duplicate(flow, peer, resent);
    if !fast && was_overtaken(flow, peer, resent) {
        return Note::OutOfOrder;
    }
    let first = peer.last_ack.is_none_or(|ack| resent.start.at_or_before(ack));
    let after = resent.now.saturating_sub(flow.timer.unwrap_or(flow.end_time));
    let waited = after >= round_trip(flow, peer);
    let timer_is_due = first && waited && after >= USUAL_TIMER;
    Note::Retransmission(match flow.phase {
        _ if peer.last_ack.is_some_and(|ack| resent.end.at_or_before(ack)) => Retransmission::Spurious,
        _ if fast => {
            flow.phase = Phase::Fast { recover: flow.end };
            flow.resent_first = Some(resent.start);
            Retransmission::Fast { duplicate_acks: peer.duplicate_acks }
        }
        Phase::AfterTimer { .. } if !(first && waited) => Retransmission::AfterTimer,
        Phase::Fast { .. } if first && !timer_is_due && flow.resent_first != Some(resent.start) => {
            flow.resent_first = Some(resent.start);
            Retransmission::PartialAck
        }
        _ if !timer_is_due && follows_sack(flow, peer, resent) => Retransmission::Sack,
        _ if waited && resent.end == flow.end && (!first || is_lone_probe(flow, peer, resent, after)) => {
            flow.resent_first = first.then_some(resent.start).or(flow.resent_first);
            // The timer starts over (RFC 8985 §7.3).
            flow.timer = Some(resent.now);
            Retransmission::TailLossProbe { after }
        }
        _ if waited => {
            flow.phase = Phase::AfterTimer { recover: flow.end };
            flow.timer = Some(resent.now);
            Retransmission::Timer { after }
        }
        _ => Retransmission::Unexplained { after },
    })
}

/// Whether the only segment in flight goes out again as a probe. It leaves at a time when the timer might run out as
/// well, so what counts is that both ends permit SACK, that it is the first time, and that no more has passed than two
/// round trips and the longest delay of an ACK (RFC 8985 §7.2).
fn is_lone_probe(flow: &Flow, peer: &Flow, resent: &Resent, after: Duration) -> bool {
    let longest = 2 * round_trip(flow, peer) + MOST_ACK_DELAY + SLACK;
    flow.permits_sack
        && peer.permits_sack
        && flow.phase == Phase::Open
        && flow.resent_first != Some(resent.start)
        && after <= longest
}

/// The SYN again. One that was not seen before has been overtaken by what followed it.
fn syn(flow: &mut Flow, resent: &Resent) -> Note {
    let Some(sent) = flow.syn_time else { return Note::OutOfOrder };
    flow.timer = Some(resent.now);
    Note::Retransmission(Retransmission::Syn { after: resent.now.saturating_sub(sent) })
}

/// Whether it is what the third duplicate ACK asked for, for the first time, and not sooner than the sender could
/// answer.
fn answers_third_duplicate(flow: &Flow, peer: &Flow, resent: &Resent) -> bool {
    let soonest = (flow.reaction.unwrap_or_default() / 2).saturating_sub(NOISE);
    peer.third_duplicate.is_some_and(|third| third + soonest <= resent.now)
        && peer.last_ack == Some(resent.start)
        && flow.resent_first != Some(resent.start)
        && flow.phase == Phase::Open
}

/// Whether it fills a hole that was seen less than a round trip ago.
fn was_overtaken(flow: &Flow, peer: &Flow, resent: &Resent) -> bool {
    match resent.brought {
        Brought::Nothing => false,
        Brought::Missing(since) => {
            resent.now.saturating_sub(since.unwrap_or(flow.end_time)) < round_trip(flow, peer)
        }
    }
}

/// Blocks beyond it were reported, and it left as soon after that as the sender could hear of it: a quarter of a round
/// trip is the patience of RACK (RFC 8985 §6.2).
fn follows_sack(flow: &Flow, peer: &Flow, resent: &Resent) -> bool {
    let soon = flow.reaction.unwrap_or_default() + round_trip(flow, peer) / 3;
    peer.sacked.is_some_and(|(sacked, time)| {
        sacked.at_or_after(resent.end) && resent.now.saturating_sub(time) <= soon
    })
}

fn round_trip(flow: &Flow, peer: &Flow) -> Duration {
    match (flow.reaction, peer.reaction) {
        (Some(near), Some(far)) => near + far,
        _ => UNKNOWN_ROUND_TRIP,
    }
}
