//! What Linux remembers of a TCP connection beside its state: the table alone does not know what came before.
//!
//! Tested against Linux with random segments: `tests/nat/live.rs`.

use barewire_packet::transit::TcpFlags;

use super::side::Side;
use super::tracking::{self, Sender, State, Step};

/// What was seen of a connection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct History {
    /// Both sides have sent a SYN before either had an answer (RFC 9293 §3.5).
    crossed: bool,
    /// Somebody has sent a FIN.
    finished: bool,
    /// The last segment that was not invalid, and who sent it.
    last: Option<(Side, TcpFlags)>,
}

impl History {
    /// What a segment does to a connection in `state`: what the table says, but for four cases.
    pub(super) fn step(&mut self, state: State, (from, sender): (Side, Sender), flags: TcpFlags) -> Step {
        let step = tracking::step(state, sender, flags);
        if step == Step::Invalid {
            return step;
        }
        let before = *self;
        self.last = Some((from, flags));
        if tracking::reopens(state, step) && (before.finished || before.was_reset_by(from)) {
            return self.reopen(sender);
        }
        if before.crossed && tracking::completes_crossing(state, sender, flags) {
            return Step::To(State::Established);
        }
        // The answer to a SYN that nobody needed (RFC 5961 §4.2) is not the last ACK.
        if before.was_opened_by_other(from) && tracking::may_be_challenge(state, sender, flags) {
            return Step::Ignore;
        }
        if step == Step::Ignore || tracking::reopens(state, step) {
            return self.ignored(before, (from, sender), flags);
        }
        self.crossed |= step == Step::To(State::SynSent2);
        self.finished |= step == Step::To(State::FinWait);
        step
    }

    /// A SYN after the end counts if the connection was closed, or reset by who sends it.
    fn reopen(&mut self, sender: Sender) -> Step {
        if sender == Sender::Answerer {
            return Step::Over;
        }
        (self.finished, self.crossed) = (false, false);
        Step::Reopens
    }

    /// A segment passes and changes nothing, unless it answers a SYN that did so: the ends know better where they
    /// stand.
    fn ignored(&mut self, before: History, (from, sender): (Side, Sender), flags: TcpFlags) -> Step {
        self.crossed &= !(flags.opens() && sender == Sender::Opener);
        match flags.syn() && flags.ack() && before.was_opened_by_other(from) {
            true => Step::To(State::SynReceived),
            false => Step::Ignore,
        }
    }

    /// Whether the last segment was a reset of this side.
    fn was_reset_by(self, side: Side) -> bool {
        self.last.is_some_and(|(from, flags)| from == side && flags.rst())
    }

    /// Whether the last segment was a SYN of the other side.
    fn was_opened_by_other(self, side: Side) -> bool {
        self.last.is_some_and(|(from, flags)| from != side && flags.opens())
    }
}
