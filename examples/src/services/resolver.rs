//! A resolver that knows its names: it answers DNS queries over UDP. Tested in `tests/offline.rs` and
//! `tests/authorities.rs`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Instant;

use barewire_dns::rdata::Soa;
use barewire_dns::{Message, Name, RData, Rcode, Record, RecordType};

use super::program::{Arrived, Program, Sockets};

/// The port of DNS.
const PORT: u16 = 53;

/// The zones that names are in, the closest first, as `examples/zones` has them: name, server, mailbox, and the numbers
/// of the SOA record in its order.
const ZONES: [(&str, &str, &str, [u32; 5]); 3] = [
    (
        "example.test",
        "ns1.example.test",
        "hostmaster.example.test",
        [2_026_112_600, 7200, 3600, 1_209_600, 300],
    ),
    ("test", "a.nic.test", "hostmaster.nic.test", [2_026_112_600, 1800, 900, 604_800, 900]),
    (".", "a.root", "hostmaster.root", [2_026_112_600, 1800, 900, 604_800, 3600]),
];

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
            None if self.has_below(&question.name) => {}
            None => response.header.rcode = Rcode::NXDOMAIN,
            // A name without records of this type exists all the same: no error and no answer.
            Some(addresses) => response.answers.extend(
                addresses
                    .iter()
                    .filter_map(|address| data(*address, question.rtype))
                    .map(|data| Record::new(question.name.clone(), 300, data)),
            ),
        }
        if response.answers.is_empty() {
            response.authorities.extend(soa(&question.name));
        }
        response.encode().ok()
    }

    /// Whether it knows a name below this one: then this one exists, too (RFC 4592 §2.2.2).
    fn has_below(&self, name: &Name) -> bool {
        let known = |text: &String| Name::parse_text(text).is_ok_and(|known| known.is_within(name));
        self.names.keys().any(known)
    }
}

/// The SOA record of the zone that a name is in: with it a client may remember that there is nothing, for MINIMUM
/// seconds (RFC 2308 §3 and §5).
fn soa(name: &Name) -> Option<Record> {
    let read = |text: &str| Name::parse_text(text).ok();
    ZONES.iter().find_map(|(zone, server, mailbox, numbers)| {
        let zone = read(zone).filter(|zone| name.is_within(zone))?;
        let (mname, rname) = (read(server)?, read(mailbox)?);
        let [serial, refresh, retry, expire, minimum] = *numbers;
        let soa = Soa { mname, rname, serial, refresh, retry, expire, minimum };
        Some(Record::new(zone, minimum, RData::Soa(Box::new(soa))))
    })
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
