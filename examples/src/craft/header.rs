//! What the packet language knows of a header: a table of its fields, where each stands, and what it is when nobody
//! says. The tables stand in `headers/`, one file for each layer; parser, builder, printer and help read them.

use std::fmt;

/// A header of the language.
#[derive(PartialEq, Eq)]
pub struct Header {
    /// Its name in the language: `tcp`.
    pub name: &'static str,
    /// Other names that are understood: those of scapy.
    pub also: &'static [&'static str],
    /// Its name for people, with its rule: "TCP (RFC 9293 §3.1)".
    pub title: &'static str,
    /// The length of its fixed part, in bytes.
    pub length: usize,
    /// Its fields, in their order.
    pub fields: &'static [Field],
    /// What follows the fixed part.
    pub tail: Tail,
    /// How an Ethernet header announces it.
    pub ethertype: Option<u16>,
    /// How an IP header announces it.
    pub protocol: Option<u8>,
}

/// What follows the fixed part of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Nothing follows.
    None,
    /// Options, padded to whole words.
    Options(Family),
    /// The question of a DNS message.
    Question,
    /// The header is not one: it is bytes.
    Bytes,
}

/// Whose options they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Of a TCP header.
    Tcp,
    /// Of an IPv4 header.
    Ipv4,
    /// Of an IPv6 hop-by-hop or destination options header.
    Ipv6,
}

/// A field.
#[derive(PartialEq, Eq)]
pub struct Field {
    /// Its name in the language: `dport`.
    pub name: &'static str,
    /// Its first bit, from the start of the header; `None`: it stands in the tail.
    pub at: Option<usize>,
    /// How many bits it has; 0 where its length varies.
    pub width: usize,
    /// How its value is written.
    pub form: Form,
    /// What it is when nobody says.
    pub rule: Rule,
    /// What it is, in a few words.
    pub what: &'static str,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A number: 80, 0x50.
    Number,
    /// The same, shown as 0x50.
    Hex,
    /// A number that also has names.
    Named(&'static [(&'static str, u16)]),
    /// Letters or names for bits: S, SA, SYN+ACK.
    Flags(&'static [Flag]),
    /// An IPv4 address: 10.0.0.2.
    Ipv4,
    /// An IPv6 address: 2001:db8::2.
    Ipv6,
    /// A MAC address: 02:00:00:00:00:01.
    Mac,
    /// A type of DNS record: AAAA.
    RecordType,
    /// A name of the DNS.
    Name,
    /// A list of options.
    Options(Family),
    /// A text between quotes.
    Text,
    /// Hexadecimal digits.
    Bytes,
    /// How many bytes of zero.
    Zeros,
}

/// A bit that has names.
#[derive(Debug, PartialEq, Eq)]
pub struct Flag {
    /// The short one.
    pub letter: &'static str,
    /// The long one.
    pub name: &'static str,
    /// Its value.
    pub bit: u16,
}

/// What a field is when nobody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// This number.
    Is(u32),
    /// This number, and no other is right.
    Always(u32),
    /// It must be given.
    Needed,
    /// Nothing stands there.
    Absent,
    /// The address of the host that sends.
    Source,
    /// A port of the host that sends.
    Port,
    /// The MAC address of the card that sends.
    Mac,
    /// The MAC address of the next hop.
    NextHop,
    /// The length of the header, in 32-bit words.
    HeaderWords,
    /// The length of the header in 8-byte units, without the first.
    HeaderUnits,
    /// The length of header and payload, in bytes.
    Length,
    /// The length of the payload, in bytes.
    PayloadLength,
    /// The EtherType of what follows.
    EtherType,
    /// The protocol number of what follows.
    Protocol,
    /// The checksum.
    Checksum(Over),
    /// How many questions follow.
    Questions,
}

/// What a checksum is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The header.
    Header,
    /// Header and payload.
    Message,
    /// The same, with the addresses around it, and this protocol number.
    WithAddresses(u8),
}

/// Its name: the rest stands in the table.
impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Its name.
impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Header {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        let name = if name.eq_ignore_ascii_case("checksum") { "chksum" } else { name };
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Whether it answers to this name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.also.iter().any(|also| also.eq_ignore_ascii_case(name))
    }
}

impl Field {
    /// A field at these bits, whose value is a number.
    pub(super) const fn number(name: &'static str, at: usize, width: usize, what: &'static str) -> Field {
        Field { name, at: Some(at), width, form: Form::Number, rule: Rule::Is(0), what }
    }

    /// The checksum at this bit.
    pub(super) const fn checksum(at: usize, over: Over, what: &'static str) -> Field {
        Field::number("chksum", at, 16, what).shown(Form::Hex).by(Rule::Checksum(over))
    }

    /// A field that stands in the tail.
    pub(super) const fn tail(name: &'static str, width: usize, form: Form, what: &'static str) -> Field {
        Field { name, at: None, width, form, rule: Rule::Absent, what }
    }

    /// The same, written so.
    pub(super) const fn shown(self, form: Form) -> Field {
        Field { form, ..self }
    }

    /// The same, with this rule.
    pub(super) const fn by(self, rule: Rule) -> Field {
        Field { rule, ..self }
    }

    /// The largest value that fits.
    pub fn most(&self) -> u128 {
        u128::MAX.checked_shr(128 - self.width as u32).unwrap_or(0)
    }

    /// Whether the two share a bit.
    pub(super) fn overlaps(&self, other: &Field) -> bool {
        match (self.at, other.at) {
            (Some(a), Some(b)) => a < b + other.width && b < a + self.width,
            _ => false,
        }
    }
}
