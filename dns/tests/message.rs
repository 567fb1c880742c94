//! Whole messages: bytes written out by hand, the tree, names that point back, and messages in a TCP stream.

use barewire_dissect::Kind;
use barewire_dns::{
    Class, Deframer, Edns, EdnsOption, Message, Name, RData, Rcode, Record, RecordType, dissect, frame,
    rdata::{Mx, Soa, Txt, Unknown},
};

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

/// `A? www.example.test`, ID 0x3039, RD.
const QUERY: &[u8] = b"\x30\x39\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\
    \x03www\x07example\x04test\x00\x00\x01\x00\x01";

/// The reply, with its answer's name pointing to byte 12, and an OPT record.
const REPLY: &[u8] = b"\x30\x39\x81\xa0\x00\x01\x00\x01\x00\x00\x00\x01\
    \x03www\x07example\x04test\x00\x00\x01\x00\x01\
    \xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xcb\x00\x71\x50\
    \x00\x00\x29\x04\xd0\x00\x00\x80\x00\x00\x00";

#[test]
fn a_query_byte_by_byte() {
    let query = Message::query(0x3039, name("www.example.test"), RecordType::A);
    assert_eq!(query.encode().unwrap(), QUERY);
    assert_eq!(Message::parse(QUERY), Ok(query));
}

#[test]
fn a_reply_byte_by_byte() {
    let mut reply = Message::response_to(&Message::parse(QUERY).unwrap());
    reply.header.ra = true;
    reply.header.ad = true;
    reply.answers.push(Record::new(name("www.example.test"), 300, RData::A([203, 0, 113, 80].into())));
    reply.edns = Some(Edns { dnssec_ok: true, ..Edns::new(1232) });
    assert_eq!(reply.encode().unwrap(), REPLY);
    assert_eq!(Message::parse(REPLY), Ok(reply));
}

#[test]
fn the_tree_names_every_byte() {
    let (message, tree) = dissect(REPLY);
    assert_eq!(message.unwrap().summary(), "A 203.0.113.80, ttl 300");
    assert_eq!(tree.check_coverage(), Ok(()));
    let value = |name: &str| tree.find(name).and_then(|node| node.value.clone()).unwrap_or_default();
    assert_eq!(value("ID"), "12345");
    assert_eq!(value("flags"), "0x81a0");
    assert_eq!(value("QR"), "response");
    assert_eq!(value("RCODE"), "NOERROR (0)");
    assert_eq!(value("QTYPE"), "A (1)");
    assert_eq!(value("pointer"), "to byte 12");
    assert_eq!(value("ADDRESS"), "203.0.113.80");
    assert_eq!(value("UDP payload size"), "1232");
    let records: Vec<&str> = tree
        .nodes
        .iter()
        .filter(|node| node.name.ends_with(" record"))
        .filter_map(|node| node.value.as_deref())
        .collect();
    assert_eq!(records, ["www.example.test. 300 IN A 203.0.113.80", "OPT, UDP payload size 1232"]);
    assert!(tree.find("answer record").is_some() && tree.find("additional record").is_some());
    // Sixteen bits, each named once, in order.
    let flags = tree.find("flags").unwrap();
    let mut next = 0;
    for bit in &flags.children {
        let Kind::Bits { first, width } = bit.kind else { panic!("{bit:?}") };
        assert_eq!(first, next, "{bit:?}");
        next += width;
    }
    assert_eq!(next, 16);
}

/// The facts of a message as values: nobody has to read its summary.
#[test]
fn what_a_message_says() {
    let (query, reply) = (Message::parse(QUERY).unwrap(), Message::parse(REPLY).unwrap());
    assert!(!query.is_response() && reply.is_response());
    for message in [&query, &reply] {
        let question = message.question().unwrap();
        assert_eq!((&question.name, question.rtype), (&name("www.example.test"), RecordType::A));
    }
    assert_eq!(reply.header.rcode, Rcode::NOERROR);
    assert_eq!(query.addresses().count(), 0);
    assert_eq!(reply.addresses().collect::<Vec<_>>(), [std::net::IpAddr::from([203, 0, 113, 80])]);
    assert_eq!((reply.is_truncated(), reply.is_referral(), reply.negative_ttl()), (false, false, None));

    // TC is bit 6 of the flags, RCODE their last four bits (RFC 1035 §4.1.1).
    let mut bytes = REPLY.to_vec();
    bytes[2] |= 0x02;
    bytes[3] |= 0x03;
    let truncated = Message::parse(&bytes).unwrap();
    assert!(truncated.is_truncated());
    assert_eq!(truncated.header.rcode, Rcode::NXDOMAIN);
    // Only the header: some servers send no question with an error.
    let bare = Message::parse(b"\x30\x39\x81\x85\0\0\0\0\0\0\0\0").unwrap();
    assert_eq!((bare.question(), bare.header.rcode), (None, Rcode::REFUSED));
}

