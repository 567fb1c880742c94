//! TCP connections, and what each end sees when their mapping is gone: what Linux does.

use std::time::Duration;

use barewire_internet::nat::{Config, Invalid, Unsolicited};

use super::{A, Case, INPUT_DROP, INVALID_DROP, KEPT, WEB};
use crate::lab::{Lab, Wires};
use crate::packets::tcp;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "TCP: a half-open connection is forgotten",
        sysctls: &["tcp_timeout_syn_sent=2"],
        rules: "",
        ours: |config| config.timers.tcp_syn_sent = Duration::from_secs(2),
        run: |lab| {
            lab.send("a", tcp(A, WEB, "S", (1000, 0), b""));
            lab.wait(3.0);
            vec![lab.send("s", tcp(WEB, KEPT, "SA", (5000, 1001), b""))]
        },
        wanted: &["s: TCP 203.0.113.5:52341 > 203.0.113.80:80 R"],
    },
    Case {
        name: "TCP, mapping gone: the client speaks, the NAT learns",
        sysctls: &["tcp_timeout_established=3"],
        rules: "",
        ours: short_tcp,
        run: |lab| idle(lab, true),
        wanted: &[
            "s: TCP 203.0.113.5:52341 > 203.0.113.80:80 PA",
            "a: TCP 203.0.113.80:80 > 192.168.1.42:52341 A",
        ],
    },
    Case {
        name: "TCP, mapping gone: the client speaks, the NAT does not learn",
        sysctls: &["tcp_timeout_established=3", "tcp_loose=0"],
        rules: "",
        ours: |config| {
            short_tcp(config);
            config.learn_midway = false;
        },
        run: |lab| idle(lab, true),
        // Untranslated: the server answers to an address that is not on its internet.
        wanted: &[
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 PA",
            "s: TCP 203.0.113.5:52341 > 203.0.113.80:80 R",
        ],
    },
    Case {
        name: "TCP, mapping gone: the client speaks, what is invalid is dropped",
        sysctls: &["tcp_timeout_established=3", "tcp_loose=0"],
        rules: INVALID_DROP,
        ours: |config| {
            short_tcp(config);
            config.learn_midway = false;
            config.invalid = Invalid::Drop;
        },
        run: |lab| idle(lab, true)[..1].to_vec(),
        wanted: &["nothing"],
    },
    Case {
        name: "TCP, mapping gone: the server speaks, the NAT's own stack resets it",
        sysctls: &["tcp_timeout_established=3"],
        rules: "",
        ours: short_tcp,
        run: |lab| idle(lab, false),
        wanted: &["s: TCP 203.0.113.5:52341 > 203.0.113.80:80 R"],
    },
    Case {
        name: "TCP, mapping gone: the server speaks into silence",
        sysctls: &["tcp_timeout_established=3", "tcp_loose=0"],
        rules: INPUT_DROP,
        ours: |config| {
            short_tcp(config);
            config.learn_midway = false;
            config.unsolicited = Unsolicited::Drop;
        },
        run: |lab| idle(lab, false),
        wanted: &["nothing"],
    },
    Case {
        name: "TCP: keep-alive keeps the mapping",
        sysctls: &["tcp_timeout_established=4", "tcp_loose=0"],
        rules: "",
        ours: |config| {
            config.timers.tcp_established = Duration::from_secs(4);
            config.learn_midway = false;
        },
        run: |lab| {
            connect(lab);
            for _ in 0..6 {
                lab.wait(1.0);
                lab.send("a", tcp(A, WEB, "A", (1000, 5001), b""));
                lab.send("s", tcp(WEB, KEPT, "A", (5001, 1001), b""));
            }
            vec![lab.send("s", tcp(WEB, KEPT, "PA", (5001, 1001), b"data"))]
        },
        wanted: &["a: TCP 203.0.113.80:80 > 192.168.1.42:52341 PA"],
    },
    Case {
        name: "TCP: what cannot open a connection leaves untranslated",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            ["FA", "R", "RA", "SA", "SF", ""]
                .map(|flags| lab.send("a", tcp(A, WEB, flags, (1000, 5000), b"")))
                .to_vec()
        },
        wanted: &[
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 FA",
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 R",
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 RA",
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 SA",
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 FS",
            "s: TCP 192.168.1.42:52341 > 203.0.113.80:80 ",
        ],
    },
    Case {
        name: "TCP: the states of a connection that is opened and closed",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            let mut states = Vec::new();
            let mut step = |who: &str, flags: &str, numbers: (u32, u32)| {
                match who {
                    "a" => lab.send("a", tcp(A, WEB, flags, numbers, b"")),
                    _ => lab.send("s", tcp(WEB, KEPT, flags, numbers, b"")),
                };
                states.push(format!("{who} {flags}: {}", lab.wires.states().join(" ")));
            };
            step("a", "S", (1000, 0));
            step("s", "SA", (5000, 1001));
            step("a", "A", (1001, 5001));
            step("s", "A", (5001, 1001));
            step("a", "FA", (1001, 5001));
            step("s", "A", (5001, 1002));
            step("s", "FA", (5001, 1002));
            step("a", "A", (1002, 5002));
            step("a", "S", (900_000, 0));
            states
        },
        wanted: &[
            "a S: SYN_SENT",
            "s SA: SYN_RECV",
            "a A: ESTABLISHED",
            "s A: ESTABLISHED",
            "a FA: FIN_WAIT",
            "s A: CLOSE_WAIT",
            "s FA: LAST_ACK",
            "a A: TIME_WAIT",
            "a S: SYN_SENT",
        ],
    },
    Case {
        name: "TCP: simultaneous open",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            let mut told = vec![lab.send("a", tcp(A, WEB, "S", (1000, 0), b""))];
            told.push(lab.send("s", tcp(WEB, KEPT, "S", (5000, 0), b"")));
            told.push(lab.wires.states().join(" "));
            told.push(lab.send("a", tcp(A, WEB, "SA", (1000, 5001), b"")));
            told.push(lab.send("s", tcp(WEB, KEPT, "SA", (5000, 1001), b"")));
            told.push(lab.send("a", tcp(A, WEB, "A", (1001, 5001), b"")));
            told.push(lab.wires.states().join(" "));
            told
        },
        wanted: &[
            "s: TCP 203.0.113.5:52341 > 203.0.113.80:80 S",
            "a: TCP 203.0.113.80:80 > 192.168.1.42:52341 S",
            "SYN_SENT2",
            "s: TCP 203.0.113.5:52341 > 203.0.113.80:80 SA",
            "a: TCP 203.0.113.80:80 > 192.168.1.42:52341 SA",
            "s: TCP 203.0.113.5:52341 > 203.0.113.80:80 A",
            "ESTABLISHED",
        ],
    },
    Case {
        name: "TCP: a refused connection is forgotten at once, a reset one after a while",
        sysctls: &["tcp_timeout_close=2"],
        rules: "",
        ours: |config| config.timers.tcp_closed = Duration::from_secs(2),
        run: |lab| {
            lab.send("a", tcp(A, WEB, "S", (1000, 0), b""));
            let mut told = vec![lab.send("s", tcp(WEB, KEPT, "RA", (0, 1001), b""))];
            told.push(format!("states: {:?}", lab.wires.states()));
            connect(lab);
            told.push(lab.send("s", tcp(WEB, KEPT, "R", (5001, 0), b"")));
            told.push(format!("states: {:?}", lab.wires.states()));
            lab.wait(3.0);
            told.push(format!("states: {:?}", lab.wires.states()));
            told
        },
        wanted: &[
            "a: TCP 203.0.113.80:80 > 192.168.1.42:52341 RA",
            "states: []",
            "a: TCP 203.0.113.80:80 > 192.168.1.42:52341 R",
            "states: [\"CLOSE\"]",
            "states: []",
        ],
    },
];

fn short_tcp(config: &mut Config) {
    config.timers.tcp_established = Duration::from_secs(3);
}

/// a opens a connection to port 80 of s.
fn connect(lab: &mut Lab<dyn Wires>) {
    lab.send("a", tcp(A, WEB, "S", (1000, 0), b""));
    lab.send("s", tcp(WEB, KEPT, "SA", (5000, 1001), b""));
    lab.send("a", tcp(A, WEB, "A", (1001, 5001), b""));
    lab.send("s", tcp(WEB, KEPT, "A", (5001, 1001), b""));
}

/// A connection is idle for longer than its timer. Then one end speaks; if it is the client, the server answers.
fn idle(lab: &mut Lab<dyn Wires>, client: bool) -> Vec<String> {
    connect(lab);
    lab.wait(4.0);
    if !client {
        return vec![lab.send("s", tcp(WEB, KEPT, "PA", (5001, 1001), b"data"))];
    }
    let spoken = lab.send("a", tcp(A, WEB, "PA", (1001, 5001), b"data"));
    vec![spoken, lab.send("s", tcp(WEB, KEPT, "A", (5001, 1005), b""))]
}
