//! The ladder while packets come: conversations are introduced, named in their rows, and introduced again.

use std::fs;
use std::time::Duration;

use barewire::story::{Config, Live};
use barewire::views::{LiveLadder, Style};
use barewire_packet::build;
use barewire_packet::capture::{Capture, Frame, Interface, Origin, linktype};

use crate::judged::captures;

fn raw() -> Interface {
    Interface { link_type: linktype::RAW, name: String::new(), origin: Origin::Seen }
}

fn datagram(number: u64, from: &str, to: &str) -> Frame {
    let bytes = build::datagram(from, to, b"hello");
    let (time, original_len) = (Duration::from_millis(10 * number), bytes.len() as u32);
    Frame { number, time, bytes, original_len, ..Frame::default() }
}

/// What is drawn of these frames.
fn drawn(frames: &[Frame]) -> String {
    let (mut live, mut ladder) = (Live::new(Config::default()), LiveLadder::new(&Style::default()));
    frames.iter().map(|frame| ladder.row(&live.frame(&raw(), frame).expect("IP"))).collect()
}

#[test]
fn a_conversation_is_introduced_once() {
    let (a, b, c) = ("10.0.0.2:4000", "10.0.0.3:5000", "[2001:db8::5]:6000");
    let d = "[2001:db8::6]:7000";
    let frames = [datagram(1, a, b), datagram(2, c, d), datagram(3, b, a)];
    let wanted = "            udp 0: 10.0.0.2:4000 ── 10.0.0.3:5000
       0.0  ├── UDP  port 4000 to 5000                       ──▶ udp 0         5
            udp 1: [2001:db8::5]:6000 ── [2001:db8::6]:7000
      10.0  ├── UDP  port 6000 to 7000                       ──▶ udp 1         5
      20.0  ◀── UDP  port 5000 to 4000                       ─── udp 0         5
";
    assert_eq!(drawn(&frames), wanted);
}

#[test]
fn a_conversation_that_was_out_of_sight_is_introduced_again() {
    let (a, b, c) = ("10.0.0.2:4000", "10.0.0.3:5000", "10.0.0.4:6000");
    let others = (2..=201).map(|number| datagram(number, a, c));
    let frames: Vec<Frame> =
        [datagram(1, a, b)].into_iter().chain(others).chain([datagram(202, b, a)]).collect();
    let out = drawn(&frames);
    assert_eq!(out.matches("udp 0: 10.0.0.2:4000 ── 10.0.0.3:5000").count(), 2);
    assert_eq!(out.matches("udp 1: 10.0.0.2:4000 ── 10.0.0.4:6000").count(), 1);
}

#[test]
fn every_capture_is_drawn_within_its_width() {
    for path in captures() {
        let capture = Capture::read(&fs::read(&path).expect("a capture in the tree")).expect("a capture");
        for width in [60, 80, 120] {
            let (mut live, style) = (Live::new(Config::default()), Style { width, ..Style::default() });
            let mut ladder = LiveLadder::new(&style);
            capture.secrets.iter().for_each(|lines| live.secrets(lines));
            let mut out = ladder.head();
            for frame in &capture.frames {
                if let Ok(told) = live.frame(&capture.interfaces[frame.interface as usize], frame) {
                    out.push_str(&ladder.row(&told));
                }
            }
            out.push_str(&ladder.remark("12 packets were dropped by the kernel here"));
            for line in out.lines() {
                assert!(line.chars().count() <= width, "{}: {line}", path.display());
            }
        }
    }
}
