//! DNSSEC: is this the address that the owner of the name published? The chain of trust, link by link.
//!
//! A zone has two keys here: one signs the keys, and the other one signs the records (RFC 4035 §2). The zone above
//! has the digest of the first key, in a DS record, and signs that too. So a chain leads from one digest that is
//! known beforehand, the trust anchor, down to each record (RFC 4033 §3.1). This lesson has a resolver fetch the
//! records unchecked, and checks each link itself. Keys, and the digests of keys, are shown by the tag of the key
//! (RFC 4034 §5.1.1). Look at the order of the links: no server is trusted, and no path to a server.
//!
//! The last line is what the client of a resolver that validates gets. If a link is broken, the answer is bogus, and
//! nobody gets it (RFC 4035 §5.5). If the chain ends, and the zone above proves that, the answer is insecure: it is
//! given, because nobody promised a signature.
//!
//! Try: `cargo run --example dns_sec -- flip`: somebody changes one bit of the address on its way. Which link
//! breaks? Then `-- expired`: it is three weeks later, and the owner of example.test did not sign again. There is no
//! attacker. Why does the resolver refuse the answer all the same? Then `-- stripped`: somebody takes the DS record
//! of example.test out of the replies, so that the zone looks unsigned. Why is that found out? Then `-- unsigned`:
//! www.shop.test, whose zone is not signed. What do the servers of test send here that the attacker before did not
//! have?
//!
//! ```text
//!   the trust anchor  . DS 13042
//!   is the digest of  . DNSKEY 13042
//!   13042 signs       . DNSKEY 54360 and 13042
//!   54360 signs       test. DS 64647
//!   is the digest of  test. DNSKEY 64647
//!   64647 signs       test. DNSKEY 7724 and 64647
//!    7724 signs       example.test. DS 15442
//!   is the digest of  example.test. DNSKEY 15442
//!   15442 signs       example.test. DNSKEY 41419 and 15442
//!   41419 signs       www.example.test. A 203.0.113.80
//! secure
//! a resolver that validates says NOERROR with AD
//! ```

use std::error::Error;
use std::time::Duration;

use barewire::name_servers::NameServers;
use barewire_dissect::lines;
use barewire_dns::dnssec::{Anchors, Claim, Effort, Insecure, Proven, Security, deny, keys_from_ds, verify};
use barewire_dns::rdata::Ds;
use barewire_dns::resolver::Config;
use barewire_dns::{Message, Name, RData, Record, RecordType, RrSet};

const KNOWN: &str = "flip, expired, stripped or unsigned";

/// A key signs these records.
fn show(key_tag: u16, name: &Name, rtype: RecordType, set: &RrSet) {
    let in_short = |record: &Record| match &record.data {
        RData::Dnskey(key) => key.key_tag().to_string(),
        RData::Ds(ds) => ds.key_tag.to_string(),
        data => data.to_string(),
    };
    let all: Vec<String> = set.records.iter().map(in_short).collect();
    println!("  {key_tag:5} signs       {} {rtype} {}", name.with_dot(), all.join(" and "));
}

fn ds_of(record: &Record) -> Option<Ds> {
    if let RData::Ds(ds) = &record.data { Some(ds.clone()) } else { None }
}

/// Goes down the chain, from the digest of the root's key. A link that is broken is an error.
fn walk(servers: &NameServers, anchors: &Anchors, names: [&str; 3]) -> Result<Security, Box<dyn Error>> {
    let mut resolver = servers.resolver(Config::default(), Some(anchors.clone()), 1)?;
    let (mut effort, mut zone) = (Effort::default(), Name::root());
    let mut ds = anchors.above(&zone)?.1.to_vec();
    println!("  the trust anchor  . DS {}", ds.first().ok_or("no anchor")?.key_tag);
    for (name, rtype) in names.into_iter().zip([RecordType::DS, RecordType::DS, RecordType::A]) {
        // The zone's keys: one of them has the digest, and signs them all.
        let found = servers.ask_unchecked(&mut resolver, &zone, RecordType::DNSKEY)?;
        let set = found.answer.answers.first().ok_or("no keys")?;
        let proven = keys_from_ds(&zone, &ds, set, servers.wall_clock(), &mut effort)?;
        let Proven::Keys(keys) = proven else { return Err("keys of a kind that is not known".into()) };
        println!("  is the digest of  {} DNSKEY {}", zone.with_dot(), keys.key_tag());
        show(keys.key_tag(), &zone, RecordType::DNSKEY, set);
        // What the keys sign: DS of the zone below, or the address.
        let name = Name::parse_text(name)?;
        let found = servers.ask_unchecked(&mut resolver, &name, rtype)?;
        let mut check = |set| verify(set, &keys, servers.wall_clock(), &mut effort);
        let Some(set) = found.answer.answers.first() else {
            // No DS: then signed records have to prove that there is none.
            let sets = found.answer.authorities.iter();
            let signed: Vec<_> = sets.filter_map(|set| Some((set, check(set).ok()?))).collect();
            let proof: Vec<_> = signed.iter().map(|(set, verified)| (*set, verified)).collect();
            deny(Claim::Ds { name: &name }, &proof, &zone, &mut effort)?;
            return Ok(Security::Insecure(Insecure::Unsigned { zone: name }));
        };
        show(check(set)?.key_tag, &name, rtype, set);
        ds = set.records.iter().filter_map(ds_of).collect();
        zone = name;
    }
    Ok(Security::Secure)
}

/// 80 becomes 81.
fn flip(reply: &mut Message) {
    let addresses = reply.answers.iter_mut().filter(|record| record.rtype() == RecordType::A);
    addresses.for_each(|record| record.data = RData::A([203, 0, 113, 81].into()));
}

/// DS and its signature: both have the type in their text.
fn strip(reply: &mut Message) {
    reply.answers.retain(|record| !record.to_string().contains(" DS "));
    reply.authorities.retain(|record| !record.to_string().contains(" DS "));
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (servers, anchors) = NameServers::signed()?;
    let mut names = ["test", "example.test", "www.example.test"];
    match words.join(" ").as_str() {
        "" => {}
        "flip" => ["ns1", "ns2"].into_iter().try_for_each(|host| servers.change(host, flip))?,
        "stripped" => ["a.nic", "hoster"].into_iter().try_for_each(|host| servers.change(host, strip))?,
        "expired" => servers.wait_until(Duration::from_secs(21 * 86_400))?,
        "unsigned" => names = ["test", "shop.test", "www.shop.test"],
        other => return Err(format!("{other} is not known here; try {KNOWN}").into()),
    }
    let broken = |error: Box<dyn Error>| error.downcast().map(|broken| Security::Bogus(*broken));
    let security = walk(&servers, &anchors, names).or_else(broken)?;
    println!("{}", lines(&security.to_string(), 80, 76).join("\n    "));
    // The same by a resolver that validates.
    let mut resolver = servers.resolver(Config::default(), Some(anchors), 2)?;
    let found = servers.ask(&mut resolver, names[2], RecordType::A)?;
    let ad = if found.security == Some(Security::Secure) { " with AD" } else { "" };
    let why: String = found.errors.iter().map(|error| format!(", {}", error.name())).collect();
    println!("a resolver that validates says {}{ad}{why}", found.answer.rcode);
    Ok(())
}
