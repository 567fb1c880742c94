//! What traceroute says, for programs.

use serde_json::{Value, json};

use crate::commands::probing::milliseconds;
use crate::probe::traceroute::{Answered, Event, Outcome, Traceroute, What};

/// One event.
pub(super) fn event(event: &Event) -> Value {
    match event {
        Event::Hop(hop) => json!({
            "event": "hop",
            "hop": hop.hop,
            "bytes": hop.size,
            "last": hop.is_last,
            "probes": hop.outcomes.iter().map(outcome).collect::<Vec<_>>(),
        }),
        Event::Narrower { hop, from, size } => {
            json!({ "event": "narrower", "hop": hop, "from": from.to_string(), "bytes": size })
        }
    }
}

fn outcome(outcome: &Outcome) -> Value {
    let Outcome::Answered(answered) = outcome else { return Value::Null };
    let Answered { from, time, hops_left, quoted_hops, mtu, extensions, .. } = answered;
    let mut value = json!({
        "from": from.to_string(),
        "ms": milliseconds(*time),
        "ttl": hops_left,
        "quoted_ttl": quoted_hops,
        "mtu": mtu,
        "extensions": extensions.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    match answered.what {
        What::Error(kind) => {
            value["type"] = kind.kind.into();
            value["code"] = kind.code.into();
            value["says"] = kind.name().into();
            value["mark"] = kind.mark().into();
        }
        What::EchoReply => value["says"] = "echo reply".into(),
        What::SynAck => value["says"] = "SYN-ACK".into(),
        What::Reset => value["says"] = "RST".into(),
    }
    value
}

/// The counts.
pub(super) fn counts(traceroute: &Traceroute, is_there: bool, drops: Option<u64>) -> Value {
    let counts = traceroute.counts();
    json!({
        "event": "counts",
        "reached": is_there,
        "bytes": traceroute.size(),
        "sent": counts.sent,
        "answered": counts.answered,
        "late": counts.late,
        "strange": counts.strange,
        "unread": counts.unread,
        "dropped": drops,
    })
}
