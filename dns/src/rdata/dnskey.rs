//! DNSKEY and CDNSKEY: a public key of the zone (RFC 4034 §2.1, RFC 7344 §3.2).
//!
//! ```text
//!   0101 03 0d     Flags: zone key, secure entry point; Protocol 3; Algorithm 13
//!   a5c3b1d9       Public Key, here far too short
//! ```

use std::fmt;

use barewire_dissect::{Bits, Parsed, Word, field, field_as};
use data_encoding::BASE64;
use nom::Parser;
use nom::number::complete::{be_u16, u8};

use super::parts::{to_the_end, write_to_the_end};
use super::source::Source;
use crate::compress::Writer;
use crate::reason::Reason;
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};

/// A public key of the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dnskey {
    /// 256: a zone key. 1: a secure entry point, the key that the zone above names. 128: revoked (RFC 5011 §7).
    pub flags: u16,
    /// 3, always.
    pub protocol: u8,
    /// The algorithm: 8 RSA with SHA-256, 13 ECDSA P-256, 15 Ed25519.
    pub algorithm: u8,
    /// The key, laid out by the algorithm, at least one byte.
    pub key: Vec<u8>,
}

/// RFC 4034 §2.1.1 and RFC 5011 §7.
static FLAGS: Word<5> = Word::new([
    Bits::new("reserved", 7, "zero"),
    Bits::new("ZONE", 1, "a key of the zone"),
    Bits::new("REVOKE", 1, "the key is not valid any more"),
    Bits::new("reserved", 6, "zero"),
    Bits::new("SEP", 1, "secure entry point: the zone above names this key"),
]);

impl Dnskey {
    /// The number by which DS and RRSIG find the key among others: a checksum of the data, so two keys may have the
    /// same (RFC 4034 appendix B). Left out: algorithm 1, which counts in another way.
    ///
    /// ```
    /// use barewire_dns::{RData, RecordType};
    /// // The key of the example in RFC 4034 §5.4; its DS says 60485.
    /// let text = "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMz\
    ///             NXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9Xzc\
    ///             nOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
    /// let RData::Dnskey(key) = RData::parse_text(RecordType::DNSKEY, text)? else { unreachable!() };
    /// assert_eq!(key.key_tag(), 60485);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn key_tag(&self) -> u16 {
        // book: key-tag
        // exercise: dns14
        // instead: 0
        let head = [self.flags.to_be_bytes(), [self.protocol, self.algorithm]].concat();
        let bytes = head.iter().chain(&self.key).zip([8, 0].into_iter().cycle());
        let sum = bytes.fold(0u32, |sum, (byte, shift)| sum.wrapping_add(u32::from(*byte) << shift));
        (sum + (sum >> 16)) as u16
        // exercise: end
        // book: end
    }
}

pub(super) fn parse<'a>(_: Source<'a>, input: &'a [u8]) -> Parsed<'a, Dnskey, Reason> {
    let flags = be_u16.map(|word| FLAGS.join(FLAGS.split(word.into())) as u16);
    let (input, flags) = field_as("Flags", "", flags, |flags| format!("{flags:#06x}")).parse(input)?;
    let (input, protocol) = field("Protocol", "3, always", u8).parse(input)?;
    let (input, algorithm) = field("Algorithm", "of the key", u8).parse(input)?;
    let (input, key) = to_the_end("Public Key", "", input)?;
    Ok((input, Dnskey { flags, protocol, algorithm, key }))
}

pub(super) fn write(dnskey: &Dnskey, out: &mut Writer) {
    out.u16(dnskey.flags);
    out.u8(dnskey.protocol);
    out.u8(dnskey.algorithm);
    write_to_the_end(RecordType::DNSKEY, &dnskey.key, out);
}

pub(super) fn from_text(text: &mut Fields<'_>) -> Text<Dnskey> {
    let (flags, protocol, algorithm) =
        (text.u16("Flags")?, text.u8("Protocol")?, text.algorithm("Algorithm")?);
    Ok(Dnskey { flags, protocol, algorithm, key: text.base64("Public Key")? })
}

pub(super) fn to_text(dnskey: &Dnskey, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Dnskey { flags, protocol, algorithm, key } = dnskey;
    write!(f, "{flags} {protocol} {algorithm} {}", BASE64.encode(key))
}
