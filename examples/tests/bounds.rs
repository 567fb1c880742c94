//! Captures that are larger than what is kept of them: what is counted, what is forgotten, and what is still said.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, PhaseName, Reader, Says, Story, Uncounted};
use barewire::views::{self, Style};
use barewire_dns::RData;
use wire::{ACK, RST_ACK, Talk, Wire, at, plain_http};

/// Gives the reader what is on the wire, and takes it off.
fn read(reader: &mut Reader, wire: &mut Wire, number: &mut u64) {
    for mut frame in wire.capture.frames.drain(..) {
        *number += 1;
        frame.number = *number;
        reader.frame(&wire.capture.interfaces[frame.interface as usize], &frame);
    }
}

fn ended_by_reset(wire: &mut Wire, client: &str) {
    let mut talk = wire.handshake(at(client), at("203.0.113.80:80"), 1);
    talk.send(wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(wire, 1, RST_ACK, b"");
}

/// What is spoken over a connection is forgotten when it has ended, by FIN or by reset.
#[test]
fn twenty_thousand_short_connections_leave_no_stream() {
    let mut reader = Reader::new(Config { most_rows: 100, ..Config::default() });
    let (mut wire, mut frames) = (Wire::default(), 0);
    for number in 0..20_000 {
        let client = format!("10.0.{}.2:{}", number % 40, 1024 + number / 40);
        match number % 2 {
            0 => plain_http(&mut wire, at(&client), at("203.0.113.80:80"), 1),
            _ => ended_by_reset(&mut wire, &client),
        }
        read(&mut reader, &mut wire, &mut frames);
        if number % 500 == 0 {
            assert_eq!(reader.streams_followed(), 0, "after connection {number}");
        }
    }
    assert_eq!(reader.streams_followed(), 0);
    let mut open = wire.handshake(at("10.1.0.2:1024"), at("203.0.113.80:80"), 1);
    open.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    read(&mut reader, &mut wire, &mut frames);
    assert_eq!(reader.streams_followed(), 1, "one is open");
    let story = reader.finish(None, None);
    assert_eq!((story.rows.len(), story.conversations.len()), (100, 20_001));
    assert!(story.tally.is_complete(), "{:?}", story.tally);
    let kept: u64 = story.conversations.iter().map(|one| one.frames.iter().sum::<u64>() - one.not_kept).sum();
    assert_eq!(kept, 100, "each conversation knows how many of its frames have no row");
    let (http, others): (Vec<_>, Vec<_>) =
        story.conversations.iter().partition(|one| one.spoken.to_string() == "HTTP/1.1");
    assert_eq!((http.len(), others.len()), (20_001, 0), "recognised, though not followed");
}

/// Bytes that come after a reset belong to nobody, and are bytes.
#[test]
fn what_comes_after_a_reset_is_counted_and_not_followed() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 1);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, RST_ACK, b"");
    talk.send(&mut wire, 0, ACK, b"GET /again HTTP/1.1\r\nHost: a.test\r\n\r\n");
    let story = Story::of(&wire.capture, Config::default());
    let last = story.rows.last().expect("a row");
    assert!(last.says(|says| matches!(says, Says::Bytes(_, 37))), "{last:?}");
    assert_eq!(story.conversations[0].spoken.to_string(), "HTTP/1.1", "what it was is still known");
}

/// A download of which only the beginning is kept: the phases that ended in it, and no word about the others.
#[test]
fn a_budget_leaves_out_what_is_not_kept() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    wire.wait(30);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n");
    for _ in 0..20 {
        wire.wait(5);
        talk.send(&mut wire, 1, ACK, &[b'x'; 1000]);
    }
    talk.close(&mut wire, 10);
    let budget_of = |most_rows| {
        let story = Story::of(&wire.capture, Config { most_rows, ..Config::default() });
        let names: Vec<PhaseName> = story.budget().phases.iter().map(|phase| phase.name).collect();
        let drawn = views::budget(&story.budget(), &Style::default());
        let ladder = views::ladder(&story, &Style::default());
        (names, drawn, ladder)
    };
    let (names, drawn, ladder) = budget_of(28);
    assert_eq!(names, [PhaseName::Tcp, PhaseName::Wait, PhaseName::Transfer]);
    assert!(drawn.contains("last byte after 140.0 ms") && !ladder.contains("are drawn"), "{drawn}{ladder}");
    for (most_rows, wanted) in
        [(10, &[PhaseName::Tcp, PhaseName::Wait][..]), (4, &[PhaseName::Tcp]), (1, &[])]
    {
        let (names, drawn, ladder) = budget_of(most_rows);
        assert_eq!(names, wanted, "{most_rows} rows");
        assert!(!drawn.contains("did not end") && !drawn.contains("last byte"), "{drawn}");
        assert!(drawn.contains("only the first packets are kept"), "{drawn}");
        let packets = if most_rows == 1 { "packet are" } else { "packets are" };
        let said = format!("only the first {most_rows} {packets} drawn, {} more are counted", 28 - most_rows);
        assert!(ladder.contains(&said), "wanted {said:?} in:\n{ladder}");
    }
}

