//! Proofs by NSEC3: each record covers the hashes between its owner's and the next one (RFC 5155 §8).
//!
//! That a hash is covered says nothing of the names above. So a closest encloser proof takes two records: one matches a
//! name that exists, one covers the name a label longer. We look from the zone's own name down, and not up as in §8.3:
//! all names above the encloser exist, so the first name that is covered is the next closer one, and nothing below it
//! has to be hashed. A name with a hundred labels then costs no more than the zone is deep.

use data_encoding::BASE32HEX_NOPAD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::types::{hides_below, lack, show_unsigned_cut};
use crate::dnssec::broken::Flaw;
use crate::dnssec::claim::{Claim, Denied};
use crate::dnssec::effort::Effort;
use crate::dnssec::security::Insecure;
use crate::name::Name;
use crate::rdata::{Nsec3, Nsec3param, RData};
use crate::record::Record;
use crate::record_type::RecordType;

/// SHA-1; no other hash is defined (RFC 5155 §11).
const SHA1: u8 = 1;
/// How many bytes it has.
const LENGTH: usize = 20;
/// In the flags: unsigned zones may lie between the two names.
const OPT_OUT: u8 = 1;
/// A zone with more is treated as unsigned (RFC 9276 §3.2).
const MAX_ITERATIONS: u16 = 150;

/// One record, with the hash that its owner is.
struct Span<'r> {
    hash: Vec<u8>,
    nsec3: &'r Nsec3,
}

/// The NSEC3 records of a zone that a reply has, all with the same parameters.
pub(super) struct Ring<'r> {
    zone: &'r Name,
    param: &'r Nsec3param,
    spans: Vec<Span<'r>>,
    /// Each name is hashed once.
    hashes: Vec<(Name, Vec<u8>)>,
}

/// The closest encloser, and the record that covers the name a label longer.
struct Encloser<'p, 'r> {
    name: Name,
    next_closer: Name,
    cover: &'p Span<'r>,
}

