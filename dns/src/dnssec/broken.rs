//! The link of the chain that broke: which records, and what is wrong with them.
//!
//! Each [`Flaw`] has a rule and a code of RFC 8914 §4. Tested in `tests/dnssec`, which reads every sentence below.

use std::fmt;

use super::effort::Work;
use crate::name::Name;
use crate::record_type::RecordType;
use crate::text::algorithm::algorithm_name;
use crate::text::time::moment_text;

/// A link of the chain that broke. The answer that depends on it is bogus (RFC 4035 §4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The zone whose keys should prove the records.
    pub zone: Name,
    /// The owner of the records, or the name whose absence should be proven.
    pub owner: Name,
    /// Their type.
    pub rtype: RecordType,
    /// What is wrong.
    pub reason: Flaw,
}

/// What is wrong with records, or with the proof that there are none. The order is that of the checks: of several
/// signatures the one that came farthest is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// No signature covers the records.
    NoSignature,
    /// The records are not one RRset, or none.
    NotOneSet,
    /// The signature is not of the zone that has the records.
    Signer {
        /// Who signed.
        signer: Box<Name>,
    },
    /// The signature counts more labels than the owner has, or fewer than the zone.
    Labels {
        /// How many.
        labels: u8,
    },
    /// The signature is of an algorithm that is not known here.
    Algorithm {
        /// Its number.
        algorithm: u8,
    },
    /// The signature ends before it begins.
    ExpiresBeforeValid {
        /// When it begins: seconds since 1970, modulo 2³².
        inception: u32,
        /// When it ends.
        expiration: u32,
    },
    /// The signature holds no more.
    Expired {
        /// Until when it held.
        expiration: u32,
    },
    /// The signature does not hold yet.
    NotYetValid {
        /// From when on it will hold.
        inception: u32,
    },
    /// The zone has no such key.
    NoKey {
        /// The key that the signature names.
        key_tag: u16,
        /// Its algorithm.
        algorithm: u8,
    },
    /// The records cannot be written.
    NotWritable,
    /// The signature was not made by this key over these records.
    Mismatch {
        /// The key.
        key_tag: u16,
    },
    /// There are no DNSKEY records, though the zone above has DS.
    NoDnskey,
    /// DS names keys, and none of them is among the DNSKEY records.
    NoKeyOfDs {
        /// The tags of the keys that DS names.
        key_tags: Vec<u16>,
    },
    /// The key that DS names is not a key of the zone.
    NotAZoneKey {
        /// The key.
        key_tag: u16,
    },
    /// The key that DS names is revoked.
    Revoked {
        /// The key.
        key_tag: u16,
    },
    /// No record proves that something does not exist.
    NoDenial,
    /// A record says that the name or type does exist.
    Exists,
    /// No record says that this name does not exist.
    NotCovered {
        /// The name.
        name: Box<Name>,
    },
    /// No record shows which name above the one in question exists.
    NoEncloser,
    /// The wildcard that was expanded is not the one nearest to the name.
    OtherWildcard {
        /// The name above the wildcard that is nearest.
        encloser: Box<Name>,
    },
    /// The proof is from the zone above the cut, which knows nothing of what is below.
    ParentSide {
        /// The cut.
        cut: Box<Name>,
    },
    /// The proof is from the zone itself, and DS belongs to the zone above.
    ChildSide,
    /// No zone begins at the name.
    NotACut,
    /// The work had no end.
    TooMuchWork(Work),
}

impl Broken {
    /// The code of the extended error (RFC 8914 §4).
    pub fn extended_error(&self) -> u16 {
        self.reason.extended_error()
    }
}

impl Flaw {
    /// The code of the extended error (RFC 8914 §4); 6, DNSSEC Bogus, where no other fits.
    pub fn extended_error(&self) -> u16 {
        match self {
            Flaw::Expired { .. } => 7,
            Flaw::NotYetValid { .. } => 8,
            Flaw::NoKey { .. } | Flaw::NoDnskey | Flaw::NoKeyOfDs { .. } => 9,
            Flaw::NoSignature => 10,
            Flaw::NotAZoneKey { .. } => 11,
            Flaw::NoDenial | Flaw::NotCovered { .. } | Flaw::NoEncloser => 12,
            Flaw::ExpiresBeforeValid { .. } => 25,
            _ => 6,
        }
    }

