//! The network devices of this machine, or of the network namespace that the caller is in.
//!
//! Tested in `tests/live`, with the tap.

use std::net::IpAddr;

/// A network device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// Whether it is up.
    pub is_up: bool,
    /// Whether what it sends comes back.
    pub is_loopback: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

/// All of them, in the order of the system's numbers. None where there are no taps.
#[cfg(target_os = "linux")]
pub fn devices() -> Vec<Device> {
    let mut interfaces = pnet_datalink::interfaces();
    interfaces.sort_by_key(|one| one.index);
    let device = |one: pnet_datalink::NetworkInterface| Device {
        is_up: one.is_up(),
        is_loopback: one.is_loopback(),
        addresses: one.ips.iter().map(|network| network.ip()).collect(),
        name: one.name,
    };
    interfaces.into_iter().map(device).collect()
}

/// All of them, in the order of the system's numbers. None where there are no taps.
#[cfg(not(target_os = "linux"))]
pub fn devices() -> Vec<Device> {
    Vec::new()
}
