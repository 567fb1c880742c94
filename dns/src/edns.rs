//! EDNS(0): what the sender of a message can do beyond RFC 1035 (RFC 6891 §6.1).
//!
//! On the wire EDNS is a record of type OPT in the additional section. It has the form of a record and says something
//! else: where others have CLASS and TTL it says what its sender can do. A [`Message`](crate::Message) holds it as one
//! [`Edns`], and never as a record. Its options are in `edns/option.rs`.
//!
//! ```text
//!   00               NAME: the root, always
//!   0029             TYPE 41, OPT
//!   04d0             in the place of CLASS: the UDP payload size, 1232
//!   00 00 8000       in the place of TTL: extended RCODE 0, version 0, and the flag DO
//!   000c             RDLENGTH 12
//!   000a 0008        OPTION-CODE 10, a cookie, and OPTION-LENGTH 8
//!   2464c4abcf10c957     the client's cookie (RFC 7873 §4.1)
//! ```
//!
//! Tested in `tests/message.rs`, `tests/edns.rs`, `tests/notes.rs` and `tests/hostile.rs`.

mod code;
mod extended_error;
mod option;
mod subnet;

use barewire_dissect::{Bits, Parsed, Word, field, field_as};
use nom::Parser;
use nom::number::complete::{be_u16, u8};

pub use code::OptionCode;
pub use extended_error::ExtendedError;
pub use option::{EdnsOption, ZoneVersion};
pub use subnet::ClientSubnet;

use crate::compress::Writer;
use crate::rcode::Rcode;
use crate::reason::Reason;
use crate::record_type::RecordType;

/// The UDP payload size that our OPT records name. A message of this size fits a packet on nearly every path, so no
/// answer arrives in fragments, which are easy to forge.
pub const EDNS_UDP_SIZE: u16 = 1232;

/// What an OPT record says. The upper eight bits of the response code, which stand in it too, are in
/// [`Header::rcode`](crate::Header::rcode).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edns {
    /// The largest UDP message, in bytes, that the sender takes.
    pub udp_size: u16,
    /// 0: no other version exists.
    pub version: u8,
    /// DO: the sender wants DNSSEC's records (RFC 3225 §3).
    pub dnssec_ok: bool,
    /// The other 15 flags, reserved: zero, and kept as they came.
    pub reserved: u16,
    /// The options, in the order they came.
    pub options: Vec<EdnsOption>,
    /// How many of the additional records stand after it: 0, or 1 if TSIG is the last.
    pub followed_by: usize,
}

/// The flags of EDNS: parser, writer and tree read this table.
static FLAGS: Word<2> = Word::new([
    Bits::new("DO", 1, "the sender wants DNSSEC's records").shown(|bit| (bit == 1).to_string()),
    Bits::new("Z", 15, "reserved, zero"),
]);

/// The bits of the response code that stand in OPT, above the four of the header.
const HEADER_BITS: u32 = 4;

impl Edns {
    /// EDNS version 0 with this UDP payload size, in bytes, and no options.
    pub fn new(udp_size: u16) -> Edns {
        let (version, dnssec_ok, reserved) = (0, false, 0);
        Edns { udp_size, version, dnssec_ok, reserved, options: Vec::new(), followed_by: 0 }
    }

    // book: opt
    /// Reads what stands in the place of CLASS and TTL, and the bits of the response code there.
    pub(crate) fn parse_fixed(input: &[u8]) -> Parsed<'_, (Edns, Rcode), Reason> {
        let (input, udp_size) =
            field("UDP payload size", "the largest UDP message that the sender takes", be_u16)
                .parse(input)?;
        let (input, rcode) =
            field("extended RCODE", "eight bits above the header's RCODE", u8).parse(input)?;
        let (input, version) = field("EDNS version", "", u8).parse(input)?;
        let flags = be_u16.map(|word| FLAGS.split(word.into()));
        let (input, [dnssec_ok, reserved]) =
            field_as("EDNS flags", "", flags, |bits| format!("{:#06x}", FLAGS.join(*bits))).parse(input)?;
        let (dnssec_ok, reserved) = (dnssec_ok == 1, reserved as u16);
        let edns = Edns { udp_size, version, dnssec_ok, reserved, options: Vec::new(), followed_by: 0 };
        Ok((input, (edns, Rcode(u16::from(rcode) << HEADER_BITS))))
    }
    // book: end

    /// Reads the options, which are the RDATA.
    pub(crate) fn parse_options(mut input: &[u8]) -> Parsed<'_, Vec<EdnsOption>, Reason> {
        let mut options = Vec::new();
        while !input.is_empty() {
            let (rest, option) = option::parse(input)?;
            options.push(option);
            input = rest;
        }
        Ok((input, options))
    }

    /// Writes the OPT record, with the upper bits of `rcode`.
    pub(crate) fn write(&self, rcode: Rcode, out: &mut Writer) {
        out.u8(0);
        out.u16(RecordType::OPT.0);
        out.u16(self.udp_size);
        out.u8((rcode.0 >> HEADER_BITS) as u8);
        out.u8(self.version);
        out.u16(FLAGS.join([self.dnssec_ok.into(), self.reserved.into()]) as u16);
        out.counted(|out| self.options.iter().for_each(|option| option.write(out)));
    }
}
