//! The data of a record: one small file for each type.
//!
//! | type | file | what it holds |
//! |---|---|---|
//! | A | `a.rs` | an IPv4 address |
//! | AAAA | `aaaa.rs` | an IPv6 address |
//! | NS, CNAME, PTR | `host.rs` | a name |
//! | SOA | `soa.rs` | who runs a zone, and its timers |
//! | MX | `mx.rs` | where mail goes |
//! | TXT | `txt.rs` | strings |
//! | OPT | `opt.rs` | options of EDNS |
//! | all others | `unknown.rs` | the bytes as they came (RFC 3597 §3) |
//!
//! To add a type: write its file after the pattern of `mx.rs`, then name it in [`RData`] and in the
//! matches below. Names inside the data of the types of RFC 1035 may be compressed; in every later
//! type they must not be (RFC 3597 §4). Tested in `tests/hickory.rs`.

mod a;
mod aaaa;
mod host;
mod mx;
mod opt;
mod soa;
mod txt;
mod unknown;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use mx::Mx;
pub use opt::{EdnsOption, Opt};
pub use soa::Soa;
pub use txt::Txt;
pub use unknown::Unknown;

use crate::compress::Writer;
use crate::error::{Error, Wire};
use crate::name::Name;
use crate::rtype::{Class, RecordType};

/// The data of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RData {
    /// A host's IPv4 address.
    A(Ipv4Addr),
    /// A host's IPv6 address.
    Aaaa(Ipv6Addr),
    /// The name of a server that holds the zone.
    Ns(Name),
    /// The name that this one is an alias of.
    Cname(Name),
    /// Another name: for an address in `in-addr.arpa` or `ip6.arpa`, the host's.
    Ptr(Name),
    /// Who runs the zone, and its timers. Boxed, as it is far larger than the others.
    Soa(Box<Soa>),
    /// Where mail goes.
    Mx(Mx),
    /// Strings.
    Txt(Txt),
    /// The options of EDNS.
    Opt(Opt),
    /// A type without a file of its own, or a class where the type is laid out in another way.
    Unknown(Unknown),
}

impl RData {
    /// The type of a record with this data.
    pub fn rtype(&self) -> RecordType {
        match self {
            RData::A(_) => RecordType::A,
            RData::Aaaa(_) => RecordType::AAAA,
            RData::Ns(_) => RecordType::NS,
            RData::Cname(_) => RecordType::CNAME,
            RData::Ptr(_) => RecordType::PTR,
            RData::Soa(_) => RecordType::SOA,
            RData::Mx(_) => RecordType::MX,
            RData::Txt(_) => RecordType::TXT,
            RData::Opt(_) => RecordType::OPT,
            RData::Unknown(unknown) => unknown.rtype,
        }
    }

    /// The address in an A or AAAA record.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            RData::A(address) => Some(IpAddr::V4(*address)),
            RData::Aaaa(address) => Some(IpAddr::V6(*address)),
            _ => None,
        }
    }

    /// Reads RDATA. `input` is just the RDATA, `message` the whole, where its names may point to.
    pub(crate) fn parse<'a>(
        rtype: RecordType,
        class: Class,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Wire<'a, RData> {
        // An update deletes records by class NONE and ANY, with RDATA that may be empty (RFC 2136 §2.5);
        // addresses look another way in other networks (RFC 1035 §3.4).
        let opaque = matches!(class, Class::NONE | Class::ANY)
            || class != Class::IN && matches!(rtype, RecordType::A | RecordType::AAAA);
        match rtype {
            RecordType::OPT => opt::parse(input),
            _ if opaque => unknown::parse(rtype, input),
            RecordType::A => a::parse(input),
            RecordType::AAAA => aaaa::parse(input),
            RecordType::NS => host::parse_ns(message, input),
            RecordType::CNAME => host::parse_cname(message, input),
            RecordType::PTR => host::parse_ptr(message, input),
            RecordType::SOA => soa::parse(message, input),
            RecordType::MX => mx::parse(message, input),
            RecordType::TXT => txt::parse(input),
            _ => unknown::parse(rtype, input),
        }
    }

    pub(crate) fn write(&self, out: &mut Writer) -> Result<(), Error> {
        match self {
            RData::A(address) => out.bytes(&address.octets()),
            RData::Aaaa(address) => out.bytes(&address.octets()),
            RData::Ns(name) | RData::Cname(name) | RData::Ptr(name) => out.name(name),
            RData::Soa(soa) => soa.write(out),
            RData::Mx(mx) => mx.write(out),
            RData::Txt(txt) => txt.write(out)?,
            RData::Opt(opt) => opt.write(out)?,
            RData::Unknown(unknown) => out.bytes(&unknown.bytes),
        }
        Ok(())
    }
}

/// The data as in a master file.
impl fmt::Display for RData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RData::A(address) => address.fmt(f),
            RData::Aaaa(address) => address.fmt(f),
            RData::Ns(name) | RData::Cname(name) | RData::Ptr(name) => name.fmt(f),
            RData::Soa(soa) => soa.fmt(f),
            RData::Mx(mx) => mx.fmt(f),
            RData::Txt(txt) => txt.fmt(f),
            RData::Opt(opt) => opt.fmt(f),
            RData::Unknown(unknown) => unknown.fmt(f),
        }
    }
}
