//! RFC 9293 §3.3.2, figure 5: the table of states has its arrows, and no others.

use barewire_tcp::Cause::{self, *};
use barewire_tcp::State::{self, *};

const STATES: [State; 11] = [
    Closed,
    State::Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
];
const CAUSES: [Cause; 10] =
    [Connect, Cause::Listen, Syn, SynAck, AckOfSyn, FinSent, Fin, AckOfFin, TwoMsl, End];

/// The arrows of the figure: from, the words beside the arrow, here, to.
const FIGURE_5: [(State, &str, Cause, State); 15] = [
    (Closed, "passive OPEN", Cause::Listen, State::Listen),
    (Closed, "active OPEN, snd SYN", Connect, SynSent),
    (State::Listen, "rcv SYN, snd SYN,ACK", Syn, SynReceived),
    (SynSent, "rcv SYN, snd SYN,ACK", Syn, SynReceived),
    (SynSent, "rcv SYN,ACK, snd ACK", SynAck, Established),
    (SynReceived, "rcv ACK of SYN", AckOfSyn, Established),
    (Established, "CLOSE, snd FIN", FinSent, FinWait1),
    (Established, "rcv FIN, snd ACK", Fin, CloseWait),
    (FinWait1, "rcv ACK of FIN", AckOfFin, FinWait2),
    (FinWait1, "rcv FIN, snd ACK", Fin, Closing),
    (FinWait2, "rcv FIN, snd ACK", Fin, TimeWait),
    (CloseWait, "CLOSE, snd FIN", FinSent, LastAck),
    (Closing, "rcv ACK of FIN", AckOfFin, TimeWait),
    (LastAck, "rcv ACK of FIN", AckOfFin, Closed),
    (TimeWait, "Timeout=2MSL", TwoMsl, Closed),
];

/// The arrows that are left out here, as the head of `state.rs` says.
const LEFT_OUT: [(State, &str, State); 3] = [
    (SynReceived, "CLOSE, snd FIN", FinWait1),
    (SynReceived, "rcv RST", State::Listen),
    (State::Listen, "SEND, snd SYN", SynSent),
];

#[test]
fn the_arrows_of_figure_5() {
    for (from, words, cause, to) in FIGURE_5 {
        assert_eq!(from.after(cause), Some(to), "{from}: {words}");
    }
    // CLOSE in LISTEN and SYN-SENT deletes the TCB; a reset or an abort does so in any state (§3.10.7.4, §3.10.5).
    for state in STATES {
        assert_eq!(state.after(End), Some(Closed), "{state}");
    }
}

#[test]
fn there_are_no_others() {
    let drawn = |state, cause| FIGURE_5.iter().any(|(from, _, by, _)| (*from, *by) == (state, cause));
    for state in STATES {
        for cause in CAUSES.into_iter().filter(|cause| *cause != End) {
            assert_eq!(state.after(cause).is_some(), drawn(state, cause), "{state}, {cause:?}");
        }
    }
    for (from, words, to) in LEFT_OUT {
        let leads = CAUSES.into_iter().any(|cause| from.after(cause) == Some(to));
        assert!(!leads, "{from}: {words} leads to {to}, though it is said to be left out");
    }
}
