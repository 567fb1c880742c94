//! `barewire send` over the toy internet: what it prints, its exit codes, what it refuses, and its files.

mod common;

use barewire_packet::capture::Capture;
use barewire_packet::link::Way;
use common::barewire;
use serde_json::Value;

/// A packet, the last sentence of the answer, and the exit code.
const ANSWERS: [(&str, &str, i32); 15] = [
    ("ip(dst=203.0.113.80)/tcp(dport=80)", "Somebody listens on port 80 of 203.0.113.80: SYN-ACK.", 0),
    (
        "ip6(dst=2001:db8:113::80)/tcp(dport=443)",
        "Somebody listens on port 443 of 2001:db8:113::80: SYN-ACK.",
        0,
    ),
    ("ip(dst=203.0.113.85)/tcp()", "Nobody listens on port 80 of 203.0.113.85: RST (RFC 9293 §3.10.7.1).", 0),
    (
        "ip(dst=203.0.113.80)/tcp(flags=A)",
        "203.0.113.80 knows no connection between these ports: RST (RFC 9293 §3.10.7.1).",
        0,
    ),
    (
        "ip(dst=203.0.113.86)/tcp()",
        "Port 80 of 203.0.113.86 is filtered, or the host is not there, or a packet was lost: a host that gets a SYN \
         answers it, also when nobody listens.",
        1,
    ),
    ("ip(dst=203.0.113.80)/tcp(flags=R)", "A reset is not answered, whatever it did (RFC 9293 §3.10.7).", 1),
    (
        "ip(dst=203.0.113.85)/udp(dport=9)",
        "Nobody listens on UDP port 9 of 203.0.113.85: port unreachable.",
        0,
    ),
    (
        "ip6(dst=2001:db8:113::85)/udp(dport=9)/\"x\"",
        "Nobody listens on UDP port 9 of 2001:db8:113::85: port unreachable.",
        0,
    ),
    (
        "ip(dst=203.0.113.80, proto=99)/hex(00)",
        "203.0.113.80 does not know protocol (99): protocol unreachable.",
        0,
    ),
    (
        "ip(dst=10.0.0.53)/udp()/dns(qname=www.example.test)",
        "The DNS server on port 53 of 10.0.0.53 answers: www.example.test. 300 IN A 203.0.113.80.",
        0,
    ),
    ("ip(dst=203.0.113.80)/icmp(id=7, seq=1)", "203.0.113.80 is there: it sent the same bytes back.", 0),
    (
        "ip6(dst=2001:db8:113::80, hlim=2)/icmp6()",
        "The packet may pass no further router, and 2001:db8:1::2 is the one where it ended.",
        0,
    ),
    (
        "ip(dst=203.0.113.80)/icmp(chksum=0xbeef)",
        "Something in it is wrong on purpose: a host that notices drops the packet, and says nothing.",
        1,
    ),
    (
        "ip(dst=203.0.113.80, src=10.0.0.9)/tcp()",
        "An answer goes to 10.0.0.9, which was given as the source and is not this host.",
        1,
    ),
    ("ip(dst=203.0.113.80)/tcp(dport=80, flags=SA, ack=1)", "knows no connection between these ports", 0),
];

#[test]
fn an_answer_is_told_in_a_sentence() {
    for (packet, wanted, code) in ANSWERS {
        let run = barewire(&["send", packet]);
        let text = run.stdout.replace("\n  ", " ");
        assert!(text.contains(wanted), "{packet}\n{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, Some(code), "{packet}");
        assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{}", run.stdout);
    }
}

/// What was asked stands beside what is sent, and what is wrong on purpose below it.
#[test]
fn asked_beside_sent() {
    let packet = "ip(src=10.0.0.2, dst=203.0.113.80, ttl=3, len=9)/udp(sport=4000, dport=9, chksum=1)/\"hi\"";
    let run = barewire(&["send", "--dry-run", packet]);
    let wanted = "\
ip(src=10.0.0.2, dst=203.0.113.80, ttl=3, len=9)/udp(sport=4000, dport=9,
  chksum=0x1)/raw(\"hi\"): 30 bytes

byte   field                        asked             sent
0          version and header length                      4, 5 words
1          traffic class                                  0
2-3        total length                 len=9             9
           ! wrong on purpose: 30 would be right
";
    for line in wanted.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_there = |drawn: &str| drawn.split_whitespace().collect::<Vec<_>>() == words;
        assert!(run.stdout.lines().any(is_there), "{line}\n{}", run.stdout);
    }
    assert_eq!(run.code, Some(0));
}

