//! Every link type: a name and a page over both versions of IP are the same conversation in whatever frames they come.

#[path = "common/wire.rs"]
mod wire;

use std::collections::BTreeSet;

use barewire::story::{Config, Story};
use barewire::views::{self, Style};
use barewire_packet::build::{FRAMINGS, Framing};
use barewire_packet::capture::{Origin, linktype};
use wire::{Wire, at, name_and_page};

/// A name and a page, in frames of this kind.
fn story(framing: &Framing, v6: bool) -> Option<Story> {
    let host = |v4, six| if v6 { six } else { v4 };
    let client = host("10.0.0.2", "[2001:db8::2]");
    let ports = [40_000, 50_000].map(|port| at(&format!("{client}:{port}")));
    let resolver = at(host("10.0.0.53:53", "[2001:db8::53]:53"));
    let mut bare = Wire::default();
    name_and_page(&mut bare, ports, resolver, at(host("203.0.113.80:80", "[2001:db8::80]:80")));
    if !framing.carries(&bare.capture.frames[0].bytes) {
        return None;
    }
    let mut wire = Wire::default();
    for frame in &bare.capture.frames {
        wire.frame(framing.link_type, Origin::Seen, &framing.frame(&frame.bytes)).time = frame.time;
    }
    Some(Story::of(&wire.capture, Config::default()))
}

/// Everything that a reader sees of it, but for how long the frames were.
fn told(story: &Story) -> String {
    let style = Style { frames: true, ..Style::default() };
    let budgets: String = story.budgets().iter().map(|budget| views::budget(budget, &style)).collect();
    [views::ladder(story, &style), budgets, views::facts(story, &style), views::heads(story, &style)].concat()
}

#[test]
fn every_link_type_tells_the_same_story() {
    let raw = FRAMINGS.iter().find(|framing| framing.link_type == linktype::RAW).expect("raw IP");
    for v6 in [false, true] {
        let wanted = told(&story(raw, v6).expect("both versions"));
        for part in ["a.test", "SYN ACK", "GET / HTTP/1.1", "200 OK", "FIN ACK", "3 round trips"] {
            assert!(wanted.contains(part), "{part} is missing:\n{wanted}");
        }
        for framing in &FRAMINGS {
            let Some(story) = story(framing, v6) else { continue };
            assert_eq!(story.tally.rows, 10, "{}: {:?}", framing.name, story.tally);
            assert_eq!(told(&story), wanted, "{}", framing.name);
        }
    }
}

/// The link types that the project promises to read each have a builder.
#[test]
fn every_promised_link_type_is_built() {
    use linktype::*;
    let promised = [
        ETHERNET,
        LINUX_SLL,
        LINUX_SLL2,
        NULL,
        LOOP,
        RAW,
        RAW_12,
        RAW_14,
        IPV4,
        IPV6,
        PPP,
        PPP_HDLC,
        PPP_ETHER,
        C_HDLC,
        FRELAY,
        IEEE802_11,
        IEEE802_11_RADIOTAP,
        NFLOG,
        SLIP,
    ];
    let built: BTreeSet<u16> = FRAMINGS.iter().map(|framing| framing.link_type).collect();
    for link_type in promised {
        assert!(built.contains(&link_type), "link type {link_type}");
    }
}
