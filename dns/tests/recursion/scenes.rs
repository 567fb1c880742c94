//! Scenes of validation that unbound's table does not have: forgers on the way, what is kept unchecked, time.

use std::net::IpAddr;
use std::time::Duration;

use barewire_dns::dnssec::{Flaw, Insecure, Security};
use barewire_dns::resolver::{Config, Flags, Resolution};
use barewire_dns::{Class, Message, Name, Question, RData, Rcode, Record, RecordType};

use crate::run::{BEGIN, Run, root};

pub(crate) const CHECKED: Flags = Flags { checking_disabled: false };
const UNCHECKED: Flags = Flags { checking_disabled: true };
/// The signatures of `signed/` end then: 2093-01-01.
const END: Duration = Duration::from_secs(3_881_606_400);

pub(crate) fn a(name: &str) -> Question {
    Question { name: Name::parse_text(name).unwrap(), rtype: RecordType::A, class: Class::IN }
}

fn is(reply: &Message, question: &Question) -> bool {
    let asked = &reply.questions[0];
    asked.name == question.name && asked.rtype == question.rtype
}

/// Somebody puts another address in the place of the right one.
fn lie(records: &mut [Record]) {
    for record in records {
        if let RData::A(address) = &mut record.data {
            *address = "203.0.113.66".parse().unwrap();
        }
    }
}

fn tells_the_truth(resolution: &Resolution) -> bool {
    resolution.security == Some(Security::Secure)
        && resolution.answer.records().all(|record| !record.to_string().contains("203.0.113.66"))
        && resolution.answer.records().count() > 0
}

#[test]
fn one_server_lies_and_the_other_is_asked() {
    let question = a("www.example.com");
    let mut lies = 0;
    for seed in 0..40 {
        let mut run = Run::new(seed, Config::default());
        let asked = question.clone();
        run.forger = Some(Box::new(move |server, reply| {
            if matches!(server, IpAddr::V4(_)) && is(reply, &asked) {
                lie(&mut reply.answers);
            }
        }));
        let resolution = run.ask(&question, CHECKED);
        assert!(tells_the_truth(&resolution), "seed {seed}: {}", resolution.trace);
        let to = |sent: &&crate::run::Sent| sent.question.name == question.name && sent.to.is_ipv4();
        lies += run.sent.iter().filter(to).count();
    }
    println!("{lies} replies of 40 resolvers were forged");
    assert!(lies > 0);
}

#[test]
fn all_servers_lie_and_there_is_no_answer_for_a_short_while() {
    let question = a("www.example.com");
    let mut run = Run::new(1, Config::default());
    let asked = question.clone();
    run.forger = Some(Box::new(move |_, reply| {
        if is(reply, &asked) {
            lie(&mut reply.answers);
        }
    }));
    let resolution = run.ask(&question, CHECKED);
    let Some(Security::Bogus(broken)) = &resolution.security else { panic!("{}", resolution.trace) };
    assert!(matches!(broken.reason, Flaw::Mismatch { .. }), "{broken}");
    assert_eq!((resolution.answer.rcode, resolution.errors[0].code), (Rcode::SERVFAIL, 6));
    let before = run.sent.len();
    assert_eq!(run.ask(&question, CHECKED).answer.rcode, Rcode::SERVFAIL);
    assert_eq!(run.sent.len(), before, "known for a while (RFC 4035 §4.7)");
    run.forger = None;
    run.wait(Duration::from_secs(61));
    let resolution = run.ask(&question, CHECKED);
    assert!(tells_the_truth(&resolution), "{}", resolution.trace);
}

/// DS is taken out of the referral, so that the zone seems to be unsigned; once, and then nobody forges any more.
#[test]
fn a_forged_referral_does_not_stay() {
    let question = a("www.example.com");
    for without in [RecordType::DS, RecordType::RRSIG] {
        let mut run = Run::new(1, Config::default());
        run.forger = Some(Box::new(move |_, reply| {
            let of = |record: &Record| record.name.to_string() == "example.com";
            reply.authorities.retain(|record| !(of(record) && record.rtype() == without));
        }));
        let first = run.ask(&question, CHECKED);
        assert!(tells_the_truth(&first) || first.answer.rcode == Rcode::SERVFAIL, "{}", first.trace);
        run.forger = None;
        run.wait(Duration::from_secs(61));
        let resolution = run.ask(&question, CHECKED);
        assert!(tells_the_truth(&resolution), "without {without}: {}", resolution.trace);
    }
}