#[test]
fn bytes_as_digits_and_back() {
    let packet = "ip(src=10.0.0.2, dst=203.0.113.80)/icmp(id=1, seq=2)/\"hello\"";
    let hex = barewire(&["send", "--hex", packet]);
    assert_eq!(
        hex.stdout,
        "450000210001000040013489\
                            0a000002cb0071500800b42a0001000268656c6c6f\n"
    );
    let folder = tempfile("send_hex");
    std::fs::write(&folder, &hex.stdout).unwrap();
    let file = folder.to_str().unwrap();
    let again = barewire(&["send", "--from-hex", file]);
    assert!(
        again.stdout.ends_with("203.0.113.80 is there: it sent the same bytes back.\n"),
        "{}",
        again.stdout
    );
    let again = barewire(&["send", "--from-hex", file, "--hex"]);
    assert_eq!(again.stdout, hex.stdout);
    std::fs::remove_file(folder).unwrap();
}

/// A device has no end, so what is read has one.
#[cfg(unix)]
#[test]
fn bytes_without_end_are_refused() {
    let run = barewire(&["send", "--from-hex", "/dev/zero"]);
    assert_eq!(run.code, Some(26), "{run}");
    assert!(run.stderr.contains("/dev/zero: there are more than 1048576 bytes in it"), "{run}");
}

#[test]
fn json_has_both_packets() {
    let packet = "ip(dst=203.0.113.80)/tcp(dport=80, chksum=0xbeef)";
    let run = barewire(&["send", "--json", packet]);
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    let fields = object["sent"]["fields"].as_array().unwrap();
    let sum = fields.iter().find(|field| field["name"] == "checksum").unwrap();
    assert_eq!(
        (&sum["asked"], &sum["value"], &sum["right"]),
        (&"chksum=0xbeef".into(), &"0xbeef".into(), &"0x893f".into())
    );
    assert_eq!((&sum["offset"], &sum["length"]), (&36.into(), &2.into()));
    assert_eq!((&object["answer"], run.code), (&Value::Null, Some(1)));
    let run = barewire(&["send", "--json", "--count", "2", "ip(dst=203.0.113.80)/icmp()"]);
    let objects: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[1]["answer"]["from"], "203.0.113.80");
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_capture_of_both_packets() {
    let file = tempfile("send.pcapng");
    let run = barewire(&[
        "send",
        "ip(dst=203.0.113.80)/tcp(dport=80)",
        "--count",
        "2",
        "-w",
        file.to_str().unwrap(),
    ]);
    assert!(
        run.stdout.ends_with("2 sent, 2 answered; least 28.0 ms, mean 28.0 ms, most 28.0 ms\n"),
        "{}",
        run.stdout
    );
    let capture = Capture::read(&std::fs::read(&file).unwrap()).unwrap();
    let ways: Vec<_> = capture.frames.iter().map(|frame| frame.way.unwrap()).collect();
    assert_eq!(ways, [Way::Sent, Way::Received, Way::Sent, Way::Received]);
    let said = capture.frames[1].comment.as_deref();
    assert_eq!(said, Some("Somebody listens on port 80 of 203.0.113.80: SYN-ACK."));
    let second = capture.frames[2].time - capture.frames[0].time;
    assert_eq!(second.as_secs(), 1, "a second lies between them");
    std::fs::remove_file(file).unwrap();
}

const UDP_FRAME: &str = "ether(dst=ff:ff:ff:ff:ff:ff)/ip(dst=127.0.0.1)/udp()/\"x\"";

