//! NS, CNAME and PTR: data that is one name (RFC 1035 §3.3.11, §3.3.1 and §3.3.12).
//!
//! ```text
//!   03 www c00c     www, then a pointer to byte 12: example.test, the name of the question
//! ```

use barewire_dissect::Parsed;

use crate::name::Name;
use crate::reason::Reason;

pub(super) fn parse_ns<'a>(message: &'a [u8], input: &'a [u8]) -> Parsed<'a, Name, Reason> {
    Name::parse("NSDNAME", "a server that holds the zone", message, input)
}

pub(super) fn parse_cname<'a>(message: &'a [u8], input: &'a [u8]) -> Parsed<'a, Name, Reason> {
    Name::parse("CNAME", "the name that the owner is an alias of", message, input)
}

pub(super) fn parse_ptr<'a>(message: &'a [u8], input: &'a [u8]) -> Parsed<'a, Name, Reason> {
    Name::parse("PTRDNAME", "the name that is pointed to", message, input)
}
