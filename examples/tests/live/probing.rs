//! `barewire ping`, `traceroute` and `scan` over raw sockets against kernels: a router and a server on the wire of the
//! test. What the kernel answers, what nft's rules reject and drop, and what tcpdump sees of it at the server.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::fetch::tshark_fields;
use crate::lab::{Lab, SERVER, SERVER_V6};
use crate::need;
use crate::process::{Outcome, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_barewire");

/// The program at the client, over raw sockets.
fn client(lab: &Lab, words: &[&str]) -> Outcome {
    run(lab.command("client", PROGRAM).args(words).args(["--net", "raw"]), Duration::from_secs(60))
}

fn lines(outcome: &Outcome) -> Vec<Value> {
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}\n{outcome}"));
    outcome.stdout.lines().map(line).collect()
}

/// A command of the router or the server that has to succeed.
fn at(lab: &Lab, end: &str, program: &str, words: &[&str]) {
    let outcome = run(lab.command(end, program).args(words), Duration::from_secs(10));
    assert!(outcome.succeeded(), "{outcome}");
}

fn lab(test: &str) -> Option<Lab> {
    let lab = Lab::raise(test)?;
    lab.add_ipv6();
    lab.serve(80, &["python3", "-m", "http.server", "80", "--bind", "::"]);
    lab.reach_over_ipv6(80);
    Some(lab)
}

#[test]
fn ping_a_kernel() {
    let Some(lab) = lab("ping_a_kernel") else { return };
    for server in [SERVER, SERVER_V6] {
        let outcome = client(&lab, &["ping", server, "-c", "3", "-i", "0.05"]);
        assert!(outcome.stdout.contains("3 packets transmitted, 3 received, 0% packet loss"), "{outcome}");
        // One router took one from the 64 hops that Linux gives a reply.
        assert!(outcome.stdout.contains("icmp_seq=3 ttl=63 time="), "{outcome}");
        assert_eq!(outcome.code, Some(0));
        for (flag, port, says) in [
            ("--tcp", "80", "port 80 is open"),
            ("--tcp", "81", "port 81 is closed"),
            ("--udp", "33434", "port unreachable from"),
        ] {
            let outcome = client(&lab, &["ping", server, "-c", "1", flag, port]);
            assert!(outcome.stdout.contains(says) && outcome.code == Some(0), "{outcome}");
        }
    }
    // A router where the hops end; a host that is not there, as the router says after it has asked for it.
    let outcome = client(&lab, &["ping", SERVER, "-c", "1", "-t", "1"]);
    assert!(outcome.stdout.contains("From 10.92.1.1 icmp_seq=1: time exceeded in transit"), "{outcome}");
    let outcome = client(&lab, &["ping", "10.92.2.99", "-c", "1"]);
    assert!(outcome.stdout.contains("From 10.92.1.1 icmp_seq=1: host unreachable"), "{outcome}");
    assert_eq!(outcome.code, Some(1));
}

/// An address that is there once on every link says nothing without its device.
#[test]
fn addresses_of_one_link() {
    let Some(lab) = lab("addresses_of_one_link") else { return };
    at(&lab, "router", "ip", &["addr", "add", "fe80::1/64", "dev", "client", "nodad"]);
    for words in [&["ping", "fe80::1%eth0", "-c", "1"][..], &["ping", "-I", "eth0", "fe80::1", "-c", "1"]] {
        let outcome = client(&lab, words);
        assert!(outcome.stdout.contains("64 bytes from fe80::1: icmp_seq=1 ttl=64"), "{outcome}");
    }
    let outcome = client(&lab, &["traceroute", "fe80::1%eth0"]);
    assert!(outcome.stdout.contains(" 1  fe80::1  ") && outcome.code == Some(0), "{outcome}");
    let outcome = client(&lab, &["scan", "--i-own-this-network", "-p", "7", "fe80::1%eth0"]);
    assert!(outcome.stdout.contains("7  closed    RST"), "{outcome}");
    for (host, says) in [
        ("fe80::1", "fe80::1 is there once on every link: name the device, as in fe80::1%eth0 or -I eth0"),
        ("fe80::1%eth9", "no network device is called eth9"),
    ] {
        let outcome = client(&lab, &["ping", host, "-c", "1"]);
        assert!(outcome.stderr.contains(says) && outcome.code == Some(2), "{outcome}");
    }
}

