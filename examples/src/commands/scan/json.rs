//! What scan says, for programs.

use serde_json::{Value, json};

use super::text::{because, state};
use crate::commands::probing::milliseconds;
use crate::probe::scan::{Because, Finding, Summary};

/// One port.
pub(super) fn finding(finding: &Finding) -> Value {
    let mut value = json!({
        "event": "port",
        "host": finding.host.to_string(),
        "port": finding.port,
        "state": state(finding.state),
        "because": because(finding.because),
        "tries": finding.tries,
        "ms": finding.time.map(milliseconds),
    });
    if let Because::Error { from, kind } = finding.because {
        value["from"] = from.to_string().into();
        value["type"] = kind.kind.into();
        value["code"] = kind.code.into();
    }
    value
}

/// The counts.
pub(super) fn summary(summary: &Summary, all: usize, drops: Option<u64>) -> Value {
    json!({
        "event": "summary",
        "open": summary.open,
        "closed": summary.closed,
        "filtered": summary.filtered,
        "unknown": (all as u64).saturating_sub(summary.known()),
        "syns": summary.probes,
        "resets": summary.resets,
        "again": summary.again,
        "strange": summary.strange,
        "unread": summary.unread,
        "dropped": drops,
        "seconds": summary.duration().as_secs_f64(),
    })
}
