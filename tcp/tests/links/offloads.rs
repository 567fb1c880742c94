//! The same conversation where the kernel's end leaves nothing to its network card, and over other MTUs.

use crate::conversation::{bytes, converse};
use crate::room::{Room, Wires};

#[test]
fn without_offloads() {
    for link in ["raw", "datalink", "vlan"] {
        each(&format!("without_offloads ({link})"), link, Wires { offloads: false, ..Wires::default() });
    }
}

#[test]
fn with_an_mtu_of_1280() {
    for link in ["raw", "datalink", "tun"] {
        each(&format!("with_an_mtu_of_1280 ({link})"), link, Wires { mtu: 1280, ..Wires::default() });
    }
}

#[test]
fn with_an_mtu_of_9000() {
    for link in ["raw", "datalink", "tun"] {
        each(&format!("with_an_mtu_of_9000 ({link})"), link, Wires { mtu: 9000, ..Wires::default() });
    }
}

fn each(test: &str, link: &str, wires: Wires) {
    for version in [4, 6] {
        let Some(room) = Room::raise(test, link, wires) else { return };
        println!("{wires:?}");
        converse(&room, link, version, bytes());
    }
}
