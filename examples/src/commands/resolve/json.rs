//! A question and what came of it as JSON. Messages have the members of RFC 8427 §2; the members beside
//! `queryMessage` and `responseMessage` (§3) are ours, and so is `EDNS`, which the RFC leaves to the OPT record.
//!
//! Left out: sets of records, and the octets of parts of a message.

use barewire_dissect::printable;
use barewire_dns::{Edns, EdnsOption, Message, RData, Record};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::carried::Passed;
use super::notes;
use super::timing::Timing;

/// The object, in one line.
pub(super) fn object(asked: &Asked) -> String {
    let id = asked.message.as_ref().map(|message| message.header.id);
    let mut object = json!({
        "name": asked.name.with_dot().to_string(),
        "typed": asked.typed,
        "typeName": asked.rtype.name(),
        "exitCode": asked.exit_code(),
        "sent": asked.carried.sent,
        "bytesSent": asked.carried.bytes_sent,
        "received": asked.carried.received,
        "bytesReceived": asked.carried.bytes_received,
        "steps": asked.steps,
        "ignored": notes::ignored(asked),
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            object[name] = value;
        }
    };
    let query = asked.carried.query(id);
    let reply = id.and_then(|id| asked.carried.reply(id));
    set("queryMessage", query.map(passed));
    set("responseMessage", reply.map(passed));
    set("server", query.map(|query| json!(query.peer.to_string())));
    if let Some(timing) = Timing::of(asked) {
        set("protocol", Some(json!(timing.protocol.to_string())));
        set("milliseconds", timing.round_trip.map(|time| json!(time.as_secs_f64() * 1000.0)));
    }
    let error = asked.result.as_ref().err();
    set("error", error.map(|error| json!(printable(&error.to_string()))));
    set("rule", error.map(|error| json!(error.rule())));
    steering_nothing(&object.to_string())
}

/// JSON has the controls of ASCII escaped. What else steers a terminal (U+009B begins an escape sequence, too) or turns
/// the direction of writing is escaped here. It can stand in strings only.
pub(super) fn steering_nothing(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let steers = !matches!(c, ' '..='~') && !printable(c.encode_utf8(&mut [0; 4])).starts_with(c);
        if steers { out.push_str(&format!("\\u{:04x}", u32::from(c))) } else { out.push(c) }
    }
    out
}

/// A message that went by.
pub(super) fn passed(passed: &Passed) -> Value {
    let octets = hex(&passed.bytes);
    match Message::parse(&passed.bytes) {
        Ok(message) => with_octets(message_object(&message), &octets),
        Err(refused) => json!({ "messageOctetsHEX": octets, "comment": printable(&refused.to_string()) }),
    }
}

fn with_octets(mut object: Value, octets: &str) -> Value {
    object["messageOctetsHEX"] = json!(octets);
    object
}

/// A message (RFC 8427 §2.1).
pub(super) fn message_object(message: &Message) -> Value {
    let header = &message.header;
    let bit = |is_set: bool| u8::from(is_set);
    let additionals = message.additionals.len() + usize::from(message.edns.is_some());
    let mut object = json!({
        "ID": header.id, "QR": bit(header.qr), "Opcode": header.opcode.0,
        "AA": bit(header.aa), "TC": bit(header.tc), "RD": bit(header.rd), "RA": bit(header.ra),
        "AD": bit(header.ad), "CD": bit(header.cd),
        "RCODE": header.rcode.0 & 0x0f, "RCODEname": header.rcode.name(),
        "QDCOUNT": message.questions.len(), "ANCOUNT": message.answers.len(),
        "NSCOUNT": message.authorities.len(), "ARCOUNT": additionals,
        "answerRRs": records(&message.answers),
        "authorityRRs": records(&message.authorities),
        "additionalRRs": records(&message.additionals),
    });
    if let Some(question) = message.question() {
        object["QNAME"] = json!(question.name.with_dot().to_string());
        object["QTYPE"] = json!(question.rtype.0);
        object["QTYPEname"] = json!(question.rtype.name());
        object["QCLASS"] = json!(question.class.0);
        object["QCLASSname"] = json!(question.class.name());
    }
    if let Some(edns) = &message.edns {
        object["EDNS"] = edns_object(edns);
    }
    if !message.notes.is_empty() {
        let notes: Vec<String> = message.notes.iter().map(|note| printable(&note.to_string())).collect();
        object["comment"] = json!(notes.join("; "));
    }
    object
}

fn records(records: &[Record]) -> Vec<Value> {
    records.iter().map(record).collect()
}

/// A record (RFC 8427 §2.2). Its data is text, as in a master file, under the name of its type (§2.3); of an unknown
/// type it is its bytes.
fn record(record: &Record) -> Value {
    let mut object = json!({
        "NAME": record.name.with_dot().to_string(),
        "TYPE": record.rtype().0, "TYPEname": record.rtype().name(),
        "CLASS": record.class.0, "CLASSname": record.class.name(),
        "TTL": record.ttl,
    });
    match &record.data {
        RData::Unknown(unknown) => {
            object["RDLENGTH"] = json!(unknown.bytes.len());
            object["RDATAHEX"] = json!(hex(&unknown.bytes));
        }
        data => object[format!("rdata{}", record.rtype())] = json!(data.to_string()),
    }
    object
}

/// What the OPT record says.
fn edns_object(edns: &Edns) -> Value {
    let option = |option: &EdnsOption| match option {
        EdnsOption::ExtendedError(error) => json!({
            "code": option.code().0, "name": option.code().name(),
            "infoCode": error.code, "purpose": error.name(), "text": String::from_utf8_lossy(&error.text),
        }),
        _ => json!({
            "code": option.code().0, "name": option.code().name(), "value": printable(&option.to_string()),
        }),
    };
    let options: Vec<Value> = edns.options.iter().map(option).collect();
    let mut object = Map::new();
    object.insert("version".to_owned(), json!(edns.version));
    object.insert("udpSize".to_owned(), json!(edns.udp_size));
    object.insert("DO".to_owned(), json!(u8::from(edns.dnssec_ok)));
    object.insert("options".to_owned(), json!(options));
    Value::Object(object)
}

/// Base 16, in capital letters (RFC 8427 §1.1).
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
