//! What a reply says. The replies without an answer are those that RFC 2308 §2.1 and §2.2 print, as they stand there.

use barewire_dns::{
    Edns, EdnsOption, ExtendedError, Message, Name, Outcome, RData, Rcode, Record, RecordType, rdata::Soa,
};

fn name(text: &str) -> Name {
    Name::parse_text(text).unwrap()
}

fn query(asked: &str) -> Message {
    Message::query(1, name(asked), RecordType::A)
}

/// A reply to `A? asked`. A record is a line of a master file; SOA has `...` for its numbers, as in the RFC.
fn reply(rcode: Rcode, asked: &str, sections: [&[&str]; 3]) -> Message {
    let mut reply = Message::response_to(&query(asked));
    reply.header.rcode = rcode;
    let [answers, authorities, additionals] =
        sections.map(|lines| lines.iter().map(|line| record(line)).collect());
    (reply.answers, reply.authorities, reply.additionals) = (answers, authorities, additionals);
    reply
}

fn record(line: &str) -> Record {
    match line.split_once(' ').unwrap() {
        (owner, "SOA ...") => {
            let (mname, rname) = (name("NS1.XX"), name("HOSTMASTER.NS1.XX"));
            let soa = Soa { mname, rname, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 600 };
            Record::new(name(owner), 3600, RData::Soa(Box::new(soa)))
        }
        (owner, data) => Record::parse_text(&format!("{owner} 3600 IN {data}")).unwrap(),
    }
}

#[track_caller]
fn outcome(message: &Message) -> Outcome {
    Outcome::of(message, &message.questions[0])
}

const ALIAS: &[&str] = &["AN.EXAMPLE. CNAME TRIPPLE.XX."];
const SERVERS: &[&str] = &["XX. NS NS1.XX.", "XX. NS NS2.XX."];
const GLUE: &[&str] = &["NS1.XX. A 127.0.0.2", "NS2.XX. A 127.0.0.3"];

/// RFC 2308 §2.1: four kinds, all about the target of the alias.
#[test]
fn name_errors() {
    let first: &[&str] = &["XX. SOA ...", "XX. NS NS1.XX.", "XX. NS NS2.XX."];
    for (number, authorities, additionals, ttl) in [
        (1, first, GLUE, Some(600)),
        (2, &["XX. SOA ..."], &[], Some(600)),
        (3, &[], &[], None),
        (4, SERVERS, GLUE, None),
    ] {
        let message = reply(Rcode::NXDOMAIN, "AN.EXAMPLE", [ALIAS, authorities, additionals]);
        let Outcome::NxDomain(negative) = outcome(&message) else {
            panic!("type {number}: {:?}", outcome(&message))
        };
        assert_eq!(negative.name, name("TRIPPLE.XX"), "type {number}");
        assert_eq!(negative.aliases, message.answers, "type {number}");
        assert_eq!(negative.ttl(), ttl, "type {number}");
        assert_eq!(message.negative_ttl(), ttl, "type {number}");
    }
}

/// RFC 2308 §2.1, the referral response: "nothing is known one way or the other about the existence of TRIPPLE.XX".
#[test]
fn an_alias_whose_target_is_not_in_the_reply() {
    let message = reply(Rcode::NOERROR, "AN.EXAMPLE", [ALIAS, SERVERS, GLUE]);
    let Outcome::Alias { aliases, target, referral } = outcome(&message) else {
        panic!("{:?}", outcome(&message))
    };
    assert_eq!((aliases, target), (message.answers.clone(), name("TRIPPLE.XX")));
    let referral = referral.expect("the servers of XX");
    assert_eq!((referral.zone, referral.servers), (name("XX"), vec![name("NS1.XX"), name("NS2.XX")]));
    // Nor by the SOA record of a zone that the target is not in.
    let message = reply(Rcode::NOERROR, "AN.EXAMPLE", [ALIAS, &["EXAMPLE. SOA ..."], &[]]);
    assert!(matches!(outcome(&message), Outcome::Alias { referral: None, .. }), "{:?}", outcome(&message));
    // The SOA record of the target's zone does say it.
    let message = reply(Rcode::NOERROR, "AN.EXAMPLE", [ALIAS, &["XX. SOA ..."], &[]]);
    assert!(matches!(&outcome(&message), Outcome::NoData(none) if none.name == name("TRIPPLE.XX")));
}

/// RFC 2308 §2.2: three kinds without data, and the referral that they must not be taken for.
#[test]
fn no_data_and_referral() {
    let first: &[&str] = &["EXAMPLE. SOA ...", "EXAMPLE. NS NS1.XX.", "EXAMPLE. NS NS2.XX."];
    for (number, authorities, additionals, ttl) in
        [(1, first, GLUE, Some(600)), (2, &["EXAMPLE. SOA ..."], &[], Some(600)), (3, &[], &[], None)]
    {
        let message = reply(Rcode::NOERROR, "ANOTHER.EXAMPLE", [&[], authorities, additionals]);
        let Outcome::NoData(negative) = outcome(&message) else {
            panic!("type {number}: {:?}", outcome(&message))
        };
        assert_eq!((&negative.name, negative.ttl()), (&name("ANOTHER.EXAMPLE"), ttl), "type {number}");
        assert_eq!(message.summary(), "NODATA A ANOTHER.EXAMPLE", "type {number}");
    }
    let servers: &[&str] = &["EXAMPLE. NS NS1.XX.", "EXAMPLE. NS NS2.XX.", "OTHER. NS NS3.XX."];
    let glue: &[&str] = &["NS1.XX. A 127.0.0.2", "NS2.XX. A 127.0.0.3", "NS3.XX. A 127.0.0.4"];
    let message = reply(Rcode::NOERROR, "ANOTHER.EXAMPLE", [&[], servers, glue]);
    let Outcome::Referral(referral) = outcome(&message) else { panic!("{:?}", outcome(&message)) };
    assert_eq!(referral.zone, name("EXAMPLE"));
    assert_eq!(referral.servers, [name("NS1.XX"), name("NS2.XX")], "of this zone only");
    let wanted = [("NS1.XX", [127, 0, 0, 2]), ("NS2.XX", [127, 0, 0, 3])];
    assert_eq!(referral.glue, wanted.map(|(server, address)| (name(server), address.into())));
    assert!(message.is_referral() && message.negative_ttl().is_none());
    assert_eq!(message.summary(), "referral to NS1.XX for EXAMPLE");
}

