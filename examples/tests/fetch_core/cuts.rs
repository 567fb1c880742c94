//! The same page, however the bytes are cut.

use std::io::Write;

use barewire::fetch::Input;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::hand::Hand;
use super::steps::{secure, server_says};

/// Every part that a response can have.
const RESPONSE: &[u8] =
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: \
    toy\r\n\r\n6;a=b\r\nhello \r\n5\r\nworld\r\n0\r\nDigest: none\r\n\r\n";

/// What was said, but how often there was data: that depends on the cuts.
fn news(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| line != "data" && line != "TLS has news").collect()
}

fn check(what: &str, said: &[String], body: &[u8]) {
    let wanted = [
        "informational 100",
        "head 200 rule 4",
        "1 trailers",
        "finished: both sides keep the connection open",
    ];
    assert_eq!(said, wanted, "{what}");
    assert_eq!(String::from_utf8_lossy(body), "hello world", "{what}");
}

#[test]
fn plain_http_at_every_byte() {
    for cut in 0..=RESPONSE.len() {
        let mut hand = Hand::exchanging("http://www.example.test/");
        let mut said = hand.give(Input::Bytes(&RESPONSE[..cut]));
        said.extend(hand.give(Input::Bytes(&RESPONSE[cut..])));
        check(&format!("cut at byte {cut}"), &news(said), &hand.body);
    }
    let mut hand = Hand::exchanging("http://www.example.test/");
    let said: Vec<String> = RESPONSE.chunks(1).flat_map(|byte| hand.give(Input::Bytes(byte))).collect();
    check("byte by byte", &news(said), &hand.body);
}

#[test]
fn an_end_at_every_byte_is_a_failure_but_after_the_last() {
    for cut in 0..RESPONSE.len() {
        let mut hand = Hand::exchanging("http://www.example.test/");
        hand.give(Input::Bytes(&RESPONSE[..cut]));
        let lines = hand.give(Input::End);
        // After a 1xx response, and before the first byte of the final one, nothing has come (curl does so, too).
        let nothing_came = [0, "HTTP/1.1 100 Continue\r\n\r\n".len()].contains(&cut);
        let code = if nothing_came { "failed 52" } else { "failed 18" };
        assert!(lines.iter().any(|line| line.starts_with(code)), "an end at byte {cut}: {lines:?}");
    }
}

/// The pieces are as long as a seed says. The connection is closed with close_notify.
#[test]
fn https_in_random_pieces() {
    for seed in 0..100 {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let longest = [1, 2, 7, 100, 2000][seed as usize % 5];
        let (mut hand, mut server) = secure("www.example.test");
        let mut said = Vec::new();
        let mut feed = |hand: &mut Hand, mut bytes: &[u8]| {
            while !bytes.is_empty() {
                let length = 1 + dice.next_u32() as usize % longest.min(bytes.len());
                said.extend(hand.give(Input::Bytes(&bytes[..length])));
                bytes = &bytes[length..];
            }
        };
        let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
        feed(&mut hand, &flight);
        let mut page = server_says(&mut server, &std::mem::take(&mut hand.written));
        server.writer().write_all(RESPONSE).expect("room");
        server.send_close_notify();
        page.extend(server_says(&mut server, &[]));
        feed(&mut hand, &page);
        said.retain(|line| !line.starts_with("write"));
        assert_eq!(
            said.first().map(String::as_str),
            Some("handshake done: TLS_AES_128_GCM_SHA256"),
            "seed {seed}"
        );
        check(&format!("seed {seed}"), &news(said.split_off(1)), &hand.body);
    }
}
