//! DNAME: a name below its owner is an alias of the same name below its target (RFC 6672 §2.2).
//!
//! ```text
//!   old.test DNAME new.test      www.old.test  is an alias of  www.new.test
//! ```
//!
//! Tested in `tests/resolver`.

use crate::name::Name;
use crate::rdata::RData;
use crate::record::Record;
use crate::rrset::RrSet;

/// The name that `name`, below the owner of a DNAME record, stands for; `None` if it would be too long.
pub(super) fn dname_target(dname: &RrSet, name: &Name) -> Option<Name> {
    let record = dname.records.first()?;
    let RData::Dname(target) = &record.data else { return None };
    let below = name.labels().count().checked_sub(record.name.labels().count())?;
    let labels: Vec<&[u8]> = name.labels().take(below).collect();
    labels.into_iter().rev().try_fold(target.clone(), |target, label| target.child(label))
}

/// The CNAME record that follows from a DNAME record (RFC 6672 §3.1).
pub(super) fn synthesised(dname: &RrSet, name: &Name, target: &Name) -> RrSet {
    let record = Record::new(name.clone(), dname.ttl(), RData::Cname(target.clone()));
    RrSet { records: vec![record], signatures: Vec::new() }
}
