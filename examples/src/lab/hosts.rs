//! A lab seen from inside: its hosts, and how to do something at one of them.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::Command;
use std::sync::Arc;

#[cfg(target_os = "linux")]
use super::netlink::route::Configuration;
use super::record::{FILE, HostRecord, Record};
use super::system;
use super::threads::beside;

/// Where the network namespaces of a lab have names; also those that `ip netns` knows.
pub(super) const NAMES: &str = "/run/netns";

/// The lab that this process is in.
#[derive(Debug, Clone)]
pub struct Lab {
    topology: String,
    hosts: Vec<Host>,
}

/// A host of the lab: its name, its addresses, and its network namespace.
#[derive(Debug, Clone)]
pub struct Host {
    record: HostRecord,
    namespace: Arc<File>,
}

impl Lab {
    /// The lab that this process is in; `None` where its network namespace is not one that a lab made.
    ///
    /// # Errors
    /// What the system says when a namespace of the lab cannot be opened.
    pub fn attach() -> io::Result<Option<Lab>> {
        let Some(record) = own_record() else { return Ok(None) };
        let hosts = record.hosts.into_iter().map(Host::open).collect::<io::Result<Vec<_>>>()?;
        Ok(Some(Lab { topology: record.topology, hosts }))
    }

    /// The name of its topology.
    pub fn topology(&self) -> &str {
        &self.topology
    }

    /// All hosts. The first is where a program runs that says nothing else.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The host of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name() == name)
    }

    /// The host of this name.
    ///
    /// # Panics
    /// If the topology has no host of this name; the message says which it has. [`Lab::find`] is for names that come
    /// from outside.
    pub fn host(&self, name: &str) -> &Host {
        self.find(name).unwrap_or_else(|| {
            let names: Vec<&str> = self.hosts.iter().map(Host::name).collect();
            panic!("the lab {} has no host {name}; it has {}", self.topology, names.join(", "))
        })
    }
}

impl Host {
    fn open(record: HostRecord) -> io::Result<Host> {
        let namespace = Arc::new(File::open(format!("{NAMES}/{}", record.name))?);
        Ok(Host { record, namespace })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// Its addresses, IPv4 first. A switch has none.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.record.addresses
    }

    /// Its first IPv4 address.
    ///
    /// # Panics
    /// If it has none: a switch.
    pub fn v4(&self) -> Ipv4Addr {
        let mut found = self.addresses().iter().filter_map(|address| match address {
            IpAddr::V4(address) => Some(*address),
            IpAddr::V6(_) => None,
        });
        found.next().unwrap_or_else(|| panic!("{} has no IPv4 address", self.name()))
    }

    /// Its first IPv6 address.
    ///
    /// # Panics
    /// If it has none: a switch.
    pub fn v6(&self) -> Ipv6Addr {
        let mut found = self.addresses().iter().filter_map(|address| match address {
            IpAddr::V6(address) => Some(*address),
            IpAddr::V4(_) => None,
        });
        found.next().unwrap_or_else(|| panic!("{} has no IPv6 address", self.name()))
    }

    /// Does `work` at this host, on a thread in its network namespace, and gives back what it returns.
    ///
    /// A socket that is opened there stays there: `std::net::TcpListener` is this host's kernel TCP, also when it is
    /// used outside. A thread that `work` starts stays there, too.
    ///
    /// # Panics
    /// If `work` does, if the lab is over, or if the system refuses a thread. [`Host::try_inside`] tells of it.
    pub fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.try_inside(|| Ok(work())).unwrap_or_else(|error| panic!("at {}: {error}", self.name()))
    }

    /// The same for what may fail.
    ///
    /// # Errors
    /// What `work` says; the lab is over; or the system refuses a thread, as where a user may have few processes.
    ///
    /// # Panics
    /// If `work` does.
    pub fn try_inside<T: Send>(&self, work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        beside(|| system::move_into_network(&self.namespace).and_then(|()| work()))
    }

    /// Sets a variable of this host's kernel: `set("net/ipv4/tcp_syncookies", "0")`.
    ///
    /// # Errors
    /// There is no such variable for a network namespace, or it does not take the value.
    pub fn set(&self, variable: &str, value: &str) -> io::Result<()> {
        self.try_inside(|| fs::write(format!("/proc/sys/{variable}"), value))
    }

    /// Sets how large a packet may be that this device sends.
    ///
    /// # Errors
    /// There is no such device, or it does not take the value.
    #[cfg(target_os = "linux")]
    pub fn set_mtu(&self, device: &str, mtu: u32) -> io::Result<()> {
        self.try_inside(|| Configuration::open()?.set_mtu(device, mtu))
    }

    /// A command that runs at this host.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        system::start_in(&mut command, Some(Arc::clone(&self.namespace)));
        command
    }
}

/// The record of the lab that this thread's network namespace belongs to.
pub(super) fn own_record() -> Option<Record> {
    let record = Record::parse(&fs::read_to_string(FILE).ok()?)?;
    record.has(&system::network_namespace().ok()?).then_some(record)
}
