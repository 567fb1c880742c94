//! How much goes into a reply: RFC 1035 §4.2.1, RFC 6891 §6.2.3, RFC 2181 §9.

use super::*;

fn sized(
    owner: &str,
    rtype: RecordType,
    theirs: Option<u16>,
    ours: u16,
    transport: Protocol,
) -> (Message, usize) {
    let server = configured(&[STEPS], Config { udp_size: ours, any: AnyAnswer::Minimal });
    let query = Message { edns: theirs.map(Edns::new), ..query(owner, rtype) };
    let bytes = server.answer(&query.encode().unwrap(), transport).next().unwrap();
    (Message::parse_strictly(&bytes).unwrap(), bytes.len())
}

#[test]
fn what_is_too_long_is_cut_with_tc_and_without_records() {
    let big = |theirs, ours, transport| sized("big.steps.test", RecordType::TXT, theirs, ours, transport);
    let (whole, length) = big(None, 4096, Protocol::Tcp);
    assert_eq!((whole.answers.len(), whole.header.tc), (6, false));
    assert!((700..1232).contains(&length), "{length}");
    let edns = 11;
    for (theirs, ours, cut) in [
        (None, 4096, true),
        (Some(512), 4096, true),
        (Some(0), 4096, true),
        (Some(4096), 512, true),
        (Some(length as u16 + edns - 1), 4096, true),
        (Some(length as u16 + edns), 4096, false),
        (Some(4096), 4096, false),
    ] {
        let (reply, bytes) = big(theirs, ours, Protocol::Udp);
        assert_eq!((reply.header.tc, reply.answers.is_empty()), (cut, cut), "{theirs:?} {ours}");
        assert_eq!(reply.edns.is_some(), theirs.is_some());
        assert!(reply.header.aa && reply.questions.len() == 1 && (!cut || bytes <= 512));
    }
}

#[test]
fn less_than_512_counts_as_512() {
    // RFC 6891 §6.2.3.
    let (reply, bytes) = sized("www.steps.test", RecordType::A, Some(0), 4096, Protocol::Udp);
    assert_eq!((reply.answers.len(), reply.header.tc), (2, false));
    assert!(bytes < 512);
}

#[test]
fn extra_addresses_are_left_out_without_tc() {
    // 40 mail hosts' worth of addresses do not fit beside one MX record.
    let addresses: String = (1..=40).map(|n| format!("mail AAAA 2001:db8::{n}\n")).collect();
    let text = format!("$ORIGIN m.test.\n$TTL 1h\n@ SOA ns joe 1 1 1 1 1\n@ NS ns\n@ MX 1 mail\n{addresses}");
    let server = server(&[&text]);
    let reply = ask(&server, &query("m.test", RecordType::MX));
    assert_eq!((reply.answers.len(), reply.additionals.len(), reply.header.tc), (1, 0, false));
    let reply = ask_over(&server, &query("m.test", RecordType::MX), Protocol::Tcp);
    assert_eq!((reply.answers.len(), reply.additionals.len()), (1, 40));
}

#[test]
fn glue_that_does_not_fit_sets_tc() {
    // RFC 9471 §3.1: all glue of servers inside the zone below, or TC.
    let glue: String = (1..=40).map(|n| format!("ns.sub AAAA 2001:db8::{n}\n")).collect();
    let other: String = (1..=40).map(|n| format!("ns.sibling AAAA 2001:db8::{n}\n")).collect();
    let head = "$ORIGIN m.test.\n$TTL 1h\n@ SOA ns joe 1 1 1 1 1\n@ NS ns\nsibling NS ns.sibling\n";
    let inside = format!("{head}sub NS ns.sub\n{glue}");
    let reply = ask(&server(&[&inside]), &query("x.sub.m.test", RecordType::A));
    assert!(reply.header.tc && reply.authorities.is_empty());
    // Of a server elsewhere they only save a query (§3.2).
    let outside = format!("{head}sub NS ns.sibling\nsub NS ns.sub\nns.sub A 192.0.2.1\n{other}");
    let reply = ask(&server(&[&outside]), &query("x.sub.m.test", RecordType::A));
    assert!(!reply.header.tc);
    assert_section("glue", &reply.additionals, &["ns.sub.m.test. 3600 IN A 192.0.2.1"]);
}

#[test]
fn more_than_tcp_carries_is_a_failure_of_the_server() {
    let text = |n| format!("big TXT \"{n:05}{}\"\n", "x".repeat(240));
    let records: String = (0..300).map(text).collect();
    let text = format!("$ORIGIN m.test.\n$TTL 1h\n@ SOA ns joe 1 1 1 1 1\n@ NS ns\n{records}");
    let server = server(&[&text]);
    let reply = ask_over(&server, &query("big.m.test", RecordType::TXT), Protocol::Tcp);
    assert_eq!((reply.header.rcode.name().as_str(), reply.header.tc), ("SERVFAIL", false));
    assert!(ask(&server, &query("big.m.test", RecordType::TXT)).header.tc);
}
