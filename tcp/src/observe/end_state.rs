//! The state that each end of an observed connection is in, as far as the capture tells.
//!
//! An end takes a segment when it arrives, and no capture shows that. So the state of the receiver assumes that each
//! segment arrives, as the figures of RFC 9293 §3.5 do, and [`EndState::proven`] says whether the end has sent
//! anything since. An end that repeats its SYN or its FIN has not heard the answer: then it goes back to waiting.
//!
//! Tested in `tests/observe/`.

use std::fmt;

use crate::state::State;

/// One end of a connection, after a segment. Its numbers are relative, and None while the capture does not tell them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndState {
    /// The state, by the name of RFC 9293 §3.3.2.
    pub state: State,
    /// Whether a segment of this end's own shows it, the state and the numbers. False while some of it only follows
    /// from what was sent to it.
    pub proven: bool,
    /// SND.UNA: the first number that the other end has not acknowledged.
    pub snd_una: Option<u32>,
    /// SND.NXT: the next number it will send.
    pub snd_nxt: Option<u32>,
    /// RCV.NXT: the next number it expects, by its own ACK, or after all that was sent to it in order since then.
    pub rcv_nxt: Option<u32>,
    /// RCV.WND: the window that it offered last, in bytes.
    pub rcv_wnd: Option<u32>,
}

/// What is not known is a dash.
impl fmt::Display for EndState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
        let [una, next] = [self.snd_una, self.snd_nxt].map(number);
        let [expected, window] = [self.rcv_nxt, self.rcv_wnd].map(number);
        write!(f, "{}; snd.una {una} snd.nxt {next}; rcv.nxt {expected} rcv.wnd {window}", self.state)?;
        f.write_str(if self.proven { "" } else { " (if this arrives)" })
    }
}

/// What is known of one end's opening and closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Facts {
    /// It has sent something, so its SYN too.
    pub(super) sent_syn: bool,
    /// The SYN of the other end was sent to it.
    pub(super) got_syn: bool,
    /// The ACK of its SYN was sent to it.
    pub(super) syn_acked: bool,
    /// It has sent its FIN.
    pub(super) sent_fin: bool,
    /// When it sent its FIN it had not seen the other end's.
    pub(super) closed_first: bool,
    /// The ACK of its FIN was sent to it.
    pub(super) fin_acked: bool,
    /// The FIN of the other end was sent to it.
    pub(super) got_fin: bool,
    /// One of the two has reset the connection.
    pub(super) reset: bool,
}

impl Facts {
    /// The state that follows: RFC 9293 §3.3.2, figure 5.
    pub(super) fn state(&self) -> State {
        if self.reset {
            return State::Closed;
        }
        match (self.sent_fin, self.fin_acked, self.got_fin) {
            (true, false, false) => State::FinWait1,
            (true, true, false) => State::FinWait2,
            (true, false, true) if self.closed_first => State::Closing,
            (true, false, true) => State::LastAck,
            (true, true, true) if self.closed_first => State::TimeWait,
            (true, true, true) => State::Closed,
            (false, _, true) => State::CloseWait,
            (false, _, false) => self.opening(),
        }
    }

    /// The state before any FIN.
    fn opening(&self) -> State {
        match (self.sent_syn, self.got_syn, self.syn_acked) {
            (true, true, true) => State::Established,
            (true, false, _) => State::SynSent,
            (_, true, _) => State::SynReceived,
            (false, false, _) => State::Listen,
        }
    }
}
