//! Broken and hostile bytes: whatever comes, nothing panics, nothing loops, and both readers of a body agree.

use std::time::Instant;

use barewire_http1::observe::{Direction, Observer};
use barewire_http1::{Body, Config, Request, Response, Role, client, dissect, server};
use proptest::prelude::*;

const SEEDS: [&[u8]; 6] = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nFolded: a\r\n b\r\n\r\nbody",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\ntunnel",
];

/// Changes to a seed: replace, insert, remove, double.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (
        0usize..4,
        any::<prop::sample::Index>(),
        prop_oneof![any::<u8>(), prop::sample::select(b"\r\n\0 :;,\"0fF=\t\\".to_vec()),],
    );
    (0..SEEDS.len(), prop::collection::vec(change, 0..6)).prop_map(|(seed, changes)| {
        let mut bytes = SEEDS[seed].to_vec();
        for (way, place, byte) in changes {
            let at = place.index(bytes.len().max(1));
            match way {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.extend_from_within(at.min(bytes.len())..),
            }
        }
        bytes
    })
}

/// All that a client core says of `bytes`, given in pieces of `size`: content, error, and bytes that answer nothing.
fn as_client(bytes: &[u8], size: usize) -> (Vec<u8>, Option<String>, Option<String>) {
    let now = Instant::now();
    let mut connection = client::Connection::new(Config::default());
    let request = Request::get("a", "/").with("Upgrade", "x").with("Connection", "upgrade");
    connection.request(&request, Body::None).unwrap();
    let mut content = Vec::new();
    let mut buffer = [0; 1000];
    let (mut result, mut unasked) = (Ok(()), None);
    for piece in bytes.chunks(size) {
        result = connection.receive(now, piece).map(drop);
        while let Some(event) = connection.event() {
            match event {
                client::Event::Data => {
                    let length = connection.read(&mut buffer);
                    content.extend_from_slice(&buffer[..length]);
                }
                client::Event::Unasked(refused) => unasked = Some(refused.to_string()),
                _ => {}
            }
        }
        if result.is_err() {
            break;
        }
    }
    let result = result.and_then(|()| connection.receive_eof(now));
    (content, result.err().map(|error| error.to_string()), unasked)
}

fn as_server(bytes: &[u8], size: usize) -> (usize, Vec<u8>, Option<String>) {
    let now = Instant::now();
    let mut connection = server::Connection::new(Config::default());
    let (mut count, mut content) = (0, Vec::new());
    let mut buffer = [0; 1000];
    let mut result = Ok(());
    for piece in bytes.chunks(size) {
        result = connection.receive(now, piece).map(drop);
        while let Some(event) = connection.event() {
            match event {
                server::Event::Request { .. } => count += 1,
                server::Event::Data => {
                    let length = connection.read(&mut buffer);
                    content.extend_from_slice(&buffer[..length]);
                }
                server::Event::End(_) if result.is_ok() => {
                    connection.respond(&Response::new(404), Body::None).unwrap();
                    match connection.next_cycle(now) {
                        Ok(true) => {}
                        Ok(false) => return (count, content, None),
                        Err(error) => result = Err(error),
                    }
                }
                _ => {}
            }
        }
        if result.is_err() {
            break;
        }
    }
    (count, content, result.err().map(|error| error.to_string()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes(bytes in mutated(), size in 1usize..20) {
        prop_assert_eq!(as_client(&bytes, size), as_client(&bytes, bytes.len().max(1)), "client");
        prop_assert_eq!(as_server(&bytes, size), as_server(&bytes, bytes.len().max(1)), "server");
        let mut observer = Observer::new();
        for (index, piece) in bytes.chunks(size).enumerate() {
            observer.receive(Direction::ToServer, (index * size) as u64, piece);
            observer.receive(Direction::ToClient, (index * size) as u64, piece);
        }
        observer.eof(Direction::ToServer);
        observer.eof(Direction::ToClient);
        for role in [Role::Request, Role::Response] {
            let (result, tree) = dissect(role, &bytes);
            if let Ok(length) = result {
                let whole = &bytes[..length];
                let (again, tree) = dissect(role, whole);
                // A body that the close ends takes all there is, so it ends anywhere.
                prop_assert_eq!(again, Ok(length));
                prop_assert_eq!(tree.check_coverage(), Ok(()));
            } else {
                let end = tree.walk().map(|(_, node)| node.range.end).max().unwrap_or(0);
                prop_assert!(end <= bytes.len());
            }
        }
    }

    /// The whole-message parser of the tree and the core that reads piece by piece find the same content and end.
    #[test]
    fn the_tree_and_the_core_agree(bytes in mutated()) {
        // A 1xx response is whole for the tree, and only a beginning for the core.
        let is_final = bytes.get(9) != Some(&b'1');
        if let (Ok(_), true) = (dissect(Role::Response, &bytes).0, is_final) {
            let (_, error, _) = as_client(&bytes, bytes.len().max(1));
            prop_assert_eq!(error, None, "the tree took it, the core did not");
        }
    }
}
