//! Names that are not asked for in the DNS: their RFCs have libraries answer them, or say that they do not exist.
//!
//! Left out: the reverse names of private addresses, which RFC 6761 §6.1 leaves to servers, and `test` and `example`,
//! for which §6.2 and §6.5 want nothing special from a library. Tested in `tests/lookup.rs`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::name::Name;
use crate::record_type::RecordType;

/// A name that is not asked for in the DNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Special {
    /// The last label: it and all names below it are special.
    pub label: &'static str,
    /// What is answered.
    pub answer: SpecialAnswer,
    /// The RFC that says so.
    pub rule: &'static str,
}

/// What is answered for a special name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialAnswer {
    /// This host: 127.0.0.1 and ::1.
    Loopback,
    /// The name does not exist in the DNS. The text says where it may exist.
    NotInDns(&'static str),
}

const TABLE: [Special; 4] = [
    Special { label: "localhost", answer: SpecialAnswer::Loopback, rule: "RFC 6761 §6.3" },
    Special {
        label: "invalid",
        answer: SpecialAnswer::NotInDns("no name under it ever exists"),
        rule: "RFC 6761 §6.4",
    },
    Special { label: "onion", answer: SpecialAnswer::NotInDns("only Tor knows it"), rule: "RFC 7686 §2" },
    Special {
        label: "local",
        answer: SpecialAnswer::NotInDns("only multicast DNS knows it"),
        rule: "RFC 6762 §22.1",
    },
];

impl Special {
    /// The row of the table for a name.
    ///
    /// ```
    /// use barewire_dns::{Name, stub::Special};
    /// let special = Special::of(&Name::parse_text("www.LOCALHOST")?).unwrap();
    /// assert_eq!(special.rule, "RFC 6761 §6.3");
    /// assert_eq!(Special::of(&Name::parse_text("localhost.example.test")?), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(name: &Name) -> Option<Special> {
        let last = name.labels().last()?;
        TABLE.into_iter().find(|special| last.eq_ignore_ascii_case(special.label.as_bytes()))
    }

    /// The addresses of the name, those that records of these types have.
    pub fn addresses(self, records: &[RecordType]) -> Vec<IpAddr> {
        let address = |record: &RecordType| match *record {
            RecordType::A => Some(Ipv4Addr::LOCALHOST.into()),
            RecordType::AAAA => Some(Ipv6Addr::LOCALHOST.into()),
            _ => None,
        };
        match self.answer {
            SpecialAnswer::Loopback => records.iter().filter_map(address).collect(),
            SpecialAnswer::NotInDns(_) => Vec::new(),
        }
    }
}
