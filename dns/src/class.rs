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

    /// In multicast DNS the top bit of a class says something else. In a record: forget what you had for this name and
    /// type (cache-flush, RFC 6762 §10.2). In a question: answer me alone (RFC 6762 §5.4).
    pub const TOP_BIT: u16 = 0x8000;

    /// The class without the bit that multicast DNS puts on top of it.
    pub fn without_top_bit(self) -> Class {
        Class(self.0 & !Class::TOP_BIT)
    }

    /// The class of this mnemonic, in any case; `CLASSn` for any number.
    pub fn from_name(name: &str) -> Option<Class> {
        if let Some((class, _)) = TABLE.iter().find(|(_, mnemonic)| mnemonic.eq_ignore_ascii_case(name)) {
            return Some(*class);
        }
        let (prefix, digits) = name.split_at_checked(5)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        prefix.eq_ignore_ascii_case("CLASS").then_some(Class(number))
    }

    /// How the class of a record is shown; `top` says what the top bit means there.
    pub(crate) fn show_with(self, top: &str) -> String {
        let known = TABLE.iter().any(|(class, _)| *class == self.without_top_bit());
        match self.0 & Class::TOP_BIT {
            0 => self.show(),
            _ if known => format!("{}, {top} ({:#06x})", self.without_top_bit().name(), self.0),
            _ => self.show(),
        }
    }

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
