//! Where chunks, TLS records and TCP segments begin and end in a body. What is wanted of captures are the numbers that
//! tshark 4.0.17 gives for them.

mod common;
#[path = "common/wire.rs"]
mod wire;

use barewire::story::{Config, Content, Ruler, Story};
use barewire::views::{self, Style};
use barewire_packet::capture::Capture;
use common::barewire;
use wire::{ACK, Talk, Wire, assert_fits, at, captures};

fn keeping() -> Config {
    Config { keep_http: true, ..Config::default() }
}

fn captured(file: &str) -> Story {
    let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Story::of(&Capture::read(&bytes).unwrap_or_else(|error| panic!("{path}: {error}")), keeping())
}

/// The content of the answer to this target.
fn answer<'a>(story: &'a Story, target: &str) -> &'a Content {
    let asked = |one: &&barewire::story::HttpExchange| {
        one.request.as_ref().is_some_and(|request| request.head.target == target)
    };
    let exchange = story.exchanges.iter().find(asked).unwrap_or_else(|| panic!("no {target}"));
    &exchange.response.as_ref().expect("an answer").content
}

/// Each stretch: where it begins, where it ends, its name.
fn stretches(ruler: &Option<Ruler>) -> Vec<(u64, u64, u64)> {
    let ruler = ruler.as_ref().expect("a ruler");
    ruler.stretches.iter().map(|one| (one.from, one.until, one.name)).collect()
}

/// `tshark -Y http.chunk_size -T fields -e http.chunk_size -e tcp.segment`: 7,7,7,7,0 in frames 16,18,20,22,24,26. The
/// head is in frame 16, and the last chunk in frame 26.
#[test]
fn chunks_and_segments_are_those_of_tshark() {
    let story = captured("http1/tests/captures/chunked.pcapng");
    let content = answer(&story, "/stream");
    let of = |names: [u64; 4]| -> Vec<_> { (0..4).map(|n| (7 * n, 7 * n + 7, names[n as usize])).collect() };
    assert_eq!(stretches(&content.borders.chunks), of([7; 4]));
    assert_eq!(stretches(&content.borders.segments), of([18, 20, 22, 24]));
    assert_eq!(
        (content.borders.records.as_ref(), content.length, content.on_the_wire),
        (None, 28, 4 * 12 + 5)
    );
    let text = views::borders(&story, &Style::default());
    let wanted = "    GET /stream: 200 OK, 28 bytes in 4 chunks, 4 segments\n";
    let falls = "    3 borders between chunks: 3 fall on a TCP segment border\n";
    assert!(text.contains(wanted) && text.contains(falls), "{text}");
}

/// `-e tcp.len -e tls.record.length`: one record of 15259 bytes after its header, in segments of 1448 bytes, the last
/// of 784. The head of the response is 242 bytes.
#[test]
fn segments_are_placed_inside_a_record() {
    let story = captured("tls13/tests/captures/transfer.pcapng");
    let content = answer(&story, "/lines.txt");
    assert_eq!(stretches(&content.borders.records), [(0, 15_000, 15_259 - 17)]);
    let frames = [12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23];
    let place = |index: u64| (1448 * index).saturating_sub(5 + 242).min(15_000);
    let wanted: Vec<_> =
        (0..).zip(frames).map(|(index, frame)| (place(index), place(index + 1), frame)).collect();
    assert_eq!(stretches(&content.borders.segments), wanted);
    let segments = content.borders.segments.as_ref().expect("segments");
    let edges: Vec<_> = segments.stretches.iter().map(|one| (one.begins, one.ends)).collect();
    assert_eq!((edges[0], edges[1]), ((false, true), (true, true)), "the first one began in the head");
    assert_eq!(edges.last(), Some(&(true, true)), "the tag of the record is the end of its content");
}

fn get(wire: &mut Wire) -> Talk {
    let mut talk = wire.handshake(at("10.0.0.2:50000"), at("203.0.113.80:80"), 1);
    talk.send(wire, 0, ACK, b"GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n");
    talk
}

/// The answer with this body, in segments of `size` bytes.
fn in_segments(wire: &mut Wire, talk: &mut Talk, body: &[u8], size: usize) {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for piece in [head, body.to_vec()].concat().chunks(size) {
        talk.send(wire, 1, ACK, piece);
    }
}

