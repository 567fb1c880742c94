//! Our authoritative server beside nsd: the same zones, the same questions, the same answers.
//!
//! Sections are compared as sets of records, over TCP, where nothing is cut. These differences are allowed:
//! * order, and the case of names;
//! * additional records of an answer, which only save a query: nsd is told to leave them out (`minimal-responses`), and
//!   we have addresses there. In a referral they are compared;
//! * what `difference` names, each with its reason.

#[path = "../need/mod.rs"]
mod need;
mod nsd;
#[path = "../../../examples/tests/live/port.rs"]
mod port;
mod questions;
#[path = "../served/mod.rs"]
mod served;

use std::collections::BTreeMap;

use barewire_dns::authority::{AnyAnswer, Authority, Config};
use barewire_dns::stub::Protocol;
use barewire_dns::{Message, Name, Record, RecordType};
use nsd::Nsd;
use served::zone;

/// The zones, by name.
const ZONES: [(&str, &str); 6] = [
    ("steps.test", include_str!("../zones/steps.zone")),
    ("nsec.test", include_str!("../zones/nsec.zone")),
    ("nsec3.test", include_str!("../zones/nsec3.zone")),
    ("optout.test", include_str!("../zones/optout.zone")),
    ("example", include_str!("../zones/rfc5155.zone")),
    (
        "test",
        "$TTL 1h\ntest. SOA ns.test. joe.test. 1 2h 1h 2w 1h\ntest. NS ns.test.\nns.test. A 192.0.2.2\n\
              steps.test. NS ns1.steps.test.\nns1.steps.test. A 192.0.2.53\nother.test. NS ns.other.test.\n\
              nsec.test. NS ns1.nsec.test.\nnsec3.test. NS ns1.nsec3.test.\noptout.test. NS ns1.optout.test.\n",
    ),
];

fn ours() -> Authority {
    let mut server = Authority::new(Config { udp_size: 4096, any: AnyAnswer::All });
    ZONES.iter().for_each(|(_, text)| assert!(server.add(zone(text).with_transfer(true)).is_none()));
    server
}

/// What is different in two replies to one question, and is not meant to be.
fn difference(query: &Message, ours: &Message, theirs: &Message) -> Option<String> {
    let rtype = query.questions[0].rtype;
    let has = |rtype| ours.answers.iter().any(|record| record.rtype() == rtype);
    match rtype {
        // nsd never has an answer for NSEC3, also not an alias; we follow the alias (RFC 1034 §4.3.2, step 3a).
        RecordType::NSEC3 if has(RecordType::CNAME) => return None,
        // nsd ends at the CNAME that DNAME makes; RFC 6672 §3.2 goes on: "Go back to step 1."
        RecordType::CNAME if has(RecordType::DNAME) => return None,
        // At a name that is the owner of NSEC3 too, nsd has its signature in the answer (against RFC 5155 §7.2.8).
        RecordType::RRSIG if is_hash(&query.questions[0].name) => return None,
        _ => {}
    }
    let head = |message: &Message| {
        let header = &message.header;
        let edns = message.edns.as_ref().map(|edns| edns.dnssec_ok);
        format!("{} {edns:?} {header:?}", header.rcode.name())
    };
    if head(ours) != head(theirs) {
        return Some(format!("header\n  ours   {}\n  theirs {}", head(ours), head(theirs)));
    }
    let sections = [
        ("answer", &ours.answers, &theirs.answers),
        ("authority", &ours.authorities, &theirs.authorities),
        ("additional", &ours.additionals, &theirs.additionals),
    ];
    let compared = if ours.is_referral() { 3 } else { 2 };
    sections[..compared].iter().find_map(|(what, ours, theirs)| {
        let only = |a: &[Record], b: &[Record]| -> Vec<String> {
            a.iter().filter(|record| !b.contains(record)).map(Record::to_string).collect()
        };
        // nsd gives one RRset for ANY (RFC 8482 §4.1), and we are told to give all. Where DNAME leads to a name that
        // does not exist, nsd leaves out what proves it, and we do not (RFC 4035 §3.1.3.2).
        let ours_may_have_more = rtype == RecordType::ANY || *what == "authority" && has(RecordType::DNAME);
        let more = if ours_may_have_more { Vec::new() } else { only(ours, theirs) };
        // nsd answers a question for a wildcard's own name as if it had been expanded, with a proof that nobody needs.
        let own_name = query.questions[0].name.labels().next() == Some(b"*");
        let theirs_may_have_more = *what == "authority" && own_name;
        let fewer = if theirs_may_have_more { Vec::new() } else { only(theirs, ours) };
        let lines = |records: &[String]| records.join("\n              ");
        let twice = ours.len() != theirs.len() && !ours_may_have_more && !theirs_may_have_more;
        (!more.is_empty() || !fewer.is_empty() || twice)
            .then(|| format!("{what}\n  only ours   {}\n  only theirs {}", lines(&more), lines(&fewer)))
    })
}

