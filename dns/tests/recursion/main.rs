//! Recursion, judged by unbound: 27 questions about the zones of `signed/`, and what it answered (`unbound.txt`).
//!
//! The servers are ours, in this process, in virtual time; `live.rs` does the same over sockets, with nsd.
//! `generated.rs` has a larger internet, and asks both. `README.md` says how the zones and the table were made.

mod compare;
mod forged_absence;
#[cfg(target_os = "linux")]
mod generated;
mod lab;
#[cfg(target_os = "linux")]
mod live;
#[cfg(target_os = "linux")]
#[path = "../../../packet/tests/live/need.rs"]
mod need;
mod recorded;
mod run;
mod scenes;
#[path = "../served/mod.rs"]
mod served;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod space;
#[cfg(target_os = "linux")]
mod tree;

use std::time::Duration;

use barewire_dns::resolver::{Config, Flags};
use barewire_dns::stub::Protocol;
use barewire_dns::{Edns, Message, Question, Rcode};
use lab::Lab;
use recorded::Case;
use run::Run;

/// The zones and the table belong together: in process, unbound would have got a reply to each of its queries.
#[test]
fn unbounds_queries_find_their_servers() {
    let lab = Lab::new();
    let cases = recorded::cases();
    for query in cases.iter().flat_map(|case| &case.queries) {
        let message = Message::query(7, query.name.clone(), query.rtype).encode().unwrap();
        let Some(reply) = lab.answer(query.server, Protocol::Tcp, &message) else {
            assert_eq!(query.server, lab::NOBODY, "{query}");
            continue;
        };
        let reply = Message::parse_strictly(&reply).unwrap();
        let refused = query.server == lab::ORG && query.name.to_string().ends_with("lame.com");
        assert_eq!(reply.header.rcode == Rcode::REFUSED, refused, "{query}");
    }
    assert_eq!(cases.iter().filter(|case| !case.cd).count(), 27);
    assert!(cases.iter().all(|case| case.before_reply > 0), "each was answered, after queries");
}

/// A client's query, as dig asked unbound.
fn query(question: &Question, cd: bool) -> Message {
    let mut query = Message::query(7, question.name.clone(), question.rtype);
    query.edns = Some(Edns { dnssec_ok: true, ..Edns::new(1232) });
    (query.header.ad, query.header.cd) = (true, cd);
    query
}

/// The reply to it.
fn reply(run: &mut Run, case: &Case) -> Message {
    run.ask(&case.question, Flags { checking_disabled: case.cd }).response_to(&query(&case.question, case.cd))
}

/// Each question to a resolver that knows nothing yet, as unbound was asked. The number of the case is the seed.
#[test]
fn each_with_an_empty_cache() {
    let cases = recorded::cases();
    let mut differences = Vec::new();
    for (case, seed) in cases.iter().zip(1..) {
        let mut run = Run::new(seed, Config::default());
        let ours = reply(&mut run, case);
        println!("{}", compare::row(case, &ours, run.sent.len()));
        differences.extend(compare::differences(case, &ours));
        if run.sent.len() > case.before_reply {
            differences.push(format!(
                "{}: {} queries, unbound {}",
                case.why,
                run.sent.len(),
                case.before_reply
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A server that is not there costs time, and no answer: whichever of the three addresses is asked first.
#[test]
fn a_dead_server() {
    let cases = recorded::cases();
    let case = cases.iter().find(|case| case.question.name.to_string() == "www.deadfirst.com").unwrap();
    let mut met = 0;
    for seed in 0..100 {
        let mut run = Run::new(seed, Config::default());
        let ours = reply(&mut run, case);
        let to_nobody = run.sent.iter().filter(|sent| sent.to == lab::NOBODY).count();
        assert_eq!(compare::differences(case, &ours), [""; 0], "seed {seed}");
        assert!(to_nobody <= 3, "seed {seed}: {to_nobody} messages to an address without a server");
        met += usize::from(to_nobody > 0);
    }
    println!("{met} of 100 resolvers met the dead server");
    assert!(met > 0);
}

/// All questions to one resolver, forwards, backwards, and once more when the shorter TTLs are over.
#[test]
fn all_with_one_cache() {
    let cases = recorded::cases();
    let mut run = Run::new(1, Config::default());
    let mut differences = Vec::new();
    for (round, seconds) in [(1, 0), (2, 0), (3, 61), (4, 301)] {
        run.wait(Duration::from_secs(seconds));
        let before = run.sent.len();
        let mut order: Vec<&Case> = cases.iter().collect();
        if round % 2 == 0 {
            order.reverse();
        }
        for case in order {
            let ours = reply(&mut run, case);
            let found = compare::differences(case, &ours);
            differences.extend(found.iter().map(|found| format!("round {round}: {found}")));
        }
        println!("round {round}, {seconds} s later: {} queries", run.sent.len() - before);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// The first question of all makes as few queries as unbound's. Those that the answer does not need are not counted:
/// trust anchor signalling (RFC 8145 §5), and addresses of servers beyond those that came as glue.
#[test]
fn no_more_queries_than_unbound() {
    let cases = recorded::cases();
    let case = &cases[0];
    let needed = |query: &&recorded::Query| {
        let signals = query.name.to_string().starts_with("_ta-");
        let server = query.name.to_string().starts_with("ns2.");
        !(signals || server)
    };
    let theirs: Vec<String> = case.queries.iter().map(ToString::to_string).collect();
    println!("unbound, {} queries:\n  {}", theirs.len(), theirs.join("\n  "));
    let needed: Vec<String> = case.queries.iter().filter(needed).map(ToString::to_string).collect();
    println!("of them for the answer, {}:\n  {}", needed.len(), needed.join("\n  "));
    for seed in 0..100 {
        let mut run = Run::new(seed, Config::default());
        let ours = reply(&mut run, case);
        let sent: Vec<String> = run.sent.iter().map(ToString::to_string).collect();
        if seed == 0 {
            println!("ours, {} queries:\n  {}", sent.len(), sent.join("\n  "));
        }
        assert!(compare::differences(case, &ours).is_empty(), "seed {seed}: {ours:?}");
        assert!(sent.len() <= needed.len(), "seed {seed}: {} queries\n{}", sent.len(), sent.join("\n"));
    }
}
