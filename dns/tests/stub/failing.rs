//! How a lookup fails, and what its sentence says.

use std::time::Instant;

use barewire_dns::stub::{Config, Ending, Error, Event, Protocol, Query};
use barewire_dns::{
    Edns, EdnsOption, ExtendedError, Message, Name, Outcome, RData, Rcode, Record, RecordType, rdata::Soa,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::scene::{A, B, SEED, Scene, addr, good, name, with_rcode};

#[test]
fn servfail_and_refused_turn_to_the_next_server() {
    for rcode in [Rcode::SERVFAIL, Rcode::REFUSED] {
        let mut scene = Scene::new(&[A, B]);
        let sent = scene.sends(A, Protocol::Udp, "");
        scene.receives(Protocol::Udp, A, &with_rcode(&sent, rcode));
        let note = format!("next server: 192.0.2.53:53 answered {rcode}");
        let sent = scene.sends(B, Protocol::Udp, &note);
        scene.receives(Protocol::Udp, B, &with_rcode(&sent, rcode));
        let error = scene.fails();
        assert!(!error.is_timeout());
        assert_eq!(
            error.to_string(),
            format!(
                "no server could answer A? www.example.test (RFC 1035 §4.1.1): 192.0.2.53:53 answered {rcode}; \
                 192.0.2.54:53 answered {rcode}"
            )
        );
    }
}

#[test]
fn a_server_that_failed_is_not_asked_again() {
    let mut scene = Scene::new(&[A, B]);
    let sent = scene.sends(A, Protocol::Udp, "");
    scene.receives(Protocol::Udp, A, &with_rcode(&sent, Rcode::SERVFAIL));
    scene.sends(B, Protocol::Udp, "next server: 192.0.2.53:53 answered SERVFAIL");
    scene.wakes_at(1.0);
    scene.sends(B, Protocol::Udp, "retransmission 1: no answer after 1.0 s");
    scene.wakes_at(3.0);
    scene.sends(B, Protocol::Udp, "retransmission 2: no answer after 2.0 s");
    scene.wakes_at(5.0);
    let Error::NoAnswer { servers, .. } = scene.fails() else { panic!("a timeout") };
    assert_eq!(servers[0].how, Ending::Reply(Outcome::ServerFailure(vec![])));
}

#[test]
fn no_such_name_and_no_data_differ() {
    let soa = Soa {
        mname: name("ns.example.test"),
        rname: name("root.example.test"),
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 60,
    };
    for rcode in [Rcode::NXDOMAIN, Rcode::NOERROR] {
        let mut scene = Scene::new(&[A]);
        let sent = scene.sends(A, Protocol::Udp, "");
        let mut reply = with_rcode(&sent, rcode);
        reply.authorities.push(Record::new(name("example.test"), 3600, RData::Soa(Box::new(soa.clone()))));
        scene.receives(Protocol::Udp, A, &reply);
        let error = scene.fails();
        assert!(error.is_negative());
        let (text, message) = match &error {
            Error::NoSuchName { message, .. } if rcode == Rcode::NXDOMAIN => (
                "www.example.test does not exist: 192.0.2.53:53 answered NXDOMAIN; by RFC 2308 §2.1 that holds for \
                 every type of record",
                message,
            ),
            Error::NoData { message, .. } if rcode == Rcode::NOERROR => (
                "www.example.test has no A record: 192.0.2.53:53 answered NOERROR without one; by RFC 2308 §2.2 the \
                 name exists, and may have records of other types",
                message,
            ),
            other => panic!("{rcode}: {other:?}"),
        };
        assert_eq!(error.to_string(), text);
        assert_eq!(message.negative_ttl(), Some(60));
    }
}

/// Both kinds of RA: a server that sends its client up to the root is lame, and nobody said that the name exists.
#[test]
fn an_upward_referral_is_lame() {
    for ra in [false, true] {
        let mut scene = Scene::new(&[A, B]);
        let sent = scene.sends(A, Protocol::Udp, "");
        let mut reply = with_rcode(&sent, Rcode::NOERROR);
        reply.header.ra = ra;
        reply.authorities.push(Record::new(Name::root(), 3600, RData::Ns(name("a.root.test"))));
        scene.receives(Protocol::Udp, A, &reply);
        let note = "next server: 192.0.2.53:53 is lame: it named the servers of ., which lead nowhere (RFC 1912 §2.8)";
        let sent = scene.sends(B, Protocol::Udp, note);
        scene.receives(Protocol::Udp, B, &good(&sent));
        scene.answers("203.0.113.80");
    }
}

/// RFC 8914: what the server says about its failure stands in the sentence, and the message in the error.
#[test]
fn what_a_failing_server_said_is_in_the_sentence() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::SERVFAIL);
    let said = |code, text: &[u8]| EdnsOption::ExtendedError(ExtendedError { code, text: text.to_vec() });
    let options = vec![said(6, b""), said(7, b"expired in 2020")];
    reply.edns = Some(Edns { options, ..Edns::new(1232) });
    scene.receives(Protocol::Udp, A, &reply);
    let error = scene.fails();
    assert_eq!(
        error.to_string(),
        "no server could answer A? www.example.test (RFC 1035 §4.1.1): 192.0.2.53:53 answered SERVFAIL (DNSSEC Bogus, \
         Signature Expired: expired in 2020)"
    );
    let Error::ServersFailed { servers, .. } = error else { panic!("{error}") };
    assert_eq!(servers[0].message.as_ref(), Some(&reply));
}

