//! What is possible on systems other than Linux. Of our own links nothing is tried: it is known.

use super::probe::Probe;
use super::report::{LAB, RAW, Report};
use super::sockets;

/// What this system allows.
pub fn examine() -> Report {
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let (why, way) = match std::env::consts::OS {
        "windows" => ("Windows sends no TCP through raw sockets", "WSL2 has all of it: wsl --install"),
        _ => (
            "this system gives no TCP to raw sockets",
            "a Linux has it, also one in a container: docker run --cap-add NET_ADMIN ...",
        ),
    };
    let closed = |name, opens| Probe::new(name, opens, "nothing").closed(why, way);
    let mut here = Vec::from(sockets::probe());
    here.extend([
        closed(RAW, "fetch --net raw, send, ping, traceroute, scan, listen"),
        closed("packet socket", "sniff, relay, the data link"),
        closed("TUN device", "the TUN link, relay --tun"),
        closed(LAB, "lab shell, lab run, every lesson with --wire"),
    ]);
    Report { system, here, ..Report::default() }
}

/// There is no lab.
pub fn examine_lab() -> Vec<Probe> {
    Vec::new()
}