    /// The rule that is broken.
    pub fn rule(&self) -> &'static str {
        match self {
            Flaw::NoSignature => "RFC 4035 §2.2",
            Flaw::NotOneSet | Flaw::Signer { .. } | Flaw::Labels { .. } | Flaw::NoKey { .. } => {
                "RFC 4035 §5.3.1"
            }
            Flaw::ExpiresBeforeValid { .. } | Flaw::Expired { .. } | Flaw::NotYetValid { .. } => {
                "RFC 4035 §5.3.1"
            }
            Flaw::Algorithm { .. } => "RFC 4035 §5.2",
            Flaw::NotWritable => "RFC 4034 §6.2",
            Flaw::Mismatch { .. } => "RFC 4035 §5.3.3",
            Flaw::NoDnskey | Flaw::NoKeyOfDs { .. } | Flaw::NotAZoneKey { .. } => "RFC 4035 §5.2",
            Flaw::Revoked { .. } => "RFC 5011 §2.1",
            Flaw::NoDenial | Flaw::Exists | Flaw::NotCovered { .. } => "RFC 4035 §5.4",
            Flaw::NoEncloser => "RFC 5155 §8.3",
            Flaw::OtherWildcard { .. } => "RFC 4035 §5.3.4",
            Flaw::ParentSide { .. } => "RFC 6840 §4.1",
            Flaw::ChildSide | Flaw::NotACut => "RFC 6840 §4.4",
            Flaw::TooMuchWork(_) => "RFC 4033 §12",
        }
    }

    /// How far the checks came: the order of the list.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Flaw::NoSignature => 0,
            Flaw::NotOneSet => 1,
            Flaw::Signer { .. } => 2,
            Flaw::Labels { .. } => 3,
            Flaw::Algorithm { .. } => 4,
            Flaw::ExpiresBeforeValid { .. } => 5,
            Flaw::NoKey { .. } => 6,
            Flaw::Expired { .. } | Flaw::NotYetValid { .. } => 7,
            Flaw::Mismatch { .. } => 8,
            _ => 9,
        }
    }
}

/// `www.example.test. A of the zone example.test.: the signature by key 2642 does not match (RFC 4035 §5.3.3)`
impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (owner, zone) = (self.owner.with_dot(), self.zone.with_dot());
        write!(f, "{owner} {}, in the zone {zone}: {}", self.rtype, self.reason)
    }
}

impl std::error::Error for Broken {}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::NoSignature => write!(f, "no signature covers the records, and the zone is signed")?,
            Flaw::NotOneSet => write!(f, "the records are not of one owner, type and class")?,
            Flaw::Signer { signer } => {
                write!(f, "{} signed, which is not the zone that has the records", signer.with_dot())?;
            }
            Flaw::Labels { labels } => {
                write!(f, "a signature for a name of {labels} labels cannot be for this one")?
            }
            Flaw::Algorithm { algorithm } => {
                write!(f, "the signatures are of algorithm {algorithm}, which is not known here")?;
            }
            Flaw::ExpiresBeforeValid { inception, expiration } => {
                let (from, until) = (moment_text(*inception), moment_text(*expiration));
                write!(f, "the signature holds from {from} until {until}, which is earlier")?;
            }
            Flaw::Expired { expiration } => {
                write!(f, "the signature held until {}", moment_text(*expiration))?
            }
            Flaw::NotYetValid { inception } => {
                write!(f, "the signature holds from {} on, which is not yet", moment_text(*inception))?;
            }
            Flaw::NoKey { key_tag, algorithm } => {
                let algorithm = algorithm_name(*algorithm);
                write!(f, "key {key_tag} of {algorithm} signed, and the zone has no such key")?;
            }
            Flaw::NotWritable => {
                write!(f, "the records have no form on the wire, so no signature is over it")?
            }
            Flaw::Mismatch { key_tag } => {
                write!(f, "the signature by key {key_tag} does not match the records")?;
            }
            Flaw::NoDnskey => write!(f, "there are no DNSKEY records, though the zone above has DS")?,
            Flaw::NoKeyOfDs { key_tags } => {
                let tags: Vec<String> = key_tags.iter().map(u16::to_string).collect();
                write!(f, "DS names key {}, and the zone has no key with this digest", tags.join(", "))?;
            }
            Flaw::NotAZoneKey { key_tag } => {
                write!(f, "key {key_tag}, which DS names, has not the flag of a key of the zone")?;
            }
            Flaw::Revoked { key_tag } => write!(f, "key {key_tag}, which DS names, is revoked")?,
            Flaw::NoDenial => write!(f, "no record proves that it does not exist")?,
            Flaw::Exists => write!(f, "a signed record says that it exists")?,
            Flaw::NotCovered { name } => {
                write!(f, "no record proves that {} does not exist", name.with_dot())?;
            }
            Flaw::NoEncloser => write!(f, "no record shows which name above it exists")?,
            Flaw::OtherWildcard { encloser } => {
                write!(
                    f,
                    "the wildcard for the name is the one below {}, and it was not that",
                    encloser.with_dot()
                )?;
            }
            Flaw::ParentSide { cut } => {
                write!(f, "the proof is of the zone above {}, and says nothing of below", cut.with_dot())?;
            }
            Flaw::ChildSide => write!(f, "the proof is of the zone itself, and the zone above has DS")?,
            Flaw::NotACut => write!(f, "the proof shows that no zone begins there")?,
            Flaw::TooMuchWork(work) => write!(f, "{work}, which is more than an honest zone needs")?,
        }
        write!(f, " ({})", self.rule())
    }
}

impl From<Work> for Flaw {
    fn from(work: Work) -> Flaw {
        Flaw::TooMuchWork(work)
    }
}
