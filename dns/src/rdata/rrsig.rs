//! RRSIG: a signature over the records of one owner and one type (RFC 4034 §3.1).
//!
//! ```text
//!   0001 05 03         Type Covered A, Algorithm 5, Labels 3
//!   00015180           Original TTL 86400
//!   3e7c8697 3e54f997  Signature Expiration 20030322155151, Inception 20030220155151
//!   0a52               Key Tag 2642
//!   07 example 03 com 00     Signer's Name: the zone; it is not compressed
//!   a0b1c2d3           Signature, here far too short
//! ```

use std::fmt;

use barewire_dissect::{Parsed, field, field_as};
use data_encoding::BASE64;
use nom::Parser;
use nom::number::complete::{be_u16, be_u32, u8};

use super::parts::{to_the_end, write_to_the_end};
use super::source::Source;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};
use crate::text::time::moment_text;

/// A signature over the records of one owner and one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rrsig {
    /// The type of the records that are signed.
    pub covered: RecordType,
    /// The algorithm of the signature.
    pub algorithm: u8,
    /// How many labels the owner has, without a `*`. A smaller number than that of the name at hand says that a
    /// wildcard was expanded.
    pub labels: u8,
    /// The TTL that was signed.
    pub original_ttl: u32,
    /// Until when the signature holds: seconds since 1970, modulo 2³².
    pub expiration: u32,
    /// From when on it holds.
    pub inception: u32,
    /// Finds the key: [`Dnskey::key_tag`](super::Dnskey::key_tag).
    pub key_tag: u16,
    /// The zone that signed.
    pub signer: Name,
    /// The signature, laid out by the algorithm, at least one byte.
    pub signature: Vec<u8>,
}

pub(super) fn parse<'a>(source: Source<'a>, input: &'a [u8]) -> Parsed<'a, Box<Rrsig>, Reason> {
    let (input, covered) =
        field("Type Covered", "the records that are signed", be_u16.map(RecordType)).parse(input)?;
    let (input, algorithm) = field("Algorithm", "", u8).parse(input)?;
    let (input, labels) = field("Labels", "of the owner, without a *", u8).parse(input)?;
    let (input, original_ttl) = field("Original TTL", "what was signed", be_u32).parse(input)?;
    let (input, expiration) =
        field_as("Signature Expiration", "UTC", be_u32, |at| moment_text(*at)).parse(input)?;
    let (input, inception) =
        field_as("Signature Inception", "UTC", be_u32, |at| moment_text(*at)).parse(input)?;
    let (input, key_tag) = field("Key Tag", "finds the key", be_u16).parse(input)?;
    let (input, signer) = source.name("Signer's Name", "the zone", input)?;
    let (input, signature) = to_the_end("Signature", "", input)?;
    let rrsig =
        Rrsig { covered, algorithm, labels, original_ttl, expiration, inception, key_tag, signer, signature };
    Ok((input, Box::new(rrsig)))
}

pub(super) fn write(rrsig: &Rrsig, out: &mut Writer) {
    out.u16(rrsig.covered.0);
    out.u8(rrsig.algorithm);
    out.u8(rrsig.labels);
    for number in [rrsig.original_ttl, rrsig.expiration, rrsig.inception] {
        out.u32(number);
    }
    out.u16(rrsig.key_tag);
    out.data_name(&rrsig.signer);
    write_to_the_end(RecordType::RRSIG, &rrsig.signature, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Box<Rrsig>> {
    Ok(Box::new(Rrsig {
        covered: text.rtype("Type Covered")?,
        algorithm: text.algorithm("Algorithm")?,
        labels: text.u8("Labels")?,
        original_ttl: text.u32("Original TTL")?,
        expiration: text.moment("Signature Expiration")?,
        inception: text.moment("Signature Inception")?,
        key_tag: text.u16("Key Tag")?,
        signer: text.name("Signer's Name")?,
        signature: text.base64("Signature")?,
    }))
}

pub(super) fn to_text(rrsig: &Rrsig, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (covered, algorithm, labels) = (rrsig.covered.name(), rrsig.algorithm, rrsig.labels);
    write!(f, "{covered} {algorithm} {labels} {} ", rrsig.original_ttl)?;
    write!(f, "{} {} ", moment_text(rrsig.expiration), moment_text(rrsig.inception))?;
    write!(f, "{} {} {}", rrsig.key_tag, rrsig.signer.with_dot(), BASE64.encode(&rrsig.signature))
}
