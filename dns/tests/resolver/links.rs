//! Aliases that lead from zone to zone: a part of an answer does not vouch for another part, and what a zone costs or
//! lacks is not held against the zone that its alias leads to.

use barewire_dns::dnssec::{Anchors, Flaw, Security};
use barewire_dns::resolver::Config;
use barewire_dns::{Message, RData, Rcode, Record, RecordType};

use crate::net::{Net, ROOT, answer, n, r};
use crate::signed::{Owner, serve, trusting};

const A: RecordType = RecordType::A;
const TWO: &str = "$ORIGIN .\n$TTL 3600\n@ SOA a.root.test. joe 1 1 1 1 300\n@ NS a.root.test.\n\
    a.root.test. A 192.0.2.1\nevil. NS ns.evil.\nns.evil. A 192.0.2.66\n\
    victim. NS ns.victim.\nns.victim. A 192.0.2.2\n";
const VICTIM: Owner = Owner { zone: "victim", seed: 1 };

/// The first question makes a DNAME known. The second one is led by it to a signed alias, which leads back below it;
/// with that alias comes another DNAME, which nobody has signed, to a name that exists.
#[test]
fn a_known_dname_does_not_vouch_for_another_one_in_a_reply() {
    let owner = Owner { zone: "test", seed: 1 };
    let mut net = trusting(&[owner], Config::default());
    net.serve("192.0.2.1", &[ROOT]);
    serve(&mut net, "192.0.2.2", owner, move |name, _, reply| match name {
        "x.old.test" | "y.old.test" => {
            reply.answers.extend(owner.line("old.test. 300 DNAME new.test."));
        }
        "x.new.test" => reply.answers.extend(owner.line("x.new.test. 300 A 203.0.113.80")),
        "y.new.test" => {
            reply.answers.extend(owner.line("y.new.test. 300 CNAME z.old.test."));
            reply.answers.push(r("old.test. 300 DNAME other.test."));
            reply.answers.extend(owner.line("z.other.test. 300 A 203.0.113.66"));
        }
        _ => {}
    });
    let known = net.ask("x.old.test", A);
    assert_eq!(known.security, Some(Security::Secure), "{}", known.trace);
    let resolution = net.ask("y.old.test", A);
    assert_eq!(answer(&resolution), (Rcode::SERVFAIL, vec![]), "{}", resolution.trace);
    assert!(matches!(resolution.security, Some(Security::Bogus(_))), "{}", resolution.trace);
}

/// `victim`, which is signed; a server for `evil` is not there yet. `nope.victim` does not exist, and its proof comes
/// with a record of `open.victim`, a zone that need not sign.
fn two(owners: &[Owner], config: Config) -> Net {
    let mut net = trusting(owners, config);
    net.serve("192.0.2.1", &[TWO]);
    serve(&mut net, "192.0.2.2", VICTIM, |name, _, reply| match name {
        "www.victim" => reply.answers.extend(VICTIM.line("www.victim. 300 A 203.0.113.80")),
        "nope.victim" => {
            reply.header.rcode = Rcode::NXDOMAIN;
            reply.authorities.extend(VICTIM.line("victim. 300 SOA ns. joe. 1 1 1 1 300"));
            reply.authorities.extend(VICTIM.line("victim. 300 NSEC open.victim. NS SOA RRSIG NSEC DNSKEY"));
            reply.authorities.push(r("x.open.victim. 300 NSEC y.open.victim. A"));
        }
        "open.victim" => {
            reply.authorities.extend(VICTIM.line("victim. 300 SOA ns. joe. 1 1 1 1 300"));
            reply.authorities.extend(VICTIM.line("open.victim. 300 NSEC victim. NS RRSIG NSEC"));
        }
        _ => {}
    });
    net
}

