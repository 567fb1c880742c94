//! The same message form in other uses: dynamic update (RFC 2136), multicast DNS (RFC 6762), and opcodes that we do not
//! ask. They are read, named in their own words, and written again to the same bytes.

use barewire_dissect::Tree;
use barewire_dns::{Class, Message, Opcode, RData, RecordType, dissect};

/// Reads the message, which must be right, and written again must be the same.
#[track_caller]
fn read(bytes: &[u8]) -> (Message, Tree) {
    let (message, tree) = dissect(bytes);
    let message = message.unwrap();
    assert_eq!((&message.notes, tree.check_coverage()), (&vec![], Ok(())));
    assert_eq!(message.encode().unwrap(), bytes);
    (message, tree)
}

/// The names of the entries, in order.
fn entries(tree: &Tree) -> Vec<&str> {
    tree.nodes.iter().map(|node| node.name).filter(|name| *name != "header").collect()
}

/// An update of `example.test`, laid out by hand after RFC 2136 §2.3 to §2.5: if `www` has any records, delete its A
/// records, add one, and delete one of `old`.
const UPDATE: &[u8] = b"\x12\x34\x28\x00\x00\x01\x00\x01\x00\x03\x00\x00\
    \x07example\x04test\x00\x00\x06\x00\x01\
    \x03www\xc0\x0c\x00\xff\x00\xff\x00\x00\x00\x00\x00\x00\
    \xc0\x1e\x00\x01\x00\xff\x00\x00\x00\x00\x00\x00\
    \xc0\x1e\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xcb\x00\x71\x50\
    \x03old\xc0\x0c\x00\x01\x00\xfe\x00\x00\x00\x00\x00\x04\xcb\x00\x71\x51";

#[test]
fn an_update_has_its_own_sections() {
    let (update, tree) = read(UPDATE);
    assert_eq!(update.header.opcode, Opcode::UPDATE);
    assert_eq!(entries(&tree), ["zone", "prerequisite", "update", "update", "update"]);
    // RFC 2136 §2.4.4: "Name is in use" has class ANY, type ANY and no data.
    let exists = &update.answers[0];
    assert_eq!((exists.class, exists.rtype(), exists.ttl), (Class::ANY, RecordType::ANY, 0));
    // §2.5.2: an RRset is deleted by class ANY, without data; §2.5.4: one record by class NONE, with its data.
    let [all, added, one] = &update.authorities[..] else { panic!("{:?}", update.authorities) };
    assert!(all.class == Class::ANY && matches!(&all.data, RData::Unknown(data) if data.bytes.is_empty()));
    assert_eq!((added.class, &added.data), (Class::IN, &RData::A([203, 0, 113, 80].into())));
    assert_eq!((one.class, one.name.to_string().as_str()), (Class::NONE, "old.example.test"));
    assert_eq!(update.summary(), "UPDATE example.test: 3 changes");

    let mut reply = Message::response_to(&update);
    reply.header.rcode = barewire_dns::Rcode::NOTAUTH;
    assert_eq!(reply.summary(), "UPDATE example.test: NOTAUTH");
}

/// RFC 6762 §5.4 and §10.2: the top bit of the class asks for an answer to the asker alone, or says that the record
/// takes the place of all others.
#[test]
fn multicast_dns_uses_the_top_bit_of_the_class() {
    let question = b"\0\0\0\0\0\x01\0\0\0\0\0\0\x04host\x05local\0\0\x01\x80\x01";
    let (query, tree) = read(question);
    assert_eq!(query.questions[0].class, Class(Class::IN.0 | Class::TOP_BIT));
    let class = tree.find("QCLASS").and_then(|node| node.value.clone());
    assert_eq!(class.as_deref(), Some("IN, unicast response wanted (0x8001)"));

    // A response without a question, as §6 has it; its A record is laid out as in class IN.
    let response = b"\0\0\x84\0\0\0\0\x01\0\0\0\0\
        \x04host\x05local\0\0\x01\x80\x01\0\0\0\x78\0\x04\xc0\0\x02\x07";
    let (message, tree) = read(response);
    assert_eq!(message.answers[0].data, RData::A([192, 0, 2, 7].into()));
    let class = tree.find("CLASS").and_then(|node| node.value.clone());
    assert_eq!(class.as_deref(), Some("IN, cache-flush (0x8001)"));
    assert_eq!(message.summary(), "A 192.0.2.7, ttl 120");
}

/// RFC 1996 §3.7: a NOTIFY has the zone as its question, and may have the new SOA as an answer.
#[test]
fn other_opcodes_pass() {
    for (opcode, says) in
        [(4, "NOTIFY example.test"), (2, "STATUS example.test"), (9, "OPCODE9 example.test")]
    {
        let bytes =
            [&[0, 7, opcode << 3, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], b"\x07example\x04test\0\0\x06\0\x01"]
                .concat();
        let (message, tree) = read(&bytes);
        assert_eq!((message.header.opcode, message.summary().as_str()), (Opcode(opcode), says));
        assert_eq!(entries(&tree), ["question"]);
    }
}
