//! Whether a packet may leave: every address in it is put to [`Permit`].

use super::device;
use crate::craft::Packet;
use crate::craft::reach::Reach;
use crate::failure::{Failure, Step};
use crate::permit::{Act, Permit};

/// Asks for every address that the packet is to reach, and for every one that an answer goes to: as it was asked for,
/// and as its bytes say. `device` is the device that was named; `is_frame`: the kernel does not route it.
///
/// # Errors
/// [`Failure`]: it may not.
pub(super) fn ask(
    permit: &Permit,
    packet: &Packet,
    bytes: &[u8],
    device: Option<&str>,
    is_frame: bool,
) -> Result<(), Failure> {
    let Reach { mut destinations, mut sources, is_whole } = Reach::of(bytes, is_frame);
    destinations.splice(0..0, packet.destinations());
    sources.splice(0..0, packet.source());
    permit.ask_all(Act::Forge, destinations.iter().copied(), device, is_frame)?;
    sources.iter().try_for_each(|source| permit.ask_source(*source, device::is_ours))?;
    if permit.is_lab() {
        return Ok(());
    }
    if destinations.is_empty() && device != Some("lo") {
        return Err(unknown(
            "bytes without an IP header are sent in the lab (`barewire lab shell`), or on --iface lo",
        ));
    }
    if !is_whole {
        let why = "a header that ends early, or a routing header of another type than 0, 2 and 4, is sent in the lab \
                   (`barewire lab shell`)";
        return Err(unknown(why));
    }
    Ok(())
}

fn unknown(why: &str) -> Failure {
    Failure::new(Step::Usage, format!("nobody can tell where this goes: {why}"))
}
