//! One connection: a state machine without I/O. Segments and the time go in; packets, a deadline and events come out.
//!
//! ```text
//!    write, close, abort ──▶ ┌────────────┐ ──▶ event: Established, Readable, Writable,
//!    read                ◀── │ Connection │            PeerClosed, ...
//!    receive(now, segment) ▶ │            │ ──▶ transmit(now): an IP packet, while there is one
//!    on_deadline(now)    ──▶ └────────────┘ ──▶ deadline()
//! ```
//!
//! Each call is a line here that names the file where it is done. All of them work on one block of variables, the
//! [`Tcb`]. A [`crate::Host`] holds many connections.
//!
//! Tested in `tests/clauses` by RFC clause.

pub(crate) mod event;
pub(crate) mod open;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use barewire_packet::ip::Codepoint;

use crate::error::Error;
use crate::fast_open::{Learned, Plan};
use crate::flight::LostBy;
use crate::icmp::{IcmpError, IcmpOutcome};
use crate::keep_alive::KeepAlive;
use crate::output::reply::Transmit;
use crate::segment::Segment;
use crate::seq::SeqNumber;
use crate::state::{Cause, State};
use crate::tcb::Tcb;
use crate::variables::Variables;
use crate::{arrives, calls, output, timeouts};

pub use event::{ConnectionEvent, SoftError};
pub use open::Open;

/// One connection.
#[derive(Debug)]
pub struct Connection {
    tcb: Tcb,
}

/// OPEN: RFC 9293 §3.10.1.
impl Connection {
    /// OPEN, active: a connection in SYN-SENT whose SYN the next `transmit` gives.
    pub fn connect(now: Instant, open: Open) -> Connection {
        let mut tcb = Tcb::new(now, open);
        tcb.pass(Cause::Connect);
        Connection { tcb }
    }

    /// OPEN, passive: a connection in LISTEN, for the SYN from the remote end that is about to be given to `receive`.
    pub fn listen(now: Instant, open: Open) -> Connection {
        let mut tcb = Tcb::new(now, open);
        tcb.pass(Cause::Listen);
        tcb.passive = true;
        Connection { tcb }
    }
}

/// Fast Open: RFC 7413.
impl Connection {
    /// What the connection does about Fast Open. It counts for the first SYN of either side.
    pub fn set_fast_open(&mut self, plan: Plan) {
        self.tcb.fast_open.plan = plan;
    }

    /// The SYN waits for the first `write`, so that it can take text along. Only where there is a cookie.
    pub fn wait_for_text(&mut self) {
        self.tcb.fast_open.waits_for_text = self.tcb.fast_open.has_cookie();
    }

    /// Whether the SYN waits for the first `write`.
    pub fn waits_for_text(&self) -> bool {
        self.tcb.fast_open.waits_for_text && self.state() == State::SynSent
    }

    /// The SYN waits no longer.
    pub(crate) fn let_syn_go(&mut self) {
        self.tcb.fast_open.waits_for_text = false;
    }

    /// What was learned of the server, once.
    pub(crate) fn take_learned(&mut self) -> Option<Learned> {
        self.tcb.fast_open.learned.take()
    }

    /// Whether its user has heard of it, and its handshake is not over: PendingFastOpenRequests counts it (§4.2).
    pub(crate) fn is_pending(&self) -> bool {
        self.tcb.fast_open.is_open() && self.state() == State::SynReceived
    }

    /// Whether its user has heard of it before its handshake was over.
    pub(crate) fn was_opened_fast(&self) -> bool {
        self.tcb.fast_open.is_open()
    }
}

impl Connection {
    /// A connection in SYN-RECEIVED whose SYN-ACK was sent by nobody it knows of: as a cookie. It gives no round trip.
    pub(crate) fn recalled(now: Instant, open: Open, syn: &Segment<'_>) -> Connection {
        let mut connection = Connection::listen(now, open);
        connection.receive(now, syn);
        connection.transmit(now);
        connection.tcb.sender.repeat_syn(LostBy::SynRepeated);
        connection.transmit(now);
        connection
    }
}

/// The five verbs.
impl Connection {
    /// A segment arrived from the peer: RFC 9293 §3.10.7.
    pub fn receive(&mut self, now: Instant, segment: &Segment<'_>) {
        self.receive_marked(now, segment, Codepoint::NotEct);
    }

    /// As [`Connection::receive`]; `codepoint` is what the ECN field of its packet says (RFC 3168 §5).
    pub fn receive_marked(&mut self, now: Instant, segment: &Segment<'_>, codepoint: Codepoint) {
        arrives::segment_arrives(&mut self.tcb, now, segment, codepoint);
    }

    /// The next packet to send, if any. To be asked until it gives none.
    pub fn transmit(&mut self, now: Instant) -> Option<Transmit> {
        output::next_packet(&mut self.tcb, now)
    }

    /// When to call [`Connection::on_deadline`], if ever.
    pub fn deadline(&self) -> Option<Instant> {
        timeouts::deadline(&self.tcb)
    }

    /// Does what is due by `now`: RFC 9293 §3.10.8.
    pub fn on_deadline(&mut self, now: Instant) {
        timeouts::on_deadline(&mut self.tcb, now);
    }

    /// An ICMP error arrived about the segment that begins at `seq`: RFC 9293 §3.9.2.2.
    pub fn icmp(&mut self, seq: SeqNumber, error: IcmpError) -> IcmpOutcome {
        arrives::icmp_arrives(&mut self.tcb, seq, error)
    }

    /// What happened since the last call, oldest first.
    pub fn event(&mut self) -> Option<ConnectionEvent> {
        self.tcb.events.pop_front()
    }
}

