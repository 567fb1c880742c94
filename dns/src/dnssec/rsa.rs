//! RSA keys: an exponent and a modulus (RFC 3110 §2).
//!
//! ```text
//!   03 010001          length of the exponent, then the exponent 65537
//!   00 0100 010001..   a length of 256 or more: zero, then two bytes
//!   c7a83b91..         the modulus, up to the end of the key
//! ```
//!
//! Tested in `tests/dnssec/odd.rs`.

use ring::signature::{RsaParameters, RsaPublicKeyComponents};

/// The two numbers of a key, big-endian and without leading zeros.
pub(super) struct RsaKey<'k> {
    exponent: &'k [u8],
    modulus: &'k [u8],
}

impl<'k> RsaKey<'k> {
    /// Cuts a key into its numbers; `None` if one of them is missing.
    pub(super) fn parse(key: &'k [u8]) -> Option<RsaKey<'k>> {
        let (length, rest) = match key {
            [0, high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]), rest),
            [length, rest @ ..] => (u16::from(*length), rest),
            [] => return None,
        };
        let (exponent, modulus) = rest.split_at_checked(length.into())?;
        let (exponent, modulus) = (without_zeros(exponent), without_zeros(modulus));
        (!exponent.is_empty() && !modulus.is_empty()).then_some(RsaKey { exponent, modulus })
    }

    /// Whether ring takes a key of this size: a modulus of 1024 to 8192 bits, an odd exponent from 3 to 2³³ - 1.
    pub(super) fn is_usable(&self) -> bool {
        let exponent =
            self.exponent.iter().fold(0u64, |number, byte| number.saturating_mul(256) | u64::from(*byte));
        (128..=1024).contains(&self.modulus.len()) && (3..1 << 33).contains(&exponent) && exponent % 2 == 1
    }

    /// Whether the modulus has more than 4096 bits.
    pub(super) fn is_large(&self) -> bool {
        self.modulus.len() > 512
    }

    /// Whether the key made the signature over these bytes.
    pub(super) fn matches(&self, parameters: &'static RsaParameters, bytes: &[u8], signature: &[u8]) -> bool {
        RsaPublicKeyComponents { n: self.modulus, e: self.exponent }
            .verify(parameters, bytes, signature)
            .is_ok()
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
