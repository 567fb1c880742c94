//! The sender of a connection: our half of the stream, from the user's `write` to the peer's ACK.
//!
//! ```text
//!    write ──▶ send buffer ──▶ decide: what is sent next, and why ──▶ SenderMessage
//!                                 ▲        │
//!              how much may leave │        ▼ a record for each segment
//!    controller ─▶ PRR, pacing ───┘     flight ◀── recovery marks what is lost
//!         ▲                                │
//!         └── what was delivered ◀── ReceiverMessage of the peer: ACK, window, SACK
//! ```
//!
//! | verb | file |
//! |---|---|
//! | `write`, `close`, `peer_opens` | here |
//! | `decide`: the next message, as a pure function of what the sender knows | `decide.rs` |
//! | `sent`: it has left | `departure.rs` |
//! | `acknowledged`: the peer's receiver speaks | `acknowledgment.rs`; what it reports as new: `arrived.rs` |
//! | `update_window`: how far the peer lets us send | `window.rs` |
//! | `deadline`, `on_deadline` | `timer.rs` |
//! | `take_echo`: a router has marked a packet | `reduction.rs` |
//! | `path_is_narrower`: segments have to be smaller, or may be larger again | `path_mtu.rs` |
//! | `sent_text_with_syn`: Fast Open | `fast_open.rs` |
//!
//! The variables are its own: the rest of the connection sees them through its verbs. Only `sent` moves `snd.nxt`,
//! only `acknowledged` moves `snd.una`.
//!
//! Tested in `tests/clauses` and `tests/recovery.rs`, through the connection.

mod acknowledgment;
mod arrived;
mod decide;
mod departure;
mod fast_open;
mod path_mtu;
mod reduction;
mod timer;
mod window;

use std::time::{Duration, Instant};

use crate::clock::TimestampClock;
use crate::config::Config;
use crate::congestion::controller::{Controller, Repair, Sign};
use crate::delivery_rate::DeliveryRate;
use crate::error::Error;
use crate::flight::{Flight, LostBy};
use crate::pacing::Pacer;
use crate::recovery::Recovery;
use crate::rtt::RttEstimator;
use crate::send_buffer::SendBuffer;
use crate::seq::SeqNumber;
use crate::variables::SendVariables;

pub(crate) use decide::Next;
pub(crate) use timer::TimedOut;

/// Our half of the stream.
#[derive(Debug)]
pub struct Sender {
    config: Config,
    snd: SendVariables,
    /// How many bytes the fixed headers of IP and TCP take in each packet.
    headers: u32,
    outgoing: SendBuffer,
    flight: Flight,
    recovery: Recovery,
    rtt: RttEstimator,
    rate: DeliveryRate,
    controller: Box<dyn Controller>,
    pacer: Pacer,
    /// What both ends have agreed on, as far as it concerns sending.
    agreed: Agreed,
    /// The retransmission timer runs from here, while something is in flight (RFC 6298 §5).
    timer_from: Option<Instant>,
    /// Since when nothing new was acknowledged, while something is in flight.
    stalled_since: Option<Instant>,
    window_probe: WindowProbe,
    reduction: Reduction,
    /// What was in flight when there was last nothing more to send.
    settled_flight: u32,
    path_mtu: PathMtu,
    /// The longest segment that has arrived: the path takes so much.
    largest_delivered: u32,
    /// When something was last sent.
    last_sent: Instant,
    /// A round trip ends when this number is acknowledged.
    round_end: SeqNumber,
    /// The window was in use when this number was the next to send (RFC 7661 §3).
    window_used_until: SeqNumber,
    /// Text went with our SYN.
    syn_took_text: bool,
    /// The user has closed: a FIN follows what was written.
    closing: bool,
    /// A write was cut short, and the user waits for room.
    write_was_cut: bool,
}

/// What both ends have agreed on in their SYNs, as far as it concerns sending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agreed {
    /// The clock of our timestamps, if both ends use them.
    pub(crate) clock: Option<TimestampClock>,
    /// Whether the peer reports what arrives out of order.
    pub(crate) sack: bool,
}

/// The last reduction of the window.
#[derive(Debug, Clone, Copy, Default)]
struct Reduction {
    /// SND.NXT then, and what it was for. Nothing, once more than that is acknowledged.
    at: Option<(SeqNumber, Sign)>,
    /// What the reduction was for that the next new text tells of, by CWR.
    untold: Option<Sign>,
    /// No text leaves before.
    pause: Option<Instant>,
}

/// Asking whether a closed window still is: RFC 9293 §3.8.6.1.
#[derive(Debug, Clone, Copy, Default)]
struct WindowProbe {
    /// Since when something waits for the window, or when the last probe left.
    since: Option<Instant>,
    /// How many probes have left.
    count: u32,
    /// One is to leave now.
    is_due: bool,
}

/// What is known of a path that takes smaller segments than were agreed on (`path_mtu.rs`).
#[derive(Debug, Clone, Copy, Default)]
struct PathMtu {
    /// The MSS that was agreed on, where the path takes less.
    agreed: Option<u32>,
    /// When a larger segment may be tried.
    look_again: Option<Instant>,
    /// The one that is tried: its first number, and the one after its last.
    probe: Option<(SeqNumber, SeqNumber)>,
}

