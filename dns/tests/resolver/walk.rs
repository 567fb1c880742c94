//! The walk, query by query.

use std::sync::Arc;

use barewire_dns::exchange::Protocol;
use barewire_dns::resolver::trace::{Decision, Held};
use barewire_dns::resolver::{Config, Resolution};
use barewire_dns::{Edns, Message, Rcode, RecordType};

use crate::net::{EXAMPLE, Net, ROOT, answer, n};

const A: RecordType = RecordType::A;

#[test]
fn a_cold_question_is_the_priming_and_one_query_a_zone_and_a_second_one_none() {
    let mut net = Net::with_example(Config::default());
    let first = net.ask("www.example.test", A);
    let www = "www.example.test. 300 IN A 203.0.113.80".to_owned();
    assert_eq!(answer(&first), (Rcode::NOERROR, vec![www.clone()]), "{}", first.trace);
    assert_eq!(
        net.log(),
        [
            "192.0.2.1 NS? .",
            "192.0.2.1 A? test",
            "192.0.2.2 A? example.test",
            "192.0.2.3 A? www.example.test"
        ]
    );
    assert_eq!(first.trace.queries().count(), 4, "{}", first.trace);
    net.wait(100);
    let second = net.ask("www.example.test", A);
    assert_eq!(answer(&second).1, ["www.example.test. 200 IN A 203.0.113.80"]);
    assert!(net.log().is_empty());
    let hit =
        |decision: &Decision| matches!(decision, Decision::CacheHit { held: Held::Records(1, 200), .. });
    assert!(second.trace.steps.iter().any(|step| hit(&step.decision)), "{}", second.trace);
    net.wait(200);
    net.ask("www.example.test", A);
    assert_eq!(net.log(), ["192.0.2.3 A? www.example.test"], "the delegations are still known");
}

#[test]
fn a_server_learns_no_more_labels_than_it_needs_and_names_that_are_known_are_not_asked_for() {
    let mut net = Net::with_example(Config::default());
    net.ask("a.b.c.example.test", A);
    let asked = net.log();
    assert_eq!(
        asked[3..],
        ["192.0.2.3 A? c.example.test", "192.0.2.3 A? b.c.example.test", "192.0.2.3 A? a.b.c.example.test"]
    );
    net.ask("other.b.c.example.test", A);
    assert_eq!(net.log(), ["192.0.2.3 A? other.b.c.example.test"]);
}

#[test]
fn without_minimisation_each_server_sees_the_full_name() {
    let mut net = Net::with_example(Config { minimise: false, ..Config::default() });
    net.ask("a.b.c.example.test", A);
    assert!(net.log()[1..].iter().all(|asked| asked.ends_with("A? a.b.c.example.test")));
}

#[test]
fn a_name_of_sixty_labels_costs_ten_questions() {
    let mut net = Net::with_example(Config::default());
    let long = format!("{}example.test", "x.".repeat(60));
    net.script("192.0.2.3", |_, reply| {
        reply.authorities.push(crate::net::r("example.test. 9 SOA a. b. 1 1 1 1 9"))
    });
    let resolution = net.ask(&long, A);
    let shortened = resolution.trace.queries().filter(|query| query.shortened).count();
    assert_eq!(shortened, 9, "{}", resolution.trace);
    assert_eq!(answer(&resolution).0, Rcode::NOERROR);
}

#[test]
fn a_server_that_knows_nothing_of_minimisation_gets_the_full_name() {
    // RFC 9156 §2.3: an error to a shortened name may only mean that.
    for rcode in [Rcode::NXDOMAIN, Rcode::REFUSED, Rcode::SERVFAIL] {
        let mut net = Net::with_example(Config::default());
        net.script("192.0.2.3", move |query, reply| {
            if query.questions[0].name == n("a.b.c.example.test") {
                reply.answers.push(crate::net::r("a.b.c.example.test. 60 A 203.0.113.81"));
            } else {
                reply.header.rcode = rcode;
            }
        });
        let resolution = net.ask("a.b.c.example.test", A);
        assert_eq!(answer(&resolution).1.len(), 1, "{}", resolution.trace);
        assert_eq!(net.log()[3..], ["192.0.2.3 A? c.example.test", "192.0.2.3 A? a.b.c.example.test"]);
    }
}

#[test]
fn what_does_not_exist_is_told_apart_and_kept_for_the_minimum_of_soa() {
    let mut net = Net::with_example(Config::default());
    let no_name = net.ask("nope.example.test", A);
    let no_type = net.ask("www.example.test", RecordType::MX);
    assert_eq!(answer(&no_name), (Rcode::NXDOMAIN, vec![]));
    assert_eq!(answer(&no_type), (Rcode::NOERROR, vec![]));
    for resolution in [&no_name, &no_type] {
        let soa = &resolution.answer.authorities[0];
        assert_eq!((soa.rtype(), soa.ttl()), (Some(RecordType::SOA), 60));
    }
    net.log();
    net.wait(59);
    assert_eq!(
        answer(&net.ask("nope.example.test", RecordType::TXT)).0,
        Rcode::NXDOMAIN,
        "it holds for all types"
    );
    assert_eq!(answer(&net.ask("www.example.test", RecordType::MX)), (Rcode::NOERROR, vec![]));
    assert!(net.log().is_empty());
    net.wait(1);
    net.ask("nope.example.test", A);
    assert_eq!(net.log().len(), 1);
}

