//! The header: twelve bytes that every message begins with (RFC 1035 §4.1.1).
//!
//! ```text
//!    0                             15
//!   |              ID               |   chosen by the client, repeated by the server
//!   |QR| Opcode |AA|TC|RD|RA|Z|AD|CD| RCODE |
//!   |  QDCOUNT  |  how many questions,
//!   |  ANCOUNT  |  answers,
//!   |  NSCOUNT  |  records about authority,
//!   |  ARCOUNT  |  and additional records follow
//! ```
//!
//! AD and CD belong to DNSSEC (RFC 4035 §3.2.2 and §3.2.3). [`Header`] does not hold the counts: a
//! [`Message`](crate::Message) holds the sections themselves, so the two cannot disagree.
//! Tested in `tests/hickory.rs` and `tests/message.rs`.

use barewire_dissect::{Bits, Parsed, Show, Word, field, field_as};
use nom::Parser;
use nom::number::complete::be_u16;

use crate::compress::Writer;
use crate::opcode::Opcode;
use crate::rcode::Rcode;
use crate::reason::Reason;

/// The header's ID and flags, named as in RFC 1035.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Repeated by the server, so that a reply finds its query.
    pub id: u16,
    /// Query (false) or response (true).
    pub qr: bool,
    /// The kind of query.
    pub opcode: Opcode,
    /// Authoritative answer: the server holds the zone of the question's name.
    pub aa: bool,
    /// Truncated: the answer is longer than the transport carries. The client asks again over TCP.
    pub tc: bool,
    /// Recursion desired: the client wants the whole answer, and not one step towards it.
    pub rd: bool,
    /// Recursion available: the server can find whole answers.
    pub ra: bool,
    /// Reserved, zero.
    pub z: bool,
    /// Authentic data: the server checked the DNSSEC signatures.
    pub ad: bool,
    /// Checking disabled: the client does not want the server to check them.
    pub cd: bool,
    /// The whole response code. Four bits of it stand in the header, the others in the OPT record.
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

// book: flags
/// The second word of the header: parser, writer and tree read this table.
static FLAGS: Word<10> = Word::new([
    Bits::new("QR", 1, "query (0) or response (1)").shown(query_or_response),
    Bits::new("Opcode", 4, "").shown(|value| Opcode(value as u8).show()),
    Bits::new("AA", 1, "authoritative answer").shown(true_or_false),
    Bits::new("TC", 1, "truncated: ask again over TCP").shown(true_or_false),
    Bits::new("RD", 1, "recursion desired").shown(true_or_false),
    Bits::new("RA", 1, "recursion available").shown(true_or_false),
    Bits::new("Z", 1, "reserved, zero").shown(true_or_false),
    Bits::new("AD", 1, "authentic data: signatures were checked").shown(true_or_false),
    Bits::new("CD", 1, "checking disabled").shown(true_or_false),
    Bits::new("RCODE", 4, "how it ended; an OPT record may add bits above")
        .shown(|value| Rcode(value as u16).show()),
]);
// book: end

fn query_or_response(bit: u32) -> String {
    if bit == 1 { "response".into() } else { "query".into() }
}

fn true_or_false(bit: u32) -> String {
    (bit == 1).to_string()
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

    pub(crate) fn parse(input: &[u8]) -> Parsed<'_, (Header, Counts), Reason> {
        let (input, id) =
            field("ID", "echoed by the server, so a reply finds its query", be_u16).parse(input)?;
        let (input, flags) = field_as("flags", "", be_u16.map(|word| FLAGS.split(word.into())), |bits| {
            format!("{:#06x}", FLAGS.join(*bits))
        })
        .parse(input)?;
        let (input, questions) = field("QDCOUNT", "questions", be_u16).parse(input)?;
        let (input, answers) = field("ANCOUNT", "answer records", be_u16).parse(input)?;
        let (input, authorities) = field("NSCOUNT", "authority records", be_u16).parse(input)?;
        let (input, additionals) = field("ARCOUNT", "additional records", be_u16).parse(input)?;
        let counts = Counts { questions, answers, authorities, additionals };
        Ok((input, (Header::from_bits(id, flags), counts)))
    }

    fn from_bits(id: u16, [qr, opcode, aa, tc, rd, ra, z, ad, cd, rcode]: [u32; 10]) -> Header {
        Header {
            id,
            qr: qr == 1,
            opcode: Opcode(opcode as u8),
            aa: aa == 1,
            tc: tc == 1,
            rd: rd == 1,
            ra: ra == 1,
            z: z == 1,
            ad: ad == 1,
            cd: cd == 1,
            rcode: Rcode(rcode as u16),
        }
    }

    fn flags(&self) -> u16 {
        let Header { id: _, qr, opcode, aa, tc, rd, ra, z, ad, cd, rcode } = *self;
        FLAGS.join([
            qr.into(),
            opcode.0.into(),
            aa.into(),
            tc.into(),
            rd.into(),
            ra.into(),
            z.into(),
            ad.into(),
            cd.into(),
            rcode.0.into(),
        ]) as u16
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
