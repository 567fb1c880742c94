//! A TUN device: the node, and whether the kernel would make a device.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;

use barewire_packet::link::tun::Tun;

use super::probe::Probe;

const NODE: &str = "/dev/net/tun";

pub(super) fn probe() -> Probe {
    let tried = "/dev/net/tun opened, and a device of no kind asked for, which the kernel refuses to everybody, but \
                 says whether it would have made another";
    let probe = Probe::new("TUN device", "the TUN link, relay --tun", tried);
    let Ok(node) = fs::metadata(NODE) else {
        return probe.closed(
            format!("{NODE} is not there"),
            "sudo modprobe tun (in a container: docker run --device /dev/net/tun --cap-add NET_ADMIN)",
        );
    };
    match Tun::ask_permission() {
        Ok(()) => probe.open("a device may be made"),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let may_open = fs::OpenOptions::new().read(true).write(true).open(NODE).is_ok();
            if may_open {
                let seen = "the node may be opened, but a device takes CAP_NET_ADMIN in this network";
                return probe.closed(seen, "sudo ip tuntap add dev tun0 mode tun user $USER, or in a lab");
            }
            let seen = format!(
                "{NODE} has mode {:04o}: this user may not open it",
                node.permissions().mode() & 0o7777
            );
            probe.closed(seen, "sudo chmod 0666 /dev/net/tun")
        }
        Err(error) => probe.closed(format!("{NODE}: {error}"), "sudo modprobe tun"),
    }
}
