//! From a name to addresses: an address is itself, then /etc/hosts, then our own DNS.

use std::net::IpAddr;
use std::time::Instant;

use barewire_dns::driver::{self, Transport};
use barewire_dns::stub::Lookup;
use barewire_dns::{Name, RecordType};
use rand_core::Rng;

use super::usage;
use crate::failure::Failure;
use crate::network::Names;

/// The address that a host is named by; one of IPv6 may stand in brackets.
pub(crate) fn address_in(host: &str) -> Option<IpAddr> {
    Some(address_and_zone(host)?.0)
}

/// The device that leads to the host: the zone of its address, as in fe80::2%eth0 (RFC 4007 §11).
pub(super) fn zone_of(host: &str) -> Option<&str> {
    address_and_zone(host)?.1
}

fn address_and_zone(host: &str) -> Option<(IpAddr, Option<&str>)> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Some((address, zone)) = bare.split_once('%') {
        let address = address.parse().ok().filter(IpAddr::is_ipv6)?;
        return (!zone.is_empty()).then_some((address, Some(zone)));
    }
    Some((bare.parse().ok()?, None))
}

/// The type of the records that hold such addresses.
pub(super) fn family(address: &IpAddr) -> RecordType {
    if address.is_ipv4() { RecordType::A } else { RecordType::AAAA }
}

/// The addresses of a host of the wanted families.
pub(super) fn addresses(
    host: &str,
    families: &[RecordType],
    names: &Names,
    transport: &mut dyn Transport,
    rng: &mut dyn Rng,
) -> Result<Vec<IpAddr>, Failure> {
    if let Some(address) = address_in(host) {
        return match families.contains(&family(&address)) {
            true => Ok(vec![address]),
            false => Err(usage(format!("{address} is not of the family that is wanted (-4, -6)"))),
        };
    }
    let failed = |failure: Failure| usage(failure.message);
    let candidates = names.candidates(host).map_err(failed)?;
    let known = candidates.iter().flat_map(|name| names.known(name));
    let known: Vec<IpAddr> = known.filter(|address| families.contains(&family(address))).collect();
    if !known.is_empty() {
        return Ok(known);
    }
    let typed = Name::parse_text(host).ok().filter(|name| !name.is_root());
    let typed = typed.ok_or_else(|| usage(format!("{host:?} is neither an address nor a name of a host")))?;
    let (servers, config) = (names.servers(), names.config());
    let now: Instant = transport.now();
    let mut lookup = Lookup::new(now, typed, candidates, families.to_vec(), servers, config, rng);
    let found = driver::addresses(&mut lookup, transport, &mut |_| ());
    found.map_err(|why| failed(Failure::not_found(&why)))
}
