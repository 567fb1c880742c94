//! Step 3 of RFC 1034 §4.3.2, the way down: "Start matching down, label by label, in the zone." As RFC 4592 §3.3 and
//! RFC 6672 §3.2 changed it.

use super::claim::wildcard;
use super::node::Node;
use super::zone::Zone;
use crate::name::Name;
use crate::record_type::RecordType;

/// Where the way down ends.
pub(super) enum End<'z> {
    /// a: the whole name is matched. An empty non-terminal has no node.
    Whole(Option<&'z Node>),
    /// b: a cut, where the authoritative data ends.
    Cut(&'z Name, &'z Node),
    /// c: a match is impossible, and the last label matched has a DNAME record (RFC 6672 §3.2).
    Dname(&'z Name, &'z Node),
    /// c: a match is impossible, and the "*" label exists.
    Wildcard {
        /// The records of the wildcard.
        node: Option<&'z Node>,
        /// The last label matched: the closest encloser.
        encloser: Name,
    },
    /// c: a match is impossible, and the "*" label does not exist.
    Nothing {
        /// The closest encloser.
        encloser: Name,
    },
}

/// Goes down from the apex to `name`, as far as names exist.
pub(super) fn match_down<'z>(zone: &'z Zone, name: &Name, rtype: RecordType) -> End<'z> {
    // book: way-down
    // exercise: dns08
    // instead: let _ = rtype;
    // instead: End::Whole(zone.node(name).map(|(_, node)| node))
    let mut above: Vec<Name> = name.ancestors().take_while(|name| name.is_within(zone.apex())).collect();
    let mut encloser = zone.apex().clone();
    while let Some(here) = above.pop() {
        let (is_whole, found) = (above.is_empty(), zone.node(&here));
        if let Some((owner, node)) = found {
            if is_cut(zone, owner, node) && !(is_whole && rtype == RecordType::DS) {
                return End::Cut(owner, node);
            }
            if !is_whole && node.has(RecordType::DNAME) {
                return End::Dname(owner, node);
            }
        }
        if !zone.exists(&here) {
            return impossible(zone, encloser);
        }
        encloser = here;
    }
    End::Whole(zone.node(name).map(|(_, node)| node))
    // exercise: end
    // book: end
}

/// "a node with NS RRs marking cuts along the bottom of a zone". DS at a cut belongs to the zone above
/// (RFC 4035 §3.1.4.1), so a question for it goes no further.
fn is_cut(zone: &Zone, owner: &Name, node: &Node) -> bool {
    node.has(RecordType::NS) && owner != zone.apex()
}

/// "c. If at some label, a match is impossible [..] look to see if a the "*" label exists." It exists also as an empty
/// non-terminal, without a node.
fn impossible<'z>(zone: &'z Zone, encloser: Name) -> End<'z> {
    match wildcard(&encloser).filter(|wildcard| zone.exists(wildcard)) {
        Some(wildcard) => End::Wildcard { node: zone.node(&wildcard).map(|(_, node)| node), encloser },
        None => End::Nothing { encloser },
    }
}
