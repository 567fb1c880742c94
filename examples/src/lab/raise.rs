//! Makes the hosts of a topology: network namespaces, cables between them, addresses, routes.
//!
//! The first host is the namespace that the lab's first process is in already. Each other one is made by a thread that
//! asks for a namespace of its own, gives it a name, and ends. A netlink socket stays in the namespace in which it was
//! opened, so one thread does all the rest.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::UnshareFlags;

use super::mounts::name_namespace;
use super::nat;
use super::netlink::route::{Configuration, Device};
use super::record::{HostRecord, Record};
use super::system;
use super::threads::beside;
use super::topology::{Cable, End, Place, Role, Topology};

/// The bridge of a switch.
const BRIDGE: &str = "bridge";

/// Makes all of it. What it returns says which namespaces it made.
///
/// # Errors
/// What the system says, and at which host.
pub(super) fn raise(topology: &Topology) -> io::Result<Record> {
    let made = topology.hosts.iter().enumerate().map(|(index, place)| make(place, index == 0));
    let spaces = made.collect::<io::Result<Vec<Space>>>()?;
    let find =
        |name: &str| spaces.iter().find(|space| space.place.name == name).expect("a host of the topology");
    for cable in topology.cables {
        lay(cable, find(cable.ends[0].host), find(cable.ends[1].host))?;
    }
    for space in &spaces {
        space.add_routes()?;
        if let Some(device) = space.place.masquerade {
            nat::masquerade(&space.file, device).map_err(|error| at(space.place.name, error))?;
        }
    }
    for space in &spaces {
        space.listen(topology).map_err(|error| at(space.place.name, error))?;
    }
    let hosts = spaces.iter().map(|space| space.record(topology)).collect();
    Ok(Record { topology: topology.name.to_string(), hosts })
}

/// A host that is there, and can be changed.
struct Space {
    place: &'static Place,
    namespace: String,
    file: File,
    configuration: Configuration,
}

fn make(place: &'static Place, is_first: bool) -> io::Result<Space> {
    let space = if is_first {
        settle(place)
    } else {
        beside(|| system::unshare(UnshareFlags::NEWNET).and_then(|()| settle(place)))
    };
    space.map_err(|error| match error.raw_os_error() {
        Some(libc::ENOSPC) => {
            let why = "there are as many network namespaces as user.max_net_namespaces allows";
            at(place.name, io::Error::new(error.kind(), format!("{why} ({error})")))
        }
        _ => at(place.name, error),
    })
}

/// What is done in the namespace itself, by a thread that is in it.
fn settle(place: &'static Place) -> io::Result<Space> {
    let (namespace, file) = (system::network_namespace()?, name_namespace(place.name)?);
    set_variables(place.role);
    let configuration = Configuration::open()?;
    configuration.up("lo")?;
    if place.role == Role::Switch {
        configuration.add_bridge(BRIDGE)?;
        configuration.up(BRIDGE)?;
    }
    Ok(Space { place, namespace, file, configuration })
}

/// The kernel's variables for this network namespace. A capture shows nothing that nobody asked for: hosts do not look
/// for routers, say only once which groups they listen to (the interval), and make up no address (`addr_gen_mode` 1):
/// [`link_local`] has the one they need. Whatever source a packet has, it is taken (`rp_filter` 0): a lab is for trying
/// that, too.
fn set_variables(role: Role) {
    let forwarding = if role == Role::Router { "1" } else { "0" };
    let is_transparent = matches!(role, Role::Switch | Role::Relay);
    let variables = [
        ("ipv4/ip_forward", forwarding),
        ("ipv6/conf/all/forwarding", forwarding),
        ("ipv6/conf/all/disable_ipv6", "0"),
        ("ipv6/conf/default/disable_ipv6", if is_transparent { "1" } else { "0" }),
        ("ipv6/conf/default/accept_ra", "0"),
        ("ipv6/conf/default/router_solicitations", "0"),
        ("ipv6/conf/default/addr_gen_mode", "1"),
        ("ipv6/conf/default/accept_dad", "0"),
        ("ipv6/conf/default/mldv2_unsolicited_report_interval", "1000000000"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
    ];
    for (name, value) in variables {
        // A kernel without IPv6 has not all of them; the lab is then without IPv6.
        let _ = fs::write(format!("/proc/sys/net/{name}"), value);
    }
}

/// Makes a cable, and waits until both ends send. The end that is switched on first has no carrier yet: until the
/// kernel has taken note that it has one, what it sends is lost.
fn lay(cable: &Cable, a: &Space, b: &Space) -> io::Result<()> {
    let [here, there] = &cable.ends;
    let device = |end: &End| Device { name: end.device, mac: mac(end) };
    let made = a.configuration.add_cable(device(here), device(there), &b.file);
    made.map_err(|error| at(here.host, error))?;
    let ends = [(a, here), (b, there)];
    ends.iter().try_for_each(|(space, end)| space.connect(end).map_err(|error| at(end.host, error)))?;
    ends.iter().try_for_each(|(space, end)| {
        let (name, device) = (end.host, end.device);
        until(|| space.configuration.is_running(device)).map_err(|error| at(name, error))
    })
}

/// The Ethernet address of an end: the IPv4 address is in it, so that a reader of a capture knows whose it is. The
/// first byte says that nobody was given it (locally administered).
fn mac(end: &End) -> Option<[u8; 6]> {
    end.addresses.iter().find_map(|text| match parse(text) {
        (IpAddr::V4(address), _) => {
            let [a, b, c, d] = address.octets();
            Some([2, 0, a, b, c, d])
        }
        (IpAddr::V6(_), _) => None,
    })
}

/// Every device has such an address (RFC 4291 §2.1). A router, and a host that sends with a forged source, asks its
/// neighbours from there, and Linux does not ask without one. It ends as the other address does: fe80::2 beside
/// fd77:1::2.
fn link_local(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => {
            let [.., a, b, c, d] = address.segments();
            Some(Ipv6Addr::new(0xfe80, 0, 0, 0, a, b, c, d).into())
        }
    }
}

