//! All probes, in the order in which they are told (Linux).

use super::probe::Probe;
use super::report::Report;
use super::{buffers, facts, guards, kernel_tools, lab, offloads, packet, raw, servers, sockets, tun};

/// Examines this machine, and a lab if one can be raised.
pub fn examine() -> Report {
    let (lab, in_lab) = lab::probe();
    let mut here = Vec::from(sockets::probe());
    here.extend(links());
    here.push(lab);
    here.push(buffers::probe());
    here.extend(offloads::probe());
    here.extend(servers::probe());
    Report { system: facts::system(), facts: facts::all(), here, in_lab }
}

/// Examines the lab around this process: what [`examine`] asks for, from inside.
pub fn examine_lab() -> Vec<Probe> {
    let mut probes = links();
    probes.extend(kernel_tools::probe());
    probes
}

/// What is tried both outside and inside a lab.
fn links() -> Vec<Probe> {
    vec![
        raw::probe(),
        raw::probe_ipv6(),
        packet::probe(),
        tun::probe(),
        guards::probe_filter(),
        guards::probe_minimum(),
    ]
}
