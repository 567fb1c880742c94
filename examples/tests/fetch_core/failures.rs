//! Each way in which each step can fail: its exit code, its sentence, what is still done, and that nothing follows.

use std::io;

use barewire::fetch::Input;
use barewire_dns::Rcode;
use barewire_dns::stub::Protocol;

use super::hand::{Hand, SERVER, error, job, names, refused};
use super::steps::{secure, server_says};

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Hands in everything there is. A fetch that is over says nothing to it, and wants nothing.
fn stays_silent(hand: &mut Hand) {
    let from = "10.0.0.53:53".parse().expect("an end");
    let inputs = || {
        [
            Input::Reply { protocol: Protocol::Udp, from, bytes: b"late" },
            Input::Unreachable { protocol: Protocol::Udp, to: from, question: None, why: "late".to_owned() },
            Input::Connected,
            Input::NotConnected(refused()),
            Input::Bytes(PAGE),
            Input::Unwritable(error(io::ErrorKind::BrokenPipe)),
            Input::Broken(error(io::ErrorKind::ConnectionReset)),
            Input::End,
        ]
    };
    for input in inputs() {
        let text = format!("{input:?}");
        let lines = hand.give(input);
        assert!(lines.is_empty(), "{text} after the end: {lines:?}");
        hand.pass(100_000);
        hand.fetch.on_deadline(hand.now);
        assert!(hand.lines().is_empty(), "a deadline after the end");
        assert_eq!(hand.fetch.deadline(), None);
    }
    hand.fetch.close(hand.now);
    assert!(hand.lines().is_empty(), "close after the end");
}

/// The last lines: the failure, which has this start, and what is done after it.
fn fails(mut hand: Hand, lines: &[String], failure: &str, outputs: &[&str]) {
    let at = lines.iter().position(|line| line.starts_with("failed "));
    let at = at.unwrap_or_else(|| panic!("wanted {failure:?}, got {lines:?}"));
    assert!(lines[at].starts_with(failure), "wanted {failure:?}, got {:?}", lines[at]);
    assert_eq!(lines[at + 1..], *outputs, "after {failure:?}");
    stays_silent(&mut hand);
}

#[test]
fn resolving() {
    let mut hand = Hand::new(job(&format!("http://{}.test/", "a".repeat(64))));
    let lines = hand.lines();
    fails(hand, &lines, "failed 6: \"aaaa", &[]);

    let mut hand = Hand::new(job("http://nosuch.example.test/"));
    hand.lines();
    let lines = hand.answer_code(Rcode::NXDOMAIN);
    fails(hand, &lines, "failed 6: nosuch.example.test does not exist: 10.0.0.53:53 answered NXDOMAIN", &[]);

    let mut hand = Hand::with(job("http://empty.example.test/"), &names(SERVER, ""));
    hand.lines();
    hand.answer_with(&[]);
    let lines = hand.answer_with(&[]);
    fails(
        hand,
        &lines,
        "failed 6: empty.example.test exists, but has neither A nor AAAA records; RFC 2308",
        &[],
    );

    let mut hand = Hand::new(job("http://www.example.test/"));
    hand.lines();
    let to = "10.0.0.53:53".parse().expect("an end");
    let lines = hand.give(Input::Unreachable {
        protocol: Protocol::Udp,
        to,
        question: None,
        why: "no route".to_owned(),
    });
    fails(
        hand,
        &lines,
        "failed 6: no server could answer A? www.example.test (RFC 1035 §4.1.1): 10.0.0.53:53 cannot be reached: no route",
        &[],
    );

    let mut job = job("http://www.example.test/");
    job.records.clear();
    let mut hand = Hand::with(job, &names(SERVER, ""));
    let lines = hand.lines();
    fails(hand, &lines, "failed 6: there is no name server to ask", &[]);
}

