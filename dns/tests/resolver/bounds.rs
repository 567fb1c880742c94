//! What one question can cost at most.

use barewire_dns::resolver::Config;
use barewire_dns::resolver::trace::{Budget, Decision, LeftBehind};
use barewire_dns::{Rcode, RecordType};

use crate::net::{Net, answer, n, r};

const A: RecordType = RecordType::A;

fn has(resolution: &barewire_dns::resolver::Resolution, wanted: impl Fn(&Decision) -> bool) -> bool {
    resolution.trace.steps.iter().any(|step| wanted(&step.decision))
}

#[test]
fn zones_whose_servers_are_in_each_other_end_as_a_circle() {
    let mut net = Net::with_example(Config::default());
    let circle = "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 192.0.2.2\n\
        loopa NS ns.loopb\nloopb NS ns.loopa\n";
    net.serve("192.0.2.2", &[circle]);
    let resolution = net.ask("www.loopa.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let circle =
        |decision: &Decision| matches!(decision, Decision::CrossedOut { why: LeftBehind::Circle, .. });
    assert!(has(&resolution, circle), "{}", resolution.trace);
    assert!(net.log().len() <= 6, "{}", resolution.trace);
    assert_eq!(resolution.errors[0].code, 22);
}

#[test]
fn aliases_in_a_circle_end() {
    let mut net = Net::with_example(Config::default());
    let resolution = net.ask("loop1.example.test", A);
    assert_eq!(answer(&resolution), (Rcode::SERVFAIL, vec![]));
    assert_eq!(net.log().len(), 4, "{}", resolution.trace);
}

#[test]
fn aliases_without_end_are_followed_eleven_times() {
    let mut net = Net::with_example(Config::default());
    let mut number = 0;
    net.script("192.0.2.3", move |query, reply| {
        number += 1;
        let asked = &query.questions[0].name;
        reply.answers.push(r(&format!("{asked}. 60 CNAME n{number}.example.test.")));
    });
    let resolution = net.ask("www.example.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let spent = |decision: &Decision| *decision == Decision::Spent(Budget::Aliases, 11);
    assert!(has(&resolution, spent), "{}", resolution.trace);
}

#[test]
fn a_delegation_to_a_hundred_names_costs_few_queries() {
    // NXNSAttack, CVE-2020-12662: each name would be a query to the victim's servers.
    let mut net = Net::with_example(Config::default());
    let victim = "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 192.0.2.2\n\
        evil NS ns.evil\nns.evil A 192.0.2.66\nexample NS ns.example\nns.example A 192.0.2.3\n";
    net.serve("192.0.2.2", &[victim]);
    net.script("192.0.2.66", |query, reply| {
        reply.header.aa = false;
        let asked = &query.questions[0].name;
        for number in 0..100 {
            reply.authorities.push(r(&format!("{asked}. 60 NS fake{number}.example.test.")));
        }
    });
    let resolution = net.ask("x.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let at_victim = net.log().iter().filter(|asked| asked.starts_with("192.0.2.3 ")).count();
    let missing = Config::default().max_missing_targets as usize;
    assert!(at_victim <= missing + 2, "{at_victim} queries to the victim\n{}", resolution.trace);
    let spent = |decision: &Decision| matches!(decision, Decision::Spent(Budget::MissingTargets, _));
    assert!(has(&resolution, spent), "{}", resolution.trace);
}

#[test]
fn delegations_that_multiply_end_at_the_budget_of_the_question() {
    // Each name of a server leads to a zone with more of them (NRDelegation, CAMP): an endless tree.
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |query, reply| {
        reply.header.aa = false;
        let asked = query.questions[0].name.clone();
        let first = String::from_utf8_lossy(asked.labels().next().unwrap()).into_owned();
        if asked == n("example.test") || asked.labels().count() != 3 {
            reply.header.rcode = Rcode::NXDOMAIN;
            return;
        }
        for number in 0..20 {
            reply.authorities.push(r(&format!("{asked}. 60 NS h.{first}{number}.example.test.")));
        }
    });
    let resolution = net.ask("www.x.example.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let queries = net.log().len();
    assert!(queries <= 200, "{queries} queries");
}

#[test]
fn servers_that_never_answer_cost_a_stated_number_of_messages_and_seconds() {
    let mut net = Net::with_example(Config::default());
    net.place("192.0.2.3", Box::new(|_, _| None));
    let began = net.now;
    let resolution = net.ask("www.example.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert!((net.now - began).as_secs_f64() <= 12.0, "{}", resolution.trace);
    assert!(net.log().len() <= 3 + 6, "{}", resolution.trace);
    let text = String::from_utf8(resolution.errors[0].text.clone()).unwrap();
    assert_eq!(resolution.errors[0].code, 22);
    assert!(text.contains("ns.example.test"), "{text}");
    net.log();
    // RFC 2308 §7: for a short while nobody asks again.
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::SERVFAIL);
    assert!(net.log().is_empty());
}

#[test]
fn a_lame_server_is_left_behind_with_its_reason() {
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |_, reply| {
        reply.header.aa = false;
        reply.authorities.push(r(". 60 NS a.root.test."));
    });
    let resolution = net.ask("www.example.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert_eq!(net.log().len(), 4, "{}", resolution.trace);
}

/// Signatures only go with what they sign. That there are none, or that their proof is missing, would be wrong.
#[test]
fn what_is_no_record_set_is_not_asked_for() {
    let mut net = Net::with_example(Config::default());
    for rtype in [RecordType::AXFR, RecordType::IXFR, RecordType::RRSIG] {
        assert_eq!(answer(&net.ask("www.example.test", rtype)), (Rcode::NOTIMP, vec![]));
    }
    assert!(net.log().is_empty());
}
