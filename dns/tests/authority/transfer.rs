//! AXFR (RFC 5936): the whole zone, for those that may have it.

use super::*;
use barewire_dns::Rcode;

fn transferable(text: &str) -> Authority {
    let mut server = Authority::new(Config::default());
    server.add(zone(text).with_transfer(true));
    server
}

fn messages(server: &Authority, query: &Message) -> Vec<Message> {
    let replies = server.answer(&query.encode().unwrap(), Protocol::Tcp);
    replies.map(|reply| Message::parse_strictly(&reply).unwrap()).collect()
}

#[test]
fn a_zone_comes_whole_from_soa_to_soa() {
    for text in [STEPS, include_str!("../zones/rfc4035.zone"), include_str!("../zones/rfc5155.zone")] {
        let file = ZoneFile::parse(text.as_bytes(), &Name::root());
        let apex = zone(text).apex().clone();
        let messages = messages(&transferable(text), &Message::query(7, apex, RecordType::AXFR));
        let mut records: Vec<Record> = messages.iter().flat_map(|message| message.answers.clone()).collect();
        let (first, last) = (records.first().cloned(), records.pop());
        assert_eq!((first.as_ref().map(Record::rtype), &first), (Some(RecordType::SOA), &last));
        assert_eq!(lines(&records), lines(&file.records));
        assert!(messages.iter().all(|message| message.header.aa && message.header.id == 7));
    }
}

#[test]
fn a_large_zone_takes_several_messages() {
    let hosts: String = (0..5000).map(|n| format!("host{n} A 192.0.2.{}\n", n % 256)).collect();
    let text = format!("$ORIGIN m.test.\n$TTL 1h\n@ SOA ns joe 1 1 1 1 1\n@ NS ns\n{hosts}");
    let messages = messages(&transferable(&text), &query("m.test", RecordType::AXFR));
    assert!(messages.len() > 3);
    assert_eq!(messages.iter().map(|message| message.answers.len()).sum::<usize>(), 5003);
    // RFC 5936 §2.2.1: the question in the first message.
    assert_eq!(messages[0].questions.len(), 1);
    assert!(messages[1..].iter().all(|message| message.questions.is_empty()));
    assert!(messages.iter().all(|message| message.encode().unwrap().len() <= 16_383));
}

#[test]
fn who_may_not_have_it_is_told_so() {
    let code = |server: &Authority, owner, rtype, transport| {
        let reply = ask_over(server, &query(owner, rtype), transport);
        assert!(reply.answers.is_empty());
        reply.header.rcode
    };
    let (open, closed) = (transferable(STEPS), server(&[STEPS]));
    assert_eq!(code(&closed, "steps.test", RecordType::AXFR, Protocol::Tcp), Rcode::REFUSED);
    assert_eq!(code(&closed, "steps.test", RecordType::IXFR, Protocol::Udp), Rcode::REFUSED);
    // RFC 5936 §2.2.1: a name that is not the zone's.
    assert_eq!(code(&open, "www.steps.test", RecordType::AXFR, Protocol::Tcp), Rcode::NOTAUTH);
    assert_eq!(code(&open, "example.com", RecordType::AXFR, Protocol::Tcp), Rcode::NOTAUTH);
    assert_eq!(code(&open, "steps.test", RecordType::AXFR, Protocol::Udp), Rcode::FORMERR);
}

#[test]
fn ixfr_gets_the_whole_zone_or_over_udp_its_soa() {
    // RFC 1995 §4 and §2.
    let server = transferable(STEPS);
    let reply = ask(&server, &query("steps.test", RecordType::IXFR));
    assert_eq!((reply.answers.len(), reply.answers[0].rtype()), (1, RecordType::SOA));
    let whole = messages(&server, &query("steps.test", RecordType::IXFR));
    assert!(whole[0].answers.len() > 50);
}
