//! NewSessionTicket (RFC 8446 §4.6.1): with it and the resumption secret, a later handshake can be shorter.
//!
//! This client reads and counts tickets; resumption is left out.

use barewire_dissect::field;
use nom::Parser;
use nom::number::complete::be_u32;

use super::{HandshakeType, write_message};
use crate::extensions::{Extension, Place, extensions};
use crate::wire::{Read, Vector, everything, put_u32, put_vector};

/// A ticket for a later connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSessionTicket<'a> {
    /// How long it is good for, in seconds; a week at most.
    pub lifetime: u32,
    /// To be added to the ticket's age, so that an onlooker cannot link two connections by it.
    pub age_add: u32,
    /// Makes this ticket's secret differ from those of its siblings.
    pub nonce: &'a [u8],
    /// What to send back, without meaning for the client.
    pub ticket: &'a [u8],
    /// Extensions, early_data for example.
    pub extensions: Vec<Extension<'a>>,
}

pub(super) fn new_session_ticket(input: &[u8]) -> Read<'_, NewSessionTicket<'_>> {
    let (input, lifetime) = field("ticket_lifetime", "in seconds", be_u32).parse(input)?;
    let (input, age_add) = field("ticket_age_add", "hides the ticket's age", be_u32).parse(input)?;
    let (input, nonce) = Vector::new("ticket_nonce length", 1, 0).read(input, |content| {
        field("ticket_nonce", "makes this ticket's secret its own", everything).parse(content)
    })?;
    let (input, ticket) = Vector::new("ticket length", 2, 1)
        .read(input, |content| field("ticket", "to be sent back as it is", everything).parse(content))?;
    let (input, extensions) = extensions(input, Place::NewSessionTicket)?;
    Ok((input, NewSessionTicket { lifetime, age_add, nonce, ticket, extensions }))
}

impl NewSessionTicket<'_> {
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
