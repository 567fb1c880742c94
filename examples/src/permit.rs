//! Which addresses a program may touch that makes packets by hand, or scans, or looks names up for others.
//!
//! A forged packet is an experiment at home, and an attack elsewhere. So it goes only where it can disturb nobody:
//!
//! | address                                        | may be touched                                      |
//! |------------------------------------------------|-----------------------------------------------------|
//! | any address of the toy internet                | always: nothing leaves the process                  |
//! | loopback: 127.0.0.0/8, ::1                     | by the device `lo`, or as the kernel routes it      |
//! | inside the lab: its networks, link-local addresses, all hosts of a link at once | always             |
//! | private: RFC 1918 §3, RFC 4193 §3.1; link-local: RFC 3927 §2.1, RFC 4291 §2.5.6 | with `--i-own-this-network` |
//! | multicast, broadcast, public addresses, all the rest | never                                         |
//!
//! ```
//! use barewire::permit::{Act, Permit};
//!
//! // The networks of the lab; and the flag was not given.
//! let permit = Permit::host(&["10.77.0.0/24".parse()?], false);
//! assert!(permit.ask(Act::Forge, "10.77.0.2".parse()?).is_ok());
//! let refusal = permit.ask(Act::Forge, "192.168.1.1".parse()?).unwrap_err();
//! assert!(refusal.to_string().starts_with("192.168.1.1 is a private address (RFC 1918 §3)"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The source of a packet is asked too ([`Permit::ask_source`]): the host that gets the packet answers there.
//!
//! What it does not know: whether a private address that is owned is all hosts of its network at once (192.168.1.255).
//! The kernel knows, and refuses to send there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use barewire_internet::Prefix;

use crate::failure::{Failure, Step};
use crate::lab::Lab;

/// What somebody wants to do to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Send packets that are made by hand.
    Forge,
    /// Have such a packet answered: what [`Permit::ask_source`] asks.
    Answer,
    /// Ask which ports are open.
    Scan,
    /// Have a resolver look something up: an address that sends such a query may be forged, and its owner gets replies
    /// that are larger than the queries.
    Recurse,
}

/// Where an address lies that may be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// In the toy internet.
    Toy,
    /// On this machine.
    Loopback,
    /// In the lab.
    Lab,
    /// On a private network, whose owner asks.
    Owned,
}

/// What may be touched from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    is_toy: bool,
    lab: Vec<Prefix>,
    owns_network: bool,
}

impl Permit {
    /// In the toy internet: all of it.
    pub fn toy() -> Permit {
        Permit { is_toy: true, lab: Vec::new(), owns_network: false }
    }

    /// On a host with real wires. `lab` has the networks of the lab when the program runs inside it, and is empty
    /// elsewhere; `owns_network` is the flag `--i-own-this-network`.
    pub fn host(lab: &[Prefix], owns_network: bool) -> Permit {
        Permit { is_toy: false, lab: lab.to_vec(), owns_network }
    }

    /// On this host, wherever the program runs: inside the lab or outside.
    ///
    /// # Errors
    /// What the system says when the lab around this process cannot be read.
    pub fn here(owns_network: bool) -> std::io::Result<Permit> {
        Ok(Permit::around(Lab::attach()?.as_ref(), owns_network))
    }

    /// On a host of this lab; `None`: outside.
    pub fn around(lab: Option<&Lab>, owns_network: bool) -> Permit {
        // The cables of a lab carry 256 addresses of IPv4, or 64 bits of IPv6.
        let addresses = lab.into_iter().flat_map(Lab::hosts).flat_map(|host| host.addresses());
        let network = |address: &IpAddr| Prefix::of(*address, if address.is_ipv4() { 24 } else { 64 });
        Permit::host(&addresses.map(network).collect::<Vec<_>>(), owns_network)
    }

    /// Whether this is inside the lab.
    pub fn is_lab(&self) -> bool {
        !self.lab.is_empty()
    }