#[test]
fn header_flags_one_by_one() {
    // RFC 1035 §4.1.1 and RFC 4035 §3.2: the bit of each flag.
    let flags = |word: u16| {
        let mut bytes = QUERY.to_vec();
        bytes[2..4].copy_from_slice(&word.to_be_bytes());
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(message.encode().unwrap(), bytes, "{word:#06x}");
        message.header
    };
    assert!(flags(0x8000).qr && flags(0x0400).aa && flags(0x0200).tc && flags(0x0100).rd);
    assert!(flags(0x0080).ra && flags(0x0040).z && flags(0x0020).ad && flags(0x0010).cd);
    assert_eq!(flags(0x7800).opcode.0, 15);
    assert_eq!(flags(0x0005).rcode, Rcode::REFUSED);
    for word in 0..=u16::MAX {
        flags(word);
    }
}

/// One record of each type; names in them end alike, so there is much to point to.
fn all_types() -> Message {
    let mut message = Message::query(7, name("example.test"), RecordType::ANY);
    message.header.qr = true;
    let soa = Soa {
        mname: name("ns1.example.test"),
        rname: name("hostmaster.example.test"),
        serial: 2026112201,
        refresh: 7200,
        retry: 3600,
        expire: 1209600,
        minimum: 300,
    };
    let data = [
        RData::A([192, 0, 2, 1].into()),
        RData::Aaaa("2001:db8::1".parse().unwrap()),
        RData::Ns(name("ns1.example.test")),
        RData::Cname(name("web.example.test")),
        RData::Ptr(name("web.example.test")),
        RData::Soa(Box::new(soa)),
        RData::Mx(Mx { preference: 10, exchange: name("mail.example.test") }),
        RData::Txt(Txt { strings: vec![b"v=spf1 -all".to_vec(), vec![], vec![0xff; 255]] }),
        RData::Unknown(Unknown { rtype: RecordType(65280), bytes: vec![1, 2, 3] }),
        RData::Unknown(Unknown { rtype: RecordType(65281), bytes: vec![] }),
    ];
    message.answers = data.into_iter().map(|data| Record::new(name("example.test"), 300, data)).collect();
    let chaos = RData::Unknown(Unknown { rtype: RecordType::A, bytes: vec![0, 1, 2] });
    message.authorities.push(Record { class: Class::CH, ..Record::new(name("."), 1, chaos) });
    let cookie = EdnsOption::Cookie { client: [1, 2, 3, 4, 5, 6, 7, 8], server: vec![] };
    message.edns = Some(Edns { options: vec![cookie], ..Edns::new(1232) });
    message.header.rcode = Rcode::BADVERS;
    message
}

