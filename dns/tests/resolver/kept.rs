//! What a walk leaves in the cache, and what the next one makes of it.

use std::cell::Cell;
use std::rc::Rc;

use barewire_dns::cache::{self, Credibility};
use barewire_dns::resolver::Config;
use barewire_dns::{Message, Rcode, RecordType};

use crate::net::{EXAMPLE, Net, ROOT, TEST, answer, r};

const A: RecordType = RecordType::A;

/// Name, kind, seconds left, server, its zone, credibility.
fn entries(net: &Net) -> Vec<String> {
    let entries = net.resolver.cache().entries(net.now).map(|entry| {
        let learned = entry.learned.expect("a source");
        let (source, worth) = (learned.source, learned.credibility);
        assert_eq!(learned.security, None, "nothing was validated");
        format!("{} {} {} {} {} {worth}", entry.name, entry.what, entry.left, source.server, source.zone)
    });
    entries.collect()
}

#[test]
fn each_entry_knows_who_said_it_and_where() {
    let mut net = Net::with_example(Config::default());
    net.ask("alias.example.test", A);
    net.ask("no.example.test", A);
    assert_eq!(
        entries(&net),
        [
            ". zone cut 3599 192.0.2.1 . authoritative",
            "test zone cut 3599 192.0.2.1 . additional",
            "example.test zone cut 3599 192.0.2.2 test additional",
            ". NS 3599 192.0.2.1 . authoritative",
            "alias.example.test CNAME 299 192.0.2.3 example.test authoritative",
            "www.example.test A 299 192.0.2.3 example.test authoritative",
            "no.example.test NXDOMAIN 60 192.0.2.3 example.test authority",
        ]
    );
}

/// AA is not set: somebody may do better.
#[test]
fn an_answer_without_aa_is_worth_less() {
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |query, reply| {
        reply.header.aa = false;
        let asked = &query.questions[0].name;
        reply.answers.push(r(&format!("{asked}. 60 A 203.0.113.80")));
    });
    net.ask("www.example.test", A);
    let www =
        net.resolver.cache().entries(net.now).find(|entry| entry.name.to_string() == "www.example.test");
    assert_eq!(www.expect("an entry").learned.expect("a source").credibility, Credibility::Answer);
}

/// CVE-2012-1033: `test` takes `example.test` away. Its servers go on answering and name themselves each time, but only
/// as long as the delegation holds.
#[test]
fn a_zone_that_was_taken_away_is_gone_when_its_delegation_is_over() {
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |query, reply| {
        let (asked, rtype) = (&query.questions[0].name, query.questions[0].rtype);
        match rtype {
            RecordType::NS => reply.answers.push(r("example.test. 86400 NS ns.example.test.")),
            _ => reply.answers.push(r(&format!("{asked}. 1 A 203.0.113.66"))),
        }
        reply.authorities.push(r("example.test. 86400 NS ns.example.test."));
        reply.additionals.push(r("ns.example.test. 86400 A 192.0.2.3"));
    });
    net.ask("www.example.test", A);
    let gone: &str =
        "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 192.0.2.2\n";
    assert!(TEST.starts_with(gone), "only the delegation is missing");
    net.serve("192.0.2.2", &[gone]);
    for minutes in (10..60).step_by(10) {
        net.wait(600);
        assert_eq!(
            answer(&net.ask("example.test", RecordType::NS)).0,
            Rcode::NOERROR,
            "after {minutes} minutes"
        );
        assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NOERROR, "after {minutes} minutes");
    }
    net.wait(600);
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NXDOMAIN);
}

#[test]
fn without_room_each_question_is_a_walk() {
    let cache = cache::Config { bytes: 0, ..cache::Config::default() };
    let mut net = Net::with_example(Config { cache, ..Config::default() });
    for _ in 0..3 {
        assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NOERROR);
        let log = net.log();
        assert_eq!(log.last().map(String::as_str), Some("192.0.2.3 A? www.example.test"), "{log:?}");
        assert!(net.resolver.cache().is_empty());
    }
}

/// A flood of names fills the cache to its bound; the delegations, which each walk uses, stay.
#[test]
fn a_flood_of_names_does_not_drive_out_the_delegations() {
    let cache = cache::Config { bytes: 16 << 10, ..cache::Config::default() };
    let mut net = Net::with_example(Config { cache, ..Config::default() });
    net.ask("www.example.test", A);
    for number in 0..1_000 {
        net.log();
        net.ask(&format!("{number}.example.test"), A);
        assert!(net.resolver.cache().bytes() <= 16 << 10);
        assert_eq!(net.log().len(), 1, "question {number} went to one server");
    }
    assert!(net.resolver.cache().evicted() > 900, "{}", net.resolver.cache().evicted());
}

/// A failure is asked about again when its time is over, and not before (RFC 9520 §3.2).
#[test]
fn a_failure_is_remembered_for_its_time() {
    let mut net = Net::new(Config::default());
    net.serve("192.0.2.1", &[ROOT]);
    net.serve("192.0.2.2", &[TEST]);
    let works = Rc::new(Cell::new(false));
    let (switch, mut example) =
        (Rc::clone(&works), barewire_dns::authority::Authority::new(Default::default()));
    assert!(example.add(crate::served::zone(EXAMPLE)).is_none());
    let server = move |query: &Message, protocol| {
        let bytes = query.encode().unwrap();
        switch.get().then(|| example.answer(&bytes, protocol).next())?
    };
    net.place("192.0.2.3", Box::new(server));
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::SERVFAIL);
    works.set(true);
    net.wait(4);
    net.log();
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::SERVFAIL);
    assert!(net.log().is_empty());
    net.wait(1);
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NOERROR);
}
