//! Poison: an answer comes with a stranger's records beside it. Who believes them?
//!
//! The server of shop.test is in bad hands. It answers the question for www.shop.test, and puts a record of
//! example.test into the reply. The reply is not forged: the server that was asked sent it, with the right ID. An
//! old resolver kept every record that it saw. So it had a false address then, for a name that nobody had asked for.
//! In 1997 visitors of InterNIC's pages were led to another site in this way.
//!
//! A resolver today remembers for which zone it asked the server. It keeps only what the server has a say in, and
//! only what the question is about (RFC 2181 §5.4.1, RFC 5452 §6). The old resolver here is a list of records, with
//! a few lines of code; ours is the crate's, and its trace says what it took, what it refused, and why. Both see the
//! same reply. Then both are asked for www.example.test.
//!
//! Try: `cargo run --example dns_poison -- servers`: the reply names a server for the whole zone example.test. Why
//! is that worse than one false address? Then `-- alias`: www.shop.test is an alias of www.example.test, whose
//! address stands beside it. Which of the two records may this server give? Then `-- inside`: the record beside the
//! answer is in the server's own zone. Why is it refused all the same?
//!
//! ```text
//! the old resolver keeps
//!   www.shop.test. 300 IN A 203.0.113.80
//!   www.example.test. 86400 IN A 203.0.113.66
//! ours
//!   taken from the answer section: www.shop.test A, 1 record, 300 s
//!   refused in the additional section: www.example.test A: the server has no say
//!       in it, because it is outside of its zone
//! both are asked for www.example.test
//!   the old resolver goes by www.example.test. 86400 IN A 203.0.113.66
//!   ours finds www.example.test. 300 IN A 203.0.113.80, with 2 questions
//! ```

use std::error::Error;
use std::sync::mpsc;

use barewire::name_servers::NameServers;
use barewire_dissect::{lines, several};
use barewire_dns::exchange::{self, RandomCase};
use barewire_dns::resolver::Config;
use barewire_dns::resolver::trace::Decision;
use barewire_dns::{Name, Record, RecordType};

/// What the server of shop.test sends: the answer section, the authority section, and the additional section.
type Sections = [&'static [&'static str]; 3];

const ANSWER: &str = "www.shop.test. 300 IN A 203.0.113.80";
const FALSE: &str = "www.example.test. 86400 IN A 203.0.113.66";
const ADDRESS: Sections = [&[ANSWER], &[], &[FALSE]];
const SERVERS: Sections =
    [&[ANSWER], &["example.test. 86400 IN NS ns.shop.test."], &["ns.shop.test. 86400 IN A 192.0.2.53"]];
const ALIAS: Sections = [&["www.shop.test. 300 IN CNAME www.example.test.", FALSE], &[], &[]];
const INSIDE: Sections = [&[ANSWER], &[], &["mail.shop.test. 86400 IN A 203.0.113.66"]];

/// What an old resolver goes by: the address of the name, or else the servers of a zone that it is in.
fn goes_by<'r>(kept: &'r [Record], name: &Name) -> Option<&'r Record> {
    let address = |record: &&Record| record.rtype() == RecordType::A && record.name == *name;
    let server = |record: &&Record| record.rtype() == RecordType::NS && name.is_within(&record.name);
    kept.iter().find(address).or_else(|| kept.iter().find(server))
}

fn records(texts: &[&str]) -> Result<Vec<Record>, Box<dyn Error>> {
    texts.iter().map(|text| Ok(Record::parse_text(text)?)).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [answers, authorities, additionals] = match words.join(" ").as_str() {
        "" => ADDRESS,
        "servers" => SERVERS,
        "alias" => ALIAS,
        "inside" => INSIDE,
        other => return Err(format!("{other} is not known here; try servers, alias or inside").into()),
    };
    let servers = NameServers::new()?;
    // The bad server is to be asked about shop.test only.
    servers.edit("a.nic.test.\n                NS    ns.hoster.test.\n", "a.nic.test.\n")?;
    servers.edit("                NS    ns.hoster\n", "")?;
    let sections = (records(answers)?, records(authorities)?, records(additionals)?);
    let (sees, seen) = mpsc::channel();
    servers.change("hoster", move |reply| {
        (reply.answers, reply.authorities, reply.additionals) = sections.clone();
        let all = [&reply.answers, &reply.authorities, &reply.additionals];
        // Nobody listens any more when the lesson is over.
        let _ = sees.send(all.into_iter().flatten().cloned().collect::<Vec<_>>());
    })?;
    // Without random case, the records are easier to read.
    let exchange = exchange::Config { random_case: RandomCase::Off, ..Config::default().exchange };
    let mut resolver = servers.resolver(Config { exchange, ..Config::default() }, None, 1)?;
    let found = servers.ask(&mut resolver, "www.shop.test", RecordType::A)?;
    let old: Vec<Record> = seen.try_iter().flatten().collect();
    println!("the old resolver keeps");
    old.iter().for_each(|record| println!("  {record}"));
    println!("ours");
    let mut steps = found.trace.steps.iter().map(|step| &step.decision);
    let bad = |decision: &&Decision| matches!(decision, Decision::Query(query) if query.name.to_string() == "ns.hoster.test");
    steps.find(bad);
    for step in steps.filter(|step| matches!(step, Decision::Taken { .. } | Decision::Refused { .. })) {
        println!("  {}", lines(&step.to_string(), 76, 72).join("\n      "));
    }
    println!("both are asked for www.example.test");
    let old = goes_by(&old, &Name::parse_text("www.example.test")?);
    println!("  the old resolver goes by {}", old.map_or("nothing: it asks".to_owned(), Record::to_string));
    let found = servers.ask(&mut resolver, "www.example.test", RecordType::A)?;
    let asked = several(found.trace.queries().count() as u64, "question");
    found.answer.records().for_each(|record| println!("  ours finds {record}, with {asked}"));
    Ok(())
}
