//! The authoritative server, clause by clause: what it answers from zones that are in the tree, as RFC 1034 §4.3.2 and
//! the rules after it say. `rfc_examples.rs` holds it against the examples that the RFCs print.

mod faults;
mod requests;
mod rfc_examples;
#[path = "../served/mod.rs"]
mod served;
mod sizes;
mod steps;
mod transfer;

use barewire_dns::authority::{AnyAnswer, Authority, Config, Zone};
use barewire_dns::stub::Protocol;
use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{EDNS_UDP_SIZE, Edns, Message, Name, Record, RecordType};
use served::{sha1, zone};

const STEPS: &str = include_str!("../zones/steps.zone");

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn server(zones: &[&str]) -> Authority {
    configured(zones, Config { udp_size: 4096, any: AnyAnswer::Minimal })
}

fn configured(zones: &[&str], config: Config) -> Authority {
    let mut server = Authority::new(config);
    zones.iter().for_each(|text| assert!(server.add(zone(text)).is_none()));
    server
}

fn query(owner: &str, rtype: RecordType) -> Message {
    Message::query(7, name(owner), rtype)
}

/// The same query with EDNS and DO.
fn with_dnssec(query: Message) -> Message {
    Message { edns: Some(Edns { dnssec_ok: true, ..Edns::new(4096) }), ..query }
}

/// The only reply.
fn ask(server: &Authority, query: &Message) -> Message {
    ask_over(server, query, Protocol::Udp)
}

fn ask_over(server: &Authority, query: &Message, transport: Protocol) -> Message {
    let replies: Vec<Vec<u8>> = server.answer(&query.encode().unwrap(), transport).collect();
    assert_eq!(replies.len(), 1);
    let reply = Message::parse_strictly(&replies[0]).unwrap();
    assert!(reply.header.qr);
    assert_eq!((reply.header.id, reply.header.rd, reply.header.ra), (7, query.header.rd, false));
    reply
}

/// Records as text, in order.
fn lines(records: &[Record]) -> Vec<String> {
    let mut lines: Vec<String> = records.iter().map(Record::to_string).collect();
    lines.sort();
    lines
}

/// Checks a section: the same records, in any order.
fn assert_section(what: &str, records: &[Record], wanted: &[&str]) {
    let mut wanted: Vec<String> = wanted.iter().map(|line| (*line).to_owned()).collect();
    wanted.sort();
    assert_eq!(lines(records), wanted, "{what}");
}

#[test]
fn a_record_that_is_there_twice_counts_once() {
    // RFC 2181 §5.
    let text = "$ORIGIN z.test.\n$TTL 1h\n@ SOA ns joe 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\nNS A 192.0.2.1\n";
    let reply = ask(&server(&[text]), &query("ns.z.test", RecordType::A));
    assert_section("answer", &reply.answers, &["ns.z.test. 3600 IN A 192.0.2.1"]);
}

#[test]
fn the_reply_holds_the_names_as_they_were_asked_for() {
    // RFC 4343 §4.1, and what a resolver that changes the case of letters counts on.
    let reply = ask(&server(&[STEPS]), &query("wWw.StEpS.test", RecordType::AAAA));
    assert_section("answer", &reply.answers, &["wWw.StEpS.test. 3600 IN AAAA 2001:db8::80"]);
    assert!(reply.questions[0].name.same_case_as(&name("wWw.StEpS.test")));
    assert_eq!(EDNS_UDP_SIZE, 1232);
}
