//! What of a reply is believed.

use barewire_dns::resolver::Config;
use barewire_dns::resolver::trace::{Decision, RefusedBecause};
use barewire_dns::{Rcode, RecordType};

use crate::net::{Net, ROOT, answer, n, r};

const A: RecordType = RecordType::A;

/// The server of example.test adds what it has no say in, or what nobody asked for, to each answer.
fn poisoned() -> Net {
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |query, reply| {
        let asked = query.questions[0].name.clone();
        reply.answers.push(r(&format!("{asked}. 60 A 203.0.113.66")));
        reply.answers.push(r("www.bank.test. 60 A 203.0.113.66"));
        reply.answers.push(r("mail.example.test. 60 A 203.0.113.66"));
        reply.authorities.push(r("test. 60 NS evil.example.test."));
        reply.authorities.push(r("bank.test. 60 NS evil.example.test."));
        reply.authorities.push(r("example.test. 600000 NS evil.example.test."));
        reply.additionals.push(r("ns.nic.test. 60 A 203.0.113.66"));
        reply.additionals.push(r("evil.example.test. 60 A 203.0.113.66"));
    });
    net
}

#[test]
fn records_of_strangers_are_refused_each_with_its_reason() {
    let mut net = poisoned();
    let resolution = net.ask("www.example.test", A);
    assert_eq!(answer(&resolution).1, ["www.example.test. 60 IN A 203.0.113.66"]);
    let refused = resolution.trace.steps.iter().filter_map(|step| match &step.decision {
        Decision::Refused { name, rtype, why, .. } => Some((name.to_string(), rtype.name(), *why)),
        _ => None,
    });
    let refused: Vec<_> = refused.collect();
    let wanted = [
        ("www.bank.test", "A", RefusedBecause::OutOfZone),
        ("mail.example.test", "A", RefusedBecause::NotAsked),
        ("test", "NS", RefusedBecause::OutOfZone),
        ("bank.test", "NS", RefusedBecause::OutOfZone),
        ("example.test", "NS", RefusedBecause::NoUse),
        ("ns.nic.test", "A", RefusedBecause::OutOfZone),
        ("evil.example.test", "A", RefusedBecause::NotAServer),
    ];
    let wanted: Vec<_> = wanted.map(|(name, rtype, why)| (name.to_owned(), rtype.to_owned(), why)).into();
    assert_eq!(refused, wanted, "{}", resolution.trace);
    net.log();
    // Nothing of it is in the cache.
    assert_eq!(answer(&net.ask("www.bank.test", A)).0, Rcode::NXDOMAIN);
    net.ask("mail.example.test", A);
    assert_eq!(
        net.log(),
        ["192.0.2.2 A? bank.test", "192.0.2.2 A? www.bank.test", "192.0.2.3 A? mail.example.test"]
    );
}

#[test]
fn glue_of_another_zone_is_not_used_and_the_server_is_looked_up() {
    // RFC 2181 §5.4.1; the server of test says where a host of example.out is, and lies.
    let mut net = Net::with_example(Config::default());
    net.serve("192.0.2.1", &[&format!("{ROOT}out. NS ns.out.\nns.out. A 192.0.2.4\n")]);
    net.serve(
        "192.0.2.4",
        &["$ORIGIN out.\n$TTL 60\n@ SOA ns joe 1 1 1 1 60\n@ NS ns\nns A 192.0.2.4\nhost A 192.0.2.3\n"],
    );
    net.script("192.0.2.2", |_, reply| {
        reply.header.aa = false;
        reply.authorities.push(r("example.test. 60 NS host.out."));
        reply.additionals.push(r("host.out. 60 A 203.0.113.66"));
    });
    let resolution = net.ask("www.example.test", A);
    assert_eq!(answer(&resolution).1, ["www.example.test. 300 IN A 203.0.113.80"], "{}", resolution.trace);
    assert!(net.log().iter().all(|asked| !asked.starts_with("203.0.113.66")));
}

#[test]
fn glue_is_no_answer() {
    let mut net = Net::with_example(Config::default());
    net.ask("www.example.test", A);
    net.log();
    assert_eq!(answer(&net.ask("ns.example.test", A)).1, ["ns.example.test. 300 IN A 192.0.2.3"]);
    assert_eq!(net.log(), ["192.0.2.3 A? ns.example.test"], "the zone itself is asked");
}

#[test]
fn a_zone_that_was_taken_away_cannot_keep_itself_alive() {
    // Ghost domains, CVE-2012-1033: the zone's own NS records, with a long TTL, asked for again and again.
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |query, reply| {
        let asked = &query.questions[0];
        match asked.rtype {
            RecordType::NS => reply.answers.push(r("example.test. 86400 NS ns.example.test.")),
            _ => reply.answers.push(r(&format!("{}. 60 A 203.0.113.66", asked.name))),
        }
        reply.authorities.push(r("example.test. 86400 NS ns.example.test."));
        reply.additionals.push(r("ns.example.test. 86400 A 192.0.2.3"));
    });
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NOERROR);
    // Now the zone above has it no more. Its delegation was given out for 3600 s.
    net.serve(
        "192.0.2.2",
        &["$ORIGIN test.\n$TTL 3600\n@ SOA ns.nic joe 1 1 1 1 300\n@ NS ns.nic\nns.nic A 192.0.2.2\n"],
    );
    for _ in 0..35 {
        net.wait(100);
        assert_eq!(answer(&net.ask("example.test", RecordType::NS)).0, Rcode::NOERROR);
        assert_eq!(answer(&net.ask("ns.example.test", A)).0, Rcode::NOERROR);
        assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NOERROR);
    }
    net.wait(200);
    assert_eq!(answer(&net.ask("www.example.test", A)).0, Rcode::NXDOMAIN);
}

#[test]
fn a_target_in_another_zone_is_asked_for_there() {
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |query, reply| {
        if query.questions[0].name == n("x.example.test") {
            reply.answers.push(r("x.example.test. 60 CNAME ns.nic.test."));
            reply.answers.push(r("ns.nic.test. 60 A 203.0.113.66"));
        }
    });
    let resolution = net.ask("x.example.test", A);
    assert_eq!(
        answer(&resolution).1,
        ["x.example.test. 60 IN CNAME ns.nic.test.", "ns.nic.test. 3600 IN A 192.0.2.2"],
        "{}",
        resolution.trace
    );
}

#[test]
fn nxdomain_for_a_target_in_another_zone_is_not_believed() {
    let mut net = Net::with_example(Config::default());
    net.script("192.0.2.3", |_, reply| {
        reply.header.rcode = Rcode::NXDOMAIN;
        reply.answers.push(r("x.example.test. 60 CNAME ns.nic.test."));
        reply.authorities.push(r("test. 60 SOA a. b. 1 1 1 1 60"));
    });
    assert_eq!(answer(&net.ask("x.example.test", A)).0, Rcode::NOERROR);
    assert_eq!(answer(&net.ask("ns.nic.test", A)).1.len(), 1);
}
