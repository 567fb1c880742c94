//! One connection: a state machine without I/O. Segments and the time go in; packets, a deadline and events come out.
//!
//! ```text
//!    write, close, abort ──▶ ┌────────────┐ ──▶ event: Established, Readable, Writable, PeerClosed, ...
//!    read                ◀── │ Connection │
//!    receive(now, segment) ▶ │            │ ──▶ transmit(now): an IP packet, while there is one
//!    on_deadline(now)    ──▶ └────────────┘ ──▶ deadline()
//! ```
//!
//! What is done with a segment is in [`crate::arrives`], what is sent next in [`crate::output`]; here is what the two
//! share, and the calls of RFC 9293 §3.10.1 to §3.10.6. A [`crate::Host`] holds many of these.
//!
//! Left out: keep-alives, and the user timeout as a duration (there is a limit on retransmissions).
//!
//! Tested in `tests/clauses.rs` by RFC clause.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use barewire_packet::ip;

use crate::arrives;
use crate::config::Config;
use crate::congestion::Congestion;
use crate::error::Error;
use crate::output::Reply;
use crate::reassembly::Reassembly;
use crate::recovery::{self, Recovery};
use crate::rtt::RttEstimator;
use crate::segment::{Flags, HEADER_LENGTH, Segment};
use crate::send_buffer::SendBuffer;
use crate::seq::SeqNumber;
use crate::state::State;
use crate::tcb::{ReceiveVariables, SendVariables, TimestampVariables, Variables};
use crate::timers::{Timers, ran_out};

/// What a connection has to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// The handshake is done.
    Established,
    /// There are bytes to read.
    Readable,
    /// There is room to write again, after a write that was cut short.
    Writable,
    /// The peer has sent its FIN: after the bytes that are there, no more will come.
    PeerClosed,
    /// The peer answered our SYN with a reset: nobody listens there.
    Refused,
    /// The peer reset the connection.
    Reset,
    /// The peer answers no more.
    TimedOut,
    /// The connection is over: both directions closed, and TIME-WAIT behind us.
    Closed,
    /// A connection that never got beyond the handshake went back to LISTEN: RFC 9293 §3.10.7.4.
    BackToListen,
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    pub(crate) config: Config,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) state: State,
    /// Whether it began in LISTEN.
    pub(crate) passive: bool,
    pub(crate) snd: SendVariables,
    pub(crate) rcv: ReceiveVariables,
    pub(crate) timestamps: TimestampVariables,
    /// Where the timestamp clock stood still: the moment of creation.
    pub(crate) epoch: Instant,
    pub(crate) sack_permitted: bool,
    pub(crate) window_scaling: bool,
    pub(crate) outgoing: SendBuffer,
    pub(crate) incoming: Reassembly,
    /// The number of the peer's FIN, once it has been seen.
    pub(crate) peer_fin: Option<SeqNumber>,
    pub(crate) congestion: Congestion,
    pub(crate) recovery: Recovery,
    pub(crate) rtt: RttEstimator,
    pub(crate) timers: Timers,
    /// The user has closed: a FIN follows what was written.
    pub(crate) closing: bool,
    /// The user has gone: nobody will read.
    pub(crate) abandoned: bool,
    pub(crate) write_was_cut: bool,
    /// An ACK is to leave at once, and why if there is something to say.
    pub(crate) ack_now: Option<&'static str>,
    /// Bytes received since the last ACK left.
    pub(crate) unacknowledged: u32,
    pub(crate) probe_now: bool,
    pub(crate) probes: u32,
    pub(crate) replies: VecDeque<Reply>,
    pub(crate) events: VecDeque<ConnectionEvent>,
    /// When the last challenge ACK left, for their rate (RFC 5961 §7).
    pub(crate) last_challenge: Option<Instant>,
}

impl Connection {
    /// OPEN, active (RFC 9293 §3.10.1): a connection in SYN-SENT whose SYN the next `transmit` gives.
    ///
    /// `iss` comes from [`crate::IsnGenerator`]; `timestamp_offset` is where the timestamp clock starts.
    pub fn connect(
        now: Instant,
        config: Config,
        local: SocketAddr,
        remote: SocketAddr,
        iss: SeqNumber,
        timestamp_offset: u32,
    ) -> Connection {
        Connection {
            state: State::SynSent,
            passive: false,
            ..Connection::listen(now, config, local, remote, iss, timestamp_offset)
        }
    }