/// 4000 bytes leave in three pieces, and the reply comes in three; with "don't fragment" a narrow wire says its MTU.
#[test]
fn ping_with_large_packets() {
    let Some(lab) = lab("ping_with_large_packets") else { return };
    lab.offloads_off();
    for server in [SERVER, SERVER_V6] {
        let outcome = client(&lab, &["ping", server, "-c", "2", "-i", "0.05", "-s", "4000"]);
        assert!(outcome.stdout.contains("4008 bytes from"), "{outcome}");
        assert_eq!(outcome.code, Some(0), "{outcome}");
    }
    at(&lab, "router", "ip", &["link", "set", "server", "mtu", "1300"]);
    for (server, says) in [
        (SERVER, "fragmentation needed, the next wire takes 1300 bytes (RFC 1191 §4)"),
        (SERVER_V6, "packet too big, the next wire takes 1300 bytes (RFC 4443 §3.2)"),
    ] {
        let outcome = client(&lab, &["ping", server, "-c", "1", "-s", "1400", "-M", "do"]);
        assert!(outcome.stdout.contains(says), "{outcome}");
    }
}

#[test]
fn traceroute_finds_the_router() {
    let Some(lab) = lab("traceroute_finds_the_router") else { return };
    // Linux tells a host six errors at once and one a second from then on: more than this test has probes for.
    lab.set("router", "net.ipv4.icmp_ratelimit=0");
    lab.set("server", "net.ipv4.icmp_ratelimit=0");
    for end in ["router", "server"] {
        lab.set(end, "net.ipv6.icmp.ratelimit=0");
    }
    for (server, router) in [(SERVER, "10.92.1.1"), (SERVER_V6, "2001:db8:92:1::1")] {
        for (words, last) in [
            (&[][..], "port unreachable"),
            (&["--classic"], "port unreachable"),
            (&["--icmp"], "echo reply"),
            (&["--tcp", "80"], "SYN-ACK"),
            (&["--tcp", "81"], "RST"),
        ] {
            let outcome = client(&lab, &[&["traceroute", server, "--json"], words].concat());
            let lines = lines(&outcome);
            assert_eq!((lines.len(), outcome.code), (3, Some(0)), "{outcome}");
            for (line, from, says) in
                [(&lines[0], router, "time exceeded in transit"), (&lines[1], server, last)]
            {
                let probes = line["probes"].as_array().unwrap();
                assert_eq!(probes.len(), 3, "{outcome}");
                for probe in probes {
                    assert_eq!((&probe["from"], &probe["says"]), (&from.into(), &says.into()), "{outcome}");
                }
            }
        }
    }
    at(&lab, "router", "ip", &["link", "set", "server", "mtu", "1300"]);
    for server in [SERVER, SERVER_V6] {
        let outcome = client(&lab, &["traceroute", server, "--mtu"]);
        assert!(outcome.stdout.contains("packets of 1300 bytes pass whole"), "{outcome}");
    }
}

/// The rules of the server's firewall, by what each answers.
const RULES: &str = "table inet probing {
    chain in {
        type filter hook input priority 0
        tcp dport 23 drop
        tcp dport 25 reject
        tcp dport 26 reject with tcp reset
        tcp dport 27 reject with icmpx admin-prohibited
    }
}";

