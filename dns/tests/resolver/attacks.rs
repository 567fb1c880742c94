//! Attacks on resolvers, and where each of them is met with its bound:
//!
//! | attack | test |
//! |---|---|
//! | pointers in circles, label bombs, lying lengths | `tests/hostile.rs`; fuzz targets `message`, `name` |
//! | 64 KB of distinct names to write (CVE-2024-8508) | `tests/hostile.rs`: `writing_thousands_of_names_is_no_square` |
//! | forged replies: IDs, ports, case (CVE-2008-1447) | here; `tests/stub/matching.rs`, `tests/hostile_servers` |
//! | one question many times at once, for a birthday | `walk.rs`: `those_who_ask_the_same_wait_for_one_answer` |
//! | one question many times at once, for memory | the same test: all share one answer and one trace |
//! | bad packets that end the wait (TuDoor) | here; `tests/stub/matching.rs` |
//! | records of strangers, false glue, NS beside an answer | `trust.rs` |
//! | ghost domains (CVE-2012-1033) | `trust.rs` |
//! | many servers without addresses (NXNSAttack) | here; `bounds.rs` |
//! | 1,500 servers that do not answer (NRDelegation) | here |
//! | zones in circles (TsuNAME) | here; `bounds.rs` |
//! | aliases and delegations that multiply (CAMP) | here; `bounds.rs` |
//! | glue that points to the sender, or to nobody | here |
//! | aliases that never end | here; `bounds.rs` |
//! | aliases out of a zone that costs or lacks much | `links.rs` |
//! | keys and signatures that cost (KeyTrap, CVE-2023-50387) | `trap.rs`; `tests/dnssec/effort.rs` |
//! | NSEC3 that cost (CVE-2023-50868) | `trap.rs`; `tests/dnssec/effort.rs` |
//! | changed signatures, false denials, DS taken away | `tests/dnssec`; fuzz target `validator` |
//! | TCP that never ends | here; the driver: `tests/hostile_servers` |
//! | replies of 65,535 bytes | here; CPU time: `bench/README.md` |
//! | all of it by chance | `hostile_nets.rs`; fuzz target `resolver` |
//! | replies in pieces that others can forge | `exchange::Config`: 1,232 bytes over UDP, and TC leads to TCP |

use std::collections::BTreeSet;
use std::time::Duration;

use barewire_dns::exchange::Protocol;
use barewire_dns::resolver::trace::{Budget, Decision, RefusedBecause};
use barewire_dns::resolver::{Config, Resolution};
use barewire_dns::{Message, Rcode, RecordType};

use crate::net::{Net, TEST, answer, n, r};

const A: RecordType = RecordType::A;
const EVIL: &str = "evil NS ns.evil\nns.evil A 192.0.2.66\nexample NS ns.example\nns.example A 192.0.2.3\n";

/// The net with `evil.test`, whose server is 192.0.2.66.
fn with_evil() -> Net {
    let mut net = Net::with_example(Config::default());
    let test: String =
        TEST.lines().take_while(|line| !line.starts_with("example")).map(|l| format!("{l}\n")).collect();
    net.serve("192.0.2.2", &[&(test + EVIL)]);
    net
}

/// A referral of the name asked for to these servers.
fn refer(query: &Message, reply: &mut Message, servers: impl Iterator<Item = String>) {
    let asked = &query.questions[0].name;
    reply.header.aa = false;
    reply.authorities.extend(servers.map(|server| r(&format!("{asked}. 60 NS {server}"))));
}

fn spent(resolution: &Resolution, budget: Budget) -> bool {
    let is = |decision: &Decision| matches!(decision, Decision::Spent(spent, _) if *spent == budget);
    resolution.trace.steps.iter().any(|step| is(&step.decision))
}

fn sent_to(net: &Net, address: &str) -> usize {
    net.log.iter().filter(|asked| asked.starts_with(&format!("{address} "))).count()
}

