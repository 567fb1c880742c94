//! Which DNS servers to ask, which names a short one may stand for, and what /etc/hosts knows already.

use std::net::{IpAddr, SocketAddr};

use barewire_dns::Name;
use barewire_dns::stub::Config;
use barewire_dns::system::{self, Hosts, ResolvConf};

use crate::failure::{Failure, Step};

/// What a network says about names.
#[derive(Debug)]
pub struct Names {
    conf: ResolvConf,
    hosts: Hosts,
}

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
        Ok(Names { conf, hosts })
    }

    /// What two such files say.
    pub fn new(conf: ResolvConf, hosts: Hosts) -> Names {
        Names { conf, hosts }
    }

    /// One server, for everything.
    pub fn of_server(server: SocketAddr) -> Names {
        let conf = ResolvConf { servers: vec![server], ..ResolvConf::parse("") };
        Names { conf, hosts: Hosts::parse("") }
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