#[test]
fn what_was_not_checked_is_checked_when_somebody_wants_that() {
    let (good, bad) = (a("www.example.com"), a("www.bogus.com"));
    let mut run = Run::new(1, Config::default());
    for question in [&good, &bad] {
        let resolution = run.ask(question, UNCHECKED);
        assert_eq!((resolution.answer.rcode, resolution.security), (Rcode::NOERROR, None));
    }
    let before = run.sent.len();
    assert_eq!(run.ask(&good, CHECKED).security, Some(Security::Secure));
    let asked = |sent: &crate::run::Sent| matches!(sent.question.rtype, RecordType::DNSKEY | RecordType::DS);
    assert!(run.sent[before..].iter().all(asked), "only the chain is asked for");
    let resolution = run.ask(&bad, CHECKED);
    assert_eq!(resolution.answer.rcode, Rcode::SERVFAIL, "{}", resolution.trace);
    assert!(resolution.security.is_some_and(|security| security.is_bogus()));
    // Who does not want it checked still gets it (RFC 4035 §3.2.2).
    assert_eq!(run.ask(&bad, UNCHECKED).answer.rcode, Rcode::NOERROR);
    let before = run.sent.len();
    assert_eq!(run.ask(&good, CHECKED).security, Some(Security::Secure));
    assert_eq!(run.sent.len(), before, "that it is secure is kept with it");
}

#[test]
fn a_negative_trust_anchor_turns_validation_off() {
    let (mut anchors, zone) = (root().1, Name::parse_text("bogus.com").unwrap());
    anchors.except(zone.clone());
    let mut run = Run::at(BEGIN, 1, Config::default(), anchors);
    let resolution = run.ask(&a("www.bogus.com"), CHECKED);
    assert_eq!(resolution.answer.rcode, Rcode::NOERROR);
    assert_eq!(resolution.security, Some(Security::Insecure(Insecure::NegativeAnchor { zone })));
    assert_eq!(run.ask(&a("www.example.com"), CHECKED).security, Some(Security::Secure), "only below it");
}

/// The records hold for no longer than their signatures (RFC 4035 §5.3.3), also in the cache.
#[test]
fn nothing_holds_longer_than_its_signature() {
    let question = a("www.example.com");
    let mut run = Run::at(END - Duration::from_secs(30), 1, Config::default(), root().1);
    let resolution = run.ask(&question, CHECKED);
    assert_eq!(resolution.security, Some(Security::Secure), "{}", resolution.trace);
    assert!(resolution.answer.records().all(|record| record.ttl_seconds() <= 30), "{:?}", resolution.answer);
    run.wait(Duration::from_secs(31));
    let resolution = run.ask(&question, CHECKED);
    assert_eq!(resolution.answer.rcode, Rcode::SERVFAIL, "{}", resolution.trace);
    let Some(Security::Bogus(broken)) = &resolution.security else { panic!("{}", resolution.trace) };
    assert!(matches!(broken.reason, Flaw::Expired { .. }), "{broken}");
}

/// KeyTrap (CVE-2023-50387): 200 signatures that a key might have made, and none is right.
#[test]
fn signatures_without_end_are_not_all_checked() {
    let question = a("www.example.com");
    let mut run = Run::new(1, Config::default());
    let asked = question.clone();
    run.forger = Some(Box::new(move |_, reply| {
        let is_signature = |record: &&Record| matches!(record.data, RData::Rrsig(_));
        let Some(signature) = reply.answers.iter().find(is_signature).cloned() else { return };
        if !is(reply, &asked) {
            return;
        }
        reply.answers.retain(|record| !is_signature(&record));
        for number in 0..200_u8 {
            let mut wrong = signature.clone();
            if let RData::Rrsig(rrsig) = &mut wrong.data {
                rrsig.signature[0] ^= number.wrapping_add(1);
            }
            reply.answers.push(wrong);
        }
    }));
    let resolution = run.ask(&question, CHECKED);
    let Some(Security::Bogus(broken)) = &resolution.security else { panic!("{}", resolution.trace) };
    println!("{broken}; {} queries", run.sent.len());
    assert!(matches!(broken.reason, Flaw::TooMuchWork(_)), "{broken}");
    // Other zones are as good as before.
    assert_eq!(run.ask(&a("www.insecure.com"), CHECKED).answer.rcode, Rcode::NOERROR);
}
