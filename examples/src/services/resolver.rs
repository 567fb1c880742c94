//! A resolver that knows its names: it answers DNS queries over UDP. Tested in `tests/offline.rs`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use barewire_dns::{Message, RData, Rcode, Record, RecordType};

use super::program::{Arrived, Program, Sockets};

/// The port of DNS.
const PORT: u16 = 53;

/// Knows the names of the toy internet, and answers at once.
pub struct Resolver {
    names: BTreeMap<String, Vec<IpAddr>>,
}

impl Resolver {
    /// A resolver that knows these names, and the addresses of each.
    pub fn new(names: impl IntoIterator<Item = (String, Vec<IpAddr>)>) -> Resolver {
        Resolver { names: names.into_iter().collect() }
    }

    /// The reply to a query. Queries that are none get no reply: there is nobody to teach.
    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        // A response is never answered, or two resolvers would answer each other for ever.
        let query = Message::parse(query).ok().filter(|message| !message.header.qr)?;
        let question = query.questions.first()?;
        let mut response = Message::response_to(&query);
        response.header.ra = true;
        match self.names.get(&question.name.to_string().to_ascii_lowercase()) {
            None => response.header.rcode = Rcode::NXDOMAIN,
            // A name without records of this type exists all the same: no error and no answer.
            Some(addresses) => response.answers.extend(
                addresses
                    .iter()
                    .filter_map(|address| data(*address, question.rtype))
                    .map(|data| Record::new(question.name.clone(), 300, data)),
            ),
        }
        response.encode().ok()
    }
}

/// The data of an address record, if it is of this type.
fn data(address: IpAddr, rtype: RecordType) -> Option<RData> {
    match address {
        IpAddr::V4(address) if rtype == RecordType::A => Some(RData::A(address)),
        IpAddr::V6(address) if rtype == RecordType::AAAA => Some(RData::Aaaa(address)),
        _ => None,
    }
}

impl Program for Resolver {
    fn datagram(&mut self, _: Instant, sockets: &mut Sockets, datagram: &Arrived<'_>) -> bool {
        if datagram.local.port() != PORT {
            return false;
        }
        if let Some(reply) = self.answer(datagram.payload) {
            sockets.send_datagram(datagram.local, datagram.remote, &reply, None);
        }
        true
    }
}
