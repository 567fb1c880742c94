//! What DNS messages tell of each other: who asked, what was asked again, and which reply answers nothing.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{ConversationId, Note, Outcome, Role, Story};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use barewire_packet::udp;
use wire::{ACK, Wire, at, story, told};

const CLIENT: &str = "10.0.0.1:40000";
const RESOLVER: &str = "10.0.0.53:53";

fn query(id: u16) -> Message {
    Message::query(id, Name::parse_text("a.test").unwrap(), RecordType::A)
}

fn reply(to: &Message) -> Message {
    let mut reply = Message::response_to(to);
    let name = to.question().unwrap().name.clone();
    reply.answers.push(Record::new(name, 300, RData::A("192.0.2.1".parse().unwrap())));
    reply
}

fn send(wire: &mut Wire, from: &str, to: &str, message: &Message) {
    wire.packet(&udp::ip_packet(at(from), at(to), &message.encode().unwrap()));
}

/// RFC 6762 §5, §6: a question to the group, and an answer to the group.
#[test]
fn a_multicast_group_neither_asks_nor_answers() {
    for [asks, answers, group] in [
        ["10.0.0.1:5353", "10.0.0.2:5353", "224.0.0.251:5353"],
        ["[fe80::1]:5353", "[fe80::2]:5353", "[ff02::fb]:5353"],
    ] {
        let mut wire = Wire::default();
        send(&mut wire, asks, group, &query(0));
        send(&mut wire, answers, group, &reply(&query(0)));
        let story = story(&wire);
        let ends: Vec<_> = story.conversations.iter().map(|one| (one.ends, one.client_known)).collect();
        assert_eq!(ends, [([at(asks), at(group)], true), ([at(answers), at(group)], false)]);
        assert!(
            story.conversations.iter().all(|one| one.outcome == Outcome::Datagrams),
            "nobody need answer"
        );
        let told = told(&story);
        assert_eq!(told, ["client > group: A? a.test", "host > group: A 192.0.2.1, ttl 300"]);
        let roles: Vec<Role> = story.hosts.iter().map(|host| host.role).collect();
        assert_eq!(roles, [Role::Client, Role::Group, Role::Unknown]);
    }
}

fn notes(story: &Story) -> Vec<Vec<String>> {
    story.rows.iter().map(|row| row.notes.iter().map(Note::to_string).collect()).collect()
}

/// RFC 1035 §4.2.1: a query that is not answered is sent again. One reply answers both.
#[test]
fn a_question_that_is_asked_again_says_so() {
    let mut wire = Wire::default();
    for _ in 0..2 {
        send(&mut wire, CLIENT, RESOLVER, &query(7));
        wire.wait(1000);
    }
    let silent = story(&wire);
    assert_eq!(notes(&silent), [vec![], vec!["asked again after 1000 ms".to_owned()]]);
    assert_eq!(silent.conversations[0].outcome, Outcome::Unanswered(2));
    for _ in 0..2 {
        send(&mut wire, RESOLVER, CLIENT, &reply(&query(7)));
    }
    // A new question, though with the same words.
    send(&mut wire, CLIENT, RESOLVER, &query(8));
    send(&mut wire, RESOLVER, CLIENT, &reply(&query(8)));
    let answered = story(&wire);
    assert!(notes(&answered)[2..].iter().all(Vec::is_empty), "{:?}", notes(&answered));
    assert_eq!(answered.conversations[0].outcome, Outcome::Answered);
}

/// RFC 5452 §9.1: a reply counts by its ID. Another one may be forged, and the client goes on waiting.
#[test]
fn a_reply_with_another_id_answers_nothing() {
    let mut wire = Wire::default();
    send(&mut wire, CLIENT, RESOLVER, &query(7));
    wire.wait(10);
    send(&mut wire, RESOLVER, CLIENT, &reply(&query(0x1234)));
    let forged = story(&wire);
    let wanted = "its ID 0x1234 is not that of a question here; a client ignores it";
    assert_eq!(notes(&forged), [vec![], vec![wanted.to_owned()]]);
    assert_eq!(forged.conversations[0].outcome, Outcome::Unanswered(1));
    assert_eq!(forged.budget().phases.iter().filter(|phase| phase.ended).count(), 0, "it still waits");
    wire.wait(10);
    send(&mut wire, RESOLVER, CLIENT, &reply(&query(7)));
    let answered = story(&wire);
    assert_eq!(answered.conversations[0].outcome, Outcome::Answered);
    let phases: Vec<_> =
        answered.budget().phases.iter().map(|one| (one.took().as_millis(), one.ended)).collect();
    assert_eq!(phases, [(20, true)]);

    // A capture may begin after the question.
    let mut late = Wire::default();
    send(&mut late, RESOLVER, CLIENT, &reply(&query(7)));
    assert_eq!(notes(&story(&late)), [Vec::<String>::new()]);
}

/// More questions than are remembered, all at once: nothing false is said of their replies.
#[test]
fn many_questions_are_counted() {
    let mut wire = Wire::default();
    let named =
        |id: u16| Message::query(id, Name::parse_text(&format!("n{id}.test")).unwrap(), RecordType::A);
    for id in 0..1000 {
        send(&mut wire, CLIENT, RESOLVER, &named(id));
    }
    assert_eq!(story(&wire).conversations[0].outcome, Outcome::Unanswered(1000));
    for id in 0..1000 {
        send(&mut wire, RESOLVER, CLIENT, &reply(&named(id)));
    }
    let story = story(&wire);
    assert_eq!(story.conversations[0].outcome, Outcome::Answered);
    assert!(notes(&story).iter().all(Vec::is_empty));
}

/// RFC 1035 §4.2.2, RFC 7766 §8: the length may come in a segment of its own.
#[test]
fn dns_over_tcp_is_known_by_more_than_its_first_segment() {
    for first in [1, 2, 10, 24] {
        let mut wire = Wire::default();
        let mut talk = wire.handshake(at(CLIENT), at(RESOLVER), 10);
        for (who, message) in [(0, query(7)), (1, reply(&query(7)))] {
            let message = message.encode().unwrap();
            let bytes = [&(message.len() as u16).to_be_bytes()[..], &message].concat();
            talk.send(&mut wire, who, ACK, &bytes[..first]);
            talk.send(&mut wire, who, ACK, &bytes[first..]);
        }
        let told = told(&story(&wire));
        assert!(told[4].ends_with(": A? a.test"), "{first}: {told:#?}");
        assert!(told[6].ends_with(": A 192.0.2.1, ttl 300"), "{first}: {told:#?}");
    }
}

/// A capture at a resolver, or of everybody: the client waits for its own exchange, and not for the one that the
/// resolver has with another server about the same name.
#[test]
fn a_page_waits_for_the_exchange_of_its_client() {
    let (mut wire, server) = (Wire::default(), "192.0.2.53:53");
    let (asked, walked) = (query(1), query(2));
    send(&mut wire, CLIENT, RESOLVER, &asked);
    wire.wait(5);
    send(&mut wire, "10.0.0.53:40001", server, &walked);
    wire.wait(40);
    send(&mut wire, server, "10.0.0.53:40001", &reply(&walked));
    wire.wait(5);
    send(&mut wire, RESOLVER, CLIENT, &reply(&asked));
    wire.handshake(at("10.0.0.1:50000"), at("192.0.2.1:80"), 10);
    let story = story(&wire);
    assert_eq!(story.conversations[0].ends, [at(CLIENT), at(RESOLVER)]);
    assert_eq!(story.pages.iter().map(|page| page.dns.clone()).collect::<Vec<_>>(), [[ConversationId(0)]]);
}