#[test]
fn every_type_there_and_back() {
    let message = all_types();
    let bytes = message.encode().unwrap();
    let (parsed, tree) = dissect(&bytes);
    assert_eq!(parsed.as_ref(), Ok(&message));
    assert_eq!(tree.check_coverage(), Ok(()));
    let opt = bytes.windows(6).rposition(|window| window == b"\0\0\x29\x04\xd0\x01").map(|at| at + 5);
    assert!(opt.is_some() && bytes[3] & 0x0f == 0, "RFC 6891 §6.1.3: BADVERS is 16, and 1 stands in OPT");
    let texts: Vec<String> = message.answers.iter().map(|record| record.data.to_string()).collect();
    assert_eq!(texts[6], "10 mail.example.test.");
    assert!(texts[7].starts_with(r#""v=spf1 -all" "" "\255\255"#), "{}", texts[7]);
    assert_eq!(texts[8], r"\# 3 010203");
    assert_eq!(texts[9], r"\# 0");
}

#[test]
fn names_point_back_to_the_longest_end() {
    let mut message = Message::query(1, name("a.example.test"), RecordType::A);
    let ns = |owner: &str, data: &str| Record::new(name(owner), 0, RData::Ns(name(data)));
    message.answers = vec![
        ns("b.example.test", "a.example.test"),
        ns("a.b.example.test", "test"),
        // Another case: the letters must come out as they were put in, so there is nothing to point to
        // but the root.
        ns("A.EXAMPLE.TEST", "."),
    ];
    let bytes = message.encode().unwrap();
    let parsed = Message::parse(&bytes).unwrap();
    assert!(parsed.answers[2].name.same_case_as(&name("A.EXAMPLE.TEST")));
    assert_eq!(parsed, message);
    let names = [
        &b"\x01b\xc0\x0e"[..], // `b`, then `example.test` at 14
        b"\xc0\x0c",           // all of `a.example.test`
        b"\x01a\xc0\x20",      // `a`, then `b.example.test` at 32
        b"\xc0\x16",           // `test` at 22
        b"\x01A\x07EXAMPLE\x04TEST\0",
        b"\0",
    ];
    let mut at = 32;
    for pair in names.chunks(2) {
        assert_eq!(&bytes[at..at + pair[0].len()], pair[0], "at {at}: {bytes:02x?}");
        at += pair[0].len() + 10;
        assert_eq!(&bytes[at..at + pair[1].len()], pair[1], "at {at}: {bytes:02x?}");
        at += pair[1].len();
    }
    assert_eq!(at, bytes.len());
}

#[test]
fn names_beyond_16383_are_never_pointed_to() {
    let mut message = Message::query(1, name("example.test"), RecordType::TXT);
    let txt =
        |owner: String| Record::new(name(&owner), 0, RData::Txt(Txt { strings: vec![vec![b'x'; 255]; 2] }));
    message.answers = (0..100).map(|number| txt(format!("n{number}.other{}.test", number / 2))).collect();
    let bytes = message.encode().unwrap();
    assert!(bytes.len() > 3 * 16_384, "{}", bytes.len());
    assert_eq!(Message::parse(&bytes).unwrap(), message);
}

#[test]
fn a_response_repeats_what_was_asked() {
    let mut query = Message::query(9, name("www.example.test"), RecordType::MX);
    query.header.cd = true;
    assert_eq!(Message::response_to(&query).edns, None);
    query.edns = Some(Edns::new(4096));
    let response = Message::response_to(&query);
    assert!(response.header.qr && response.header.rd && response.header.cd && !response.header.ra);
    assert_eq!((response.header.id, &response.questions), (9, &query.questions));
    assert_eq!(response.edns, Some(Edns::new(1232)), "RFC 6891 §6.1.1: EDNS is answered with EDNS");
}

#[test]
fn a_time_with_its_top_bit_set_is_zero() {
    for (ttl, seconds) in [(300, 300), (0x7fff_ffff, 0x7fff_ffff), (0x8000_0000, 0), (u32::MAX, 0)] {
        let record = Record::new(name("www.example.test"), ttl, RData::A([192, 0, 2, 80].into()));
        assert_eq!(record.ttl_seconds(), seconds, "RFC 2181 §8, a TTL of {ttl:#x}");
    }
}

#[test]
fn summaries_fit_fifty_columns() {
    let long = name(&format!("{}.test", "x".repeat(60)));
    let query = Message::query(1, long.clone(), RecordType::AAAA);
    let mut reply = Message::response_to(&query);
    assert_eq!(reply.summary().chars().count(), 50);
    reply.answers = vec![Record::new(long.clone(), 7, RData::Cname(long.clone())); 3];
    assert_eq!(reply.summary(), format!("CNAME {}…, ttl 7 (+2 more)", "x".repeat(26)));
    assert_eq!(query.summary(), format!("AAAA? {}…", "x".repeat(43)));
    reply.answers.push(Record::new(long, 300, RData::Aaaa("2001:db8::1".parse().unwrap())));
    assert_eq!(reply.summary(), "AAAA 2001:db8::1, ttl 300 (+3 more)");
    reply.header.tc = true;
    assert!(reply.summary().starts_with("truncated, ask over TCP: "));
    let mut referral = Message::response_to(&query);
    referral.authorities.push(Record::new(name("test"), 60, RData::Ns(name("ns.test"))));
    assert_eq!(referral.summary(), "referral to ns.test for test");
    let broken = Message { questions: vec![], ..referral };
    assert_eq!(broken.summary(), "neither a question nor an answer");
}

/// RFC 7766 §8: the length and the message may arrive in any pieces.
#[test]
fn messages_in_a_stream_in_any_pieces() {
    let stream = [frame(QUERY).unwrap(), frame(REPLY).unwrap(), frame(&[]).unwrap()].concat();
    for size in 1..=stream.len() {
        let mut deframer = Deframer::default();
        let mut messages = Vec::new();
        for piece in stream.chunks(size) {
            deframer.push(piece);
            messages.extend(std::iter::from_fn(|| deframer.message()));
        }
        assert_eq!(messages, [QUERY.to_vec(), REPLY.to_vec(), vec![]], "pieces of {size}");
        assert_eq!(deframer.pending(), 0);
    }
    assert!(frame(&vec![0; 65_536]).is_err());
}
