//! The names that the zones of a lab give a host: `www.example.test`, and its aliases.

use std::net::IpAddr;

use barewire_dns::zone_file::ZoneFile;
use barewire_dns::{Name, RData};

use crate::lab::topology::{Service, Topology};

/// The names of the host with these addresses, without the dot at the end; also those with `*`, as certificates have
/// them. An alias of an alias is left out.
pub(super) fn names(topology: &Topology, addresses: &[IpAddr]) -> Vec<String> {
    let services = topology.services.iter().flat_map(|(_, services)| *services);
    let records: Vec<_> = services
        .filter_map(|service| match service {
            Service::Authority(_, zone) => Some(ZoneFile::parse(zone.as_bytes(), &Name::root()).records),
            _ => None,
        })
        .flatten()
        .collect();
    let has = |data: &RData| match data {
        RData::A(address) => addresses.contains(&IpAddr::V4(*address)),
        RData::Aaaa(address) => addresses.contains(&IpAddr::V6(*address)),
        _ => false,
    };
    let mut names: Vec<&Name> = Vec::new();
    for record in records.iter().filter(|record| has(&record.data)) {
        if !names.contains(&&record.name) {
            names.push(&record.name);
        }
    }
    let aliases = records.iter().filter_map(|record| match &record.data {
        RData::Cname(target) if names.contains(&target) => Some(&record.name),
        _ => None,
    });
    let aliases: Vec<&Name> = aliases.collect();
    names.into_iter().chain(aliases).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::topologies;

    fn of(topology: &str, addresses: &[&str]) -> Vec<String> {
        let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        names(topologies::find(topology).unwrap(), &addresses)
    }

    #[test]
    fn a_host_has_the_names_and_aliases_that_the_zones_give_its_addresses() {
        let www = ["www.example.test", "*.wild.example.test", "alias.example.test"];
        assert_eq!(of("dns", &["10.77.2.80", "fd77:2::80"]), www);
        assert_eq!(of("dns", &["fd77:2::80"]), ["www.example.test", "alias.example.test"]);
        // Two zones name the top-level domain's server.
        assert_eq!(of("dns", &["10.77.2.2", "fd77:2::2"]), ["a.nic.test"]);
        assert_eq!(of("dns", &["10.77.2.10"]), [""; 0]);
        assert_eq!(of("pair", &["10.77.0.2"]), [""; 0]);
    }
}
