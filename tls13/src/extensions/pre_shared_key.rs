//! The extension pre_shared_key of a ClientHello (RFC 8446 §4.2.11): keys that both sides have from before.
//!
//! ```text
//!   identities   which key: a ticket, or a name     obfuscated age of the ticket
//!   binders      a MAC under each of these keys, over the ClientHello up to here
//! ```
//!
//! A binder covers the whole message before the list of binders, its length fields included. So the extension has to be
//! the last one, and the binders are filled in when everything else is written. Tested in `tests/rfc8448.rs` (section
//! 4), and in `tests/captures.rs` on other clients.

use barewire_dissect::{Parsed, field, group};
use nom::Parser;
use nom::number::complete::be_u32;

use crate::reason::Reason;
use crate::wire::{list, opaque, put_u32, put_vector};

/// The shortest binder, of the shortest hash, in bytes.
const LEAST_BINDER: usize = 32;

/// The pre-shared keys that a client offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPsks<'a> {
    /// The names of the keys.
    pub identities: Vec<PskIdentity<'a>>,
    /// One proof for each key, in the same order.
    pub binders: Vec<&'a [u8]>,
}

/// The name of one pre-shared key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PskIdentity<'a> {
    /// A ticket, or the name of a key that both sides were given.
    pub identity: &'a [u8],
    /// The ticket's age in milliseconds plus ticket_age_add, modulo 2^32. 0 for a key that came without a ticket.
    pub obfuscated_ticket_age: u32,
}

pub(super) fn offered_psks(input: &[u8]) -> Parsed<'_, OfferedPsks<'_>, Reason> {
    let (input, identities) = list("identities length", 7..=0xffff, psk_identity)(input)?;
    let what = "a MAC under this key, over the message up to the binders";
    let binder = opaque("binder length", LEAST_BINDER..=0xff, "binder", what);
    let (input, binders) = list("binders length", LEAST_BINDER + 1..=0xffff, binder)(input)?;
    Ok((input, OfferedPsks { identities, binders }))
}

fn psk_identity(input: &[u8]) -> Parsed<'_, PskIdentity<'_>, Reason> {
    group("psk_identity", "", |input| {
        let what = "a ticket, or the name of the key";
        let (input, identity) = opaque("identity length", 1..=0xffff, "identity", what)(input)?;
        let what = "in milliseconds, plus ticket_age_add";
        let (input, obfuscated_ticket_age) = field("obfuscated_ticket_age", what, be_u32).parse(input)?;
        Ok((input, PskIdentity { identity, obfuscated_ticket_age }))
    })
    .parse(input)
}

impl OfferedPsks<'_> {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_vector(out, 2, |out| {
            for PskIdentity { identity, obfuscated_ticket_age } in &self.identities {
                put_vector(out, 2, |out| out.extend_from_slice(identity));
                put_u32(out, *obfuscated_ticket_age);
            }
        });
        put_vector(out, 2, |out| {
            self.binders.iter().for_each(|binder| put_vector(out, 1, |out| out.extend_from_slice(binder)));
        });
    }

    /// How many bytes the list of binders takes at the end of a ClientHello, its length field included.
    pub fn binders_length(&self) -> usize {
        2 + self.binders.iter().map(|binder| 1 + binder.len()).sum::<usize>()
    }
}
