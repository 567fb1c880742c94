//! Answers without asking: secure NSEC records of the cache that prove that a name does not exist (RFC 8198).
//!
//! The cache finds the records, and [`deny`] judges them, as it does for a reply. So nothing can be denied here that a
//! reply could not deny. Only validated records stand in the cache for this: without trust anchors there are none.
//! DS is not denied so, because what stands at a zone cut belongs to two zones. Tested below, and in `tests/cache`.

use std::time::Instant;

use super::Resolver;
use super::store::Kept;
use crate::cache::Spans;
use crate::dnssec::{Claim, Effort, Verified, deny};
use crate::name::Name;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

impl Resolver {
    /// The negative answer that NSEC records in the cache prove, and for how many seconds it holds.
    pub(super) fn denied_unasked(
        &mut self,
        now: Instant,
        name: &Name,
        rtype: RecordType,
    ) -> Option<(Kept, u32)> {
        if !self.config.aggressive_nsec || matches!(rtype, RecordType::DS | RecordType::ANY) {
            return None;
        }
        let spans = self.store.cache.spans(now, name)?;
        let left = spans.left;
        proven(spans, name, rtype).map(|data| (data, left))
    }
}

/// What the records prove.
fn proven(spans: Spans, name: &Name, rtype: RecordType) -> Option<Kept> {
    let verified = spans.spans.iter().map(verified).collect::<Option<Vec<_>>>()?;
    let proof: Vec<_> = spans.spans.iter().zip(&verified).collect();
    let holds = |claim| {
        let denied = deny(claim, &proof, &spans.zone, &mut Effort::default());
        denied.is_ok_and(|denied| denied.insecure.is_none())
    };
    let (no_name, no_type) = (holds(Claim::Name { name }), holds(Claim::Type { name, rtype }));
    let sets =
        || [&spans.soa].into_iter().chain(&spans.spans).map(|set| set.with_ttl_up_to(spans.left)).collect();
    match (no_name, no_type) {
        (true, _) => Some(Kept::Negative(Rcode::NXDOMAIN, sets())),
        (_, true) => Some(Kept::Negative(Rcode::NOERROR, sets())),
        _ => None,
    }
}

/// What validation found when the record came: the cache keeps no other.
fn verified(set: &RrSet) -> Option<Verified> {
    let RData::Rrsig(rrsig) = &set.signatures.first()?.data else { return None };
    Some(Verified {
        zone: rrsig.signer.clone(),
        key_tag: rrsig.key_tag,
        algorithm: rrsig.algorithm,
        ttl: set.ttl(),
        expanded_from: None,
        weak: false,
    })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::authority::{self, Authority, Zone};
    use crate::cache::{Credibility, Learned, Put, Source};
    use crate::dnssec::Security;
    use crate::resolver::{Config, Event, Flags, Hints};
    use crate::zone_file::ZoneFile;
    use crate::{Class, Message, Question, Record};

    /// A zone that ldns-signzone has signed.
    const ZONE: &str = include_str!("../../tests/zones/nsec.zone");

    fn records() -> Vec<Record> {
        ZoneFile::parse(ZONE.as_bytes(), &Name::root()).records
    }

    fn name(text: &str) -> Name {
        Name::parse_text(text).unwrap()
    }

    /// A resolver that knows all NSEC records of the zone, and nothing else.
    fn resolver(config: Config) -> (Resolver, Instant) {
        let hints = Hints::parse(b". 3600 NS a.root.test.\na.root.test. 3600 A 192.0.2.1\n").unwrap();
        let (now, rng) = (Instant::now(), Box::new(ChaCha8Rng::seed_from_u64(1)));
        let mut resolver = Resolver::new(now, SystemTime::UNIX_EPOCH, config, hints, None, rng);
        let source = Source { server: [192, 0, 2, 53].into(), zone: name("nsec.test") };
        let security = Some(Security::Secure);
        let from = Learned { source, credibility: Credibility::Authority, security };
        for set in RrSet::group(&records()) {
            if matches!(set.rtype(), Some(RecordType::NSEC | RecordType::SOA)) {
                assert_eq!(resolver.store.cache.put_denial(now, &set, &from), Put::Kept, "{set:?}");
            }
        }
        (resolver, now)
    }

    /// The authority, whose replies NSD has judged, says the same of each name: that it does not exist, that it has no
    /// such type, or something that NSEC cannot say.
    #[test]
    fn it_denies_what_the_zone_denies_and_nothing_else() {
        let (mut resolver, now) = resolver(Config::default());
        let mut server = Authority::new(authority::Config::default());
        server.add(Zone::new(records(), None).unwrap());
        let mut names: Vec<Name> = records().into_iter().map(|record| record.name).collect();
        names.dedup();
        let below = |name: &Name| [name.child(b"0"), name.child(b"x").and_then(|x| x.child(b"y"))];
        let others: Vec<Name> = names.iter().flat_map(below).flatten().collect();
        let beside = names.iter().filter_map(|name| name.parent()?.child(b"n")).collect::<Vec<_>>();
        let mut counts = [0; 3];
        for name in names.iter().chain(&others).chain(&beside).filter(|at| at.is_within(&names[0])) {
            for rtype in [RecordType::A, RecordType::MX, RecordType::NS, RecordType::HTTPS] {
                let query = Message::query(1, name.clone(), rtype).encode().unwrap();
                let reply = server.answer(&query, crate::stub::Protocol::Tcp).next().unwrap();
                let reply = Message::parse(&reply).unwrap();
                let soa = reply.authorities.iter().any(|record| record.rtype() == RecordType::SOA);
                let says = match (reply.answers.is_empty() && soa, reply.header.rcode) {
                    (true, Rcode::NXDOMAIN) => 0,
                    (true, Rcode::NOERROR) => 1,
                    _ => 2,
                };
                counts[says] += 1;
                let denied = match resolver.denied_unasked(now, name, rtype) {
                    Some((Kept::Negative(Rcode::NXDOMAIN, _), 300)) => 0,
                    Some((Kept::Negative(..), 300)) => 1,
                    None => 2,
                    other => panic!("{name} {rtype}: {other:?}"),
                };
                assert_eq!(denied, says, "{name} {rtype}: {reply:?}");
            }
        }
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }

    #[test]
    fn nobody_is_asked_unless_the_setting_is_off() {
        for on in [true, false] {
            let (mut resolver, now) = resolver(Config { aggressive_nsec: on, ..Config::default() });
            let question = Question { name: name("zz.nsec.test"), rtype: RecordType::A, class: Class::IN };
            resolver.ask(now, question, Flags::default());
            let asks = resolver.transmit(now).is_some();
            assert_eq!(asks, !on);
            if let Some(Event::Resolved(_, resolution)) = resolver.event() {
                assert_eq!(resolution.answer.rcode, Rcode::NXDOMAIN);
                assert_eq!(resolution.answer.authorities.len(), 3, "SOA, NSEC, and NSEC of the wildcard");
            } else {
                assert!(asks);
            }
        }
    }
}
