//! What a signature covers: the records in the one form that every validator makes of them (RFC 4034 §3.1.8.1, §6).
//!
//! ```text
//!   signed = RRSIG RDATA without the signature | record 1 | record 2 | ...
//!   record = owner | type | class | original TTL | RDLENGTH | RDATA
//! ```
//!
//! Owners are in lower case, and a name that a wildcard was expanded to is written as the wildcard. Records are in the
//! order of their RDATA, each once. The data of the types that RFC 4034 §6.2 lists has its names in lower case; NSEC is
//! in the list by mistake (RFC 6840 §5.1), and RRSIG is never signed. Left out: SIG, NXT and A6, which nobody uses.
//! Tested in `tests/dnssec/canonical.rs`.

use crate::compress::Writer;
use crate::name::Name;
use crate::rdata::{RData, Rrsig};
use crate::rrset::RrSet;

/// The bytes that the signature is over; `owner` is the name with the wildcard put back. `None` if a record has no form
/// on the wire.
pub(super) fn signed_bytes(set: &RrSet, rrsig: &Rrsig, owner: &Name) -> Option<Vec<u8>> {
    let mut out = before_the_signature(rrsig);
    // book: canonical
    // exercise: dns15
    // instead: for record in &set.records {
    // instead:     let data = data(&record.data)?;
    // instead:     out.extend(owner.as_wire());
    // instead:     for number in [rrsig.covered.0, set.class().0] { out.extend(number.to_be_bytes()); }
    // instead:     out.extend(record.ttl.to_be_bytes());
    // instead:     out.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
    // instead:     out.extend(data);
    // instead: }
    // instead: Some(out)
    let mut datas = set.records.iter().map(|record| data(&record.data)).collect::<Option<Vec<_>>>()?;
    // §6.3: "left-justified unsigned octet sequence in which the absence of an octet sorts before a zero octet".
    datas.sort();
    datas.dedup();
    for data in datas {
        out.extend(lower_case(owner));
        out.extend(rrsig.covered.0.to_be_bytes());
        out.extend(set.class().0.to_be_bytes());
        out.extend(rrsig.original_ttl.to_be_bytes());
        out.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        out.extend(data);
    }
    Some(out)
    // exercise: end
    // book: end
}

/// RRSIG's RDATA up to the signer, which is in lower case.
fn before_the_signature(rrsig: &Rrsig) -> Vec<u8> {
    let mut out = rrsig.covered.0.to_be_bytes().to_vec();
    out.extend([rrsig.algorithm, rrsig.labels]);
    for number in [rrsig.original_ttl, rrsig.expiration, rrsig.inception] {
        out.extend(number.to_be_bytes());
    }
    out.extend(rrsig.key_tag.to_be_bytes());
    out.extend(lower_case(&rrsig.signer));
    out
}

/// RDATA in canonical form (§6.2).
pub(super) fn data(data: &RData) -> Option<Vec<u8>> {
    let mut out = match data {
        // Its names keep their case, and no name of NSEC is ever compressed.
        RData::Nsec(_) => Writer::new(),
        _ => Writer::canonical(),
    };
    data.write(&mut out);
    out.finish().ok()
}

/// A name as on the wire, in lower case. Its lengths are at most 63, and so never letters.
pub(super) fn lower_case(name: &Name) -> Vec<u8> {
    name.as_wire().to_ascii_lowercase()
}