#[test]
fn servers_that_exist_without_addresses_cost_the_budget_of_the_delegation() {
    // NXNSAttack, where the victim's names exist: nothing is missing, so another budget has to end it.
    let mut net = with_evil();
    net.script("192.0.2.3", |_, reply| {
        reply.authorities.push(r("example.test. 60 SOA ns.example.test. joe. 1 1 1 1 60"));
    });
    net.script("192.0.2.66", |query, reply| {
        refer(query, reply, (0..100).map(|number| format!("fake{number}.example.test.")));
    });
    let resolution = net.ask("x.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert!(spent(&resolution, Budget::TargetsOfZone), "{}", resolution.trace);
    // A and AAAA of each.
    let bound = 2 * Config::default().max_targets_of_zone as usize;
    assert_eq!(sent_to(&net, "192.0.2.3"), bound, "{}", resolution.trace);
}

#[test]
fn fifteen_hundred_servers_that_do_not_answer_are_32_and_the_tries_end() {
    // NRDelegation, CVE-2022-3204; all the names lead to one address that refuses.
    let mut net = with_evil();
    net.script("192.0.2.66", |query, reply| {
        if query.questions[0].rtype == A && query.questions[0].name.labels().count() == 4 {
            reply.answers.push(r(&format!("{}. 60 A 192.0.2.99", query.questions[0].name)));
            return;
        }
        refer(query, reply, (0..1500).map(|number| format!("s{number}.h.evil.test.")));
    });
    net.script("192.0.2.99", |_, reply| reply.header.rcode = Rcode::REFUSED);
    let resolution = net.ask("x.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let most = resolution.trace.steps.iter().filter_map(|step| match &step.decision {
        Decision::Delegation { zone, servers, .. } if *zone == n("x.evil.test") => Some(servers.len()),
        _ => None,
    });
    assert_eq!(most.max(), Some(32), "{}", resolution.trace);
    assert!(net.log().len() <= 2 * 16 + 8, "{}", resolution.trace);
}

#[test]
fn zones_in_a_ring_end_as_a_circle() {
    // TsuNAME, with three zones, and with one whose only server is in itself.
    for (zones, most) in [("a NS ns.b\nb NS ns.c\nc NS ns.a\n", 8), ("a NS ns.a\n", 8)] {
        let mut net = Net::with_example(Config::default());
        net.serve("192.0.2.2", &[&format!("{TEST}{zones}")]);
        for _ in 0..3 {
            let resolution = net.ask("www.a.test", A);
            assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
            assert!(net.log().len() <= most, "{}", resolution.trace);
        }
    }
}

