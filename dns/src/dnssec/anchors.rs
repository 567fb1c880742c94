//! Trust anchors: keys that are trusted because somebody put them into a file (RFC 4035 §4.4), and names from which on
//! nothing is validated (RFC 7646).
//!
//! The text is that of a master file with DS and DNSKEY records, as IANA gives out the root's, and as unbound's
//! `trust-anchor-file` has it. Left out: the rollover of RFC 5011. Tested in `tests/dnssec/anchors.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::algorithm::ds_of;
use super::keys::may_sign;
use super::security::Insecure;
use crate::name::Name;
use crate::rdata::{Ds, RData};
use crate::record::Record;
use crate::record_type::RecordType;
use crate::zone_file::{Fault, ZoneFile};

/// The keys that are trusted, by zone.
///
/// ```
/// use barewire_dns::dnssec::Anchors;
/// use barewire_dns::Name;
/// // The root's key of 2017, as IANA has it.
/// let text = ". IN DS 20326 8 2 (E06D44B80B8F1D39A95C0B0D7C65D084\
///     58E880409BBC683457104237C7F8EC8D )";
/// let mut anchors = Anchors::parse(text)?;
/// let test = Name::parse_text("test")?;
/// anchors.except(test.clone());
/// let (zone, ds) = anchors.above(&Name::parse_text("www.example.com")?)?;
/// assert!(zone.is_root() && ds[0].key_tag == 20326);
/// let insecure = anchors.above(&Name::parse_text("www.test")?).unwrap_err();
/// assert_eq!(
///     insecure.to_string(),
///     "a negative trust anchor turns validation off from test. down"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors {
    zones: BTreeMap<Name, Vec<Ds>>,
    exceptions: BTreeSet<Name>,
}

/// Why a text has no trust anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorFault {
    /// An entry cannot be read.
    Text(Fault),
    /// A record that is not a key, nor the digest of one.
    Other {
        /// Its owner.
        owner: Name,
        /// Its type.
        rtype: RecordType,
    },
    /// A key that may not sign: it is revoked, or no key of a zone.
    MayNotSign {
        /// Its zone.
        owner: Name,
        /// Its number.
        key_tag: u16,
    },
    /// No record at all.
    Empty,
}

impl Anchors {
    /// Reads DS and DNSKEY records; names without a final dot are taken from the root.
    ///
    /// # Errors
    /// The first [`AnchorFault`]: a file with an error in it would trust less than its reader thinks.
    pub fn parse(text: &str) -> Result<Anchors, AnchorFault> {
        // A trust anchor needs no TTL, and the files have none.
        let text = format!("$TTL 0\n{text}");
        let file = ZoneFile::parse(text.as_bytes(), &Name::root());
        if let Some(fault) = file.faults.into_iter().next() {
            let line = fault.line.saturating_sub(1);
            return Err(AnchorFault::Text(Fault { line, ..fault }));
        }
        let mut anchors = Anchors::default();
        file.records.into_iter().try_for_each(|record| anchors.add(record))?;
        if anchors.zones.is_empty() { Err(AnchorFault::Empty) } else { Ok(anchors) }
    }

    /// Trusts a key, given as DS or DNSKEY.
    ///
    /// # Errors
    /// [`AnchorFault`], if the record is neither, or the key may not sign.
    pub fn add(&mut self, record: Record) -> Result<(), AnchorFault> {
        let owner = record.name;
        let ds = match record.data {
            RData::Ds(ds) => ds,
            RData::Dnskey(key) if may_sign(&key) => ds_of(&owner, &key),
            RData::Dnskey(key) => return Err(AnchorFault::MayNotSign { owner, key_tag: key.key_tag() }),
            other => return Err(AnchorFault::Other { owner, rtype: other.rtype() }),
        };
        let trusted = self.zones.entry(owner).or_default();
        if !trusted.contains(&ds) {
            trusted.push(ds);
        }
        Ok(())
    }

    /// Turns validation off from this name down: a negative trust anchor (RFC 7646 §2).
    pub fn except(&mut self, zone: Name) {
        self.exceptions.insert(zone);
    }

    /// The trust anchor from which the chain to a name begins: the nearest one at or above it. An anchor below a
    /// negative one counts (RFC 7646 §2).
    ///
    /// # Errors
    /// [`Insecure`], if there is none, or a negative one is as near.
    pub fn above(&self, name: &Name) -> Result<(&Name, &[Ds]), Insecure> {
        for above in name.ancestors() {
            if self.exceptions.contains(&above) {
                return Err(Insecure::NegativeAnchor { zone: above });
            }
            if let Some((zone, ds)) = self.zones.get_key_value(&above) {
                return Ok((zone, ds));
            }
        }
        Err(Insecure::NoAnchor)
    }

    /// The zones with trust anchors, in the order of their names.
    pub fn zones(&self) -> impl Iterator<Item = (&Name, &[Ds])> {
        self.zones.iter().map(|(zone, ds)| (zone, &ds[..]))
    }

    /// The names from which on nothing is validated.
    pub fn exceptions(&self) -> impl Iterator<Item = &Name> {
        self.exceptions.iter()
    }
}

impl fmt::Display for AnchorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnchorFault::Text(fault) => fault.fmt(f),
            AnchorFault::Other { owner, rtype } => {
                write!(f, "{} has {rtype}; a trust anchor is DS or DNSKEY (RFC 4035 §4.4)", owner.with_dot())
            }
            AnchorFault::MayNotSign { owner, key_tag } => {
                let owner = owner.with_dot();
                write!(f, "key {key_tag} of {owner} is revoked, or not a key of a zone (RFC 4034 §2.1.1)")
            }
            AnchorFault::Empty => write!(f, "the text has no DS or DNSKEY record (RFC 4035 §4.4)"),
        }
    }
}

impl std::error::Error for AnchorFault {}
