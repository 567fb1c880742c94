//! The two guards that keep the kernel quiet about a port of ours, each tried alone on a free port of loopback.

use std::io;
use std::net::Ipv4Addr;

use barewire_packet::link::guard::{Guard, GuardKind};

use super::probe::Probe;
use super::raw::way_to;

pub(super) fn probe_filter() -> Probe {
    let opens = "our TCP, whatever the time to live of what comes";
    let probe = Probe::new("guard A", opens, "a listening socket with a filter that drops everything");
    match Guard::open_as(GuardKind::Filter, Ipv4Addr::LOCALHOST.into(), 0) {
        Ok(_) => probe.open("the kernel takes the filter"),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => probe.closed(
            "this kernel wants the capability CAP_NET_ADMIN for it; guard B does nearly as well",
            way_to("cap_net_raw,cap_net_admin"),
        ),
        Err(error) => probe.closed(error.to_string(), "guard B"),
    }
}

pub(super) fn probe_minimum() -> Probe {
    let opens = "our TCP, unless a peer beside us sends with a time to live of 255";
    let probe = Probe::new("guard B", opens, "a listening socket with a minimum time to live of 255");
    match Guard::open_as(GuardKind::MinimumTimeToLive, Ipv4Addr::LOCALHOST.into(), 0) {
        Ok(_) => probe.open("the kernel takes the minimum"),
        Err(error) => probe.closed(error.to_string(), "guard A, as root"),
    }
}
