//! What a list of types says of a name, for NSEC and NSEC3 alike.

use crate::dnssec::broken::Flaw;
use crate::name::Name;
use crate::rdata::Types;
use crate::record_type::RecordType;

/// Whether the list is of a cut as the zone above sees it: it lists what the zone above has, and no more.
pub(super) fn is_cut(types: &Types) -> bool {
    types.contains(RecordType::NS) && !types.contains(RecordType::SOA)
}

/// Whether names below are not in the zone: they are in another one, or DNAME leads them away (RFC 6840 §4.1).
pub(super) fn hides_below(types: &Types) -> bool {
    is_cut(types) || types.contains(RecordType::DNAME)
}

/// Whether the list of a name shows that it has no such type.
pub(super) fn lack(types: &Types, rtype: RecordType, name: &Name) -> Result<(), Flaw> {
    let has = match rtype {
        // RFC 6840 §4.2: a question for all types has no answer only where there is nothing but the proof itself.
        RecordType::ANY => types.iter().any(|rtype| !matches!(rtype, RecordType::NSEC | RecordType::RRSIG)),
        _ => types.contains(rtype),
    };
    // RFC 6840 §4.3: with CNAME the answer would be the alias.
    if has || types.contains(RecordType::CNAME) {
        return Err(Flaw::Exists);
    }
    match rtype {
        // RFC 4035 §5.2: DS belongs to the zone above, and the root has none above.
        RecordType::DS if types.contains(RecordType::SOA) && !name.is_root() => Err(Flaw::ChildSide),
        RecordType::DS => Ok(()),
        _ if is_cut(types) => Err(Flaw::ParentSide { cut: Box::new(name.clone()) }),
        _ => Ok(()),
    }
}

/// Whether the list shows a cut to a zone that is not signed (RFC 6840 §4.4).
pub(super) fn show_unsigned_cut(types: &Types, name: &Name) -> Result<(), Flaw> {
    lack(types, RecordType::DS, name)?;
    if is_cut(types) { Ok(()) } else { Err(Flaw::NotACut) }
}
