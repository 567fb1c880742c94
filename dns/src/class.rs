//! CLASS and QCLASS: which family of networks a record belongs to (RFC 1035 §3.2.4).
//!
//! Almost every record has class IN. The numbers are IANA's registry "DNS CLASSes". Tested in `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::Show;

/// The family of networks, almost always the Internet: CLASS and QCLASS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class(pub u16);

impl Class {
    /// The Internet.
    pub const IN: Class = Class(1);
    /// Chaosnet. Today servers tell their version in it (`version.bind CH TXT`).
    pub const CH: Class = Class(3);
    /// No class: in dynamic updates (RFC 2136 §2.4).
    pub const NONE: Class = Class(254);
    /// Any class: in questions and dynamic updates.
    pub const ANY: Class = Class(255);

    /// The mnemonic, or `CLASSn` (RFC 3597 §5).
    pub fn name(self) -> String {
        let row = TABLE.iter().find(|(class, _)| *class == self);
        row.map_or_else(|| format!("CLASS{}", self.0), |(_, name)| (*name).to_owned())
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Show for Class {
    fn show(&self) -> String {
        format!("{} ({})", self.name(), self.0)
    }
}

const TABLE: &[(Class, &str)] =
    &[(Class::IN, "IN"), (Class::CH, "CH"), (Class(4), "HS"), (Class::NONE, "NONE"), (Class::ANY, "ANY")];
