//! The servers of a lab: those that this machine has, and our own where it has none.
//!
//! A server is a child of the lab's first process, and ends with the lab. It is in a process group of its own, so that
//! Ctrl+C at the terminal goes to the program of the lab and not to it.

mod authority;
mod certificate;
mod names;
mod nginx;
mod page;
mod resolver;
mod s_server;

use std::io;
use std::thread;

use authority::ZoneOf;

use super::hosts::{Host, Lab};
use super::threads;
use super::topology::{Service, Topology};

/// A server that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Running {
    /// At which host.
    pub(crate) host: String,
    /// What runs there, and on which ports.
    pub(crate) what: String,
}

/// Starts what the topology asks for. A server that cannot be started is told, and the lab goes on without it.
pub(super) fn start(lab: &Lab, topology: &'static Topology) -> Vec<Running> {
    let starts = topology.services.iter().flat_map(|(name, services)| {
        let host = lab.host(name);
        services.iter().flat_map(|service| programs(*service, topology)).map(move |start| (host, start))
    });
    // Each takes a moment until it listens, so all are started at the same time.
    thread::scope(|scope| {
        let started = starts.map(|(host, start)| (host, threads::start_in(scope, move || start(host))));
        let told = started.collect::<Vec<_>>().into_iter().filter_map(|(host, thread)| {
            let told = thread
                .and_then(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            let what = told.unwrap_or_else(|error| Some(format!("a server did not start: {error}")))?;
            Some(Running { host: host.name().to_string(), what })
        });
        told.collect()
    })
}

/// Starts one program at a host, and says what runs; nothing where it is not installed.
type Start = Box<dyn FnOnce(&Host) -> io::Result<Option<String>> + Send>;

fn programs(service: Service, topology: &'static Topology) -> Vec<Start> {
    match service {
        Service::Web => vec![
            Box::new(|host| web(host, &names::names(topology, host.addresses()))),
            Box::new(|host| s_server::start(host, &names::names(topology, host.addresses()))),
        ],
        Service::Authority(name, text) => {
            let zone = ZoneOf { name, text };
            vec![Box::new(move |host| authority::start(host, zone))]
        }
        Service::Resolver(root) => vec![Box::new(move |host| resolver::start(host, root))],
    }
}

/// A page on ports 80 and 443; without nginx on 80 alone.
fn web(host: &Host, names: &[String]) -> io::Result<Option<String>> {
    match nginx::start(host, names) {
        Ok(None) => page::start(host).map(Some),
        Ok(told) => Ok(told),
        Err(error) => Ok(Some(format!("{}; nginx did not start: {error}", page::start(host)?))),
    }
}
