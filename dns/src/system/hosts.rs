//! `/etc/hosts`: on each line an address, then the names of that address (hosts(5)).
//!
//! Tested in `tests/system.rs`.

use std::net::IpAddr;

use crate::name::Name;

/// The names and addresses in a hosts file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Each name with one address, in the order of the file.
    pub entries: Vec<(Name, IpAddr)>,
    /// The lines that could not be read, each as a sentence.
    pub complaints: Vec<String>,
}

impl Hosts {
    /// Reads the text of a hosts file. `#` begins a comment. A line that cannot be read is skipped, and reported in
    /// [`complaints`](Hosts::complaints).
    ///
    /// ```
    /// use barewire_dns::{Name, system::Hosts};
    /// let hosts = Hosts::parse("127.0.0.1 localhost\n::1 localhost ip6-localhost # both\n");
    /// assert_eq!(hosts.lookup(&Name::parse_text("LOCALHOST")?).len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Hosts {
        let mut hosts = Hosts::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let Some(address) = words.next() else { continue };
            let Ok(address) = without_zone(address).parse::<IpAddr>() else {
                hosts.complaints.push(format!("hosts line {}: {address:?} is not an address", index + 1));
                continue;
            };
            for word in words {
                match Name::parse_text(word) {
                    Ok(name) => hosts.entries.push((name, address)),
                    Err(error) => {
                        hosts.complaints.push(format!("hosts line {}: {word:?}: {error}", index + 1))
                    }
                }
            }
        }
        hosts
    }

    /// The addresses of a name, in the order of the file.
    pub fn lookup(&self, name: &Name) -> Vec<IpAddr> {
        self.entries.iter().filter(|(known, _)| known == name).map(|(_, address)| *address).collect()
    }
}

/// An address without the `%eth0` that may follow a link-local one.
fn without_zone(address: &str) -> &str {
    address.split('%').next().unwrap_or_default()
}
