//! What an ICMP error means for a probe: a table of types and codes, each with its words, traceroute's mark and the
//! rule that has it sent.
//!
//! Tested in `tests/probe`.

use barewire_packet::icmp::Version::{self, V4, V6};
use barewire_packet::icmp::{CODES, TYPES};

use super::answer::Kind;

/// What an error says about the way of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The hops ended at a router on the way.
    HopsEnded,
    /// The packet is too large for the next wire.
    TooBig,
    /// The host is there, and has nothing at this port, or does not know this protocol.
    Refused,
    /// There is no way to the host, or it is not there.
    NoWay,
    /// A rule of somebody on the way forbids it.
    Forbidden,
    /// Anything else is wrong with the packet.
    Other,
}

/// Version, type, code; what it means; the mark that traceroute has for it; the rule.
type Row = (Version, u8, u8, Meaning, &'static str, &'static str);

const ROWS: [Row; 30] = [
    (V4, 3, 0, Meaning::NoWay, "!N", "RFC 1812 §5.2.7.1"),
    (V4, 3, 1, Meaning::NoWay, "!H", "RFC 1812 §5.2.7.1"),
    (V4, 3, 2, Meaning::Refused, "!P", "RFC 1122 §3.2.2.1"),
    (V4, 3, 3, Meaning::Refused, "", "RFC 1122 §3.2.2.1"),
    (V4, 3, 4, Meaning::TooBig, "!F", "RFC 1191 §4"),
    (V4, 3, 5, Meaning::NoWay, "!S", "RFC 1812 §5.2.7.1"),
    (V4, 3, 6, Meaning::NoWay, "!U", "RFC 1812 §5.2.7.1"),
    (V4, 3, 7, Meaning::NoWay, "!W", "RFC 1812 §5.2.7.1"),
    (V4, 3, 8, Meaning::NoWay, "!I", "RFC 1812 §5.2.7.1"),
    (V4, 3, 9, Meaning::Forbidden, "!A", "RFC 1812 §5.2.7.1"),
    (V4, 3, 10, Meaning::Forbidden, "!Z", "RFC 1812 §5.2.7.1"),
    (V4, 3, 11, Meaning::NoWay, "!Q", "RFC 1812 §5.2.7.1"),
    (V4, 3, 12, Meaning::NoWay, "!T", "RFC 1812 §5.2.7.1"),
    (V4, 3, 13, Meaning::Forbidden, "!X", "RFC 1812 §5.2.7.1"),
    (V4, 3, 14, Meaning::Forbidden, "!V", "RFC 1812 §5.2.7.1"),
    (V4, 3, 15, Meaning::Forbidden, "!C", "RFC 1812 §5.2.7.1"),
    (V4, 11, 0, Meaning::HopsEnded, "", "RFC 1812 §5.3.1"),
    (V4, 11, 1, Meaning::Other, "!R", "RFC 1122 §3.3.2"),
    (V4, 12, 0, Meaning::Other, "!<12-0>", "RFC 1122 §3.2.2.5"),
    (V6, 1, 0, Meaning::NoWay, "!N", "RFC 4443 §3.1"),
    (V6, 1, 1, Meaning::Forbidden, "!X", "RFC 4443 §3.1"),
    (V6, 1, 2, Meaning::NoWay, "!S", "RFC 4443 §3.1"),
    (V6, 1, 3, Meaning::NoWay, "!H", "RFC 4443 §3.1"),
    (V6, 1, 4, Meaning::Refused, "", "RFC 4443 §3.1"),
    (V6, 1, 5, Meaning::Forbidden, "!A", "RFC 4443 §3.1"),
    (V6, 1, 6, Meaning::Forbidden, "!Z", "RFC 4443 §3.1"),
    (V6, 2, 0, Meaning::TooBig, "!F", "RFC 4443 §3.2"),
    (V6, 3, 0, Meaning::HopsEnded, "", "RFC 4443 §3.3"),
    (V6, 3, 1, Meaning::Other, "!R", "RFC 4443 §3.3"),
    (V6, 4, 1, Meaning::Refused, "!P", "RFC 4443 §3.4"),
];

impl Kind {
    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| (row.0, row.1, row.2) == (self.version, self.kind, self.code))
    }

    /// What it means for a probe.
    pub fn meaning(self) -> Meaning {
        self.row().map_or(Meaning::Other, |row| row.3)
    }

    /// The mark that traceroute prints: `!H`, `!N`, `!X`; or `!<3-20>`, type and code. Empty for a hop as it should be.
    pub fn mark(self) -> String {
        match self.row() {
            Some(row) => row.4.to_owned(),
            None => format!("!<{}-{}>", self.kind, self.code),
        }
    }

    /// The section that says when it is sent.
    pub fn rule(self) -> &'static str {
        let whole = if self.version == V4 { "RFC 792" } else { "RFC 4443" };
        self.row().map_or(whole, |row| row.5)
    }

    /// Its name: "port unreachable".
    pub fn name(self) -> String {
        let Kind { version, kind, code } = self;
        let exact = CODES.iter().find(|row| (row.0, row.1, row.2) == (version, kind, code)).map(|row| row.3);
        let of_type = || TYPES.iter().find(|row| (row.0, row.1) == (version, kind)).map(|row| row.2);
        match (exact, of_type()) {
            (Some(name), _) => name.to_owned(),
            (None, Some(name)) if code == 0 => name.to_owned(),
            (None, Some(name)) => format!("{name}, code {code}"),
            (None, None) => format!("type {kind}, code {code}"),
        }
    }
}
