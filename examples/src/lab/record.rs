//! What a lab says of itself, in a file that only its own processes see: which network namespaces it made.
//!
//! The file stands in a file system that was mounted for this lab alone. So a process whose network namespace is in the
//! list is inside a lab, and what it sends cannot leave it. One line for the topology, then one for each host: its
//! name, its network namespace as the kernel calls it, its addresses.
//!
//! ```text
//! topology pair
//! host client net:[4026532345] 10.77.0.1 fd77::1
//! host server net:[4026532408] 10.77.0.2 fd77::2
//! ```

use std::fmt;
use std::net::IpAddr;

/// Where it stands, inside a lab.
pub const FILE: &str = "/run/barewire/lab";

/// The lines of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The name of the topology.
    pub topology: String,
    /// The hosts, in the order of the topology.
    pub hosts: Vec<HostRecord>,
}

/// The line of one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRecord {
    /// What it is called.
    pub name: String,
    /// Its network namespace, as `/proc/self/ns/net` is written: `net:[4026532345]`.
    pub namespace: String,
    /// Its addresses, IPv4 first.
    pub addresses: Vec<IpAddr>,
}

impl Record {
    /// Reads the file's text; `None` if it is not the text of such a file.
    pub fn parse(text: &str) -> Option<Record> {
        let mut lines = text.lines();
        let topology = lines.next()?.strip_prefix("topology ")?.to_string();
        let hosts = lines.map(HostRecord::parse).collect::<Option<Vec<_>>>()?;
        Some(Record { topology, hosts })
    }

    /// Whether a network namespace is one of this lab.
    pub fn has(&self, namespace: &str) -> bool {
        self.hosts.iter().any(|host| host.namespace == namespace)
    }
}

impl HostRecord {
    fn parse(line: &str) -> Option<HostRecord> {
        let mut words = line.strip_prefix("host ")?.split(' ');
        let (name, namespace) = (words.next()?.to_string(), words.next()?.to_string());
        let addresses = words.map(|word| word.parse().ok()).collect::<Option<Vec<IpAddr>>>()?;
        Some(HostRecord { name, namespace, addresses })
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "topology {}", self.topology)?;
        self.hosts.iter().try_for_each(|host| {
            write!(f, "host {} {}", host.name, host.namespace)?;
            host.addresses.iter().try_for_each(|address| write!(f, " {address}"))?;
            writeln!(f)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "topology pair\nhost client net:[4026532345] 10.77.0.1 fd77::1\nhost switch net:[7]\n";

    #[test]
    fn what_was_written_is_read_again() {
        let record = Record::parse(TEXT).unwrap();
        assert_eq!(record.to_string(), TEXT);
        assert_eq!(
            record.hosts[0].addresses,
            ["10.77.0.1".parse::<IpAddr>().unwrap(), "fd77::1".parse().unwrap()]
        );
        assert!(record.has("net:[7]") && !record.has("net:[40265323]"));
    }

    #[test]
    fn another_text_is_not_the_record_of_a_lab() {
        for text in
            ["", "hosts", "topology pair\nclient net:[1]", "topology pair\nhost client net:[1] nowhere"]
        {
            assert_eq!(Record::parse(text), None, "{text}");
        }
    }
}