/// Work is counted for the whole question. A zone that takes almost all of it, and then leads elsewhere, could else
/// have any other zone count as broken for a minute, for everybody.
#[test]
fn a_zone_that_takes_all_the_work_does_not_break_another_one() {
    let (evil, sub) = (Owner { zone: "evil", seed: 2 }, Owner { zone: "sub.evil", seed: 3 });
    let mut anchors = Anchors::default();
    anchors.add(sub.dnskey()).unwrap();
    let right = anchors.above(&n("sub.evil")).unwrap().1[0].clone();
    let mut net = two(&[VICTIM, evil], Config::default());
    serve(&mut net, "192.0.2.66", evil, move |name, rtype, reply| match (name, rtype) {
        ("a.sub.evil", _) => reply.answers.extend(sub.line("a.sub.evil. 10 CNAME www.victim.")),
        ("sub.evil", RecordType::DNSKEY) => reply.answers.extend(sub.signs(vec![sub.dnskey()])),
        ("sub.evil", RecordType::DS) => {
            // One digest is computed for the keys of evil, and one for each DS: 128, which is all.
            let mut all = vec![right.clone(); 127];
            all.iter_mut().zip(1..127).for_each(|(wrong, number)| wrong.digest[0] ^= number);
            let all = all.into_iter().map(|ds| Record::new(n("sub.evil"), 300, RData::Ds(ds)));
            reply.answers.extend(evil.signs(all.collect()));
        }
        _ => {}
    });
    let first = net.ask("a.sub.evil", A);
    let Some(Security::Bogus(broken)) = &first.security else { panic!("{}", first.trace) };
    assert!(broken.owner == n("victim") && matches!(broken.reason, Flaw::TooMuchWork(_)), "{broken}");
    let second = net.ask("www.victim", A);
    assert_eq!(second.security, Some(Security::Secure), "{}", second.trace);
}

/// For want of room the keys of a zone are not asked for. That says nothing of the zone, and nobody remembers it.
#[test]
fn too_many_questions_at_a_time_do_not_break_a_zone() {
    let mut net = two(&[VICTIM], Config { max_tasks: 2, ..Config::default() });
    // It names servers without addresses, and is silent about these. To look for them takes the room.
    let evil = |query: &Message, _| {
        let mut reply = Message::response_to(query);
        reply.header.aa = query.questions[0].name == n("y.evil");
        if query.questions[0].name == n("x.evil") {
            reply.authorities.push(r("x.evil. 300 NS ns.gone.evil."));
        }
        let answers = [n("x.evil"), n("y.evil")].contains(&query.questions[0].name);
        answers.then(|| reply.encode().unwrap())
    };
    net.place("192.0.2.66", Box::new(evil));
    net.ask("y.evil", A);
    net.begin("x.evil", A);
    let first = net.ask("www.victim", A);
    assert_eq!(answer(&first).0, Rcode::SERVFAIL, "{}", first.trace);
    let second = net.ask("www.victim", A);
    assert_eq!(second.security, Some(Security::Secure), "{}", second.trace);
}

/// The answer to the first question is insecure, because the alias is. The proof that its target does not exist is
/// not, and the cache keeps that; and nothing unsigned that came with it.
#[test]
fn an_insecure_alias_does_not_make_its_target_insecure() {
    let mut net = two(&[VICTIM], Config { aggressive_nsec: false, ..Config::default() });
    net.script("192.0.2.66", move |query, reply| {
        if query.questions[0].name == n("a.evil") {
            reply.answers.push(r("a.evil. 300 CNAME nope.victim."));
        }
    });
    let first = net.ask("a.evil", A);
    assert!(matches!(first.security, Some(Security::Insecure(_))), "{}", first.trace);
    let second = net.ask("nope.victim", A);
    assert_eq!(answer(&second).0, Rcode::NXDOMAIN, "{}", second.trace);
    assert_eq!(second.security, Some(Security::Secure), "{}", second.trace);
    let unsigned = second.answer.authorities.iter().filter(|set| set.signatures.is_empty());
    assert_eq!(unsigned.count(), 0, "{:?}", second.answer.authorities);
}

/// The CNAME that follows from a DNAME has no signature. Who asks for it gets it, and the DNAME that vouches for it.
#[test]
fn who_asks_for_an_alias_gets_the_dname_that_it_follows_from() {
    let wanted = ["old.test. 300 IN DNAME new.test.", "x.old.test. 300 IN CNAME x.new.test."];
    let owner = Owner { zone: "test", seed: 1 };
    for rtype in [RecordType::CNAME, RecordType::ANY] {
        for mut net in [Net::new(Config::default()), trusting(&[owner], Config::default())] {
            net.serve("192.0.2.1", &[ROOT]);
            serve(&mut net, "192.0.2.2", owner, move |name, _, reply| {
                if name == "x.old.test" {
                    reply.answers.extend(owner.line("old.test. 300 DNAME new.test."));
                    reply.answers.push(r("x.old.test. 300 CNAME x.new.test."));
                }
            });
            for _ in 0..2 {
                let resolution = net.ask("x.old.test", rtype);
                let lines: Vec<_> =
                    answer(&resolution).1.into_iter().filter(|line| !line.contains("RRSIG")).collect();
                assert_eq!(lines, wanted, "{}", resolution.trace);
                assert!(matches!(resolution.security, None | Some(Security::Secure)), "{}", resolution.trace);
            }
        }
    }
}