/// A border may fall into the size of a chunk: it is drawn before the content that follows.
#[test]
fn any_cut_gives_the_same_chunks_and_all_of_the_content() {
    let body = b"5;a=b\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\nX: y\r\n\r\n";
    for size in 1..=body.len() {
        let mut wire = Wire::default();
        let mut talk = get(&mut wire);
        in_segments(&mut wire, &mut talk, body, size);
        let story = Story::of(&wire.capture, keeping());
        let content = answer(&story, "/a");
        assert_eq!(stretches(&content.borders.chunks), [(0, 5, 5), (5, 6, 1), (6, 12, 6)], "size {size}");
        assert_eq!(
            (content.kept.as_slice(), content.trailers.get("X").as_deref()),
            (&b"hello world!"[..], Some("y"))
        );
        let segments = stretches(&content.borders.segments);
        let joined = segments.windows(2).all(|two| two[0].1 == two[1].0);
        assert!(
            joined && segments[0].0 == 0 && segments.last().unwrap().1 == 12,
            "size {size}: {segments:?}"
        );
        assert!(segments.windows(2).all(|two| two[0].2 < two[1].2), "frames go up: {segments:?}");
    }
}

/// A million bytes in chunks of one byte each: what is kept has a bound, and the picture too.
#[test]
fn what_is_kept_and_drawn_is_bounded() {
    let body = [b"1\r\nx\r\n".repeat(100_000), b"0\r\n\r\n".to_vec()].concat();
    let mut wire = Wire::default();
    let mut talk = get(&mut wire);
    in_segments(&mut wire, &mut talk, &body, 1000);
    let story = Story::of(&wire.capture, keeping());
    let content = answer(&story, "/a");
    let chunks = content.borders.chunks.as_ref().expect("chunks");
    assert_eq!((chunks.stretches.len(), chunks.more, content.length), (4096, true, 100_000));
    let text = views::borders(&story, &Style::default());
    assert!(text.contains("100,000 bytes in more than 4,096 chunks"), "{text}");
    assert!(text.contains("the first 4,095 borders between chunks: 24 fall on a TCP"), "{text}");
    assert!(text.contains("… 34,464 bytes more, whose borders are not kept\n"), "{text}");
    assert!(text.lines().count() < 20, "{text}");
}

/// Bytes that the capture misses: the place of later chunks is not known, and nobody guesses.
#[test]
fn a_gap_ends_the_ruler() {
    let mut wire = Wire::default();
    let mut talk = get(&mut wire);
    talk.send(
        &mut wire,
        1,
        ACK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n9\r\nwho ",
    );
    drop(talk.packet(1, ACK, b"kno"));
    talk.send(&mut wire, 1, ACK, b"ws\r\n1\r\n!\r\n0\r\n\r\n");
    for _ in 0..2 {
        talk.send(&mut wire, 0, ACK, b"");
        wire.wait(30);
    }
    let story = Story::of(&wire.capture, keeping());
    let content = answer(&story, "/a");
    let chunks = content.borders.chunks.as_ref().expect("chunks");
    assert!(chunks.more, "{chunks:?}");
    assert_eq!(stretches(&content.borders.chunks), [(0, 3, 3), (3, 7, 4)]);
    assert_eq!((content.length, content.missing, content.kept.as_slice()), (13, 3, &b"abcwho "[..]));
}

/// The capture ends in the middle of a chunk: what has come is drawn.
#[test]
fn a_body_without_an_end_has_its_borders() {
    let mut wire = Wire::default();
    let mut talk = get(&mut wire);
    in_segments(&mut wire, &mut talk, b"5\r\nhello\r\n9\r\nwor", 54);
    let story = Story::of(&wire.capture, keeping());
    let content = answer(&story, "/a");
    assert_eq!(stretches(&content.borders.chunks), [(0, 5, 5), (5, 8, 3)]);
    assert_eq!(stretches(&content.borders.segments), [(0, 4, 5), (4, 8, 6)]);
    let text = views::borders(&story, &Style::default());
    assert!(text.contains("8 bytes in 2 chunks, 2 segments; its end was not seen\n"), "{text}");
}

