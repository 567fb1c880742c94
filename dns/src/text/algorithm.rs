//! The names of DNSSEC's algorithms: in text a key, a signature or a digest of a key may have one in the place of the
//! number (RFC 4034 §2.2, §3.2 and §5.3).
//!
//! The names are IANA's registry "DNS Security Algorithm Numbers". We print the number. Tested in `tests/types/`.

/// The algorithm of this name, in any case, or of this number.
pub(crate) fn algorithm(word: &str) -> Option<u8> {
    match NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(word)) {
        Some((number, _)) => Some(*number),
        None => word.parse().ok().filter(|_| !word.starts_with('+')),
    }
}

/// The name of the algorithm, or `algorithm N`.
pub(crate) fn algorithm_name(number: u8) -> String {
    let row = NAMES.iter().find(|(known, _)| *known == number);
    row.map_or_else(|| format!("algorithm {number}"), |(_, name)| (*name).to_owned())
}

const NAMES: &[(u8, &str)] = &[
    (1, "RSAMD5"),
    (2, "DH"),
    (3, "DSA"),
    (5, "RSASHA1"),
    (6, "DSA-NSEC3-SHA1"),
    (7, "RSASHA1-NSEC3-SHA1"),
    (8, "RSASHA256"),
    (10, "RSASHA512"),
    (12, "ECC-GOST"),
    (13, "ECDSAP256SHA256"),
    (14, "ECDSAP384SHA384"),
    (15, "ED25519"),
    (16, "ED448"),
    (252, "INDIRECT"),
    (253, "PRIVATEDNS"),
    (254, "PRIVATEOID"),
];
