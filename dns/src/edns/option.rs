//! The options of EDNS: a code, a length, and as many bytes that the code lays out (RFC 6891 §6.1.2).
//!
//! `code.rs` names the codes; the variants of [`EdnsOption`] say what each option holds. An option without a
//! variant is kept as bytes. [`exchange`](crate::exchange) makes and checks the cookies of a client.

use std::fmt;

use barewire_dissect::{Parsed, Show, describe, field, field_as, group, refuse};
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::{be_u16, be_u32, be_u64, u8};

use super::code::OptionCode;
use super::extended_error::ExtendedError;
use super::subnet::{self, ClientSubnet};
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::{BrokenRule, Reason, when_it_ends_early};

/// An option.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EdnsOption {
    /// Which of many servers with one address answered. A query has it without bytes (RFC 5001 §2.3).
    Nsid(Vec<u8>),
    /// For which addresses an answer is meant.
    ClientSubnet(ClientSubnet),
    /// In how many seconds a secondary server gives the zone up. A query has no number (RFC 7314 §3).
    Expire(Option<u32>),
    /// Numbers that only the two sides know, against forged addresses (RFC 7873 §4).
    Cookie {
        /// The client's.
        client: [u8; 8],
        /// The server's, 8 to 32 bytes; none in a first query.
        server: Vec<u8>,
    },
    /// For how many tenths of a second the server keeps the connection. A query has no number (RFC 7828 §3.1).
    Keepalive(Option<u16>),
    /// Bytes that hide the length of the message; zero by custom (RFC 7830 §3).
    Padding(Vec<u8>),
    /// The client knows the keys down to this name (RFC 7901 §4).
    Chain(Name),
    /// The tags of the keys that a resolver trusts (RFC 8145 §4.1).
    KeyTag(Vec<u16>),
    /// Why a server answers as it does.
    ExtendedError(ExtendedError),
    /// The domain to report errors to (RFC 9567 §6).
    ReportChannel(Name),
    /// The version of the zone that answered. A query has none (RFC 9660 §2).
    ZoneVersion(Option<ZoneVersion>),
    /// Any other option.
    Other {
        /// What it is about.
        code: OptionCode,
        /// What it says.
        data: Vec<u8>,
    },
}

/// The version of a zone (RFC 9660 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneVersion {
    /// How many labels the zone's name has.
    pub labels: u8,
    /// 0: the serial of its SOA.
    pub kind: u8,
    /// The version; for kind 0 four bytes.
    pub version: Vec<u8>,
}

impl EdnsOption {
    /// The code.
    pub fn code(&self) -> OptionCode {
        match self {
            EdnsOption::Nsid(_) => OptionCode::NSID,
            EdnsOption::ClientSubnet(_) => OptionCode::CLIENT_SUBNET,
            EdnsOption::Expire(_) => OptionCode::EXPIRE,
            EdnsOption::Cookie { .. } => OptionCode::COOKIE,
            EdnsOption::Keepalive(_) => OptionCode::KEEPALIVE,
            EdnsOption::Padding(_) => OptionCode::PADDING,
            EdnsOption::Chain(_) => OptionCode::CHAIN,
            EdnsOption::KeyTag(_) => OptionCode::KEY_TAG,
            EdnsOption::ExtendedError(_) => OptionCode::EXTENDED_ERROR,
            EdnsOption::ReportChannel(_) => OptionCode::REPORT_CHANNEL,
            EdnsOption::ZoneVersion(_) => OptionCode::ZONE_VERSION,
            EdnsOption::Other { code, .. } => *code,
        }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.u16(self.code().0);
        out.counted(|out| match self {
            EdnsOption::ClientSubnet(subnet) => subnet::write(subnet, out),
            EdnsOption::Expire(seconds) => seconds.iter().for_each(|seconds| out.u32(*seconds)),
            EdnsOption::Cookie { client, server } => {
                if !is_server_cookie(server) {
                    out.refuse(Reason::Broken(&COOKIE));
                }
                out.bytes(client);
                out.bytes(server);
            }
            EdnsOption::Keepalive(time) => time.iter().for_each(|time| out.u16(*time)),
            EdnsOption::Chain(name) | EdnsOption::ReportChannel(name) => out.bytes(name.as_wire()),
            EdnsOption::KeyTag(tags) => tags.iter().for_each(|tag| out.u16(*tag)),
            EdnsOption::ExtendedError(error) => {
                out.u16(error.code);
                out.bytes(&error.text);
            }
            EdnsOption::ZoneVersion(version) => version.iter().for_each(|version| {
                out.u8(version.labels);
                out.u8(version.kind);
                out.bytes(&version.version);
            }),
            EdnsOption::Nsid(data) | EdnsOption::Padding(data) => out.bytes(data),
            EdnsOption::Other { code, data } => {
                if code.is_known() {
                    out.refuse(Reason::OptionLayout { code: *code });
                }
                out.bytes(data);
            }
        });
    }
}

