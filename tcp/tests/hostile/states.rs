//! A connection is brought to a state by a polite peer: for each of the eleven.

use barewire_tcp::{Flags, State};

use crate::input::Input;
use crate::play::Play;

pub(crate) const STATES: [State; 11] = [
    State::Established,
    State::SynSent,
    State::SynReceived,
    State::FinWait1,
    State::FinWait2,
    State::CloseWait,
    State::Closing,
    State::LastAck,
    State::TimeWait,
    State::Listen,
    State::Closed,
];

const FIN_ACK: Flags = Flags(0x11);
const SYN_ACK: Flags = Flags(0x12);

impl Play {
    /// The way from the start to `state`. What the peer's SYN offers is chosen on it.
    pub(crate) fn go_to(&mut self, state: State, input: &mut Input<'_>) {
        match (self.c.state(), state) {
            (now, wanted) if now == wanted => {}
            (_, State::Closed) => self.user(|c| c.abort()),
            (_, State::SynReceived) => self.peer_opens(Flags::SYN, input),
            (State::SynSent, State::Established) => self.peer_opens(SYN_ACK, input),
            (State::Listen, State::Established) => {
                self.go_to(State::SynReceived, input);
                self.peer_says(Flags::ACK);
            }
            (_, State::FinWait1) => {
                self.go_to(State::Established, input);
                self.peer_takes_all();
                self.user(|c| c.close());
            }
            (_, State::FinWait2) => {
                self.go_to(State::FinWait1, input);
                self.peer_says(Flags::ACK);
            }
            (_, State::CloseWait) => {
                self.go_to(State::Established, input);
                self.peer_says(FIN_ACK);
            }
            (_, State::Closing) => {
                self.go_to(State::FinWait1, input);
                self.peer_says_late(FIN_ACK);
            }
            (_, State::LastAck) => {
                self.go_to(State::CloseWait, input);
                self.peer_takes_all();
                self.user(|c| c.close());
            }
            (_, State::TimeWait) => {
                self.go_to(State::FinWait2, input);
                self.peer_says(FIN_ACK);
            }
            (from, to) => unreachable!("from {from} to {to}"),
        }
        assert_eq!(self.c.state(), state, "{}", self.c.variables());
    }
}
