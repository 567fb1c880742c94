//! How a zone stands in the chain of trust: from its DS records up to a trust anchor, and from its own name down where
//! nobody has signed.
//!
//! ```text
//!   standing(zone)   trust anchor?            its keys, by DNSKEY
//!                    DS, signed by a zone     that zone stands signed: its keys, by DNSKEY
//!                    none, which is signed    Unsigned; or NotAZone
//!   place(name)      the nearest zone that is known; if it is signed, each name below it
//! ```
//!
//! A zone above can be asked for anything about DS, and says the truth or breaks the chain, so it does not matter who
//! brought the records. Each step leads to a shorter name. Tested in `tests/resolver` and `tests/recursion`.

use std::time::Instant;

use super::standing::{Standing, Stop, denies, side, signer};
use super::validation::Validation;
use crate::class::Class;
use crate::dnssec::{
    Anchors, Broken, Claim, Flaw, Insecure, Keys, Proof, Proven, Security, Verified, deny, keys_from_ds,
    verify,
};
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::{Ds, RData};
use crate::record_type::RecordType;
use crate::resolver::Resolver;
use crate::resolver::resolution::Answer;
use crate::resolver::store::Kept;
use crate::resolver::task::Task;
use crate::resolver::trace::{Decision, TrustLink};
use crate::rrset::RrSet;

/// A standing, and for how many seconds it holds.
type Found = (Standing, u32);

/// A zone below one without keys stands as that one does, and for as long: it is not kept on its own account.
const NOT_KEPT: u32 = 0;

/// One look at the chain: the task that pays for it, and what it was told to trust.
pub(super) struct Look<'l> {
    pub(super) now: Instant,
    pub(super) task: &'l mut Task,
    pub(super) anchors: &'l Anchors,
    pub(super) validation: &'l mut Validation,
}

impl Look<'_> {
    pub(super) fn note(&mut self, link: TrustLink) {
        self.task.note(self.now, Decision::Trust(link));
    }

    /// What was asked for on the way.
    fn fetched(&self, name: &Name, rtype: RecordType) -> Option<&Answer> {
        self.validation.fetched.get(&(name.clone(), rtype))
    }
}

impl Resolver {
    /// How a zone stands.
    pub(super) fn standing(&mut self, look: &mut Look<'_>, zone: &Name) -> Result<Standing, Stop> {
        if let Some(standing) = look.validation.standings.get(zone) {
            return Ok(standing.clone());
        }
        let standing = match self.keyring.zone(look.now, zone).cloned() {
            Some(standing) => {
                look.note(TrustLink::Known {
                    zone: zone.clone(),
                    signed: matches!(standing, Standing::Signed(_)),
                });
                standing
            }
            None => {
                let (standing, seconds) = self.find(look, zone)?;
                self.keyring.keep_zone(look.now, zone, standing.clone(), seconds);
                standing
            }
        };
        look.validation.standings.insert(zone.clone(), standing.clone());
        Ok(standing)
    }

    fn find(&mut self, look: &mut Look<'_>, zone: &Name) -> Result<Found, Stop> {
        let anchors = look.anchors;
        let (anchor, ds) = match anchors.above(zone) {
            Ok(above) => above,
            Err(insecure) => return Ok((Standing::Unsigned(insecure), u32::MAX)),
        };
        if anchor == zone {
            let link = TrustLink::Anchor { zone: zone.clone(), key_tags: tags(ds) };
            return self.keys(look, zone, ds, link, u32::MAX);
        }
        let set = match self.evidence(look, zone)? {
            Evidence::Ds(set) => set,
            Evidence::Alias(set) => return self.no_zone_by_alias(look, anchor, zone, &set),
            Evidence::Nothing(rcode, sets) => return self.without_ds(look, anchor, zone, rcode, &sets),
        };
        let keys = match self.above(look, anchor, zone, &set)? {
            Ok(keys) => keys,
            Err(standing) => return Ok((standing, NOT_KEPT)),
        };
        let ds = ds_in(&set);
        self.need_keys(look, zone, &ds)?;
        let verified = self.verified(look, &set, &keys)?;
        let (parent, key_tags) = (keys.zone().clone(), tags(&ds));
        let link = TrustLink::Ds { zone: zone.clone(), parent, by: verified.key_tag, key_tags };
        self.keys(look, zone, &ds, link, verified.ttl)
    }

