//! `--cwnd`: what our TCP decided by, below the rows of the ladder. `fetch` writes it beside the packets, and `read`
//! finds it there. The numbers are those of RFC 6928 (the first window) and RFC 5681 (slow start; less than was in
//! flight, after a loss).

mod common;
#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Note, Story, Windows};
use barewire::views::{self, Style};
use barewire_dissect::columns;
use barewire_packet::capture::Capture;
use common::{TempFolder, barewire};
use wire::{ACK, Wire, assert_fits, at, story};

/// A client that sends 6000 bytes. Its capture tells what it decided by.
fn sends() -> Wire {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 20);
    let mut tell = |wire: &mut Wire, who: usize, length: usize, comment: &str| {
        talk.send(wire, who, ACK, &vec![b'-'; length]);
        wire.capture.frames.last_mut().expect("a frame").comment = Some(comment.to_owned());
    };
    tell(&mut wire, 0, 1000, "cwnd 4000, flight 1000, srtt 20.0 ms");
    tell(&mut wire, 0, 1000, "cwnd 4000, flight 2000, srtt 20.0 ms");
    wire.wait(20);
    tell(&mut wire, 1, 0, "cwnd 6000, flight 0, srtt 20.1 ms");
    tell(&mut wire, 0, 1000, "a word of another kind; cwnd 2000, ssthresh 2000, flight 3000, srtt 20.1 ms");
    tell(&mut wire, 0, 1000, "cwnd of a user's own; not a number of ours");
    wire
}

const DRAWN: &str = r"      ms  client 10.0.0.2                                                  bytes
                                                 cwnd ssthresh   flight  srtt ms
     0.0  ├── TCP  SYN     seq 0                 win 64240   ──▶ server        0
    20.0  ◀── TCP  SYN ACK seq 0      ack 1      win 64240   ─── server        0
    20.0  ├── TCP  ACK     seq 1      ack 1      win 64240   ──▶ server        0
    20.0  ├── TCP  1,000 bytes                               ──▶ server    1,000
              █████░░░░░░░░░░░░░░░              4,000        -    1,000     20.0
    20.0  ├── TCP  1,000 bytes                               ──▶ server    1,000
              ██████████░░░░░░░░░░              4,000        -    2,000     20.0
    40.0  ◀── TCP  ACK     seq 1      ack 2001   win 64240   ─── server        0
              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    6,000        -        0     20.1
    40.0  ├── TCP  1,000 bytes                               ──▶ server    1,000
              ↳ a word of another kind
              █████████┃▓▓▓▓▓                   2,000    2,000    3,000     20.1
    40.0  ├── TCP  1,000 bytes                               ──▶ server    1,000
              ↳ cwnd of a user's own; not a number of ours
          █ in flight, ░ the rest of cwnd, ▓ in flight beyond it, ┃ ssthresh; a
            full bar is 6,000 bytes
";

#[test]
fn the_ladder_has_a_strip_below_each_row_that_moved_something() {
    let wire = sends();
    let style = Style { windows: true, ..Style::default() };
    let text = views::ladder(&story(&wire), &style);
    assert_eq!(text, DRAWN, "{text}");
    let without = views::ladder(&story(&wire), &Style::default());
    assert!(!without.contains("cwnd 4000") && !without.contains("srtt"), "{without}");
    assert!(without.contains("↳ a word of another kind\n"), "the rest of the comment stays: {without}");
    assert!(without.contains("↳ cwnd of a user's own; not a number of ours"), "{without}");
}

/// At each width, with frame numbers, and with numbers as large as they can be.
#[test]
fn it_fits() {
    let mut wire = sends();
    let large = format!("cwnd {0}, ssthresh {0}, flight {0}, srtt 429496729.5 ms", u32::MAX - 1);
    for comment in [None, Some(large)] {
        if let (Some(frame), Some(comment)) = (wire.capture.frames.last_mut(), comment) {
            frame.comment = Some(comment);
        }
        for width in [60, 80, 120, 160] {
            for frames in [false, true] {
                let style = Style { width, frames, windows: true, ..Style::default() };
                assert_fits(&views::ladder(&story(&wire), &style), width);
            }
        }
    }
}

/// What is not of this form is a comment like any other.
#[test]
fn comments_that_are_read() {
    let all = Windows { cwnd: 14_480, ssthresh: Some(7240), flight: 4344, srtt: Some(502) };
    let few = Windows { ssthresh: None, srtt: None, ..all };
    for windows in [all, few, Windows { srtt: Some(u32::MAX), cwnd: u32::MAX, ..all }] {
        assert_eq!(Windows::read(&windows.to_string()), Some(windows));
    }
    assert_eq!(all.to_string(), "cwnd 14480, ssthresh 7240, flight 4344, srtt 50.2 ms");
    for other in [
        "",
        "cwnd",
        "cwnd 1",
        "flight 1",
        "cwnd 1, flight -1",
        "cwnd 4294967296, flight 1",
        "cwnd 1, flight 1, srtt 1 ms",
        "cwnd 1, flight 1, srtt 1.25 ms",
        "cwnd 1, flight 1, srtt 429496730.0 ms",
        "cwnd 1, flight 1, and so on",
        "cwnd 1; flight 1",
    ] {
        assert_eq!(Windows::read(other), None, "{other}");
    }
}

