//! `barewire ping`, `traceroute` and `scan` over the toy internet: what they print, their exit codes, what they refuse.

mod common;

use std::time::Instant;

use common::barewire;
use serde_json::Value;

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn ping_in_the_toy_internet() {
    let run = barewire(&["ping", "-c", "2"]);
    let wanted = "\
PING www.example.test (203.0.113.80) 56(84) bytes of data
over the toy internet, scene first_page (seed 1)
64 bytes from 203.0.113.80: icmp_seq=1 ttl=64 time=50.0 ms
64 bytes from 203.0.113.80: icmp_seq=2 ttl=64 time=50.0 ms

--- 203.0.113.80 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1000ms
rtt min/avg/max/mdev = 50.013/50.013/50.013/0.000 ms
";
    assert_eq!((run.stdout.as_str(), run.code), (wanted, Some(0)));
}

/// A request that is larger than the MTU leaves in pieces, and so does the reply. Each end puts them together.
#[test]
fn ping_in_pieces() {
    for (size, whole) in [("1472", "1480 bytes"), ("1473", "1481 bytes"), ("60000", "60008 bytes")] {
        let run = barewire(&["ping", "-s", size, "-c", "2"]);
        assert!(run.code == Some(0) && run.stdout.matches(whole).count() == 2, "{size}: {run}");
    }
}

/// silent.example.test swallows every packet; a router at which the hops end is named.
#[test]
fn ping_without_an_answer() {
    let run = barewire(&["ping", "silent.example.test", "-c", "1"]);
    assert!(run.stdout.contains("1 packets transmitted, 0 received, 100% packet loss"), "{}", run.stdout);
    assert_eq!(run.code, Some(1));
    let run = barewire(&["ping", "--scene", "traceroute", "-t", "1", "-c", "1"]);
    let row = "From 192.0.2.1 icmp_seq=1: time exceeded in transit (RFC 1812 §5.3.1)";
    assert!(run.stdout.contains(row), "{}", run.stdout);
    assert_eq!(run.code, Some(1));
}

/// A probe for each reply, or for each 10 ms: an end that was set comes, and what is sent is not without bound.
#[test]
fn ping_as_fast_as_replies_come() {
    let run = barewire(&["ping", "-i", "0", "-w", "0.2", "-q"]);
    // The first reply comes after 50 ms.
    assert!(run.stdout.contains("\n23 packets transmitted, 17 received, "), "{}", run.stdout);
    assert_eq!(run.code, Some(0));
}

/// What the helps show for the toy internet works there.
#[test]
fn the_examples_of_the_helps() {
    for command in ["ping", "traceroute", "scan"] {
        let help = barewire(&[command, "--help"]).stdout;
        let start = format!("  barewire {command}");
        let examples = help.lines().filter(|line| line.starts_with(&start) && !line.contains("--net raw"));
        let examples: Vec<&str> = examples.filter_map(|line| line.trim_start().split("   ").next()).collect();
        assert!(examples.len() > 1, "{help}");
        for example in examples {
            let words: Vec<&str> = example.split_whitespace().skip(1).collect();
            let run = barewire(&words);
            assert!(run.code < Some(2) && run.stderr.is_empty(), "{example}: {}", run.stderr);
        }
    }
}

#[test]
fn ping_by_ports() {
    let run = barewire(&["ping", "--tcp", "443", "-c", "1"]);
    assert!(run.stdout.contains("SYN-ACK from 203.0.113.80: port 443 is open, seq=1"), "{}", run.stdout);
    let run = barewire(&["ping", "closed.example.test", "--tcp", "443", "-c", "1"]);
    assert!(run.stdout.contains("RST from 203.0.113.85: port 443 is closed, seq=1"), "{}", run.stdout);
    let run = barewire(&["ping", "--udp", "33434", "-c", "1"]);
    assert!(run.stdout.contains("port unreachable from 203.0.113.80: seq=1"), "{}", run.stdout);
}

#[test]
fn ping_for_programs() {
    let run = barewire(&["ping", "-c", "1", "--json"]);
    let [reply, statistics] = &lines(&run.stdout)[..] else { panic!("{}", run.stdout) };
    assert_eq!((&reply["event"], &reply["seq"], &reply["ttl"]), (&"reply".into(), &1.into(), &64.into()));
    assert_eq!((&statistics["sent"], &statistics["ms"]["avg"]), (&1.into(), &50.013.into()));
}

