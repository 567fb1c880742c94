//! Root hints: the names and addresses of the root's servers, where the walk begins (RFC 9609).
//!
//! They come from a file, because nobody can be asked for them. A resolver believes them only as far as it must: it
//! asks one of them which servers the root has now (priming, RFC 9609 §3). Tested in `tests/resolver`.

use std::fmt;
use std::net::IpAddr;

use crate::name::Name;
use crate::rdata::RData;
use crate::zone_file::{Fault, ZoneFile};

/// The servers of the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hints {
    servers: Vec<(Name, Vec<IpAddr>)>,
}

/// Why a text has no hints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HintsFault {
    /// A line of it is wrong.
    Text(Fault),
    /// It has no NS record of the root.
    NoServers,
    /// It has no address for any of the root's servers.
    NoAddresses,
}

impl Hints {
    /// Reads hints in the form of a master file (RFC 1035 §5.1): NS records of the root, and addresses of its servers.
    /// Other records are not looked at.
    ///
    /// ```
    /// use barewire_dns::resolver::Hints;
    /// let hints = Hints::parse(b". 3600000 NS a.root.test.\na.root.test. 3600000 A 192.0.2.1\n")?;
    /// assert_eq!(hints.servers().count(), 1);
    /// # Ok::<(), barewire_dns::resolver::HintsFault>(())
    /// ```
    ///
    /// # Errors
    /// [`HintsFault`]: a line is wrong, or no server has an address.
    pub fn parse(text: &[u8]) -> Result<Hints, HintsFault> {
        let file = ZoneFile::parse(text, &Name::root());
        if let Some(fault) = file.faults.into_iter().next() {
            return Err(HintsFault::Text(fault));
        }
        let names = file.records.iter().filter(|record| record.name.is_root());
        let names = names.filter_map(|record| match &record.data {
            RData::Ns(server) => Some(server),
            _ => None,
        });
        let address_of = |server: &Name| {
            let of_server = file.records.iter().filter(|record| record.name == *server);
            of_server.filter_map(|record| record.data.address()).collect()
        };
        let servers: Vec<(Name, Vec<IpAddr>)> =
            names.map(|server| (server.clone(), address_of(server))).collect();
        if servers.is_empty() {
            return Err(HintsFault::NoServers);
        }
        if servers.iter().all(|(_, addresses)| addresses.is_empty()) {
            return Err(HintsFault::NoAddresses);
        }
        Ok(Hints { servers })
    }

    /// The servers, and the addresses of each.
    pub fn servers(&self) -> impl Iterator<Item = (&Name, &[IpAddr])> {
        self.servers.iter().map(|(name, addresses)| (name, addresses.as_slice()))
    }
}

impl std::error::Error for HintsFault {}

impl fmt::Display for HintsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HintsFault::Text(fault) => write!(f, "root hints, {fault}"),
            HintsFault::NoServers => {
                f.write_str("the root hints have no NS record of the root (RFC 9609 §2)")
            }
            HintsFault::NoAddresses => {
                f.write_str("the root hints have no address of a root server (RFC 9609 §2)")
            }
        }
    }
}
