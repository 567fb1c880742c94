//! A capture plays the peer: what comes when, and what is said of a difference.

use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use barewire_packet::build::datagram;
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};
use barewire_packet::link::Link;
use barewire_packet::link::replay::{Replay, Rewrite};

const MS: Duration = Duration::from_millis(1);

/// Two questions and three answers: way, milliseconds, text.
const RECORDED: [(char, u32, &[u8]); 6] = [
    ('<', 0, b"hello, here I am"),
    ('>', 10, b"one?"),
    ('<', 35, b"one!"),
    ('>', 40, b"two?"),
    ('<', 42, b"two"),
    ('<', 99, b"and three"),
];

fn us() -> IpAddr {
    "10.0.0.2".parse().unwrap()
}

fn ours(text: &[u8]) -> Vec<u8> {
    datagram("10.0.0.2:4000", "10.0.0.53:53", text)
}

fn theirs(text: &[u8]) -> Vec<u8> {
    datagram("10.0.0.53:53", "10.0.0.2:4000", text)
}

/// The conversation in Ethernet frames, which have padding after short packets.
fn capture() -> Capture {
    let interface = Interface { link_type: linktype::ETHERNET, name: "eth0".into(), origin: Origin::Seen };
    let mut capture = Capture { interfaces: vec![interface], ..Capture::default() };
    for (index, (way, milliseconds, text)) in RECORDED.into_iter().enumerate() {
        let packet = if way == '>' { ours(text) } else { theirs(text) };
        let mut bytes = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0], &packet[..]].concat();
        bytes.resize(bytes.len().max(60), 0);
        capture.frames.push(Frame {
            number: index as u64 + 1,
            time: Duration::from_secs(1_700_000_000) + milliseconds * MS,
            original_len: bytes.len() as u32,
            bytes,
            ..Frame::default()
        });
    }
    capture
}

fn replay() -> (Replay, Instant) {
    let start = Instant::now();
    (Replay::new(start, &capture(), us()), start)
}

#[test]
fn answers_come_as_late_as_they_came_then() {
    let (mut peer, start) = replay();
    assert_eq!(peer.receive(None).unwrap(), Some(theirs(b"hello, here I am")));
    assert_eq!(peer.now(), start, "it answers to nothing");
    // We take our time: 100 ms and not 10.
    assert_eq!(peer.receive(Some(start + 100 * MS)).unwrap(), None);
    peer.send(&ours(b"one?")).unwrap();
    assert_eq!(peer.receive(Some(start + 124 * MS)).unwrap(), None, "25 ms after the question");
    assert_eq!(peer.receive(Some(start + 125 * MS)).unwrap(), Some(theirs(b"one!")));
    peer.send(&ours(b"two?")).unwrap();
    assert_eq!(peer.receive(None).unwrap(), Some(theirs(b"two")));
    assert_eq!(peer.now(), start + 127 * MS);
    assert_eq!(peer.receive(None).unwrap(), Some(theirs(b"and three")));
    assert_eq!((peer.now(), peer.left(), peer.differences().len()), (start + 184 * MS, (0, 0), 0));
    assert_eq!(peer.receive(None).unwrap_err().kind(), io::ErrorKind::Deadlock, "the capture is over");
}

#[test]
fn an_answer_waits_for_its_question() {
    let (mut peer, start) = replay();
    peer.receive(None).unwrap();
    assert_eq!(peer.receive(None).unwrap_err().kind(), io::ErrorKind::Deadlock);
    assert_eq!(peer.receive(Some(start + 9999 * MS)).unwrap(), None, "whatever the time");
    assert_eq!(peer.left(), (2, 3));
    // A deadline that has passed asks what is here now.
    peer.send(&ours(b"one?")).unwrap();
    assert_eq!(peer.receive(Some(start)).unwrap(), None);
    assert_eq!(peer.now(), start + 9999 * MS, "time does not run backwards");
}

#[test]
fn a_difference_is_said() {
    let said = |packets: &[Vec<u8>]| {
        let (mut peer, _) = replay();
        packets.iter().for_each(|packet| peer.send(packet).unwrap());
        peer.differences().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let (one, two) = (ours(b"one?"), ours(b"two?"));
    assert_eq!(said(&[one.clone(), two.clone()]), Vec::<String>::new());
    let mut late = one.clone();
    late[8] = 63;
    assert_eq!(
        said(&[late, two.clone()]),
        ["our packet 1 differs from frame 2 in byte 8 (IP header): 0x3f, and not 0x40"]
    );
    let mut text = two.clone();
    text[31] = b'!';
    assert_eq!(
        said(&[one.clone(), text]),
        ["our packet 2 differs from frame 4 in byte 31 (payload of IP, byte 11): 0x21, and not 0x3f"]
    );
    assert_eq!(
        said(&[one.clone(), [&two[..], b"x"].concat()]),
        ["our packet 2 differs from frame 4 in byte 32 (payload of IP, byte 12): it is longer"]
    );
    assert_eq!(
        said(&[one[..30].to_vec()]),
        ["our packet 1 differs from frame 2 in byte 30 (payload of IP, byte 30): it is shorter"]
    );
    assert_eq!(said(&[one.clone(), two, one]), ["our packet 3 is one more than were sent then"]);
}

/// A protocol that numbers its messages at random: the numbers of then are kept out of the comparison, and those of now
/// come back.
#[test]
fn numbers_are_made_ours() {
    struct Number(u8);
    impl Rewrite for Number {
        fn sent(&mut self, ours: &[u8], recorded: Option<&[u8]>) -> Vec<u8> {
            let mut made = ours.to_vec();
            if let (Some(byte), Some(then)) = (made.last_mut(), recorded.and_then(<[u8]>::last)) {
                self.0 = *byte;
                *byte = *then;
            }
            made
        }

        fn received(&mut self, recorded: &[u8]) -> Vec<u8> {
            [recorded, &[self.0]].concat()
        }
    }
    let mut peer = Replay::with(Instant::now(), &capture(), us(), Box::new(Number(0)));
    assert_eq!(peer.receive(None).unwrap().unwrap().last(), Some(&0));
    let mut asked = ours(b"one?");
    *asked.last_mut().unwrap() = 77;
    peer.send(&asked).unwrap();
    assert_eq!(peer.receive(None).unwrap().unwrap().last(), Some(&77));
    assert_eq!(peer.differences(), []);
}
