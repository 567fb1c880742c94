//! User calls: SEND, RECEIVE, CLOSE, ABORT and STATUS (RFC 9293 §3.10.2 to §3.10.6). OPEN makes a connection:
//! [`crate::Connection::connect`] and [`crate::Connection::listen`].
//!
//! Tested in `tests/clauses.rs`.

use std::time::Instant;

use crate::ack::Ack;
use crate::connection::event::ConnectionEvent;
use crate::error::Error;
use crate::note::{AckReason, ResetReason};
use crate::output::reply::Reply;
use crate::output::window::window_update_is_due;
use crate::segment::Flags;
use crate::state::{Cause, State};
use crate::tcb::Tcb;
use crate::variables::Variables;

/// SEND (§3.10.2): takes as much of `data` as there is room for.
pub(crate) fn send(c: &mut Tcb, data: &[u8]) -> Result<usize, Error> {
    if c.state() == State::Closed {
        return Err(Error::NoConnection);
    }
    if c.closing {
        return Err(Error::Closing);
    }
    let taken = c.outgoing.write(data);
    c.write_was_cut = taken < data.len();
    Ok(taken)
}

/// RECEIVE (§3.10.3): copies out bytes that have arrived in order. If that makes much room, an ACK tells the peer.
pub(crate) fn receive(c: &mut Tcb, buffer: &mut [u8]) -> usize {
    let count = c.incoming.read(buffer);
    if count > 0 && c.state().may_receive() && window_update_is_due(c) {
        c.ack = Ack::OwedBecause(AckReason::WindowUpdate);
    }
    count
}

/// CLOSE (§3.10.4): a FIN follows what was written. Reading goes on.
pub(crate) fn close(c: &mut Tcb) {
    c.closing = true;
    match c.state() {
        State::Listen | State::SynSent => c.end(Cause::End, ConnectionEvent::Closed),
        // From ESTABLISHED and CLOSE-WAIT the state moves on when the FIN leaves: see crate::output.
        _ => {}
    }
}

/// The user has gone and will not read. After its FIN is acknowledged the connection waits for the peer's FIN only as
/// long as TIME-WAIT lasts.
pub(crate) fn abandon(c: &mut Tcb, now: Instant) {
    close(c);
    c.abandoned = true;
    if c.state() == State::FinWait2 {
        c.timers.time_wait = Some(now + c.config.time_wait);
    }
}

/// ABORT (§3.10.5): a reset, and the connection is over. What is unread will not be read.
pub(crate) fn abort(c: &mut Tcb) {
    c.abandoned = true;
    match c.state() {
        State::SynReceived | State::Established | State::FinWait1 | State::FinWait2 | State::CloseWait => {
            let (seq, ack) = (c.snd.nxt, Some(c.rcv.nxt));
            let (flags, reason) = (Flags::RST | Flags::ACK, ResetReason::Aborted);
            c.replies.push_back(Reply { seq, ack, flags, reason });
        }
        _ => {}
    }
    c.end(Cause::End, ConnectionEvent::Closed);
}

/// STATUS (§3.10.6): the variables at this moment.
pub(crate) fn status(c: &Tcb) -> Variables {
    Variables {
        local: c.local,
        remote: c.remote,
        state: c.state(),
        snd: c.snd,
        rcv: c.rcv,
        cwnd: c.congestion.cwnd,
        ssthresh: c.congestion.ssthresh,
        srtt: c.rtt.srtt,
        rto: c.rtt.rto(),
        unacknowledged: c.outgoing.len(),
        unread: c.incoming.unread(),
        out_of_order: c.incoming.out_of_order(),
    }
}
