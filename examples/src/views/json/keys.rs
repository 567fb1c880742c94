//! The key schedule of a connection, for programs. It holds secrets.

use barewire_dissect::Direction;
use barewire_tls13::Ledger;
use barewire_tls13::ledger::{Arrow, Entry, KeysInUse, Operation, Step};
use serde_json::{Value, json};

use crate::views::keys::{hex, nonces_in_use};

/// One JSON object in a line: the transcript, each arrow with its inputs, the keys in use, and remarks. Bytes are in
/// hexadecimal.
pub fn keys(name: &str, ledger: &Ledger, remarks: &[String]) -> String {
    let arrows = ledger.arrows();
    let given = ledger.secrets().iter().filter(|(name, _)| name.step() == Step::Given);
    let object = json!({
        "connection": name,
        "suite": ledger.suite().map(|suite| suite.name()),
        "transcript": ledger.messages().iter().map(entry).collect::<Vec<_>>(),
        "given": given.map(|(name, secret)| {
            json!({ "name": name.to_string(), "value": hex(secret.bytes()) })
        }).collect::<Vec<_>>(),
        "arrows": arrows.iter().enumerate().map(|(index, one)| arrow(index + 1, one)).collect::<Vec<_>>(),
        "remarks": remarks,
        "keys": ledger.keys().iter().map(keys_in_use).collect::<Vec<_>>(),
    });
    format!("{object}\n")
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "to server",
        Direction::ToClient => "to client",
    }
}

fn entry(entry: &Entry) -> Value {
    json!({
        "name": entry.name,
        "direction": way(entry.direction),
        "length": entry.bytes.len(),
        "message": hex(&entry.bytes),
        "hash": hex(entry.hash.bytes()),
    })
}

fn arrow(number: usize, arrow: &Arrow) -> Value {
    let by = arrow.operation.as_ref().map(|operation| match operation {
        Operation::Extract { salt, input } => {
            json!({ "operation": "HKDF-Extract", "salt": hex(salt.bytes()), "input": hex(input.bytes()) })
        }
        Operation::Expand { secret, label, context, length } => json!({
            "operation": "HKDF-Expand-Label",
            "secret": hex(secret.bytes()),
            "label": label,
            "context": hex(context),
            "length": length,
        }),
        Operation::Hmac { key, data } => {
            json!({ "operation": "HMAC", "key": hex(key.bytes()), "data": hex(data.bytes()) })
        }
    });
    json!({ "number": number, "made": arrow.made.to_string(), "by": by, "value": hex(arrow.value.bytes()) })
}

fn keys_in_use(keys: &KeysInUse) -> Value {
    json!({
        "direction": way(keys.direction),
        "secret": keys.secret.to_string(),
        "key": hex(keys.keys.key()),
        "iv": hex(&keys.keys.iv),
        "records": keys.records,
        "nonces": nonces_in_use(keys),
    })
}
