//! The raw link, opened on loopback: what `fetch --net raw` does first.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use barewire_packet::link::raw::{RawLink, RawOptions};

use rustix::process::geteuid;

use super::probe::Probe;
use super::report::RAW;

/// What gives a capability. A root without it is one of a container, which gets it from outside.
pub(super) fn way_to(capabilities: &str) -> String {
    if geteuid().is_root() {
        return "docker run --cap-add NET_RAW --cap-add NET_ADMIN ... (as podman, too)".to_owned();
    }
    let program = std::env::current_exe().unwrap_or_else(|_| "barewire".into());
    format!("sudo setcap {capabilities}+ep {}", program.display())
}

pub(super) fn probe() -> Probe {
    let opens = "fetch --net raw, send, ping, traceroute, scan, listen";
    let probe = Probe::new(RAW, opens, "a raw TCP socket on 127.0.0.1, with one port guarded");
    judged(probe, open(Ipv4Addr::LOCALHOST.into()))
}

pub(super) fn probe_ipv6() -> Probe {
    let probe =
        Probe::new("raw, IPv6", "the same over IPv6", "a raw TCP socket on ::1, with one port guarded");
    match UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)) {
        Ok(_) => judged(probe, open(Ipv6Addr::LOCALHOST.into())),
        Err(error) => probe.closed(
            format!("this network has no IPv6: {error}"),
            "sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0",
        ),
    }
}

/// Which guard the link has got.
fn open(address: IpAddr) -> io::Result<String> {
    let link = RawLink::open(address, &RawOptions { ephemeral: 1, ..RawOptions::default() })?;
    Ok(link.guard().map(|guard| guard.to_string()).unwrap_or_default())
}

fn judged(probe: Probe, opened: io::Result<String>) -> Probe {
    match opened {
        Ok(guard) => probe.open(guard),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            probe.closed("the kernel wants the capability CAP_NET_RAW", way_to("cap_net_raw"))
        }
        Err(error) => probe.closed(error.to_string(), "the error says what is wrong"),
    }
}
