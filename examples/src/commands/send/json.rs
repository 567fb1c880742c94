//! `--json`: an object for each packet.

use serde_json::{Value, json};

use super::exchange::Exchange;
use crate::craft::answer::Question;
use crate::craft::{Built, Packet, Row, rows_of};

/// What was asked, what is sent, and what became of it.
pub(super) fn object(
    packet: &Packet,
    built: &Built,
    question: Option<&Question>,
    exchange: Option<&Exchange>,
) -> Value {
    let (rows, stopped) = built.rows();
    let mut object = json!({
        "asked": packet.to_string(),
        "sent": { "bytes": hex(&built.bytes), "fields": rows.iter().map(field).collect::<Vec<_>>() },
    });
    if let Some(why) = stopped {
        object["sent"]["stopped"] = json!(why);
    }
    let Some(exchange) = exchange else { return object };
    object["answer"] = match &exchange.answer {
        None => Value::Null,
        Some((at, bytes, answer)) => {
            let (rows, _) = rows_of(bytes, built.is_frame());
            json!({
                "ms": at.saturating_duration_since(exchange.sent_at).as_secs_f64() * 1000.0,
                "from": answer.from.to_string(),
                "says": answer.to_string(),
                "bytes": hex(bytes),
                "fields": rows.iter().map(field).collect::<Vec<_>>(),
            })
        }
    };
    object["others"] = json!(exchange.others);
    if let (None, Some(question)) = (&exchange.answer, question) {
        object["silence"] = json!(question.silence());
    }
    object
}

fn field(row: &Row) -> Value {
    let mut field = json!({
        "name": row.name,
        "offset": row.range.start,
        "length": row.range.len(),
        "depth": row.depth,
        "value": row.sent,
    });
    if !row.asked.is_empty() {
        field["asked"] = json!(row.asked.join(", "));
    }
    if let Some(right) = &row.right {
        field["right"] = json!(right);
    }
    field
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
