//! The table in the head of the module `nat` (`src/nat/table.md`): each cell that says what somebody does is what this
//! test has seen.

use barewire_internet::nat::{Config, Timers};
use barewire_packet::build::{datagram, fragments};

use crate::lab::{Lab, Wires};
use crate::packets::{echo, error, tcp, udp};
use crate::timers::TIMERS;
use crate::world::lab;

/// A line of the table that is found out by packets.
pub(crate) struct Row {
    pub(crate) rule: &'static str,
    clause: &'static str,
    rfc: &'static str,
    pub(crate) probe: fn(&mut Lab<dyn Wires>) -> &'static str,
}

const A: &str = "192.168.1.42:52341";
const B: &str = "192.168.1.43:52341";
const S: &str = "203.0.113.80:53";
const T: &str = "203.0.113.81:53";
const WEB: &str = "203.0.113.80:80";
const NAT: &str = "203.0.113.5";

fn external(port: u16) -> String {
    format!("{NAT}:{port}")
}

/// The external port that a host's datagram shows.
fn port(lab: &mut Lab<dyn Wires>, host: &str, from: &str, to: &str) -> u16 {
    lab.send(host, udp(from, to));
    lab.port()
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "one socket, two peers, after a collision",
        clause: "4787 REQ-1",
        rfc: "one external port",
        probe: |lab| {
            port(lab, "a", A, S);
            let first = port(lab, "b", B, T);
            if port(lab, "b", B, S) == first { "one external port" } else { "two external ports" }
        },
    },
    Row {
        rule: "two sockets with one external port",
        clause: "4787 REQ-3",
        rfc: "never",
        probe: |lab| {
            let first = port(lab, "a", A, S);
            if port(lab, "b", B, T) == first { "towards two peers" } else { "never" }
        },
    },
    Row {
        rule: "the port stays as it is where it is free",
        clause: "4787 §4.2.1",
        rfc: "open",
        probe: |lab| if port(lab, "a", A, S) == 52341 { "yes" } else { "no" },
    },
    Row {
        rule: "ports below 1024 stay below",
        clause: "4787 REQ-3a",
        rfc: "recommended",
        probe: |lab| {
            let low = [port(lab, "a", "192.168.1.42:123", S), port(lab, "b", "192.168.1.43:123", S)];
            if low.iter().all(|port| *port < 1024) { "yes" } else { "no" }
        },
    },
    Row {
        rule: "even ports stay even",
        clause: "4787 REQ-4",
        rfc: "recommended",
        probe: |lab| {
            let mut kept = true;
            for inside in 3000..3030 {
                port(lab, "a", &format!("192.168.1.42:{inside}"), S);
                kept &= port(lab, "b", &format!("192.168.1.43:{inside}"), S) % 2 == inside % 2;
            }
            if kept { "yes" } else { "no" }
        },
    },
    Row {
        rule: "whose packets a mapping lets in",
        clause: "4787 REQ-8",
        rfc: "everybody's, or the host's",
        probe: |lab| {
            let to = external(port(lab, "a", A, S));
            match ["203.0.113.80:54", T]
                .map(|from| lab.send(if from == T { "t" } else { "s" }, udp(from, &to)).starts_with("a:"))
            {
                [true, true] => "everybody's",
                [true, false] => "the host's",
                _ => "the socket's",
            }
        },
    },
    Row {
        rule: "hairpin",
        clause: "4787 REQ-9",
        rfc: "external source shown",
        probe: |lab| {
            let a = external(port(lab, "a", A, S));
            let b = external(port(lab, "b", "192.168.1.43:6000", S));
            let told = lab.send("a", udp(A, &b));
            if told == format!("b: UDP {a} > 192.168.1.43:6000") { "external source shown" } else { "none" }
        },
    },
    Row {
        rule: "a datagram to an external port that is nobody's",
        clause: "-",
        rfc: "open",
        probe: |lab| if lab.send("s", udp(S, "203.0.113.5:9")) == "nothing" { "silence" } else { "ICMP 3/3" },
    },
    Row {
        rule: "a SYN to one",
        clause: "5382 REQ-4",
        rfc: "ICMP 3/3 after 6 s",
        probe: |lab| {
            let at_once = lab.send("s", tcp(WEB, "203.0.113.5:9", "S", (9, 0), b""));
            if at_once.ends_with("RA") {
                return "reset at once";
            }
            if lab.wait(6.5).contains("error 3/3") { "ICMP 3/3 after 6 s" } else { "silence" }
        },
    },
    Row {
        rule: "simultaneous open",
        clause: "5382 REQ-2a",
        rfc: "passes",
        probe: |lab| {
            lab.send("a", tcp(A, WEB, "S", (1000, 0), b""));
            let external = external(lab.port());
            lab.send("s", tcp(WEB, &external, "S", (5000, 0), b""));
            lab.send("a", tcp(A, WEB, "SA", (1000, 5001), b""));
            lab.send("s", tcp(WEB, &external, "SA", (5000, 1001), b""));
            lab.send("s", tcp(WEB, &external, "A", (5001, 1001), b""));
            if lab.wires.states() == ["ESTABLISHED"] { "passes" } else { "fails" }
        },
    },
    Row {
        rule: "a segment from inside without a mapping",
        clause: "5382 §5",
        rfc: "open",
        probe: |lab| match lab.send("a", tcp(A, WEB, "A", (1000, 5000), b"")).as_str() {
            "nothing" => "dropped",
            told if told.starts_with("s: TCP 203.0.113.5:") => "makes one",
            _ => "leaves untranslated",
        },
    },
    Row {
        rule: "ICMP errors, with what they quote",
        clause: "5508 REQ-4",
        rfc: "translated",
        probe: |lab| {
            port(lab, "a", A, S);
            let sent = lab.last[0].1.clone();
            let told = lab.send("t", error("203.0.113.81", NAT, 11, 0, &sent));
            if told.ends_with(&format!("> 192.168.1.42 about UDP {A} > {S}")) {
                "translated"
            } else {
                "not translated"
            }
        },
    },
    Row {
        rule: "an ICMP error ends a mapping",
        clause: "4787 REQ-12, 5382 REQ-10",
        rfc: "never",
        probe: |lab| {
            let to = external(port(lab, "a", A, S));
            let sent = lab.last[0].1.clone();
            lab.send("s", error("203.0.113.80", NAT, 3, 3, &sent));
            if lab.send("s", udp(S, &to)).starts_with("a:") { "never" } else { "yes" }
        },
    },
    Row {
        rule: "one ICMP query identifier for all hosts, after a collision",
        clause: "5508 REQ-1a",
        rfc: "recommended",
        probe: |lab| {
            lab.send("a", echo("192.168.1.42", "203.0.113.80", false, 7));
            lab.send("b", echo("192.168.1.43", "203.0.113.81", false, 7));
            let first = lab.port();
            lab.send("b", echo("192.168.1.43", "203.0.113.80", false, 7));
            if lab.port() == first { "yes" } else { "no" }
        },
    },
    Row {
        rule: "fragments out of order",
        clause: "4787 REQ-14",
        rfc: "pass",
        probe: |lab| {
            let pieces = fragments(&datagram(A, S, &[0x5a; 100]), 1, 64);
            lab.send("a", pieces[1].clone());
            lab.send("a", pieces[0].clone());
            if lab.last.len() == 2 { "pass" } else { "do not pass" }
        },
    },
];

