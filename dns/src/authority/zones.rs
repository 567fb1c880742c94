//! The zones of a server, by name.

use std::collections::BTreeMap;

use super::zone::Zone;
use crate::name::Name;
use crate::record_type::RecordType;

/// The zones of a server.
#[derive(Debug, Clone, Default)]
pub(super) struct Zones(pub(super) BTreeMap<Name, Zone>);

impl Zones {
    /// The zone for a question: the nearest, or for DS the one above, if we have it too: there DS stands
    /// (RFC 4035 §3.1.4.1).
    pub(super) fn for_question(&self, name: &Name, rtype: RecordType) -> Option<&Zone> {
        let nearest = self.nearest(name)?;
        if rtype != RecordType::DS || nearest.apex() != name {
            return Some(nearest);
        }
        let above = name.parent().and_then(|parent| self.nearest(&parent));
        above.or(Some(nearest))
    }

    /// "the zone which is the nearest ancestor to QNAME" (RFC 1034 §4.3.2, step 2).
    pub(super) fn nearest(&self, name: &Name) -> Option<&Zone> {
        name.ancestors().find_map(|name| self.0.get(&name))
    }
}
