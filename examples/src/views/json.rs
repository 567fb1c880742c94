//! A story for programs: conversations, rows, and the budget, as JSON.
//!
//! Times are in milliseconds, with microseconds as decimals. Ranges and lengths are in bytes.

mod keys;
#[cfg(not(target_family = "wasm"))]
mod live;
mod scene;

use std::fmt::Write as _;
use std::time::Duration;

use barewire_dissect::printable;
use barewire_http1::observe::What;
use barewire_tcp::observe::EndState;
use barewire_tls13::key_schedule::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::story::{
    Budget, Claim, Conversation, Ends, Fate, Host, HostId, Message, Note, Numbers, Phase, Row, Says, Section,
    Story, Tally, Trip, Wait,
};

pub use keys::keys;
#[cfg(not(target_family = "wasm"))]
pub use live::{line_of_counts, line_of_drops, told};
pub use scene::{journey, span};

fn milliseconds(time: Duration) -> Value {
    // Microseconds are what the captures of most programs resolve.
    json!(time.as_micros() as f64 / 1000.0)
}

/// The latency budget.
pub fn budget(budget: &Budget) -> Value {
    let phase = |phase: &Phase| {
        json!({
            "name": phase.name.name(),
            "start_ms": milliseconds(phase.start),
            "ms": milliseconds(phase.took()),
            "round_trips": phase.round_trips,
            "ended": phase.ended,
        })
    };
    json!({
        "phases": budget.phases.iter().map(phase).collect::<Vec<_>>(),
        "total_ms": milliseconds(budget.total()),
        "round_trips": budget.round_trips(),
        "round_trips_to_first_byte": budget.round_trips_to_first_byte(),
        "cut": budget.cut,
        "open": budget.open,
        "server_first_ms": budget.server_first.map(milliseconds),
        "unanswered": budget.unanswered,
        "tcp_round_trip_ms": budget.tcp_round_trip.map(milliseconds),
        "wait": budget.wait.as_ref().map(wait),
    })
}

/// What a wait was made of, and what the server says of it.
fn wait(wait: &Wait) -> Value {
    let metric =
        |(name, took): &(String, Duration)| json!({ "name": printable(name), "ms": milliseconds(*took) });
    let claim = |claim: &Claim| {
        let metrics: Vec<Value> = claim.metrics.iter().map(metric).collect();
        json!({ "field": claim.field, "metrics": metrics })
    };
    json!({
        "sending_ms": milliseconds(wait.sending),
        "network_ms": milliseconds(wait.network),
        "server_ms": milliseconds(wait.server),
        "acknowledged": wait.by == Trip::Request,
        "claims": wait.claims.iter().map(claim).collect::<Vec<_>>(),
    })
}

/// A conversation.
pub fn conversation(conversation: &Conversation) -> Value {
    json!({
        "transport": conversation.transport.name(),
        "stream": conversation.stream,
        "client": conversation.ends[0].to_string(),
        "server": conversation.ends[1].to_string(),
        "client_known": conversation.client_known,
        "protocol": printable(&conversation.spoken.to_string()),
        "frames": conversation.frames,
        "bytes": conversation.bytes,
        "start_ms": milliseconds(conversation.start),
        "ms": milliseconds(conversation.lasted()),
        "retransmissions": conversation.retransmissions,
        "copies": conversation.copies,
        "lost": conversation.lost,
        "outcome": printable(&conversation.outcome.to_string()),
    })
}

/// A row. Its conversation is named by its transport and stream.
pub fn row(story: &Story, row: &Row) -> Value {
    let conversation = row.conversation.and_then(|id| story.conversations.get(id.0));
    let host = |id: HostId| story.hosts.get(id.0).map(|host| host.name());
    json!({
        "frame": row.frame,
        "ms": milliseconds(row.time),
        "transport": conversation.map(|one| one.transport.name()),
        "stream": conversation.map(|one| one.stream),
        "from": host(row.from),
        "to": host(row.to),
        "hosts": [row.from.0, row.to.0],
        "to_server": conversation.map(|one| one.hosts[0] == row.from),
        "payload": row.payload,
        "tcp": row.segment.as_ref().map(segment),
        "messages": row.drawn().into_iter().map(message).collect::<Vec<_>>(),
        "notes": notes(story, row),
        "made_up": row.made_up,
        "lost": row.fate == Fate::Lost,
    })
}

