//! TYPE and QTYPE: what a record holds, or what a question asks for (RFC 1035 §3.2.2 and §3.2.3).
//!
//! A type is a number first and a name second. A number without a name here is kept as it came, and gets the name that
//! RFC 3597 §5 makes for it: `TYPE65280`. [`Class`](crate::Class), [`Opcode`](crate::Opcode) and
//! [`Rcode`](crate::Rcode) work in the same way. Tested in `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::Show;

/// What a record holds, or what a question asks for: TYPE and QTYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordType(pub u16);

impl RecordType {
    /// A host's IPv4 address (RFC 1035 §3.4.1).
    pub const A: RecordType = RecordType(1);
    /// An authoritative name server (RFC 1035 §3.3.11).
    pub const NS: RecordType = RecordType(2);
    /// The canonical name of an alias (RFC 1035 §3.3.1).
    pub const CNAME: RecordType = RecordType(5);
    /// The start of a zone of authority (RFC 1035 §3.3.13).
    pub const SOA: RecordType = RecordType(6);
    /// A pointer to another name (RFC 1035 §3.3.12).
    pub const PTR: RecordType = RecordType(12);
    /// A mail exchange (RFC 1035 §3.3.9).
    pub const MX: RecordType = RecordType(15);
    /// Text strings (RFC 1035 §3.3.14).
    pub const TXT: RecordType = RecordType(16);
    /// A host's IPv6 address (RFC 3596 §2.1).
    pub const AAAA: RecordType = RecordType(28);
    /// EDNS: it says something about the message, and belongs to no zone (RFC 6891 §6.1.1).
    pub const OPT: RecordType = RecordType(41);
    /// In a question: every type there is. RFC 8482 says why the answer is short today.
    pub const ANY: RecordType = RecordType(255);

    /// The mnemonic, or `TYPEn`.
    ///
    /// ```
    /// use barewire_dns::RecordType;
    /// assert_eq!(RecordType::AAAA.name(), "AAAA");
    /// assert_eq!(RecordType(65280).name(), "TYPE65280");
    /// ```
    pub fn name(self) -> String {
        self.row().map_or_else(|| format!("TYPE{}", self.0), |(_, name, _)| (*name).to_owned())
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
        let known = TABLE.iter().find(|(_, mnemonic, _)| mnemonic.eq_ignore_ascii_case(name));
        if let Some(&(rtype, _, _)) = known {
            return Some(rtype);
        }
        let (prefix, digits) = name.split_at_checked(4)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        prefix.eq_ignore_ascii_case("TYPE").then_some(RecordType(number))
    }

    /// The section that lays out this type's RDATA, as it is read here.
    pub fn rule(self) -> &'static str {
        self.row().map_or(AS_BYTES, |(_, _, rule)| rule)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|(rtype, _, _)| *rtype == self)
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

/// A type, its mnemonic, and the rule that lays out its RDATA.
type Row = (RecordType, &'static str, &'static str);

/// The rule for types without a file of their own in [`rdata`](crate::rdata): only their bytes are kept.
const AS_BYTES: &str = "RFC 3597 §3";

/// The types that have a name here, by number. The numbers are IANA's registry "Resource Record (RR) TYPEs".
const TABLE: &[Row] = &[
    (RecordType::A, "A", "RFC 1035 §3.4.1"),
    (RecordType::NS, "NS", "RFC 1035 §3.3.11"),
    (RecordType::CNAME, "CNAME", "RFC 1035 §3.3.1"),
    (RecordType::SOA, "SOA", "RFC 1035 §3.3.13"),
    (RecordType::PTR, "PTR", "RFC 1035 §3.3.12"),
    (RecordType(13), "HINFO", AS_BYTES),
    (RecordType::MX, "MX", "RFC 1035 §3.3.9"),
    (RecordType::TXT, "TXT", "RFC 1035 §3.3.14"),
    (RecordType(17), "RP", AS_BYTES),
    (RecordType(18), "AFSDB", AS_BYTES),
    (RecordType::AAAA, "AAAA", "RFC 3596 §2.2"),
    (RecordType(29), "LOC", AS_BYTES),
    (RecordType(33), "SRV", AS_BYTES),
    (RecordType(35), "NAPTR", AS_BYTES),
    (RecordType(39), "DNAME", AS_BYTES),
    (RecordType::OPT, "OPT", "RFC 6891 §6.1.2"),
    (RecordType(43), "DS", AS_BYTES),
    (RecordType(44), "SSHFP", AS_BYTES),
    (RecordType(46), "RRSIG", AS_BYTES),
    (RecordType(47), "NSEC", AS_BYTES),
    (RecordType(48), "DNSKEY", AS_BYTES),
    (RecordType(50), "NSEC3", AS_BYTES),
    (RecordType(51), "NSEC3PARAM", AS_BYTES),
    (RecordType(52), "TLSA", AS_BYTES),
    (RecordType(59), "CDS", AS_BYTES),
    (RecordType(60), "CDNSKEY", AS_BYTES),
    (RecordType(61), "OPENPGPKEY", AS_BYTES),
    (RecordType(62), "CSYNC", AS_BYTES),
    (RecordType(63), "ZONEMD", AS_BYTES),
    (RecordType(64), "SVCB", AS_BYTES),
    (RecordType(65), "HTTPS", AS_BYTES),
    (RecordType(99), "SPF", AS_BYTES),
    (RecordType(249), "TKEY", AS_BYTES),
    (RecordType(250), "TSIG", AS_BYTES),
    (RecordType(251), "IXFR", AS_BYTES),
    (RecordType(252), "AXFR", AS_BYTES),
    (RecordType::ANY, "ANY", AS_BYTES),
    (RecordType(256), "URI", AS_BYTES),
    (RecordType(257), "CAA", AS_BYTES),
];
