//! How long UDP lives, and its fragments: what Linux does.

use std::time::Duration;

use barewire_internet::nat::Config;
use barewire_packet::build::{datagram, fragments};

use super::{A, Case, KEPT, S};
use crate::packets::udp;

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "UDP: one exchange lives for the short timer",
        sysctls: &["udp_timeout=3", "udp_timeout_stream=8"],
        rules: "",
        ours: short_udp,
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.send("s", udp(S, KEPT));
            lab.send("a", udp(A, S));
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
        name: "UDP: the first answer makes no stream, however late it comes",
        sysctls: &["udp_timeout=3", "udp_timeout_stream=8"],
        rules: "",
        ours: short_udp,
        run: |lab| {
            lab.send("a", udp(A, S));
            lab.wait(2.4);
            let late = lab.send("s", udp(S, KEPT));
            lab.wait(4.0);
            vec![late, lab.send("s", udp(S, KEPT))]
        },
        wanted: &[
            "a: UDP 203.0.113.80:53 > 192.168.1.42:52341",
            "s: error 3/3 203.0.113.5 > 203.0.113.80 about UDP 203.0.113.80:53 > 203.0.113.5:52341",
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
