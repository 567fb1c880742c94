//! Packets for programs while they come: a row with the ends of its conversation in it, since no list of conversations
//! stands before it.
//!
//! Tested in `tests/sniff/program.rs`.

use barewire_dissect::{Direction, printable};
use barewire_packet::capture::{Frame, Interface};
use barewire_packet::link::Way;
use serde_json::{Value, json};

use super::{message, milliseconds, note, segment};
use crate::sniff::Counts;
use crate::story::{Fate, Told};

/// A row of a live story. `time` is in seconds since the Unix epoch, as a text, since no number of JSON holds
/// nanoseconds.
pub fn told(told: &Told<'_>, interface: &Interface, frame: &Frame) -> Value {
    let row = &told.row;
    let conversation = told.conversation;
    let way = frame.way.map(|way| if way == Way::Sent { "sent" } else { "received" });
    json!({
        "kind": "row",
        "frame": row.frame,
        "ms": milliseconds(row.time),
        "time": format!("{}.{:09}", frame.time.as_secs(), frame.time.subsec_nanos()),
        "interface": printable(&interface.name),
        "way": way,
        "length": frame.original_len,
        "transport": conversation.map(|one| one.transport.name()),
        "stream": conversation.map(|one| one.stream),
        "client": conversation.map(|one| one.ends[0].to_string()),
        "server": conversation.map(|one| one.ends[1].to_string()),
        "client_known": conversation.map(|one| one.client_known),
        "from": told.ends.map(|[from, _]| from.to_string()),
        "to": told.ends.map(|[_, to]| to.to_string()),
        "to_server": conversation.map(|_| told.direction() == Direction::ToServer),
        "payload": row.payload,
        "tcp": row.segment.as_ref().map(segment),
        "messages": row.drawn().into_iter().map(message).collect::<Vec<_>>(),
        "notes": row.notes.iter().map(note).collect::<Vec<_>>(),
        "lost": row.fate == Fate::Lost,
    })
}

/// The line about packets that the system dropped.
pub fn line_of_drops(dropped: u64) -> String {
    json!({ "kind": "drops", "dropped": dropped }).to_string() + "\n"
}

/// The last line: where each frame went.
pub fn line_of_counts(counts: &Counts) -> String {
    let without = counts.without_row.iter();
    let without: Vec<Value> =
        without.map(|(reason, frames)| json!({ "reason": printable(reason), "frames": frames })).collect();
    let object = json!({
        "kind": "counts",
        "received": counts.received,
        "taken": counts.matched,
        "shown": counts.shown,
        "without_row": without,
        "dropped": counts.dropped,
        "conversations_forgotten": counts.forgotten,
    });
    object.to_string() + "\n"
}
