//! Nets by chance where all servers are one enemy: whatever it does, a question costs what the budgets say.
//!
//! The enemy is that of the fuzz target `resolver`, and chance is the input. What is printed at a failure is the seed
//! and the steps of the trace.

use std::time::Duration;

use barewire_dns::RecordType;
use barewire_dns::resolver::Config;
use barewire_dns::resolver::trace::{Budget, Decision, Step};
use rand_core::TryRng;

use crate::hostile::{Does, Seeded, next};
use crate::net::{Net, r};
use crate::table::follows_the_table;

const SEEDS: u64 = 400;
const QUESTIONS: [(&str, RecordType); 5] = [
    ("www.a.test", RecordType::A),
    ("x.y.www.a.test", RecordType::TXT),
    ("b.test", RecordType::NS),
    ("a.test", RecordType::DS),
    ("www.b.test", RecordType::AAAA),
];

/// What the enemy does about the next message, as the bytes that say it: mostly referrals and aliases that lead on.
fn a_move(dice: &mut Seeded) -> Vec<u8> {
    let mut roll = |sides: u64| (dice.try_next_u64().unwrap() % sides) as u8;
    // A reply, with AA or without; seldom with another bit or silence.
    let how = [4, 4, 4, 4, 12, 12, 12, 20, 36, 68, 132, 0, 3][usize::from(roll(13))];
    let (delay, code, count) = (roll(3), [0, 0, 0, 0, 1, 2, 3, 4][usize::from(roll(8))] << 5, 1 + roll(16));
    if how < 4 {
        return vec![delay, how];
    }
    let mut bytes = vec![delay, how, code, count];
    // NS, CNAME, DNAME, A, AAAA, SOA; of the name asked for or one above, or of what is below these.
    let (kinds, section) = if how == 12 { ([2, 2, 3, 4, 6, 7], 0) } else { ([0, 0, 1, 0, 4, 6], 2) };
    let kind = kinds[usize::from(roll(6))];
    for _ in 0..count {
        let (owner, target, address) = (roll(4), 16 + roll(40), roll(16) << 4);
        bytes.extend([if kind == 4 { target } else { owner }, kind, target, address | 8 | section]);
    }
    bytes
}

/// A net with the enemy that this seed makes.
fn enemy(seed: u64, config: Config) -> Net {
    let mut net = Net::new(config);
    let mut dice = Seeded(seed);
    net.elsewhere = Some(Box::new(move |sent| {
        let bytes = a_move(&mut dice);
        match next(&mut &bytes[..], &sent.bytes) {
            (_, Does::Nothing | Does::Unreachable) => Vec::new(),
            (after, Does::Reply(bytes)) => vec![(after + Duration::from_millis(1), sent.to, bytes)],
        }
    }));
    // The root sends all who ask to a server of the enemy's.
    net.script("192.0.2.1", |query, reply| {
        let top = query.questions[0].name.ancestors().find(|name| name.labels().count() == 1);
        match top {
            Some(top) => {
                reply.header.aa = false;
                reply.authorities.push(r(&format!("{top}. 60 NS ns.{top}.")));
                reply.additionals.push(r(&format!("ns.{top}. 60 A 192.0.2.9")));
            }
            None => reply.answers.push(r(". 60 NS a.root.test.")),
        }
    });
    net
}

/// Small budgets with some seeds: then they are what ends the question.
fn budgets(seed: u64) -> Config {
    let all = Config::default();
    let max_queries = [all.max_queries, 20, 5, 1][seed as usize % 4];
    Config { max_queries, minimise: !seed.is_multiple_of(3), ..all }
}

#[test]
fn no_question_makes_more_than_the_stated_number_of_queries() {
    let (mut most, mut spent) = (0, 0);
    for seed in 0..SEEDS {
        let config = budgets(seed);
        let mut net = enemy(seed, config.clone());
        for (name, rtype) in QUESTIONS {
            let resolution = net.ask(name, rtype);
            let (trace, messages) = (&resolution.trace, net.log().len());
            let about = format!("seed {seed}, {name} {rtype:?}:\n{trace}");
            assert!(messages <= config.max_queries as usize, "{messages} messages, {about}");
            assert!(trace.steps[0].elapsed <= config.total, "{about}");
            assert!(trace.steps.len() <= config.max_steps, "{about}");
            follows_the_table(trace).unwrap_or_else(|why| panic!("{why}, {about}"));
            most = most.max(messages);
            let is = |step: &Step| matches!(step.decision, Decision::Spent(Budget::Queries, _));
            spent += usize::from(trace.steps.iter().any(is));
        }
    }
    println!("{SEEDS} nets: at most {most} messages for a question; {spent} questions spent all of theirs");
    assert!(most > 30 && spent > 200, "the enemy is harmless: {most} messages, {spent} times all");
}
