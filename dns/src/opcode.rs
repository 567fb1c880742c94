//! OPCODE: the kind of query, four bits of the header (RFC 1035 §4.1.1).
//!
//! Only QUERY is asked here; the others are named when they are seen, and the sections of an UPDATE too. The numbers
//! are IANA's registry "DNS OpCodes". Tested in `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::Show;

/// The kind of query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opcode(pub u8);

impl Opcode {
    /// A standard query.
    pub const QUERY: Opcode = Opcode(0);

    /// The zone has changed (RFC 1996).
    pub const NOTIFY: Opcode = Opcode(4);
    /// A change to a zone (RFC 2136).
    pub const UPDATE: Opcode = Opcode(5);

    /// What the four sections of such a message are called: in an update they hold other things than in a query
    /// (RFC 2136 §2).
    pub(crate) fn sections(self) -> [&'static str; 4] {
        match self {
            Opcode::UPDATE => ["zone", "prerequisite", "update", "additional record"],
            _ => ["question", "answer record", "authority record", "additional record"],
        }
    }

    /// The mnemonic, or `OPCODEn`.
    pub fn name(self) -> String {
        let row = TABLE.iter().find(|(opcode, _)| *opcode == self);
        row.map_or_else(|| format!("OPCODE{}", self.0), |(_, name)| (*name).to_owned())
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Show for Opcode {
    fn show(&self) -> String {
        format!("{} ({})", self.name(), self.0)
    }
}

const TABLE: &[(Opcode, &str)] = &[
    (Opcode::QUERY, "QUERY"),
    (Opcode(1), "IQUERY"),
    (Opcode(2), "STATUS"),
    (Opcode::NOTIFY, "NOTIFY"),
    (Opcode::UPDATE, "UPDATE"),
    (Opcode(6), "DSO"),
];
