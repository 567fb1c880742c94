//! The budget and the facts for programs: `--json`.

use serde_json::{Value, json};

use super::Report;
use crate::failure::Failure;
use crate::fetch::Page;
use crate::reading::{Budget, Story};

/// One JSON object, in several lines, with a line end.
pub fn report(report: &Report<'_>) -> String {
    let Report { job, network, story, outcome, .. } = report;
    let mut object = json!({
        "url": job.url.to_string(),
        "network": network.describe(),
        "budget": budget(&story.budget),
        "packets": packets(story),
    });
    match outcome {
        Ok(page) => {
            object["address"] = json!(page.address.to_string());
            object["tls"] = tls(page);
            object["http"] = http(page);
        }
        Err(failure) => object["error"] = error(failure),
    }
    format!("{object:#}\n")
}

fn milliseconds(time: std::time::Duration) -> Value {
    // Microseconds are what the captures of most programs resolve.
    json!(time.as_micros() as f64 / 1000.0)
}

fn budget(budget: &Budget) -> Value {
    let phase = |phase: &crate::reading::Phase| {
        json!({
            "name": phase.name,
            "start_ms": milliseconds(phase.start),
            "ms": milliseconds(phase.took()),
            "round_trips": phase.round_trips,
        })
    };
    json!({
        "phases": budget.phases.iter().map(phase).collect::<Vec<_>>(),
        "total_ms": milliseconds(budget.total()),
        "round_trips": budget.round_trips(),
        "round_trips_to_first_byte": budget.round_trips_to_first_byte(),
        "tcp_round_trip_ms": budget.tcp_round_trip.map(milliseconds),
    })
}

fn packets(story: &Story) -> Value {
    let count = |sent| story.rows.iter().filter(|row| row.sent == sent).count();
    json!({ "sent": count(true), "received": count(false), "headers_made_up": story.rows.iter().any(|row| row.made_up) })
}

fn tls(page: &Page) -> Value {
    let Some(summary) = &page.tls else { return Value::Null };
    let certificate = |facts: &barewire_tls13::CertificateFacts| {
        json!({
            "subject": facts.subject,
            "names": facts.names,
            "issuer": facts.issuer,
            "serial": facts.serial,
            "key": facts.key,
            "not_before": facts.valid_from(),
            "not_after": facts.valid_until(),
        })
    };
    let anchor = match &summary.verified {
        barewire_tls13::Verified::Yes { anchor } => Some(anchor),
        barewire_tls13::Verified::SkippedByRequest => None,
    };
    json!({
        "version": "TLS 1.3",
        "suite": summary.suite.name(),
        "group": summary.group.name(),
        "signature": summary.signature.name(),
        "alpn": summary.alpn.as_ref().map(|name| String::from_utf8_lossy(name)),
        "hello_retry": summary.hello_retry,
        "verified": anchor.is_some(),
        "trust_anchor": anchor,
        "chain": summary.chain.iter().map(certificate).collect::<Vec<_>>(),
    })
}

fn http(page: &Page) -> Value {
    let fields = page.response.headers.iter().map(|field| json!([field.name, field.text()]));
    json!({
        "version": page.response.version.to_string(),
        "status": page.response.status,
        "reason": page.response.reason,
        "headers": fields.collect::<Vec<_>>(),
        "body_bytes": page.length,
        "framing": page.framing.why,
        "framing_rule": format!("RFC 9112 §6.3 rule {}", page.framing.rule),
    })
}

fn error(failure: &Failure) -> Value {
    json!({
        "exit_code": failure.exit_code(),
        "message": failure.message,
        "offset": failure.offset,
        "rule": failure.rule,
    })
}