#[test]
fn scan_tells_open_closed_and_filtered() {
    let Some(lab) = lab("scan_tells_open_closed_and_filtered") else { return };
    let rules = lab.write("rules.nft", RULES);
    at(&lab, "server", "nft", &["-f", &rules]);
    let recorder = lab.record("server.pcap");
    for (server, port_unreachable, prohibited) in [(SERVER, (3, 3), (3, 13)), (SERVER_V6, (1, 4), (1, 1))] {
        let words = ["scan", server, "-p", "22-27,80", "-w", "0.3", "--json", "--i-own-this-network"];
        // 2001:db8::/32 is for documentation, and nobody's own.
        if server == SERVER_V6 {
            let outcome = client(&lab, &words);
            assert!(outcome.stderr.contains("scans go only to loopback"), "{outcome}");
            continue;
        }
        let outcome = client(&lab, &words);
        let of = |port: u16| {
            let lines = lines(&outcome);
            let found = lines.into_iter().find(|line| line["port"] == port);
            found.unwrap_or_else(|| panic!("{outcome}"))
        };
        for (port, state) in [
            (22, "closed"),
            (23, "filtered"),
            (24, "closed"),
            (25, "filtered"),
            (26, "closed"),
            (27, "filtered"),
            (80, "open"),
        ] {
            assert_eq!(of(port)["state"], state, "{port}: {outcome}");
        }
        for (port, (kind, code)) in [(25, port_unreachable), (27, prohibited)] {
            let found = of(port);
            assert_eq!((&found["type"], &found["code"]), (&kind.into(), &code.into()), "{outcome}");
            assert_eq!(found["from"], server, "{outcome}");
        }
        assert_eq!((&of(23)["because"], &of(23)["tries"]), (&"silence".into(), &3.into()), "{outcome}");
    }
    // The client sent one reset, for the open port; it is ours, for the kernel's would be one more.
    let seen = recorder.stop();
    let resets =
        tshark_fields(&seen, &format!("tcp.flags.reset == 1 && ip.dst == {SERVER}"), &["tcp.dstport"]);
    assert_eq!(resets, [["80"]], "{seen}");
    let malformed = tshark_fields(&seen, "_ws.malformed || ip.checksum.status == 0", &["frame.number"]);
    assert!(malformed.is_empty(), "{malformed:?} in {seen}");
}

/// Without a guard the kernel hears the SYN-ACK too, and resets what it does not know: then ours is not needed.
#[test]
fn scan_without_a_guard() {
    let Some(lab) = lab("scan_without_a_guard") else { return };
    let recorder = lab.record("server.pcap");
    let outcome = client(&lab, &["scan", SERVER, "-p", "80", "--no-guard", "--i-own-this-network"]);
    assert!(outcome.stdout.contains("1 SYN") && outcome.stdout.contains("0 resets of ours"), "{outcome}");
    let seen = recorder.stop();
    let resets =
        tshark_fields(&seen, &format!("tcp.flags.reset == 1 && ip.dst == {SERVER}"), &["tcp.dstport"]);
    assert_eq!(resets, [["80"]], "{seen}");
}

/// As an ordinary user, in a lab of the program's own.
#[test]
fn in_the_lab_without_privilege() {
    if !need::can_run("in_the_lab_without_privilege", false, &["setpriv", "id"]) {
        return;
    }
    let user = |words: &[&str]| {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout == b"0\n");
        let mut command = Command::new(if is_root { "setpriv" } else { PROGRAM });
        if is_root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM]);
        }
        run(command.args(words), Duration::from_secs(60))
    };
    let without = user(&["ping", "127.0.0.1", "--net", "raw", "-c", "1"]);
    assert!(without.stderr.contains("CAP_NET_RAW") && without.code == Some(2), "{without}");
    for (words, says) in [
        (&["ping", "server", "-c", "2", "-i", "0.05"][..], "2 packets transmitted, 2 received"),
        (&["ping", "server", "-6", "-c", "1"], "1 packets transmitted, 1 received"),
        (&["traceroute", "server"], "the host itself says: port unreachable"),
        (&["scan", "server", "-p", "1-50"], "50 ports  closed  RST"),
    ] {
        let outcome = user(&[&["lab", "run", "-q", "--", PROGRAM], words, &["--net", "raw"]].concat());
        assert!(outcome.stdout.contains(says), "{outcome}");
    }
}
