//! What the wait for the first byte was made of: sending, the way there and back, and the server's own time.
//!
//! ```text
//!   request ──┬─ last byte of it ──┬────────────────┬─ first byte of the answer
//!             │      sending       │    network     │    server
//!             └────────────────────┴── one trip ────┴── what is left
//! ```
//!
//! The ACK of the request, where it comes alone and at once, has gone the same way as the answer: what comes after it
//! is the server's time, to the microsecond. An ACK that the server held back (RFC 9293 §3.8.6.3) says nothing, and one
//! that rides on the answer says no more than the answer. Then the network gets the shortest round trip of the
//! connection, that of its SYN mostly.
//!
//! The server may say what it took ([`Claim`]). It cannot have had more time than the packets leave it.
//!
//! Tested in `tests/wait.rs`.

use std::fmt;
use std::time::Duration;

use barewire_http1::observe::What;

use super::Story;
use super::message::Says;
use super::row::Row;
use super::server_timing::{Claim, claims};

/// What a wait was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// From the head of the request to its last byte: the content of an upload.
    pub sending: Duration,
    /// One round trip.
    pub network: Duration,
    /// What is left.
    pub server: Duration,
    /// Where the round trip was seen.
    pub by: Trip,
    /// What the server says of its time.
    pub claims: Vec<Claim>,
}

/// Where a round trip was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trip {
    /// From the last byte of the request to its acknowledgment.
    Request,
    /// The shortest one of the connection.
    Shortest,
}

/// How a claim disagrees with what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disagreement {
    /// It claims more time than the packets leave the server.
    TooMuch(Duration),
    /// The packets leave the server that much more.
    NotAll(Duration),
}

impl Wait {
    /// Reads it from the packets of a page: its request is in the row `from`, and the first byte of the answer in the
    /// row `to`. `None` where the wait was shorter than any round trip.
    pub(super) fn of(
        story: &Story,
        rows: &[&Row],
        [from, to]: [usize; 2],
        shortest: Option<Duration>,
    ) -> Option<Wait> {
        let (request, answer) = (rows.get(from)?, rows.get(to)?);
        let of_request = |row: &&&Row| row.conversation == request.conversation && story.is_from_client(row);
        let between = || rows.get(from..to).unwrap_or_default().iter();
        let is_end = |row: &Row| row.says(|says| matches!(says, Says::EndOfMessage { response: false }));
        let last = between().filter(of_request).find(|row| is_end(row)).unwrap_or(request);
        let sent = last.time.max(request.time);
        let took = answer.time.saturating_sub(sent);
        let seen = acknowledged(story, rows.get(from..to).unwrap_or_default(), last)
            .map(|at| at.saturating_sub(sent))
            .filter(|trip| shortest.is_none_or(|shortest| *trip <= shortest * 3 / 2));
        let (network, by) = match (seen, shortest) {
            (Some(trip), _) => (trip, Trip::Request),
            (None, shortest) => (shortest?, Trip::Shortest),
        };
        let server = took.checked_sub(network).filter(|server| !server.is_zero())?;
        let sending = sent.saturating_sub(request.time);
        Some(Wait { sending, network, server, by, claims: claims_of(answer) })
    }

    /// How this claim disagrees, if it does: by more than a millisecond and a tenth.
    pub fn disagreement(&self, claim: &Claim) -> Option<Disagreement> {
        let slack = (self.server / 10).max(Duration::from_millis(1));
        // Metrics may lie in each other, so only the longest one is certain to be in the time of the server.
        let longest = claim.metrics.iter().map(|(_, took)| *took).max()?;
        let all = claim.metrics.iter().fold(Duration::ZERO, |sum, (_, took)| sum.saturating_add(*took));
        if longest > self.server + slack {
            return Some(Disagreement::TooMuch(longest - self.server));
        }
        self.server.checked_sub(all).filter(|left| *left > slack).map(Disagreement::NotAll)
    }
}

/// When a bare ACK of `row` came back.
fn acknowledged(story: &Story, rows: &[&Row], row: &Row) -> Option<Duration> {
    let acknowledges = |other: &&&Row| {
        other.conversation == row.conversation
            && !story.is_from_client(other)
            && other.is_bare_ack()
            && row.is_acknowledged_by(other)
    };
    rows.iter().find(acknowledges).map(|other| other.time)
}

fn claims_of(row: &Row) -> Vec<Claim> {
    let heads = row.messages.iter().filter_map(|message| match &message.says {
        Says::Http(what) => match &**what {
            What::ResponseHead { head, .. } if !head.is_informational() => Some(claims(&head.headers)),
            _ => None,
        },
        _ => None,
    });
    heads.flatten().collect()
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metric = |(name, took): &(String, Duration)| {
            let took = format!("{:.1} ms", took.as_secs_f64() * 1000.0);
            if name.is_empty() { took } else { format!("{name} {took}") }
        };
        let metrics: Vec<String> = self.metrics.iter().map(metric).collect();
        write!(f, "{}: {}", self.field, metrics.join(", "))
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: &Duration| time.as_secs_f64() * 1000.0;
        match self {
            Disagreement::TooMuch(by) => {
                write!(f, "{:.1} ms more than the packets leave the server", ms(by))
            }
            Disagreement::NotAll(left) => {
                write!(
                    f,
                    "the packets leave the server {:.1} ms more: before its clock, or after it",
                    ms(left)
                )
            }
        }
    }
}