/// The other user calls: RFC 9293 §3.10.2 to §3.10.6.
impl Connection {
    /// SEND: takes as much of `data` as there is room for, and says how much.
    ///
    /// # Errors
    /// [`Error::Closing`] after `close`, [`Error::NoConnection`] when the connection is over.
    pub fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        calls::send(&mut self.tcb, data)
    }

    /// RECEIVE: copies out bytes that have arrived in order, as many as fit; 0 if there are none. Whether more will
    /// come, [`Connection::peer_has_closed`] says.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        calls::receive(&mut self.tcb, buffer)
    }

    /// CLOSE: no more will be written; a FIN follows what was. Reading goes on.
    pub fn close(&mut self) {
        calls::close(&mut self.tcb);
    }

    /// CLOSE by a user that has gone and will not read. Bytes that still arrive are answered by a reset
    /// (RFC 9293 §3.6.1).
    pub fn abandon(&mut self, now: Instant) {
        calls::abandon(&mut self.tcb, now);
    }

    /// ABORT: a reset, and the connection is over. What is unread will not be read.
    pub fn abort(&mut self) {
        calls::abort(&mut self.tcb);
    }

    /// Holds small segments back from now on, or not (Nagle: RFC 9293 §3.7.4).
    pub fn set_nagle(&mut self, on: bool) {
        self.tcb.sender.set_nagle(on);
    }

    /// Asks a silent peer from now on, or does not (RFC 9293 §3.8.4).
    pub fn set_keep_alive(&mut self, settings: Option<KeepAlive>) {
        self.tcb.config.keep_alive = settings;
    }

    /// What service the packets ask of routers from now on: six bits (RFC 9293 §3.9.1.9).
    pub fn set_differentiated_services(&mut self, codepoint: u8) {
        self.tcb.config.differentiated_services = codepoint;
    }

    /// Gives up when nothing new was acknowledged for so long (RFC 9293 §3.9.1).
    pub fn set_user_timeout(&mut self, timeout: Option<Duration>) {
        self.tcb.sender.set_user_timeout(timeout);
    }

    /// STATUS: the variables at this moment.
    pub fn variables(&self) -> Variables {
        calls::status(&self.tcb)
    }
}

/// What a holder of connections asks.
impl Connection {
    /// The state.
    pub fn state(&self) -> State {
        self.tcb.state()
    }

    /// How many bytes are ready to be read.
    pub fn unread(&self) -> usize {
        self.tcb.receiver.incoming().unread()
    }

    /// Whether the peer's FIN has arrived, and everything before it: after what is unread, nothing follows.
    pub fn peer_has_closed(&self) -> bool {
        self.tcb.receiver.has_all()
    }

    /// Whether nothing is left to do: closed, with nothing to send or tell, and nothing that anybody will read.
    pub fn is_finished(&self) -> bool {
        let all_read = self.tcb.abandoned || self.unread() == 0;
        let all_said = self.tcb.replies.is_empty() && self.tcb.events.is_empty();
        self.state() == State::Closed && all_said && all_read
    }

    /// How much memory its buffers hold beside their bytes.
    pub(crate) fn spare_memory(&self) -> usize {
        self.tcb.sender.spare_memory() + self.tcb.receiver.spare_memory()
    }

    /// Frees the memory of empty buffers. They take it again when they need it.
    pub(crate) fn give_back_memory(&mut self) {
        self.tcb.sender.give_back_memory();
        self.tcb.receiver.give_back_memory();
    }

    /// This end, and the other.
    pub(crate) fn ends(&self) -> (SocketAddr, SocketAddr) {
        (self.tcb.local, self.tcb.remote)
    }

    /// Whether it began in LISTEN.
    pub(crate) fn is_passive(&self) -> bool {
        self.tcb.passive
    }

    /// Whether it takes a place in the backlog of `port`.
    pub(crate) fn is_half_open_at(&self, port: u16) -> bool {
        self.tcb.passive && self.tcb.local.port() == port && self.state() == State::SynReceived
    }

    /// Whether a new connection that begins with `syn` may take the place of this one, which is in TIME-WAIT: RFC 6191
    /// §2. Its timestamp is later than all that were seen, so that PAWS keeps old segments out. Where both do not have
    /// timestamps, or they are the same, its number is above all that were seen. With an earlier timestamp it is an old
    /// duplicate, whatever its number.
    pub(crate) fn gives_way_to(&self, syn: &Segment<'_>) -> bool {
        let receiver = &self.tcb.receiver;
        let higher = syn.seq.after(receiver.variables().nxt);
        let recent = receiver.timestamps();
        let gives_way = match syn.options.timestamps.filter(|_| recent.on) {
            Some(stamps) if stamps.value != recent.recent => receiver.is_newer(&stamps),
            _ => higher,
        };
        self.state() == State::TimeWait && gives_way
    }

    /// Whether it only waits: in TIME-WAIT, or for the peer's FIN or the ACK of its own, when its user has gone and all
    /// text is acknowledged.
    pub(crate) fn has_nothing_left(&self) -> bool {
        let sender = &self.tcb.sender;
        let is_let_go = self.tcb.abandoned && sender.fin_was_sent() && sender.unacknowledged() == 0;
        self.state() == State::TimeWait || is_let_go
    }

    /// Ends before its time a connection that only waits.
    pub(crate) fn give_way(&mut self) {
        let cause = if self.state() == State::TimeWait { Cause::TwoMsl } else { Cause::End };
        self.tcb.end(cause, ConnectionEvent::Closed);
    }
}
