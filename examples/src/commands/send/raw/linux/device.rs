//! The network devices of this machine, as the network namespace of this thread has them.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use barewire_packet::frame::MacAddress;
use pnet_datalink::NetworkInterface;

use crate::failure::{Failure, Step};

/// A network device.
pub(super) struct Device(pub(super) NetworkInterface);

impl Device {
    /// The device of this name.
    ///
    /// # Errors
    /// [`Failure`]: there is none; it says which there are.
    pub(super) fn named(name: &str) -> Result<Device, Failure> {
        let mut all = pnet_datalink::interfaces();
        match all.iter().position(|device| device.name == name) {
            Some(at) => Ok(Device(all.swap_remove(at))),
            None => {
                let names: Vec<&str> = all.iter().map(|device| device.name.as_str()).collect();
                let why = format!("there is no device {name:?} here; there are {}", names.join(", "));
                Err(Failure::new(Step::Usage, why))
            }
        }
    }

    /// The device that has this address.
    pub(super) fn of_address(address: IpAddr) -> Option<Device> {
        let has_it = |device: &NetworkInterface| device.ips.iter().any(|network| network.ip() == address);
        pnet_datalink::interfaces().into_iter().find(has_it).map(Device)
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn mac(&self) -> MacAddress {
        self.0.mac.map_or(MacAddress([0; 6]), |mac| MacAddress(mac.octets()))
    }

    /// The first address of this device of the version of `like`.
    pub(super) fn address(&self, like: IpAddr) -> Option<IpAddr> {
        self.0.ips.iter().map(|network| network.ip()).find(|address| address.is_ipv4() == like.is_ipv4())
    }

    /// Where a packet to this address would go from this device: a link-local address means another host on each.
    pub(super) fn scoped(&self, address: IpAddr, port: u16) -> SocketAddr {
        match address {
            IpAddr::V6(v6) if v6.is_unicast_link_local() || v6.is_multicast() => {
                SocketAddrV6::new(v6, port, 0, self.0.index).into()
            }
            _ => SocketAddr::new(address, port),
        }
    }
}

/// Whether a device of this machine has this address.
pub(super) fn is_ours(address: IpAddr) -> bool {
    address.is_loopback() || Device::of_address(address).is_some()
}