impl Space {
    fn connect(&self, end: &End) -> io::Result<()> {
        let own = end.addresses.iter().map(|text| parse(text)).flat_map(|(address, prefix)| {
            let local = link_local(address).map(|address| (address, 64));
            [Some((address, prefix)), local].into_iter().flatten()
        });
        for (address, prefix) in own {
            match self.configuration.add_address(end.device, address, prefix) {
                Err(_) if address.is_ipv6() && !has_ipv6() => {}
                other => other?,
            }
        }
        if self.place.role == Role::Switch {
            self.configuration.add_port(BRIDGE, end.device)?;
        }
        self.configuration.up(end.device)
    }

    fn add_routes(&self) -> io::Result<()> {
        for gateway in self.place.gateways {
            let gateway: IpAddr = gateway.parse().expect("the topology has addresses");
            match self.configuration.add_default_route(gateway) {
                Err(_) if gateway.is_ipv6() && !has_ipv6() => {}
                other => other.map_err(|error| at(self.place.name, error))?,
            }
        }
        Ok(())
    }

    /// Waits until this host hears what is meant for its IPv6 addresses. The kernel joins their multicast groups a
    /// moment after it has taken the addresses, and a neighbour whose question is not heard asks again after a second.
    fn listen(&self, topology: &Topology) -> io::Result<()> {
        let own = self.record(topology).addresses.into_iter().filter_map(|address| match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(group(address)),
        });
        let groups: Vec<String> = own.collect();
        let has_all = || {
            system::move_into_network(&self.file)?;
            let joined = fs::read_to_string("/proc/thread-self/net/igmp6")?;
            Ok(groups.iter().all(|group| joined.contains(group)))
        };
        beside(|| until(has_all))
    }

    fn record(&self, topology: &Topology) -> HostRecord {
        let ends = topology.cables.iter().flat_map(|cable| &cable.ends);
        let own = ends.filter(|end| end.host == self.place.name).flat_map(|end| end.addresses);
        let mut addresses: Vec<IpAddr> = own.map(|text| parse(text).0).collect();
        addresses.retain(|address| address.is_ipv4() || has_ipv6());
        addresses.sort_by_key(IpAddr::is_ipv6);
        HostRecord { name: self.place.name.to_string(), namespace: self.namespace.clone(), addresses }
    }
}

/// The group in which a host hears of an address of its own (RFC 4291 §2.7.1), as /proc/net/igmp6 writes it.
fn group(address: Ipv6Addr) -> String {
    let [.., a, b, c] = address.octets();
    format!("ff0200000000000000000001ff{a:02x}{b:02x}{c:02x}")
}

/// Waits until `done` says so, for two seconds at most: what is late is then late, and a lab all the same.
fn until(done: impl Fn() -> io::Result<bool>) -> io::Result<()> {
    let start = Instant::now();
    while !done()? && start.elapsed() < Duration::from_secs(2) {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Whether this kernel has IPv6 at all.
fn has_ipv6() -> bool {
    fs::exists("/proc/sys/net/ipv6").unwrap_or(false)
}

/// `10.77.0.1/24` of a topology, which is right: the tests raise each of them.
fn parse(text: &str) -> (IpAddr, u8) {
    let (address, prefix) = text.split_once('/').expect("an address and its prefix");
    (address.parse().expect("an address"), prefix.parse().expect("a prefix"))
}

fn at(host: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("at {host}: {error}"))
}