static COOKIE: BrokenRule = BrokenRule {
    field: "COOKIE",
    rule: "RFC 7873 §4",
    says: "a cookie has 8 bytes of the client, then none or 8 to 32 of the server",
};

fn is_server_cookie(server: &[u8]) -> bool {
    matches!(server.len(), 0 | 8..=32)
}

/// Reads one option.
pub(super) fn parse(input: &[u8]) -> Parsed<'_, EdnsOption, Reason> {
    group("option", "", |input| {
        let (input, code) = field("OPTION-CODE", "", be_u16.map(OptionCode)).parse(input)?;
        let (input, length) = field("OPTION-LENGTH", "bytes of data", be_u16).parse(input)?;
        let (rest, data) = take(length).parse(input)?;
        let too_short = || Reason::OptionLength { code, length };
        let (left, option) =
            when_it_ends_early(group("OPTION-DATA", "", |data| value(code, data)).parse(data), too_short)?;
        if !left.is_empty() {
            return refuse(left, too_short());
        }
        describe(|| option.to_string());
        Ok((rest, option))
    })
    .parse(input)
}

/// Reads the data of one option.
fn value(code: OptionCode, data: &[u8]) -> Parsed<'_, EdnsOption, Reason> {
    match code {
        OptionCode::NSID => {
            field("NSID", "", rest).map(|id: &[u8]| EdnsOption::Nsid(id.to_vec())).parse(data)
        }
        OptionCode::CLIENT_SUBNET => {
            subnet::parse(data).map(|(rest, subnet)| (rest, EdnsOption::ClientSubnet(subnet)))
        }
        OptionCode::EXPIRE if data.is_empty() => Ok((data, EdnsOption::Expire(None))),
        OptionCode::EXPIRE => {
            field("EXPIRE", "seconds", be_u32).map(|seconds| EdnsOption::Expire(Some(seconds))).parse(data)
        }
        OptionCode::COOKIE => cookie(data),
        OptionCode::KEEPALIVE if data.is_empty() => Ok((data, EdnsOption::Keepalive(None))),
        OptionCode::KEEPALIVE => field("TIMEOUT", "tenths of a second", be_u16)
            .map(|time| EdnsOption::Keepalive(Some(time)))
            .parse(data),
        OptionCode::PADDING => {
            field("PADDING", "", rest).map(|bytes: &[u8]| EdnsOption::Padding(bytes.to_vec())).parse(data)
        }
        OptionCode::CHAIN => name("Closest Trust Point", data, EdnsOption::Chain),
        OptionCode::KEY_TAG => key_tags(data),
        OptionCode::EXTENDED_ERROR => {
            ExtendedError::parse(data).map(|(rest, error)| (rest, EdnsOption::ExtendedError(error)))
        }
        OptionCode::REPORT_CHANNEL => name("AGENT DOMAIN", data, EdnsOption::ReportChannel),
        OptionCode::ZONE_VERSION if data.is_empty() => Ok((data, EdnsOption::ZoneVersion(None))),
        OptionCode::ZONE_VERSION => zone_version(data),
        _ => field("data", "", rest)
            .map(|bytes: &[u8]| EdnsOption::Other { code, data: bytes.to_vec() })
            .parse(data),
    }
}

