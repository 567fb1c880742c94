//! From records to a zone, with the checks that the rules of a zone ask for. All faults are collected, so that one run
//! shows everything that is to be mended.
//!
//! Records that are there twice count once (RFC 2181 §5). Glue that is missing, servers that are aliases, and names
//! below a cut are not looked for: a server can answer all the same. Tested in `tests/authority`.

use std::collections::BTreeMap;

use super::denial::Denial;
use super::fault::{Unfit, ZoneFault};
use super::node::Node;
use super::nsec3::{Chain, Sha1};
use super::zone::Zone;
use crate::class::Class;
use crate::compress::Writer;
use crate::name::Name;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// The most bytes of a record in a message: the header, the longest question and an OPT record need some too.
const MAX_RECORD: usize = 65_535 - 12 - 259 - 11;

impl Zone {
    /// The zone of these records, in any order. SOA says what its name is. `sha1` is needed for a zone with NSEC3.
    ///
    /// # Errors
    /// All reasons why these records are not a zone that can be served.
    ///
    /// ```
    /// use barewire_dns::authority::Zone;
    /// use barewire_dns::zone_file::ZoneFile;
    /// use barewire_dns::Name;
    /// let head = "$TTL 1h\n@ SOA ns1 joe 7 2h 1h 2w 5m\n@ NS ns1\nns1 A 203.0.113.53\n";
    /// let text = format!("{head}www CNAME ns1\nwww A 203.0.113.80\n");
    /// let records = ZoneFile::parse(text.as_bytes(), &Name::parse_text("example.test")?).records;
    /// let faults = Zone::new(records, None).unwrap_err();
    /// assert_eq!(
    ///     faults[0].to_string(),
    ///     "www.example.test. has CNAME and A; an alias has no other data (RFC 1034 §3.6.2)"
    /// );
    /// assert_eq!(faults[0].record, Some(4)); // counted from 0: the A record
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(records: Vec<Record>, sha1: Option<Sha1>) -> Result<Zone, Vec<ZoneFault>> {
        zone(records, sha1)
    }
}

fn zone(records: Vec<Record>, sha1: Option<Sha1>) -> Result<Zone, Vec<ZoneFault>> {
    let Some(apex) = apex(&records) else {
        return Err(vec![ZoneFault { record: None, owner: Name::root(), unfit: Unfit::NoSoa }]);
    };
    let chain = Chain::of(&apex, &records, sha1);
    let mut building = Building { apex, nodes: BTreeMap::new(), chain, faults: Vec::new() };
    let (signatures, data): (Vec<_>, Vec<_>) =
        records.into_iter().enumerate().partition(|(_, record)| record.rtype() == RecordType::RRSIG);
    data.into_iter().for_each(|(at, record)| building.data(at, record));
    signatures.into_iter().for_each(|(at, record)| building.signature(at, record));
    building.finish()
}

/// The owner of the first SOA record.
fn apex(records: &[Record]) -> Option<Name> {
    records.iter().find(|record| record.rtype() == RecordType::SOA).map(|soa| soa.name.clone())
}

/// A zone that is being put together.
struct Building {
    apex: Name,
    nodes: BTreeMap<Name, Node>,
    chain: Option<Chain>,
    faults: Vec<ZoneFault>,
}

impl Building {
    /// Takes a record that is not a signature.
    fn data(&mut self, at: usize, record: Record) {
        let unfit = self.belongs(&record).or_else(|| match &record.data {
            RData::Nsec3(_) => None,
            _ => self.fits_beside_others(&record),
        });
        if let Some(unfit) = unfit {
            return self.fault(at, &record.name, unfit);
        }
        let place = match &record.data {
            RData::Nsec3(nsec3) => match Chain::place(&mut self.chain, &self.apex, &record.name, nsec3) {
                Ok(set) => set,
                Err(unfit) => return self.fault(at, &record.name, unfit),
            },
            _ => {
                let node = self.nodes.entry(record.name.clone()).or_default();
                node.sets.entry(record.rtype()).or_default()
            }
        };
        if place.records.first().is_some_and(|first| first.ttl != record.ttl) {
            let rtype = record.rtype();
            return self.fault(at, &record.name, Unfit::Ttls(rtype));
        }
        if !place.records.iter().any(|other| other.data == record.data) {
            place.records.push(record);
        }
    }

    /// Takes an RRSIG record. It stands with what it covers.
    fn signature(&mut self, at: usize, record: Record) {
        let RData::Rrsig(rrsig) = &record.data else { return };
        let covered = rrsig.covered;
        if let Some(unfit) = self.belongs(&record) {
            return self.fault(at, &record.name, unfit);
        }
        let set = match covered {
            RecordType::NSEC3 => self.chain.as_mut().and_then(|chain| chain.set_of(&record.name)),
            _ => self.nodes.get_mut(&record.name).and_then(|node| node.sets.get_mut(&covered)),
        };
        match set {
            None => self.fault(at, &record.name, Unfit::SignsNothing(covered)),
            Some(set) if set.signatures.contains(&record) => {}
            Some(set) => set.signatures.push(record),
        }
    }

