//! TSIG: a signature over the message by a key that both sides know (RFC 8945 §4.2). It is the last record of the
//! message, is made for it alone, and is never kept. Left out: making and checking the signature.
//!
//! ```text
//!   08 hmac-md5 00            Algorithm Name, here shortened; it is not compressed
//!   00005ef1cb40 012c         Time Signed in seconds since 1970, Fudge 300 s
//!   0004 a1b2c3d4             MAC Size and MAC
//!   1234 0000 0000            Original ID, Error 0, Other Len 0
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field, field_as, group};
use data_encoding::BASE64;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32};

use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::rcode::Rcode;
use crate::reason::{BrokenRule, Reason};
use crate::text::fields::{Fields, Text};

/// A signature over the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tsig {
    /// The algorithm, as a name.
    pub algorithm: Name,
    /// When it was signed: seconds since 1970, 48 bits.
    pub time: u64,
    /// By how many seconds the clocks may differ.
    pub fudge: u16,
    /// The signature.
    pub mac: Vec<u8>,
    /// The ID that the message had when it was signed.
    pub original_id: u16,
    /// NOERROR, or why the signature was refused.
    pub error: Rcode,
    /// With BADTIME the server's time, else nothing.
    pub other: Vec<u8>,
}

/// The highest number of 48 bits.
const LATEST: u64 = (1 << 48) - 1;
static TOO_LATE: BrokenRule =
    BrokenRule { field: "Time Signed", rule: "RFC 8945 §4.2", says: "the time has 48 bits" };

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Tsig>, Reason> {
    let (input, algorithm) = source.name("Algorithm Name", "", input)?;
    let (input, time) = field("Time Signed", "seconds since 1970", u48).parse(input)?;
    let (input, fudge) = field("Fudge", "seconds that clocks may differ", be_u16).parse(input)?;
    let (input, mac) = counted("MAC", input)?;
    let (input, original_id) = field("Original ID", "when it was signed", be_u16).parse(input)?;
    let show = |error: &Rcode| format!("{} ({})", error_name(*error), error.0);
    let (input, error) = field_as("Error", "", be_u16.map(Rcode), show).parse(input)?;
    let (input, other) = counted("Other Data", input)?;
    Ok((input, Box::new(Tsig { algorithm, time, fudge, mac, original_id, error, other })))
}

/// What 16 means here. In a header it is BADVERS (RFC 8945 §3).
const BADSIG: &str = "BADSIG";

fn error_name(error: Rcode) -> String {
    if error.0 == 16 { BADSIG.into() } else { error.name() }
}

fn u48(input: &[u8]) -> Parsed<'_, u64, Reason> {
    let (input, high) = be_u16(input)?;
    let (input, low) = be_u32(input)?;
    Ok((input, u64::from(high) << 32 | u64::from(low)))
}

/// Two bytes that count, then as many bytes.
fn counted<'a>(name: &'static str, input: &'a [u8]) -> Parsed<'a, Vec<u8>, Reason> {
    group(name, "", |input| {
        let (input, length) = field("length", "", be_u16).parse(input)?;
        let (input, bytes) =
            field_as("bytes", "", take(length), |bytes: &&[u8]| BASE64.encode(bytes)).parse(input)?;
        Ok((input, bytes.to_vec()))
    })
    .parse(input)
}

pub(super) fn write(tsig: &Tsig, out: &mut Writer) {
    if tsig.time > LATEST {
        out.refuse(Reason::Broken(&TOO_LATE));
    }
    out.data_name(&tsig.algorithm);
    out.bytes(&tsig.time.to_be_bytes()[2..]);
    out.u16(tsig.fudge);
    out.counted(|out| out.bytes(&tsig.mac));
    out.u16(tsig.original_id);
    out.u16(tsig.error.0);
    out.counted(|out| out.bytes(&tsig.other));
}

/// As dig prints it: with the length of each run of bytes, and nothing for none.
pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Tsig>> {
    let algorithm = text.name("Algorithm Name")?;
    let (token, word) = text.word("Time Signed")?;
    let Some(time) = word.parse().ok().filter(|time| *time <= LATEST) else {
        return text.refuse(token, "Time Signed", "seconds since 1970, of 48 bits");
    };
    let fudge = text.u16("Fudge")?;
    let mac = bytes_of_text(text, "MAC")?;
    let original_id = text.u16("Original ID")?;
    let (token, word) = text.word("Error")?;
    let error = if word.eq_ignore_ascii_case(BADSIG) { Some(Rcode(16)) } else { Rcode::from_name(word) };
    let Some(error) = error else {
        return text.refuse(token, "Error", "a response code");
    };
    let other = bytes_of_text(text, "Other Data")?;
    Ok(Box::new(Tsig { algorithm, time, fudge, mac, original_id, error, other }))
}

fn bytes_of_text(text: &mut Fields<'_>, name: &'static str) -> Text<Vec<u8>> {
    match text.u16(name)? {
        0 => Ok(Vec::new()),
        length => {
            let token = text.token(name)?;
            let bytes = BASE64.decode(token.text).ok().filter(|bytes| bytes.len() == usize::from(length));
            bytes.map_or_else(|| text.refuse(token, name, "base64 of as many bytes as were announced"), Ok)
        }
    }
}

pub(super) fn to_text(tsig: &Tsig, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} {} {} ", tsig.algorithm.with_dot(), tsig.time, tsig.fudge)?;
    write_bytes(f, &tsig.mac)?;
    write!(f, " {} {} ", tsig.original_id, error_name(tsig.error))?;
    write_bytes(f, &tsig.other)
}

fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    match bytes {
        [] => f.write_str("0"),
        _ => write!(f, "{} {}", bytes.len(), BASE64.encode(bytes)),
    }
}