impl Sender {
    /// A sender that has not sent its SYN.
    pub(crate) fn new(now: Instant, config: Config, iss: SeqNumber, mss: u32, headers: u32) -> Sender {
        Sender {
            snd: SendVariables::new(iss, mss),
            headers,
            outgoing: SendBuffer::new(iss + 1, config.send_buffer),
            flight: Flight::default(),
            recovery: Recovery::new(iss),
            rtt: RttEstimator::new(&config),
            rate: DeliveryRate::new(now),
            controller: config.congestion.controller(mss, config.initial_window, iss.0),
            pacer: Pacer::new(now),
            agreed: Agreed { clock: None, sack: config.sack },
            timer_from: None,
            stalled_since: None,
            window_probe: WindowProbe::default(),
            reduction: Reduction::default(),
            settled_flight: 0,
            path_mtu: PathMtu::default(),
            largest_delivered: 0,
            last_sent: now,
            round_end: iss,
            window_used_until: iss,
            syn_took_text: false,
            closing: false,
            write_was_cut: false,
            config,
        }
    }

    /// The peer's SYN says how large its segments may be, and by how many bits its windows are shifted.
    pub(crate) fn peer_opens(&mut self, mss: u32, shift: u8, agreed: Agreed) {
        self.path_is_agreed_on(mss);
        self.snd.shift = shift;
        self.agreed = agreed;
        let segments = self.config.initial_window;
        self.controller = self.config.congestion.controller(self.smss(), segments, self.snd.iss.0);
    }

    /// SEND (§3.10.2): takes as much of `data` as there is room for.
    pub(crate) fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        if self.closing {
            return Err(Error::Closing);
        }
        let taken = self.outgoing.write(data);
        self.write_was_cut = taken < data.len();
        Ok(taken)
    }

    /// CLOSE (§3.10.4): a FIN follows what was written.
    pub(crate) fn close(&mut self) {
        self.closing = true;
    }

    /// Small segments are held back from now on, or not (RFC 9293 §3.7.4).
    pub(crate) fn set_nagle(&mut self, on: bool) {
        self.config.nagle = on;
    }

    /// How long nothing new may be acknowledged.
    pub(crate) fn set_user_timeout(&mut self, timeout: Option<Duration>) {
        self.config.user_timeout = timeout;
    }

    /// As [`Sender::set_user_timeout`], from now on, where the user has not said how long.
    pub(crate) fn wait_at_most(&mut self, now: Instant, timeout: Duration) {
        if self.config.user_timeout.is_none() {
            self.config.user_timeout = Some(timeout);
            self.stalled_since = self.stalled_since.map(|_| now);
        }
    }

    /// How much memory is held beside what waits or is in flight, in bytes.
    pub(crate) fn spare_memory(&self) -> usize {
        self.outgoing.spare() + self.flight.spare()
    }

    /// Frees it: of the buffer if nothing waits there, of the records if nothing is in flight.
    pub(crate) fn give_back_memory(&mut self) {
        self.outgoing.give_back();
        self.flight.give_back();
    }

    /// The connection is over: nothing more will be sent, and no timer runs.
    pub(crate) fn end(&mut self) {
        self.flight.clear();
        self.recovery.end();
        self.recovery.tail.cancel();
        self.recovery.rack.deadline = None;
        self.pacer.wait_until(None);
        self.timer_from = None;
        self.stalled_since = None;
        self.window_probe = WindowProbe::default();
        self.outgoing = SendBuffer::new(self.snd.nxt, 0);
    }

    /// Our SYN goes out again: the peer repeats its own, or both ends open at once.
    pub(crate) fn repeat_syn(&mut self, by: LostBy) {
        self.flight.lose_first(by);
        self.recovery.first_leaves = true;
    }
}

/// What the rest of the connection asks.
impl Sender {
    /// The Send Sequence Variables.
    pub(crate) fn variables(&self) -> &SendVariables {
        &self.snd
    }

    /// Whether our FIN has left: its number is the one after the last byte.
    pub(crate) fn fin_was_sent(&self) -> bool {
        self.closing && self.snd.nxt.after(self.outgoing.end())
    }

    /// Whether everything that was sent is acknowledged, the FIN too.
    pub(crate) fn fin_was_acknowledged(&self) -> bool {
        self.fin_was_sent() && self.snd.una == self.snd.nxt
    }

    /// Bytes written and not yet acknowledged.
    pub(crate) fn unacknowledged(&self) -> usize {
        self.outgoing.len()
    }

    /// `length` bytes of text from number `seq` on.
    pub(crate) fn text(&self, seq: SeqNumber, length: usize) -> (&[u8], &[u8]) {
        self.outgoing.range(seq, length)
    }

    /// Whether the text of a message is the last of what was written.
    pub(crate) fn is_last_text(&self, seq: SeqNumber, length: usize) -> bool {
        length > 0 && seq + length as u32 == self.outgoing.end()
    }

    /// The round trip and the timeout.
    pub(crate) fn rtt(&self) -> &RttEstimator {
        &self.rtt
    }

    /// What decides the congestion window.
    pub(crate) fn controller(&self) -> &dyn Controller {
        &*self.controller
    }

    /// What is in flight.
    pub(crate) fn flight(&self) -> &Flight {
        &self.flight
    }

    /// What loss recovery is busy with.
    pub(crate) fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The largest payload of a segment without SACK blocks (RFC 6691 §2).
    fn smss(&self) -> u32 {
        let timestamps = if self.agreed.clock.is_some() { 12 } else { 0 };
        self.snd.mss.saturating_sub(timestamps).max(1)
    }

    /// How many more bytes the congestion window allows in the network.
    fn congestion_allows(&self) -> u32 {
        match self.recovery.repair {
            Repair::FastRecovery if !self.controller.governs_recovery() => self.recovery.prr.allowance(),
            _ => {
                // A SYN takes a number, and is not a byte. Text goes beside it in Fast Open only.
                let syn = u32::from(self.snd.una == self.snd.iss);
                self.controller.window().saturating_sub(self.flight.pipe().saturating_sub(syn))
            }
        }
    }
}
