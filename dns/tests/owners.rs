//! Owners written as pointers: of two with the same pointer the second is a copy, and nobody can see that.

use barewire_dissect::Node;
use barewire_dns::{Message, dissect};

/// A reply to a question with these bytes as its name, and one A record for each owner.
fn reply(question: &[u8], owners: &[&[u8]]) -> Vec<u8> {
    // ID 0x0161 and flags 0x0000 are also the name `a`.
    let mut bytes = b"\x01\x61\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    bytes[7] = owners.len() as u8;
    bytes.extend_from_slice(question);
    bytes.extend_from_slice(b"\x00\x01\x00\x01");
    for owner in owners {
        bytes.extend_from_slice(owner);
        bytes.extend_from_slice(b"\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xcb\x00\x71\x50");
    }
    bytes
}

fn owners(bytes: &[u8]) -> Vec<String> {
    let message = Message::parse(bytes).unwrap();
    message.answers.iter().map(|record| record.name.to_string()).collect()
}

const WWW: &[u8] = b"\x03www\x07example\x04test\x00";

#[test]
fn each_owner_is_what_its_pointer_leads_to() {
    let bytes = reply(
        WWW,
        &[
            b"\xc0\x0c",
            b"\xc0\x10",
            b"\xc0\x10",
            b"\x01x\xc0\x10",
            b"\xc0\x10",
            b"\xc0\x18",
            b"\xc0\x18",
            b"\xc0\x0c",
        ],
    );
    let (www, example, test) = ("www.example.test", "example.test", "test");
    assert_eq!(owners(&bytes), [www, example, example, "x.example.test", example, test, test, www]);
}

/// A name that does not fit into a `Name` itself is copied too.
#[test]
fn long_owners() {
    let long = [&[63][..], &[b'x'; 63], &[63], &[b'y'; 63], &[0]].concat();
    let text = format!("{}.{}", "x".repeat(63), "y".repeat(63));
    let bytes = reply(&long, &[b"\xc0\x0c", b"\xc0\x4c", b"\xc0\x4c"]);
    assert_eq!(owners(&bytes), [text.clone(), "y".repeat(63), "y".repeat(63)]);
}

#[test]
fn a_question_that_points_into_the_header() {
    let bytes = reply(b"\x03www\xc0\x00", &[b"\xc0\x00", b"\xc0\x0c", b"\xc0\x0c"]);
    assert_eq!(owners(&bytes), ["a", "www.a", "www.a"]);
}

/// Without a question nothing stands at byte 12 but the record itself, and it cannot point there.
#[test]
fn without_a_question_the_first_owner_is_followed() {
    let mut bytes = reply(b"", &[b"\xc0\x00", b"\xc0\x00"]);
    bytes[5] = 0;
    bytes.drain(12..16);
    assert_eq!(owners(&bytes), ["a", "a"]);
    bytes[13] = 12;
    let refused = Message::parse(&bytes).unwrap_err();
    let sentence = refused.to_string();
    assert_eq!(refused.offset, 12, "{sentence}");
}

/// A copied owner has the same nodes in the tree as one that was followed: only the bytes lie elsewhere.
#[test]
fn the_tree_names_a_copied_owner_as_any_other() {
    let bytes = reply(WWW, &[b"\xc0\x10", b"\xc0\x10"]);
    let (message, tree) = dissect(&bytes);
    assert!(message.is_ok());
    assert_eq!(tree.check_coverage(), Ok(()));
    let records: Vec<&Node> = tree.nodes.iter().filter(|node| node.name == "answer record").collect();
    let [followed, copied] = records[..] else { panic!("two records, not {}", records.len()) };
    let said = |record: &Node| {
        let owner = &record.children[0];
        let mut lines = Vec::new();
        describe(owner, owner.range.start, &mut lines);
        lines
    };
    assert_eq!(said(copied), said(followed));
    assert_eq!(said(copied)[0], "NAME = example.test, bytes 0..2");
    assert_eq!(said(copied)[1], "pointer = to byte 16, bytes 0..2");
}

/// A node and what lies below it, with offsets from `start`.
fn describe(node: &Node, start: usize, lines: &mut Vec<String>) {
    let (from, to) = (node.range.start - start, node.range.end - start);
    let value = node.value.as_deref().unwrap_or("nothing");
    lines.push(format!("{} = {value}, bytes {from}..{to}", node.name));
    node.children.iter().for_each(|child| describe(child, start, lines));
}