#[test]
fn connecting() {
    let mut hand = Hand::at("203.0.113.85", job("http://closed.example.test/"));
    hand.lines();
    let lines = hand.give(Input::NotConnected(refused()));
    fails(hand, &lines, "failed 7: answered our SYN with a reset", &[]);
}

#[test]
fn shaking_hands() {
    let alert = ["write a TLS record of type 21", "release"];
    for (input, failure, outputs) in [
        (Input::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "failed 35: ", &alert[..]),
        (Input::Bytes(&[21, 3, 3, 0, 2, 2, 40]), "failed 35: ", &alert[1..]),
        (Input::End, "failed 35: ", &alert[1..]),
        (Input::Broken(error(io::ErrorKind::ConnectionReset)), "failed 35: the stream says", &alert[1..]),
        (Input::Broken(error(io::ErrorKind::TimedOut)), "failed 28: the stream says", &alert[1..]),
        (Input::Unwritable(error(io::ErrorKind::BrokenPipe)), "failed 35: the stream says", &alert[1..]),
    ] {
        let (mut hand, _) = secure("www.example.test");
        let lines = hand.give(input);
        fails(hand, &lines, failure, outputs);
    }
}

#[test]
fn certificates() {
    for (name, words) in
        [("expired.example.test", "expired"), ("wrong.example.test", "elsewhere.example.test")]
    {
        let (mut hand, mut server) = secure(name);
        let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
        let lines = hand.give(Input::Bytes(&flight));
        assert!(lines[0].contains(words), "{lines:?}");
        // The alert is in the clear or sealed, as the keys are; it is written before the stream is let go.
        let writes = lines.iter().filter(|line| line.starts_with("write")).count();
        assert!(writes >= 1 && lines.last().is_some_and(|line| line == "release"), "{lines:?}");
        let outputs: Vec<&str> = lines[1..].iter().map(String::as_str).collect();
        fails(hand, &lines, "failed 60: ", &outputs);
    }
}

