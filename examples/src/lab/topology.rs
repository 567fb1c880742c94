//! Which labs there are: hosts, the cables between them, and their addresses. It is data, and knows no kernel.
//!
//! The addresses are private ones: 10.77.0.0/16 (RFC 1918) and fd77::/16 (unique local, RFC 4193). Tested in
//! `tests/lab`, which raises each of them.

/// A lab that can be raised.
#[derive(Debug)]
pub struct Topology {
    /// The word after `--topology`.
    pub name: &'static str,
    /// What it is for, in half a line.
    pub about: &'static str,
    /// Its hosts. The first is where a program runs that says nothing else.
    pub hosts: &'static [Place],
    /// The cables.
    pub cables: &'static [Cable],
    /// Which servers are started, and where.
    pub services: &'static [(&'static str, &'static [Service])],
    /// A command to begin with.
    pub hint: &'static str,
    /// The picture, in 80 columns.
    pub drawing: &'static str,
}

/// What a host serves, where that is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// A page, over HTTP and HTTPS.
    Web,
}

/// A host of a lab: a network namespace.
#[derive(Debug)]
pub struct Place {
    /// What it is called, also in `/run/netns` and in `/etc/hosts`.
    pub name: &'static str,
    /// What it does with packets that are for somebody else.
    pub role: Role,
    /// Where its default routes lead: an address of each version, or none.
    pub gateways: &'static [&'static str],
}

/// What a host does with packets that are for somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It drops them.
    Host,
    /// It forwards them, by their IP address.
    Router,
    /// It is a bridge, which reads Ethernet and has no address.
    Switch,
}

/// A pair of virtual Ethernet devices (veth): what goes into the one comes out of the other.
#[derive(Debug)]
pub struct Cable {
    /// Its two ends.
    pub ends: [End; 2],
}

/// One end of a cable.
#[derive(Debug)]
pub struct End {
    /// The host whose device it is.
    pub host: &'static str,
    /// The device.
    pub device: &'static str,
    /// Its addresses, `10.77.0.1/24`: IPv4 first.
    pub addresses: &'static [&'static str],
}

/// All of them.
pub const TOPOLOGIES: &[&Topology] = &[&PAIR, &LAN];

/// The topology of this name.
pub fn find(name: &str) -> Option<&'static Topology> {
    TOPOLOGIES.iter().copied().find(|topology| topology.name == name)
}

const PAIR: Topology = Topology {
    name: "pair",
    about: "two hosts and a cable",
    hosts: &[host("client", &[]), host("server", &[])],
    cables: &[Cable {
        ends: [
            end("client", "eth0", &["10.77.0.1/24", "fd77::1/64"]),
            end("server", "eth0", &["10.77.0.2/24", "fd77::2/64"]),
        ],
    }],
    services: &[("server", &[Service::Web])],
    hint: "barewire fetch http://server/ --net raw",
    drawing: "\
client ─────────── server
10.77.0.1          10.77.0.2
fd77::1            fd77::2
",
};

const LAN: Topology = Topology {
    name: "lan",
    about: "three hosts on a switch",
    hosts: &[
        host("alice", &[]),
        host("bob", &[]),
        host("mallory", &[]),
        Place { name: "switch", role: Role::Switch, gateways: &[] },
    ],
    cables: &[
        Cable {
            ends: [end("alice", "eth0", &["10.77.3.1/24", "fd77:3::1/64"]), end("switch", "to-alice", &[])],
        },
        Cable { ends: [end("bob", "eth0", &["10.77.3.2/24", "fd77:3::2/64"]), end("switch", "to-bob", &[])] },
        Cable {
            ends: [
                end("mallory", "eth0", &["10.77.3.3/24", "fd77:3::3/64"]),
                end("switch", "to-mallory", &[]),
            ],
        },
    ],
    services: &[("bob", &[Service::Web])],
    hint: "barewire fetch http://bob/ --net raw",
    drawing: "\
alice ─────────── switch ─────────── bob
10.77.3.1           │                10.77.3.2
fd77:3::1           │                fd77:3::2
                 mallory
                 10.77.3.3
                 fd77:3::3
",
};

const fn host(name: &'static str, gateways: &'static [&'static str]) -> Place {
    Place { name, role: Role::Host, gateways }
}

const fn end(host: &'static str, device: &'static str, addresses: &'static [&'static str]) -> End {
    End { host, device, addresses }
}
