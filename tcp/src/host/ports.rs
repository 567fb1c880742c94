//! From which address and port a new connection leaves.

use std::net::{IpAddr, SocketAddr};

use crate::error::Error;
use crate::host::table::Table;

/// The ephemeral ports of RFC 6335 §6.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

/// The host's address of the family of `remote`, if that can be the address of one host (RFC 9293 §3.9.1.1, MUST-46).
pub(super) fn local_address_for(table: &Table, remote: SocketAddr) -> Result<IpAddr, Error> {
    if is_of_many_or_none(remote.ip()) {
        return Err(Error::BadDestination(remote.ip()));
    }
    let fits = |address: &&IpAddr| address.is_ipv4() == remote.is_ipv4();
    table.addresses.iter().find(fits).copied().ok_or(Error::NoAddress(remote))
}

/// Whether no single host has this address. Left out: the broadcast address of the subnet, because a host here does not
/// know its mask.
pub(super) fn is_of_many_or_none(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    address.is_multicast() || broadcast || address.is_unspecified()
}

/// Whether a port of the caller's choice is in use: by a connection to the same peer, or by a listener.
pub(super) fn is_taken(table: &Table, local: SocketAddr, remote: SocketAddr) -> bool {
    table.ends.get(local, remote).is_some() || table.backlogs.listens(local.port())
}

/// A port that nobody can guess: the simple random choice of RFC 6056 §3.3.1. If ports were reserved, one of those, in
/// turn: a SYN that was given up may still be half open at the peer, which would take a new one for it.
pub(super) fn ephemeral_port(table: &mut Table, local: IpAddr, remote: SocketAddr) -> Result<u16, Error> {
    let start = table.rng.next_u32() % EPHEMERAL.len() as u32;
    let free = |port: &u16| !is_taken(table, SocketAddr::new(local, *port), remote);
    if !table.reserved.is_empty() {
        let (before, after) =
            (table.reserved.range(..=table.last_reserved), table.last_reserved.checked_add(1));
        let after = after.map(|first| table.reserved.range(first..));
        let port = after.into_iter().flatten().chain(before).copied().find(free).ok_or(Error::NoPort)?;
        table.last_reserved = port;
        return Ok(port);
    }
    let (first, count) = (*EPHEMERAL.start(), EPHEMERAL.len() as u32);
    (0..count).map(|step| first + ((start + step) % count) as u16).find(free).ok_or(Error::NoPort)
}
