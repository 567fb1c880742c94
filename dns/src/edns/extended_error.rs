//! Extended errors: why a server answers as it does (RFC 8914 §2 and §4).
//!
//! ```text
//!   0006         INFO-CODE 6, DNSSEC Bogus
//!   signature    EXTRA-TEXT, for people
//! ```

use std::fmt;

use barewire_dissect::{Parsed, count, field_as, printable};
use nom::Parser;
use nom::combinator::rest;
use nom::number::complete::be_u16;

use crate::reason::Reason;

/// How much of a text is shown. It may have 65,000 bytes, and is meant to be a sentence.
const LONGEST_TEXT: usize = 400;

/// Why a server answers as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtendedError {
    /// A number of IANA's registry "Extended DNS Error Codes".
    pub code: u16,
    /// More about it, for people; UTF-8 by rule.
    pub text: Vec<u8>,
}

impl ExtendedError {
    /// What the code says, or `error N`.
    ///
    /// ```
    /// use barewire_dns::ExtendedError;
    /// assert_eq!(ExtendedError { code: 6, text: vec![] }.name(), "DNSSEC Bogus");
    /// ```
    pub fn name(&self) -> String {
        NAMES
            .get(usize::from(self.code))
            .map_or_else(|| format!("error {}", self.code), |name| (*name).to_owned())
    }

    pub(super) fn parse(data: &[u8]) -> Parsed<'_, ExtendedError, Reason> {
        let name = |code: &u16| {
            let error = ExtendedError { code: *code, text: Vec::new() };
            format!("{} ({code})", error.name())
        };
        let (data, code) = field_as("INFO-CODE", "", be_u16, name).parse(data)?;
        let text = |text: &&[u8]| String::from_utf8_lossy(text).escape_debug().to_string();
        let (data, text) = field_as("EXTRA-TEXT", "for people", rest, text).parse(data)?;
        Ok((data, ExtendedError { code, text: text.to_vec() }))
    }
}

/// `DNSSEC Bogus: signature crypto failed`
impl fmt::Display for ExtendedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        if self.text.is_empty() {
            return Ok(());
        }
        // Some servers end the text with a zero byte, which RFC 8914 §2 tells readers to expect.
        let text = self.text.strip_suffix(b"\0").unwrap_or(&self.text);
        let text = printable(&String::from_utf8_lossy(text));
        match text.char_indices().nth(LONGEST_TEXT) {
            None => write!(f, ": {text}"),
            Some((end, _)) => {
                let more = count(text[end..].chars().count() as u64);
                write!(f, ": {}… ({more} more characters)", &text[..end])
            }
        }
    }
}

/// By code, from 0 (RFC 8914 §5.2, and the registry for those after 24).
const NAMES: &[&str] = &[
    "Other",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
];