/// Whether the first label is as long as a hash.
fn is_hash(name: &Name) -> bool {
    name.labels().next().is_some_and(|label| label.len() == 32)
}

/// At most three of the differences for each type and section: one fault of ours makes thousands.
fn some_of_each(differences: &BTreeMap<(RecordType, String), Vec<String>>) -> String {
    let some =
        |list: &Vec<String>| format!("-- {} such:\n{}", list.len(), list[..list.len().min(3)].join("\n"));
    differences.values().map(some).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_answers() {
    if !need::can_run("the_same_answers", &["nsd"]) {
        return;
    }
    let (ours, mut nsd) = (ours(), Nsd::start(&ZONES));
    let (mut asked, mut differences) = (0, BTreeMap::<_, Vec<String>>::new());
    for query in ZONES.iter().flat_map(|(_, text)| questions::about(&zone(text))) {
        let bytes = query.encode().unwrap();
        let reply = ours.answer(&bytes, Protocol::Tcp).next().expect("a reply");
        let reply = Message::parse_strictly(&reply).unwrap();
        let theirs = Message::parse(&nsd.ask(&bytes)).unwrap();
        asked += 1;
        if let Some(difference) = difference(&query, &reply, &theirs) {
            let kind = (query.questions[0].rtype, difference.lines().next().unwrap_or_default().to_owned());
            let dnssec = query.edns.as_ref().map_or("", |_| " with DO");
            differences.entry(kind).or_default().push(format!("{}{dnssec}: {difference}", query.summary()));
        }
    }
    let count: usize = differences.values().map(Vec::len).sum();
    assert_eq!(count, 0, "of {asked} questions are answered in another way:\n{}", some_of_each(&differences));
    assert!(asked > 10_000, "{asked}");
}

/// The records of a transfer, in order.
fn transferred(mut next: impl FnMut() -> Option<Vec<u8>>) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    while records.len() < 2 || records.first() != records.last() {
        let Some(message) = next() else { break };
        records.extend(Message::parse_strictly(&message).unwrap().answers);
    }
    records
}

#[test]
fn the_same_transfers() {
    if !need::can_run("the_same_transfers", &["nsd"]) {
        return;
    }
    let (ours, mut nsd) = (ours(), Nsd::start(&ZONES));
    for (name, _) in ZONES {
        let query = Message::query(7, Name::parse_text(name).unwrap(), RecordType::AXFR).encode().unwrap();
        let mut replies = ours.answer(&query, Protocol::Tcp);
        let our_records = transferred(|| replies.next());
        assert!(replies.next().is_none(), "{name}: nothing follows the second SOA");
        let mut first = Some(nsd.ask(&query));
        let mut next = || Some(first.take().unwrap_or_else(|| nsd.message()));
        let their_records = transferred(&mut next);
        assert_eq!(our_records.first(), their_records.first(), "{name}");
        assert_eq!(our_records.len(), their_records.len(), "{name}");
        let missing = their_records.iter().find(|record| !our_records.contains(record));
        assert_eq!(missing, None, "{name}");
    }
}
