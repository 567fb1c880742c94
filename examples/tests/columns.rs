//! What takes room in the views: many hosts, several connections, long sentences, wide characters.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Selection, Story, Transport};
use barewire::views::{self, Style};
use barewire_dissect::columns;
use barewire_dns::RData;
use barewire_packet::capture::Capture;
use barewire_packet::udp;
use wire::{ACK, SYN, SYN_ACK, Talk, Wire, assert_fits, at, ladder, story};

/// Seven hosts: at 80 columns not all of them have a column, and nothing is drawn as if it came from somebody else.
#[test]
fn hosts_without_a_column_share_one() {
    let mut wire = Wire::default();
    for host in 2..9 {
        wire.packet(&udp::ip_packet(at(&format!("10.0.0.{host}:123")), at("10.0.0.1:123"), b"time?"));
    }
    wire.packet(&udp::ip_packet(at("10.0.0.7:9"), at("10.0.0.8:9"), b"between two of the others"));
    for width in [60, 80, 120] {
        for frames in [false, true] {
            let text = ladder(&wire, Style { width, frames, ..Style::default() });
            assert_fits(&text, width);
            assert!(text.lines().any(|line| line.ends_with("  others")), "{text}");
            let last =
                text.lines().rfind(|line| line.contains("UDP") && line.contains('○')).unwrap_or_default();
            assert!(last.contains('○') && !last.contains('▶') && !last.contains('◀'), "{text}");
        }
    }
}

/// Two connections between the same two hosts, at the same time: each row says of which it is. One connection needs no
/// number, nor does the one that was chosen, nor two to different servers.
#[test]
fn connections_between_the_same_hosts_are_told_apart() {
    for (servers, frames, numbered) in [
        (["203.0.113.80:80", "203.0.113.80:80"], false, true),
        (["203.0.113.80:80", "203.0.113.80:80"], true, true),
        (["203.0.113.80:80", "203.0.113.81:80"], false, false),
    ] {
        let mut wire = Wire::default();
        let address = RData::A("203.0.113.80".parse().unwrap());
        wire.dns(at("10.0.0.2:40000"), at("10.0.0.53:53"), "a.test", Some(address), 10);
        let mut talks = [0, 1].map(|which| {
            Talk::in_the_middle(at(&format!("10.0.0.2:{}", 50_000 + which)), at(servers[which]))
        });
        for (who, flags) in [(0, SYN), (1, SYN_ACK), (0, ACK)] {
            talks.iter_mut().for_each(|talk| talk.send(&mut wire, who, flags, b""));
        }
        let text = ladder(&wire, Style { frames, ..Style::default() });
        assert_fits(&text, 80);
        assert_eq!(text.contains("ms tcp  "), numbered, "{text}");
        if numbered {
            let numbers: Vec<&str> = text
                .lines()
                .filter(|line| line.contains("TCP"))
                .map(|line| line.split_whitespace().nth(1 + usize::from(frames)).unwrap_or_default())
                .collect();
            assert_eq!(numbers, ["0", "1", "0", "1", "0", "1"], "{text}");
            assert!(text.contains("SYN ACK seq 0 ack 1 win 64240"), "{text}");
        }
        let one = Selection { streams: vec![(Transport::Tcp, 1)], ..Selection::default() };
        let story = Story::of(&wire.capture, Config { selection: one, ..Config::default() });
        let text = views::ladder(&story, &Style { frames, ..Style::default() });
        assert!(!text.contains("ms tcp  ") && text.contains("──▶ server   "), "{text}");
    }
}

/// Two hosts that share a column talk to each other: no arrow shows the way, so the row says it.
#[test]
fn rows_between_hosts_without_a_column_name_their_ends() {
    let mut wire = Wire::default();
    for host in 2..9 {
        wire.packet(&udp::ip_packet(at(&format!("10.0.0.{host}:123")), at("10.0.0.1:123"), b"time?"));
    }
    wire.packet(&udp::ip_packet(at("10.0.0.7:9"), at("10.0.0.8:9"), b"there"));
    wire.packet(&udp::ip_packet(at("10.0.0.8:9"), at("10.0.0.7:9"), b"and back"));
    for width in [60, 80, 100] {
        let text = ladder(&wire, Style { width, ..Style::default() });
        assert_fits(&text, width);
        assert!(text.contains("host 7 → host 8:") && text.contains("host 8 → host 7:"), "{text}");
    }
    let text = ladder(&wire, Style::default());
    let key: Vec<&str> = text.lines().take_while(|line| !line.contains("ms")).map(str::trim).collect();
    assert!(
        key.join(" ").ends_with("host 7 = 10.0.0.7, host 8 = 10.0.0.8, others: choose with --host"),
        "{text}"
    );
    // The other rows have an arrow.
    assert_eq!(text.matches('→').count(), text.matches('○').count(), "{text}");
}

