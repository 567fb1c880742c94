//! A story for programs: conversations, rows, and the budget, as JSON.
//!
//! Times are in milliseconds, with microseconds as decimals. Ranges and lengths are in bytes.

mod scene;

use std::time::Duration;

use barewire_http1::observe::What;
use serde_json::{Value, json};

use crate::story::{
    Budget, Conversation, Fate, Message, Note, Numbers, Phase, Row, Says, Section, Story, Tally,
};

pub use scene::{rows_of_scene, span};

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
        "protocol": conversation.spoken.to_string(),
        "frames": conversation.frames,
        "bytes": conversation.bytes,
        "start_ms": milliseconds(conversation.start),
        "ms": milliseconds(conversation.lasted()),
        "retransmissions": conversation.retransmissions,
        "copies": conversation.copies,
        "lost": conversation.lost,
        "outcome": conversation.outcome.to_string(),
    })
}

/// A row. Its conversation is named by its transport and stream. Where the bytes were kept, their sections are there
/// too.
pub fn row(story: &Story, row: &Row) -> Value {
    let mut object = said(story, row);
    if !row.parts.is_empty() {
        object["sections"] = json!(row.sections().iter().map(section).collect::<Vec<_>>());
    }
    object
}

fn said(story: &Story, row: &Row) -> Value {
    let conversation = row.conversation.and_then(|id| story.conversations.get(id.0));
    let host = |id: crate::story::HostId| story.hosts.get(id.0).map(|host| host.name());
    json!({
        "frame": row.frame,
        "ms": milliseconds(row.time),
        "transport": conversation.map(|one| one.transport.name()),
        "stream": conversation.map(|one| one.stream),
        "from": host(row.from),
        "to": host(row.to),
        "to_server": conversation.map(|one| one.hosts[0] == row.from),
        "payload": row.payload,
        "tcp": row.segment.as_ref().map(segment),
        "messages": row.drawn().into_iter().map(message).collect::<Vec<_>>(),
        "notes": row.notes.iter().map(note).collect::<Vec<_>>(),
        "made_up": row.made_up,
        "lost": row.fate == Fate::Lost,
    })
}

fn note(note: &Note) -> Value {
    json!({ "says": note.to_string(), "rule": note.rule() })
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
        "says": message.to_string(),
        "encrypted": message.encrypted,
    });
    if let Says::Http(what) = &message.says {
        match &**what {
            What::RequestHead(request) => {
                object["request"] = json!({ "method": request.method, "target": request.target });
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
        json!({ "reason": reason.to_string(), "frames": count.frames, "first": count.first })
    });
    json!({
        "frames": tally.frames,
        "rows": tally.rows,
        "without_row": without.collect::<Vec<_>>(),
        "cut": tally.cut,
    })
}

/// A section with its fields.
pub fn section(section: &Section) -> Value {
    // The tree writes its own JSON; reading it back costs little for one section and keeps one format.
    let fields: Value = serde_json::from_str(&section.tree.to_json()).unwrap_or_default();
    let mut object = json!({ "what": section.title, "bytes": section.bytes.len(), "fields": fields });
    if let Some(stopped) = &section.stopped {
        object["error"] = json!({
            "offset": stopped.offset,
            "rule": stopped.reason.rule,
            "message": stopped.reason.sentence,
        });
    }
    object
}
