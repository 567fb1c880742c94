//! The headers of the language, from the link up.

mod dns;
mod ip;
mod ipv6;
mod link;
mod payload;
mod transport;

use super::header::Header;

/// All of them, in the order in which they are listed.
pub static HEADERS: [&Header; 16] = [
    &link::ETHER,
    &link::VLAN,
    &link::ARP,
    &ip::IP,
    &ipv6::IP6,
    &ipv6::HOP_BY_HOP,
    &ipv6::FRAGMENT,
    &ipv6::DESTINATION_OPTIONS,
    &transport::TCP,
    &transport::UDP,
    &transport::ICMP,
    &transport::ICMP6,
    &dns::DNS,
    &payload::RAW,
    &payload::HEX,
    &payload::ZEROS,
];

/// The header of this name.
pub fn find(name: &str) -> Option<&'static Header> {
    HEADERS.iter().copied().find(|header| header.is_called(name))
}
