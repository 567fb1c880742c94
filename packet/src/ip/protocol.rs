//! The protocols that an IP header can announce (IANA, "Assigned Internet Protocol Numbers").

/// Numbers and names, by number.
pub const PROTOCOLS: [(u8, &str); 25] = [
    (0, "hop-by-hop options"),
    (1, "ICMP"),
    (2, "IGMP"),
    (4, "IPv4 in IP"),
    (6, "TCP"),
    (8, "EGP"),
    (17, "UDP"),
    (33, "DCCP"),
    (41, "IPv6 in IP"),
    (43, "routing header"),
    (44, "fragment header"),
    (46, "RSVP"),
    (47, "GRE"),
    (50, "ESP"),
    (51, "authentication header"),
    (58, "ICMPv6"),
    (59, "no next header"),
    (60, "destination options"),
    (88, "EIGRP"),
    (89, "OSPF"),
    (103, "PIM"),
    (112, "VRRP"),
    (115, "L2TP"),
    (132, "SCTP"),
    (136, "UDP-Lite"),
];

/// The name and number of a protocol that an IP header can announce.
pub fn protocol_name(protocol: u8) -> String {
    let found = PROTOCOLS.iter().find(|(number, _)| *number == protocol);
    format!("{} ({protocol})", found.map_or("protocol", |(_, name)| name))
}