    /// OPEN, passive: a connection in LISTEN, for the SYN from `remote` that is about to be given to `receive`.
    pub fn listen(
        now: Instant,
        config: Config,
        local: SocketAddr,
        remote: SocketAddr,
        iss: SeqNumber,
        timestamp_offset: u32,
    ) -> Connection {
        let mss = default_mss(local);
        Connection {
            config,
            local,
            remote,
            state: State::Listen,
            passive: true,
            snd: SendVariables::new(iss, mss),
            rcv: ReceiveVariables::default(),
            timestamps: TimestampVariables::offered(config.timestamps, timestamp_offset),
            epoch: now,
            sack_permitted: config.sack,
            window_scaling: config.window_scaling,
            outgoing: SendBuffer::new(iss + 1, config.send_buffer),
            incoming: Reassembly::default(),
            peer_fin: None,
            congestion: Congestion::new(mss, config.initial_window),
            recovery: Recovery::new(iss),
            rtt: RttEstimator::new(&config),
            timers: Timers::default(),
            closing: false,
            abandoned: false,
            write_was_cut: false,
            ack_now: None,
            unacknowledged: 0,
            probe_now: false,
            probes: 0,
            replies: VecDeque::new(),
            events: VecDeque::new(),
            last_challenge: None,
        }
    }

    /// A segment arrived from the peer: RFC 9293 §3.10.7.
    pub fn receive(&mut self, now: Instant, segment: &Segment<'_>) {
        arrives::segment_arrives(self, now, segment);
    }

    /// When to call [`Connection::on_deadline`], if ever.
    pub fn deadline(&self) -> Option<Instant> {
        self.timers.earliest()
    }

    /// Does what is due by `now`: RFC 9293 §3.10.8.
    pub fn on_deadline(&mut self, now: Instant) {
        if ran_out(&mut self.timers.retransmission, now) {
            self.retransmission_timeout(now);
        }
        if ran_out(&mut self.timers.persist, now) {
            self.persist_timeout();
        }
        if ran_out(&mut self.timers.delayed_ack, now) {
            self.ack_now.get_or_insert("");
        }
        if ran_out(&mut self.timers.time_wait, now) {
            self.enter_closed(ConnectionEvent::Closed);
        }
    }

    fn retransmission_timeout(&mut self, now: Instant) {
        let limit = if self.state.is_synchronized() { self.config.retries } else { self.config.syn_retries };
        if self.recovery.timeouts >= limit {
            let in_handshake = self.passive && !self.state.is_synchronized();
            self.enter_closed(if in_handshake {
                ConnectionEvent::BackToListen
            } else {
                ConnectionEvent::TimedOut
            });
            return;
        }
        recovery::on_timeout(self, now);
    }

    /// Probes go on for as long as the peer answers them: RFC 9293 §3.8.6.1.
    fn persist_timeout(&mut self) {
        if self.recovery.timeouts >= self.config.retries {
            self.enter_closed(ConnectionEvent::TimedOut);
            return;
        }
        self.recovery.timeouts += 1;
        self.probe_now = true;
    }

    /// What happened since the last call, oldest first.
    pub fn event(&mut self) -> Option<ConnectionEvent> {
        self.events.pop_front()
    }

