//! `fetch --json`: the budget and the outcome of a run for programs.

use serde_json::{Value, json};

use super::outcome::Outcome;
use crate::failure::Failure;
use crate::fetch::Page;
use crate::story::Story;
use crate::views;

/// One JSON object, in several lines, with a line end.
pub(super) fn report(run: &Outcome<'_>) -> String {
    let Outcome { job, network, story, result, .. } = run;
    let mut object = json!({
        "url": job.url.to_string(),
        "network": network,
        "budget": views::json::budget(&story.budget()),
        "packets": packets(story),
    });
    match result {
        Ok(page) => {
            object["address"] = json!(page.address.to_string());
            object["tls"] = tls(page);
            object["http"] = http(page);
        }
        Err(failure) => object["error"] = error(failure),
    }
    format!("{object:#}\n")
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
        "offset": failure.at,
        "rule": failure.rule,
    })
}