    /// The keys of the zone that has signed a set about `zone`, from above it; or how it stands instead.
    fn above(
        &mut self,
        look: &mut Look<'_>,
        anchor: &Name,
        zone: &Name,
        set: &RrSet,
    ) -> Result<Result<Keys, Standing>, Stop> {
        let Some(signer) = signer(set, anchor).filter(|signer| *signer != zone) else {
            return match self.place(look, &side(zone, RecordType::DS))? {
                Standing::Signed(keys) => Err(Stop::at(set, keys.zone(), Flaw::NoSignature)),
                other => Ok(Err(other)),
            };
        };
        match self.standing(look, signer)? {
            Standing::Signed(keys) => Ok(Ok(keys)),
            Standing::NotAZone => {
                Err(Stop::at(set, signer, Flaw::Signer { signer: Box::new(signer.clone()) }))
            }
            other => Ok(Err(other)),
        }
    }

    pub(super) fn verified(
        &mut self,
        look: &mut Look<'_>,
        set: &RrSet,
        keys: &Keys,
    ) -> Result<Verified, Stop> {
        let wall = self.wall(look.now);
        verify(set, keys, wall, &mut look.task.effort)
            .map_err(|broken| Stop::broken(broken, vec![set.clone()]))
    }

    /// The keys of a zone, by DS records that are proven.
    fn keys(
        &mut self,
        look: &mut Look<'_>,
        zone: &Name,
        ds: &[Ds],
        link: TrustLink,
        seconds: u32,
    ) -> Result<Found, Stop> {
        self.need_keys(look, zone, ds)?;
        look.note(link);
        let dnskeys = self.dnskeys(look, zone).unwrap_or_default();
        let wall = self.wall(look.now);
        match keys_from_ds(zone, ds, &dnskeys, wall, &mut look.task.effort) {
            Ok(Proven::Keys(keys)) => {
                let key_tags = keys.keys().iter().map(|key| key.key_tag()).collect();
                look.note(TrustLink::Keys { zone: zone.clone(), by: keys.key_tag(), key_tags });
                // The cache need not have them checked for a client.
                self.store.judge(look.now, (&dnskeys, &[]), Security::Secure, keys.ttl());
                let seconds = seconds.min(keys.ttl());
                Ok((Standing::Signed(keys), seconds))
            }
            Ok(Proven::Insecure(insecure)) => {
                look.note(TrustLink::Unsigned { zone: zone.clone(), why: insecure.clone() });
                Ok((Standing::Unsigned(insecure), seconds))
            }
            Err(broken) => Err(Stop::broken(broken, vec![dnskeys])),
        }
    }

    /// Stops for the DNSKEY records of a zone, unless they are there, or are of no use: then DS tells as much.
    fn need_keys(&mut self, look: &mut Look<'_>, zone: &Name, ds: &[Ds]) -> Result<(), Stop> {
        let wall = self.wall(look.now);
        let without = keys_from_ds(zone, ds, &RrSet::default(), wall, &mut look.task.effort);
        if matches!(without, Ok(Proven::Insecure(_))) || self.dnskeys(look, zone).is_some() {
            return Ok(());
        }
        Err(needs(zone, RecordType::DNSKEY))
    }

    /// The DNSKEY records of a zone; an empty set if they were asked for in vain.
    fn dnskeys(&mut self, look: &Look<'_>, zone: &Name) -> Option<RrSet> {
        if let Some(answer) = look.fetched(zone, RecordType::DNSKEY) {
            return Some(set_in(answer, zone, RecordType::DNSKEY).cloned().unwrap_or_default());
        }
        match self.store.get(look.now, zone, RecordType::DNSKEY) {
            Some((Kept::Records(set, _), _)) => Some(set),
            _ => None,
        }
    }

