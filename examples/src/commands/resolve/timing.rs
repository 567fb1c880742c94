//! How long an answer took, over what, and how large it is.

use std::time::Duration;

use barewire_dissect::{count, several};
use barewire_dns::stub::Protocol;

use super::asked::Asked;
use crate::views::milliseconds;

/// What `--time` says.
pub(super) struct Timing {
    /// From the last time that the question was sent to its reply; over TCP with the handshake. `None` without a reply.
    pub(super) round_trip: Option<Duration>,
    /// From the first message to the last one.
    pub(super) elapsed: Duration,
    /// What carried the last message.
    pub(super) protocol: Protocol,
}

impl Timing {
    /// `None` if nothing could be sent.
    pub(super) fn of(asked: &Asked) -> Option<Timing> {
        let carried = &asked.carried;
        let (first, last) = (carried.messages.front()?, carried.messages.back()?);
        let id = asked.message.as_ref().map(|message| message.header.id);
        let query = carried.query(id)?;
        let reply = id.and_then(|id| carried.reply(id));
        Some(Timing {
            round_trip: reply.map(|reply| reply.at.saturating_duration_since(query.at)),
            elapsed: last.at.saturating_duration_since(first.at),
            protocol: query.protocol,
        })
    }
}

/// `10.0 ms from 10.0.0.53:53 over UDP; sent 1 message (45 bytes), received 1 (61 bytes)`
pub(super) fn sentence(asked: &Asked) -> String {
    let Some(timing) = Timing::of(asked) else { return "nothing could be sent".to_owned() };
    let carried = &asked.carried;
    let id = asked.message.as_ref().map(|message| message.header.id);
    let took = match (timing.round_trip, id.and_then(|id| carried.reply(id))) {
        (Some(time), Some(reply)) => {
            format!("{} ms from {} over {}", milliseconds(time), reply.peer, timing.protocol)
        }
        _ => "no reply".to_owned(),
    };
    let bytes = |count: usize| several(count as u64, "byte");
    let sent = format!("sent {} ({})", several(carried.sent.into(), "message"), bytes(carried.bytes_sent));
    let received = format!("received {} ({})", count(carried.received.into()), bytes(carried.bytes_received));
    let in_all = match carried.sent {
        0 | 1 => String::new(),
        _ => format!("; {} ms in all", milliseconds(timing.elapsed)),
    };
    format!("{took}; {sent}, {received}{in_all}")
}