/// A reply over TCP has room for 60 KB of text, and for thousands of errors. A sentence has not.
#[test]
fn a_server_that_says_too_much_is_cut_short() {
    for (options, wanted) in [
        (
            vec![(22, format!("can't reach \"it\" {}", "x".repeat(60_000)))],
            format!(
                "(No Reachable Authority: can't reach \"it\" {}… (59,617 more characters))",
                "x".repeat(383)
            ),
        ),
        (vec![(6, String::new()); 10], format!("({}, and 2 more)", ["DNSSEC Bogus"; 8].join(", "))),
    ] {
        let mut scene = Scene::new(&[A]);
        let sent = scene.sends(A, Protocol::Udp, "");
        let said = |(code, text): (u16, String)| {
            EdnsOption::ExtendedError(ExtendedError { code, text: text.into_bytes() })
        };
        let options = options.into_iter().map(said).collect();
        let edns = Some(Edns { options, ..Edns::new(1232) });
        scene.receives(Protocol::Udp, A, &Message { edns, ..with_rcode(&sent, Rcode::SERVFAIL) });
        let error = scene.fails().to_string();
        assert!(error.ends_with(&format!("answered SERVFAIL {wanted}")), "{error}");
    }
}

#[test]
fn a_referral_is_no_answer() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.header.ra = false;
    reply.authorities.push(Record::new(name("test"), 3600, RData::Ns(name("ns.test"))));
    scene.receives(Protocol::Udp, A, &reply);
    let error = scene.fails();
    let Error::ServersFailed { servers, .. } = &error else { panic!("{error}") };
    assert!(matches!(servers[0].how, Ending::Reply(Outcome::Referral(_))), "{error}");
}

#[test]
fn no_servers_no_lookup() {
    let mut scene = Scene::new(&[]);
    assert_eq!(scene.fails(), Error::NoServers);
    assert_eq!(scene.query.deadline(), None);
}

/// Nothing is sent, and nobody says that there is "no AXFR record".
#[test]
fn a_zone_transfer_is_not_a_lookup() {
    for (rtype, text) in [(RecordType::AXFR, "AXFR"), (RecordType::IXFR, "IXFR")] {
        let (now, mut rng) = (Instant::now(), ChaCha8Rng::seed_from_u64(SEED));
        let mut query =
            Query::new(now, name("example.test"), rtype, vec![addr(A)], Config::default(), &mut rng);
        assert_eq!((query.transmit(now), query.deadline()), (None, None));
        let Some(Event::Failed(error)) = query.event() else { panic!("a failure") };
        let wanted = format!("{text}? example.test is a zone transfer, which no lookup can do (RFC 5936 §2)");
        assert_eq!(error.to_string(), wanted);
    }
}