#[test]
fn a_server_that_refers_to_itself_is_lame() {
    let mut net = with_evil();
    net.script("192.0.2.66", |_, reply| {
        reply.header.aa = false;
        reply.authorities.push(r("evil.test. 60 NS ns.evil.test."));
        reply.additionals.push(r("ns.evil.test. 60 A 192.0.2.66"));
    });
    let resolution = net.ask("www.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert_eq!(sent_to(&net, "192.0.2.66"), 1, "{}", resolution.trace);
}

#[test]
fn glue_that_is_nobody_or_the_resolver_itself_is_not_asked() {
    let mut net = with_evil();
    net.script("192.0.2.66", |query, reply| {
        refer(query, reply, ["ns.evil.test.".to_owned()].into_iter());
        for address in ["127.0.0.1", "127.9.9.9", "0.0.0.0", "255.255.255.255", "224.0.0.1"] {
            reply.additionals.push(r(&format!("ns.evil.test. 60 A {address}")));
        }
        for address in ["::1", "::", "ff02::1", "::ffff:127.0.0.1"] {
            reply.additionals.push(r(&format!("ns.evil.test. 60 AAAA {address}")));
        }
    });
    let resolution = net.ask("x.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    let servers = ["192.0.2.1 ", "192.0.2.2 ", "192.0.2.66 "];
    let strange = net.log.iter().find(|asked| !servers.iter().any(|server| asked.starts_with(server)));
    assert_eq!(strange, None, "{}", resolution.trace);
    assert!(net.log.len() <= 20, "{}", resolution.trace);
}

#[test]
fn a_zone_cut_at_each_label_ends_with_the_labels() {
    // Glue that points to the sender: each label is a zone, and the one server has them all.
    let mut net = with_evil();
    net.script("192.0.2.66", |query, reply| {
        refer(query, reply, ["ns.evil.test.".to_owned()].into_iter());
        reply.additionals.push(r("ns.evil.test. 60 A 192.0.2.66"));
    });
    let long = format!("{}evil.test", "x.".repeat(60));
    let resolution = net.ask(&long, A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert!(sent_to(&net, "192.0.2.66") <= 60 + 4, "{}", resolution.trace);
}

#[test]
fn aliases_with_delegations_without_addresses_spend_one_purse() {
    // CAMP: a chain of aliases, and behind each one a delegation to many servers in the victim's zone.
    let mut net = with_evil();
    net.script("192.0.2.66", |query, reply| {
        let asked = query.questions[0].name.clone();
        let first = asked.labels().next().map(<[u8]>::to_vec).unwrap_or_default();
        match first
            .strip_prefix(b"alias")
            .and_then(|rest| std::str::from_utf8(rest).ok()?.parse::<u32>().ok())
        {
            Some(number) => {
                reply.answers.push(r(&format!("{asked}. 60 CNAME x.z{}.evil.test.", number + 1)));
            }
            None => refer(
                query,
                reply,
                (0..20)
                    .map(|number| format!("{number}-{asked}."))
                    .map(|at| at.replace(".evil.test", ".example.test")),
            ),
        }
    });
    let resolution = net.ask("alias1.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert!(sent_to(&net, "192.0.2.3") <= 16, "{}", resolution.trace);
}

#[test]
fn dnames_that_make_names_longer_and_in_circles_end() {
    for target in ["b.b.b.b.b.b.b.b.b.b.b.evil.test", "c.evil.test"] {
        let mut net = with_evil();
        net.script("192.0.2.66", move |_, reply| {
            reply.answers.push(r(&format!("b.evil.test. 60 DNAME {target}.")));
            reply.answers.push(r("c.evil.test. 60 DNAME b.evil.test."));
        });
        let resolution = net.ask("x.b.evil.test", A);
        assert_eq!(answer(&resolution).0, Rcode::SERVFAIL, "{}", resolution.trace);
        assert!(net.log().len() <= 4 + 11, "{}", resolution.trace);
    }
}

/// `evil.test` and what else has no server here belongs to a forger, who sees the question and makes replies.
fn forged(replies: impl Fn(&Message, Protocol) -> Vec<Message> + 'static) -> Net {
    let mut net = with_evil();
    net.elsewhere = Some(Box::new(move |sent| {
        let query = Message::parse(&sent.bytes).unwrap();
        let replies = replies(&query, sent.protocol).into_iter();
        replies.map(|reply| (Duration::from_millis(5), sent.to, reply.encode().unwrap())).collect()
    }));
    net
}

fn with_address(query: &Message, address: &str) -> Message {
    let mut reply = Message::response_to(query);
    reply.header.aa = true;
    reply.answers.push(r(&format!("{}. 60 A {address}", query.questions[0].name)));
    reply
}

#[test]
fn forged_replies_do_not_count_and_do_not_end_the_wait() {
    let net = |forge: fn(&mut Message)| {
        forged(move |query, _| {
            let mut wrong = with_address(query, "203.0.113.66");
            forge(&mut wrong);
            vec![wrong.clone(), wrong, with_address(query, "203.0.113.80")]
        })
    };
    let forgeries: [fn(&mut Message); 4] = [
        |wrong| wrong.header.id ^= 1,
        |wrong| wrong.header.qr = false,
        |wrong| wrong.questions[0].name = n("www.example.test"),
        |wrong| wrong.questions[0].rtype = RecordType::TXT,
    ];
    for forge in forgeries {
        let resolution = net(forge).ask("www.evil.test", A);
        assert_eq!(answer(&resolution).1, ["www.evil.test. 60 IN A 203.0.113.80"], "{}", resolution.trace);
    }
}

#[test]
fn a_thousand_guesses_of_the_id_lead_to_tcp() {
    let mut net = forged(|query, protocol| {
        let guesses = (1..=1000).map(|guess: u16| {
            let mut wrong = with_address(query, "203.0.113.66");
            wrong.header.id = wrong.header.id.wrapping_add(guess);
            wrong
        });
        let over_udp = protocol == Protocol::Udp;
        guesses.filter(|_| over_udp).chain([with_address(query, "203.0.113.80")]).collect()
    });
    let resolution = net.ask("www.evil.test", A);
    assert_eq!(answer(&resolution).1, ["www.evil.test. 60 IN A 203.0.113.80"]);
    assert_eq!(net.log().last().unwrap(), "192.0.2.66 A? www.evil.test over TCP", "{}", resolution.trace);
}

#[test]
fn each_question_has_an_id_a_port_and_a_case_of_its_own() {
    let mut net = Net::with_example(Config::default());
    let (sender, seen) = std::sync::mpsc::channel();
    net.elsewhere = Some(Box::new(move |sent| {
        let query = Message::parse(&sent.bytes).unwrap();
        sender.send((query.header.id, sent.source_port, query.questions[0].name.to_string())).unwrap();
        Vec::new()
    }));
    net.serve("192.0.2.2", &[&TEST.replace("192.0.2.3", "192.0.2.77")]);
    for number in 0..100 {
        net.begin(&format!("somewhatlong{number}.example.test"), A);
    }
    net.run();
    let seen: Vec<_> = seen.try_iter().collect();
    let ids: BTreeSet<_> = seen.iter().map(|(id, ..)| id).collect();
    let ports: BTreeSet<_> = seen.iter().map(|(_, port, _)| port).collect();
    let cases: BTreeSet<_> = seen.iter().map(|(.., name)| name.replace(char::is_numeric, "")).collect();
    assert!(
        ids.len() > 95 && ports.len() > 95 && cases.len() > 95,
        "{} {} {}",
        ids.len(),
        ports.len(),
        cases.len()
    );
}

#[test]
fn tcp_that_never_ends_costs_the_time_of_one_server() {
    let mut net = with_evil();
    net.place(
        "192.0.2.66",
        Box::new(|query, protocol| {
            let mut reply = Message::response_to(query);
            reply.header.tc = true;
            (protocol == Protocol::Udp).then(|| reply.encode().unwrap())
        }),
    );
    let began = net.now;
    let resolution = net.ask("www.evil.test", A);
    assert_eq!(answer(&resolution).0, Rcode::SERVFAIL);
    assert!(net.now - began <= Config::default().total, "{}", resolution.trace);
    assert!(sent_to(&net, "192.0.2.66") <= 2 * 6, "{}", resolution.trace);
}

/// A reply over TCP of almost 65,535 bytes, to a question about `x.evil.test`. The shortest record has 11 bytes, so
/// none has more than 5,956.
fn huge(records: usize, mut add: impl FnMut(usize, &mut Message) + 'static) -> Resolution {
    let mut net = with_evil();
    net.place(
        "192.0.2.66",
        Box::new(move |query, protocol| {
            let mut reply = Message::response_to(query);
            (reply.header.aa, reply.header.tc) = (true, protocol == Protocol::Udp);
            if protocol == Protocol::Tcp {
                (0..records).for_each(|number| add(number, &mut reply));
            }
            let bytes = reply.encode().expect("less than 65,536 bytes");
            assert!(protocol == Protocol::Udp || bytes.len() > 50_000, "{} bytes", bytes.len());
            Some(bytes)
        }),
    );
    let resolution = net.ask("x.evil.test", A);
    assert!(net.log().len() <= 4 + 2 * 16, "{}", resolution.trace);
    assert!(resolution.trace.steps.len() <= 200, "{} steps", resolution.trace.steps.len());
    resolution
}

#[test]
fn of_a_huge_reply_little_is_kept() {
    let noted = |resolution: &Resolution, wanted: RefusedBecause| {
        let is = |decision: &Decision| matches!(decision, Decision::Refused { why, .. } if *why == wanted);
        resolution.trace.steps.iter().filter(|step| is(&step.decision)).count()
    };
    let strangers =
        huge(2_900, |number, reply| reply.answers.push(r(&format!("n{number}.bank.test. 60 A 192.0.2.1"))));
    assert!((1..=64).contains(&noted(&strangers, RefusedBecause::OutOfZone)));
    assert!(strangers.trace.left_out >= 2_900 - 64);
    let proofs = huge(1_800, |number, reply| {
        reply.authorities.push(r(&format!("n{number}.evil.test. 60 NSEC a.evil.test. A")));
    });
    assert!(proofs.answer.authorities.len() <= 16, "{} sets", proofs.answer.authorities.len());
    let glue = huge(1_400, |number, reply| {
        reply.header.aa = false;
        reply.authorities.push(r(&format!("x.evil.test. 60 NS n{}.evil.test.", number % 1_000)));
        reply.additionals.push(r(&format!("n{}.evil.test. 60 A 192.0.{}.9", number % 1_000, number % 200)));
    });
    let delegation = glue.trace.steps.iter().find_map(|step| match &step.decision {
        Decision::Delegation { servers, glue, zone, .. } if *zone == n("x.evil.test") => {
            Some((servers.len(), *glue))
        }
        _ => None,
    });
    assert!(delegation.is_some_and(|(servers, glue)| servers == 32 && glue <= 32 * 32), "{delegation:?}");
    let aliases = huge(2_400, |number, reply| {
        let from = if number == 2_399 { "x".to_owned() } else { format!("a{number}") };
        reply
            .answers
            .push(r(&format!("{from}.evil.test. 60 CNAME a{}.evil.test.", (number + 2_399) % 2_400)));
    });
    assert_eq!(aliases.answer.rcode, Rcode::SERVFAIL);
}
