//! EtherTypes: what a frame or a tag says of its payload (IEEE 802.3 §3.2.6, registered with IEEE). The numbers and
//! their names; what follows each of them is read in `frame/ieee802.rs`. Tested in `tests/frame.rs`.

pub(crate) const IPV4: u16 = 0x0800;
pub(crate) const ARP: u16 = 0x0806;
pub(crate) const IPV6: u16 = 0x86dd;
pub(crate) const VLAN: u16 = 0x8100;
pub(crate) const SERVICE_VLAN: u16 = 0x88a8;
pub(crate) const OLD_SERVICE_VLAN: u16 = 0x9100;
pub(crate) const MPLS: u16 = 0x8847;
pub(crate) const MPLS_UPSTREAM: u16 = 0x8848;
pub(crate) const PPPOE_SESSION: u16 = 0x8864;

/// Below this the field is a length, and LLC follows (IEEE 802.3 §3.2.6).
pub(crate) const SMALLEST_TYPE: u16 = 0x0600;

/// The types that have a name here.
const NAMES: [(u16, &str); 44] = [
    (IPV4, "IPv4"),
    (ARP, "ARP"),
    (0x0842, "Wake-on-LAN"),
    (0x22f0, "AVTP"),
    (0x22f3, "TRILL"),
    (0x6002, "DECnet maintenance"),
    (0x6003, "DECnet"),
    (0x6558, "Ethernet over Ethernet"),
    (0x8035, "RARP"),
    (0x809b, "AppleTalk"),
    (0x80f3, "AppleTalk ARP"),
    (VLAN, "VLAN tag"),
    (0x8137, "IPX"),
    (IPV6, "IPv6"),
    (0x8808, "flow control"),
    (0x8809, "slow protocols: LACP"),
    (0x880b, "PPP"),
    (MPLS, "MPLS"),
    (MPLS_UPSTREAM, "MPLS, upstream label"),
    (0x8863, "PPPoE discovery"),
    (PPPOE_SESSION, "PPPoE session"),
    (0x887b, "HomePlug 1.0"),
    (0x888e, "EAP"),
    (0x8892, "PROFINET"),
    (0x88a2, "ATA over Ethernet"),
    (0x88a4, "EtherCAT"),
    (SERVICE_VLAN, "service VLAN tag"),
    (0x88ab, "Ethernet Powerlink"),
    (0x88b5, "local experiment"),
    (0x88b8, "GOOSE"),
    (0x88ba, "sampled values"),
    (0x88cc, "LLDP"),
    (0x88e1, "HomePlug AV"),
    (0x88e5, "MACsec"),
    (0x88e7, "provider backbone bridge"),
    (0x88f5, "MVRP"),
    (0x88f7, "PTP"),
    (0x8902, "connectivity fault management"),
    (0x8906, "FCoE"),
    (0x8914, "FCoE initialization"),
    (0x8915, "RoCE"),
    (0x894f, "NSH"),
    (0x9000, "loopback test"),
    (OLD_SERVICE_VLAN, "service VLAN tag, old"),
];

/// Whether a length-or-type field is a type.
pub(crate) fn is_type(field: u16) -> bool {
    field >= SMALLEST_TYPE
}

/// The name of a type, where it has one here.
fn name_of(kind: u16) -> Option<&'static str> {
    NAMES.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name)
}

pub(crate) fn show(kind: u16) -> String {
    match name_of(kind) {
        Some(name) => format!("0x{kind:04x} ({name})"),
        None => format!("0x{kind:04x}"),
    }
}
