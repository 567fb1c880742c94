//! The labs that there are.
//!
//! The addresses are private ones: 10.77.0.0/16 and 192.168.77.0/24 (RFC 1918), and fd77::/16 (unique local, RFC 4193).

use super::topology::{Cable, End, Place, Role, Service, Topology};

/// All of them.
pub const TOPOLOGIES: &[&Topology] = &[&PAIR, &PATH, &LAN, &NAT, &DNS];

/// The topology of this name.
pub fn find(name: &str) -> Option<&'static Topology> {
    TOPOLOGIES.iter().copied().find(|topology| topology.name == name)
}

const PAIR: Topology = Topology {
    name: "pair",
    about: "two hosts and a cable",
    hosts: &[host("client", &[]), host("server", &[])],
    cables: &[cable(
        end("client", "eth0", &["10.77.0.1/24", "fd77::1/64"]),
        end("server", "eth0", &["10.77.0.2/24", "fd77::2/64"]),
    )],
    services: &[("server", &[Service::Web])],
    hint: "barewire fetch http://server/ --net raw",
    drawing: "\
client ─────────── server
10.77.0.1          10.77.0.2
fd77::1            fd77::2
",
};

const PATH: Topology = Topology {
    name: "path",
    about: "a router between two hosts, and a slow wire that loses packets",
    hosts: &[
        host("client", &["10.77.0.254", "fd77::fe"]),
        place("router", Role::Router),
        place("relay", Role::Relay),
        host("server", &["10.77.1.254", "fd77:1::fe"]),
    ],
    cables: &[
        cable(
            end("client", "eth0", &["10.77.0.1/24", "fd77::1/64"]),
            end("router", "to-client", &["10.77.0.254/24", "fd77::fe/64"]),
        ),
        cable(
            end("router", "to-server", &["10.77.1.254/24", "fd77:1::fe/64"]),
            end("relay", "to-router", &[]),
        ),
        cable(end("relay", "to-server", &[]), end("server", "eth0", &["10.77.1.2/24", "fd77:1::2/64"])),
    ],
    services: &[("server", &[Service::Web])],
    hint: "barewire fetch http://server/ --net raw --cwnd",
    drawing: "\
client ─────────── router ────── relay ────── server
10.77.0.1          .254    delay, loss        10.77.1.2
fd77::1                                       fd77:1::2
",
};

const LAN: Topology = Topology {
    name: "lan",
    about: "three hosts on a switch",
    hosts: &[host("alice", &[]), host("bob", &[]), host("mallory", &[]), place("switch", Role::Switch)],
    cables: &[
        cable(end("alice", "eth0", &["10.77.3.1/24", "fd77:3::1/64"]), end("switch", "to-alice", &[])),
        cable(end("bob", "eth0", &["10.77.3.2/24", "fd77:3::2/64"]), end("switch", "to-bob", &[])),
        cable(end("mallory", "eth0", &["10.77.3.3/24", "fd77:3::3/64"]), end("switch", "to-mallory", &[])),
    ],
    services: &[("bob", &[Service::Web])],
    hint: "barewire lab exec mallory -- tcpdump -Z root -ni eth0",
    drawing: "\
alice ──────────── switch ──────────── bob
10.77.3.1            │                 10.77.3.2
fd77:3::1            │                 fd77:3::2
                  mallory
                  10.77.3.3
                  fd77:3::3
",
};

const NAT: Topology = Topology {
    name: "nat",
    about: "a home router that gives many hosts one IPv4 address",
    hosts: &[
        host("client", &["192.168.77.1", "fd77::fe"]),
        Place { masquerade: Some("to-server"), ..place("router", Role::Router) },
        host("server", &["fd77:1::fe"]),
    ],
    cables: &[
        cable(
            end("client", "eth0", &["192.168.77.2/24", "fd77::1/64"]),
            end("router", "to-client", &["192.168.77.1/24", "fd77::fe/64"]),
        ),
        cable(
            end("router", "to-server", &["10.77.1.254/24", "fd77:1::fe/64"]),
            end("server", "eth0", &["10.77.1.2/24", "fd77:1::2/64"]),
        ),
    ],
    services: &[("server", &[Service::Web])],
    hint: "barewire lab exec server -- tcpdump -Z root -ni eth0   (who asks?)",
    drawing: "\
client ─────────── router ─────────── server
192.168.77.2       .1    10.77.1.254  10.77.1.2
fd77::1                               fd77:1::2
",
};

