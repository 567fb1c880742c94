//! 2,000 questions over a generated tree of 200 zones, which nsd serves: unbound and our resolver answer the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use barewire_dns::dnssec::Anchors;
use barewire_dns::resolver::{Flags, Hints};
use barewire_dns::{Message, Question, RData, Rcode, Record};

use crate::compare::{Difference, Reply};
use crate::sockets::Ours;
use crate::space::{Unbound, enter, raise, unbounds};
use crate::{query, tree};

const ZONES: usize = 200;
const QUESTIONS: usize = 2_000;
/// Another seed is another tree, and other questions.
const SEED: u64 = 14;

#[test]
fn two_thousand_questions() {
    let Some(folder) = enter("generated::two_thousand_questions", &["ldns-keygen", "ldns-signzone"]) else {
        return;
    };
    let seed = std::env::var("BAREWIRE_SEED").map_or(SEED, |seed| seed.parse().unwrap());
    let begun = Instant::now();
    let zones = tree::zones(seed, ZONES);
    let files = folder.join("zones");
    std::fs::create_dir(&files).unwrap();
    tree::sign(&files, &zones);
    println!("seed {seed}: {} zones signed in {:?}", zones.len(), begun.elapsed());
    raise(&folder, Some(&files));
    let _unbound = Unbound::start(&folder);
    let mut ours = Ours::new(root(&files));
    let (mut explained, mut found) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, Vec<String>>::new());
    let mut replies = BTreeMap::<String, usize>::new();
    for question in tree::questions(seed, QUESTIONS, &zones) {
        let resolution = ours.ask(&question, Flags::default());
        let query = query(&question, false);
        let (ours, theirs) = (resolution.response_to(&query), unbounds(&query));
        *replies.entry(kind(&theirs)).or_default() += 1;
        let differences = differences(&ours, &theirs);
        match explain(&question, &ours, &theirs, &zones).filter(|_| !differences.is_empty()) {
            Some(why) => *explained.entry(why).or_default() += 1,
            None => differences.iter().for_each(|difference| {
                found.entry(difference.column).or_default().push(describe(&question, difference, &zones));
            }),
        }
    }
    println!("compared: status, answer section, AD");
    println!("unbound's replies, by kind: {replies:?}; our messages: {}", ours.messages);
    let of_kind = |status: &str| {
        replies.iter().filter(|(kind, _)| kind.starts_with(status)).map(|(_, count)| count).sum::<usize>()
    };
    let few = ["NOERROR ad", "NXDOMAIN ad", "NXDOMAIN", "SERVFAIL"].map(of_kind).into_iter().min();
    assert!(few > Some(QUESTIONS / 20), "a tree and questions with a bit of everything: {replies:?}");
    explained.iter().for_each(|(why, count)| println!("{count} different: {why}"));
    let count: usize = found.values().map(Vec::len).sum();
    assert_eq!(count, 0, "differences without an explanation, at most ten of a kind:\n{}", some(&found));
}

/// Why a difference is not a fault of ours.
fn explain(
    question: &Question,
    ours: &Message,
    theirs: &Message,
    zones: &[tree::Zone],
) -> Option<&'static str> {
    let (our_rcode, their_rcode) = (ours.header.rcode, theirs.header.rcode);
    if (our_rcode, their_rcode) == (Rcode::SERVFAIL, Rcode::SERVFAIL) {
        return Some("unbound's SERVFAIL may have the aliases that led to the failure, and ours has nothing");
    }
    let target = |record: &Record| match &record.data {
        RData::Cname(target) => Some(target.clone()),
        _ => None,
    };
    let last = theirs.answers.iter().filter_map(target).next_back().unwrap_or(question.name.clone());
    let refers_to_itself = zones.iter().any(|zone| zone.holds(&last) && zone.refers_to_itself(zones));
    let nodata = their_rcode == Rcode::NOERROR && theirs.answers.iter().all(|record| record.name != last);
    (nodata && refers_to_itself).then_some(
        "a server that does not know a zone has the zone above, and names itself as the server of the zone: unbound \
         takes that for NODATA, and we for lame (RFC 1912 §2.8)",
    )
}

fn root(files: &Path) -> (Hints, Anchors) {
    let read = |name| std::fs::read_to_string(files.join(name)).unwrap();
    (Hints::parse(read("root.hints").as_bytes()).unwrap(), Anchors::parse(&read("root.ds")).unwrap())
}

/// Status, and what else is to be counted.
fn kind(reply: &Message) -> String {
    let ad = if reply.header.ad { " ad" } else { "" };
    let answer = if reply.answers.is_empty() { " without answer" } else { "" };
    format!("{}{ad}{answer}", reply.header.rcode.name())
}

/// Status, answer section and AD: which error is named, and which proof is in the authority section, may differ.
fn differences(ours: &Message, theirs: &Message) -> Vec<Difference> {
    let mut found = Reply::from(ours).beside(&Reply::from(theirs));
    found.retain(|difference| matches!(difference.column, "status" | "answer section" | "AD"));
    found
}

/// The question, the zones on its way, and the difference.
fn describe(question: &Question, difference: &Difference, zones: &[tree::Zone]) -> String {
    let name = question.name.with_dot().to_string();
    let way = zones.iter().skip(1).filter(|zone| zone.holds(&question.name));
    let way: Vec<String> =
        way.map(|zone| format!("{} {:?} {:?}", zone.name, zone.signing, zone.flaw)).collect();
    format!("{name} {} ({}): {difference}", question.rtype, way.join(", "))
}

fn some(found: &BTreeMap<&str, Vec<String>>) -> String {
    let lines = found.iter().map(|(column, list)| {
        format!("-- {column}, {}:\n{}", list.len(), list[..list.len().min(10)].join("\n"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