    /// What there is about DS of a zone: from its referral, from the cache, or asked for.
    fn evidence(&mut self, look: &Look<'_>, zone: &Name) -> Result<Evidence, Stop> {
        if let Some(answer) = look.fetched(zone, RecordType::DS) {
            return Ok(Evidence::of(zone, answer));
        }
        if let Some(cut) = self.store.cut(look.now, zone)
            && cut.proofs.iter().any(|set| denies(set) || is_ds_of(set, zone))
        {
            let ds = cut.proofs.iter().find(|set| is_ds_of(set, zone)).cloned();
            return Ok(ds.map_or_else(|| Evidence::Nothing(Rcode::NOERROR, cut.proofs.clone()), Evidence::Ds));
        }
        match self.store.get(look.now, zone, RecordType::DS) {
            Some((Kept::Records(set, _), _)) => Ok(Evidence::Ds(set)),
            Some((Kept::Negative(rcode, sets), _)) => Ok(Evidence::Nothing(rcode, sets)),
            _ => Err(needs(zone, RecordType::DS)),
        }
    }

    /// There is no DS. That has to be signed, too: either no zone begins there, or it is one without keys.
    fn without_ds(
        &mut self,
        look: &mut Look<'_>,
        anchor: &Name,
        zone: &Name,
        rcode: Rcode,
        sets: &[RrSet],
    ) -> Result<Found, Stop> {
        let is_signed =
            |set: &&RrSet| denies(set) && signer(set, anchor).is_some_and(|signer| signer != zone);
        let Some(first) = sets.iter().find(is_signed) else {
            return match self.place(look, &side(zone, RecordType::DS))? {
                Standing::Signed(keys) => {
                    let (above, owner) = (keys.zone().clone(), zone.clone());
                    let broken = Broken { zone: above, owner, rtype: RecordType::DS, reason: Flaw::NoDenial };
                    Err(Stop::broken(broken, sets.to_vec()))
                }
                other => Ok((other, NOT_KEPT)),
            };
        };
        let keys = match self.above(look, anchor, zone, first)? {
            Ok(keys) => keys,
            Err(standing) => return Ok((standing, NOT_KEPT)),
        };
        let mut proven = Vec::new();
        for set in sets.iter().filter(is_signed) {
            proven.push((set, self.verified(look, set, &keys)?));
        }
        let proofs: Vec<Proof<'_>> = proven.iter().map(|(set, verified)| (*set, verified)).collect();
        let seconds = proven.iter().map(|(_, verified)| verified.ttl).min().unwrap_or(0);
        let standing = self.denied(look, keys.zone(), zone, rcode, &proofs);
        let standing = standing.map_err(|broken| Stop::broken(broken, sets.to_vec()))?;
        look.note(match &standing {
            Standing::Unsigned(why) => TrustLink::Unsigned { zone: zone.clone(), why: why.clone() },
            _ => TrustLink::NotAZone { name: zone.clone(), zone: keys.zone().clone() },
        });
        Ok((standing, seconds))
    }

