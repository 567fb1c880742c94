//! SRV: the hosts that offer a service (RFC 2782). The owner is `_service._protocol` and a domain.
//!
//! ```text
//!   000a 003c 01bb     Priority 10, Weight 60, Port 443
//!   03 www 07 example 04 test 00     Target; it is not compressed
//! ```
//!
//! RFC 2782 forbids to compress the target. Old software and mDNS do it, so a pointer is read (RFC 3597 §4,
//! RFC 6762 §18.14).

use std::fmt;

use barewire_dissect::{Parsed, field};
use nom::Parser;
use nom::number::complete::be_u16;

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::text::fields::{Fields, Text};

/// A host that offers a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv {
    /// The hosts of the lowest number are tried first.
    pub priority: u16,
    /// The share of this host among those of the same priority.
    pub weight: u16,
    /// The port of the service there.
    pub port: u16,
    /// The host. The root says that the service is not offered.
    pub target: Name,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Srv>, Reason> {
    let (input, priority) = field("Priority", "the lowest is tried first", be_u16).parse(input)?;
    let (input, weight) = field("Weight", "the share among hosts of this priority", be_u16).parse(input)?;
    let (input, port) = field("Port", "of the service", be_u16).parse(input)?;
    let (input, target) = source.name("Target", "the host that offers the service", input)?;
    Ok((input, Box::new(Srv { priority, weight, port, target })))
}

pub(super) fn write(srv: &Srv, out: &mut Writer) {
    for number in [srv.priority, srv.weight, srv.port] {
        out.u16(number);
    }
    out.data_name(&srv.target);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Srv>> {
    let (priority, weight, port) = (text.u16("Priority")?, text.u16("Weight")?, text.u16("Port")?);
    Ok(Box::new(Srv { priority, weight, port, target: text.name("Target")? }))
}

pub(super) fn to_text(srv: &Srv, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {} {}", srv.priority, srv.weight, srv.port, srv.target.with_dot())
}
