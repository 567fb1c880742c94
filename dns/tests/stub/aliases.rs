//! Aliases: in one reply, and over several.

use std::net::IpAddr;

use barewire_dns::Rcode;
use barewire_dns::stub::{Error, Event, Ignored, Protocol};

use crate::scene::{A, B, Scene, a, addr, asked, cname, good, name, with_rcode};

#[test]
fn aliases_are_followed_in_any_order() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = good(&sent);
    reply.answers = vec![
        a("c.example.test", 300, [192, 0, 2, 1]),
        a("other.example.test", 300, [192, 0, 2, 9]),
        cname("b.example.test", 20, "C.example.test"),
        a("c.example.test", 60, [192, 0, 2, 2]),
        cname("www.example.test", 0x8000_0001, "b.example.test"),
    ];
    scene.receives(Protocol::Udp, A, &reply);
    let Event::Answer(answer) = scene.last_event() else { panic!("an answer") };
    assert_eq!(answer.addresses(), ["192.0.2.1".parse::<IpAddr>().unwrap(), "192.0.2.2".parse().unwrap()]);
    assert_eq!(answer.canonical_name(), &name("c.example.test"));
    assert_eq!(answer.aliases().count(), 2);
    assert_eq!(answer.ttl(), 0, "RFC 2181 §8: a TTL with its top bit set counts as 0");
    assert_eq!((answer.server(), answer.protocol()), (addr(A), Protocol::Udp));
}

#[test]
fn a_circle_of_aliases_ends() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = good(&sent);
    reply.answers = vec![
        cname("www.example.test", 60, "b.example.test"),
        cname("b.example.test", 60, "www.example.test"),
    ];
    scene.receives(Protocol::Udp, A, &reply);
    let error = scene.fails();
    assert!(matches!(error, Error::AliasChain { .. }), "{error}");
}

/// RFC 6604 §3: the RCODE is about the last name of the aliases.
#[test]
fn an_alias_of_nothing_names_its_target() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NXDOMAIN);
    reply.answers.push(cname("www.example.test", 60, "gone.example.test"));
    scene.receives(Protocol::Udp, A, &reply);
    let Error::NoSuchName { missing, .. } = scene.fails() else { panic!("a name error") };
    assert_eq!(*missing, name("gone.example.test"));
}

const NEXT_NAME: &str =
    "next name: the reply of 192.0.2.53:53 stops at an alias of b.example.test (RFC 1034 §5.2.2)";

#[test]
fn the_target_of_an_alias_that_is_not_in_the_reply_is_asked_for() {
    let mut scene = Scene::new(&[A, B]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.answers.push(cname("www.example.test", 60, "b.example.test"));
    scene.receives(Protocol::Udp, A, &reply);
    let again = scene.sends(A, Protocol::Udp, NEXT_NAME);
    assert_eq!(asked(&again).summary(), "A? b.example.test");
    assert_ne!((again.source_port, asked(&again).header.id), (sent.source_port, asked(&sent).header.id));
    // A late copy of the first reply does not answer the second question.
    scene.receives(Protocol::Udp, A, &reply);
    assert!(matches!(scene.ignores(), Ignored::WrongId { .. }));
    let mut reply = with_rcode(&again, Rcode::NOERROR);
    reply.answers.push(a("b.example.test", 300, [203, 0, 113, 80]));
    scene.receives(Protocol::Udp, A, &reply);
    let Event::Answer(answer) = scene.last_event() else { panic!("an answer") };
    assert_eq!((answer.ttl(), answer.aliases().count()), (60, 1), "the alias counts");
    assert_eq!(answer.canonical_name(), &name("b.example.test"));
}

#[test]
fn a_target_without_data_is_named() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = with_rcode(&sent, Rcode::NOERROR);
    reply.answers.push(cname("www.example.test", 60, "b.example.test"));
    scene.receives(Protocol::Udp, A, &reply);
    let again = scene.sends(A, Protocol::Udp, NEXT_NAME);
    scene.receives(Protocol::Udp, A, &with_rcode(&again, Rcode::NOERROR));
    let error = scene.fails();
    assert_eq!(
        error.to_string(),
        "b.example.test has no A record: 192.0.2.53:53 answered NOERROR without one (www.example.test is an alias of \
         it); by RFC 2308 §2.2 the name exists, and may have records of other types"
    );
}

/// Each reply names another alias: the lookup asks five times in all, and ends.
#[test]
fn aliases_that_come_one_by_one_end() {
    for (targets, circle) in
        [(["b", "c", "d", "e", "f", "g"], false), (["b", "c", "www", "b", "c", "www"], true)]
    {
        let mut scene = Scene::new(&[A]);
        let mut questions = 0;
        for target in targets {
            let Some(sent) = scene.query.transmit(scene.now) else { break };
            questions += 1;
            let owner = asked(&sent).questions[0].name.to_string();
            let mut reply = with_rcode(&sent, Rcode::NOERROR);
            reply.answers.push(cname(&owner, 60, &format!("{target}.example.test")));
            scene.receives(Protocol::Udp, A, &reply);
        }
        assert_eq!(questions, if circle { 3 } else { 5 });
        let error = scene.fails();
        assert!(matches!(error, Error::AliasChain { .. }), "{error}");
    }
}
