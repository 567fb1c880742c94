//! The data of a record: one small file for each type, and [`RData`] over them.
//!
//! Each file begins with bytes of its type, and has the same four functions in the same order: `parse` reads the data
//! and names its fields, `write` writes it, `from_text` and `to_text` do the same with the text of a master file
//! (RFC 1035 §5.1). To add a type, write its file after the pattern of `mx.rs`, and give it a row in `types.rs`.
//! A type without a file is kept as bytes, in `unknown.rs`.
//!
//! `tests/figures.rs` reads the bytes at the head of each file, and hickory-proto reads them too. The types are also
//! tested in `tests/types/`, `tests/hickory.rs` and `tests/hostile.rs`.

mod a;
mod aaaa;
mod bitmap;
mod caa;
mod cname;
mod csync;
mod dname;
mod dnskey;
mod ds;
mod hinfo;
mod loc;
mod mailbox;
mod minfo;
mod mx;
mod naptr;
mod ns;
mod nsec;
mod nsec3;
mod nsec3param;
mod parts;
mod ptr;
mod px;
mod ranked;
mod rp;
mod rrsig;
mod soa;
mod source;
mod srv;
mod sshfp;
mod svcb;
mod tlsa;
mod tsig;
mod txt;
mod unknown;
mod uri;
mod zonemd;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_dissect::{Parsed, Refused, finish};

pub use bitmap::Types;
pub use caa::Caa;
pub use csync::Csync;
pub use dnskey::Dnskey;
pub use ds::Ds;
pub use hinfo::Hinfo;
pub use loc::{Length, Loc};
pub use minfo::Minfo;
pub use mx::Mx;
pub use naptr::Naptr;
pub use nsec::Nsec;
pub use nsec3::Nsec3;
pub use nsec3param::Nsec3param;
pub use px::Px;
pub use ranked::Ranked;
pub use rp::Rp;
pub use rrsig::Rrsig;
pub use soa::Soa;
pub use srv::Srv;
pub use sshfp::Sshfp;
pub use svcb::{SvcKey, SvcParam, Svcb};
pub use tlsa::Tlsa;
pub use tsig::Tsig;
pub use txt::Txt;
pub use unknown::Unknown;
pub use uri::Uri;
pub use zonemd::Zonemd;

use crate::class::Class;
use crate::compress::Writer;
use crate::name::Name;
use crate::reason::{Reason, when_it_ends_early};
use crate::record_type::RecordType;
use crate::text::fields::{Fields, Text};
use crate::text::reason::TextReason;
use crate::text::tokens::only_entry;
use crate::types::{Compression, for_each_type};
use source::Source;

/// Makes the variants and their parser, writer and text of the rows in `types.rs`.
macro_rules! data_of_types {
    (
        typed { $($number:literal $name:ident $variant:ident ($data:ty) $file:ident $names:ident
            $rule:literal $purpose:literal;)* }
        named { $($other:tt)* }
    ) => {
        /// The data of a record.
        // The tag has eight bytes, so that data is moved in words, as a name is: see `name/storage.rs`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[repr(u64)]
        pub enum RData {
            $(#[doc = concat!($purpose, " (", $rule, ")")] $variant($data),)*
            /// A type without a file of its own, or a class where the type is laid out in another way.
            Unknown(Unknown),
        }

        impl RData {
            /// The type of a record with this data.
            pub fn rtype(&self) -> RecordType {
                match self {
                    $(RData::$variant(_) => RecordType::$name,)*
                    RData::Unknown(unknown) => unknown.rtype,
                }
            }

            /// Reads data by the layout of its type.
            fn by_layout<'a>(
                rtype: RecordType,
                message: Option<&'a [u8]>,
                input: &'a [u8],
            ) -> Parsed<'a, RData, Reason> {
                match rtype {
                    $(RecordType::$name => {
                        let source = Source { message, compression: Compression::$names };
                        value($file::parse(source, input), RData::$variant)
                    })*
                    _ => value(unknown::parse(rtype, input), RData::Unknown),
                }
            }

            /// Whether the type has a file.
            fn has_layout(rtype: RecordType) -> bool {
                matches!(rtype, $(RecordType::$name)|*)
            }

            pub(crate) fn write(&self, out: &mut Writer) {
                match self {
                    $(RData::$variant(data) => {
                        out.in_data = Compression::$names;
                        $file::write(data, out);
                    })*
                    RData::Unknown(data) => unknown::write(data, out),
                }
            }

            /// Reads the text of data whose type has a file; `None` for other types.
            fn from_own_text(rtype: RecordType, text: &mut Fields<'_>) -> Option<Text<RData>> {
                match rtype {
                    $(RecordType::$name => Some($file::from_text(text).map(RData::$variant)),)*
                    _ => None,
                }
            }
        }

        /// The data as in a master file.
        impl fmt::Display for RData {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(RData::$variant(data) => $file::to_text(data, f),)*
                    RData::Unknown(data) => unknown::to_text(data, f),
                }
            }
        }
    };
}

