//! The header: twelve bytes that every message begins with (RFC 1035 §4.1.1).
//!
//! ```text
//!    0                             15
//!   |              ID               |   chosen by who asks, echoed by who answers
//!   |QR| Opcode |AA|TC|RD|RA|Z|AD|CD| RCODE |
//!   |  QDCOUNT  |  how many questions,
//!   |  ANCOUNT  |  answers,
//!   |  NSCOUNT  |  records about authority,
//!   |  ARCOUNT  |  and additional records follow
//! ```
//!
//! AD and CD are DNSSEC's (RFC 4035 §3.2.2 and §3.2.3). The counts are no part of [`Header`]: a
//! [`Message`](crate::Message) holds the sections themselves, so they cannot disagree.
//! Tested in `tests/hickory.rs` and `tests/message.rs`.

use barewire_dissect::{bits, field, field_as};
use nom::Parser;
use nom::number::complete::be_u16;

use crate::compress::Writer;
use crate::error::Wire;
use crate::rtype::{Opcode, Rcode};

/// The header's ID and flags, named as in RFC 1035.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Echoed by the server, so that a reply finds its query.
    pub id: u16,
    /// Query (false) or response (true).
    pub qr: bool,
    /// What kind of query.
    pub opcode: Opcode,
    /// Authoritative answer: the server holds the zone of the question's name.
    pub aa: bool,
    /// Truncated: there was more than the transport carries; ask again over TCP.
    pub tc: bool,
    /// Recursion desired: the client asks for the whole answer, not for a step towards it.
    pub rd: bool,
    /// Recursion available: the server would do that.
    pub ra: bool,
    /// Reserved, zero.
    pub z: bool,
    /// Authentic data: the server checked the DNSSEC signatures.
    pub ad: bool,
    /// Checking disabled: the client does not want the server to check them.
    pub cd: bool,
    /// The lower four bits of the response code. The whole of it is
    /// [`Message::rcode`](crate::Message::rcode).
    pub rcode: Rcode,
}

/// How many entries each section has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) questions: u16,
    pub(crate) answers: u16,
    pub(crate) authorities: u16,
    pub(crate) additionals: u16,
}

impl Header {
    /// A standard query that asks for recursion.
    pub fn query(id: u16) -> Header {
        Header {
            id,
            qr: false,
            opcode: Opcode::QUERY,
            aa: false,
            tc: false,
            rd: true,
            ra: false,
            z: false,
            ad: false,
            cd: false,
            rcode: Rcode::NOERROR,
        }
    }

    pub(crate) fn parse(input: &[u8]) -> Wire<'_, (Header, Counts)> {
        let (input, id) =
            field("ID", "echoed by the server, so a reply finds its query", be_u16).parse(input)?;
        let (input, flags) =
            field_as("flags", "", be_u16.map(name_flags), |flags| format!("{flags:#06x}")).parse(input)?;
        let (input, questions) = field("QDCOUNT", "questions", be_u16).parse(input)?;
        let (input, answers) = field("ANCOUNT", "answer records", be_u16).parse(input)?;
        let (input, authorities) = field("NSCOUNT", "authority records", be_u16).parse(input)?;
        let (input, additionals) = field("ARCOUNT", "additional records", be_u16).parse(input)?;
        let counts = Counts { questions, answers, authorities, additionals };
        Ok((input, (Header::from_flags(id, flags), counts)))
    }

    fn from_flags(id: u16, flags: u16) -> Header {
        let bit = |index: u32| flags & (0x8000 >> index) != 0;
        Header {
            id,
            qr: bit(0),
            opcode: opcode_of(flags),
            aa: bit(5),
            tc: bit(6),
            rd: bit(7),
            ra: bit(8),
            z: bit(9),
            ad: bit(10),
            cd: bit(11),
            rcode: Rcode(flags & 0x000f),
        }
    }

    fn flags(&self) -> u16 {
        let set = [
            (0, self.qr),
            (5, self.aa),
            (6, self.tc),
            (7, self.rd),
            (8, self.ra),
            (9, self.z),
            (10, self.ad),
            (11, self.cd),
        ];
        let bits = set.iter().filter(|(_, set)| *set).fold(0, |flags, (index, _)| flags | 0x8000 >> index);
        bits | u16::from(self.opcode.0 & 0x0f) << 11 | self.rcode.0 & 0x0f
    }

    pub(crate) fn write(&self, out: &mut Writer, counts: Counts) {
        out.u16(self.id);
        out.u16(self.flags());
        out.u16(counts.questions);
        out.u16(counts.answers);
        out.u16(counts.authorities);
        out.u16(counts.additionals);
    }
}

fn opcode_of(flags: u16) -> Opcode {
    Opcode((flags >> 11 & 0x0f) as u8)
}

/// Names each flag for the tree, and gives the flags back as they are.
fn name_flags(flags: u16) -> u16 {
    if !barewire_dissect::listening() {
        return flags;
    }
    let bit = |index: u32| flags & (0x8000 >> index) != 0;
    bits("QR", "query (0) or response (1)", 0, 1, if bit(0) { "response" } else { "query" });
    bits("Opcode", "", 1, 4, opcode_of(flags));
    bits("AA", "authoritative answer", 5, 1, bit(5));
    bits("TC", "truncated: ask again over TCP", 6, 1, bit(6));
    bits("RD", "recursion desired", 7, 1, bit(7));
    bits("RA", "recursion available", 8, 1, bit(8));
    bits("Z", "reserved, zero", 9, 1, bit(9));
    bits("AD", "authentic data: signatures were checked", 10, 1, bit(10));
    bits("CD", "checking disabled", 11, 1, bit(11));
    bits("RCODE", "how it ended; an OPT record may add bits above", 12, 4, Rcode(flags & 0x000f));
    flags
}
