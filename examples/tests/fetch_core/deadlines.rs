//! Time: which limit holds in which step, to the millisecond, and what is said when it is over.

use std::time::Duration;

use barewire::fetch::Input;

use super::hand::{Hand, job, refused};
use super::steps::secure;

#[test]
fn silence_of_dns_is_waited_for_and_then_reported() {
    let mut hand = Hand::new(job("http://www.example.test/"));
    hand.lines();
    for (at, wanted) in [(1000, "after 1.0 s"), (3000, "after 2.0 s")] {
        let lines = hand.wait();
        assert_eq!(hand.elapsed(), at);
        assert!(lines[0].starts_with("DNS: retransmission") && lines[0].ends_with(wanted), "{lines:?}");
        assert_eq!(lines[1], "ask 10.0.0.53:53 over UDP: A www.example.test");
    }
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 5000);
    assert!(lines[0].starts_with("failed 6: nobody answered A? www.example.test within 5.0 s"), "{lines:?}");
}

#[test]
fn the_limit_for_connecting_holds_for_the_name() {
    let mut job = job("http://www.example.test/");
    job.connect_timeout = Some(Duration::from_millis(1200));
    let mut hand = Hand::new(job);
    hand.lines();
    hand.wait();
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 1200);
    assert!(lines[0].starts_with("failed 28: the time for this fetch ran out"), "{lines:?}");
    assert!(lines[0].contains("nobody answered A? www.example.test within 1.2 s"), "{lines:?}");
}

#[test]
fn the_limit_for_connecting_holds_for_a_question_that_starts_late() {
    let mut job = job("http://www.example.test/");
    job.connect_timeout = Some(Duration::from_millis(1200));
    let mut hand = Hand::new(job);
    hand.lines();
    hand.pass(900);
    assert_eq!(hand.answer_with(&[]), ["ask 10.0.0.53:53 over UDP: AAAA www.example.test"]);
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 1200);
    assert!(lines[0].starts_with("failed 28: "), "{lines:?}");
}

#[test]
fn the_limit_for_connecting_holds_for_tcp() {
    let mut job = job("http://www.example.test/");
    job.connect_timeout = Some(Duration::from_secs(2));
    let mut hand = Hand::new(job);
    hand.lines();
    hand.answer_with(&["203.0.113.86", "203.0.113.80"]);
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 2000);
    // No time is left for the second address.
    assert_eq!(
        lines,
        [
            "not connected to 203.0.113.86:80: 28",
            "failed 28: the time for this fetch ran out (--max-time)",
            "release"
        ]
    );
}

#[test]
fn without_limits_connecting_waits_for_tcp() {
    let mut hand = Hand::at("203.0.113.80", job("http://www.example.test/"));
    hand.lines();
    assert_eq!(hand.fetch.deadline(), None);
    assert_eq!(
        hand.give(Input::NotConnected(refused())),
        ["not connected to 203.0.113.80:80: 7", "failed 7: answered our SYN with a reset"]
    );
}

#[test]
fn the_limit_for_connecting_ends_with_the_handshake() {
    let mut job = job("https://www.example.test/");
    (job.connect_timeout, job.max_time) = (Some(Duration::from_secs(2)), Some(Duration::from_secs(9)));
    let mut hand = Hand::at("203.0.113.80", job);
    hand.lines();
    hand.give(Input::Connected);
    assert_eq!(hand.fetch.deadline(), Some(hand.start + Duration::from_secs(2)));
    assert_eq!(hand.wait(), ["failed 28: the time allowed ran out in the TLS handshake", "release"]);

    let (mut hand, mut server) = secure("www.example.test");
    let flight = super::steps::server_says(&mut server, &std::mem::take(&mut hand.written));
    hand.give(Input::Bytes(&flight));
    assert_eq!(hand.fetch.deadline(), None, "no limit was set for the exchange");
}

#[test]
fn the_limit_for_everything_holds_for_the_exchange() {
    let mut job = job("http://www.example.test/");
    (job.connect_timeout, job.max_time) = (Some(Duration::from_secs(2)), Some(Duration::from_secs(9)));
    let mut hand = Hand::at("203.0.113.80", job);
    hand.lines();
    hand.give(Input::Connected);
    assert_eq!(hand.fetch.deadline(), Some(hand.start + Duration::from_secs(9)));
    hand.give(Input::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"));
    assert_eq!(
        hand.wait(),
        ["failed 28: the time allowed ran out before the response was complete", "release"]
    );
    assert_eq!(hand.body, b"hel", "what came before can be read");
}

#[test]
fn a_wake_that_comes_early_changes_nothing() {
    let mut job = job("http://www.example.test/");
    job.max_time = Some(Duration::from_secs(9));
    let mut hand = Hand::new(job);
    hand.lines();
    for input in [None, Some(Input::Connected)] {
        if let Some(input) = input {
            hand.answer_with(&["203.0.113.80"]);
            hand.fetch.on_deadline(hand.now);
            assert!(hand.lines().is_empty());
            hand.give(input);
        }
        let before = hand.fetch.deadline();
        hand.fetch.on_deadline(hand.now);
        assert!(hand.lines().is_empty());
        assert_eq!(hand.fetch.deadline(), before);
    }
}
