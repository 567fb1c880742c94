//! What DNS messages tell of each other: who asked, what was asked again, and which reply answers nothing.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Outcome, Role, Story};
use barewire_dns::{Message, Name, RData, Record, RecordType};
use barewire_packet::udp;
use wire::{Wire, at, told};

fn story(wire: &Wire) -> Story {
    Story::of(&wire.capture, Config::default())
}

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
