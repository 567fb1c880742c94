//! What the links ask the routing table, compared with what the kernel says elsewhere.
#![cfg(target_os = "linux")]

use std::net::SocketAddr;

use barewire_packet::link::route::{local_address_for, mtu_toward};

#[test]
fn the_way_to_this_machine_is_the_loopback() {
    let here: SocketAddr = "127.0.0.1:9".parse().unwrap();
    assert_eq!(local_address_for(here).unwrap(), here.ip());
    let interface = std::fs::read_to_string("/sys/class/net/lo/mtu").expect("the loopback's MTU, in /sys");
    // The interface may take more than an IPv4 packet can be.
    let wanted = interface.trim().parse().map(|mtu: usize| mtu.min(65_535));
    assert_eq!(Ok(mtu_toward(here).unwrap()), wanted);
}
