//! How a question is answered: RFC 1034 §4.3.2, step by step, as RFC 6672 §3.2 revised it for DNAME and RFC 4035 §3.1
//! for DNSSEC.
//!
//! ```text
//!   step 1   recursion is not available
//!   step 2   the nearest zone ◀──────────────────────────┐
//!   step 3   down from label to label (descent.rs), to    │ the name is an alias:
//!        a   the whole name, or                           │ go on with its target
//!        b   a cut: a referral, or                        │
//!        c   nothing: DNAME, a wildcard, or a name error ─┘
//!   step 4   the cache, and step 5, recursion: an authoritative server has neither
//!   step 6   addresses of the hosts that the answer names
//! ```

use super::any::AnyAnswer;
use super::claim::Claim;
use super::descent::{End, match_down};
use super::node::Node;
use super::response::{Response, host};
use super::zone::Zone;
use super::zones::Zones;
use crate::class::Class;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::rdata::RData;
use crate::record::Record;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// How many aliases are followed. Resolvers give chains up that are longer, and a loop would never end.
const MAX_ALIASES: usize = 16;

/// A question, and what is known of its answer.
pub(super) struct Lookup<'a> {
    zones: &'a Zones,
    any: AnyAnswer,
    question: Option<&'a Question>,
    rtype: RecordType,
    response: Response,
}

/// Where to go on: with the target of an alias. `None`: the answer is complete.
type Next = Option<Name>;

