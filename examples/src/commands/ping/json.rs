//! What ping says, for programs.

use serde_json::{Value, json};

use crate::commands::probing::milliseconds;
use crate::probe::ping::{Event, ReplyKind, Statistics};

/// One event.
pub(super) fn event(event: &Event) -> Value {
    match event {
        Event::Reply(reply) => json!({
            "event": "reply",
            "what": what(reply.kind),
            "from": reply.from.to_string(),
            "seq": reply.number,
            "bytes": reply.length,
            "ttl": reply.hops_left,
            "ms": milliseconds(reply.time),
            "duplicate": reply.is_duplicate,
            "late": reply.is_late,
        }),
        Event::Error { from, number, kind, mtu } => json!({
            "event": "error",
            "from": from.to_string(),
            "seq": number,
            "type": kind.kind,
            "code": kind.code,
            "says": kind.name(),
            "rule": kind.rule(),
            "mtu": mtu,
        }),
        Event::Changed { from, number, at } => {
            json!({ "event": "changed", "from": from.to_string(), "seq": number, "byte": at })
        }
        Event::TooLarge { number, length, mtu } => {
            json!({ "event": "too large", "seq": number, "bytes": length, "mtu": mtu })
        }
    }
}

fn what(kind: ReplyKind) -> &'static str {
    match kind {
        ReplyKind::Echo => "echo reply",
        ReplyKind::SynAck => "SYN-ACK",
        ReplyKind::Reset => "RST",
        ReplyKind::PortUnreachable => "port unreachable",
        ReplyKind::Datagram => "datagram",
    }
}

/// The counts.
pub(super) fn statistics(statistics: &Statistics, drops: Option<u64>) -> Value {
    let times = &statistics.times;
    json!({
        "event": "statistics",
        "sent": statistics.sent,
        "received": statistics.received,
        "duplicates": statistics.duplicates,
        "late": statistics.late,
        "changed": statistics.changed,
        "errors": statistics.errors,
        "strange": statistics.strange,
        "unread": statistics.unread,
        "dropped": drops,
        "loss_percent": statistics.loss(),
        "ms": {
            "min": times.least().map(milliseconds),
            "avg": times.average().map(milliseconds),
            "max": times.longest().map(milliseconds),
            "mdev": times.deviation().map(milliseconds),
        },
    })
}