/// RFC 2308 §5: "the minimum of the SOA.MINIMUM field and SOA's TTL". Each of the two is the lower one once.
#[test]
fn the_lower_of_two_times_counts() {
    for (ttl, wanted) in [(3600, 600), (601, 600), (600, 600), (60, 60), (0, 0)] {
        let mut message = reply(Rcode::NOERROR, "ANOTHER.EXAMPLE", [&[], &["EXAMPLE. SOA ..."], &[]]);
        message.authorities[0].ttl = ttl;
        assert_eq!(message.negative_ttl(), Some(wanted), "the SOA record's own TTL is {ttl}");
    }
}

/// RFC 1912 §2.8: a server that sends its client up to the root, or to the side, has no business with the zone.
#[test]
fn lame_referrals() {
    for (zone, ra, aa, lame) in [
        (".", false, false, true),
        (".", true, false, true),
        ("OTHER.", false, false, true),
        ("EXAMPLE.", true, false, false),
        ("ANOTHER.EXAMPLE.", false, false, false),
    ] {
        let mut message =
            reply(Rcode::NOERROR, "ANOTHER.EXAMPLE", [&[], &[&format!("{zone} NS NS1.XX.")], &[]]);
        (message.header.ra, message.header.aa) = (ra, aa);
        match outcome(&message) {
            Outcome::Lame(_) if lame => {}
            Outcome::Referral(_) if !lame => {}
            other => panic!("{zone} ra {ra}: {other:?}"),
        }
    }
    // Asked from a server of EXAMPLE, its own servers are nothing new, and those of a zone below it are.
    for (zone, lame) in [("EXAMPLE.", true), ("ANOTHER.EXAMPLE.", false)] {
        let message = reply(Rcode::NOERROR, "ANOTHER.EXAMPLE", [&[], &[&format!("{zone} NS NS1.XX.")], &[]]);
        let judged = outcome(&message).from_server_of(&name("EXAMPLE"));
        assert_eq!(matches!(judged, Outcome::Lame(_)), lame, "{zone} {judged:?}");
    }
    // A server that has authority for the name does not send anybody away.
    let mut message = reply(Rcode::NOERROR, "ANOTHER.EXAMPLE", [&[], &["EXAMPLE. NS NS1.XX."], &[]]);
    message.header.aa = true;
    assert!(matches!(outcome(&message), Outcome::NoData(_)), "{:?}", outcome(&message));
}

#[test]
fn circles_and_long_chains_of_aliases() {
    let circle: &[&str] = &["A.EXAMPLE. CNAME B.EXAMPLE.", "B.EXAMPLE. CNAME A.EXAMPLE."];
    let message = reply(Rcode::NOERROR, "A.EXAMPLE", [circle, &[], &[]]);
    assert!(matches!(outcome(&message), Outcome::EndlessAlias { .. }), "{:?}", outcome(&message));
    for (aliases, ends) in [(16, true), (17, false)] {
        let mut lines: Vec<String> =
            (0..aliases).map(|n| format!("A{n}.EXAMPLE. CNAME A{}.EXAMPLE.", n + 1)).collect();
        lines.push(format!("A{aliases}.EXAMPLE. A 127.0.0.9"));
        let lines: Vec<&str> = lines.iter().rev().map(String::as_str).collect();
        let outcome = outcome(&reply(Rcode::NOERROR, "A0.EXAMPLE", [&lines, &[], &[]]));
        assert_eq!(matches!(outcome, Outcome::Answer { .. }), ends, "{aliases}: {outcome:?}");
    }
}

/// RFC 8914 §3: the server's reasons are options of the OPT record.
#[test]
fn what_a_failing_server_says_is_kept() {
    let why = ExtendedError { code: 6, text: b"signature expired".to_vec() };
    for rcode in [Rcode::SERVFAIL, Rcode::REFUSED, Rcode::NOTIMP] {
        let mut message = reply(rcode, "AN.EXAMPLE", [&[], &[], &[]]);
        message.edns =
            Some(Edns { options: vec![EdnsOption::ExtendedError(why.clone())], ..Edns::new(1232) });
        let said = match outcome(&message) {
            Outcome::ServerFailure(said) if rcode == Rcode::SERVFAIL => said,
            Outcome::Refused(said) if rcode == Rcode::REFUSED => said,
            Outcome::Other(Rcode::NOTIMP, said) if rcode == Rcode::NOTIMP => said,
            other => panic!("{rcode}: {other:?}"),
        };
        assert_eq!(said, std::slice::from_ref(&why));
    }
}