/// Few rows with many bytes have a limit too.
#[test]
fn what_rows_hold_is_bounded() {
    let mut wire = Wire::default();
    let mut talk = Talk::in_the_middle(at("10.0.0.2:50000"), at("203.0.113.80:5201"));
    for _ in 0..100 {
        talk.send(&mut wire, 0, ACK, &[0xff; 10_000]);
    }
    for (keep_parts, rows) in [(false, 100), (true, 10)] {
        let config = Config { keep_parts, most_bytes: 100_000, ..Config::default() };
        let story = Story::of(&wire.capture, config);
        assert_eq!(story.rows.len(), rows, "parts kept: {keep_parts}");
        assert_eq!(story.tally.without.contains_key(&Uncounted::TooMany), keep_parts);
        assert!(story.tally.is_complete(), "{:?}", story.tally);
    }
}

/// A name asked twice for two pages: each page has its own exchange. Asked once for two: the second did not wait for
/// it.
#[test]
fn each_page_has_the_names_that_it_waited_for() {
    let mut wire = Wire::default();
    let (client, server) = (at("10.0.0.2:50000"), at("203.0.113.80:80"));
    let answer = || Some(RData::A("203.0.113.80".parse().unwrap()));
    let ask = |wire: &mut Wire, port: u16, answer: Option<RData>| {
        wire.dns(at(&format!("10.0.0.2:{port}")), at("10.0.0.53:53"), "a.test", answer, 10);
    };
    ask(&mut wire, 40_000, None);
    ask(&mut wire, 40_001, answer());
    plain_http(&mut wire, client, server, 5);
    ask(&mut wire, 40_002, answer());
    plain_http(&mut wire, at("10.0.0.2:50001"), server, 5);
    plain_http(&mut wire, at("10.0.0.2:50002"), server, 5);
    ask(&mut wire, 40_003, answer());
    let story = Story::of(&wire.capture, Config::default());
    let names = |page: &barewire::story::Page| {
        page.dns.iter().map(|id| story.conversations[id.0].ends[0].port()).collect::<Vec<_>>()
    };
    let pages: Vec<Vec<u16>> = story.pages.iter().map(names).collect();
    assert_eq!(pages, [vec![40_000, 40_001], vec![40_002], vec![]]);
    let alone: Vec<_> = story.pages.iter().map(|page| barewire::story::Budget::of(&story, page)).collect();
    assert_eq!(story.budgets(), alone, "one by one, and all at once");
}

/// Days, millions of frames and offloaded segments need more columns than the usual ones: nothing is wider than the
/// page.
#[test]
fn long_numbers_fit_the_width() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    wire.wait(20 * 24 * 3_600_000);
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"xxx");
    let last = wire.capture.frames.last_mut().expect("a frame");
    (last.number, last.original_len) = (123_456_789, 1_234_567);
    // A length of 0 is what a network card was to fill in.
    last.bytes[2..4].fill(0);
    let story = Story::of(&wire.capture, Config::default());
    for (width, frames) in [(60, false), (60, true), (80, false), (80, true)] {
        let style = Style { width, frames, ..Style::default() };
        let ladder = views::ladder(&story, &style);
        assert!(ladder.contains("1728000010.0  ◀──") && ladder.contains("1,234,527\n"), "{ladder}");
        assert!(!frames || ladder.contains("\n123456789 1728000010.0"), "{ladder}");
        let budget = views::budget(&story.budget(), &style);
        assert!(budget.contains("wait    1728000000.0 ms"), "{budget}");
        for line in (ladder + &budget + &views::conversations(&story, &style)).lines() {
            assert!(barewire_dissect::columns(line) <= width, "{width} columns:\n{line}");
        }
    }
}
