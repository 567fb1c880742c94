//! How much work an answer may cost. An attacker can make a zone, and so chooses how many keys have the same tag, how
//! many signatures there are and how often names are hashed, and so could keep a validator busy for hours (KeyTrap,
//! CVE-2023-50387; NSEC3, CVE-2023-50868). So work is counted, and ends at a bound.
//!
//! Work is counted in operations and not in time: the same records have the same result on every machine. Tested in
//! `tests/dnssec/effort.rs`.

use std::fmt;

/// How much work is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Signatures that are checked, in all. One of P-384 counts as three, and so does one of an RSA key of more than
    /// 4096 bits: they take ten times as long as others.
    pub checks: u32,
    /// Checks that fail, in all: an honest zone has hardly any.
    pub failures: u32,
    /// Signatures of one RRset that are looked at.
    pub signatures: usize,
    /// Keys of one tag and algorithm that are tried for a signature, or for a DS record.
    pub same_tag: usize,
    /// Digests of keys that are compared with DS records, in all.
    pub digests: u32,
    /// Names that are hashed for NSEC3, in all. Each costs up to 151 times SHA-1.
    pub hashes: u32,
}

impl Default for Bounds {
    /// A question that follows eleven aliases through zones of five levels needs fewer than a hundred checks. Eight
    /// signatures for an RRset are unbound's bound. A reverse name for IPv6 has 34 labels, and so up to 36 hashes.
    fn default() -> Bounds {
        Bounds { checks: 128, failures: 16, signatures: 8, same_tag: 4, digests: 128, hashes: 64 }
    }
}

/// The work that was done for a question, and its bounds. One is used for the whole question, also where it takes
/// several zones and aliases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effort {
    bounds: Bounds,
    checks: u32,
    failures: u32,
    digests: u32,
    hashes: u32,
}

impl Effort {
    /// No work done, with these bounds.
    pub fn new(bounds: Bounds) -> Effort {
        Effort { bounds, ..Effort::default() }
    }

    /// The bounds.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// How many signatures were checked, counted as in [`Bounds::checks`].
    pub fn checks(&self) -> u32 {
        self.checks
    }

    /// How many of them did not match.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// How many keys were digested.
    pub fn digests(&self) -> u32 {
        self.digests
    }

    /// How many names were hashed.
    pub fn hashes(&self) -> u32 {
        self.hashes
    }

    /// A signature will be checked, which counts as so many.
    pub(super) fn check(&mut self, weight: u32) -> Result<(), Work> {
        if self.failures >= self.bounds.failures {
            return Err(Work::Failures);
        }
        spend(&mut self.checks, weight, self.bounds.checks, Work::Checks)
    }

    /// The signature did not match.
    pub(super) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// A key will be digested.
    pub(super) fn digest(&mut self) -> Result<(), Work> {
        spend(&mut self.digests, 1, self.bounds.digests, Work::Digests)
    }

    /// A name will be hashed.
    pub(super) fn hash(&mut self) -> Result<(), Work> {
        spend(&mut self.hashes, 1, self.bounds.hashes, Work::Hashes)
    }
}

/// Counts so many more, up to the bound.
fn spend(count: &mut u32, weight: u32, bound: u32, work: Work) -> Result<(), Work> {
    let spent = count.saturating_add(weight);
    if spent > bound {
        return Err(work);
    }
    *count = spent;
    Ok(())
}

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Checks of signatures.
    Checks,
    /// Checks of signatures that failed.
    Failures,
    /// Digests of keys.
    Digests,
    /// Hashes of names.
    Hashes,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Work::Checks => "it takes too many checks of signatures",
            Work::Failures => "too many signatures do not match",
            Work::Digests => "it takes too many digests of keys",
            Work::Hashes => "it takes too many hashes of names",
        })
    }
}