#[test]
fn aliases_are_followed_within_a_zone_and_into_another_one() {
    let mut net = Net::with_example(Config::default());
    net.serve("192.0.2.1", &[&format!("{ROOT}out. NS ns.out.\nns.out. A 192.0.2.4\n")]);
    net.serve("192.0.2.4", &["$ORIGIN out.\n$TTL 60\n@ SOA ns joe 1 1 1 1 60\n@ NS ns\nns A 192.0.2.4\nto CNAME www.example.test.\n"]);
    let outside = net.ask("to.out", A);
    assert_eq!(
        answer(&outside).1,
        ["to.out. 60 IN CNAME www.example.test.", "www.example.test. 300 IN A 203.0.113.80"]
    );
    let inside = net.ask("alias.example.test", A);
    assert_eq!(
        answer(&inside).1,
        ["alias.example.test. 300 IN CNAME www.example.test.", "www.example.test. 300 IN A 203.0.113.80"]
    );
    assert_eq!(answer(&net.ask("alias.example.test", RecordType::CNAME)).1.len(), 1);
}

#[test]
fn dname_leads_all_names_below_it_elsewhere_and_the_second_from_the_cache() {
    let mut net = Net::with_example(Config::default());
    let lines = |name: &str| {
        vec![
            "old.example.test. 300 IN DNAME new.example.test.".to_owned(),
            format!("{name}.old.example.test. 300 IN CNAME {name}.new.example.test."),
        ]
    };
    let there = net.ask("x.old.example.test", A);
    assert_eq!(answer(&there).1[..2], lines("x"), "{}", there.trace);
    assert_eq!(answer(&there).1[2], "x.new.example.test. 300 IN A 203.0.113.82");
    net.log();
    let not = net.ask("y.old.example.test", A);
    assert_eq!(answer(&not), (Rcode::NXDOMAIN, lines("y")));
    assert_eq!(net.log(), ["192.0.2.3 A? new.example.test", "192.0.2.3 A? y.new.example.test"]);
}

#[test]
fn a_truncated_answer_is_asked_for_over_tcp() {
    let mut net = Net::with_example(Config::default());
    let long: String = (0..20).map(|number| format!("big TXT \"{number:0>200}\"\n")).collect();
    net.serve("192.0.2.3", &[&format!("{EXAMPLE}{long}")]);
    let resolution = net.ask("big.example.test", RecordType::TXT);
    assert_eq!(answer(&resolution).1.len(), 20);
    assert_eq!(
        net.log()[3..],
        ["192.0.2.3 TXT? big.example.test", "192.0.2.3 TXT? big.example.test over TCP"]
    );
}

#[test]
fn those_who_ask_the_same_wait_for_one_answer() {
    let mut net = Net::with_example(Config::default());
    let ids: Vec<_> = (0..100).map(|_| net.begin("www.example.test", A)).collect();
    net.run();
    assert_eq!(net.log().len(), 4);
    assert_eq!(net.resolved.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
    assert!(net.resolved.iter().all(|(_, resolution)| answer(resolution).1.len() == 1));
    // Each of them costs the memory of an answer once, and not a copy of it.
    let first = &net.resolved[0].1;
    let shares = |other: &Resolution| {
        Arc::ptr_eq(&first.answer, &other.answer) && Arc::ptr_eq(&first.trace, &other.trace)
    };
    assert!(net.resolved.iter().all(|(_, resolution)| shares(resolution)));
}

#[test]
fn a_client_gets_the_response_that_it_can_read() {
    let mut net = Net::with_example(Config::default());
    let resolution = net.ask("www.example.test", A);
    let mut query = Message::query(7, n("www.example.test"), A);
    let plain = resolution.response_to(&query);
    assert!(plain.header.ra && plain.header.rd && !plain.header.aa && !plain.header.ad);
    assert_eq!((plain.header.id, plain.answers.len(), plain.edns), (7, 1, None));
    query.edns = Some(Edns { dnssec_ok: true, ..Edns::new(4096) });
    assert!(resolution.response_to(&query).edns.unwrap().dnssec_ok);
}

#[test]
fn a_dead_server_is_left_behind_and_later_not_asked_first() {
    let mut net = Net::with_example(Config::default());
    let two = "$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 192.0.2.2\n\
        example NS ns1.example\nexample NS ns.example\nns1.example A 192.0.2.33\nns.example A 192.0.2.3\n";
    net.serve("192.0.2.2", &[two]);
    // Which of the two is asked first is random: after 20 questions both were.
    for number in 0..20 {
        let began = net.now;
        let resolution = net.ask(&format!("n{number}.example.test"), A);
        assert_eq!(answer(&resolution).0, Rcode::NXDOMAIN, "{}", resolution.trace);
        assert!((net.now - began).as_secs_f64() < 1.0, "{}", resolution.trace);
    }
    let dead = net.log().iter().filter(|asked| asked.starts_with("192.0.2.33")).count();
    assert!((1..=2).contains(&dead), "a dead server was asked {dead} times");
}

#[test]
fn a_refused_connection_and_an_unreachable_server_end_the_wait() {
    let mut net = Net::with_example(Config::default());
    let id = net.begin("www.example.test", A);
    for _ in 0..20 {
        while let Some(sent) = net.resolver.transmit(net.now) {
            net.resolver.unreachable(net.now, Protocol::Udp, sent.to, "no route".into());
        }
    }
    net.run();
    assert_eq!((net.resolved[0].0, answer(&net.resolved[0].1).0), (id, Rcode::SERVFAIL));
    let error = &net.resolved[0].1.errors[0];
    assert_eq!(error.code, 22, "{error}");
}