/// Chinese characters take two columns each, in all views; and the number of bytes stands where it always does.
#[test]
fn wide_characters_fit() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    let long = "日本語".repeat(30);
    let head = format!("HTTP/1.1 200 日本\r\nContent-Type: text/{long}\r\nContent-Length: 270\r\n\r\n{long}");
    talk.send(&mut wire, 1, ACK, head.as_bytes());
    let config = Config { keep_parts: true, keep_plain: true, ..Config::default() };
    let story = Story::of(&wire.capture, config);
    for width in [60, 80] {
        let style = Style { width, ..Style::default() };
        let text = views::ladder(&story, &style);
        assert_fits(&text, width);
        let row = text.lines().find(|line| line.contains("200 日本")).unwrap_or_default();
        assert_eq!(columns(row), width, "{text}");
        let bytes: String = story.rows.iter().map(|row| views::sections(&row.sections(), &style)).collect();
        for text in [views::heads(&story, &style), views::facts(&story, &style), bytes] {
            assert!(text.contains("日本"), "{text}");
            assert_fits(&text, width);
        }
        let followed = views::follow(&story, &style);
        assert_fits(&followed, width);
        let letters = followed.chars().filter(|c| columns(&c.to_string()) == 2).count();
        assert_eq!(letters, 2 + 90 + 90, "nothing is lost\n{followed}");
    }
}

/// Two addresses of 39 characters: each has its line, and no line is blank.
#[test]
fn long_addresses_fit_in_the_table() {
    let ends =
        ["[2001:db8:abcd:abcd:abcd:abcd:abcd:abcd]:50000", "[2001:db8:efcd:efcd:efcd:efcd:efcd:efcd]:50001"];
    let mut wire = Wire::default();
    wire.packet(&udp::ip_packet(at(ends[0]), at(ends[1]), b"x"));
    for port in ["50000", "50002"] {
        let client = ends[0].replace("50000", port);
        wire::plain_http(&mut wire, at(&client), at(ends[1]), 10);
    }
    let story = story(&wire);
    for width in [60, 80, 120, 160] {
        let style = Style { width, ..Style::default() };
        let table = views::conversations(&story, &style);
        let pages = story.pages.iter().map(|page| views::page_name(&story, page, &style)).collect::<String>();
        for text in [&table, &pages] {
            assert_fits(text, width);
            assert!(text.lines().all(|line| !line.trim().is_empty() && line == line.trim_end()), "{text:?}");
            assert!(ends.iter().all(|end| text.contains(end)), "{text}");
        }
    }
}

/// What is wrong is said to its end, in as many lines as it takes.
#[test]
fn long_sentences_are_broken_and_not_cut() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\nHost: a.test\n\n");
    for width in [60, 80] {
        let text = ladder(&wire, Style { width, ..Style::default() });
        assert_fits(&text, width);
        let lines = text.lines().filter(|line| line.contains("HTTP"));
        // After the layer's name, and before the arrow to the server.
        let said = lines.filter_map(|line| line.split("HTTP ").nth(1)?.split("──▶").next()).map(str::trim);
        let said = said.collect::<Vec<_>>().join(" ");
        let wanted = story(&wire).rows[3].messages[0].to_string();
        assert_eq!(said, wanted, "{text}");
        assert!(wanted.contains("RFC 9112"), "{wanted}");
    }
}

#[test]
fn the_legend_is_not_cut() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tcp/tests/captures/offloads.pcapng");
    let capture = Capture::read(&std::fs::read(path).unwrap()).unwrap();
    let story = Story::of(&capture, Config::default());
    for width in [60, 80] {
        let text = views::ladder(&story, &Style { width, ..Style::default() });
        assert!(text.ends_with("which\n"), "{text}");
        assert_fits(&text, width);
    }
}