/// A name that stands in an option; it cannot be compressed, as options are copied as bytes.
fn name<'a>(
    name: &'static str,
    data: &'a [u8],
    option: impl FnOnce(Name) -> EdnsOption,
) -> Parsed<'a, EdnsOption, Reason> {
    Name::parse_whole(name, "", data, data).map(|(rest, name)| (rest, option(name)))
}

fn cookie(data: &[u8]) -> Parsed<'_, EdnsOption, Reason> {
    let hex = |client: &u64| format!("{client:016x}");
    let (server, client) = field_as("client cookie", "", be_u64, hex).parse(data)?;
    if !is_server_cookie(server) {
        return refuse(server, Reason::Broken(&COOKIE));
    }
    let (left, server) = field("server cookie", "", rest).parse(server)?;
    Ok((left, EdnsOption::Cookie { client: client.to_be_bytes(), server: server.to_vec() }))
}

fn key_tags(mut data: &[u8]) -> Parsed<'_, EdnsOption, Reason> {
    let mut tags = Vec::new();
    while !data.is_empty() {
        let (rest, tag) = field("KEY-TAG", "", be_u16).parse(data)?;
        tags.push(tag);
        data = rest;
    }
    Ok((data, EdnsOption::KeyTag(tags)))
}

fn zone_version(data: &[u8]) -> Parsed<'_, EdnsOption, Reason> {
    let (data, labels) = field("LABELCOUNT", "of the zone's name", u8).parse(data)?;
    let (data, kind) = field("TYPE", "0: the serial of the SOA", u8).parse(data)?;
    let (data, version) = field("VERSION", "", rest).parse(data)?;
    Ok((data, EdnsOption::ZoneVersion(Some(ZoneVersion { labels, kind, version: version.to_vec() }))))
}

/// The name of the option and what it says, in a few words.
impl fmt::Display for EdnsOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code().name())?;
        match self {
            EdnsOption::Nsid(id) if id.is_empty() => Ok(()),
            EdnsOption::Nsid(id) => write!(f, " \"{}\"", id.escape_ascii()),
            EdnsOption::ClientSubnet(subnet) => write!(f, " {subnet}"),
            EdnsOption::Expire(None) | EdnsOption::Keepalive(None) | EdnsOption::ZoneVersion(None) => Ok(()),
            EdnsOption::Expire(Some(seconds)) => write!(f, " in {seconds} s"),
            EdnsOption::Cookie { client, server } if server.is_empty() => write!(f, " {}", client.show()),
            EdnsOption::Cookie { client, server } => write!(f, " {} {}", client.show(), server.show()),
            EdnsOption::Keepalive(Some(time)) => write!(f, " {}.{} s", time / 10, time % 10),
            EdnsOption::Padding(bytes) => write!(f, " of {}", crate::reason::bytes(bytes.len())),
            EdnsOption::Chain(name) | EdnsOption::ReportChannel(name) => write!(f, " {name}"),
            EdnsOption::KeyTag(tags) => tags.iter().try_for_each(|tag| write!(f, " {tag}")),
            EdnsOption::ExtendedError(error) => write!(f, " {error}"),
            EdnsOption::ZoneVersion(Some(zone)) => match <[u8; 4]>::try_from(&zone.version[..]) {
                Ok(serial) if zone.kind == 0 => write!(f, ", serial {}", u32::from_be_bytes(serial)),
                _ => write!(f, " {} {}", zone.kind, zone.version.show()),
            },
            EdnsOption::Other { data, .. } => write!(f, " {}", data.show()),
        }
    }
}
