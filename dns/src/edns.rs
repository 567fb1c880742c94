//! EDNS(0): what the sender of a message can do beyond RFC 1035, said in an OPT record (RFC 6891 §6.1).
//!
//! On the wire EDNS is a record; where its fields stand is written in [`rdata::Opt`](crate::rdata::Opt)'s file.
//! [`Edns`] is what they mean. Left out: the meaning of each option. Tested in `tests/message.rs`.

use crate::class::Class;
use crate::name::Name;
use crate::rdata::{EdnsOption, Opt, RData, opt};
use crate::record::Record;
use crate::record_type::RecordType;

/// The UDP payload size that our OPT records name. A message of this size fits a packet on nearly every path, so no
/// answer arrives in fragments, which are easy to forge.
pub const EDNS_UDP_SIZE: u16 = 1232;

/// What an OPT record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edns {
    /// The largest UDP message, in bytes, that the sender takes.
    pub udp_size: u16,
    /// Eight bits above the four of the header's RCODE.
    pub extended_rcode: u8,
    /// 0: no other version exists.
    pub version: u8,
    /// DO: the sender wants DNSSEC's records (RFC 3225 §3).
    pub dnssec_ok: bool,
    /// The options, in the order they came.
    pub options: Vec<EdnsOption>,
}

impl Edns {
    /// EDNS version 0 with this UDP payload size, in bytes, and no options.
    pub fn new(udp_size: u16) -> Edns {
        Edns { udp_size, extended_rcode: 0, version: 0, dnssec_ok: false, options: Vec::new() }
    }

    /// What `record` says, if it is an OPT record.
    pub fn from_record(record: &Record) -> Option<Edns> {
        let RData::Opt(opt) = &record.data else { return None };
        let [extended_rcode, version, flags @ ..] = record.ttl.to_be_bytes();
        let [dnssec_ok, _] = opt::FLAGS.split(u16::from_be_bytes(flags).into());
        Some(Edns {
            udp_size: record.class.0,
            extended_rcode,
            version,
            dnssec_ok: dnssec_ok == 1,
            options: opt.options.clone(),
        })
    }

    /// The OPT record that says this.
    pub fn to_record(&self) -> Record {
        let flags = opt::FLAGS.join([self.dnssec_ok.into(), 0]);
        Record {
            name: Name::root(),
            rtype: RecordType::OPT,
            class: Class(self.udp_size),
            ttl: u32::from_be_bytes([self.extended_rcode, self.version, (flags >> 8) as u8, flags as u8]),
            data: RData::Opt(Opt { options: self.options.clone() }),
        }
    }
}
