//! EDNS(0): what the sender of a message can do beyond RFC 1035, said in an OPT record (RFC 6891 §6.1).

use crate::name::Name;
use crate::rdata::{EdnsOption, Opt, RData};
use crate::record::Record;
use crate::rtype::{Class, RecordType};

/// What an OPT record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edns {
    /// The largest UDP message, in bytes, that the sender takes.
    pub udp_size: u16,
    /// Eight bits above the four of the header's RCODE.
    pub extended_rcode: u8,
    /// 0, as there was never another.
    pub version: u8,
    /// DO: the sender wants DNSSEC's records (RFC 3225 §3).
    pub dnssec_ok: bool,
    /// The options, in the order they came.
    pub options: Vec<EdnsOption>,
}

impl Edns {
    /// A plain one: this size, version 0, no options.
    pub fn new(udp_size: u16) -> Edns {
        Edns { udp_size, extended_rcode: 0, version: 0, dnssec_ok: false, options: Vec::new() }
    }

    /// What `record` says, if it is an OPT record.
    pub fn from_record(record: &Record) -> Option<Edns> {
        let RData::Opt(opt) = &record.data else { return None };
        let [extended_rcode, version, flags, _] = record.ttl.to_be_bytes();
        Some(Edns {
            udp_size: record.class.0,
            extended_rcode,
            version,
            dnssec_ok: flags & 0x80 != 0,
            options: opt.options.clone(),
        })
    }

    /// The OPT record that says this.
    pub fn to_record(&self) -> Record {
        let flags = if self.dnssec_ok { 0x80 } else { 0 };
        Record {
            name: Name::root(),
            rtype: RecordType::OPT,
            class: Class(self.udp_size),
            ttl: u32::from_be_bytes([self.extended_rcode, self.version, flags, 0]),
            data: RData::Opt(Opt { options: self.options.clone() }),
        }
    }
}
