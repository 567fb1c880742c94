//! NewSessionTicket (RFC 8446 §4.6.1): with it and the resumption secret, a later handshake can be shorter.
//!
//! [`crate::session`] says what becomes of it. Left out: nothing. Tested in `tests/messages.rs`.

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u32;

use super::header::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::reason::Reason;
use crate::wire::{opaque, put_u32, put_vector};

/// A ticket for a later connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSessionTicket<'a> {
    /// How long it may be used, in seconds: a week at most.
    pub lifetime: u32,
    /// The client adds it to the ticket's age. So nobody on the way can tell by the age that two connections belong
    /// together.
    pub age_add: u32,
    /// Makes this ticket's secret differ from that of other tickets of the connection.
    pub nonce: &'a [u8],
    /// The bytes to send back. They mean something only to the server.
    pub ticket: &'a [u8],
    /// Extensions; early_data for example.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn new_session_ticket(input: &[u8]) -> Parsed<'_, NewSessionTicket<'_>, Reason> {
    let (input, lifetime) = field("ticket_lifetime", "in seconds", be_u32).parse(input)?;
    let (input, age_add) = field("ticket_age_add", "hides the ticket's age", be_u32).parse(input)?;
    let what = "makes this ticket's secret its own";
    let (input, nonce) = opaque("ticket_nonce length", 0..=0xff, "ticket_nonce", what)(input)?;
    let (input, ticket) = opaque("ticket length", 1..=0xffff, "ticket", "to be sent back as it is")(input)?;
    let (input, extensions) = extensions(input, Place::NewSessionTicket)?;
    Ok((input, NewSessionTicket { lifetime, age_add, nonce, ticket, extensions }))
}

impl NewSessionTicket<'_> {
    /// How many bytes of early data it allows: 0 if it says nothing of that.
    pub fn max_early_data(&self) -> u32 {
        self.extensions
            .iter()
            .find_map(|extension| match extension {
                Extension::MaxEarlyData(size) => Some(*size),
                _ => None,
            })
            .unwrap_or(0)
    }

    /// The message on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_message(HandshakeType::NEW_SESSION_TICKET, |out| {
            put_u32(out, self.lifetime);
            put_u32(out, self.age_add);
            put_vector(out, 1, |out| out.extend_from_slice(self.nonce));
            put_vector(out, 2, |out| out.extend_from_slice(self.ticket));
            put_vector(out, 2, |out| self.extensions.iter().for_each(|extension| extension.write(out)));
        })
    }
}
