//! The trace of decisions as JSON: one object a step, with the step that it belongs to.
//!
//! Each has `decision`, a word for its kind, and `text`, the sentence that the tree has. What programs may want to
//! count or compare stands in members of its own.

use barewire_dissect::printable;
use barewire_dns::Question;
use barewire_dns::dnssec::Security;
use barewire_dns::resolver::Trace;
use barewire_dns::resolver::trace::{Decision, Query, Step, TrustLink};
use serde_json::{Value, json};

/// The trace.
pub(super) fn trace(trace: &Trace) -> Value {
    let steps: Vec<Value> = trace.steps.iter().map(step).collect();
    json!({ "steps": steps, "leftOut": trace.left_out })
}

fn step(step: &Step) -> Value {
    let (kind, facts) = facts(&step.decision);
    let mut object = json!({
        "parent": step.parent,
        "at": step.at.as_secs_f64() * 1000.0,
        "milliseconds": step.elapsed.as_secs_f64() * 1000.0,
        "decision": kind,
        "text": printable(&step.decision.to_string()),
    });
    if let Value::Object(facts) = facts {
        facts.into_iter().for_each(|(name, value)| object[name] = value);
    }
    object
}

/// The kind of a decision, and its members.
fn facts(decision: &Decision) -> (&'static str, Value) {
    match decision {
        Decision::Asked(question) => ("asked", of_question(question)),
        Decision::Joined(question) => ("joined", of_question(question)),
        Decision::CacheHit { name, rtype, .. } => {
            ("cacheHit", json!({ "name": text(name), "type": rtype.name() }))
        }
        Decision::CacheMiss { name, rtype } => {
            ("cacheMiss", json!({ "name": text(name), "type": rtype.name() }))
        }
        Decision::Servers { zone, names, addresses, hints } => (
            "servers",
            json!({ "zone": text(zone), "servers": texts(names), "addresses": addresses, "fromHints": hints }),
        ),
        Decision::Query(query) => ("query", of_query(query)),
        Decision::Exchange(_) => ("exchange", json!({})),
        Decision::Taken { name, rtype, records, ttl, section } => (
            "taken",
            json!({ "name": text(name), "type": rtype.name(), "records": records, "ttl": ttl,
                    "section": section.to_string() }),
        ),
        Decision::Refused { name, rtype, section, why } => (
            "refused",
            json!({ "name": text(name), "type": rtype.name(), "section": section.to_string(),
                    "why": why.to_string() }),
        ),
        Decision::Delegation { from, zone, servers, glue } => (
            "delegation",
            json!({ "from": text(from), "zone": text(zone), "servers": texts(servers), "addresses": glue }),
        ),
        Decision::Alias { from, to, by } => {
            ("alias", json!({ "name": text(from), "target": text(to), "type": by.name() }))
        }
        Decision::Needs { purpose, question } => {
            let mut members = of_question(question);
            members["purpose"] = json!(purpose.to_string());
            ("needs", members)
        }
        Decision::CrossedOut { name, address, why } => (
            "crossedOut",
            json!({ "server": text(name), "address": address.map(|address| address.to_string()),
                    "why": why.to_string() }),
        ),
        Decision::FullName { because } => ("fullName", json!({ "because": because.to_string() })),
        Decision::Spent(budget, limit) => ("spent", json!({ "budget": budget.to_string(), "limit": limit })),
        Decision::Answered { rcode, sets } => {
            ("answered", json!({ "RCODEname": rcode.name(), "sets": sets }))
        }
        Decision::Trust(link) => ("trust", of_link(link)),
        Decision::Broken(broken, _) => (
            "broken",
            json!({ "zone": text(&broken.zone), "name": text(&broken.owner), "type": broken.rtype.name(),
                    "rule": broken.reason.rule(), "extendedError": broken.extended_error() }),
        ),
        Decision::Verdict(security) => ("verdict", json!({ "security": status(security) })),
        _ => ("other", json!({})),
    }
}

/// A link of the chain of trust: which zone it is about, and which keys.
fn of_link(link: &TrustLink) -> Value {
    match link {
        TrustLink::Anchor { zone, key_tags } => {
            json!({ "link": "anchor", "zone": text(zone), "keys": key_tags })
        }
        TrustLink::Ds { zone, parent, by, key_tags } => {
            json!({ "link": "ds", "zone": text(zone), "parent": text(parent), "signedBy": by, "keys": key_tags })
        }
        TrustLink::Keys { zone, by, key_tags } => {
            json!({ "link": "keys", "zone": text(zone), "signedBy": by, "keys": key_tags })
        }
        TrustLink::Known { zone, signed } => {
            json!({ "link": "known", "zone": text(zone), "isSigned": signed })
        }
        TrustLink::Signed { name, rtype, zone, key_tag, seconds } => {
            json!({ "link": "signed", "zone": text(zone), "name": text(name), "type": rtype.name(),
                    "signedBy": key_tag, "ttl": seconds })
        }
        TrustLink::Absent { name, rtype, zone } => {
            let rtype = rtype.map(|rtype| rtype.name().to_string());
            json!({ "link": "absent", "zone": text(zone), "name": text(name), "type": rtype })
        }
        TrustLink::Unsigned { zone, .. } => json!({ "link": "unsigned", "zone": text(zone) }),
        TrustLink::NotAZone { name, zone } => {
            json!({ "link": "notAZone", "zone": text(zone), "name": text(name) })
        }
        _ => json!({}),
    }
}

/// Secure, insecure or bogus, as one word.
pub(super) fn status(security: &Security) -> &'static str {
    match security {
        Security::Secure => "secure",
        Security::Insecure(_) => "insecure",
        Security::Bogus(_) => "bogus",
    }
}

fn of_question(question: &Question) -> Value {
    json!({ "name": text(&question.name), "type": question.rtype.name() })
}

fn of_query(query: &Query) -> Value {
    let mut members = of_question(&query.sent);
    members["shortened"] = json!(query.shortened);
    members["server"] = json!(text(&query.name));
    members["address"] = json!(query.server.to_string());
    members["zone"] = json!(text(&query.zone));
    members["whyThisServer"] = json!(query.why.to_string());
    members["messages"] = json!(query.messages);
    members["roundTrip"] = json!(query.round_trip.map(|time| time.as_secs_f64() * 1000.0));
    members["reading"] = json!(query.reading.map(|reading| reading.to_string()));
    members
}

fn text(name: &barewire_dns::Name) -> String {
    name.with_dot().to_string()
}

fn texts(names: &[barewire_dns::Name]) -> Vec<String> {
    names.iter().map(text).collect()
}
