//! Why there is no answer, or no proof of it: the link that broke, with its records (`--why`).
//!
//! A link is a set of records and what should prove it: its signature, the keys of its zone, and DS above. They are
//! looked for among the replies to this question.

use std::collections::BTreeSet;

use barewire_dissect::printable;
use barewire_dns::dnssec::{Broken, Insecure, Security};
use barewire_dns::driver::Direction;
use barewire_dns::resolver::trace::Decision;
use barewire_dns::{ExtendedError, Message, Name, RData, Record, RecordType};

use super::walked::Walked;
use crate::cli::ResolveArgs;
use crate::commands::resolve::found;
use crate::commands::resolve::table::table;
use crate::views::{Style, paragraph};

/// The most servers left behind that are named.
const MOST: usize = 12;

/// The reason in sentences, and the records of the link below it.
pub(super) fn text(args: &ResolveArgs, walked: &Walked, indent: usize, style: &Style) -> String {
    let (sentences, records) = match &walked.resolution.security {
        Some(Security::Bogus(broken)) => (vec![broken_link(broken)], of_link(walked, broken)),
        Some(Security::Insecure(insecure)) => {
            (vec![format!("no proof: {insecure}")], of_cut(walked, insecure))
        }
        Some(Security::Secure) => (
            vec!["nothing is wrong: each link from the trust anchor to the answer is signed".to_owned()],
            Vec::new(),
        ),
        None if walked.exit_code() <= 1 && args.question.cd => {
            (vec!["nothing was checked: --cd asks for that".to_owned()], Vec::new())
        }
        None if walked.exit_code() <= 1 => {
            let said =
                "nothing was checked: --anchor FILE names keys to trust, and --signed has zones to try";
            (vec![said.to_owned()], Vec::new())
        }
        None => (failures(walked), Vec::new()),
    };
    let mut out: String = sentences
        .iter()
        .map(|sentence| paragraph(&format!("why: {}", printable(sentence)), indent, style.width))
        .collect();
    out.push_str(&table(&found::of_records(records), style));
    out
}

/// The sentence about a link, with the name of its extended error.
fn broken_link(broken: &Broken) -> String {
    let error = ExtendedError { code: broken.extended_error(), text: Vec::new() };
    format!("the link that broke: {broken}; extended error {} ({})", error.code, error.name())
}

/// What the servers did that were left behind, and the budgets that were spent.
fn failures(walked: &Walked) -> Vec<String> {
    let told = walked.resolution.trace.steps.iter().filter_map(|step| match &step.decision {
        decision @ (Decision::CrossedOut { .. } | Decision::Spent(..)) => Some(decision.to_string()),
        _ => None,
    });
    let mut told = once_each(told);
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    if told.is_empty() { walked.reasons() } else { told }
}

/// Each sentence where it comes first. Each task of a walk tells of the same servers.
fn once_each(sentences: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    sentences.filter(|sentence| seen.insert(sentence.clone())).collect()
}

/// The records of the link: the set itself with its signatures, DS and keys of its zone.
fn of_link(walked: &Walked, broken: &Broken) -> Vec<Record> {
    let wanted = |record: &Record| {
        let is = |name: &Name, rtype| record.name == *name && covers(record, rtype);
        is(&broken.owner, broken.rtype)
            || is(&broken.zone, RecordType::DS)
            || is(&broken.zone, RecordType::DNSKEY)
    };
    records_that(walked, &[&broken.owner, &broken.zone], wanted)
}

/// What shows that a zone has no DS, or none that counts.
fn of_cut(walked: &Walked, insecure: &Insecure) -> Vec<Record> {
    let (Insecure::Unsigned { zone } | Insecure::Algorithms { zone, .. } | Insecure::Digests { zone, .. }) =
        insecure
    else {
        return Vec::new();
    };
    let proves = |record: &Record| {
        let is_denial = covers(record, RecordType::NSEC) || covers(record, RecordType::NSEC3);
        (record.name == *zone && covers(record, RecordType::DS)) || is_denial
    };
    records_that(walked, &[zone], proves)
}

/// Whether a record is of this type, or a signature over such records.
fn covers(record: &Record, rtype: RecordType) -> bool {
    match &record.data {
        RData::Rrsig(signature) => signature.covered == rtype,
        data => data.rtype() == rtype,
    }
}

/// The records of all replies that are wanted, each once. Their replies have the random letters of the questions; the
/// names of the link are written as they are.
fn records_that(walked: &Walked, names: &[&Name], wanted: impl Fn(&Record) -> bool) -> Vec<Record> {
    let received = walked.carried.messages.iter().filter(|passed| passed.direction == Direction::Received);
    let replies = received.filter_map(|passed| Message::parse(&passed.bytes).ok());
    let records = replies.flat_map(|reply| reply.answers.into_iter().chain(reply.authorities));
    let mut found: Vec<Record> = Vec::new();
    for mut record in records.filter(wanted) {
        if let Some(name) = names.iter().find(|name| record.name == ***name) {
            record.name = (*name).clone();
        }
        if !found.iter().any(|known| (&known.name, &known.data) == (&record.name, &record.data)) {
            found.push(record);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_comes_again_later_is_told_once() {
        let told = ["a", "b", "a", "a", "c", "b"].map(str::to_owned);
        assert_eq!(once_each(told.into_iter()), ["a", "b", "c"]);
    }
}
