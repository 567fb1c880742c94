//! The timings of an entry, from the packets.
//!
//! ```text
//!   DNS ──┬─ a gap ─┬─ SYN ── SYN-ACK ── TLS ─┬─ a gap ─┬─ request ─┬──────────┬─ response ─┐
//!   dns   │ blocked │   connect, with ssl     │ blocked │   send    │   wait   │  receive   │
//! ```
//!
//! A time that does not apply is -1: a request on a connection that was there needs no name and no handshake. `connect`
//! includes `ssl`, as the format says, and a CONNECT to a proxy.

use std::time::Duration;

use barewire_http1::{Request, Response};
use serde_json::{Value, json};

use crate::story::{Budget, HttpMessage, PhaseName};

/// When an entry began, and how long each part took.
pub(super) struct Timings {
    /// Since the first frame of the capture.
    pub(super) started: Duration,
    blocked: Option<Duration>,
    dns: Option<Duration>,
    connect: Option<Duration>,
    ssl: Option<Duration>,
    send: Duration,
    wait: Duration,
    receive: Duration,
}

impl Timings {
    /// The budget is that of the connection, for the first request on it.
    pub(super) fn of(
        request: &HttpMessage<Request>,
        response: Option<&HttpMessage<Response>>,
        budget: Option<&Budget>,
    ) -> Timings {
        let sent = request.latest.time;
        let (first, last) = match response {
            Some(response) => {
                let first = response.first.time.max(sent);
                (first, response.latest.time.max(first))
            }
            None => (sent, sent),
        };
        let (send, wait, receive) = (sent.saturating_sub(request.first.time), first - sent, last - first);
        let began = request.first.time;
        let mut timings = Timings {
            started: began,
            blocked: None,
            dns: None,
            connect: None,
            ssl: None,
            send,
            wait,
            receive,
        };
        let phase = |name| budget.and_then(|budget| budget.phase(name)).filter(|phase| phase.end <= began);
        let before = [PhaseName::Tcp, PhaseName::Tunnel, PhaseName::Tls].map(phase);
        let connected = before.iter().flatten().map(|phase| phase.end).max();
        let begun = before.iter().flatten().map(|phase| phase.start).min();
        if let Some((begun, connected)) = begun.zip(connected) {
            timings.connect = Some(connected.saturating_sub(begun));
            timings.ssl = before[2].map(|tls| tls.took());
            timings.started = begun;
            let mut blocked = began.saturating_sub(connected);
            if let Some(dns) = phase(PhaseName::Dns).filter(|dns| dns.end <= begun) {
                timings.dns = Some(dns.took());
                timings.started = dns.start;
                blocked += begun - dns.end;
            }
            timings.blocked = Some(blocked);
        }
        timings
    }

    /// All of it, in milliseconds.
    pub(super) fn total(&self) -> f64 {
        let before = [self.blocked, self.dns, self.connect].into_iter().flatten().sum::<Duration>();
        milliseconds(before + self.send + self.wait + self.receive)
    }

    pub(super) fn json(&self) -> Value {
        let known = |time: Option<Duration>| time.map_or(-1.0, milliseconds);
        json!({
            "blocked": known(self.blocked),
            "dns": known(self.dns),
            "connect": known(self.connect),
            "ssl": known(self.ssl),
            "send": milliseconds(self.send),
            "wait": milliseconds(self.wait),
            "receive": milliseconds(self.receive),
        })
    }
}

/// With microseconds as decimals.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
