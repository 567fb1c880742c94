//! Time: which limit holds in which step, to the millisecond, and what is said when it is over.

use std::time::{Duration, Instant};

use barewire::fetch::{Fetch, Input, Limits};
use barewire::network::Names;
use barewire_dns::{Rcode, RecordType};

use super::hand::{Hand, given, job, names, refused};
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
    job.limits.connecting = Some(Duration::from_millis(1200));
    let mut hand = Hand::new(job);
    hand.lines();
    hand.wait();
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 1200);
    let wanted = "failed 28: nobody has answered A? www.example.test; the time for name, TCP and TLS, 1.2 s, ran out \
        (--connect-timeout)";
    assert_eq!(lines, [wanted]);
}

/// A network with a search list, which reaches IPv4 addresses only.
fn searching() -> Names {
    names("nameserver 10.0.0.53\nsearch office.test\n", "").reaching(vec![RecordType::A])
}

#[test]
fn the_limit_for_connecting_holds_for_a_question_that_starts_late() {
    let mut job = job("http://www.example.test/");
    job.limits.connecting = Some(Duration::from_millis(1200));
    let mut hand = Hand::with(job, &searching());
    hand.lines();
    hand.pass(900);
    let next = "ask 10.0.0.53:53 over UDP: A www.example.test.office.test";
    assert_eq!(hand.answer_code(Rcode::NXDOMAIN), [next]);
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 1200);
    assert!(lines[0].starts_with("failed 28: "), "{lines:?}");
}

#[test]
fn the_limit_for_connecting_holds_for_tcp() {
    let mut job = job("http://www.example.test/");
    job.limits.connecting = Some(Duration::from_secs(2));
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
            "failed 28: 203.0.113.86:80 has not answered our SYN; the time for name, TCP and TLS, 2 s, ran out \
             (--connect-timeout)",
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
    (job.limits.connecting, job.limits.total) = (Some(Duration::from_secs(2)), Some(Duration::from_secs(9)));
    let mut hand = Hand::at("203.0.113.80", job);
    hand.lines();
    hand.give(Input::Connected);
    assert_eq!(hand.fetch.deadline(), Some(hand.start + Duration::from_secs(2)));
    let wanted = "failed 28: the TLS handshake is not done; the time for name, TCP and TLS, 2 s, ran out \
        (--connect-timeout)";
    assert_eq!(hand.wait(), [wanted, "release"]);

    let (mut hand, mut server) = secure("www.example.test");
    let flight = super::steps::server_says(&mut server, &std::mem::take(&mut hand.written));
    hand.give(Input::Bytes(&flight));
    assert_eq!(hand.fetch.deadline(), None, "no limit was set for the exchange");
}

#[test]
fn the_limit_for_everything_holds_for_the_exchange() {
    let mut job = job("http://www.example.test/");
    (job.limits.connecting, job.limits.total) = (Some(Duration::from_secs(2)), Some(Duration::from_secs(9)));
    let mut hand = Hand::at("203.0.113.80", job);
    hand.lines();
    hand.give(Input::Connected);
    assert_eq!(hand.fetch.deadline(), Some(hand.start + Duration::from_secs(9)));
    hand.give(Input::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"));
    assert_eq!(
        hand.wait(),
        [
            "failed 28: the response is not complete; the time for the whole fetch, 9 s, ran out \
             (--max-time)",
            "release"
        ]
    );
    assert_eq!(hand.body, b"hel", "what came before can be read");
}

#[test]
fn a_wake_that_comes_early_changes_nothing() {
    let mut job = job("http://www.example.test/");
    job.limits.total = Some(Duration::from_secs(9));
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

/// Each phase, under the usual limits: when it is given up, and which limit is named.
#[test]
fn each_phase_has_its_limit() {
    let ends = |mut hand: Hand, milliseconds: u128, flag: &str| {
        let lines = loop {
            let lines = hand.wait();
            if lines.iter().any(|line| line.starts_with("failed")) {
                break lines;
            }
        };
        assert_eq!(hand.elapsed(), milliseconds, "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("failed 28: ") && line.contains(flag)), "{lines:?}");
    };
    let with_limits = |url: &str| {
        let mut job = job(url);
        job.limits = Limits::usual(false);
        job
    };
    // The second name has the time that is left. (The lookup of one name ends by itself after 5 s.)
    let mut hand = Hand::with(with_limits("https://www.example.test/"), &searching());
    hand.lines();
    hand.pass(900);
    hand.answer_code(Rcode::NXDOMAIN);
    ends(
        hand,
        5000,
        "nobody has answered A? www.example.test.office.test; the time for the name, 5 s, ran out (--dns-timeout",
    );

    // Each address has its own time.
    let mut hand = Hand::new(with_limits("https://www.example.test/"));
    hand.lines();
    hand.pass(1000);
    hand.answer_with(&["203.0.113.86", "203.0.113.87"]);
    let lines = hand.wait();
    assert_eq!(hand.elapsed(), 11_000);
    assert_eq!(lines[2], "connect to 203.0.113.87:443", "{lines:?}");
    ends(
        hand,
        21_000,
        "203.0.113.87:443 has not answered our SYN; the time for TCP, 10 s, ran out (--tcp-timeout",
    );

    let mut hand = Hand::at("203.0.113.80", with_limits("https://www.example.test/"));
    hand.lines();
    hand.pass(4000);
    hand.give(Input::Connected);
    ends(hand, 14_000, "the TLS handshake is not done; the time for TLS, 10 s, ran out (--tls-timeout");

    let mut hand = Hand::at("203.0.113.80", with_limits("http://www.example.test/"));
    hand.lines();
    hand.give(Input::Connected);
    ends(hand, 30_000, "the whole fetch, 30 s, ran out (--max-time");
    assert_eq!(Limits::usual(true).total, Some(Duration::from_secs(300)));
}

/// A redirect does not begin the time for everything again.
#[test]
fn the_limit_for_everything_counts_from_the_first_hop() {
    let mut job = job("http://www.example.test/");
    job.limits.total = Some(Duration::from_secs(9));
    let now = Instant::now();
    let began = now - Duration::from_secs(7);
    let fetch = Fetch::to(now, vec!["203.0.113.80".parse().expect("an address")], job, given());
    assert_eq!(fetch.counting_from(began).deadline(), Some(now + Duration::from_secs(2)));
}
