//! What Linux does with `masquerade`, case by case. Each case is run twice, with the same packets: here with the preset
//! `linux`, and in `live.rs` with Linux itself. Both must give the lines that stand in the case.

use std::time::Duration;

use barewire_internet::nat::{Config, Invalid, Nat, Protocol, Unsolicited};

use barewire_packet::build::{datagram, fragments};

use crate::lab::{Lab, Wires};
use crate::packets::{echo, error, tcp, udp, with_hops};
use crate::world::lab_with;

/// A case: how Linux is set, what we set for the same, what is done, and what comes of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// For `sysctl -w`, after `net.netfilter.nf_conntrack_`.
    pub(crate) sysctls: &'static [&'static str],
    /// Chains and rules in a table of their own.
    pub(crate) rules: &'static str,
    pub(crate) ours: fn(&mut Config),
    pub(crate) run: fn(&mut Lab<dyn Wires>) -> Vec<String>,
    pub(crate) wanted: &'static [&'static str],
}

const A: &str = "192.168.1.42:52341";
const B: &str = "192.168.1.43:52341";
const C: &str = "192.168.2.43:6000";
const S: &str = "203.0.113.80:53";
const T: &str = "203.0.113.81:53";
const WEB: &str = "203.0.113.80:80";
const NAT: &str = "203.0.113.5";
const KEPT: &str = "203.0.113.5:52341";

const INPUT_DROP: &str = "chain input { type filter hook input priority filter
 iifname net0 ct state new,invalid drop
 }
";
const INVALID_DROP: &str =
    "chain forward { type filter hook forward priority filter\n ct state invalid drop\n }\n";

