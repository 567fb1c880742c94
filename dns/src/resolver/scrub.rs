//! What of a reply is believed: only what the server that was asked has a say in, and what the question is about.
//!
//! A server of `example.test` that answers `www.example.test` may put a record of `bank.test` beside the answer. An old
//! resolver kept it. Here each record set of a reply is taken or refused, with the reason:
//!
//! ```text
//!   section      taken                                             all else is refused
//!   answer       the records asked for, and the aliases that lead  NotAsked, OutOfZone
//!                to them, as far as they are in the server's zone
//!   authority    negative: SOA of a zone that the name is in,      NoUse, OutOfZone,
//!                and what proves it; referral: NS (and DS) of one  NotOnTheWay
//!                zone between the server's and the name
//!   additional   addresses in the server's zone, of servers that   NotAServer, OutOfZone
//!                the referral names
//! ```
//!
//! The rule is RFC 2181 §5.4.1; RFC 5452 §6 has the reason. NS records beside an answer are not taken: the parent named
//! these servers already, and a zone that was taken away could keep itself alive with them (ghost domains). What is
//! left is a message again, so that [`Outcome`](crate::Outcome) reads what was believed and nothing else. Tested in
//! `tests/resolver`.

mod answer;
mod beside;
mod parts;

use self::answer::Walked;
pub(super) use self::parts::{Link, Refusal};
use crate::cache::Cut;
use crate::message::Message;
use crate::name::Name;
use crate::question::Question;
use crate::rcode::Rcode;
use crate::record_type::RecordType;
use crate::rrset::RrSet;

/// What is believed of a reply.
#[derive(Debug, Clone)]
pub(super) struct Scrubbed {
    /// The same as a message.
    pub(super) message: Message,
    /// The aliases, in the order in which they lead on.
    pub(super) links: Vec<Link>,
    /// The name that they lead to.
    pub(super) at: Name,
    /// The records asked for.
    pub(super) records: Vec<RrSet>,
    /// SOA of a negative answer, and what proves it.
    pub(super) negative: Vec<RrSet>,
    /// The servers of a zone below; without records if the reply is not a referral.
    pub(super) cut: Cut,
    pub(super) refused: Vec<Refusal>,
}

/// Takes from the reply of a server of `zone` what is to be believed.
pub(super) fn scrub(reply: &Message, question: &Question, zone: &Name) -> Scrubbed {
    let mut refused = Vec::new();
    let Walked { links, at, records, leaves_zone } = answer::walk(reply, question, zone, &mut refused);
    let mut beside = beside::Beside::new(zone, question, &mut refused);
    let finds = !records.is_empty() || leaves_zone;
    let (negative, mut cut) = beside.authority(reply, &at, finds, links.is_empty());
    let servers = if question.rtype == RecordType::NS && zone.is_root() && question.name.is_root() {
        records.first()
    } else {
        Some(&cut.ns)
    };
    cut.glue = servers.map(|ns| beside.glue(reply, ns)).unwrap_or_default();
    let mut message = reply.clone();
    let aliases = links.iter().flat_map(|link| &link.sets);
    message.answers = aliases.chain(&records).flat_map(RrSet::all).cloned().collect();
    message.authorities = negative.iter().chain([&cut.ns]).flat_map(RrSet::all).cloned().collect();
    message.additionals = cut.glue.iter().flat_map(RrSet::all).cloned().collect();
    if leaves_zone {
        // What the reply says about the target of an alias is not for this server to say.
        message.header.rcode = Rcode::NOERROR;
    }
    Scrubbed { message, links, at, records, negative, cut, refused }
}