/// Packets that wait for no answer are written as they leave.
#[test]
fn a_capture_of_many_packets() {
    let file = tempfile("many.pcapng");
    let words =
        ["ip(dst=203.0.113.80, ttl=9)/icmp(chksum=1)", "--no-wait", "--interval", "0", "--count", "5000"];
    let run = barewire(&[&["send", "-w", file.to_str().unwrap()], &words[..]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let capture = Capture::read(&std::fs::read(&file).unwrap()).unwrap();
    std::fs::remove_file(file).unwrap();
    assert_eq!(capture.frames.len(), 5000);
    let last = capture.frames.last().unwrap();
    assert_eq!((last.way, last.comment.as_deref()), (Some(Way::Sent), Some("wrong on purpose")));
    assert_eq!((last.bytes.len(), last.original_len), (28, 28));
    let run = barewire(&["send", "ip(dst=203.0.113.80)/icmp()", "-w", "/nowhere/at.all"]);
    assert_eq!((run.code, run.stderr.contains("/nowhere/at.all could not be written: ")), (Some(23), true));
}

/// Where nothing may go, nothing goes; the wires are not even opened.
#[test]
fn what_is_refused() {
    for (words, code, wanted) in [
        (
            &["ip(dst=10.0.0.2)/tcpp()"][..],
            2,
            "column 18: there is no header \"tcpp\"; there are ether, vlan,",
        ),
        (&["ip()/tcp()"], 2, "column 1: ip needs dst: ip(dst=..)"),
        (&["ether()/arp(pdst=10.0.0.1)"], 2, "the toy internet has no Ethernet"),
        (&["--net", "os", "ip(dst=127.0.0.1)"], 2, "use --net toy or --net raw"),
        (
            &["--net", "raw", "ip(dst=8.8.8.8)/icmp()"],
            2,
            "8.8.8.8 is not a private address: packets made by hand go",
        ),
        (&["--net", "raw", "ip(dst=10.255.255.1)/icmp()"], 2, "say so with --i-own-this-network"),
        (
            &["--net", "raw", "ip(dst=127.0.0.1)/ip(dst=8.8.8.8)/icmp()"],
            2,
            "8.8.8.8 is not a private address",
        ),
        (
            &["--net", "raw", "ip(dst=127.0.0.1, options=[lsrr(8.8.8.8)])/icmp()"],
            2,
            "8.8.8.8 is not a private",
        ),
        (
            &["--net", "raw", "--i-own-this-network", "ip(dst=8.8.8.8)/icmp()"],
            2,
            "for addresses of private ranges",
        ),
        (&["-w", "-", "ip(dst=203.0.113.80)/icmp()"], 2, "standard output has the rows: name a file"),
        // A loopback address on a device that is not the loopback's.
        (
            &["--net", "raw", "--iface", "eth9", UDP_FRAME],
            2,
            "127.0.0.1 is this machine only where the packet leaves",
        ),
        (
            &["--net", "raw", "--iface", "eth9", "ether()/arp(pdst=127.0.0.1)"],
            2,
            "Name the device lo; or else",
        ),
        (&["--net", "raw", "ether()/ip(dst=127.0.0.1)/icmp()"], 2, "Name the device lo; or else"),
        (&["--net", "raw", "--iface", "eth9", "ip6(dst=::1)/icmp6()"], 2, "::1 is this machine only where"),
        (&["--net", "raw", "ip6(dst=::ffff:127.0.0.1)/icmp6()"], 2, "127.0.0.1 is this machine only where"),
        // A source that is somebody else's gets the answer.
        (
            &["--net", "raw", "ip6(dst=::1, src=2001:db8:77::1)/icmp6()"],
            2,
            "2001:db8:77::1 is not a private address: answers to packets made by hand go only to loopback",
        ),
        (
            &["--net", "raw", "ip(dst=127.0.0.1, src=8.8.8.8)/icmp()"],
            2,
            "8.8.8.8 is not a private address: answers",
        ),
        (
            &["--net", "raw", "ip(dst=127.0.0.1, src=10.255.255.9)/icmp()"],
            2,
            "say so with --i-own-this-network",
        ),
        // Source routes as bytes.
        (
            &["--net", "raw", "ip(dst=127.0.0.1, options=hex(830704080808080000))/icmp()"],
            2,
            "8.8.8.8 is not a private address: packets",
        ),
        (
            &["--net", "raw", "ip6(dst=::1, nh=43)/hex(3a02000100000000 20010db8000000000000000000000001)"],
            2,
            "2001:db8::1 is not a private address: packets",
        ),
        (
            &["--net", "raw", "ip6(dst=::1, nh=43)/hex(3a020001)"],
            2,
            "nobody can tell where this goes: a header that ends early",
        ),
        (
            &[
                "--net",
                "raw",
                "hex(47000024 00010000 40010000 7f000001 7f000001 83070408 08080800 0800f7ff 00000000)",
            ],
            2,
            "8.8.8.8 is not a private address: packets",
        ),
        (&["--net", "raw", "hex(00)"], 2, "nobody can tell where this goes: bytes without an IP header"),
        (&["--fields", "tcpp"], 2, "there is no header \"tcpp\""),
        (&[], 2, "the following required arguments were not provided"),
    ] {
        let run = barewire(&[&["send"], words].concat());
        let said = run.stderr.replace("\n  ", " ");
        assert!(said.contains(wanted), "{words:?}\n{}", run.stderr);
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{words:?}");
    }
}

/// The place of a fault is shown above the sentence.
#[test]
fn a_fault_has_a_caret() {
    let run = barewire(&["send", "ip(dst=10.0.0.2)/tcp(dprt=80)"]);
    let wanted = "  ip(dst=10.0.0.2)/tcp(dprt=80)\n                       ^^^^\nbarewire: (2) the packet, column 22: tcp has";
    assert!(run.stderr.starts_with(wanted), "{}", run.stderr);
}

#[test]
fn the_language_lists_itself() {
    let run = barewire(&["send", "--fields"]);
    assert!(run.stdout.contains("destopts   destination options (RFC 8200 §4.6)\n"), "{}", run.stdout);
    let run = barewire(&["send", "--fields", "TCP"]);
    let row = "104-111    flags     2                 F S R P A U E C, or SYN+ACK\n";
    assert!(run.stdout.contains(row), "{}", run.stdout);
}

fn tempfile(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("barewire-{}-{name}", std::process::id()))
}
