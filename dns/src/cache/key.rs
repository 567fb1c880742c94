//! What an entry is found by: a shelf, a name that is turned round, and a type.
//!
//! ```text
//!   www.Example.test        the name
//!   test. example. www.     turned round and in lower case; a zero byte ends each label
//! ```
//!
//! So the order of the bytes is the order of names (RFC 4034 §6.1): a zone stands before all names in it, and the names
//! of a zone stand together. A name in a zone begins with the bytes of the zone. Zero bytes in labels, which are
//! allowed, are written in two bytes. Tested in `tests/cache/order.rs`.

use std::sync::Arc;

use crate::name::Name;
use crate::record_type::RecordType;

/// Which kind of entry it is. Glue stands on another shelf than answers, so it cannot be taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shelf {
    /// The servers of a zone, as the zone above named them.
    Cuts,
    /// What there is of a name and a type.
    Answers,
    /// The name does not exist.
    Missing,
    /// Secure NSEC records: which names follow each other in a zone.
    Spans,
    /// Secure SOA records of the zones with such spans.
    Starts,
}

/// What an entry is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) shelf: Shelf,
    /// Shared between the two maps that hold the key.
    pub(super) name: Arc<[u8]>,
    pub(super) rtype: RecordType,
}

impl Key {
    pub(super) fn cut(zone: &Name) -> Key {
        Key { shelf: Shelf::Cuts, name: turned_round(zone).into(), rtype: RecordType::NS }
    }

    pub(super) fn answer(name: &Name, rtype: RecordType) -> Key {
        Key { shelf: Shelf::Answers, name: turned_round(name).into(), rtype }
    }

    pub(super) fn span(name: &Name) -> Key {
        Key { shelf: Shelf::Spans, name: turned_round(name).into(), rtype: RecordType::NSEC }
    }

    pub(super) fn start(zone: &Name) -> Key {
        Key { shelf: Shelf::Starts, name: turned_round(zone).into(), rtype: RecordType::SOA }
    }

    /// The same name on the shelf of the names that do not exist. There the type is always the same.
    pub(super) fn missing(&self) -> Key {
        Key { shelf: Shelf::Missing, name: self.name.clone(), rtype: RecordType::ANY }
    }
}

/// The labels from right to left.
fn turned_round(name: &Name) -> Vec<u8> {
    let labels: Vec<&[u8]> = name.labels().collect();
    let mut bytes = Vec::with_capacity(name.as_wire().len());
    for label in labels.iter().rev() {
        for byte in label.iter().map(u8::to_ascii_lowercase) {
            match byte {
                0 | 1 => bytes.extend([1, byte + 1]),
                _ => bytes.push(byte),
            }
        }
        bytes.push(0);
    }
    bytes
}
