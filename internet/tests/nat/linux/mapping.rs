//! Which external port, whose packets come in, and forwarded ports: what Linux does.

use barewire_internet::nat::Unsolicited;

use super::{A, B, C, Case, INPUT_DROP, KEPT, NAT, S, T, WEB};
use crate::packets::{echo, tcp, udp};

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
];