/// The port that leads to 192.168.1.43:80 in every case.
pub(crate) const FORWARDED: u16 = 8080;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "the port is kept, and overloaded towards another destination",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| vec![lab.send("a", udp(A, S)), lab.send("b", udp(B, T))],
        wanted: &["s: UDP 203.0.113.5:52341 > 203.0.113.80:53", "t: UDP 203.0.113.5:52341 > 203.0.113.81:53"],
    },
    Case {
        name: "the same destination: another port, so that one socket has two",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.send("b", udp(B, T));
            let other = lab.send("b", udp(B, S));
            let other =
                other.replace(&lab.port().to_string(), if lab.port() >= 1024 { "other" } else { "low" });
            vec![other, lab.send("b", udp(B, T))]
        },
        wanted: &["s: UDP 203.0.113.5:other > 203.0.113.80:53", "t: UDP 203.0.113.5:52341 > 203.0.113.81:53"],
    },
    Case {
        name: "a port that was found at a collision is used for later peers, too",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.send("b", udp(B, S));
            let other = lab.port().to_string();
            vec![lab.send("b", udp(B, T)).replace(&other, "other")]
        },
        wanted: &["t: UDP 203.0.113.5:other > 203.0.113.81:53"],
    },
    Case {
        name: "three classes of ports, and parity is not kept",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            let class = |port: u16| match port {
                1..=511 => "1-511",
                600..=1023 => "600-1023",
                1024.. => "1024-65535",
                _ => "elsewhere",
            };
            let mut parities = 0;
            let mut classes: Vec<String> = [53, 123, 511, 512, 600, 1023, 1024, 5000]
                .map(|port: u16| {
                    lab.send("a", udp(&format!("192.168.1.42:{port}"), S));
                    lab.send("b", udp(&format!("192.168.1.43:{port}"), S));
                    assert_ne!(lab.port(), port);
                    format!("{port}: {}", class(lab.port()))
                })
                .to_vec();
            for port in 3000..3040 {
                lab.send("a", udp(&format!("192.168.1.42:{port}"), S));
                lab.send("b", udp(&format!("192.168.1.43:{port}"), S));
                parities += (lab.port() ^ port) & 1;
            }
            classes.push(format!("parity always kept: {}", parities == 0));
            classes
        },
        wanted: &[
            "53: 1-511",
            "123: 1-511",
            "511: 1-511",
            "512: 600-1023",
            "600: 600-1023",
            "1023: 600-1023",
            "1024: 1024-65535",
            "5000: 1024-65535",
            "parity always kept: false",
        ],
    },
    Case {
        name: "filtering by address and port; the NAT's own stack answers the others",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.send("a", tcp(A, WEB, "S", (1000, 0), b""));
            vec![
                lab.send("s", udp(S, KEPT)),
                lab.send("s", udp("203.0.113.80:54", KEPT)),
                lab.send("t", udp(T, KEPT)),
                lab.send("t", tcp("203.0.113.81:80", KEPT, "S", (9, 0), b"")),
                lab.send("t", tcp("203.0.113.81:80", KEPT, "A", (9, 70), b"")),
                lab.send("t", echo("203.0.113.81", NAT, false, 7)),
            ]
        },
        wanted: &[
            "a: UDP 203.0.113.80:53 > 192.168.1.42:52341",
            "s: error 3/3 203.0.113.5 > 203.0.113.80 about UDP 203.0.113.80:54 > 203.0.113.5:52341",
            "t: error 3/3 203.0.113.5 > 203.0.113.81 about UDP 203.0.113.81:53 > 203.0.113.5:52341",
            "t: TCP 203.0.113.5:52341 > 203.0.113.81:80 RA",
            "t: TCP 203.0.113.5:52341 > 203.0.113.81:80 R",
            "t: echo reply 203.0.113.5 > 203.0.113.81 id 7",
        ],
    },
    Case {
        name: "with a filter on input it is silent",
        sysctls: &[],
        rules: INPUT_DROP,
        ours: |config| config.unsolicited = Unsolicited::Drop,
        run: |lab| {
            lab.send("a", udp(A, S));
            vec![
                lab.send("t", udp(T, KEPT)),
                lab.send("t", tcp("203.0.113.81:80", KEPT, "S", (9, 0), b"")),
                lab.send("t", echo("203.0.113.81", NAT, false, 7)),
                lab.send("s", udp(S, KEPT)),
            ]
        },
        wanted: &["nothing", "nothing", "nothing", "a: UDP 203.0.113.80:53 > 192.168.1.42:52341"],
    },
    Case {
        name: "no hairpin; by a forwarded port it works, and the server sees the internal source",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            lab.send("a", tcp(A, WEB, "S", (1000, 0), b""));
            vec![
                lab.send("c", tcp(C, KEPT, "S", (9, 0), b"")),
                lab.send("c", tcp(C, "203.0.113.5:8080", "S", (9, 0), b"")),
                lab.send("b", tcp("192.168.1.43:80", C, "SA", (70, 10), b"")),
                lab.send("c", tcp(C, "203.0.113.5:8080", "A", (10, 71), b"")),
            ]
        },
        wanted: &[
            "c: TCP 203.0.113.5:52341 > 192.168.2.43:6000 RA",
            "b: TCP 192.168.2.43:6000 > 192.168.1.43:80 S",
            "c: TCP 203.0.113.5:8080 > 192.168.2.43:6000 SA",
            "b: TCP 192.168.2.43:6000 > 192.168.1.43:80 A",
        ],
    },
    Case {
        name: "a forwarded port, from outside",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            let (t, web) = ("203.0.113.81:7000", "192.168.1.43:80");
            vec![
                lab.send("t", tcp(t, "203.0.113.5:8080", "S", (9, 0), b"")),
                lab.send("b", tcp(web, t, "SA", (70, 10), b"")),
                lab.send("t", tcp(t, "203.0.113.5:8080", "A", (10, 71), b"")),
                // What the server begins itself has its own port.
                lab.send("b", tcp(web, "203.0.113.80:7000", "S", (1, 0), b"")),
            ]
        },
        wanted: &[
            "b: TCP 203.0.113.81:7000 > 192.168.1.43:80 S",
            "t: TCP 203.0.113.5:8080 > 203.0.113.81:7000 SA",
            "b: TCP 203.0.113.81:7000 > 192.168.1.43:80 A",
            "s: TCP 203.0.113.5:80 > 203.0.113.80:7000 S",
        ],
    },
    Case {
        name: "UDP: one exchange lives for the short timer",
        sysctls: &["udp_timeout=3", "udp_timeout_stream=8"],
        rules: "",
        ours: short_udp,
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.send("s", udp(S, KEPT));
            lab.wait(4.0);
            vec![lab.send("s", udp(S, KEPT))]
        },
        wanted: &["s: error 3/3 203.0.113.5 > 203.0.113.80 about UDP 203.0.113.80:53 > 203.0.113.5:52341"],
    },
    Case {
        name: "UDP: after two seconds it is a stream, and packets from outside keep it alive",
        sysctls: &["udp_timeout=3", "udp_timeout_stream=8"],
        rules: "",
        ours: short_udp,
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.send("s", udp(S, KEPT));
            lab.wait(2.2);
            lab.send("s", udp(S, KEPT));
            lab.wait(5.0);
            let alive = lab.send("s", udp(S, KEPT));
            lab.wait(9.0);
            vec![alive, lab.send("s", udp(S, KEPT))]
        },
        wanted: &[
            "a: UDP 203.0.113.80:53 > 192.168.1.42:52341",
            "s: error 3/3 203.0.113.5 > 203.0.113.80 about UDP 203.0.113.80:53 > 203.0.113.5:52341",
        ],
    },
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
    Case {
        name: "ICMP errors are translated, outer and quoted, whoever sends them",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            lab.send("a", udp("192.168.1.42:40100", S));
            let sent = lab.last[0].1.clone();
            let mut told = vec![lab.send("s", error("203.0.113.80", NAT, 3, 3, &sent))];
            told.push(lab.send("t", error("203.0.113.81", NAT, 11, 0, &sent)));
            told.push(lab.send("s", udp(S, "203.0.113.5:40100")));
            let came_in = lab.last[0].1.clone();
            told.push(lab.send("a", error("192.168.1.42", "203.0.113.80", 3, 3, &came_in)));
            told.push(lab.send("c", error("192.168.2.43", "203.0.113.80", 3, 1, &came_in)));
            // About nothing we have sent: nobody hears of it. About nothing that came in: it leaves as it is.
            told.push(lab.send("s", error("203.0.113.80", NAT, 3, 3, &udp("203.0.113.5:9", S))));
            told.push(lab.send("a", error("192.168.1.42", "203.0.113.80", 3, 3, &udp(S, "192.168.1.42:9"))));
            told
        },
        wanted: &[
            "a: error 3/3 203.0.113.80 > 192.168.1.42 about UDP 192.168.1.42:40100 > 203.0.113.80:53",
            "a: error 11/0 203.0.113.81 > 192.168.1.42 about UDP 192.168.1.42:40100 > 203.0.113.80:53",
            "a: UDP 203.0.113.80:53 > 192.168.1.42:40100",
            "s: error 3/3 203.0.113.5 > 203.0.113.80 about UDP 203.0.113.80:53 > 203.0.113.5:40100",
            "s: error 3/1 203.0.113.5 > 203.0.113.80 about UDP 203.0.113.80:53 > 203.0.113.5:40100",
            "nothing",
            "s: error 3/3 192.168.1.42 > 203.0.113.80 about UDP 203.0.113.80:53 > 192.168.1.42:9",
        ],
    },
    Case {
        name: "ICMP: a probe with one hop to go is answered from the inside address",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| vec![lab.send("a", with_hops(udp(A, S), 1))],
        wanted: &["a: error 11/0 192.168.1.1 > 192.168.1.42 about UDP 192.168.1.42:52341 > 203.0.113.80:53"],
    },
    Case {
        name: "ICMP: identifiers are kept where they are free",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            let mut told = vec![lab.send("a", echo("192.168.1.42", "203.0.113.80", false, 7))];
            told.push(
                lab.send("b", echo("192.168.1.43", "203.0.113.80", false, 7))
                    .replace(&lab.port().to_string(), "other"),
            );
            let other = lab.port();
            assert_ne!(other, 7);
            told.push(
                lab.send("b", echo("192.168.1.43", "203.0.113.81", false, 7))
                    .replace(&other.to_string(), "other"),
            );
            told.push(lab.send("s", echo("203.0.113.80", NAT, true, 7)));
            told.push(lab.send("s", echo("203.0.113.80", NAT, true, other)));
            told.push(lab.send("s", echo("203.0.113.80", NAT, true, 9)));
            told.push(lab.send("s", echo("203.0.113.80", NAT, false, 7)));
            // An answer that nobody has asked for leaves as it is.
            told.push(lab.send("a", echo("192.168.1.42", "203.0.113.81", true, 5)));
            told
        },
        wanted: &[
            "s: echo request 203.0.113.5 > 203.0.113.80 id 7",
            "s: echo request 203.0.113.5 > 203.0.113.80 id other",
            "t: echo request 203.0.113.5 > 203.0.113.81 id other",
            "a: echo reply 203.0.113.80 > 192.168.1.42 id 7",
            "b: echo reply 203.0.113.80 > 192.168.1.43 id 7",
            "nothing",
            "s: echo reply 203.0.113.5 > 203.0.113.80 id 7",
            "t: echo reply 192.168.1.42 > 203.0.113.81 id 5",
        ],
    },
    Case {
        name: "fragments pass in any order",
        sysctls: &[],
        rules: "",
        ours: |_| {},
        run: |lab| {
            let pieces = |identification| fragments(&datagram(A, S, &[0x5a; 100]), identification, 64);
            // Linux waits for all of them, and cuts the packet again; we pass them on one by one.
            let in_order = [lab.send("a", pieces(1)[0].clone()), lab.send("a", pieces(1)[1].clone())];
            let in_order: Vec<String> = in_order.into_iter().filter(|told| told != "nothing").collect();
            let first_last = [lab.send("a", pieces(2)[1].clone()), lab.send("a", pieces(2)[0].clone())];
            [vec![in_order.join(" and ")], first_last.to_vec()].concat()
        },
        wanted: &[
            "s: UDP 203.0.113.5:52341 > 203.0.113.80:53 and s: later fragment 203.0.113.5 > 203.0.113.80",
            "nothing",
            "s: UDP 203.0.113.5:52341 > 203.0.113.80:53 and s: later fragment 203.0.113.5 > 203.0.113.80",
        ],
    },
];

fn short_udp(config: &mut Config) {
    (config.timers.udp, config.timers.udp_stream) = (Duration::from_secs(3), Duration::from_secs(8));
}

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

#[test]
fn the_preset_does_what_linux_does() {
    for case in CASES {
        let mut config = Config::linux();
        (case.ours)(&mut config);
        let nat = Nat::new(config, &["nat-net"]).forward(
            Protocol::Tcp,
            FORWARDED,
            "192.168.1.43:80".parse().unwrap(),
        );
        let lab = lab_with(nat);
        let mut lab: Lab<dyn Wires> = Lab { last: Vec::new(), wires: lab.wires };
        assert_eq!((case.run)(&mut lab), case.wanted, "{}", case.name);
    }
}
