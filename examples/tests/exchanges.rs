//! Exchanges of HTTP from captures that are broken at random: nothing panics, every figure stays in its bounds, and
//! what is kept is bounded.

#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Content, Story};
use barewire::views::{self, Style};
use barewire_packet::capture::Capture;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use wire::{ACK, Wire, assert_fits, at, captures, story};

fn keeping() -> Config {
    Config { keep_http: true, ..Config::default() }
}

/// A number below `most`.
fn below(rng: &mut ChaCha8Rng, most: usize) -> usize {
    (rng.next_u64() % most.max(1) as u64) as usize
}

/// Flips bits, loses frames, puts them elsewhere, cuts them.
fn damage(capture: &mut Capture, rng: &mut ChaCha8Rng) {
    for _ in 0..1 + below(rng, 8) {
        let frames = &mut capture.frames;
        let index = below(rng, frames.len());
        match below(rng, 5) {
            0 => drop(frames.remove(index)),
            1 => {
                let other = below(rng, frames.len());
                frames.swap(index, other);
            }
            2 => {
                let copy = frames[index].clone();
                frames.insert(index, copy);
            }
            3 => {
                let length = below(rng, frames[index].bytes.len());
                frames[index].bytes.truncate(length);
            }
            _ => {
                // Behind the headers, where HTTP stands.
                let bytes = &mut frames[index].bytes;
                let place = 54 + below(rng, bytes.len());
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 1 << below(rng, 8);
                }
            }
        }
        if frames.len() < 2 {
            return;
        }
    }
    capture.frames.iter_mut().zip(1..).for_each(|(frame, number)| frame.number = number);
}

fn assert_sound(content: &Content, what: &str) {
    assert!(content.kept.len() as u64 <= content.length, "{what}: {content:?}");
    let borders = &content.borders;
    for ruler in [&borders.chunks, &borders.records, &borders.segments].into_iter().flatten() {
        assert!(ruler.stretches.len() <= 4096, "{what}: {}", ruler.stretches.len());
        let mut before = 0;
        for one in &ruler.stretches {
            assert!(before <= one.from && one.from < one.until, "{what}: {one:?} after {before}");
            before = one.until;
        }
    }
}

#[test]
fn damaged_captures_are_drawn() {
    let files = captures();
    let http: Vec<_> = files.iter().filter(|path| path.to_string_lossy().contains("http1")).collect();
    let mut drawn = 0;
    for seed in 0..600_u64 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let path = http[below(&mut rng, http.len())];
        let mut capture = Capture::read(&std::fs::read(path).expect("a file")).expect("a capture");
        damage(&mut capture, &mut rng);
        let story = Story::of(&capture, keeping());
        let what = format!("seed {seed}, {}", path.display());
        for exchange in &story.exchanges {
            exchange.request.iter().for_each(|one| assert_sound(&one.content, &what));
            exchange.response.iter().for_each(|one| assert_sound(&one.content, &what));
        }
        let text = views::borders(&story, &Style::default());
        assert_fits(&text, 80);
        drawn += usize::from(!text.is_empty());
        let log = views::har(&story);
        for entry in log["log"]["entries"].as_array().expect("entries") {
            assert!(entry["time"].as_f64().is_some_and(|ms| ms >= 0.0), "{what}: {entry:#}");
        }
        views::heads(&story, &Style::default());
    }
    assert!(drawn > 200, "only {drawn} pictures");
}

/// Pipelined requests, and an answer to none: each answer goes to its request.
#[test]
fn answers_go_to_their_requests() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 1);
    let get = |path: &str| format!("GET /{path} HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk.send(&mut wire, 0, ACK, [get("1"), get("2"), get("3")].concat().as_bytes());
    let answer = |text: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{text}");
    let early = "HTTP/1.1 103 Early Hints\r\n\r\n";
    talk.send(&mut wire, 1, ACK, [&*answer("a"), early, &*answer("b")].concat().as_bytes());
    let capture = &wire.capture;
    let told: Vec<_> = Story::of(capture, keeping())
        .exchanges
        .iter()
        .map(|one| {
            let target = one.request.as_ref().map(|request| request.head.target.clone());
            let kept = one.response.as_ref().map(|response| response.content.kept.clone());
            (target, one.interim.len(), kept)
        })
        .collect();
    let target = |text: &str| Some(text.to_owned());
    let wanted = [
        (target("/1"), 0, Some(b"a".to_vec())),
        (target("/2"), 1, Some(b"b".to_vec())),
        (target("/3"), 0, None),
    ];
    assert_eq!(told, wanted);
    assert_eq!(story(&wire).exchanges, [], "they are kept where they are asked for");
}

/// 30,000 requests with long heads: what is kept has a bound.
#[test]
fn exchanges_are_bounded() {
    let mut wire = Wire::default();
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 1);
    let long = format!("GET / HTTP/1.1\r\nHost: a.test\r\nX: {}\r\n\r\n", "x".repeat(8000));
    let short = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(100);
    for _ in 0..2500 {
        talk.send(&mut wire, 0, ACK, long.as_bytes());
    }
    for _ in 0..200 {
        talk.send(&mut wire, 0, ACK, short.as_bytes());
    }
    let story = Story::of(&wire.capture, keeping());
    let heads: u64 =
        story.exchanges.iter().filter_map(|one| one.request.as_ref()).map(|one| one.head_bytes).sum();
    assert!((16 << 20) - 10_000 < heads && heads <= 16 << 20, "{heads} bytes of heads");
    assert!(story.exchanges.len() <= 10_000, "{}", story.exchanges.len());
}
