//! Which message is taken for the reply.

use std::time::Duration;

use barewire_dns::Edns;
use barewire_dns::exchange;
use barewire_dns::stub::{Config, Event, Ignored, Protocol, TcpReason};

use crate::scene::{A, B, Scene, addr, asked, good, name};

#[test]
fn one_question_one_answer() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let query = asked(&sent);
    assert_eq!(query.summary(), "A? www.example.test");
    assert!(query.header.rd && !query.header.qr);
    assert_eq!(query.edns, Some(Edns::new(1232)), "RFC 6891 §6.2.3: our size");
    assert_eq!(sent.deadline, scene.start + Duration::from_secs(1));
    scene.is_silent();
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn ids_and_ports_come_from_the_generator() {
    let mut pairs = std::collections::HashSet::new();
    for seed in 0..200 {
        let mut scene = Scene::with(&[A], Config::default(), seed);
        let sent = scene.sends(A, Protocol::Udp, "");
        assert!(sent.source_port >= 1024, "seed {seed}: port {}", sent.source_port);
        pairs.insert((asked(&sent).header.id, sent.source_port));
    }
    assert_eq!(pairs.len(), 200, "no two seeds gave the same ID and port");
}

#[test]
fn wrong_replies_do_not_end_the_wait() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");

    let mut wrong_id = good(&sent);
    wrong_id.header.id ^= 1;
    let got = wrong_id.header.id;
    scene.receives(Protocol::Udp, A, &wrong_id);
    assert_eq!(scene.ignores(), Ignored::WrongId { got });

    scene.receives(Protocol::Udp, B, &good(&sent));
    assert_eq!(scene.ignores(), Ignored::WrongSource);
    scene.receives(Protocol::Udp, "192.0.2.53:5353", &good(&sent));
    assert_eq!(scene.ignores(), Ignored::WrongSource, "the port counts too");
    scene.receives(Protocol::Tcp, A, &good(&sent));
    assert_eq!(scene.ignores(), Ignored::WrongSource, "it was not asked over TCP");

    let mut wrong_question = good(&sent);
    wrong_question.questions[0].name = name("evil.example.test");
    scene.receives(Protocol::Udp, A, &wrong_question);
    let why = scene.ignores();
    assert!(matches!(why, Ignored::WrongQuestion { got: Some(_) }), "{why:?}");
    assert_eq!(
        why.to_string(),
        "it answers A? evil.example.test, which was not asked; RFC 5452 §9.1 has the question match"
    );
    let mut no_question = good(&sent);
    no_question.questions.clear();
    scene.receives(Protocol::Udp, A, &no_question);
    assert_eq!(scene.ignores(), Ignored::WrongQuestion { got: None });

    scene.receives(Protocol::Udp, A, &asked(&sent));
    assert_eq!(scene.ignores(), Ignored::NotAResponse);
    let mut notify = good(&sent);
    notify.header.opcode = barewire_dns::Opcode(4);
    scene.receives(Protocol::Udp, A, &notify);
    assert!(matches!(scene.ignores(), Ignored::WrongOpcode { .. }));

    scene.query.receive(scene.now, Protocol::Udp, addr(A), &[]);
    assert!(matches!(scene.ignores(), Ignored::Malformed(_)));

    scene.is_silent();
    assert_eq!(scene.query.ignored(), 9);
    scene.receives(Protocol::Udp, A, &good(&sent));
    scene.answers("203.0.113.80");
}

#[test]
fn the_case_of_the_question_does_not_matter() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    let mut reply = good(&sent);
    reply.questions[0].name = name("WWW.Example.TEST");
    reply.answers[0].name = name("wWw.example.test");
    scene.receives(Protocol::Udp, A, &reply);
    scene.answers("203.0.113.80");
}

#[test]
fn a_flood_of_guesses_moves_the_question_to_tcp() {
    let mut scene = Scene::new(&[A]);
    let sent = scene.sends(A, Protocol::Udp, "");
    for guess in 0..1000u16 {
        let mut forged = good(&sent);
        forged.header.id = forged.header.id.wrapping_add(1 + guess);
        scene.query.receive(scene.now, Protocol::Udp, addr(A), &forged.encode().unwrap());
    }
    let events = scene.events();
    assert_eq!(events.len(), 17, "16 ignored, one change: {events:?}");
    let why = TcpReason::TooManyIgnored;
    assert_eq!(events[16], Event::Exchange(exchange::Event::TcpFallback { server: addr(A), why }));
    let tcp = scene.sends(A, Protocol::Tcp, &events[16].to_string());
    scene.receives(Protocol::Tcp, A, &good(&tcp));
    scene.answers("203.0.113.80");
}