/// The numbers are words of a sentence that a reader of any layer can read.
#[test]
fn a_line_says_which_borders_fall_together() {
    let body = b"5\r\nhello\r\n1\r\n \r\n6\r\nworld!\r\n0\r\n\r\n";
    for (size, wanted) in [
        (47 + 5, "    2 borders between chunks: 0 fall on a TCP segment border\n"),
        (47 + 10, "    2 borders between chunks: 1 falls on a TCP segment border\n"),
    ] {
        let mut wire = Wire::default();
        let mut talk = get(&mut wire);
        in_segments(&mut wire, &mut talk, body, size);
        let text = views::borders(&Story::of(&wire.capture, keeping()), &Style::default());
        assert!(text.contains(wanted), "wanted {wanted:?}, got\n{text}");
    }
    let text = barewire(&["fetch", "-v", "https://www.example.test/chunked"]).succeeds().stdout;
    let wanted = "    4 borders between chunks: 4 fall on a TLS record border, 4 on a TCP segment
      border
    4 borders between TLS records: 4 fall on a TCP segment border
";
    assert!(text.contains(wanted), "wanted {wanted:?}, got\n{text}");
}

/// A redirect to another port of the same host: the titles say which answer is whose.
#[test]
fn answers_of_two_origins_are_told_apart() {
    let mut wire = Wire::default();
    for (port, answer) in [(8080, "302 Found"), (80, "200 OK")] {
        let mut talk = wire.handshake(
            at(&format!("10.0.0.2:{}", 50_000 + port)),
            at(&format!("203.0.113.80:{port}")),
            1,
        );
        let host = if port == 80 { "a.test".to_owned() } else { format!("a.test:{port}") };
        talk.send(&mut wire, 0, ACK, format!("GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes());
        talk.send(&mut wire, 1, ACK, format!("HTTP/1.1 {answer}\r\nContent-Length: 2\r\n\r\nhi").as_bytes());
    }
    let text = views::borders(&Story::of(&wire.capture, keeping()), &Style::default());
    for wanted in
        ["    GET http://a.test:8080/a: 302 Found, 2 bytes", "    GET http://a.test/a: 200 OK, 2 bytes"]
    {
        assert!(text.contains(wanted), "wanted {wanted:?}, got\n{text}");
    }
}

/// In every capture: the stretches of each ruler are in order, do not overlap and stay in the content; the picture
/// fits.
#[test]
fn every_capture_is_drawn_within_the_page() {
    let mut drawn = 0;
    for path in captures() {
        let capture = Capture::read(&std::fs::read(&path).expect("a file")).expect("a capture");
        let story = Story::of(&capture, keeping());
        for exchange in &story.exchanges {
            let Some(content) = exchange.response.as_ref().map(|one| &one.content) else { continue };
            let borders = &content.borders;
            for ruler in [&borders.chunks, &borders.records, &borders.segments].into_iter().flatten() {
                let mut at = 0;
                for one in &ruler.stretches {
                    assert!(at <= one.from && one.from < one.until, "{}: {one:?} after {at}", path.display());
                    at = one.until;
                }
                assert!(at <= content.length, "{}: {at} of {}", path.display(), content.length);
            }
        }
        for width in [60, 80, 133] {
            let text = views::borders(&story, &Style { width, ..Style::default() });
            assert_fits(&text, width);
            drawn += usize::from(!text.is_empty());
        }
    }
    assert!(drawn > 30, "only {drawn} pictures");
}

#[test]
fn fetch_and_read_draw_the_same() {
    let folder = common::TempFolder::new();
    let file = folder.file("t.pcapng");
    let url = "https://www.example.test/chunked";
    let fetched = barewire(&["fetch", "-v", "--pcapng", &file, url]).succeeds().stdout;
    let picture = |text: &str| {
        let begin = text.find("  the borders in the content\n").expect("a picture");
        text[begin..].split("\n\n").next().unwrap_or_default().trim_end().to_owned()
    };
    assert!(
        picture(&fetched).contains("GET /chunked: 200 OK, 220 bytes in 5 chunks, 5 records"),
        "{fetched}"
    );
    for flag in ["--borders", "-v"] {
        let read = barewire(&["read", flag, &file]).succeeds().stdout;
        assert_eq!(picture(&read), picture(&fetched), "{flag}");
    }
    assert!(
        !barewire(&["read", &file]).succeeds().stdout.contains("the borders"),
        "only where it is asked for"
    );
}