/// What the NAT of a preset does.
pub(crate) fn seen(row: &Row, config: Config) -> &'static str {
    (row.probe)(&mut Lab { last: Vec::new(), wires: lab(config).wires })
}

/// The table as it has to stand in the module's head. What Linux does is what our preset does: `live.rs` looks.
fn table() -> Vec<String> {
    let mut lines = vec![
        "| rule | clause | RFC | Linux 6.18 | ours, `rfc` | ours, `linux` |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    for row in ROWS {
        let (rfc, linux) = (seen(row, Config::rfc()), seen(row, Config::linux()));
        lines.push(format!("| {} | {} | {} | {linux} | {rfc} | {linux} |", row.rule, row.clause, row.rfc));
    }
    for timer in TIMERS {
        let [rfc, linux] = [Timers::rfc(), Timers::linux()].map(|timers| (timer.of)(&timers).as_secs());
        lines.push(format!(
            "| {} | {} | {} | {linux} s | {rfc} s | {linux} s |",
            timer.rule, timer.clause, timer.rfc
        ));
    }
    lines
}

#[test]
fn the_table_of_the_docs_is_what_is_seen() {
    let stands: Vec<&str> = include_str!("../../src/nat/table.md").lines().collect();
    let wanted = table();
    assert_eq!(stands, wanted, "the table should be:\n{}", wanted.join("\n"));
}

#[test]
fn where_an_rfc_rules_the_preset_rfc_keeps_it() {
    for row in
        ROWS.iter().filter(|row| !matches!(row.rfc, "open" | "recommended" | "everybody's, or the host's"))
    {
        assert_eq!(seen(row, Config::rfc()), row.rfc, "{}", row.rule);
    }
}
