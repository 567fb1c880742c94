//! What Linux remembers of a TCP connection beside its state: the table alone does not know what came before.
//!
//! Tested against Linux with random segments: `tests/nat/live.rs`, `tests/boxes_live.rs`.

use barewire_dissect::Direction;
use barewire_packet::transit::TcpFlags;

use super::tcp::{self, Step, TcpState};

/// What was seen of a connection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct History {
    /// Both sides have sent a SYN before either had an answer (RFC 9293 §3.5).
    crossed: bool,
    /// Somebody has sent a FIN.
    finished: bool,
    /// The last segment that was not invalid, and which way it went.
    last: Option<(Direction, TcpFlags)>,
}

impl History {
    /// What a segment does to a connection in `state`: what the table says, but for four cases.
    pub(super) fn step(&mut self, state: TcpState, direction: Direction, flags: TcpFlags) -> Step {
        let step = tcp::step(state, direction, flags);
        if step == Step::Invalid {
            return step;
        }
        let before = *self;
        self.last = Some((direction, flags));
        if tcp::reopens(state, step) && (before.finished || before.was_reset(direction)) {
            return self.reopen(direction);
        }
        if before.crossed && tcp::completes_crossing(state, direction, flags) {
            return Step::To(TcpState::Established);
        }
        // The answer to a SYN that nobody needed (RFC 5961 §4.2) is not the last ACK.
        if before.was_opened_by_other(direction) && tcp::may_be_challenge(state, direction, flags) {
            return Step::Ignore;
        }
        if step == Step::Ignore || tcp::reopens(state, step) {
            return self.ignored(before, direction, flags);
        }
        self.crossed |= step == Step::To(TcpState::SynSent2);
        self.finished |= step == Step::To(TcpState::FinWait);
        step
    }

    /// A SYN after the end counts if the connection was closed, or reset by who sends it.
    fn reopen(&mut self, direction: Direction) -> Step {
        if direction == Direction::ToClient {
            return Step::Over;
        }
        (self.finished, self.crossed) = (false, false);
        Step::Reopens
    }

    /// A segment passes and changes nothing, unless it answers a SYN that did so: the ends know better where they
    /// stand.
    fn ignored(&mut self, before: History, direction: Direction, flags: TcpFlags) -> Step {
        self.crossed &= !(flags.opens() && direction == Direction::ToServer);
        match flags.syn() && flags.ack() && before.was_opened_by_other(direction) {
            true => Step::To(TcpState::SynReceived),
            false => Step::Ignore,
        }
    }

    /// Whether the last segment was a reset in this direction.
    fn was_reset(self, direction: Direction) -> bool {
        self.last.is_some_and(|(last, flags)| last == direction && flags.rst())
    }

    /// Whether the last segment was a SYN of the other side.
    fn was_opened_by_other(self, direction: Direction) -> bool {
        self.last.is_some_and(|(last, flags)| last != direction && flags.opens())
    }
}
