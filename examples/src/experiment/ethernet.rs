//! One step below IP: on one Ethernet each host has a card, and a table of whose card an address is at.

use std::error::Error;
use std::net::IpAddr;

use barewire_packet::link::Link;
use barewire_packet::link::datalink::neighbours::Event;

/// The hosts of one network, as Ethernet sees them.
pub trait Ethernet {
    /// A link at a host. What it sends goes to the card that the host's table names; it hears each packet that comes
    /// to the host's card, whatever address stands in it.
    ///
    /// # Errors
    /// There is no such host, or the system refuses.
    fn link(&self, host: &str) -> Result<Box<dyn Link>, Box<dyn Error>>;

    /// Says at the card of `host`, unasked, that `address` is there, and answers for it from now on.
    ///
    /// # Errors
    /// There is no such host, the address is not of this network, or the system refuses.
    fn claim(&self, host: &str, address: IpAddr) -> Result<Box<dyn Card>, Box<dyn Error>>;

    /// Writes into the table of `host`, for good: `address` is at the card of `owner`.
    ///
    /// # Errors
    /// The plan has no host of this name. In the lab also: the program `ip` is not installed.
    fn fix(&self, host: &str, address: IpAddr, owner: &str) -> Result<(), Box<dyn Error>>;

    /// The table of `host`: the addresses of the other hosts, and whose card each one is at.
    ///
    /// # Errors
    /// The plan has no host of this name. In the lab also: the program `ip` is not installed.
    fn table(&self, host: &str) -> Result<Vec<(IpAddr, String)>, Box<dyn Error>>;
}

/// An address of one's own at a host's card.
pub trait Card: Link {
    /// What it has found out about its neighbours: [`Event::Moved`] is one that was at another card before.
    fn event(&mut self) -> Option<Event>;
}