/// A row with the bytes of the packet and of what it completed, their fields, and what both ends of its conversation
/// were in `before` and are in after it. Each tree writes its own JSON, which is put in as it is.
pub fn row_in_full(row_alone: Value, row: &Row, before: Option<&Ends>) -> String {
    let sections: Vec<String> = row.sections().iter().map(section).collect();
    let ends = |ends: Option<&Ends>| ends.map_or(Value::Null, ends_of);
    let (before, after) = (ends(before), ends(row.ends.as_deref()));
    let mut line = row_alone.to_string();
    line.pop(); // the brace that ends it
    let _ = write!(line, r#","sections":[{}],"before":{before},"after":{after}}}"#, sections.join(","));
    line
}

/// What both ends are in: pairs of client and server.
fn ends_of(ends: &Ends) -> Value {
    let tcp = |end: &EndState| {
        json!({
            "state": end.state.to_string(),
            "proven": end.proven,
            "snd_una": end.snd_una,
            "snd_nxt": end.snd_nxt,
            "rcv_nxt": end.rcv_nxt,
            "rcv_wnd": end.rcv_wnd,
        })
    };
    let secret = |(label, secret): &(&'static str, Secret)| {
        let bytes: String = secret.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "label": label, "secret": bytes })
    };
    json!({
        "tcp": ends.tcp.as_ref().map(|both| both.each_ref().map(tcp)),
        "tls": ends.tls.as_ref().map(|both| both.each_ref().map(|end| json!({ "state": end.to_string() }))),
        "http": ends.http.as_ref().map(|both| both.each_ref().map(|end| printable(end))),
        "secrets": ends.secrets.iter().map(secret).collect::<Vec<_>>(),
    })
}

/// The notes of a row. Where the host that was captured said itself why it sent the packet, what can be read from the
/// packet says the same again: it gives its rule, and is not listed.
fn notes(story: &Story, row: &Row) -> Vec<Value> {
    let mut all: Vec<Value> = row.notes.iter().map(note).collect();
    let own = row.notes.iter().position(Note::is_comment).filter(|_| story.is_from_client(row));
    let read = row.notes.iter().position(|note| note.is_worth_a_line() && note.rule().is_some());
    if let (Some(own), Some(read)) = (own, read) {
        all[own]["rule"] = all[read]["rule"].clone();
        all[own]["trouble"] = json!(row.notes.iter().any(Note::tells_of_loss));
        let mut worth = row.notes.iter().map(Note::is_worth_a_line);
        all.retain(|_| !worth.next().unwrap_or_default());
    }
    all
}

fn note(note: &Note) -> Value {
    json!({ "says": printable(&note.to_string()), "rule": note.rule(), "trouble": note.tells_of_loss() })
}

fn segment(numbers: &Numbers) -> Value {
    json!({
        "seq": numbers.seq,
        "ack": numbers.ack,
        "window": numbers.window,
        "flags": numbers.flags.to_string(),
    })
}

fn message(message: &Message) -> Value {
    let mut object = json!({
        "layer": message.layer().name(),
        "says": printable(&message.to_string()),
        "encrypted": message.encrypted,
    });
    if let Says::Http(what) = &message.says {
        match &**what {
            What::RequestHead(request) => {
                object["request"] =
                    json!({ "method": printable(&request.method), "target": printable(&request.target) });
            }
            What::ResponseHead { head, .. } => object["status"] = json!(head.status),
            _ => {}
        }
    }
    object
}

/// What the tally counts: all frames, those with a row, the others by reason.
pub fn tally(tally: &Tally) -> Value {
    let without = tally.without.iter();
    let without = without.map(|(reason, count)| {
        json!({ "reason": printable(&reason.to_string()), "frames": count.frames, "first": count.first })
    });
    json!({
        "frames": tally.frames,
        "rows": tally.rows,
        "without_row": without.collect::<Vec<_>>(),
        "cut": tally.cut,
    })
}

/// A section: its bytes in base64 (RFC 4648 §4), and its fields.
pub fn section(section: &Section) -> String {
    let Section { title, bytes, tree, stopped } = section;
    let (what, data) = (json!(printable(title)), STANDARD.encode(bytes));
    let mut object = format!(r#"{{"what":{what},"bytes":{},"data":"{data}""#, bytes.len());
    let _ = write!(object, r#","fields":{}"#, tree.to_json());
    if let Some(stopped) = stopped {
        let error = json!({
            "offset": stopped.offset,
            "rule": stopped.reason.rule,
            "message": printable(&stopped.reason.sentence),
        });
        let _ = write!(object, r#","error":{error}"#);
    }
    object.push('}');
    object
}

/// A host of a story.
pub fn host(id: usize, host: &Host) -> Value {
    json!({ "id": id, "name": host.name(), "addresses": host.addresses })
}