    /// Whether packets of this kind may go to `address`, and on which ground. The kernel chooses the device.
    ///
    /// # Errors
    /// [`Refusal`]: they may not; it says why, and what to do.
    pub fn ask(&self, act: Act, address: IpAddr) -> Result<Ground, Refusal> {
        self.ask_by(act, address, None, false)
    }

    /// Whether a packet of this kind may go to all these addresses. `device` is the one that was named for it;
    /// `is_frame`: it leaves in a frame that is made by hand, so the kernel routes it nowhere.
    ///
    /// # Errors
    /// [`Refusal`]: it may not go to one of them.
    pub fn ask_all(
        &self,
        act: Act,
        addresses: impl IntoIterator<Item = IpAddr>,
        device: Option<&str>,
        is_frame: bool,
    ) -> Result<(), Refusal> {
        addresses.into_iter().try_for_each(|address| self.ask_by(act, address, device, is_frame).map(drop))
    }

    /// Whether a packet may have this source: the host that gets the packet answers there. An address of this machine
    /// may be one (`is_ours`). So may the unspecified address, since nobody can answer there.
    ///
    /// # Errors
    /// [`Refusal`]: it may not.
    pub fn ask_source(&self, source: IpAddr, is_ours: impl Fn(IpAddr) -> bool) -> Result<(), Refusal> {
        let source = source.to_canonical();
        let harms_nobody =
            self.is_lab() || source.is_unspecified() || source.is_loopback() || is_ours(source);
        if harms_nobody { Ok(()) } else { self.ask(Act::Answer, source).map(drop) }
    }

    fn ask_by(
        &self,
        act: Act,
        asked: IpAddr,
        device: Option<&str>,
        is_frame: bool,
    ) -> Result<Ground, Refusal> {
        // ::ffff:192.0.2.1 is 192.0.2.1 in other words (RFC 4291 §2.5.5.2).
        let address = asked.to_canonical();
        // The kernel routes loopback addresses over `lo`; an IPv6 packet to ::ffff:127.0.0.1 it routes as any other.
        let is_routed_to_lo = device.is_none() && !is_frame && asked == address;
        let kind = match Kind::of(address) {
            Kind::Loopback if !is_routed_to_lo && device != Some("lo") && !self.is_lab() => Kind::Astray,
            kind => kind,
        };
        let in_lab = |prefix: &Prefix| prefix.contains(address);
        match kind {
            _ if self.is_toy => Ok(Ground::Toy),
            Kind::Loopback => Ok(Ground::Loopback),
            _ if self.lab.iter().any(in_lab) => Ok(Ground::Lab),
            // A packet to all hosts of a link does not leave it, nor does one to a link-local address; and in the lab
            // every link is the lab's.
            Kind::Multicast | Kind::Broadcast | Kind::LinkLocal(_) if self.is_lab() => Ok(Ground::Lab),
            Kind::Private(_) | Kind::LinkLocal(_) if self.owns_network => Ok(Ground::Owned),
            _ => Err(Refusal { act, address, kind, owns_network: self.owns_network }),
        }
    }
}

/// An address that may not be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    act: Act,
    address: IpAddr,
    kind: Kind,
    owns_network: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.act {
            Act::Forge => "packets made by hand go",
            Act::Answer => "answers to packets made by hand go",
            Act::Scan => "scans go",
            Act::Recurse => "answers of a resolver go",
        };
        write!(
            f,
            "{} is {}: {what} only to loopback, the lab and the toy internet. ",
            self.address, self.kind
        )?;
        match self.kind {
            Kind::Astray => f.write_str("Name the device lo; or else use ")?,
            Kind::Private(_) | Kind::LinkLocal(_) => {
                f.write_str("If this network is yours, say so with --i-own-this-network; or else use ")?;
            }
            _ if self.owns_network => {
                f.write_str("--i-own-this-network is for addresses of private ranges. Use ")?;
            }
            _ => f.write_str("Use ")?,
        }
        match self.act {
            Act::Recurse => f.write_str("`barewire lab shell`"),
            _ => f.write_str("`barewire lab shell`, or --net toy"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::new(Step::Usage, refusal.to_string())
    }
}

