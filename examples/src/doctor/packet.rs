//! A packet socket: frames of a device, as they come.

use std::io;

use socket2::{Domain, Socket, Type};

use super::probe::Probe;
use super::raw::way_to;

pub(super) fn probe() -> Probe {
    let probe =
        Probe::new("packet socket", "sniff, relay, the data link", "a packet socket that hears nothing yet");
    // Without a protocol it hears nothing.
    match Socket::new(Domain::PACKET, Type::RAW, None) {
        Ok(_) => probe.open("it opens"),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            probe.closed("the kernel wants the capability CAP_NET_RAW", way_to("cap_net_raw"))
        }
        Err(error) => probe.closed(error.to_string(), "a kernel with CONFIG_PACKET: sudo modprobe af_packet"),
    }
}
