//! Forwarded ports: external ports that lead to an inside socket for good, as people set them in home routers.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

use super::ends::Protocol;
use crate::table::Table;

/// Which external ports lead where. An inside socket has one external port at the most; a later forward takes the place
/// of an earlier one.
#[derive(Debug, Default)]
pub(super) struct Forwards {
    to: BTreeMap<(Protocol, u16), SocketAddrV4>,
    from: BTreeMap<(Protocol, SocketAddrV4), u16>,
}

impl Forwards {
    pub(super) fn set(&mut self, protocol: Protocol, port: u16, to: SocketAddrV4) {
        self.to.insert((protocol, port), to);
        self.from.insert((protocol, to), port);
    }

    /// The inside socket that an external port leads to.
    pub(super) fn inside(&self, protocol: Protocol, port: u16) -> Option<SocketAddrV4> {
        self.to.get(&(protocol, port)).copied()
    }

    /// The external port that leads to an inside socket.
    pub(super) fn outside(&self, protocol: Protocol, inside: SocketAddrV4) -> Option<u16> {
        self.from.get(&(protocol, inside)).copied()
    }

    pub(super) fn table(&self) -> Option<Table> {
        let row = |((protocol, port), to): (&(Protocol, u16), &SocketAddrV4)| {
            vec![protocol.to_string(), port.to_string(), to.to_string()]
        };
        (!self.to.is_empty()).then(|| Table {
            title: "forwarded ports".to_owned(),
            columns: vec!["protocol", "port", "to"],
            rows: self.to.iter().map(row).collect(),
        })
    }
}
