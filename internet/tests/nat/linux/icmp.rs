//! ICMP errors and queries: what Linux does.

use super::{A, Case, NAT, S};
use crate::packets::{echo, error, udp, with_hops};

pub(crate) const CASES: &[Case] = &[
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
];