/// The zones of the topology `dns`.
const ROOT_ZONE: &str = "\
$ORIGIN .
$TTL 3600
@ SOA a.root. nobody.root. 1 1800 900 604800 300
@ NS a.root.
a.root. A 10.77.2.1
a.root. AAAA fd77:2::1
test. NS a.nic.test.
a.nic.test. A 10.77.2.2
a.nic.test. AAAA fd77:2::2
";
const TEST_ZONE: &str = "\
$ORIGIN test.
$TTL 3600
@ SOA a.nic nobody.nic 1 1800 900 604800 300
@ NS a.nic
a.nic A 10.77.2.2
a.nic AAAA fd77:2::2
example NS ns.example
ns.example A 10.77.2.3
ns.example AAAA fd77:2::3
";
const EXAMPLE_ZONE: &str = "\
$ORIGIN example.test.
$TTL 300
@ SOA ns nobody 1 1800 900 604800 60
@ NS ns
@ MX 10 mail
ns A 10.77.2.3
ns AAAA fd77:2::3
www A 10.77.2.80
www AAAA fd77:2::80
mail A 10.77.2.25
alias CNAME www
*.wild A 10.77.2.80
txt TXT \"hello\" \"world\"
";

const DNS: Topology = Topology {
    name: "dns",
    about: "a root, a top-level domain, an authority, a resolver and a web server",
    hosts: &[
        host("client", &[]),
        host("resolver", &[]),
        host("root", &[]),
        host("tld", &[]),
        host("authority", &[]),
        host("www", &[]),
        place("switch", Role::Switch),
    ],
    cables: &[
        cable(end("client", "eth0", &["10.77.2.10/24", "fd77:2::10/64"]), end("switch", "to-client", &[])),
        cable(end("resolver", "eth0", &["10.77.2.9/24", "fd77:2::9/64"]), end("switch", "to-resolver", &[])),
        cable(end("root", "eth0", &["10.77.2.1/24", "fd77:2::1/64"]), end("switch", "to-root", &[])),
        cable(end("tld", "eth0", &["10.77.2.2/24", "fd77:2::2/64"]), end("switch", "to-tld", &[])),
        cable(
            end("authority", "eth0", &["10.77.2.3/24", "fd77:2::3/64"]),
            end("switch", "to-authority", &[]),
        ),
        cable(end("www", "eth0", &["10.77.2.80/24", "fd77:2::80/64"]), end("switch", "to-www", &[])),
    ],
    services: &[
        ("root", &[Service::Authority(".", ROOT_ZONE)]),
        ("tld", &[Service::Authority("test.", TEST_ZONE)]),
        ("authority", &[Service::Authority("example.test.", EXAMPLE_ZONE)]),
        ("resolver", &[Service::Resolver("10.77.2.1")]),
        ("www", &[Service::Web]),
    ],
    hint: "barewire fetch http://www.example.test/ --net raw",
    drawing: "\
client ──┐   10.77.2.10   fd77:2::10
resolver ┤   10.77.2.9    fd77:2::9
root ────┤   10.77.2.1    fd77:2::1    .
tld ─────┤   10.77.2.2    fd77:2::2    test.
authority┤   10.77.2.3    fd77:2::3    example.test.
www ─────┘   10.77.2.80   fd77:2::80
",
};

const fn host(name: &'static str, gateways: &'static [&'static str]) -> Place {
    Place { name, role: Role::Host, gateways, masquerade: None }
}

const fn place(name: &'static str, role: Role) -> Place {
    Place { name, role, gateways: &[], masquerade: None }
}

const fn cable(one: End, other: End) -> Cable {
    Cable { ends: [one, other] }
}

const fn end(host: &'static str, device: &'static str, addresses: &'static [&'static str]) -> End {
    End { host, device, addresses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn every_topology_names_its_own_hosts_and_addresses_and_fits_the_terminal() {
        for topology in TOPOLOGIES {
            let name = topology.name;
            let has = |name: &str| topology.hosts.iter().any(|place| place.name == name);
            let ends: Vec<&End> = topology.cables.iter().flat_map(|cable| &cable.ends).collect();
            let is_address = |text: &&str| text.parse::<IpAddr>().is_ok();
            assert!(ends.iter().all(|end| has(end.host)), "{name}");
            assert!(topology.services.iter().all(|(host, _)| has(host)), "{name}");
            assert!(topology.hosts.iter().all(|place| place.gateways.iter().all(is_address)), "{name}");
            let own = ends.iter().flat_map(|end| end.addresses);
            assert!(own.map(|text| text.split('/').next().unwrap()).all(|text| is_address(&text)), "{name}");
            // A device has at most 15 characters (IFNAMSIZ), and each in a host has a name of its own.
            let mut devices: Vec<(&str, &str)> = ends.iter().map(|end| (end.host, end.device)).collect();
            devices.sort_unstable();
            devices.dedup();
            assert_eq!(devices.len(), ends.len(), "{name}");
            assert!(devices.iter().all(|(_, device)| device.len() <= 15), "{name}");
            assert!(topology.drawing.lines().all(|line| line.chars().count() <= 74), "{name}");
        }
    }
}
