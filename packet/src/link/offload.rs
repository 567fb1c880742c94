//! What an interface leaves to its network card (ethtool(8)), asked and not changed.
//!
//! A sniffer on the host sees packets before the card has cut them and finished their checksums, and after it has put
//! some together. Tested in `tests/live` of `examples`, against ethtool.

use std::io;

/// What is left to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offloads {
    /// It judges the checksums of what comes.
    pub receive_checksum: bool,
    /// It finishes the checksums of what is sent.
    pub send_checksum: bool,
    /// It cuts TCP packets that are sent (TCP segmentation offload).
    pub tso: bool,
    /// The kernel cuts them, but only just before the card (generic segmentation offload).
    pub gso: bool,
    /// The kernel puts packets of one stream together as they come (generic receive offload).
    pub gro: bool,
}

/// What the interface of this name leaves to its card.
///
/// # Errors
/// What the system says: there is no such interface, or it does not tell.
#[cfg(target_os = "linux")]
pub fn offloads(name: &str) -> io::Result<Offloads> {
    // linux/ethtool.h: ETHTOOL_GRXCSUM, GTXCSUM, GTSO, GGSO, GGRO.
    let [receive_checksum, send_checksum, tso, gso, gro] =
        [0x14, 0x16, 0x1e, 0x23, 0x2b].map(|command| super::interface::ethtool(name, command));
    Ok(Offloads {
        receive_checksum: receive_checksum? != 0,
        send_checksum: send_checksum? != 0,
        tso: tso? != 0,
        gso: gso? != 0,
        gro: gro? != 0,
    })
}

/// Whether the interface of this name is up, and connected to something.
#[cfg(target_os = "linux")]
pub fn is_connected(name: &str) -> bool {
    // ETHTOOL_GLINK.
    super::interface::ethtool(name, 0x0a).is_ok_and(|link| link != 0)
}

/// Fails: only Linux is asked.
///
/// # Errors
/// [`io::ErrorKind::Unsupported`].
#[cfg(not(target_os = "linux"))]
pub fn offloads(name: &str) -> io::Result<Offloads> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        format!("{name}: only Linux says what it leaves to a card"),
    ))
}