    /// What the zone above has signed about a name without DS.
    fn denied(
        &self,
        look: &mut Look<'_>,
        above: &Name,
        name: &Name,
        rcode: Rcode,
        proofs: &[Proof<'_>],
    ) -> Result<Standing, Broken> {
        let effort = &mut look.task.effort;
        let unsigned = match deny(Claim::Ds { name }, proofs, above, effort) {
            Ok(denied) => {
                let zone = name.clone();
                return Ok(Standing::Unsigned(denied.insecure.unwrap_or(Insecure::Unsigned { zone })));
            }
            Err(broken) => broken,
        };
        let claim = match rcode {
            Rcode::NXDOMAIN => Claim::Name { name },
            _ => Claim::Type { name, rtype: RecordType::DS },
        };
        match deny(claim, proofs, above, effort) {
            Ok(denied) => Ok(denied.insecure.map_or(Standing::NotAZone, Standing::Unsigned)),
            Err(_) => Err(unsigned),
        }
    }

    /// The name is an alias, so no zone begins there (RFC 1034 §3.6.2). That has to be signed, too.
    fn no_zone_by_alias(
        &mut self,
        look: &mut Look<'_>,
        anchor: &Name,
        zone: &Name,
        set: &RrSet,
    ) -> Result<Found, Stop> {
        match self.above(look, anchor, zone, set)? {
            Ok(keys) => {
                let verified = self.verified(look, set, &keys)?;
                // A wildcard's alias may stand here in the place of a zone that exists.
                if verified.expanded_from.is_some() {
                    return Err(Stop::at(set, keys.zone(), Flaw::NoDenial));
                }
                look.note(TrustLink::NotAZone { name: zone.clone(), zone: keys.zone().clone() });
                Ok((Standing::NotAZone, verified.ttl))
            }
            Err(standing) => Ok((standing, NOT_KEPT)),
        }
    }

    /// How the zone stands that a name is in, where no signature names it.
    pub(super) fn place(&mut self, look: &mut Look<'_>, name: &Name) -> Result<Standing, Stop> {
        let anchors = look.anchors;
        let anchor = match anchors.above(name) {
            Ok((zone, _)) => zone,
            Err(insecure) => return Ok(Standing::Unsigned(insecure)),
        };
        let mut below = Vec::new();
        let mut standing = None;
        for above in name.ancestors().take_while(|above| above.is_within(anchor)) {
            if above == *anchor || self.store.cut(look.now, &above).is_some() {
                standing =
                    Some(self.standing(look, &above)?).filter(|one| !matches!(one, Standing::NotAZone));
            }
            if standing.is_some() {
                break;
            }
            below.push(above);
        }
        let mut standing = standing.unwrap_or(Standing::NotAZone);
        while let (Standing::Signed(_), Some(next)) = (&standing, below.pop()) {
            match self.standing(look, &next)? {
                Standing::NotAZone => {}
                other => standing = other,
            }
        }
        Ok(standing)
    }
}

/// What there is about DS of a name.
enum Evidence {
    Ds(RrSet),
    /// The name is an alias.
    Alias(RrSet),
    Nothing(Rcode, Vec<RrSet>),
}

impl Evidence {
    fn of(zone: &Name, answer: &Answer) -> Evidence {
        let alias = || set_in(answer, zone, RecordType::CNAME).or_else(|| first_dname(answer)).cloned();
        match set_in(answer, zone, RecordType::DS) {
            Some(set) => Evidence::Ds(set.clone()),
            None => alias()
                .map_or_else(|| Evidence::Nothing(answer.rcode, answer.authorities.clone()), Evidence::Alias),
        }
    }
}

/// A name below a DNAME has no records (RFC 6672 §2.4), and so no zone.
fn first_dname(answer: &Answer) -> Option<&RrSet> {
    answer.answers.first().filter(|set| set.rtype() == Some(RecordType::DNAME))
}

fn set_in<'a>(answer: &'a Answer, name: &Name, rtype: RecordType) -> Option<&'a RrSet> {
    let sets = answer.answers.iter();
    sets.into_iter().find(|set| set.name() == Some(name) && set.rtype() == Some(rtype))
}

fn is_ds_of(set: &RrSet, zone: &Name) -> bool {
    set.rtype() == Some(RecordType::DS) && set.name() == Some(zone)
}

fn ds_in(set: &RrSet) -> Vec<Ds> {
    let ds = |data: &RData| match data {
        RData::Ds(ds) => Some(ds.clone()),
        _ => None,
    };
    set.records.iter().filter_map(|record| ds(&record.data)).collect()
}

fn tags(ds: &[Ds]) -> Vec<u16> {
    ds.iter().map(|ds| ds.key_tag).collect()
}

fn needs(name: &Name, rtype: RecordType) -> Stop {
    Stop::Needs(Question { name: name.clone(), rtype, class: Class::IN })
}