for_each_type!(data_of_types);

/// What a type's own parser read, as the variant for it.
fn value<'a, T>(
    parsed: Parsed<'a, T, Reason>,
    variant: impl FnOnce(T) -> RData,
) -> Parsed<'a, RData, Reason> {
    parsed.map(|(rest, value)| (rest, variant(value)))
}

impl RData {
    /// The address in an A or AAAA record.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            RData::A(address) => Some(IpAddr::V4(*address)),
            RData::Aaaa(address) => Some(IpAddr::V6(*address)),
            _ => None,
        }
    }

    /// Reads RDATA. `input` is just the RDATA; `message` is the whole message, where its names may point to. Without
    /// one they may not be pointers.
    pub(crate) fn parse<'a>(
        rtype: RecordType,
        class: Class,
        message: Option<&'a [u8]>,
        input: &'a [u8],
    ) -> Parsed<'a, RData, Reason> {
        match RData::is_opaque(rtype, class, input) {
            true => value(unknown::parse(rtype, input), RData::Unknown),
            false => RData::by_layout(rtype, message, input),
        }
    }

    /// Whether these bytes are kept as they are, though the type has a file.
    fn is_opaque(rtype: RecordType, class: Class, bytes: &[u8]) -> bool {
        match (rtype, class.without_top_bit()) {
            // An update names sets of records by class NONE and ANY, without RDATA (RFC 2136 §2.4 and §2.5).
            (_, Class::NONE | Class::ANY) if rtype != RecordType::TSIG => bytes.is_empty(),
            // In networks other than the Internet addresses have another form (RFC 1035 §3.4).
            (RecordType::A | RecordType::AAAA, class) => class != Class::IN,
            // Another version of LOC has another layout (RFC 1876 §2).
            (RecordType::LOC, _) => bytes.first().is_some_and(|version| *version != 0),
            _ => false,
        }
    }

    /// Whether a record of this class, written with this data, would be read as something else.
    pub(crate) fn is_misread_in(&self, class: Class) -> bool {
        match self {
            RData::Unknown(unknown) => {
                let opaque = RData::is_opaque(unknown.rtype, class, &unknown.bytes);
                RData::has_layout(unknown.rtype) && !opaque
            }
            RData::A(_) | RData::Aaaa(_) => RData::is_opaque(self.rtype(), class, &[0]),
            _ => false,
        }
    }

    /// Reads data of this type as a master file has it; names without a final dot are taken from the root.
    ///
    /// # Errors
    /// [`Refused`], with an offset into `text`.
    ///
    /// ```
    /// use barewire_dns::{RData, RecordType};
    /// let data = RData::parse_text(RecordType::MX, "10 mail.example.test.")?;
    /// assert_eq!(data.to_string(), "10 mail.example.test.");
    /// let error = RData::parse_text(RecordType::MX, "ten mail.example.test.").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`ten` at byte 0 cannot be PREFERENCE of type MX: it is not a number from 0 to 65535 \
    ///      (RFC 1035 §3.3.9)"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_text(rtype: RecordType, text: &str) -> Result<RData, Refused<TextReason>> {
        let (tokens, end) =
            only_entry(text)?.map_or((Vec::new(), text.len()), |entry| (entry.tokens, entry.end));
        RData::from_text(rtype, Class::IN, &mut Fields::new(&tokens, end, &Name::root(), rtype))
    }

    /// Reads the words of an entry that are left.
    pub(crate) fn from_text(rtype: RecordType, class: Class, text: &mut Fields<'_>) -> Text<RData> {
        let generic = text.peek().is_some_and(|first| first.text == br"\#" && !first.quoted);
        let own = |text: &mut Fields<'_>| match rtype {
            RecordType::A | RecordType::AAAA if RData::is_opaque(rtype, class, &[0]) => None,
            _ => RData::from_own_text(rtype, text),
        };
        let data = if generic {
            RData::from_generic_text(rtype, class, text)?
        } else if let Some(data) = own(text) {
            data?
        } else {
            let first = text.token("data")?;
            return text.refuse(first, "data", r"\#, a length, and bytes in hexadecimal");
        };
        text.end()?;
        Ok(data)
    }

    /// Reads `\# 4 0A000001`. Of a type with a file the bytes must be what that file reads, and without pointers
    /// (RFC 3597 §5).
    fn from_generic_text(rtype: RecordType, class: Class, text: &mut Fields<'_>) -> Text<RData> {
        let first = text.token("data")?;
        let bytes = unknown::from_text(text)?;
        let parsed = RData::parse(rtype, class, None, &bytes);
        let length = bytes.len() as u16;
        let parsed = when_it_ends_early(parsed, || Reason::RdataTooShort { rtype, length });
        match finish("RDATA", &bytes, parsed) {
            Ok((data, [])) => Ok(data),
            Ok(_) | Err(_) => text.refuse(first, "data", "bytes that the type lays out so"),
        }
    }
}
