//! Which addresses are tried, in which order, and which questions are asked for them.

use barewire_dns::{Rcode, RecordType};

use barewire::fetch::{Input, Resolve};
use barewire_dns::stub::Protocol;

use super::hand::{Hand, SERVER, job, names};

#[test]
fn an_address_that_is_known_needs_no_question() {
    let hosts = "203.0.113.7 www.example.test\n2001:db8::7 www.example.test\n";
    let entry = |host: &str, port, last| Resolve {
        host: host.to_owned(),
        port,
        address: std::net::IpAddr::from([203, 0, 113, last]),
    };
    for (what, url, resolve, hosts, wanted) in [
        ("in the URL", "http://203.0.113.9:81/", vec![], hosts, "resolved 203.0.113.9:81"),
        ("IPv6 in the URL", "http://[2001:db8::9]/", vec![], hosts, "resolved [2001:db8::9]:80"),
        (
            "in /etc/hosts",
            "http://www.example.test/",
            vec![],
            hosts,
            "resolved 203.0.113.7:80, [2001:db8::7]:80",
        ),
        (
            "in the job, for this port",
            "http://www.example.test/",
            vec![entry("www.example.test", 443, 1), entry("www.example.test", 80, 2), entry("a.test", 80, 3)],
            hosts,
            "resolved 203.0.113.2:80",
        ),
    ] {
        let mut job = job(url);
        job.resolve = resolve;
        let lines = Hand::with(job, &names(SERVER, hosts)).lines();
        assert_eq!(lines[0], wanted, "{what}");
        assert!(lines[1].starts_with("connect to "), "{what}: {lines:?}");
    }
    // /etc/hosts has an address, but not of the family that is wanted.
    let mut named = job("http://www.example.test/");
    named.records = vec![RecordType::AAAA];
    let mut hand = Hand::with(named, &names(SERVER, "203.0.113.7 www.example.test\n"));
    assert_eq!(hand.lines(), ["ask 10.0.0.53:53 over UDP: AAAA www.example.test"]);
    // The URL has one, as the only one. curl -6 has exit code 7 here.
    let mut job = job("http://203.0.113.9/");
    job.records = vec![RecordType::AAAA];
    let lines = Hand::with(job, &names(SERVER, "")).lines();
    assert_eq!(lines, ["failed 7: 203.0.113.9 is not of the family that is wanted (-4, -6)"]);
}

#[test]
fn each_name_of_the_search_list_is_asked_for_a_and_aaaa_at_once() {
    let conf = "nameserver 10.0.0.53\nsearch office.test home.test\n";
    let both = |name: &str| ["A", "AAAA"].map(|record| format!("ask 10.0.0.53:53 over UDP: {record} {name}"));
    let mut hand = Hand::with(job("http://www/"), &names(conf, ""));
    assert_eq!(hand.lines(), both("www.office.test"));
    // It exists, with neither of them.
    assert_eq!(hand.answer_with(&[]), [""; 0]);
    assert_eq!(hand.answer_with(&[]), both("www.home.test"));
    // SERVFAIL leads on to the next name, as in glibc.
    assert_eq!(hand.answer_code(Rcode::NXDOMAIN), [""; 0]);
    assert_eq!(hand.answer_code(Rcode::SERVFAIL), both("www"));
    assert_eq!(hand.answer_code(Rcode::SERVFAIL), [""; 0]);
    assert_eq!(
        hand.answer_with(&["2001:db8::1"]),
        ["resolved [2001:db8::1]:80", "connect to [2001:db8::1]:80"]
    );
}

/// AI_ADDRCONFIG (RFC 3493 §6.1): an address that no packet can be sent to is not asked for, unless the user wants it.
#[test]
fn a_network_without_ipv6_asks_for_a_only() {
    let ipv4_only = || names(SERVER, "").reaching(vec![RecordType::A]);
    let mut hand = Hand::with(job("http://www.example.test/"), &ipv4_only());
    assert_eq!(hand.lines(), ["ask 10.0.0.53:53 over UDP: A www.example.test"]);
    let mut wanted = job("http://www.example.test/");
    wanted.records = vec![RecordType::AAAA];
    let mut hand = Hand::with(wanted, &ipv4_only());
    assert_eq!(hand.lines(), ["ask 10.0.0.53:53 over UDP: AAAA www.example.test"]);
}

#[test]
fn a_server_that_refuses_leaves_the_name_as_it_was_typed() {
    let conf = "nameserver 10.0.0.53\nsearch office.test home.test\n";
    let mut hand = Hand::with(job("http://www/"), &names(conf, "").reaching(vec![RecordType::A]));
    hand.lines();
    assert_eq!(hand.answer_code(Rcode::REFUSED), ["ask 10.0.0.53:53 over UDP: A www"]);
    let lines = hand.answer_code(Rcode::NXDOMAIN);
    let wanted = "failed 6: www was looked up as www.office.test: no server could answer A? www.office.test";
    assert!(lines[0].starts_with(wanted), "{lines:?}");
}

#[test]
fn what_happens_at_the_servers_is_told() {
    let conf = "nameserver 10.0.0.53\nnameserver 10.0.0.54\n";
    let mut hand =
        Hand::with(job("http://www.example.test/"), &names(conf, "").reaching(vec![RecordType::A]));
    hand.lines();
    assert_eq!(
        hand.answer_code(Rcode::SERVFAIL),
        ["DNS: next server: 10.0.0.53:53 answered SERVFAIL", "ask 10.0.0.54:53 over UDP: A www.example.test"]
    );
    assert_eq!(
        hand.answer(|message| message.header.tc = true),
        [
            "DNS: over TCP: the answer did not fit a UDP message (RFC 7766 §5)",
            "ask 10.0.0.54:53 over TCP: A www.example.test"
        ]
    );
    let forged = Input::Reply {
        protocol: Protocol::Tcp,
        from: "192.0.2.66:53".parse().expect("an end"),
        bytes: b"anything",
    };
    let lines = hand.give(forged);
    assert!(
        lines.len() == 1 && lines[0].starts_with("DNS: ignored a message from 192.0.2.66:53"),
        "{lines:?}"
    );
    assert_eq!(hand.answer_with(&["203.0.113.80"])[0], "resolved 203.0.113.80:80");
}
