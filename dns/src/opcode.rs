//! OPCODE: the kind of query, four bits of the header (RFC 1035 §4.1.1).
//!
//! Only QUERY is asked here; the others are named when they are seen. The numbers are IANA's registry "DNS OpCodes".
//! Tested in `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::Show;

/// The kind of query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opcode(pub u8);

impl Opcode {
    /// A standard query.
    pub const QUERY: Opcode = Opcode(0);

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
    (Opcode(4), "NOTIFY"),
    (Opcode(5), "UPDATE"),
    (Opcode(6), "DSO"),
];