impl<'a> Lookup<'a> {
    pub(super) fn new(
        zones: &'a Zones,
        any: AnyAnswer,
        query: &'a Message,
        response: Response,
    ) -> Lookup<'a> {
        let question = query.question();
        let rtype = question.map_or(RecordType::ANY, |question| question.rtype);
        Lookup { zones, any, question, rtype, response }
    }

    /// All steps. Step 1, "set or clear the value of recursion available", is done: a new response has it clear.
    pub(super) fn run(mut self) -> Response {
        let mut next = self.question.map(|question| question.name.clone());
        let mut aliases = 0;
        while let Some(name) = next {
            next = self.search_the_zones(&name).filter(|target| !self.response.has_alias_of(target));
            aliases += 1;
            if aliases > MAX_ALIASES {
                break;
            }
        }
        self.additional_addresses();
        self.response
    }

    /// Step 2: "Search the available zones for the zone which is the nearest ancestor to QNAME."
    fn search_the_zones(&mut self, name: &Name) -> Next {
        match self.zones.for_question(name, self.rtype) {
            Some(zone) => self.match_in(zone, name),
            None => {
                if self.is_original(name) {
                    // RFC 1035 §4.1.1: "The name server refuses to perform the specified operation for policy reasons."
                    self.response.message.header.rcode = Rcode::REFUSED;
                }
                None
            }
        }
    }

    /// Step 3: "Start matching down, label by label, in the zone."
    fn match_in(&mut self, zone: &'a Zone, name: &Name) -> Next {
        let end = match_down(zone, name, self.rtype);
        if !matches!(end, End::Cut(..)) {
            // RFC 1035 §4.1.1. Nobody has authority over all classes (§6.2).
            let one_class = self.question.is_some_and(|question| question.class == Class::IN);
            self.response.message.header.aa |= one_class;
        }
        match end {
            End::Whole(node) => self.whole_name(zone, name, node),
            End::Cut(cut, node) => self.referral(zone, cut, node),
            End::Dname(owner, node) => self.dname(name, owner, node),
            End::Wildcard { node, encloser } => self.wildcard(zone, name, &encloser, node),
            End::Nothing { encloser } => self.name_error(zone, name, &encloser),
        }
    }

    /// Step 3a: "If the whole of QNAME is matched, we have found the node."
    fn whole_name(&mut self, zone: &Zone, name: &Name, node: Option<&Node>) -> Next {
        match node.map(|node| self.copy(zone, name, node)) {
            Some(Copied::Matches) => None,
            Some(Copied::Alias(target)) => Some(target),
            Some(Copied::Nothing) | None => self.no_data(zone, Claim::Type { name }),
        }
    }

    /// "Otherwise, copy all RRs which match QTYPE into the answer section"; before that: "If the data at the node is a
    /// CNAME, and QTYPE doesn't match CNAME, copy the CNAME RR into the answer section of the response, change QNAME
    /// to the canonical name in the CNAME RR, and go back to step 1."
    fn copy(&mut self, zone: &Zone, name: &Name, node: &Node) -> Copied {
        if self.copy_matches(zone, name, node) {
            return Copied::Matches;
        }
        let Some(alias) = node.set(RecordType::CNAME) else { return Copied::Nothing };
        self.response.answer(name, alias);
        match alias.records.first().map(|record| &record.data) {
            Some(RData::Cname(target)) => Copied::Alias(target.clone()),
            _ => Copied::Nothing,
        }
    }

    /// Copies what the question asks for, and says whether there was any.
    fn copy_matches(&mut self, zone: &Zone, name: &Name, node: &Node) -> bool {
        let before = self.response.message.answers.len();
        match self.rtype {
            RecordType::ANY => self.any.fill(&mut self.response, zone, name, node),
            RecordType::RRSIG => self.response.answer(name, &node.signatures()),
            rtype => node.set(rtype).into_iter().for_each(|set| self.response.answer(name, set)),
        }
        self.response.message.answers.len() > before
    }

    /// Step 3b: "Copy the NS RRs for the subzone into the authority section of the reply. Put whatever addresses are
    /// available into the additional section".
    fn referral(&mut self, zone: &Zone, cut: &Name, node: &Node) -> Next {
        let servers = node.set(RecordType::NS)?;
        self.response.authority(cut, servers);
        // RFC 4035 §3.1.4: DS and its signature, or the proof that there is none.
        match node.set(RecordType::DS) {
            Some(ds) if zone.is_signed() => self.response.for_dnssec(cut, ds),
            _ => self.response.proof(zone, Claim::Ds { name: cut }),
        }
        // RFC 9471 §3.1: the addresses of servers inside the subzone are a part of the referral: without them nobody
        // could reach it. Those of other servers only save a query.
        let (inside, outside): (Vec<&Name>, Vec<&Name>) =
            servers.records.iter().filter_map(host).partition(|host| host.is_within(cut));
        self.addresses(zone, inside);
        self.response.additional_is_glue();
        self.addresses(zone, outside);
        None
    }

    /// Step 3c as in RFC 6672 §3.2: "If a DNAME record exists at that point, copy that record into the answer section."
    fn dname(&mut self, name: &Name, owner: &Name, node: &Node) -> Next {
        let set = node.set(RecordType::DNAME)?;
        self.response.answer(owner, set);
        let record = set.records.first()?;
        let RData::Dname(target) = &record.data else { return None };
        let Some(target) = substitute(name, owner, target) else {
            // "If substitution of its <target> for its <owner> in QNAME would overflow the legal size for a
            // <domain-name>, set RCODE to YXDOMAIN".
            self.response.message.header.rcode = Rcode::YXDOMAIN;
            return None;
        };
        // "The server MUST synthesize a CNAME record": for resolvers that do not know DNAME. §3.1: its TTL is that of
        // the DNAME record.
        let alias = RData::Cname(target.clone());
        self.response.answer_made_up(Record { name: name.clone(), data: alias, ..record.clone() });
        Some(target)
    }

    /// Step 3c: "If the "*" label does exist, match RRs at that node against QTYPE. If any match, copy them into the
    /// answer section, but set the owner of the RR to be QNAME".
    fn wildcard(&mut self, zone: &Zone, name: &Name, encloser: &Name, node: Option<&Node>) -> Next {
        let copied = node.map_or(Copied::Nothing, |node| self.copy(zone, name, node));
        if matches!(copied, Copied::Nothing) {
            return self.no_data(zone, Claim::TypeAtWildcard { name, encloser });
        }
        self.response.proof(zone, Claim::Expanded { name, encloser });
        match copied {
            Copied::Alias(target) => Some(target),
            _ => None,
        }
    }

    /// Step 3c: "If the "*" label does not exist, [..] set an authoritative name error in the response and exit." This
    /// is so for the target of an alias too (RFC 6604 §3).
    fn name_error(&mut self, zone: &Zone, name: &Name, encloser: &Name) -> Next {
        self.response.message.header.rcode = Rcode::NXDOMAIN;
        self.no_data(zone, Claim::Name { name, encloser })
    }

    /// RFC 2308 §3: "Name servers authoritative for a zone MUST include the SOA record of the zone in the authority
    /// section of the response when reporting an NXDOMAIN or indicating that no data of the requested type exists."
    fn no_data(&mut self, zone: &Zone, claim: Claim<'_>) -> Next {
        self.response.authority(zone.apex(), &zone.negative_soa);
        self.response.proof(zone, claim);
        None
    }

    /// Step 6: "Using local data only, attempt to add other RRs which may be useful to the additional section".
    fn additional_addresses(&mut self) {
        let zones = self.zones;
        for host in self.response.hosts_in_answer() {
            if let Some(zone) = zones.nearest(&host) {
                self.addresses(zone, [&host]);
            }
        }
    }

    fn addresses<'n>(&mut self, zone: &Zone, hosts: impl IntoIterator<Item = &'n Name>) {
        let known = hosts.into_iter().flat_map(|host| zone.addresses(host));
        known.for_each(|(owner, set): (&Name, &RrSet)| self.response.additional(owner, set));
    }

    /// Whether no alias was followed so far.
    fn is_original(&self, name: &Name) -> bool {
        self.question.is_some_and(|question| question.name == *name)
            && self.response.message.answers.is_empty()
    }
}

/// What a node had for the question.
enum Copied {
    Matches,
    Alias(Name),
    Nothing,
}

/// RFC 6672 §2.2: the labels of `name` above `owner`, and `target` in the place of `owner`.
fn substitute(name: &Name, owner: &Name, target: &Name) -> Option<Name> {
    let kept = name.labels().count() - owner.labels().count();
    let labels: Vec<&[u8]> = name.labels().take(kept).collect();
    labels.iter().rev().try_fold(target.clone(), |name, label| name.child(label))
}
