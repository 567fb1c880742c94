//! User calls: SEND, RECEIVE, CLOSE, ABORT and STATUS (RFC 9293 §3.10.2 to §3.10.6). OPEN makes a connection:
//! [`crate::Connection::connect`] and [`crate::Connection::listen`].
//!
//! Tested in `tests/clauses`.

use std::time::{Duration, Instant};

use crate::connection::event::ConnectionEvent;
use crate::error::Error;
use crate::note::ResetReason;
use crate::output::reply::Reply;
use crate::segment::Flags;
use crate::state::{Cause, State};
use crate::tcb::Tcb;
use crate::variables::Variables;

/// So long a user who has gone waits, from then on, for an ACK of something new: about as long as it takes until
/// `Config::retries` is reached. A peer that answers every probe with a closed window would else hold the connection
/// for ever (RFC 6429).
const NOBODY_WAITS: Duration = Duration::from_secs(900);

/// SEND (§3.10.2): takes as much of `data` as there is room for.
pub(crate) fn send(c: &mut Tcb, data: &[u8]) -> Result<usize, Error> {
    if c.state() == State::Closed {
        return Err(Error::NoConnection);
    }
    c.fast_open.waits_for_text &= data.is_empty();
    c.sender.write(data)
}

/// RECEIVE (§3.10.3): copies out bytes that have arrived in order.
pub(crate) fn receive(c: &mut Tcb, buffer: &mut [u8]) -> usize {
    c.receiver.read(buffer)
}

/// CLOSE (§3.10.4): a FIN follows what was written. Reading goes on.
pub(crate) fn close(c: &mut Tcb) {
    c.sender.close();
    match c.state() {
        // Fast Open: its user may write and close before the handshake is over. The FIN follows it.
        State::SynSent if c.fast_open.has_cookie() && c.sender.unacknowledged() > 0 => {}
        State::Listen | State::SynSent => c.end(Cause::End, ConnectionEvent::Closed),
        // From ESTABLISHED and CLOSE-WAIT the state moves on when the FIN leaves: see crate::output.
        _ => {}
    }
}

// book: abandon
/// The user has gone and will not read. If there is something unread, a reset tells the peer that it is lost
/// (§3.6.1). Else a FIN leaves; after its ACK the connection waits for the peer's only as long as TIME-WAIT lasts.
pub(crate) fn abandon(c: &mut Tcb, now: Instant) {
    c.abandoned = true;
    if c.state() == State::TimeWait {
        // Both ends have closed, and the wait goes on (MUST-13). What is unread need not lie there until it is over.
        return c.receiver.forget_unread();
    }
    let is_open = c.state().is_synchronized() || c.fast_open.is_open();
    if c.receiver.incoming().unread() > 0 && is_open {
        return reset(c, ResetReason::Unread);
    }
    close(c);
    c.sender.wait_at_most(now, NOBODY_WAITS);
    if c.state() == State::FinWait2 {
        c.time_wait = Some(now + c.config.time_wait);
    }
}
// book: end

/// ABORT (§3.10.5): a reset, and the connection is over. What is unread will not be read.
pub(crate) fn abort(c: &mut Tcb) {
    c.abandoned = true;
    reset(c, ResetReason::Aborted);
}

/// A reset with the numbers that the peer expects, and the agreed timestamps (RFC 7323 §3.2). Where both ends have
/// closed, an ABORT sends none (RFC 9293 §3.10.5). But the peer still hears that something was left unread.
pub(crate) fn reset(c: &mut Tcb, reason: ResetReason) {
    match c.state() {
        State::Closing | State::LastAck if reason != ResetReason::Unread => {}
        State::SynReceived
        | State::Established
        | State::FinWait1
        | State::FinWait2
        | State::CloseWait
        | State::Closing
        | State::LastAck => {
            let (seq, ack) = (c.sender.number_without_text(), Some(c.receiver.variables().nxt));
            let flags = Flags::RST | Flags::ACK;
            c.replies.push_back(Reply { seq, ack, flags, agreed: true, reason });
        }
        _ => {}
    }
    c.end(Cause::End, ConnectionEvent::Closed);
}

/// STATUS (§3.10.6): the variables at this moment.
pub(crate) fn status(c: &Tcb) -> Variables {
    let (controller, rtt) = (c.sender.controller(), c.sender.rtt());
    Variables {
        local: c.local,
        remote: c.remote,
        state: c.state(),
        snd: *c.sender.variables(),
        rcv: *c.receiver.variables(),
        cwnd: controller.window(),
        ssthresh: controller.threshold(),
        pipe: c.sender.flight().pipe(),
        repair: c.sender.recovery().repair,
        phase: controller.phase(),
        srtt: rtt.srtt,
        rto: rtt.rto(),
        unacknowledged: c.sender.unacknowledged(),
        unread: c.receiver.incoming().unread(),
        out_of_order: c.receiver.incoming().out_of_order(),
    }
}
