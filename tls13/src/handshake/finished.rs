//! Finished (RFC 8446 §4.4.4): an HMAC over the transcript. Only a side that has the key and saw the same handshake can
//! make it. Tested in `tests/messages.rs`.

use barewire_dissect::{Parsed, field};
use nom::Parser;

use super::header::{HandshakeType, write_message};
use crate::reason::Reason;
use crate::wire::everything;

/// The end of one side's handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished<'a> {
    /// The HMAC, as long as the suite's hash.
    pub verify_data: &'a [u8],
}

pub(super) fn finished(input: &[u8]) -> Parsed<'_, Finished<'_>, Reason> {
    let (input, verify_data) =
        field("verify_data", "HMAC of the transcript, under finished_key", everything).parse(input)?;
    Ok((input, Finished { verify_data }))
}

impl Finished<'_> {
    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::FINISHED, |out| out.extend_from_slice(self.verify_data))
    }
}
