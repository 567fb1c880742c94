//! Finished (RFC 8446 §4.4.4): an HMAC over the transcript. Who can make it saw the same handshake and has the key.

use barewire_dissect::field;
use nom::Parser;

use super::{HandshakeType, write_message};
use crate::wire::{Read, everything};

/// The end of one side's handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished<'a> {
    /// As long as the suite's hash.
    pub verify_data: &'a [u8],
}

pub(super) fn finished(input: &[u8]) -> Read<'_, Finished<'_>> {
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