/// What an address is, where it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Loopback,
    /// A loopback address on the way to a device that is not the loopback's.
    Astray,
    /// Of one's own network, by this rule.
    Private(&'static str),
    /// Of one link, by this rule.
    LinkLocal(&'static str),
    Multicast,
    Broadcast,
    /// 0.0.0.0/8 or ::
    Unspecified,
    Public,
}

impl Kind {
    fn of(address: IpAddr) -> Kind {
        match address {
            IpAddr::V4(address) => Kind::of_v4(address),
            IpAddr::V6(address) => Kind::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Kind {
        match address {
            _ if address.is_loopback() => Kind::Loopback,
            _ if address.is_private() => Kind::Private("RFC 1918 §3"),
            _ if address.is_link_local() => Kind::LinkLocal("RFC 3927 §2.1"),
            _ if address.is_multicast() => Kind::Multicast,
            _ if address.is_broadcast() => Kind::Broadcast,
            _ if address.octets()[0] == 0 => Kind::Unspecified,
            _ => Kind::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Kind {
        match address {
            _ if address.is_loopback() => Kind::Loopback,
            _ if address.is_unique_local() => Kind::Private("RFC 4193 §3.1"),
            _ if address.is_unicast_link_local() => Kind::LinkLocal("RFC 4291 §2.5.6"),
            _ if address.is_multicast() => Kind::Multicast,
            _ if address.is_unspecified() => Kind::Unspecified,
            _ => Kind::Public,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Loopback => f.write_str("this machine"),
            Kind::Astray => f.write_str("this machine only where the packet leaves by the device lo"),
            Kind::Private(rule) | Kind::LinkLocal(rule) => {
                write!(f, "a private address ({rule}), and its network may be somebody else's")
            }
            Kind::Multicast => f.write_str("a group of hosts"),
            Kind::Broadcast => f.write_str("all hosts of the network at once"),
            Kind::Unspecified => f.write_str("not the address of a host"),
            Kind::Public => f.write_str("not a private address"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{Act, Ground, Permit};

    fn on(lab: &[&str], owns_network: bool, address: &str) -> Result<Ground, String> {
        let lab: Vec<_> = lab.iter().map(|prefix| prefix.parse().unwrap()).collect();
        let permit = Permit::host(&lab, owns_network);
        permit.ask(Act::Forge, address.parse().unwrap()).map_err(|refusal| refusal.to_string())
    }

    /// Both ends of each range, and their neighbours outside. The columns: nothing is owned; this network is owned; in
    /// a lab that has other networks.
    #[test]
    fn every_kind_of_address() {
        let (host, own, lab) = (Ok(Ground::Loopback), Ok(Ground::Owned), Ok(Ground::Lab));
        let no = Err(());
        let table = [
            ("127.0.0.1", host, host, host),
            ("127.255.255.255", host, host, host),
            ("126.255.255.255", no, no, no),
            ("128.0.0.0", no, no, no),
            ("::1", host, host, host),
            ("::ffff:127.0.0.1", no, no, host), // in an IPv6 packet: no route of the loopback's
            ("::2", no, no, no),
            ("::127.0.0.1", no, no, no),
            ("10.0.0.0", no, own, no),
            ("10.255.255.255", no, own, no),
            ("9.255.255.255", no, no, no),
            ("11.0.0.0", no, no, no),
            ("172.16.0.1", no, own, no),
            ("172.31.255.254", no, own, no),
            ("172.15.255.255", no, no, no),
            ("172.32.0.0", no, no, no),
            ("192.168.0.1", no, own, no),
            ("192.168.255.254", no, own, no),
            ("192.167.255.255", no, no, no),
            ("192.169.0.0", no, no, no),
            ("169.254.1.1", no, own, lab),
            ("169.253.255.255", no, no, no),
            ("169.255.0.0", no, no, no),
            ("::ffff:192.168.1.1", no, own, no),
            ("::ffff:192.0.2.1", no, no, no),
            ("fc00::1", no, own, no),
            ("fdff:ffff::1", no, own, no),
            ("fbff::1", no, no, no),
            ("fe80::1", no, own, lab),
            ("febf::1", no, own, lab),
            ("fec0::1", no, no, no),    // site-local: deprecated by RFC 3879
            ("100.64.0.1", no, no, no), // shared by the customers of an ISP
            ("192.0.2.1", no, no, no),
            ("8.8.8.8", no, no, no),
            ("2001:db8::1", no, no, no),
            ("2606:4700::1", no, no, no),
            ("64:ff9b::a00:1", no, no, no), // a translator makes 10.0.0.1 of it
            ("2002:a00:1::1", no, no, no),
            ("0.0.0.0", no, no, no),
            ("0.1.2.3", no, no, no),
            ("::", no, no, no),
            ("240.0.0.1", no, no, no),
            ("224.0.0.1", no, no, lab),
            ("239.255.255.255", no, no, lab),
            ("ff02::1", no, no, lab),
            ("255.255.255.255", no, no, lab),
        ];
        for (address, nothing, owned, lab) in table {
            assert_eq!(on(&[], false, address).map_err(drop), nothing, "{address}");
            assert_eq!(on(&[], true, address).map_err(drop), owned, "{address}, owned");
            let lab_of = ["198.18.0.0/24", "2001:db8:77::/64"];
            assert_eq!(on(&lab_of, false, address).map_err(drop), lab, "{address}, in a lab");
        }
    }

    /// A loopback address is this machine only by way of `lo`. The columns: outside, with a network that is owned, in a
    /// lab, in the toy internet.
    #[test]
    fn loopback_by_every_device() {
        let toy = Permit::toy();
        let (outside, owned) = (Permit::host(&[], false), Permit::host(&[], true));
        let lab = Permit::host(&["10.77.0.0/24".parse().unwrap()], false);
        let table = [
            ("127.0.0.1", None, false, true),
            ("::1", None, false, true),
            ("127.0.0.1", Some("lo"), false, true),
            ("127.0.0.1", Some("lo"), true, true),
            ("::1", Some("lo"), true, true),
            ("::ffff:127.0.0.1", Some("lo"), false, true),
            ("127.0.0.1", None, true, false),
            ("127.0.0.1", Some("eth9"), false, false),
            ("127.255.255.254", Some("eth9"), true, false),
            ("::1", Some("eth9"), false, false),
            ("::1", Some("lo1"), false, false),
            ("::ffff:127.0.0.1", None, false, false),
        ];
        for (address, device, is_frame, wanted) in table {
            let to = [address.parse().unwrap()];
            let asked = |permit: &Permit| permit.ask_all(Act::Forge, to, device, is_frame).is_ok();
            let found = [&outside, &owned, &lab, &toy].map(asked);
            assert_eq!(found, [wanted, wanted, true, true], "{address} by {device:?}, frame: {is_frame}");
        }
        let two = ["127.0.0.1", "8.8.8.8"].map(|address| address.parse().unwrap());
        assert!(outside.ask_all(Act::Forge, two, None, false).is_err(), "all are asked");
    }

    /// The columns: outside, with a network that is owned, in a lab.
    #[test]
    fn sources_that_get_an_answer() {
        let (outside, owned) = (Permit::host(&[], false), Permit::host(&[], true));
        let lab = Permit::host(&["10.77.0.0/24".parse().unwrap()], false);
        let table = [
            ("127.0.0.1", [true, true, true]),
            ("::1", [true, true, true]),
            ("0.0.0.0", [true, true, true]),
            ("::", [true, true, true]),
            ("192.0.2.9", [true, true, true]), // this machine's, in this test
            ("192.0.2.8", [false, false, true]),
            ("2001:db8:77::1", [false, false, true]),
            ("::ffff:8.8.8.8", [false, false, true]),
            ("0.0.0.1", [false, false, true]),
            ("10.0.0.1", [false, true, true]),
            ("fe80::1", [false, true, true]),
            ("ff02::1", [false, false, true]),
        ];
        for (source, wanted) in table {
            let is_ours = |source: IpAddr| source == IpAddr::from([192, 0, 2, 9]);
            let asked = |permit: &Permit| permit.ask_source(source.parse().unwrap(), is_ours).is_ok();
            assert_eq!([&outside, &owned, &lab].map(asked), wanted, "{source}");
        }
    }

    #[test]
    fn the_lab_is_its_networks() {
        let lab = ["203.0.113.0/24", "10.77.0.0/16", "fd77::/64"];
        for address in ["203.0.113.80", "203.0.113.255", "10.77.255.1", "fd77::2", "::ffff:10.77.0.1"] {
            assert_eq!(on(&lab, false, address), Ok(Ground::Lab), "{address}");
        }
        for address in ["203.0.114.1", "10.78.0.1", "fd77:0:0:1::2"] {
            assert!(on(&lab, false, address).is_err(), "{address}");
        }
    }

    #[test]
    fn all_of_the_toy_internet() {
        for address in ["203.0.113.80", "8.8.8.8", "255.255.255.255", "ff02::1", "2001:db8::1"] {
            assert_eq!(Permit::toy().ask(Act::Scan, address.parse().unwrap()), Ok(Ground::Toy), "{address}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let lab = "Use `barewire lab shell`, or --net toy";
        let only = "packets made by hand go only to loopback, the lab and the toy internet.";
        let private = "is a private address (RFC 1918 §3), and its network may be somebody else's";
        let flag = "If this network is yours, say so with --i-own-this-network; or else use";
        let way = "`barewire lab shell`, or --net toy";
        assert_eq!(on(&[], false, "10.0.0.1"), Err(format!("10.0.0.1 {private}: {only} {flag} {way}")));
        assert_eq!(on(&[], false, "8.8.8.8"), Err(format!("8.8.8.8 is not a private address: {only} {lab}")));
        let flag = "--i-own-this-network is for addresses of private ranges.";
        assert_eq!(
            on(&[], true, "ff02::1"),
            Err(format!("ff02::1 is a group of hosts: {only} {flag} {lab}"))
        );
        let scan = Permit::host(&[], false).ask(Act::Scan, [255; 4].into()).unwrap_err().to_string();
        let all = "255.255.255.255 is all hosts of the network at once: scans go only to loopback";
        assert!(scan.starts_with(all), "{scan}");
        let astray =
            Permit::host(&[], false).ask_all(Act::Forge, [[127, 0, 0, 1].into()], Some("eth9"), false);
        let lo = "127.0.0.1 is this machine only where the packet leaves by the device lo";
        let name = "Name the device lo; or else use";
        assert_eq!(astray.unwrap_err().to_string(), format!("{lo}: {only} {name} {way}"));
        let client =
            Permit::host(&[], false).ask(Act::Recurse, [192, 168, 0, 9].into()).unwrap_err().to_string();
        assert!(client.contains("answers of a resolver go only to loopback, the lab"), "{client}");
        assert!(client.ends_with("or else use `barewire lab shell`"), "{client}");
        let source = Permit::host(&[], false).ask_source("8.8.8.8".parse().unwrap(), |_| false);
        assert_eq!(
            source.unwrap_err().to_string(),
            format!("8.8.8.8 is not a private address: answers to {only} {lab}")
        );
    }
}
