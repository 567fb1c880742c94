//! What validation says of an answer (RFC 4035 §4.3), and why an answer can be right without a proof.
//!
//! Left out: "indeterminate". RFC 4033 §5 has it for names below no trust anchor, which we call insecure, as unbound
//! does: in both cases nobody has promised a signature. Tested in `tests/dnssec`.

use std::fmt;

use super::broken::Broken;
use crate::name::Name;

/// What validation says of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// A chain of signatures leads from a trust anchor to it. Only this sets the flag AD (RFC 4035 §3.2.3).
    Secure,
    /// Nobody has promised a signature: the answer is taken as it is.
    Insecure(Insecure),
    /// A signature was promised, and is not there or is wrong. The answer is not given out.
    Bogus(Broken),
}

/// Why nobody has promised a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Insecure {
    /// No trust anchor is at or above the name.
    NoAnchor,
    /// A negative trust anchor turns validation off (RFC 7646).
    NegativeAnchor {
        /// From this name down.
        zone: Name,
    },
    /// The zone above has signed that it has no DS for this one (RFC 4035 §5.2).
    Unsigned {
        /// The zone without keys that count.
        zone: Name,
    },
    /// The zone signs with algorithms only that we cannot check (RFC 4035 §5.2).
    Algorithms {
        /// The zone.
        zone: Name,
        /// Their numbers.
        algorithms: Vec<u8>,
    },
    /// DS digests the keys in ways only that we cannot check (RFC 6840 §5.2).
    Digests {
        /// The zone.
        zone: Name,
        /// Their numbers.
        digests: Vec<u8>,
    },
    /// The zone's RSA keys are shorter than 1024 bits or longer than 8192, or have an exponent that is not used.
    KeySizes {
        /// The zone.
        zone: Name,
    },
    /// The zone has unsigned zones below that it does not name, and this could be one of them (RFC 5155 §6).
    OptOut {
        /// The name that may be the name of such a zone.
        name: Name,
    },
    /// The zone hashes names too often for us to follow (RFC 9276 §3.2).
    Iterations {
        /// The zone.
        zone: Name,
        /// How often.
        iterations: u16,
    },
}

impl Security {
    /// Whether the flag AD may be set.
    pub fn is_secure(&self) -> bool {
        matches!(self, Security::Secure)
    }

    /// Whether the answer must not be given out.
    pub fn is_bogus(&self) -> bool {
        matches!(self, Security::Bogus(_))
    }

    /// The code of the extended error that goes with it (RFC 8914 §4), if there is one.
    pub fn extended_error(&self) -> Option<u16> {
        match self {
            Security::Secure => None,
            Security::Insecure(insecure) => insecure.extended_error(),
            Security::Bogus(broken) => Some(broken.extended_error()),
        }
    }
}

impl Insecure {
    /// The code of the extended error that says so (RFC 8914 §4), if there is one.
    pub fn extended_error(&self) -> Option<u16> {
        match self {
            Insecure::Algorithms { .. } | Insecure::KeySizes { .. } => Some(1),
            Insecure::Digests { .. } => Some(2),
            Insecure::Iterations { .. } => Some(27),
            _ => None,
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Security::Secure => write!(f, "secure"),
            Security::Insecure(insecure) => write!(f, "insecure: {insecure}"),
            Security::Bogus(broken) => write!(f, "bogus: {broken}"),
        }
    }
}

/// Numbers with commas between them.
struct List<'a>(&'a [u8]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u8::to_string).collect();
        f.write_str(&numbers.join(", "))
    }
}

impl fmt::Display for Insecure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Insecure::NoAnchor => write!(f, "no trust anchor is at or above the name (RFC 4033 §5)"),
            Insecure::NegativeAnchor { zone } => {
                write!(f, "a negative trust anchor turns validation off from {} down", zone.with_dot())
            }
            Insecure::Unsigned { zone } => {
                write!(f, "the zone above has signed that {} has no DS (RFC 4035 §5.2)", zone.with_dot())
            }
            Insecure::Algorithms { zone, algorithms } => {
                let (zone, algorithms) = (zone.with_dot(), List(algorithms));
                write!(
                    f,
                    "{zone} signs with algorithms that are not known here: {algorithms} (RFC 4035 §5.2)"
                )
            }
            Insecure::Digests { zone, digests } => {
                let (zone, digests) = (zone.with_dot(), List(digests));
                write!(
                    f,
                    "the DS records of {zone} have digests that are not known here: {digests} (RFC 6840 §5.2)"
                )
            }
            Insecure::KeySizes { zone } => {
                write!(
                    f,
                    "the RSA keys of {} are shorter than 1024 bits, or otherwise not usable",
                    zone.with_dot()
                )
            }
            Insecure::OptOut { name } => {
                write!(
                    f,
                    "the zone names no unsigned zones, and {} may be one (RFC 5155 §6)",
                    name.with_dot()
                )
            }
            Insecure::Iterations { zone, iterations } => {
                write!(
                    f,
                    "{} hashes names {iterations} times more, which is too often (RFC 9276 §3.2)",
                    zone.with_dot()
                )
            }
        }
    }
}

/// [`Anchors::above`](super::Anchors::above) gives it where there is no anchor.
impl std::error::Error for Insecure {}
