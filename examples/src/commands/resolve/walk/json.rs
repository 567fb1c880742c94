//! A walk as JSON, in one line: the response that a client would get with the members of RFC 8427 §2, what validation
//! says of it, and the trace of decisions.

use barewire_dissect::printable;
use barewire_dns::dnssec::Security;
use barewire_dns::driver::Direction;
use serde_json::{Value, json};

use super::decisions;
use super::walked::Walked;
use crate::commands::resolve::carried::Passed;
use crate::commands::resolve::json::{message_object, passed, steering_nothing};

/// The object.
pub(super) fn object(walked: &Walked) -> String {
    let (resolution, carried) = (&walked.resolution, &walked.carried);
    let mut object = json!({
        "name": resolution.question.name.with_dot().to_string(),
        "typed": walked.typed,
        "typeName": resolution.question.rtype.name(),
        "exitCode": walked.exit_code(),
        "sent": carried.sent,
        "bytesSent": carried.bytes_sent,
        "received": carried.received,
        "bytesReceived": carried.bytes_received,
        "responseMessage": message_object(&walked.response),
        "security": resolution.security.as_ref().map(security),
        "trace": decisions::trace(&resolution.trace),
        "messages": carried.messages.iter().map(one).collect::<Vec<Value>>(),
    });
    if let Some(why) = walked.complaint() {
        object["error"] = json!(why);
    }
    steering_nothing(&object.to_string())
}

fn security(security: &Security) -> Value {
    let mut object = json!({
        "status": decisions::status(security),
        "text": printable(&security.to_string()),
        "extendedError": security.extended_error(),
    });
    if let Security::Bogus(broken) = security {
        object["broken"] = json!({
            "zone": broken.zone.with_dot().to_string(),
            "name": broken.owner.with_dot().to_string(),
            "type": broken.rtype.name(),
            "reason": printable(&broken.reason.to_string()),
            "rule": broken.reason.rule(),
        });
    }
    object
}

/// A message that was sent to a server, or came from one.
fn one(message: &Passed) -> Value {
    let mut object = passed(message);
    object["server"] = json!(message.peer.to_string());
    object["protocol"] = json!(message.protocol.to_string());
    object["isSent"] = json!(message.direction == Direction::Sent);
    object
}
