//! The small numbers of the DNS: record types, classes, opcodes and response codes.
//!
//! Each is a number first and a name second: a value nobody has named yet is kept as it came
//! (RFC 3597 §3 gives it a name of its own, `TYPE65280`). The names come from RFC 1035 §3.2 and §4.1.1,
//! RFC 3596, RFC 6891 and the registries of IANA; the types without a file of their own in
//! [`rdata`](crate::rdata) are only named, so that a capture reads well.
//! Tested in `tests/hickory.rs`.

use std::fmt;

use barewire_dissect::Show;

/// What a record holds, or what a question asks for: TYPE and QTYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordType(pub u16);

/// The family of networks, almost always the Internet: CLASS and QCLASS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class(pub u16);

/// The kind of query: four bits of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opcode(pub u8);

/// How a query ended: four bits of the header, and eight more above them from an OPT record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rcode(pub u16);

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
    /// Not a record of any zone: what EDNS says about the message (RFC 6891 §6.1.1).
    pub const OPT: RecordType = RecordType(41);
    /// In a question: whatever there is (RFC 8482 on why little comes).
    pub const ANY: RecordType = RecordType(255);

    /// The mnemonic, or `TYPEn`.
    ///
    /// ```
    /// use barewire_dns::RecordType;
    /// assert_eq!(RecordType::AAAA.name(), "AAAA");
    /// assert_eq!(RecordType(65280).name(), "TYPE65280");
    /// ```
    pub fn name(self) -> String {
        named(TYPES, self.0).map_or_else(|| format!("TYPE{}", self.0), str::to_owned)
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
        let known = TYPES.iter().find(|(_, mnemonic)| mnemonic.eq_ignore_ascii_case(name));
        if let Some(&(number, _)) = known {
            return Some(RecordType(number));
        }
        let (prefix, digits) = name.split_at_checked(4)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        prefix.eq_ignore_ascii_case("TYPE").then_some(RecordType(number))
    }

    /// The section that lays out this type's RDATA.
    pub fn rule(self) -> &'static str {
        match self {
            RecordType::A => "RFC 1035 §3.4.1",
            RecordType::NS => "RFC 1035 §3.3.11",
            RecordType::CNAME => "RFC 1035 §3.3.1",
            RecordType::SOA => "RFC 1035 §3.3.13",
            RecordType::PTR => "RFC 1035 §3.3.12",
            RecordType::MX => "RFC 1035 §3.3.9",
            RecordType::TXT => "RFC 1035 §3.3.14",
            RecordType::AAAA => "RFC 3596 §2.2",
            RecordType::OPT => "RFC 6891 §6.1.2",
            _ => "RFC 3597 §3",
        }
    }
}

impl Class {
    /// The Internet.
    pub const IN: Class = Class(1);
    /// Chaosnet; servers tell their version there (`version.bind CH TXT`).
    pub const CH: Class = Class(3);
    /// No class: in dynamic updates (RFC 2136 §2.4).
    pub const NONE: Class = Class(254);
    /// Any class: in questions and dynamic updates.
    pub const ANY: Class = Class(255);

    /// The mnemonic, or `CLASSn` (RFC 3597 §5).
    pub fn name(self) -> String {
        named(CLASSES, self.0).map_or_else(|| format!("CLASS{}", self.0), str::to_owned)
    }
}

impl Opcode {
    /// A standard query.
    pub const QUERY: Opcode = Opcode(0);

    /// The mnemonic, or `OPCODEn`.
    pub fn name(self) -> String {
        named(OPCODES, self.0.into()).map_or_else(|| format!("OPCODE{}", self.0), str::to_owned)
    }
}

impl Rcode {
    /// No error: the answer is in the message, or there is none (NODATA).
    pub const NOERROR: Rcode = Rcode(0);
    /// The server could not read the query.
    pub const FORMERR: Rcode = Rcode(1);
    /// The server failed while it looked for the answer.
    pub const SERVFAIL: Rcode = Rcode(2);
    /// The name does not exist.
    pub const NXDOMAIN: Rcode = Rcode(3);
    /// The server does not do this kind of query.
    pub const NOTIMP: Rcode = Rcode(4);
    /// The server will not, for reasons of policy.
    pub const REFUSED: Rcode = Rcode(5);
    /// The server does not know this version of EDNS (RFC 6891 §6.1.3).
    pub const BADVERS: Rcode = Rcode(16);

    /// The mnemonic, or `RCODEn`.
    pub fn name(self) -> String {
        named(RCODES, self.0).map_or_else(|| format!("RCODE{}", self.0), str::to_owned)
    }
}

fn named(table: &[(u16, &'static str)], number: u16) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

const TYPES: &[(u16, &str)] = &[
    (1, "A"),
    (2, "NS"),
    (5, "CNAME"),
    (6, "SOA"),
    (12, "PTR"),
    (13, "HINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (28, "AAAA"),
    (29, "LOC"),
    (33, "SRV"),
    (35, "NAPTR"),
    (39, "DNAME"),
    (41, "OPT"),
    (43, "DS"),
    (44, "SSHFP"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (61, "OPENPGPKEY"),
    (62, "CSYNC"),
    (63, "ZONEMD"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (249, "TKEY"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
];

const CLASSES: &[(u16, &str)] = &[(1, "IN"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")];

const OPCODES: &[(u16, &str)] =
    &[(0, "QUERY"), (1, "IQUERY"), (2, "STATUS"), (4, "NOTIFY"), (5, "UPDATE"), (6, "DSO")];

const RCODES: &[(u16, &str)] = &[
    (0, "NOERROR"),
    (1, "FORMERR"),
    (2, "SERVFAIL"),
    (3, "NXDOMAIN"),
    (4, "NOTIMP"),
    (5, "REFUSED"),
    (6, "YXDOMAIN"),
    (7, "YXRRSET"),
    (8, "NXRRSET"),
    (9, "NOTAUTH"),
    (10, "NOTZONE"),
    (11, "DSOTYPENI"),
    (16, "BADVERS"),
    (17, "BADKEY"),
    (18, "BADTIME"),
    (19, "BADMODE"),
    (20, "BADNAME"),
    (21, "BADALG"),
    (22, "BADTRUNC"),
    (23, "BADCOOKIE"),
];

/// All four are shown alike: by name in text, by name and number beside their bytes.
macro_rules! shown_by_name {
    ($($type:ty)*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.name())
            }
        }

        impl Show for $type {
            fn show(&self) -> String {
                format!("{} ({})", self.name(), self.0)
            }
        }
    )*};
}

shown_by_name! { RecordType Class Opcode Rcode }
