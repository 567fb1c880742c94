//! What came of a fetch, for programs: the line `fetch` of a report. Its form is in `web/story.schema.json`.

use barewire_dissect::printable;
use barewire_http1::Headers;
use serde_json::{Value, json};

use super::outcome::Outcome;
use crate::failure::Failure;
use crate::fetch::{Hop, Page, Undone, Visit, location};
use crate::story::Story;

/// One JSON object for each URL.
pub(super) fn outcomes(run: &Outcome<'_>) -> Vec<Value> {
    run.visits.iter().map(|visit| outcome(run, visit)).collect()
}

fn outcome(run: &Outcome<'_>, visit: &Visit) -> Value {
    json!({
        "url": visit.url.with_fragment(),
        "network": run.network,
        "packets": packets(&run.story),
        "hops": visit.hops.iter().map(hop).collect::<Vec<_>>(),
        "error": visit.failure.as_ref().map(error),
    })
}

fn hop(hop: &Hop) -> Value {
    let leads_to = |page: &Page| location(&hop.url, &page.response).and_then(Result::ok);
    json!({
        "url": hop.url.with_fragment(),
        "method": printable(&hop.request.method),
        "address": hop.connected.map(|address| address.to_string()),
        "tls": hop.page.as_ref().map_or(Value::Null, tls),
        "http": hop.page.as_ref().map(http),
        "leads_to": hop.page.as_ref().and_then(leads_to).map(|url| url.with_fragment()),
    })
}

fn packets(story: &Story) -> Value {
    let count = |sent| story.rows.iter().filter(|row| story.is_from_client(row) == sent).count();
    let lost = story.rows.iter().filter(|row| row.fate == crate::story::Fate::Lost).count();
    json!({
        "sent": count(true),
        "received": count(false),
        "lost": lost,
        "headers_made_up": story.rows.iter().any(|row| row.made_up),
    })
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
        barewire_tls13::Verified::Pinned { subject } => Some(subject),
        barewire_tls13::Verified::InSession(origin) => origin.anchor.as_ref(),
        _ => None,
    };
    json!({
        "version": "TLS 1.3",
        "suite": summary.suite.name(),
        "group": summary.group.name(),
        "signature": summary.signature.map(|signature| signature.name()),
        "alpn": summary.alpn.as_ref().map(|name| String::from_utf8_lossy(name)),
        "hello_retry": summary.hello_retry,
        "verified": anchor.is_some(),
        "trust_anchor": anchor,
        "chain": summary.chain.iter().map(certificate).collect::<Vec<_>>(),
    })
}

fn http(page: &Page) -> Value {
    let fields = |headers: &Headers| -> Vec<Value> {
        headers.iter().map(|field| json!([field.name, field.text()])).collect()
    };
    json!({
        "version": page.response.version.to_string(),
        "status": page.response.status,
        "reason": page.response.reason,
        "headers": fields(&page.response.headers),
        "trailers": fields(&page.trailers),
        "body_bytes": page.length,
        "undone": page.undone.as_ref().map(undone),
        "framing": page.framing.why,
        "framing_rule": format!("RFC 9112 §6.3 rule {}", page.framing.rule),
    })
}

fn undone(undone: &Undone) -> Value {
    json!({ "codings": undone.codings, "bytes": undone.length })
}

fn error(failure: &Failure) -> Value {
    json!({
        "exit_code": failure.exit_code(),
        "message": failure.message,
        "offset": failure.at,
        "rule": failure.rule,
    })
}
