//! The algorithms of keys and signatures, and the digests of DS, in two tables.
//!
//! | number | what | layout of key and signature |
//! |---|---|---|
//! | 5, 7 | RSA with SHA-1: checked, and flagged as weak | RFC 3110 |
//! | 8, 10 | RSA with SHA-256, SHA-512 | RFC 5702 |
//! | 13, 14 | ECDSA with P-256, P-384 | RFC 6605 |
//! | 15 | Ed25519 | RFC 8080 |
//!
//! Left out: RSA/MD5, which nobody may use, DSA and GOST, which nobody does, and Ed448, which ring lacks. What is not
//! in the tables makes a zone insecure and not bogus (RFC 4035 §5.2). Tested in `tests/dnssec`.

use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RsaParameters, UnparsedPublicKey, VerificationAlgorithm,
};

use super::canonical::lower_case;
use super::rsa::RsaKey;
use crate::name::Name;
use crate::rdata::{Dnskey, Ds};

/// How signatures of an algorithm are checked.
enum Check {
    Rsa(&'static RsaParameters),
    /// A point of a curve; the key is its two numbers.
    Point(&'static dyn VerificationAlgorithm),
    Ed25519,
}

/// What is known of a number.
struct Row {
    number: u8,
    weak: bool,
    /// A check takes ten times as long as that of others.
    dear: bool,
    check: Check,
}

const fn row(number: u8, check: Check) -> Row {
    Row { number, weak: false, dear: false, check }
}

static ALGORITHMS: [Row; 7] = [
    Row { weak: true, ..row(5, Check::Rsa(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY)) },
    Row { weak: true, ..row(7, Check::Rsa(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY)) },
    // Keys of 1024 bits still sign zones. ring calls them legacy.
    row(8, Check::Rsa(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)),
    row(10, Check::Rsa(&RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY)),
    row(13, Check::Point(&ECDSA_P256_SHA256_FIXED)),
    Row { dear: true, ..row(14, Check::Point(&ECDSA_P384_SHA384_FIXED)) },
    row(15, Check::Ed25519),
];

/// The digests of DS: number, weak, how to make it.
static DIGESTS: [(u8, bool, &digest::Algorithm); 3] =
    [(1, true, &SHA1_FOR_LEGACY_USE_ONLY), (2, false, &SHA256), (4, false, &SHA384)];

fn find(algorithm: u8) -> Option<&'static Row> {
    ALGORITHMS.iter().find(|row| row.number == algorithm)
}

/// Whether signatures of this algorithm are checked.
pub(super) fn is_known(algorithm: u8) -> bool {
    find(algorithm).is_some()
}

/// Whether the algorithm is known, and trusts SHA-1, for which collisions are known (RFC 8624 §3.1).
pub(super) fn is_weak(algorithm: u8) -> bool {
    find(algorithm).is_some_and(|row| row.weak)
}

/// Whether the digest of DS is known.
pub(super) fn is_known_digest(digest_type: u8) -> bool {
    DIGESTS.iter().any(|(number, ..)| *number == digest_type)
}

/// Whether the digest of DS is SHA-1.
pub(super) fn is_weak_digest(digest_type: u8) -> bool {
    DIGESTS.iter().any(|(number, weak, _)| *number == digest_type && *weak)
}

/// Whether the key has a size that is checked. An RSA key that is too short or too long is treated as one of an unknown
/// algorithm, as unbound does.
pub(super) fn is_usable(key: &Dnskey) -> bool {
    match find(key.algorithm).map(|row| &row.check) {
        Some(Check::Rsa(_)) => RsaKey::parse(&key.key).is_none_or(|key| key.is_usable()),
        Some(_) => true,
        None => false,
    }
}

/// As how many a check with this key counts. One of P-384 takes 0.5 ms, one of RSA with 8192 bits up to 0.7 ms, all
/// others less than 0.1 ms.
pub(super) fn weight(key: &Dnskey) -> u32 {
    let is_dear = find(key.algorithm).is_some_and(|row| match row.check {
        Check::Rsa(_) => RsaKey::parse(&key.key).is_some_and(|key| key.is_large()),
        _ => row.dear,
    });
    if is_dear { 3 } else { 1 }
}

/// Whether the key made the signature over these bytes.
pub(super) fn matches(key: &Dnskey, bytes: &[u8], signature: &[u8]) -> bool {
    let unparsed =
        |algorithm, key: &[u8]| UnparsedPublicKey::new(algorithm, key).verify(bytes, signature).is_ok();
    match find(key.algorithm).map(|row| &row.check) {
        Some(Check::Rsa(parameters)) => {
            RsaKey::parse(&key.key).is_some_and(|key| key.matches(parameters, bytes, signature))
        }
        // RFC 6605 §4: the key is "x | y". 4 says that neither of them is left out (SEC 1, section 2.3.3).
        Some(Check::Point(algorithm)) => unparsed(*algorithm, &[&[4], &key.key[..]].concat()),
        Some(Check::Ed25519) => unparsed(&ED25519, &key.key),
        None => false,
    }
}

/// Whether the DS record is the digest of this key: of the owner in lower case and RDATA (RFC 4034 §5.1.4).
pub(super) fn is_digest_of(ds: &Ds, zone: &Name, key: &Dnskey) -> bool {
    let Some((_, _, algorithm)) = DIGESTS.iter().find(|(number, ..)| *number == ds.digest_type) else {
        return false;
    };
    digest::digest(algorithm, &[lower_case(zone), rdata(key)].concat()).as_ref() == ds.digest
}

/// The DS record with SHA-256 of a key.
pub(super) fn ds_of(zone: &Name, key: &Dnskey) -> Ds {
    let digest = digest::digest(&SHA256, &[lower_case(zone), rdata(key)].concat()).as_ref().to_vec();
    Ds { key_tag: key.key_tag(), algorithm: key.algorithm, digest_type: 2, digest }
}

/// RDATA of a key.
fn rdata(key: &Dnskey) -> Vec<u8> {
    let [high, low] = key.flags.to_be_bytes();
    [&[high, low, key.protocol, key.algorithm], &key.key[..]].concat()
}