impl<'r> Ring<'r> {
    /// `None` if no record is of use; the number of iterations if it is too high.
    pub(super) fn of(
        records: impl Iterator<Item = &'r Record>,
        zone: &'r Name,
    ) -> Result<Option<Ring<'r>>, u16> {
        let spans: Vec<Span<'r>> = records.filter_map(|record| span(record, zone)).collect();
        let Some(param) = spans.first().map(|span| &span.nsec3.param) else { return Ok(None) };
        if param.iterations > MAX_ITERATIONS {
            return Err(param.iterations);
        }
        let same = |span: &Span<'_>| {
            span.nsec3.param.iterations == param.iterations && span.nsec3.param.salt == param.salt
        };
        let spans = spans.into_iter().filter(same).collect();
        Ok(Some(Ring { zone, param, spans, hashes: Vec::new() }))
    }

    pub(super) fn prove(&mut self, claim: Claim<'_>, effort: &mut Effort) -> Result<Denied, Flaw> {
        match claim {
            Claim::Name { name } => self.no_name(name, effort),
            Claim::Type { name, rtype } => self.no_type(name, rtype, effort),
            Claim::Ds { name } => self.no_ds(name, effort),
            Claim::Expanded { name, encloser } => self.no_nearer(name, encloser, effort),
        }
    }

    /// §8.4: "a closest encloser proof for QNAME", and a record that covers the wildcard at the closest encloser.
    fn no_name(&mut self, name: &Name, effort: &mut Effort) -> Result<Denied, Flaw> {
        let (encloser, denied) = self.enclosed(name, effort)?;
        // A wildcard whose name would be too long does not exist.
        if let Some(wildcard) = encloser.child(b"*") {
            let hash = self.hash(&wildcard, effort)?;
            if self.matching(&hash).is_some() {
                return Err(Flaw::Exists);
            }
            self.covering(&hash).ok_or(Flaw::NotCovered { name: Box::new(wildcard) })?;
        }
        Ok(denied)
    }

    /// §8.5 and §8.7: a record matches the name, or the wildcard for it, and lists neither the type nor CNAME. With
    /// opt-out the name may be that of an unsigned zone, or stand above one (§8.6, §7.1).
    fn no_type(&mut self, name: &Name, rtype: RecordType, effort: &mut Effort) -> Result<Denied, Flaw> {
        if self.lacks(name, rtype, effort)? {
            return Ok(Denied::by(Some(name.clone())));
        }
        let (encloser, denied) = self.enclosed(name, effort)?;
        let wildcard = encloser.child(b"*").ok_or(Flaw::NoDenial)?;
        if self.lacks(&wildcard, rtype, effort)? || denied.opt_out() {
            return Ok(denied);
        }
        Err(Flaw::NotCovered { name: Box::new(wildcard) })
    }

    /// §8.9, and RFC 6840 §4.4: the cut has NS and no DS, or opt-out leaves it out.
    fn no_ds(&mut self, name: &Name, effort: &mut Effort) -> Result<Denied, Flaw> {
        let hash = self.hash(name, effort)?;
        if let Some(span) = self.matching(&hash) {
            return show_unsigned_cut(&span.nsec3.types, name).map(|()| Denied::by(Some(name.clone())));
        }
        let (_, denied) = self.enclosed(name, effort)?;
        if denied.opt_out() { Ok(denied) } else { Err(Flaw::NotACut) }
    }

    /// §8.8: a record covers the next closer name below the wildcard's encloser.
    fn no_nearer(&mut self, name: &Name, encloser: &Name, effort: &mut Effort) -> Result<Denied, Flaw> {
        let next_closer = name.ancestors().take_while(|above| above != encloser).last();
        let next_closer = next_closer.filter(|_| name.is_within(encloser)).ok_or(Flaw::Exists)?;
        let hash = self.hash(&next_closer, effort)?;
        if self.matching(&hash).is_some() {
            return Err(Flaw::Exists);
        }
        match self.covering(&hash) {
            Some(cover) => Ok(cover.denied(encloser, next_closer)),
            None => Err(Flaw::NotCovered { name: Box::new(next_closer) }),
        }
    }

    /// Whether the name exists and lacks the type; an error if it has the type.
    fn lacks(&mut self, name: &Name, rtype: RecordType, effort: &mut Effort) -> Result<bool, Flaw> {
        let hash = self.hash(name, effort)?;
        match self.matching(&hash) {
            Some(span) => lack(&span.nsec3.types, rtype, name).map(|()| true),
            None => Ok(false),
        }
    }

    /// The closest encloser of a name that does not exist, and what follows if nothing else is to be shown.
    fn enclosed(&mut self, name: &Name, effort: &mut Effort) -> Result<(Name, Denied), Flaw> {
        let Encloser { name: encloser, next_closer, cover } = self.encloser(name, effort)?;
        let denied = cover.denied(&encloser, next_closer);
        Ok((encloser, denied))
    }

    /// §8.3.
    fn encloser(&mut self, name: &Name, effort: &mut Effort) -> Result<Encloser<'_, 'r>, Flaw> {
        let zone = self.zone;
        let mut down: Vec<Name> = name.ancestors().take_while(|above| above.is_within(zone)).collect();
        down.reverse();
        // book: encloser
        // exercise: dns16
        // instead: let _ = (down, effort);
        // instead: Err(Flaw::NoEncloser)
        let mut above: Option<Name> = None;
        for next in down {
            let hash = self.hash(&next, effort)?;
            if let Some(span) = self.matching(&hash) {
                // "The DNAME type bit must not be set and the NS type bit may only be set if the SOA type bit is set."
                if hides_below(&span.nsec3.types) && next != *name {
                    return Err(Flaw::ParentSide { cut: Box::new(next) });
                }
                above = Some(next);
            } else if self.covering(&hash).is_some() {
                let name =
                    above.filter(|above| next.parent().as_ref() == Some(above)).ok_or(Flaw::NoEncloser)?;
                let cover = self.covering(&hash).ok_or(Flaw::NoEncloser)?;
                return Ok(Encloser { name, next_closer: next, cover });
            }
        }
        match above {
            Some(above) if above == *name => Err(Flaw::Exists),
            Some(_) => Err(Flaw::NotCovered { name: Box::new(name.clone()) }),
            None => Err(Flaw::NoEncloser),
        }
        // exercise: end
        // book: end
    }

    fn matching(&self, hash: &[u8]) -> Option<&Span<'r>> {
        self.spans.iter().find(|span| span.hash == hash)
    }

    fn covering(&self, hash: &[u8]) -> Option<&Span<'r>> {
        self.spans.iter().find(|span| span.covers(hash))
    }

    /// RFC 5155 §5: "IH(salt, x, 0) = H(x || salt)", "IH(salt, x, k) = H(IH(salt, x, k-1) || salt)", of the name in
    /// lower case.
    fn hash(&mut self, name: &Name, effort: &mut Effort) -> Result<Vec<u8>, Flaw> {
        if let Some((_, hash)) = self.hashes.iter().find(|(known, _)| known == name) {
            return Ok(hash.clone());
        }
        effort.hash()?;
        let sha1 = |bytes: &[u8]| {
            digest(&SHA1_FOR_LEGACY_USE_ONLY, &[bytes, &self.param.salt].concat()).as_ref().to_vec()
        };
        let once = sha1(&name.as_wire().to_ascii_lowercase());
        let hash = (0..self.param.iterations).fold(once, |hash, _| sha1(&hash));
        self.hashes.push((name.clone(), hash.clone()));
        Ok(hash)
    }
}

impl Span<'_> {
    /// Whether the hash stands between the two of the record. The last one leads back to the first.
    fn covers(&self, hash: &[u8]) -> bool {
        let (owner, next) = (&self.hash[..], &self.nsec3.next[..]);
        if owner < next { owner < hash && hash < next } else { owner < hash || hash < next }
    }

    /// What a record shows that covers the next closer name. RFC 5155 §9.2: with opt-out there is no AD.
    fn denied(&self, encloser: &Name, next_closer: Name) -> Denied {
        let opt_out = self.nsec3.param.flags & OPT_OUT != 0;
        let insecure = opt_out.then_some(Insecure::OptOut { name: next_closer });
        Denied { insecure, encloser: Some(encloser.clone()) }
    }
}

/// A record of the zone that can be used: §8.1 has unknown hashes ignored, §8.2 unknown flags.
fn span<'r>(record: &'r Record, zone: &Name) -> Option<Span<'r>> {
    let RData::Nsec3(nsec3) = &record.data else { return None };
    let label = record.name.labels().next().filter(|_| record.name.parent().as_ref() == Some(zone))?;
    let hash = BASE32HEX_NOPAD.decode(&label.to_ascii_uppercase()).ok()?;
    let known = nsec3.param.hash_algorithm == SHA1 && nsec3.param.flags <= OPT_OUT;
    (known && hash.len() == LENGTH && nsec3.next.len() == LENGTH).then_some(Span { hash, nsec3 })
}
