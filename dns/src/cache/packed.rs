//! Record sets as the cache holds them: in one piece of memory, as on the wire and without compression.
//!
//! ```text
//!   owner                                         of the entry
//!   part | owner | type class TTL | counts        of a set; FF for the owner of the entry
//!     length | RDATA                              of each record, then of each signature
//! ```
//!
//! So an entry takes a known number of bytes. As values in memory the same records would take three times as many, in
//! pieces that nobody can count. The price is that each look parses the data again. The owner and the TTL stand once,
//! because they are the same in all records of a set. Tested in `tests/cache/packed.rs`.

use crate::class::Class;
use crate::compress::Writer;
use crate::name::Name;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// The owner is that of the entry. No name begins with this byte, because a label has at most 63.
const SAME_OWNER: u8 = 0xff;

/// What a set is in its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The records that the entry is about.
    Own,
    /// What proves something.
    Proof,
    /// Addresses of servers.
    Glue,
}

/// The sets as bytes; `None` if they take more than 65,535, or a record cannot be written.
pub(super) fn pack<'s>(owner: &Name, sets: impl IntoIterator<Item = (Part, &'s RrSet)>) -> Option<Box<[u8]>> {
    let mut out = Writer::for_memory();
    out.bytes(owner.as_wire());
    for (part, set) in sets {
        pack_set(&mut out, owner, part, set)?;
    }
    Some(out.finish().ok()?.into_boxed_slice())
}

fn pack_set(out: &mut Writer, owner: &Name, part: Part, set: &RrSet) -> Option<()> {
    let (name, rtype) = (set.name()?, set.rtype()?);
    out.u8(part as u8);
    match name.same_case_as(owner) {
        true => out.u8(SAME_OWNER),
        false => out.bytes(name.as_wire()),
    }
    out.u16(rtype.0);
    out.u16(set.class().0);
    out.u32(set.ttl());
    out.u16(set.records.len().try_into().ok()?);
    out.u16(set.signatures.len().try_into().ok()?);
    set.all().for_each(|record| out.counted(|out| record.data.write(out)));
    Some(())
}

/// The owner of an entry.
pub(super) fn owner(bytes: &[u8]) -> Option<Name> {
    Reader(bytes).name()
}

/// The owner, and the sets again. `None` cannot come, because [`pack`] wrote the bytes.
pub(super) fn unpack(bytes: &[u8]) -> Option<(Name, Vec<(Part, RrSet)>)> {
    let mut input = Reader(bytes);
    let owner = input.name()?;
    let mut sets = Vec::new();
    while !input.0.is_empty() {
        sets.push(input.set(&owner)?);
    }
    Some((owner, sets))
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    fn name(&mut self) -> Option<Name> {
        let (rest, name) = Name::parse_whole("name", "", self.0, self.0).ok()?;
        self.0 = rest;
        Some(name)
    }

    fn set(&mut self, owner: &Name) -> Option<(Part, RrSet)> {
        let part = match self.take::<1>()? {
            [0] => Part::Own,
            [1] => Part::Proof,
            _ => Part::Glue,
        };
        let name = match self.0.split_first()? {
            (&SAME_OWNER, rest) => {
                self.0 = rest;
                owner.clone()
            }
            _ => self.name()?,
        };
        let (rtype, class) = (RecordType(self.u16()?), Class(self.u16()?));
        let ttl = u32::from_be_bytes(self.take()?);
        let (records, signatures) = (self.u16()?, self.u16()?);
        let mut read = |count: u16, rtype| {
            let record = |_| {
                let data = self.data(rtype, class)?;
                Some(Record { name: name.clone(), class, ttl, data })
            };
            (0..count).map(record).collect::<Option<Vec<Record>>>()
        };
        let set = RrSet { records: read(records, rtype)?, signatures: read(signatures, RecordType::RRSIG)? };
        Some((part, set))
    }

    fn data(&mut self, rtype: RecordType, class: Class) -> Option<RData> {
        let length = self.u16()?;
        let (data, rest) = self.0.split_at_checked(length.into())?;
        self.0 = rest;
        Some(RData::parse(rtype, class, None, data).ok()?.1)
    }
}