#[test]
fn what_cannot_be_probed_is_2() {
    for (words, why) in [
        (&["ping", "nobody.example.test"][..], "nobody.example.test does not exist"),
        (&["ping", "2001:db8::1", "-4"], "2001:db8::1 is not of the family that is wanted"),
        (&["ping", "2001:db8::1"], "2001:db8::1: the client of this scene has no address of IPv6"),
        (&["ping", "[2001:db8::1]", "-6"], "2001:db8::1: the client of this scene has no address of IPv6"),
        (&["ping", "--pcapng", "-"], "standard output has the rows: name a file"),
        (&["scan", "--pcapng", "-"], "standard output has the rows: name a file"),
        (&["traceroute", "--pcapng", "-"], "standard output has the rows: name a file"),
        (&["ping", "--scene", "nowhere"], "no scene is called \"nowhere\""),
        // RFC 1122 §3.2.1.7: a host sends nothing with TTL 0.
        (&["ping", "-t", "0"], "0 is not in 1..=255"),
        (&["ping", "-I", "eth0"], "eth0 is a device of real wires"),
        (&["ping", "fe80::2%eth0"], "eth0 is a device of real wires"),
        (&["ping", "fe80::2%eth0", "-I", "lo"], "lo and eth0: all packets go through one device"),
        (&["traceroute", "-f", "9", "-m", "3"], "the first hop 9 comes after the last one 3"),
        (&["scan", "-p", "-", "--scene", "home"], "name a host to scan"),
        // Said before a socket is opened, so no privilege is needed.
        (
            &["scan", "127.0.0.1", "--net", "raw", "-I", "eth9"],
            "127.0.0.1 is this machine only where the packet",
        ),
        (&["scan", "::1", "--net", "raw", "-I", "eth9"], "Name the device lo; or else use"),
        (&["scan", "::1%eth9", "--net", "raw"], "Name the device lo; or else use"),
        (&["scan", "8.8.8.8", "--net", "raw"], "8.8.8.8 is not a private address: scans go only to loopback"),
        // SYNs are short, whatever the path carries: to say that 1500 bytes pass would be wrong.
        (&["traceroute", "--mtu", "--tcp", "80"], "cannot be used with"),
    ] {
        let run = barewire(words);
        assert!(run.stderr.contains(why), "{words:?}: {}", run.stderr);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{words:?}");
    }
}

#[test]
fn traceroute_in_the_toy_internet() {
    let run = barewire(&["traceroute"]);
    let wanted = "\
traceroute to www.example.test (203.0.113.80), 30 hops max, 60 byte packets
UDP to port 33434, over the toy internet, scene traceroute (seed 1)
 1  192.0.2.1  2.000 ms  2.000 ms  2.000 ms
 2  100.64.0.1  18.000 ms  18.000 ms  18.000 ms
 3  100.64.0.6  42.000 ms  42.000 ms  42.000 ms
 4  203.0.113.80  50.000 ms  50.000 ms  50.000 ms
      the host itself says: port unreachable
";
    assert_eq!((run.stdout.as_str(), run.code), (wanted, Some(0)));
}

#[test]
fn traceroute_by_other_means() {
    for (words, last) in [
        (&["traceroute", "--icmp"][..], "the host itself answers: echo reply"),
        (&["traceroute", "--tcp", "80"], "the host itself answers: SYN-ACK, the port is open"),
        (&["traceroute", "--tcp", "81"], "the host itself answers: RST, the port is closed"),
        (&["traceroute", "--classic"], "the host itself says: port unreachable"),
        (&["traceroute", "--mtu"], "packets of 1500 bytes pass whole"),
        (&["traceroute", "203.0.113.99"], "!H: 100.64.0.6 says: host unreachable (RFC 1812 §5.2.7.1)"),
    ] {
        let run = barewire(words);
        assert!(run.stdout.contains(last), "{words:?}: {}", run.stdout);
        assert_eq!(run.code, Some(i32::from(last.starts_with('!'))), "{words:?}");
    }
}

#[test]
fn traceroute_for_programs() {
    let run = barewire(&["traceroute", "--json", "-q", "1"]);
    let lines = lines(&run.stdout);
    let hops: Vec<&Value> = lines.iter().filter(|line| line["event"] == "hop").collect();
    assert_eq!(hops.len(), 4);
    assert_eq!(
        (&hops[1]["probes"][0]["from"], &hops[1]["probes"][0]["ms"]),
        (&"100.64.0.1".into(), &18.0.into())
    );
    assert_eq!((&hops[3]["last"], &lines[4]["reached"]), (&true.into(), &true.into()));
}