    /// What a record must be, whatever stands beside it.
    fn belongs(&self, record: &Record) -> Option<Unfit> {
        if record.class != Class::IN {
            return Some(Unfit::OtherClass(record.class));
        }
        if !record.name.is_within(&self.apex) {
            return Some(Unfit::OutOfZone { apex: self.apex.clone() });
        }
        let mut alone = Writer::new();
        record.write(&mut alone);
        let fits = alone.finish().is_ok_and(|bytes| bytes.len() <= MAX_RECORD);
        (!fits).then(|| Unfit::TooLong(record.rtype()))
    }

    /// What a record may not stand beside.
    fn fits_beside_others(&self, record: &Record) -> Option<Unfit> {
        let (rtype, at_apex) = (record.rtype(), record.name == self.apex);
        if rtype == RecordType::SOA && !at_apex {
            return Some(Unfit::SecondSoa);
        }
        if rtype == RecordType::DS && at_apex {
            return Some(Unfit::DsAtApex);
        }
        let node = self.nodes.get(&record.name)?;
        let another =
            |wanted| node.set(wanted).is_some_and(|set| set.records.iter().any(|one| one != record));
        if let Some(other) = other_than_alias(node, rtype) {
            return Some(Unfit::AliasAndData(other));
        }
        let cut =
            |other| !at_apex && rtype.max(other) == RecordType::DNAME && rtype.min(other) == RecordType::NS;
        if node.sets.keys().any(|other| cut(*other)) {
            return Some(Unfit::DnameAtCut);
        }
        match rtype {
            RecordType::SOA if another(RecordType::SOA) => Some(Unfit::SecondSoa),
            RecordType::CNAME | RecordType::DNAME if another(rtype) => Some(Unfit::Several(rtype)),
            _ => None,
        }
    }

    fn fault(&mut self, at: usize, owner: &Name, unfit: Unfit) {
        self.faults.push(ZoneFault { record: Some(at), owner: owner.clone(), unfit });
    }

    /// What only the whole zone shows.
    fn finish(mut self) -> Result<Zone, Vec<ZoneFault>> {
        self.below_dname();
        let top = self.nodes.get(&self.apex).cloned().unwrap_or_default();
        if !top.has(RecordType::NS) {
            self.faults.push(ZoneFault { record: None, owner: self.apex.clone(), unfit: Unfit::NoNs });
        }
        if !self.faults.is_empty() {
            self.faults.sort_by_key(|fault| fault.record.map_or(usize::MAX, |at| at));
            return Err(self.faults);
        }
        let soa = top.set(RecordType::SOA).cloned().unwrap_or_default();
        Ok(Zone {
            negative_soa: negative(&soa),
            denial: Denial::of(&self.nodes, self.chain),
            nodes: self.nodes,
            apex: self.apex,
            transfer: false,
        })
    }

    /// "Resource records MUST NOT exist at any subdomain of the owner of a DNAME RR" (RFC 6672 §2.4).
    fn below_dname(&mut self) {
        let mut last: Option<&Name> = None;
        // In the order of names, what is below a name follows it at once.
        for (name, node) in &self.nodes {
            if let Some(dname) = last.filter(|dname| name.is_within(dname)) {
                let unfit = Unfit::BelowDname { dname: dname.clone() };
                self.faults.push(ZoneFault { record: None, owner: name.clone(), unfit });
            } else if node.has(RecordType::DNAME) {
                last = Some(name);
            }
        }
    }
}

/// A type that cannot be at a name with CNAME, if `rtype` would bring the two together. NSEC may be there
/// (RFC 4034 §4).
fn other_than_alias(node: &Node, rtype: RecordType) -> Option<RecordType> {
    let is_data = |rtype: &RecordType| !matches!(*rtype, RecordType::CNAME | RecordType::NSEC);
    if rtype == RecordType::CNAME {
        return node.sets.keys().copied().find(is_data);
    }
    Some(rtype).filter(|rtype| is_data(rtype) && node.has(RecordType::CNAME))
}

/// SOA as a negative answer has it: its TTL says for how long the answer may be kept, "the minimum of the MINIMUM field
/// of the SOA record and the TTL of the SOA itself" (RFC 2308 §3).
fn negative(soa: &RrSet) -> RrSet {
    let minimum = soa.records.first().and_then(|record| match &record.data {
        RData::Soa(soa) => Some(soa.minimum),
        _ => None,
    });
    soa.with_ttl_up_to(minimum.unwrap_or_default())
}
