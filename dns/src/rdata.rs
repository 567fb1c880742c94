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
//! matches below. The types of RFC 1035 may compress the names in their data; later types must not
//! (RFC 3597 §4). Each file begins with bytes of its type. `tests/figures.rs` reads those, and hickory-proto reads them
//! too; `tests/hickory.rs` and `tests/message.rs` test the types as well.

mod a;
mod aaaa;
mod host;
mod mx;
pub(crate) mod opt;
mod soa;
mod txt;
mod unknown;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_dissect::{Parsed, Refused};

pub use mx::Mx;
pub use opt::{EdnsOption, Opt};
pub use soa::Soa;
pub use txt::Txt;
pub use unknown::Unknown;

use crate::class::Class;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::record_type::RecordType;

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
    /// Text in one or more strings.
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

    /// Reads RDATA. `input` is just the RDATA; `message` is the whole message, where its names may point to.
    pub(crate) fn parse<'a>(
        rtype: RecordType,
        class: Class,
        message: &'a [u8],
        input: &'a [u8],
    ) -> Parsed<'a, RData, Reason> {
        // An update deletes records by class NONE and ANY, with RDATA that may be empty (RFC 2136 §2.5).
        // In networks other than the Internet addresses have another form (RFC 1035 §3.4).
        let opaque = matches!(class, Class::NONE | Class::ANY)
            || class != Class::IN && matches!(rtype, RecordType::A | RecordType::AAAA);
        match rtype {
            RecordType::OPT => value(opt::parse(input), RData::Opt),
            _ if opaque => value(unknown::parse(rtype, input), RData::Unknown),
            RecordType::A => value(a::parse(input), RData::A),
            RecordType::AAAA => value(aaaa::parse(input), RData::Aaaa),
            RecordType::NS => value(host::parse_ns(message, input), RData::Ns),
            RecordType::CNAME => value(host::parse_cname(message, input), RData::Cname),
            RecordType::PTR => value(host::parse_ptr(message, input), RData::Ptr),
            RecordType::SOA => value(soa::parse(message, input), |soa| RData::Soa(Box::new(soa))),
            RecordType::MX => value(mx::parse(message, input), RData::Mx),
            RecordType::TXT => value(txt::parse(input), RData::Txt),
            _ => value(unknown::parse(rtype, input), RData::Unknown),
        }
    }

    pub(crate) fn write(&self, out: &mut Writer) -> Result<(), Refused<Reason>> {
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

/// What a type's own parser read, as the variant for it.
fn value<'a, T>(
    parsed: Parsed<'a, T, Reason>,
    variant: impl FnOnce(T) -> RData,
) -> Parsed<'a, RData, Reason> {
    parsed.map(|(rest, value)| (rest, variant(value)))
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
