//! RRsets: the records of one owner and one type, which are only ever sent together (RFC 2181 §5).
//!
//! A signature covers a whole RRset, a cache keeps it whole, and it has one TTL. Tested where they are used: in
//! `tests/authority`, and in the tests of the cache and of the resolver.

use std::collections::HashMap;

use crate::class::Class;
use crate::name::Name;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;

/// The records of one owner and one type, and the signatures over them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RrSet {
    /// The records.
    pub records: Vec<Record>,
    /// RRSIG records that cover the type (RFC 4035 §2.2).
    pub signatures: Vec<Record>,
}

impl RrSet {
    /// The RRsets of a section, in the order of the message. Signatures go to the set that they cover; those that cover
    /// none of the section are left out.
    ///
    /// ```
    /// use barewire_dns::{Name, RecordType, RrSet};
    /// use barewire_dns::zone_file::ZoneFile;
    /// let text = b"www 60 A 192.0.2.1\nwww 60 A 192.0.2.2\nwww 60 AAAA 2001:db8::1\n";
    /// let records = ZoneFile::parse(text, &Name::parse_text("example.test")?).records;
    /// let sets = RrSet::group(&records);
    /// assert_eq!(sets.len(), 2);
    /// assert_eq!(sets[0].rtype(), Some(RecordType::A));
    /// assert_eq!(sets[0].records.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn group(records: &[Record]) -> Vec<RrSet> {
        let mut sets: Vec<RrSet> = Vec::new();
        let mut places = HashMap::new();
        let covered = |record: &Record| match &record.data {
            RData::Rrsig(rrsig) => Some(rrsig.covered),
            _ => None,
        };
        for record in records.iter().filter(|record| covered(record).is_none()) {
            let place = *places.entry((&record.name, record.class, record.rtype())).or_insert_with(|| {
                sets.push(RrSet::default());
                sets.len() - 1
            });
            if let Some(set) = sets.get_mut(place) {
                set.records.push(record.clone());
            }
        }
        for record in records {
            let place = covered(record).and_then(|rtype| places.get(&(&record.name, record.class, rtype)));
            if let Some(set) = place.and_then(|place| sets.get_mut(*place)) {
                set.signatures.push(record.clone());
            }
        }
        sets
    }

    /// The owner; `None` if there are no records.
    pub fn name(&self) -> Option<&Name> {
        self.records.first().map(|record| &record.name)
    }

    /// The type; `None` if there are no records.
    pub fn rtype(&self) -> Option<RecordType> {
        self.records.first().map(Record::rtype)
    }

    /// The class; IN if there are no records.
    pub fn class(&self) -> Class {
        self.records.first().map_or(Class::IN, |record| record.class)
    }

    /// For how many seconds the set may be kept: the lowest TTL of its records, because they should all be the same
    /// (RFC 2181 §5.2).
    pub fn ttl(&self) -> u32 {
        self.records.iter().map(Record::ttl_seconds).min().unwrap_or(0)
    }

    /// Whether two sets have the same records and signatures, whatever their TTLs.
    pub(crate) fn is_same(&self, other: &RrSet) -> bool {
        let same = |(one, other): (&Record, &Record)| one.name == other.name && one.data == other.data;
        self.records.len() == other.records.len()
            && self.signatures.len() == other.signatures.len()
            && self.all().zip(other.all()).all(same)
    }

    /// Records and signatures.
    pub fn all(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().chain(&self.signatures)
    }

    /// The same with a TTL of at most so many seconds. The signatures get it too: RFC 4034 §3 wants the same TTL for
    /// both.
    pub fn with_ttl_up_to(&self, seconds: u32) -> RrSet {
        // book: with-ttl
        let lowered = |record: &Record| Record { ttl: record.ttl_seconds().min(seconds), ..record.clone() };
        RrSet {
            records: self.records.iter().map(lowered).collect(),
            signatures: self.signatures.iter().map(lowered).collect(),
        }
        // book: end
    }
}