    /// SEND (RFC 9293 §3.10.2): takes as much of `data` as there is room for, and says how much.
    ///
    /// # Errors
    /// [`Error::Closing`] after `close`, [`Error::NoConnection`] when the connection is over.
    pub fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        if self.state == State::Closed {
            return Err(Error::NoConnection);
        }
        if self.closing {
            return Err(Error::Closing);
        }
        let taken = self.outgoing.write(data);
        self.write_was_cut = taken < data.len();
        Ok(taken)
    }

    /// RECEIVE (RFC 9293 §3.10.3): copies out bytes that have arrived in order, as many as fit; 0 if there are none.
    /// Whether more will come, [`Connection::peer_has_closed`] says.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.incoming.read(buffer);
        if count > 0 && self.state.may_receive() && self.window_update_is_due() {
            self.ack_now = Some("window update");
        }
        count
    }

    /// CLOSE (RFC 9293 §3.10.4): no more will be written; a FIN follows what was. Reading goes on.
    pub fn close(&mut self) {
        self.closing = true;
        match self.state {
            State::Listen | State::SynSent => self.enter_closed(ConnectionEvent::Closed),
            // From ESTABLISHED and CLOSE-WAIT the state moves on when the FIN leaves: see crate::output.
            _ => {}
        }
    }

    /// The user has gone and will not read: closes, and once the FIN is acknowledged waits for the peer's only as long
    /// as TIME-WAIT lasts. Bytes that still arrive are answered by a reset (RFC 9293 §3.6.1).
    pub fn abandon(&mut self, now: Instant) {
        self.close();
        self.abandoned = true;
        if self.state == State::FinWait2 {
            self.timers.time_wait = Some(now + self.config.time_wait);
        }
    }

    /// ABORT (RFC 9293 §3.10.5): a reset, and the connection is over. What is unread will not be read.
    pub fn abort(&mut self) {
        self.abandoned = true;
        match self.state {
            State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait => {
                let reset = Reply {
                    seq: self.snd.nxt,
                    ack: Some(self.rcv.nxt),
                    flags: Flags::RST | Flags::ACK,
                    note: "reset: the connection was aborted here",
                };
                self.replies.push_back(reset);
            }
            _ => {}
        }
        self.enter_closed(ConnectionEvent::Closed);
    }

    /// STATUS (RFC 9293 §3.10.6): the variables at this moment.
    pub fn variables(&self) -> Variables {
        Variables {
            local: self.local,
            remote: self.remote,
            state: self.state,
            snd: self.snd,
            rcv: self.rcv,
            cwnd: self.congestion.cwnd,
            ssthresh: self.congestion.ssthresh,
            srtt: self.rtt.srtt,
            rto: self.rtt.rto(),
            unacknowledged: self.outgoing.len(),
            unread: self.incoming.unread(),
            out_of_order: self.incoming.out_of_order(),
        }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// How many bytes are ready to be read.
    pub fn unread(&self) -> usize {
        self.incoming.unread()
    }

    /// Whether the peer's FIN has arrived, and all before it: after what is unread, nothing follows.
    pub fn peer_has_closed(&self) -> bool {
        self.peer_fin.is_some_and(|fin| self.rcv.nxt.after(fin))
    }

    /// Whether nothing is left to do: closed, with nothing to send or tell, and nothing that anybody will read.
    pub fn is_finished(&self) -> bool {
        let all_read = self.abandoned || self.unread() == 0;
        self.state == State::Closed && self.replies.is_empty() && self.events.is_empty() && all_read
    }

    /// Ends the connection in CLOSED. What has arrived may still be read; what was to be sent is gone.
    pub(crate) fn enter_closed(&mut self, why: ConnectionEvent) {
        if self.state == State::Closed {
            return;
        }
        self.state = State::Closed;
        self.timers.stop();
        self.recovery.resend = None;
        self.ack_now = None;
        self.probe_now = false;
        self.outgoing = SendBuffer::new(self.snd.nxt, 0);
        self.tell(why);
    }

    pub(crate) fn tell(&mut self, event: ConnectionEvent) {
        if !self.events.contains(&event) {
            self.events.push_back(event);
        }
    }

    /// The MSS that we announce: what fits in a packet beside fixed headers (RFC 9293 §3.7.1).
    pub(crate) fn announced_mss(&self) -> u32 {
        let headers = ip::header_length(self.local.ip()) + HEADER_LENGTH;
        self.config.mtu.saturating_sub(headers).clamp(64, 65_495) as u32
    }

    /// Our timestamp clock, in milliseconds (RFC 7323 §5.4: between 1 ms and 1 s a tick).
    pub(crate) fn timestamp_clock(&self, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(self.epoch).as_millis() as u32;
        self.timestamps.offset.wrapping_add(elapsed)
    }
}

/// The MSS of a peer that announces none: RFC 9293 §3.7.1.
fn default_mss(local: SocketAddr) -> u32 {
    if local.is_ipv4() { 536 } else { 1220 }
}
