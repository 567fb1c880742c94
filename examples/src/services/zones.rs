//! Who serves which zone of the toy internet: a table of hosts, their addresses, and the files in `examples/zones`.
//!
//! ```text
//!   .                          a.root      b.root
//!   ├── test.                  a.nic       hoster
//!   │   ├── example.test.      ns1         ns2
//!   │   ├── hoster.test.       hoster
//!   │   └── shop.test.         hoster      in another zone: no glue
//!   └── 113.0.203.in-addr.arpa.  ns1       ns2
//! ```
//!
//! Tested in `tests/authorities.rs`.

#[cfg(not(target_family = "wasm"))]
use std::collections::BTreeSet;
#[cfg(not(target_family = "wasm"))]
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use barewire_dns::Name;
use barewire_dns::authority::{self, Config, Zone};
#[cfg(not(target_family = "wasm"))]
use barewire_dns::stub::Protocol;
use barewire_dns::zone_file::ZoneFile;
#[cfg(not(target_family = "wasm"))]
use barewire_dns::{Class, Question, RecordType};
use barewire_internet::Wire;

use super::Authority;
use super::stage::{Fault, Stage};

const ROOT: &str = include_str!("../../zones/root.zone");
const TEST: &str = include_str!("../../zones/test.zone");
const EXAMPLE: &str = include_str!("../../zones/example.test.zone");
const HOSTER: &str = include_str!("../../zones/hoster.test.zone");
const SHOP: &str = include_str!("../../zones/shop.test.zone");
const REVERSE: &str = include_str!("../../zones/113.0.203.in-addr.arpa.zone");

/// A host with an authoritative server.
pub struct Server {
    /// The name of the host on the stage.
    pub host: &'static str,
    /// Its address.
    pub address: &'static str,
    /// One way from the middle of the internet, in milliseconds.
    pub delay: u64,
    /// Its zones, as master files.
    pub zones: &'static [&'static str],
}

/// All of them.
pub const SERVERS: [Server; 6] = [
    Server { host: "a.root", address: "198.51.100.1", delay: 4, zones: &[ROOT] },
    Server { host: "b.root", address: "198.51.100.2", delay: 40, zones: &[ROOT] },
    Server { host: "a.nic", address: "198.51.100.11", delay: 10, zones: &[TEST] },
    Server { host: "hoster", address: "192.0.2.53", delay: 15, zones: &[TEST, HOSTER, SHOP] },
    Server { host: "ns1", address: "203.0.113.53", delay: 20, zones: &[EXAMPLE, REVERSE] },
    Server { host: "ns2", address: "203.0.113.54", delay: 60, zones: &[EXAMPLE, REVERSE] },
];

/// The servers of the table in its order, or the first fault of a zone. They are read once, and not for each stage.
static READ: LazyLock<Result<Vec<Arc<authority::Authority>>, String>> =
    LazyLock::new(|| SERVERS.iter().map(|server| read(server.zones).map(Arc::new)).collect());

/// Puts all servers on a stage, each joined to the node `middle` by a wire of this rate.
///
/// # Errors
/// A zone file has a fault, or the stage has such a host already: both are bugs.
pub fn on(stage: &mut Stage, middle: &str, rate: u64) -> Result<(), Fault> {
    for (Server { host, address, delay, .. }, server) in SERVERS.iter().zip(READ.clone()?) {
        stage.host(host, address, vec![Box::new(Authority::new(server))])?;
        stage.wire(middle, host, Wire::with_delay(Duration::from_millis(*delay)).rate(rate));
    }
    Ok(())
}

/// The servers of the root, as a resolver is told of them: NS records, and an address for each.
pub fn root_hints() -> String {
    let roots = SERVERS.iter().filter(|server| server.zones.contains(&ROOT));
    roots
        .map(|Server { host, address, .. }| format!(". 3600000 NS {host}.\n{host}. 3600000 A {address}\n"))
        .collect()
}

/// The addresses of all hosts of `example.test`, as questions.
///
/// # Errors
/// A zone file has a fault, which is a bug.
#[cfg(not(target_family = "wasm"))]
pub fn addresses() -> Result<Vec<Question>, Fault> {
    let file = ZoneFile::parse(EXAMPLE.as_bytes(), &Name::root());
    let hosts: BTreeSet<&Name> = file
        .records
        .iter()
        .filter(|record| record.data.address().is_some())
        .map(|record| &record.name)
        .filter(|name| name.labels().next() != Some(b"*"))
        .collect();
    let both = |name: &&Name| {
        [RecordType::A, RecordType::AAAA].map(|rtype| Question {
            name: (*name).clone(),
            rtype,
            class: Class::IN,
        })
    };
    Ok(hosts.iter().flat_map(both).collect())
}

/// What the server at an address replies to a query, without an internet between.
///
/// # Errors
/// A zone file has a fault, which is a bug.
#[cfg(not(target_family = "wasm"))]
pub fn replies(at: IpAddr, query: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    let servers = READ.as_ref().map_err(String::as_str)?;
    let found = SERVERS.iter().zip(servers).find(|(server, _)| server.address.parse() == Ok(at));
    Ok(found.into_iter().flat_map(|(_, server)| server.answer(query, Protocol::Udp)).collect())
}

/// A server of zones, given as master files that say their names themselves.
pub(crate) fn read(zones: &[&str]) -> Result<authority::Authority, String> {
    let mut server = authority::Authority::new(Config::default());
    for text in zones {
        let file = ZoneFile::parse(text.as_bytes(), &Name::root());
        if let Some(fault) = file.faults.first() {
            return Err(fault.to_string());
        }
        let told =
            |faults: Vec<authority::ZoneFault>| faults.iter().map(ToString::to_string).collect::<String>();
        server.add(Zone::new(file.records, None).map_err(told)?);
    }
    Ok(server)
}