#[test]
fn exchanging() {
    let reset = || Input::Broken(error(io::ErrorKind::ConnectionReset));
    let half = &PAGE[..PAGE.len() - 2];
    let until_close = b"HTTP/1.1 200 OK\r\n\r\nhel";
    for (what, inputs, failure) in [
        ("silence", vec![Input::End], "failed 52: "),
        ("half a head", vec![Input::Bytes(b"HTTP/1.1 2"), Input::End], "failed 18: "),
        ("half a body", vec![Input::Bytes(half), Input::End], "failed 18: "),
        ("not HTTP", vec![Input::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n")], "failed 1: "),
        ("a reset", vec![Input::Bytes(half), reset()], "failed 56: the stream says ConnectionReset"),
        (
            "a stream that waited in vain",
            vec![Input::Broken(error(io::ErrorKind::WouldBlock))],
            "failed 28: the stream says WouldBlock",
        ),
        (
            "an end without a goodbye",
            vec![Input::Bytes(until_close), Input::Broken(error(io::ErrorKind::UnexpectedEof))],
            "failed 18: ",
        ),
        (
            "a request that could not be written, and silence",
            vec![Input::Unwritable(error(io::ErrorKind::BrokenPipe)), Input::End],
            "failed 56: the stream says BrokenPipe",
        ),
        (
            "a request that could not be written, and a reset",
            vec![Input::Unwritable(error(io::ErrorKind::BrokenPipe)), reset()],
            "failed 56: the stream says BrokenPipe",
        ),
        (
            "a request that took too long to write",
            vec![Input::Unwritable(error(io::ErrorKind::TimedOut))],
            "failed 28: the stream says TimedOut",
        ),
        (
            "a request that could not be written, and half an answer",
            vec![Input::Unwritable(error(io::ErrorKind::BrokenPipe)), Input::Bytes(half), reset()],
            "failed 56: the stream says ConnectionReset",
        ),
    ] {
        let mut hand = Hand::exchanging("http://www.example.test/");
        let mut lines = Vec::new();
        for input in inputs {
            lines.extend(hand.give(input));
        }
        assert!(!lines.is_empty(), "{what}: nothing was said");
        fails(hand, &lines, failure, &["release"]);
    }
}

#[test]
fn an_answer_counts_more_than_a_request_that_could_not_be_written() {
    let mut hand = Hand::exchanging("http://www.example.test/");
    assert!(hand.give(Input::Unwritable(error(io::ErrorKind::BrokenPipe))).is_empty());
    let lines = hand.give(Input::Bytes(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"));
    assert_eq!(lines[0], "head 413 rule 6");
    assert!(lines[1].starts_with("finished: "), "{lines:?}");
}

#[test]
fn a_request_that_must_not_be_sent() {
    let mut bad = job("http://www.example.test/");
    bad.headers = vec![("X".to_owned(), "a\r\nY: b".to_owned())];
    let mut hand = Hand::at("203.0.113.80", bad);
    hand.lines();
    let lines = hand.give(Input::Connected);
    assert!(hand.written.is_empty(), "nothing of it is sent");
    fails(hand, &lines, "failed 2: ", &["release"]);
}

#[test]
fn tls_that_breaks_after_the_handshake() {
    for (what, hurt) in [("a record that was changed", true), ("an end without close_notify", false)] {
        let (mut hand, mut server) = secure("www.example.test");
        let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
        hand.give(Input::Bytes(&flight));
        let tickets = server_says(&mut server, &std::mem::take(&mut hand.written));
        hand.give(Input::Bytes(&tickets));
        io::Write::write_all(&mut server.writer(), PAGE).expect("room");
        let mut page = server_says(&mut server, &[]);
        let (lines, failure) = if hurt {
            *page.last_mut().expect("a record") ^= 1;
            (hand.give(Input::Bytes(&page)), "failed 56: ")
        } else {
            page.pop();
            hand.give(Input::Bytes(&page));
            (hand.give(Input::End), "failed 52: ")
        };
        assert!(!lines.is_empty(), "{what}");
        let outputs: Vec<&str> =
            lines.iter().skip_while(|line| !line.starts_with("failed")).skip(1).map(String::as_str).collect();
        assert_eq!(outputs.last(), Some(&"release"), "{what}: {lines:?}");
        fails(hand, &lines, failure, &outputs);
    }
}

#[test]
fn what_came_before_a_broken_record_counts() {
    let (mut hand, mut server) = secure("www.example.test");
    let flight = server_says(&mut server, &std::mem::take(&mut hand.written));
    hand.give(Input::Bytes(&flight));
    let mut bytes = server_says(&mut server, &std::mem::take(&mut hand.written));
    for piece in [&PAGE[..PAGE.len() - 2], &PAGE[PAGE.len() - 2..]] {
        io::Write::write_all(&mut server.writer(), piece).expect("room");
        bytes.extend(server_says(&mut server, &[]));
    }
    *bytes.last_mut().expect("a record") ^= 1;
    let mut lines = hand.give(Input::Bytes(&bytes));
    lines.retain(|line| line != "TLS has news");
    assert_eq!(lines[..2], ["head 200 rule 6", "data"]);
    assert!(lines[2].starts_with("failed 56: "), "{lines:?}");
    assert_eq!(hand.body, b"hel");
}

#[test]
fn a_holder_that_stops_early() {
    let mut hand = Hand::new(job("http://www.example.test/"));
    hand.lines();
    hand.fetch.close(hand.now);
    assert!(hand.lines().is_empty(), "there is no stream to let go");
    stays_silent(&mut hand);
    let mut hand = Hand::at("203.0.113.80", job("http://www.example.test/"));
    hand.lines();
    hand.fetch.close(hand.now);
    assert_eq!(hand.lines(), ["release"]);
    stays_silent(&mut hand);
    let mut hand = Hand::exchanging("http://www.example.test/");
    hand.fetch.close(hand.now);
    assert_eq!(hand.lines(), ["release"]);
    stays_silent(&mut hand);
}
