//! What a ladder that is too long leaves out, and what it never does.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Story};
use barewire::views::{self, Style};
use barewire_packet::capture::{Origin, linktype};
use wire::{ACK, Wire, at};

/// A download in which every tenth segment is lost, and sent again later.
fn download_with_losses(losses: usize) -> Wire {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 10);
    talk.send(&mut wire, 0, ACK, b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 1, ACK, b"HTTP/1.1 200 OK\r\n\r\n");
    for _ in 0..losses {
        let lost = talk.packet(1, ACK, &[b'x'; 100]);
        wire.frame(linktype::RAW, Origin::Lost, &lost);
        for _ in 0..9 {
            talk.send(&mut wire, 1, ACK, &[b'x'; 100]);
        }
        wire.wait(300);
        wire.packet(&lost);
    }
    wire
}

/// Each loss and each repair is drawn, though the ladder is short; of very many the first.
#[test]
fn losses_are_not_folded() {
    let style = Style { lines: 12, ..Style::default() };
    let drawn = |losses| {
        let story = Story::of(&download_with_losses(losses).capture, Config::default());
        let text = views::ladder(&story, &style);
        (text.matches(" ╳─").count(), text.matches("↳ [retransmission").count(), text)
    };
    let (lost, again, text) = drawn(4);
    assert_eq!((lost, again), (4, 4), "{text}");
    assert!(text.lines().count() < 40 && text.contains('⋮'), "{text}");
    let (lost, again, text) = drawn(200);
    assert_eq!(lost + again, 10, "{text}");
    assert!(text.lines().count() < 50, "{text}");
}
