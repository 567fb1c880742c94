//! Why records are not a zone that can be served: what was seen, and the rule against it.
//!
//! Tested in `tests/authority`, which reads every sentence below.

use std::fmt;

use crate::class::Class;
use crate::name::Name;
use crate::record_type::RecordType;

/// A fault of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneFault {
    /// Which of the records it was found at, counted from 0; `None` for what is missing.
    pub record: Option<usize>,
    /// The owner that it is about.
    pub owner: Name,
    /// What is wrong.
    pub unfit: Unfit,
}

/// What is wrong with a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// No SOA record, so nobody knows the zone's name.
    NoSoa,
    /// A second SOA record.
    SecondSoa,
    /// No NS record at the apex.
    NoNs,
    /// The name is not in the zone.
    OutOfZone {
        /// The zone's name.
        apex: Name,
    },
    /// A class that is not served.
    OtherClass(Class),
    /// CNAME and something else.
    AliasAndData(RecordType),
    /// Two records of a type that has one.
    Several(RecordType),
    /// DNAME at a cut.
    DnameAtCut,
    /// A name below one with DNAME.
    BelowDname {
        /// The owner of DNAME.
        dname: Name,
    },
    /// DS at the apex.
    DsAtApex,
    /// Records of one owner and type with different TTLs.
    Ttls(RecordType),
    /// A signature over records that are not there.
    SignsNothing(RecordType),
    /// A record that no message can hold.
    TooLong(RecordType),
    /// NSEC3, and nobody handed SHA-1 in.
    NoSha1,
    /// NSEC3 without NSEC3PARAM.
    NoNsec3param,
    /// NSEC3 with parameters other than those of the zone.
    OtherParameters,
    /// An owner of NSEC3 that is not a hash in base32 and the zone's name.
    NotAHash,
    /// A hash algorithm that is not SHA-1.
    HashAlgorithm(u8),
    /// More iterations of the hash than validators take.
    Iterations(u16),
}

/// Validators treat a zone with more as unsigned (RFC 9276 §3.2), and each costs the server time.
pub(super) const MAX_ITERATIONS: u16 = 150;

impl Unfit {
    /// The rule.
    pub fn rule(&self) -> &'static str {
        match self {
            Unfit::NoSoa | Unfit::SecondSoa => "RFC 1035 §5.2",
            Unfit::NoNs => "RFC 1034 §4.2.1",
            Unfit::OutOfZone { .. } => "RFC 1034 §4.2",
            Unfit::OtherClass(_) => "RFC 1035 §5.2",
            Unfit::AliasAndData(_) => "RFC 1034 §3.6.2",
            Unfit::Several(RecordType::DNAME) => "RFC 6672 §2.4",
            Unfit::Several(_) => "RFC 2181 §10.1",
            Unfit::DnameAtCut => "RFC 6672 §2.3",
            Unfit::BelowDname { .. } => "RFC 6672 §2.4",
            Unfit::DsAtApex => "RFC 4035 §2.4",
            Unfit::Ttls(_) => "RFC 2181 §5.2",
            Unfit::SignsNothing(_) => "RFC 4035 §2.2",
            Unfit::TooLong(_) => "RFC 1035 §4.2.2",
            Unfit::NoSha1 => "RFC 5155 §5",
            Unfit::NoNsec3param | Unfit::OtherParameters => "RFC 5155 §7.1",
            Unfit::NotAHash => "RFC 5155 §3",
            Unfit::HashAlgorithm(_) => "RFC 5155 §11",
            Unfit::Iterations(_) => "RFC 9276 §3.2",
        }
    }
}

impl fmt::Display for ZoneFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = self.owner.with_dot();
        match &self.unfit {
            Unfit::NoSoa => write!(f, "there is no SOA record, whose owner is the zone's name")?,
            Unfit::SecondSoa => write!(f, "{owner} has a second SOA record; a zone has one")?,
            Unfit::NoNs => write!(f, "{owner} has no NS record; the top of a zone names its servers")?,
            Unfit::OutOfZone { apex } => write!(f, "{owner} is not in the zone {}", apex.with_dot())?,
            Unfit::OtherClass(class) => {
                write!(f, "{owner} has a record of class {class}; here a zone is of class IN")?;
            }
            Unfit::AliasAndData(rtype) => {
                write!(f, "{owner} has CNAME and {rtype}; an alias has no other data")?;
            }
            Unfit::Several(rtype) => write!(f, "{owner} has several {rtype} records; a name has one")?,
            Unfit::DnameAtCut => {
                write!(f, "{owner} has DNAME and NS; only the top of a zone can have both")?;
            }
            Unfit::BelowDname { dname } => {
                write!(f, "{owner} is below {}, whose DNAME leads all such names away", dname.with_dot())?;
            }
            Unfit::DsAtApex => write!(f, "{owner} has DS, which belongs in the zone above")?,
            Unfit::Ttls(rtype) => {
                write!(f, "{owner} has {rtype} records with different TTLs; an RRset has one TTL")?;
            }
            Unfit::SignsNothing(rtype) => {
                write!(f, "{owner} has a signature over {rtype} records, and no such records")?;
            }
            Unfit::TooLong(rtype) => {
                write!(f, "{owner} has a {rtype} record that is too long for a message of 65535 bytes")?;
            }
            Unfit::NoSha1 => {
                write!(f, "{owner} is of type NSEC3, which needs SHA-1, and none was handed in")?
            }
            Unfit::NoNsec3param => {
                write!(
                    f,
                    "{owner} is of type NSEC3, but no NSEC3PARAM says how the zone's names are hashed"
                )?;
            }
            Unfit::OtherParameters => {
                write!(f, "{owner} hashes names in another way than NSEC3PARAM says; one way is served")?;
            }
            Unfit::NotAHash => {
                write!(
                    f,
                    "{owner} is of type NSEC3, but not a hash in base32 with the zone's name after it"
                )?;
            }
            Unfit::HashAlgorithm(number) => {
                write!(f, "{owner} hashes names with algorithm {number}; only 1, SHA-1, is defined")?;
            }
            Unfit::Iterations(count) => write!(
                f,
                "{owner} hashes each name {count} times more; validators take at most {MAX_ITERATIONS}"
            )?,
        }
        write!(f, " ({})", self.unfit.rule())
    }
}

impl std::error::Error for ZoneFault {}
