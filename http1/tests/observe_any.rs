//! The observer on anything: however the bytes are cut, the same is seen; and whatever comes, nothing panics and the
//! memory is bounded.

mod damage;
mod seen;

use barewire_http1::observe::{Observer, Seen, What};
use damage::{damage, damaged};
use proptest::prelude::*;
use seen::{Direction, ToClient, ToServer};

/// Requests and their responses: each framing, 1xx, pipelining, an upgrade at the end.
const EXCHANGES: [(&str, &str); 10] = [
    (
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    ),
    ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
    (
        "\r\nGET /c HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb;x=\"y\"\r\nhello world\r\n1\r\n\n\r\n0\r\nA: b\r\n\r\n",
    ),
    (
        "PUT /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nGET",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
    ),
    (
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 204\r\n\r\n",
    ),
    (
        "GET /n HTTP/1.1\r\nIf-None-Match: \"a\"\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ),
    (
        "PROPFIND /dav HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 2\r\n\r\n\r\n",
    ),
    (
        "TARGET /t HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\nFolded: a\r\n b\r\nContent-Length: 1\r\n\r\nx",
    ),
    ("GET /close HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nstill the same body"),
    (
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x01\x02frames",
    ),
];

/// Both directions, in pieces as the sizes say.
fn observe(to_server: &[u8], to_client: &[u8], sizes: &[usize]) -> Vec<Seen> {
    let mut observer = Observer::new();
    let mut seen = Vec::new();
    for (direction, bytes) in [(ToServer, to_server), (ToClient, to_client)] {
        let mut offset = 0;
        let mut sizes = sizes.iter().cycle();
        while offset < bytes.len() {
            let end = bytes.len().min(offset + sizes.next().unwrap());
            seen.extend(observer.receive(direction, offset as u64, &bytes[offset..end]));
            assert!(observer.memory() <= 2 * (64 << 10) + 4 * end, "{} bytes of memory", observer.memory());
            offset = end;
        }
        seen.extend(observer.eof(direction));
    }
    merged(seen)
}

/// Pieces of content that follow each other become one, because where they are cut is the only thing that may differ.
fn merged(seen: Vec<Seen>) -> Vec<Seen> {
    let mut merged: Vec<Seen> = Vec::new();
    for one in seen {
        match (merged.last_mut(), &one.what) {
            (
                Some(Seen { what: What::Body { length, so_far }, range, .. }),
                What::Body { length: more, so_far: now },
            ) if range.end == one.range.start => {
                (*length, *so_far, range.end) = (*length + more, *now, one.range.end);
            }
            (
                Some(Seen { what: What::TunnelBytes { length }, range, .. }),
                What::TunnelBytes { length: more },
            ) if range.end == one.range.start => {
                (*length, range.end) = (*length + more, one.range.end);
            }
            _ => merged.push(one),
        }
    }
    merged
}

/// What was seen in a direction before the place was lost, and why it was lost.
fn before_lost(seen: &[Seen], direction: Direction) -> Vec<String> {
    let mut lines = Vec::new();
    for one in seen.iter().filter(|one| one.direction == direction) {
        lines.push(one.what.to_string());
        if matches!(one.what, What::Lost(_)) {
            break;
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_is_seen_however_it_is_cut(
        exchanges in prop::collection::vec(0..8usize, 0..6),
        last in 0..10usize,
        sizes in prop::collection::vec(1usize..40, 1..6),
    ) {
        let all = || exchanges.iter().chain([&last]);
        let to_server: String = all().map(|&number| EXCHANGES[number].0).collect();
        let to_client: String = all().map(|&number| EXCHANGES[number].1).collect();
        let whole = observe(to_server.as_bytes(), to_client.as_bytes(), &[usize::MAX >> 1]);
        let lost = whole.iter().any(|one| matches!(one.what, What::Lost(_) | What::Skipped { .. }));
        prop_assert!(!lost, "{:?}", whole);
        prop_assert_eq!(observe(to_server.as_bytes(), to_client.as_bytes(), &sizes), whole);
    }

    /// A broken message is refused at the same byte for the same reason. What is found after it depends on the cuts,
    /// because the observer looks for a head only where a piece begins.
    #[test]
    fn the_place_is_lost_at_the_same_byte(
        exchange in 0..10usize,
        next in 0..10usize,
        asked in damage(),
        answered in damage(),
        sizes in prop::collection::vec(1usize..40, 1..6),
    ) {
        let to_server = damaged([EXCHANGES[exchange].0, EXCHANGES[next].0].concat().into_bytes(), &asked);
        let to_client = damaged([EXCHANGES[exchange].1, EXCHANGES[next].1].concat().into_bytes(), &answered);
        let whole = observe(&to_server, &to_client, &[usize::MAX >> 1]);
        let cut = observe(&to_server, &to_client, &sizes);
        prop_assert_eq!(before_lost(&cut, ToServer), before_lost(&whole, ToServer));
        // Which request a response answers depends on what was found among the requests.
        if !whole.iter().chain(&cut).any(|one| one.direction == ToServer && matches!(one.what, What::Lost(_))) {
            prop_assert_eq!(before_lost(&cut, ToClient), before_lost(&whole, ToClient));
        }
    }

    /// Pieces that overlap, leave gaps, and come from anywhere in the stream.
    #[test]
    fn whatever_comes(
        pieces in prop::collection::vec((any::<bool>(), 0..10usize, 0usize..60, 0usize..60, -20i64..40), 0..40),
        start in prop_oneof![Just(0u64), any::<u64>()],
    ) {
        let mut observer = Observer::new();
        let mut next = [start; 2];
        for (to_server, exchange, from, length, jump) in pieces {
            let (direction, text) = match to_server {
                true => (ToServer, EXCHANGES[exchange].0),
                false => (ToClient, EXCHANGES[exchange].1),
            };
            let from = from.min(text.len());
            let bytes = &text.as_bytes()[from..text.len().min(from + length)];
            let at = next[direction.index()].saturating_add_signed(jump);
            for one in observer.receive(direction, at, bytes) {
                prop_assert!(one.range.start <= one.range.end, "{:?}", one);
            }
            next[direction.index()] = at.saturating_add(bytes.len() as u64);
            let _ = observer.states().map(|state| state.to_string());
            prop_assert!(observer.memory() < 10_000, "{} bytes of memory", observer.memory());
        }
        observer.eof(ToServer);
        observer.eof(ToClient);
    }
}

/// Each place in a message at which a peer can go on for ever. What is held stays below the limit of a head.
#[test]
fn memory_is_bounded_where_a_peer_does_not_stop() {
    let endless: [(Direction, &[u8], &[u8]); 9] = [
        (ToServer, b"GET /", b"target"),
        (ToServer, b"", b"word "),
        (ToServer, b"", b"\r\n"),
        (ToServer, b"GET / HTTP/1.1\r\n", b"Name: value\r\n"),
        (ToServer, b"GET / HTTP/1.1\r\nName: ", b"value"),
        (ToClient, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", b";a=b"),
        (ToClient, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"Name: value\r\n"),
        (ToClient, b"HTTP/1.1 200 OK\r\n\r\n", b"content"),
        (ToClient, b"not a response, and then nothing else: ", b"HTTP"),
    ];
    for (direction, start, more) in endless {
        let mut observer = Observer::new();
        let mut offset = 0;
        let mut most = 0;
        while offset < 1 << 20 {
            let piece = if offset == 0 && !start.is_empty() { start.to_vec() } else { more.repeat(100) };
            observer.receive(direction, offset, &piece);
            offset += piece.len() as u64;
            most = most.max(observer.memory());
        }
        assert!(most <= 2 * (64 << 10), "{most} bytes of memory after {:?}", String::from_utf8_lossy(start));
    }
}