/// An upload that loses a packet: what is drawn at once is what is read from the file, and tshark's reader gets it as
/// comments.
#[test]
fn a_fetch_writes_what_a_reader_draws() {
    let folder = TempFolder::new();
    let [body, capture] = ["body", "t.pcapng"].map(|name| folder.file(name));
    std::fs::write(&body, vec![b'-'; 60_000]).expect("a file");
    let words = ["-T", &body, "--drop", "20", "https://www.example.test/echo"];
    let flags = ["fetch", "-v", "--cwnd", "--pcapng", &capture];
    let fetched = barewire(&[&flags[..], &words].concat()).succeeds().stdout;
    let read = barewire(&["read", "-v", "--cwnd", &capture]).succeeds().stdout;
    let ladder = |text: &str| {
        let lines =
            text.lines().skip_while(|line| !line.starts_with("frame ")).take_while(|line| !line.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(ladder(&fetched), ladder(&read));
    assert!(ladder(&read).contains("┃ ssthresh; "), "{read}");
    assert!(
        !barewire(&["read", "-v", &capture]).succeeds().stdout.contains("cwnd"),
        "nobody has asked for it"
    );

    let bytes = std::fs::read(&capture).expect("a file");
    let story = Story::of(&Capture::read(&bytes).expect("a capture"), Config::default());
    let told: Vec<(u64, Windows)> =
        story.rows.iter().filter_map(|row| Some((row.frame, row.windows()?))).collect();
    assert!(told.windows(2).all(|pair| pair[0].1 != pair[1].1), "only what has moved is said: {told:?}");
    // The SYN takes a number (RFC 9293 §3.4), and the first window is ten segments (RFC 6928 §2).
    assert_eq!(told[0], (3, Windows { cwnd: told[0].1.cwnd, ssthresh: None, flight: 1, srtt: None }));
    assert_eq!(told[1], (4, Windows { cwnd: 14_480, ssthresh: None, flight: 0, srtt: Some(500) }));
    // In slow start the window grows by what is acknowledged: a segment here, as the first ones are acknowledged one by
    // one (RFC 5681 §3.1, RFC 3465).
    let of =
        |frame| told.iter().find(|(number, _)| *number == frame).expect("a frame that moves something").1;
    assert_eq!(of(23).cwnd, 14_480 + 1448);
    // The retransmission stands under the new threshold, which is less than what was in flight.
    let again = story.rows.iter().find(|row| row.is_repeated()).expect("a retransmission");
    let repaired = again.windows().expect("it reduces the window");
    assert!(repaired.ssthresh.is_some_and(|ssthresh| ssthresh < repaired.flight), "{repaired:?}");
    let last = told.last().expect("rows").1;
    assert_eq!(last.flight, 0, "all is acknowledged in the end");
}

#[test]
fn it_is_said_when_nobody_tells() {
    let folder = TempFolder::new();
    let capture = folder.file("t.pcapng");
    barewire(&["fetch", "--pcapng", &capture]).succeeds();
    let run = barewire(&["read", "--cwnd", &capture]).succeeds();
    assert!(run.stderr.contains("--cwnd: the capture does not tell"), "{run}");
    assert!(!run.stdout.contains("srtt"), "{run}");
    let run = barewire(&["fetch", "--net", "os", "--cwnd", "http://127.0.0.1:9/"]);
    assert!(run.code == Some(2) && run.stderr.contains("--cwnd is about our TCP"), "{run}");
    let run = barewire(&["read", "--cwnd", "--json", &capture]);
    assert_eq!(run.code, Some(2), "JSON has it in the notes: {run}");
}

/// A strip stands below a fold, too, and the notes stay typed.
#[test]
fn a_fold_has_the_last_of_its_strips() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 20);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
    for number in 1..=30 {
        talk.send(&mut wire, 1, ACK, &[b'x'; 100]);
        wire.capture.frames.last_mut().expect("a frame").comment =
            Some(format!("cwnd 100000, flight {number}"));
    }
    let story = story(&wire);
    assert!(story.rows.last().expect("rows").notes.contains(&Note::Windows(Windows {
        cwnd: 100_000,
        flight: 30,
        ..Windows::default()
    })));
    let text = views::ladder(&story, &Style { lines: 12, windows: true, ..Style::default() });
    let lines: Vec<&str> = text.lines().collect();
    let fold = lines.iter().position(|line| line.contains('⋮')).unwrap_or_else(|| panic!("no fold: {text}"));
    assert!(lines[fold + 1].contains("100,000        -       30"), "{text}");
    assert!(lines.iter().all(|line| columns(line) <= 80), "{text}");
}
