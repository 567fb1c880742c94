//! Proofs by NSEC: each record covers the names between its owner and the next one (RFC 4035 §5.4).
//!
//! ```text
//!   ai.example.  ──────────────▶  b.example.     alpha.example. is covered: it does not exist
//!   b.example.   ──────────────▶  ns1.example.   with the types of b.example.
//!   xx.example.  ──────────────▶  example.       the last one leads back to the zone's own name
//! ```
//!
//! What two neighbours have in common exists too: so the covering record shows the closest encloser.

use super::types::{hides_below, lack, show_unsigned_cut};
use crate::dnssec::broken::Flaw;
use crate::dnssec::claim::{Claim, Denied};
use crate::name::Name;
use crate::rdata::{Nsec, RData};
use crate::record::Record;
use crate::record_type::RecordType;

/// One record.
#[derive(Clone, Copy)]
struct Span<'r> {
    owner: &'r Name,
    nsec: &'r Nsec,
}

/// The NSEC records of a zone that a reply has.
pub(super) struct Spans<'r> {
    zone: &'r Name,
    spans: Vec<Span<'r>>,
}

impl<'r> Spans<'r> {
    pub(super) fn of(records: impl Iterator<Item = &'r Record>, zone: &'r Name) -> Spans<'r> {
        let span = |record: &'r Record| match &record.data {
            RData::Nsec(nsec) if nsec.next.is_within(zone) => Some(Span { owner: &record.name, nsec }),
            _ => None,
        };
        Spans { zone, spans: records.filter_map(span).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    pub(super) fn prove(&self, claim: Claim<'_>) -> Result<Denied, Flaw> {
        match claim {
            Claim::Name { name } => self.no_name(name),
            Claim::Type { name, rtype } => self.no_type(name, rtype),
            Claim::Ds { name } => self.no_ds(name),
            Claim::Expanded { name, encloser } => self.no_nearer(name, encloser),
        }
    }

    /// "Prove that the requested name does not exist", and that no wildcard stands for it (RFC 4035 §5.4).
    fn no_name(&self, name: &Name) -> Result<Denied, Flaw> {
        let encloser = self.encloser_of_absent(name)?;
        // A wildcard whose name would be too long does not exist.
        if let Some(wildcard) = encloser.child(b"*") {
            self.encloser_of_absent(&wildcard)?;
        }
        Ok(Denied::by(Some(encloser)))
    }

    /// The name is there without the type: by its own record, as an empty non-terminal, or by the wildcard for it.
    fn no_type(&self, name: &Name, rtype: RecordType) -> Result<Denied, Flaw> {
        if self.lacks(name, rtype)? {
            return Ok(Denied::by(Some(name.clone())));
        }
        let encloser = self.encloser_of_absent(name)?;
        let wildcard = encloser.child(b"*").ok_or(Flaw::NoDenial)?;
        if self.lacks(&wildcard, rtype)? {
            return Ok(Denied::by(Some(encloser)));
        }
        Err(Flaw::NotCovered { name: Box::new(wildcard) })
    }

    /// RFC 6840 §4.4: the cut is there, and has no DS.
    fn no_ds(&self, name: &Name) -> Result<Denied, Flaw> {
        match self.matching(name) {
            Some(span) => show_unsigned_cut(&span.nsec.types, name).map(|()| Denied::by(Some(name.clone()))),
            None => self.encloser_of_absent(name).and(Err(Flaw::NotACut)),
        }
    }

    /// RFC 4035 §5.3.4: no name exists that is nearer than the wildcard's encloser.
    fn no_nearer(&self, name: &Name, encloser: &Name) -> Result<Denied, Flaw> {
        match self.encloser_of_absent(name)? {
            nearest if nearest == *encloser => Ok(Denied::by(Some(nearest))),
            nearest => Err(Flaw::OtherWildcard { encloser: Box::new(nearest) }),
        }
    }

    /// Whether the name exists and lacks the type; an error if it has the type.
    fn lacks(&self, name: &Name, rtype: RecordType) -> Result<bool, Flaw> {
        match self.matching(name) {
            Some(span) => lack(&span.nsec.types, rtype, name).map(|()| true),
            // An empty non-terminal has no types.
            None => Ok(self.covering(name).is_some_and(|span| span.nsec.next.is_within(name))),
        }
    }

    // book: encloser-of-absent
    /// The closest encloser of a name that does not exist.
    fn encloser_of_absent(&self, name: &Name) -> Result<Name, Flaw> {
        if self.matching(name).is_some() {
            return Err(Flaw::Exists);
        }
        let span = self.covering(name).ok_or_else(|| self.why_not_covered(name))?;
        let shared = |above: &Name| span.owner.is_within(above) || span.nsec.next.is_within(above);
        match name.ancestors().find(shared) {
            // The next name is below this one, which is an empty non-terminal.
            Some(encloser) if encloser == *name => Err(Flaw::Exists),
            Some(encloser) => Ok(encloser),
            None => Err(Flaw::NoEncloser),
        }
    }
    // book: end

    fn why_not_covered(&self, name: &Name) -> Flaw {
        match self.spans.iter().find(|span| span.hides(name)) {
            Some(span) => Flaw::ParentSide { cut: Box::new(span.owner.clone()) },
            None => Flaw::NotCovered { name: Box::new(name.clone()) },
        }
    }

    fn matching(&self, name: &Name) -> Option<&Span<'r>> {
        self.spans.iter().find(|span| span.owner == name)
    }

    fn covering(&self, name: &Name) -> Option<&Span<'r>> {
        self.spans.iter().find(|span| span.covers(name, self.zone))
    }
}

impl Span<'_> {
    /// Whether the name stands between the owner and the next name, and the record may speak of it.
    fn covers(&self, name: &Name, zone: &Name) -> bool {
        let is_last = self.nsec.next == *zone;
        self.owner < name && (is_last || *name < self.nsec.next) && !self.hides(name)
    }

    /// Whether the name is below a cut or a DNAME of which this record is.
    fn hides(&self, name: &Name) -> bool {
        hides_below(&self.nsec.types) && self.owner != name && name.is_within(self.owner)
    }
}