/// The rules of the scene `firewall`, seen from outside: what the firewall says itself takes 2 ms less.
#[test]
fn scan_in_the_toy_internet() {
    let run = barewire(&["scan", "198.51.100.81", "-p", "5432-5435"]);
    let wanted = "\
SYN scan: 4 ports of 1 host, over the toy internet, scene firewall (seed 1)

198.51.100.81
   5432  open      SYN-ACK (RFC 9293 §3.10.7.2), 22.0 ms
   5433  filtered  silence
   5434  closed    RST (RFC 9293 §3.10.7.1), 20.0 ms
   5435  filtered  port unreachable from 192.0.2.1 (RFC 1122 §3.2.2.1), 20.0 ms

1 open, 1 closed, 2 filtered; 6 SYNs and 1 reset of ours in 3.0 s
silence: no answer to 3 SYNs; a firewall drops them, or all were lost
";
    assert_eq!((run.stdout.as_str(), run.code), (wanted, Some(0)));
}

/// Many closed ports are one row, in 80 columns.
#[test]
fn many_ports() {
    let run = barewire(&["scan"]);
    assert!(
        run.stdout.contains("  25 ports  closed  RST (RFC 9293 §3.10.7.1): 21-23, 25, 53,"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("3 open, 49 closed, 2 filtered; 56 SYNs and 3 resets"), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    assert_eq!(barewire(&["scan", "198.51.100.80", "-p", "1-20"]).code, Some(1));
}

/// To tell all ports in rows takes about as long as to tell them one by one; it was twenty times as long.
#[test]
fn all_ports() {
    let all = |more: &[&str]| {
        let start = Instant::now();
        let words = [&["scan", "198.51.100.80", "-p-", "--rate", "100000"], more].concat();
        (barewire(&words).stdout, start.elapsed())
    };
    let (rows, took) = all(&[]);
    assert!(rows.contains("\n2 open, 65,533 closed, 0 filtered; "), "{rows}");
    let (_, one_by_one) = all(&["--json"]);
    assert!(took < 4 * one_by_one, "{took:?} and {one_by_one:?}");
}

/// A host that is named twice is asked once, wherever it stands.
#[test]
fn scan_of_a_host_twice() {
    let run = barewire(&["scan", "198.51.100.80", "198.51.100.81", "198.51.100.80", "-p", "80"]);
    assert!(run.stdout.starts_with("SYN scan: 1 port of 2 hosts, over"), "{}", run.stdout);
    assert_eq!(run.stdout.matches("\n198.51.100.80\n").count(), 1, "{}", run.stdout);
    let once = barewire(&["scan", "198.51.100.80", "198.51.100.81", "-p", "80"]);
    assert_eq!((run.stdout, run.code), (once.stdout, once.code));
    let run = barewire(&["scan", "198.51.100.80", "-p", "81"]);
    assert!(
        run.stdout.contains("0 open, 1 closed, 0 filtered; 1 SYN and 0 resets of ours"),
        "{}",
        run.stdout
    );
}

#[test]
fn scan_for_programs() {
    let run = barewire(&["scan", "198.51.100.80", "-p", "79-81", "--json", "--in-order"]);
    let lines = lines(&run.stdout);
    let states: Vec<_> =
        lines[..3].iter().map(|line| (line["port"].clone(), line["state"].clone())).collect();
    let wanted =
        [(79, "closed"), (80, "open"), (81, "closed")].map(|(port, state)| (port.into(), state.into()));
    assert_eq!(states, wanted);
    assert_eq!((&lines[3]["syns"], &lines[3]["resets"]), (&3.into(), &1.into()));
}

/// Somebody else's address is refused before a packet leaves, whatever the privilege; 192.0.2.1 is for documentation.
#[cfg(target_os = "linux")]
#[test]
fn scan_refuses_the_addresses_of_others() {
    let run = barewire(&["scan", "192.0.2.1", "--net", "raw", "-p", "80"]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    let refused = run.stderr.contains("scans go only to loopback, the lab and the toy internet");
    assert!(refused || run.stderr.contains("barewire lab run"), "{}", run.stderr);
}

/// A capture of what was sent and heard: `read` knows its conversations.
#[test]
fn packets_are_written() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("probing.pcapng");
    let name = file.to_str().unwrap();
    assert_eq!(barewire(&["scan", "198.51.100.80", "-p", "80", "--pcapng", name]).code, Some(0));
    let read = barewire(&["read", name]);
    for flags in ["SYN", "SYN ACK", "RST"] {
        assert!(read.stdout.contains(flags), "{}", read.stdout);
    }
}
