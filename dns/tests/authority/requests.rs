//! What is answered with a code alone, and what with nothing.

use super::*;
use barewire_dns::{Class, Opcode, Rcode};

fn replies(bytes: &[u8]) -> Vec<Message> {
    let server = server(&[STEPS]);
    server.answer(bytes, Protocol::Udp).map(|reply| Message::parse_strictly(&reply).unwrap()).collect()
}

fn code(query: &Message) -> Rcode {
    let replies = replies(&query.encode().unwrap());
    assert_eq!(replies.len(), 1);
    assert!(replies[0].answers.is_empty() && !replies[0].header.aa);
    replies[0].header.rcode
}

#[test]
fn responses_and_rubbish_get_nothing() {
    let mut response = query("www.steps.test", RecordType::A);
    response.header.qr = true;
    assert!(replies(&response.encode().unwrap()).is_empty());
    assert!(replies(&[]).is_empty());
    assert!(replies(&[0; 11]).is_empty());
}

#[test]
fn queries_that_cannot_be_read_are_format_errors() {
    let whole = query("www.steps.test", RecordType::A).encode().unwrap();
    for length in 12..whole.len() {
        let replies = replies(&whole[..length]);
        assert_eq!(replies.len(), 1, "{length}");
        assert_eq!((replies[0].header.rcode, replies[0].header.id), (Rcode::FORMERR, 7));
        assert!(replies[0].questions.is_empty());
    }
    // Bytes after the last record.
    assert_eq!(replies(&[&whole[..], &[0]].concat())[0].header.rcode, Rcode::FORMERR);
    // RFC 9619: one question, not none and not two.
    let asked = query("www.steps.test", RecordType::A);
    let mut two = asked.clone();
    two.questions.push(asked.questions[0].clone());
    assert_eq!(code(&two), Rcode::FORMERR);
    assert_eq!(code(&Message { questions: vec![], ..asked }), Rcode::FORMERR);
}

#[test]
fn a_second_opt_record_is_a_format_error() {
    // RFC 6891 §6.1.1.
    let mut bytes = with_dnssec(query("www.steps.test", RecordType::A)).encode().unwrap();
    let opt = bytes[bytes.len() - 11..].to_vec();
    bytes.extend(opt);
    bytes[11] = 2;
    assert_eq!(replies(&bytes)[0].header.rcode, Rcode::FORMERR);
}

#[test]
fn other_opcodes_are_not_implemented() {
    for opcode in [Opcode::NOTIFY, Opcode::UPDATE, Opcode(2), Opcode(15)] {
        let mut asked = query("steps.test", RecordType::SOA);
        asked.header.opcode = opcode;
        let reply = &replies(&asked.encode().unwrap())[0];
        assert_eq!((reply.header.rcode, reply.header.opcode), (Rcode::NOTIMP, opcode));
    }
}

#[test]
fn a_refusal_is_short() {
    // Four questions of 200 bytes, found by fuzzing: their copy in the reply was longer than 512 bytes.
    let label = "x".repeat(60);
    let mut asked = query(&format!("{label}.{label}.{label}.test"), RecordType::SOA);
    asked.header.opcode = Opcode::UPDATE;
    asked.questions = vec![asked.questions[0].clone(); 4];
    let reply = &replies(&asked.encode().unwrap())[0];
    assert_eq!((reply.header.rcode, reply.questions.len()), (Rcode::NOTIMP, 0));
    asked.questions.truncate(1);
    assert_eq!(replies(&asked.encode().unwrap())[0].questions.len(), 1);
}

#[test]
fn other_classes_are_refused() {
    for class in [Class::CH, Class(4), Class::NONE] {
        let mut asked = query("www.steps.test", RecordType::A);
        asked.questions[0].class = class;
        assert_eq!(code(&asked), Rcode::REFUSED);
    }
    // RFC 1035 §6.2: an answer for all classes comes from nobody with authority.
    let mut asked = query("www.steps.test", RecordType::A);
    asked.questions[0].class = Class::ANY;
    let reply = ask(&server(&[STEPS]), &asked);
    assert_eq!((reply.header.aa, reply.answers.len()), (false, 2));
}

#[test]
fn types_that_no_zone_holds_are_not_implemented() {
    for rtype in [RecordType::OPT, RecordType::TSIG, RecordType(253), RecordType(254), RecordType(128)] {
        assert_eq!(code(&query("www.steps.test", rtype)), Rcode::NOTIMP, "{rtype}");
    }
}

#[test]
fn edns_is_answered_by_edns() {
    let server = server(&[STEPS]);
    // RFC 6891 §7: no OPT record for a client that sent none.
    assert_eq!(ask(&server, &query("www.steps.test", RecordType::A)).edns, None);
    // RFC 3225 §3: DO as in the query.
    for dnssec_ok in [true, false] {
        let edns = Some(Edns { dnssec_ok, ..Edns::new(1400) });
        let reply = ask(&server, &Message { edns, ..query("www.steps.test", RecordType::A) });
        let edns = reply.edns.unwrap();
        assert_eq!((edns.dnssec_ok, edns.udp_size, edns.version), (dnssec_ok, 4096, 0));
    }
    // RFC 6891 §6.1.3.
    let edns = Some(Edns { version: 1, ..Edns::new(1400) });
    let reply = ask(&server, &Message { edns, ..query("www.steps.test", RecordType::A) });
    assert_eq!((reply.header.rcode, reply.edns.unwrap().version), (Rcode::BADVERS, 0));
    assert!(reply.answers.is_empty() && !reply.header.aa);
}
