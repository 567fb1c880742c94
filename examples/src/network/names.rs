//! Which DNS servers to ask, which names a short one may stand for, and what /etc/hosts knows already.

use std::net::{IpAddr, SocketAddr};

use barewire_dns::stub::Config;
use barewire_dns::system::{self, Hosts, ResolvConf};
use barewire_dns::{Name, RecordType};

use crate::failure::{Failure, Step};

/// What a network says about names.
#[derive(Debug)]
pub struct Names {
    conf: ResolvConf,
    hosts: Hosts,
    /// The records with addresses that this network can reach.
    families: Vec<RecordType>,
}

/// IPv4 and IPv6.
const BOTH: [RecordType; 2] = [RecordType::A, RecordType::AAAA];

impl Names {
    /// What this system says, in /etc/resolv.conf and /etc/hosts.
    ///
    /// # Errors
    /// [`Step::Resolve`], if one of the files cannot be read.
    pub fn of_system() -> Result<Names, Failure> {
        let (conf, hosts) = system::load().map_err(|error| {
            Failure::new(
                Step::Resolve,
                format!("{error}; without it no DNS server is known: give one with --resolver"),
            )
        })?;
        Ok(Names::new(conf, hosts))
    }

    /// What two such files say.
    pub fn new(conf: ResolvConf, hosts: Hosts) -> Names {
        Names { conf, hosts, families: BOTH.to_vec() }
    }

    /// One server, for everything.
    pub fn of_server(server: SocketAddr) -> Names {
        let conf = ResolvConf { servers: vec![server], ..ResolvConf::parse("") };
        Names::new(conf, Hosts::parse(""))
    }

    /// The same on a network that can reach no addresses but those in such records.
    pub fn reaching(self, families: Vec<RecordType>) -> Names {
        Names { families, ..self }
    }

    /// The records to ask for: of the wanted ones, those whose addresses can be reached. So does the C library with
    /// AI_ADDRCONFIG (RFC 3493 §6.1). If there are none, what is wanted is asked for all the same.
    pub fn worth_asking(&self, wanted: &[RecordType]) -> Vec<RecordType> {
        let reached = wanted.iter().copied().filter(|record| self.families.contains(record));
        let reached: Vec<RecordType> = reached.collect();
        if reached.is_empty() { wanted.to_vec() } else { reached }
    }

    /// What could not be read in the two files, each as a sentence. The rest of them counts.
    pub fn complaints(&self) -> impl Iterator<Item = &str> {
        self.conf.complaints.iter().chain(&self.hosts.complaints).map(String::as_str)
    }

    /// The servers, in the order in which to ask them.
    pub fn servers(&self) -> Vec<SocketAddr> {
        self.conf.servers.clone()
    }

    /// How long to wait for them, and how often to ask.
    pub fn config(&self) -> Config {
        self.conf.config()
    }

    /// The names that `name` may stand for, in the order in which to try them.
    ///
    /// # Errors
    /// [`Step::Resolve`]: it cannot be a name.
    pub fn candidates(&self, name: &str) -> Result<Vec<Name>, Failure> {
        self.conf.candidates(name).map_err(|error| {
            let mut failure = Failure::lesson(Step::Resolve, &error);
            failure.message = format!("{name:?} cannot be looked up: {failure}");
            failure
        })
    }

    /// The addresses that /etc/hosts has for a name.
    pub fn known(&self, name: &Name) -> Vec<IpAddr> {
        self.hosts.lookup(name)
    }
}
