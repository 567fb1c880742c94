//! TYPE and QTYPE: what a record holds, or what a question asks for (RFC 1035 §3.2.2 and §3.2.3).
//!
//! A type is a number first and a name second. A number without a name here is kept as it came, and gets the name that
//! RFC 3597 §5 makes for it: `TYPE65280`. [`Class`](crate::Class), [`Opcode`](crate::Opcode) and
//! [`Rcode`](crate::Rcode) work in the same way. The numbers and names stand in the table of `types.rs`.
//! Tested in `tests/hickory.rs` and `tests/types/`.

use std::fmt;

use barewire_dissect::Show;

use crate::types::{Compression, for_each_type};

/// What a record holds, or what a question asks for: TYPE and QTYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordType(pub u16);

/// What is known of a type beside its number.
struct Row {
    rtype: RecordType,
    mnemonic: &'static str,
    compression: Compression,
    rule: &'static str,
    purpose: &'static str,
}

/// Makes a constant and a [`Row`] of each row in `types.rs`.
macro_rules! numbers {
    (
        typed { $($number:literal $name:ident $variant:ident ($data:ty) $file:ident $names:ident
            $rule:literal $purpose:literal;)* }
        named { $($other_number:literal $other:ident $other_rule:literal $other_purpose:literal;)* }
    ) => {
        impl RecordType {
            $(#[doc = concat!($purpose, " (", $rule, ")")] pub const $name: RecordType = RecordType($number);)*
            $(
                #[doc = concat!($other_purpose, " (", $other_rule, ")")]
                pub const $other: RecordType = RecordType($other_number);
            )*
        }

        const TABLE: &[Row] = &[
            $(Row {
                rtype: RecordType::$name,
                mnemonic: stringify!($name),
                compression: Compression::$names,
                rule: $rule,
                purpose: $purpose,
            },)*
            $(Row {
                rtype: RecordType::$other,
                mnemonic: stringify!($other),
                compression: Compression::NoNames,
                rule: $other_rule,
                purpose: $other_purpose,
            },)*
        ];
    };
}

for_each_type!(numbers);

/// The rule for types that are not in the table: only their bytes are kept.
const AS_BYTES: &str = "RFC 3597 §3";

impl RecordType {
    /// The mnemonic, or `TYPEn`.
    ///
    /// ```
    /// use barewire_dns::RecordType;
    /// assert_eq!(RecordType::AAAA.name(), "AAAA");
    /// assert_eq!(RecordType(65280).name(), "TYPE65280");
    /// ```
    pub fn name(self) -> String {
        self.row().map_or_else(|| format!("TYPE{}", self.0), |row| row.mnemonic.to_owned())
    }

    /// The type of this mnemonic, in any case; `TYPEn` for any number.
    ///
    /// ```
    /// use barewire_dns::RecordType;
    /// assert_eq!(RecordType::from_name("mx"), Some(RecordType::MX));
    /// assert_eq!(RecordType::from_name("TYPE65280"), Some(RecordType(65280)));
    /// assert_eq!(RecordType::from_name("MIXED"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<RecordType> {
        let known = TABLE.iter().find(|row| row.mnemonic.eq_ignore_ascii_case(name));
        if let Some(row) = known {
            return Some(row.rtype);
        }
        let (prefix, digits) = name.split_at_checked(4)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        prefix.eq_ignore_ascii_case("TYPE").then_some(RecordType(number))
    }

    /// The types that have a name here.
    pub fn known() -> impl Iterator<Item = RecordType> {
        TABLE.iter().map(|row| row.rtype)
    }

    /// The section that lays out this type's RDATA.
    pub fn rule(self) -> &'static str {
        self.row().map_or(AS_BYTES, |row| row.rule)
    }

    /// What the type is for, in one sentence; `None` for a number without a name.
    pub fn purpose(self) -> Option<&'static str> {
        self.row().map(|row| row.purpose)
    }

    /// Whether the names in this type's data may be compressed.
    pub fn compression(self) -> Compression {
        self.row().map_or(Compression::NoNames, |row| row.compression)
    }

    /// Whether the number may only stand in a question or about a message, never in a zone (RFC 6895 §3.1).
    pub fn is_meta(self) -> bool {
        matches!(self.0, 41 | 128..=255)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.rtype == self)
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Show for RecordType {
    fn show(&self) -> String {
        format!("{} ({})", self.name(), self.0)
    }
}
