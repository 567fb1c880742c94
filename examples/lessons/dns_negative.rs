//! Negative answers: a name is asked for before it exists. How long does a resolver say that it does not?
//!
//! That there is nothing is an answer too, and a resolver keeps it. The SOA record that comes with the answer says
//! for how long: the lower one of its TTL and its last number, MINIMUM (RFC 2308 §5). There are two such answers.
//! NXDOMAIN: there is no such name, so it holds for records of all types. NODATA: the name exists and has no record
//! of this type, so it holds for this type only (RFC 2308 §2). In example.test MINIMUM is 5 minutes.
//!
//! Two users ask too early: one for the address of new.example.test, one for the MX record of www.example.test. One
//! minute later both records are there. Each line is a question to the resolver: what it says, for how many seconds
//! more, and who told it. Look at what comes from the cache after the first minute.
//!
//! Try: `cargo run --example dns_negative -- day`: SOA's TTL and MINIMUM are one day. For how long does the resolver
//! keep an answer then, and why not for a day? Then `-- ttl`: MINIMUM is 5 minutes and the TTL of the SOA record one
//! minute. Which of the two counts?
//!
//! ```text
//! 0:00:00  A?  new.example.test  NXDOMAIN, 300 s                a server
//! 0:00:00  MX? www.example.test  NODATA, 300 s                  a server
//! 0:01:00  the owner adds an address for new, and an MX record for www
//! 0:02:00  A?  new.example.test  NXDOMAIN, 180 s                the cache
//! 0:02:00  MX? new.example.test  NXDOMAIN, 180 s                the cache
//! 0:02:00  MX? www.example.test  NODATA, 180 s                  the cache
//! 0:02:00  A?  www.example.test  203.0.113.80, 300 s            a server
//! 0:05:01  A?  new.example.test  203.0.113.90, 300 s            a server
//! 0:05:01  MX? www.example.test  10 mail.example.test., 300 s   a server
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::name_servers::NameServers;
use barewire_dns::RecordType;
use barewire_dns::resolver::{Config, Resolution, Resolver};

/// What a resolver says: a response code or data, and for how many seconds more.
fn in_short(found: &Resolution) -> String {
    let data: Vec<String> = found.answer.records().map(|record| record.data.to_string()).collect();
    let what = match data.as_slice() {
        [] if found.answer.rcode.name() == "NOERROR" => "NODATA".to_owned(),
        [] => found.answer.rcode.name().to_owned(),
        data => data.join(" "),
    };
    let first = found.answer.answers.iter().chain(&found.answer.authorities).next();
    format!("{what}, {} s", first.map_or(0, |set| set.ttl()))
}

/// So many seconds after the beginning, as hours, minutes and seconds.
fn clock(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A user asks, so many seconds after the beginning.
fn ask(
    servers: &NameServers,
    resolver: &mut Resolver,
    seconds: u64,
    (name, rtype): (&str, RecordType),
) -> Result<(), Box<dyn Error>> {
    servers.wait_until(Duration::from_secs(seconds))?;
    let asked = || Ok::<u64, Box<dyn Error>>(servers.asked("ns1")? + servers.asked("ns2")?);
    let before = asked()?;
    let found = servers.ask(resolver, name, rtype)?;
    let whence = if asked()? > before { "a server" } else { "the cache" };
    println!("{}  {:<3} {name}  {:<30} {whence}", clock(seconds), format!("{rtype}?"), in_short(&found));
    Ok(())
}

const NEW_A: (&str, RecordType) = ("new.example.test", RecordType::A);
const NEW_MX: (&str, RecordType) = ("new.example.test", RecordType::MX);
const WWW_A: (&str, RecordType) = ("www.example.test", RecordType::A);
const WWW_MX: (&str, RecordType) = ("www.example.test", RecordType::MX);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (soa, later): (&str, &[u64]) = match words.join(" ").as_str() {
        "" => ("1h SOA ns1 hostmaster ( 2026112600 2h 1h 2w 5m )", &[301]),
        "day" => ("1d SOA ns1 hostmaster ( 2026112600 2h 1h 2w 1d )", &[301, 10_801]),
        "ttl" => ("1m SOA ns1 hostmaster ( 2026112600 2h 1h 2w 5m )", &[301]),
        other => return Err(format!("{other} is not known here; try day or ttl").into()),
    };
    let servers = NameServers::new()?;
    servers.edit("1h SOA ns1 hostmaster ( 2026112600 2h 1h 2w 5m )", soa)?;
    let mut resolver = servers.resolver(Config::default(), None, 1)?;
    for question in [NEW_A, WWW_MX] {
        ask(&servers, &mut resolver, 0, question)?;
    }
    println!("{}  the owner adds an address for new, and an MX record for www", clock(60));
    servers.wait_until(Duration::from_secs(60))?;
    let www = "www             A     203.0.113.80";
    servers.edit(www, &format!("{www}\nwww MX 10 mail\nnew A 203.0.113.90"))?;
    for question in [NEW_A, NEW_MX, WWW_MX, WWW_A] {
        ask(&servers, &mut resolver, 120, question)?;
    }
    for seconds in later {
        for question in [NEW_A, WWW_MX] {
            ask(&servers, &mut resolver, *seconds, question)?;
        }
    }
    Ok(())
}
