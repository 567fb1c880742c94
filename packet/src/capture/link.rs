//! Where the IP packet starts behind a link-layer header.

use super::linktype;

const ETHERTYPE_IPV4: [u8; 2] = [0x08, 0x00];
const ETHERTYPE_IPV6: [u8; 2] = [0x86, 0xdd];
const ETHERTYPE_VLAN: [u8; 2] = [0x81, 0x00];

/// The bytes from the IP header on; `None` when the frame carries something else.
pub(super) fn ip_of(link_type: u16, frame: &[u8]) -> Option<&[u8]> {
    match link_type {
        linktype::RAW | linktype::IPV4 | linktype::IPV6 => Some(frame),
        linktype::NULL => frame.get(4..),
        linktype::ETHERNET => behind_ethertype(frame.get(12..)?),
        linktype::LINUX_SLL => behind_ethertype(frame.get(14..)?),
        linktype::LINUX_SLL2 => {
            let ethertype = frame.get(..2)?;
            (ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6).then(|| frame.get(20..))?
        }
        _ => None,
    }
}

/// From an EtherType on, past one VLAN tag (IEEE 802.1Q) if there is one.
fn behind_ethertype(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = if bytes.get(..2)? == ETHERTYPE_VLAN { bytes.get(4..)? } else { bytes };
    let ethertype = bytes.get(..2)?;
    (ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6).then(|| &bytes[2..])
}
