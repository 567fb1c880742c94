//! The links of a chain of trust that hold, as they are found: from the trust anchor down.

use std::fmt;

use crate::dnssec::Insecure;
use crate::name::Name;
use crate::record_type::RecordType;

/// A link of the chain of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustLink {
    /// The chain begins here: these keys are trusted.
    Anchor {
        /// The zone.
        zone: Name,
        /// The tags of these keys.
        key_tags: Vec<u16>,
    },
    /// The zone above has signed which keys are this zone's.
    Ds {
        /// The zone.
        zone: Name,
        /// The zone above.
        parent: Name,
        /// The key of the zone above that has signed.
        by: u16,
        /// The keys that DS names.
        key_tags: Vec<u16>,
    },
    /// A key that DS names has signed all keys of the zone.
    Keys {
        /// The zone.
        zone: Name,
        /// The key that has signed.
        by: u16,
        /// All its keys.
        key_tags: Vec<u16>,
    },
    /// How the zone stands was found out for an earlier question.
    Known {
        /// The zone.
        zone: Name,
        /// Whether it has keys that are proven.
        signed: bool,
    },
    /// A key of the zone has signed a record set.
    Signed {
        /// The owner of the records.
        name: Name,
        /// Their type.
        rtype: RecordType,
        /// The zone.
        zone: Name,
        /// The key.
        key_tag: u16,
        /// For how many seconds they may be kept.
        seconds: u32,
    },
    /// Signed records show that a name, or a type at it, does not exist.
    Absent {
        /// The name that is not there.
        name: Name,
        /// The type; `None` if the name itself does not exist.
        rtype: Option<RecordType>,
        /// The zone that has signed that.
        zone: Name,
    },
    /// From this zone down nobody has promised a signature.
    Unsigned {
        /// The zone.
        zone: Name,
        /// Why nobody has.
        why: Insecure,
    },
    /// No zone begins at this name.
    NotAZone {
        /// The name.
        name: Name,
        /// The zone that has signed that.
        zone: Name,
    },
}

impl fmt::Display for TrustLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrustLink::Anchor { zone, key_tags } => {
                write!(f, "trusts {} of {}, by the trust anchor", keys(key_tags), zone.with_dot())
            }
            TrustLink::Ds { zone, parent, by, key_tags } => {
                let (zone, parent, named) = (zone.with_dot(), parent.with_dot(), keys(key_tags));
                write!(f, "key {by} of {parent} has signed DS of {zone}, which names {named}")
            }
            TrustLink::Keys { zone, by, key_tags } => {
                write!(f, "key {by} of {} has signed its DNSKEY: {}", zone.with_dot(), keys(key_tags))
            }
            TrustLink::Known { zone, signed: true } => {
                write!(f, "the keys of {} are proven already", zone.with_dot())
            }
            TrustLink::Known { zone, signed: false } => {
                write!(f, "about {} it is known already how it stands", zone.with_dot())
            }
            TrustLink::Signed { name, rtype, zone, key_tag, seconds } => {
                let zone = zone.with_dot();
                write!(f, "key {key_tag} of {zone} has signed {name} {}, {seconds} s", rtype.name())
            }
            TrustLink::Absent { name, rtype: None, zone } => {
                write!(f, "{} has signed that there is no name {name}", zone.with_dot())
            }
            TrustLink::Absent { name, rtype: Some(rtype), zone } => {
                write!(f, "{} has signed that {name} has no {}", zone.with_dot(), rtype.name())
            }
            TrustLink::Unsigned { zone, why } => {
                write!(f, "nothing from {} down is signed: {why}", zone.with_dot())
            }
            TrustLink::NotAZone { name, zone } => {
                write!(f, "{} has signed that no zone begins at {name}", zone.with_dot())
            }
        }
    }
}

/// `key 1234`, or `keys 1234 and 5678`.
fn keys(tags: &[u16]) -> String {
    let tags: Vec<String> = tags.iter().map(u16::to_string).collect();
    match &tags[..] {
        [one] => format!("key {one}"),
        [] => "no key".to_owned(),
        [most @ .., last] => format!("keys {} and {last}", most.join(", ")),
    }
}
