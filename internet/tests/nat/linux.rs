//! What Linux does with `masquerade`, case by case. Each case is run twice, with the same packets: here with the preset
//! `linux`, and in `live.rs` with Linux itself. Both must give the lines that stand in the case.

mod icmp;
mod mapping;
mod tcp;
mod udp;

use barewire_internet::nat::{Config, Nat, Protocol};

use crate::lab::{Lab, Wires};
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

/// All cases.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    [mapping::CASES, udp::CASES, tcp::CASES, icmp::CASES].into_iter().flatten()
}

#[test]
fn the_preset_does_what_linux_does() {
    for case in cases() {
        let mut config = Config::linux();
        (case.ours)(&mut config);
        let nat = Nat::new(config, &["nat-net"]).forward_port(
            Protocol::Tcp,
            FORWARDED,
            "192.168.1.43:80".parse().unwrap(),
        );
        let lab = lab_with(nat);
        let mut lab: Lab<dyn Wires> = Lab { last: Vec::new(), wires: lab.wires };
        assert_eq!((case.run)(&mut lab), case.wanted, "{}", case.name);
    }
}
