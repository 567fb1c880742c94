//! What a lab is made of: hosts, the cables between them, and their addresses. It is data, and knows no kernel.
//!
//! [`super::topologies`] has those that there are. Tested in `tests/lab`, which raises each of them.

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
    /// A zone: its name, and the zone in full.
    Authority(&'static str, &'static str),
    /// DNS for all the lab, from the root on: the address of a root server.
    Resolver(&'static str),
}

impl Service {
    /// What it is, and on which ports. Which program does it depends on what is installed.
    pub fn about(self) -> String {
        match self {
            Service::Web => "a page on 80, and with nginx on 443; openssl s_server on 4433".to_string(),
            Service::Authority(zone, _) => format!("DNS for {zone} on 53: nsd, named, or our own server"),
            Service::Resolver(_) => "DNS for everybody on 53: unbound, or named".to_string(),
        }
    }
}

impl Topology {
    /// The hosts that are relays, and the two devices of each, in the order of the cables.
    pub fn relays(&self) -> impl Iterator<Item = (&'static str, [&'static str; 2])> {
        self.hosts.iter().filter(|place| place.role == Role::Relay).filter_map(|place| {
            let ends = self.cables.iter().flat_map(|cable| &cable.ends);
            let mut devices = ends.filter(|end| end.host == place.name).map(|end| end.device);
            Some((place.name, [devices.next()?, devices.next()?]))
        })
    }
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
    /// A router's device whose IPv4 address stands for those of all hosts on its other side (NAT).
    pub masquerade: Option<&'static str>,
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
    /// It has two devices, and a relay between them that delays frames and loses some. It has no address.
    Relay,
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
