//! `barewire send` on real wires: what a kernel answers, as root and as an ordinary user, in the lab; and the packets
//! of `tests/craft/by_scapy.txt`, which tcpdump hears at the other end as scapy made them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use barewire_packet::capture::Capture;

use crate::need;
use crate::process::{Outcome, run};

const PROGRAM: &str = env!("CARGO_BIN_EXE_barewire");
const WAIT: Duration = Duration::from_secs(60);

/// A packet to the server of the lab `pair`, and what its kernel says. nginx listens on port 80 where it is there, so a
/// port that is open is one that the test's own server has: 9000.
const ANSWERS: [(&str, &str); 12] = [
    ("ip(dst=10.77.0.2)/tcp(dport=9000)", "Somebody listens on port 9000 of 10.77.0.2: SYN-ACK."),
    ("ip6(dst=fd77::2)/tcp(dport=9000)", "Somebody listens on port 9000 of fd77::2: SYN-ACK."),
    ("ip(dst=10.77.0.2)/tcp(dport=9001)", "Nobody listens on port 9001 of 10.77.0.2: RST"),
    ("ip6(dst=fd77::2)/tcp(dport=9001)", "Nobody listens on port 9001 of fd77::2: RST"),
    (
        "ip(dst=10.77.0.2)/udp(dport=9001)/\"x\"",
        "Nobody listens on UDP port 9001 of 10.77.0.2: port unreachable.",
    ),
    (
        "ip6(dst=fd77::2)/udp(dport=9001)/\"x\"",
        "Nobody listens on UDP port 9001 of fd77::2: port unreachable.",
    ),
    ("ip(dst=10.77.0.2)/icmp(id=7, seq=1)/\"hello\"", "10.77.0.2 is there: it sent the same bytes back."),
    ("ip6(dst=fd77::2)/icmp6(id=7, seq=1)/\"hello\"", "fd77::2 is there: it sent the same bytes back."),
    ("ip(dst=10.77.0.2, id=0)/icmp(id=7)", "10.77.0.2 is there: it sent the same bytes back."),
    ("ether()/arp(pdst=10.77.0.2)", "10.77.0.2 is at 02:00:"),
    ("ether()/ip(dst=10.77.0.2)/icmp(id=9)", "10.77.0.2 is there: it sent the same bytes back."),
    ("ip(dst=127.0.0.1)/icmp(id=9)", "127.0.0.1 is there: it sent the same bytes back."),
];

/// A server on port 9000 of the lab's server, over both versions, and a wait until it answers.
fn server() -> String {
    let syn = "ip(dst=10.77.0.2)/tcp(dport=9000)";
    format!(
        "'{PROGRAM}' lab exec server -- python3 -m http.server 9000 --bind :: >/dev/null 2>&1 &\n\
         until '{PROGRAM}' send --net raw '{syn}' | grep -q Somebody; do sleep 0.05; done\n"
    )
}

/// All packets, each after a mark.
fn script() -> String {
    let one = |(packet, _): &(&str, &str)| {
        format!("echo '== {packet}'; '{PROGRAM}' send --net raw '{packet}'; echo \"code $?\"\n")
    };
    server() + &ANSWERS.iter().map(one).collect::<String>()
}

/// A folder of this test's own.
fn folder(test: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("barewire-{test}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn judge(outcome: &Outcome) {
    let parts: Vec<&str> = outcome.stdout.split("== ").skip(1).collect();
    assert_eq!(parts.len(), ANSWERS.len(), "{outcome}");
    for ((packet, wanted), part) in ANSWERS.iter().zip(parts) {
        assert!(part.starts_with(packet), "{outcome}");
        let said = part.replace("\n  ", " ");
        assert!(said.contains(wanted) && part.ends_with("code 0\n"), "{packet}\n{part}\n{outcome}");
    }
}

#[test]
fn a_kernel_answers_in_the_lab() {
    if !need::can_run("a_kernel_answers_in_the_lab", true, &["python3", "sh"]) {
        return;
    }
    judge(&run(Command::new(PROGRAM).args(["lab", "run", "--", "sh", "-c", &script()]), WAIT));
}

#[test]
fn an_ordinary_user_sends_in_the_lab() {
    if !need::can_run("an_ordinary_user_sends_in_the_lab", true, &["python3", "sh", "setpriv"]) {
        return;
    }
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM];
    let words = ["lab", "run", "--", "sh", "-c", &script()];
    judge(&run(Command::new("setpriv").args(nobody).args(words), WAIT));
}

