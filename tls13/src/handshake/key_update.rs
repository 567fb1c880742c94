//! KeyUpdate (RFC 8446 §4.6.3): "my next record is under my next key", and perhaps "take your next key too".
//! Tested in `tests/messages.rs`.

use barewire_dissect::{Parsed, field_as, refuse};
use nom::Parser;
use nom::number::complete::u8;

use super::header::{HandshakeType, write_message};
use crate::reason::Reason;

/// The sender takes its next key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUpdate {
    /// Whether the receiver is asked to do the same.
    pub requested: bool,
}

pub(super) fn key_update(input: &[u8]) -> Parsed<'_, KeyUpdate, Reason> {
    let name = |request: &u8| match request {
        0 => "update_not_requested (0)".to_owned(),
        1 => "update_requested (1)".to_owned(),
        other => format!("not allowed ({other})"),
    };
    let (rest, request) = field_as("request_update", "", u8, name).parse(input)?;
    if request > 1 {
        let reason = Reason::Value {
            what: "request_update",
            seen: u32::from(request),
            wants: "0 or 1",
            rule: "RFC 8446 §4.6.3",
        };
        return refuse(input, reason);
    }
    Ok((rest, KeyUpdate { requested: request == 1 }))
}

impl KeyUpdate {
    /// The message on the wire.
    pub fn to_bytes(self) -> Vec<u8> {
        write_message(HandshakeType::KEY_UPDATE, |out| out.push(u8::from(self.requested)))
    }
}
