//! The live story: it says of each packet what the story of the whole capture says of it, and its memory is bounded.

use std::fs;
use std::time::Duration;

use barewire::story::{Config, Live, Says, Story};
use barewire_packet::build;
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};

use crate::judged::captures;

#[test]
fn each_packet_is_told_as_in_the_whole_story() {
    let mut rows = 0;
    for path in captures() {
        let capture = Capture::read(&fs::read(&path).expect("a capture in the tree")).expect("a capture");
        let story = Story::of(&capture, Config::default());
        let mut live = Live::new(Config::default());
        capture.secrets.iter().for_each(|lines| live.secrets(lines));
        let mut wanted = story.rows.iter();
        for frame in &capture.frames {
            let Ok(told) = live.frame(&capture.interfaces[frame.interface as usize], frame) else { continue };
            let row = wanted.next().expect("as many rows");
            rows += 1;
            let name = format!("{}: frame {}", path.display(), row.frame);
            assert_eq!(
                (told.row.frame, told.row.time, told.row.conversation),
                (row.frame, row.time, row.conversation)
            );
            assert_eq!((&told.row.messages, &told.row.notes), (&row.messages, &row.notes), "{name}");
            // What is spoken may be known later than this packet.
            let ends = told.conversation.map(|one| one.ends);
            assert_eq!(ends.is_some(), row.conversation.is_some(), "{name}");
        }
        assert!(wanted.next().is_none(), "{}: fewer rows than frames", path.display());
        assert_eq!((live.forgotten(), live.conversations()), (0, story.conversations.len()));
    }
    assert!(rows > 2_000, "only {rows} rows");
}

/// A key log grows while packets are read: a client has no secrets before it has read the ServerHello.
#[test]
fn secrets_may_come_when_the_handshake_has_begun() {
    let path = captures().into_iter().find(|path| path.ends_with("tls13/tests/captures/aes128.pcapng"));
    let file = fs::read(path.expect("it is there")).expect("a capture in the tree");
    let capture = Capture::read(&file).expect("a capture");
    let mut live = Live::new(Config::default());
    let (mut hellos, mut opened) = (0, 0);
    for frame in &capture.frames {
        let told = live.frame(&capture.interfaces[0], frame).expect("IP");
        let hello = |says: &Says| matches!(says, Says::Handshake(message) if message.name() == "ClientHello");
        let is_hello = told.row.says(hello);
        opened +=
            told.row.messages.iter().filter(|message| message.encrypted && !message.is_sealed()).count();
        if is_hello {
            hellos += 1;
            capture.secrets.iter().for_each(|lines| live.secrets(lines));
        }
    }
    assert_eq!(hellos, 1);
    assert!(opened >= 4, "{opened} messages were opened");
}

/// A scan makes a conversation of each probe.
#[test]
fn conversations_are_forgotten_before_they_are_too_many() {
    let interface = Interface { link_type: linktype::RAW, name: String::new(), origin: Origin::Seen };
    let mut live = Live::new(Config::default());
    let mut stories = 0;
    for number in 1..=20_000u64 {
        let port = 10_000 + number;
        let bytes = build::datagram(&format!("10.0.0.2:{port}"), "10.0.0.3:9", b"?");
        let (time, original_len) = (Duration::from_millis(number), bytes.len() as u32);
        let frame = Frame { number, time, bytes, original_len, ..Frame::default() };
        let told = live.frame(&interface, &frame).expect("IP");
        assert_eq!(told.row.time, Duration::from_millis(number - 1), "times go on in a new story");
        stories = told.story;
        assert!(live.conversations() <= Live::MOST);
    }
    assert_eq!((stories, live.forgotten()), (3, 2 * Live::MOST as u64));
}
