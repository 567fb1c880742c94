//! The answer section: from the name asked for along its aliases, as far as the server's zone goes.

use super::parts::{Link, Refusal, refusal, sets_of};
use crate::message::Message;
use crate::name::Name;
use crate::outcome::MAX_ALIASES;
use crate::question::Question;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::resolver::alias::{dname_target, synthesised};
use crate::resolver::trace::{RefusedBecause, Section};
use crate::rrset::RrSet;

/// Where the aliases lead.
pub(super) struct Walked {
    pub(super) links: Vec<Link>,
    pub(super) at: Name,
    pub(super) records: Vec<RrSet>,
    /// The last alias leads out of the zone.
    pub(super) leaves_zone: bool,
}

/// Follows the aliases, and refuses all that is beside the way.
pub(super) fn walk(reply: &Message, question: &Question, zone: &Name, refused: &mut Vec<Refusal>) -> Walked {
    let sets = sets_of(&reply.answers, question.class, Section::Answer, refused);
    let mut used = vec![false; sets.len()];
    let mut walked =
        Walked { links: Vec::new(), at: question.name.clone(), records: Vec::new(), leaves_zone: false };
    while walked.links.len() <= MAX_ALIASES {
        if !walked.at.is_within(zone) {
            walked.leaves_zone = !walked.links.is_empty();
            break;
        }
        // A CNAME that follows from a DNAME is not signed: who asks for it gets both (RFC 6672 §5.3.1).
        let asks_for_alias = matches!(question.rtype, RecordType::CNAME | RecordType::ANY);
        if asks_for_alias && sets.iter().any(|set| covers(set, &walked.at, zone)) {
            walked.links.extend(step(&sets, &mut used, &walked.at, zone));
            break;
        }
        let wanted = |set: &RrSet| question.rtype == RecordType::ANY || set.rtype() == Some(question.rtype);
        let here = |set: &RrSet| set.name() == Some(&walked.at);
        for (set, used) in sets.iter().zip(&mut used).filter(|(set, _)| here(set) && wanted(set)) {
            walked.records.push(set.clone());
            *used = true;
        }
        if !walked.records.is_empty() {
            break;
        }
        let Some(link) = step(&sets, &mut used, &walked.at, zone) else { break };
        let circle = walked.links.iter().any(|earlier| earlier.from == link.to) || link.from == link.to;
        walked.at = link.to.clone();
        walked.links.push(link);
        if circle {
            break;
        }
    }
    let rest = sets.iter().zip(used).filter(|(_, used)| !used);
    refused.extend(rest.filter_map(|(set, _)| {
        let outside = set.name().is_some_and(|name| !name.is_within(zone));
        let why = if outside { RefusedBecause::OutOfZone } else { RefusedBecause::NotAsked };
        refusal(set, Section::Answer, why)
    }));
    walked
}

/// Whether a set is a DNAME above a name.
fn covers(set: &RrSet, at: &Name, zone: &Name) -> bool {
    let is_above = |owner: &Name| owner != at && at.is_within(owner) && owner.is_within(zone);
    set.rtype() == Some(RecordType::DNAME) && set.name().is_some_and(is_above)
}

/// One alias further. A DNAME above the name comes first, because the CNAME beside it follows from it.
fn step(sets: &[RrSet], used: &mut [bool], at: &Name, zone: &Name) -> Option<Link> {
    let mut use_first = |is: &dyn Fn(&RrSet) -> bool| {
        let place = sets.iter().position(is)?;
        *used.get_mut(place)? = true;
        sets.get(place)
    };
    let is_alias = |set: &RrSet| set.rtype() == Some(RecordType::CNAME) && set.name() == Some(at);
    if let Some(dname) = use_first(&|set: &RrSet| covers(set, at, zone)) {
        use_first(&is_alias);
        let to = dname_target(dname, at)?;
        let sets = vec![dname.clone(), synthesised(dname, at, &to)];
        return Some(Link { from: at.clone(), to, sets });
    }
    let set = use_first(&is_alias)?;
    // A name has one CNAME record at most (RFC 2181 §10.1): if there are more, the first counts.
    let first: Vec<Record> = set.records.iter().take(1).cloned().collect();
    let RData::Cname(to) = &first.first()?.data else { return None };
    let (to, set) = (to.clone(), RrSet { records: first.clone(), signatures: set.signatures.clone() });
    Some(Link { from: at.clone(), to, sets: vec![set] })
}