/// Every packet of the list, sent at the client, is heard at the server byte by byte as scapy makes it; also one whose
/// IPv4 header is wrong, since it leaves in a frame of its own.
#[test]
fn the_far_side_hears_the_bytes_of_scapy() {
    if !need::can_run("the_far_side_hears_the_bytes_of_scapy", true, &["tcpdump", "sh"]) {
        return;
    }
    let text = include_str!("../craft/by_scapy.txt");
    let records: Vec<Vec<&str>> = text.split("\n\n").skip(1).map(|record| record.lines().collect()).collect();
    // Two of the packets are not ours to the byte; `tests/craft/by_scapy.rs` says why.
    let differs = |packet: &str| packet.contains("reserved=5") || packet.contains("len=4000");
    let records: Vec<&Vec<&str>> = records.iter().filter(|record| !differs(record[0])).collect();
    let folder = folder("scapy");
    let (file, said) = (folder.join("heard.pcap"), folder.join("said"));
    let (heard, said) = (file.display(), said.display());
    let mut script = format!(
        "'{PROGRAM}' lab exec server -- tcpdump -Z root --immediate-mode -U -i eth0 -Q in -w '{heard}' 2> '{said}' & tcpdump=$!\n\
         until grep -q listening '{said}'; do sleep 0.05; done\n"
    );
    for record in &records {
        let packet = record[0].replace("\\\\", "\\");
        script +=
            &format!("'{PROGRAM}' send --net raw --iface eth0 --no-wait --no-guard --json '{packet}'\n");
    }
    script += "sleep 0.5; kill $tcpdump; wait $tcpdump\n";
    let outcome = run(Command::new(PROGRAM).args(["lab", "run", "--", "sh", "-c", &script]), WAIT);
    let capture = Capture::read(&fs::read(&file).unwrap()).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let heard: Vec<String> = capture.frames.iter().map(|frame| hex(&frame.bytes)).collect();
    for record in records {
        let wanted = record[2];
        // A packet is heard in a frame, whose header the kernel makes, or we.
        let is_it =
            |frame: &&String| frame.ends_with(wanted) && [0, 28].contains(&(frame.len() - wanted.len()));
        assert!(
            heard.iter().any(|frame| is_it(&frame)),
            "{}\n{wanted}\n{}\n{outcome}",
            record[0],
            heard.join("\n")
        );
    }
}

/// In the lab every link is the lab's: link-local addresses, loopback addresses in frames at a card, and sources of
/// anybody.
#[test]
fn all_of_a_link_is_the_labs() {
    if !need::can_run("all_of_a_link_is_the_labs", true, &["sh"]) {
        return;
    }
    let there = "is there: it sent the same bytes back.";
    let sends = [
        ("", "ip6(dst=fe80::2)/icmp6(id=7)", format!("fe80::2 {there} code 0")),
        ("--no-wait", "ether(dst=ff:ff:ff:ff:ff:ff)/ip(dst=127.0.0.1)/icmp()", "code 0".to_owned()),
        ("--no-wait", "ether(dst=ff:ff:ff:ff:ff:ff)/ip(dst=169.254.7.7)/icmp()", "code 0".to_owned()),
        ("--no-wait", "ip(dst=10.77.0.2, src=203.0.113.9)/icmp()", "code 0".to_owned()),
        // What is not the lab's is refused here too.
        ("--no-wait", "ip(dst=10.77.0.2, options=hex(830704080808080000))/icmp()", "code 2".to_owned()),
        ("", "ip(dst=8.8.8.8, src=10.77.0.1)/icmp()", "code 2".to_owned()),
    ];
    let script: String = sends
        .iter()
        .map(|(flag, packet, _)| {
            format!("echo '== '; '{PROGRAM}' send --net raw --iface eth0 {flag} '{packet}'; echo code $?\n")
        })
        .collect();
    let outcome = run(Command::new(PROGRAM).args(["lab", "run", "--", "sh", "-c", &script]), WAIT);
    let parts: Vec<&str> = outcome.stdout.split("== \n").skip(1).collect();
    assert_eq!(parts.len(), sends.len(), "{outcome}");
    for ((_, packet, wanted), part) in sends.iter().zip(parts) {
        let said = part.trim_end().replace("\n  ", " ").replace('\n', " ");
        assert!(said.ends_with(wanted.as_str()), "{packet}\n{part}\n{outcome}");
    }
}

/// The kernel knows nothing of our SYN. With the guard it says nothing to the SYN-ACK; without, it resets.
#[test]
fn the_guard_keeps_the_kernel_quiet() {
    if !need::can_run("the_guard_keeps_the_kernel_quiet", true, &["tcpdump", "python3", "sh"]) {
        return;
    }
    for (flag, resets) in [("--guard", 0), ("--no-guard", 1)] {
        let folder = folder(flag.trim_start_matches('-'));
        let (heard, said) = (folder.join("heard"), folder.join("said"));
        let (heard, said) = (heard.display(), said.display());
        let script = server()
            + &format!(
                "tcpdump -Z root --immediate-mode -Uni eth0 'tcp[13] & 4 != 0 and src 10.77.0.1' > '{heard}' 2> '{said}' & t=$!\n\
                 until grep -q listening '{said}'; do sleep 0.05; done\n\
                 '{PROGRAM}' send --net raw {flag} 'ip(dst=10.77.0.2)/tcp(sport=4000, dport=9000)' >/dev/null\n\
                 sleep 0.3; kill $t; wait $t; echo resets $(grep -c 4000 '{heard}')\n"
            );
        let outcome = run(Command::new(PROGRAM).args(["lab", "run", "--", "sh", "-c", &script]), WAIT);
        fs::remove_dir_all(&folder).unwrap();
        assert!(outcome.stdout.contains(&format!("resets {resets}\n")), "{flag}: {outcome}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
