//! The authoritative server: it answers from the zones that it holds, and asks nobody (RFC 1034 §4.3.2).
//!
//! ```text
//!   query ─▶ request.rs   FORMERR, NOTIMP, BADVERS, REFUSED, or a question
//!               │
//!            lookup.rs    RFC 1034 §4.3.2 in its own steps
//!               │            descent.rs   step 3's way down, from label to label
//!               │            zone.rs      the records, in the order of RFC 4034 §6.1
//!               │            denial.rs    what proves that something does not exist
//!            response.rs  the sections that are being filled
//!               │
//!   reply ◀─ fit.rs       as many bytes as the transport carries;
//!                         transfer.rs, when the whole zone is asked for
//! ```
//!
//! A server here is a function of a query and a transport. It keeps nothing from one query to the next, so it needs
//! no clock and none of the five verbs. Zones are loaded, checked and never changed. They are signed, if at all, by
//! somebody else: the server holds no keys, and only chooses which of the zone's own signatures a reply needs.
//!
//! Left out: caches and recursion, UPDATE and NOTIFY, incremental transfer (IXFR gets the whole zone, as RFC 1995 §4
//! allows), TSIG (a signed query gets an answer without a signature), cookies, NSID, and classes other than IN. A
//! positive answer is without the zone's own NS records, which RFC 1034 does not ask for. Tested in `tests/authority`,
//! and beside nsd in `tests/beside_nsd`.

mod any;
mod check;
mod claim;
mod denial;
mod descent;
mod fault;
pub(crate) mod fit; // of this and the next two a server of a resolver has use too
mod lookup;
mod node;
mod nsec;
mod nsec3;
mod replies;
pub(crate) mod request;
pub(crate) mod response;
mod transfer;
mod zone;
mod zones;

pub use any::AnyAnswer;
pub use fault::{Unfit, ZoneFault};
pub use nsec3::Sha1;
pub use replies::Replies;
pub use zone::Zone;

use crate::edns::EDNS_UDP_SIZE;
use crate::message::Message;
use crate::stub::Protocol;
use lookup::Lookup;
use request::Request;
use response::Response;
use zones::Zones;

/// How a server answers where the rules leave it free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// The most bytes of a reply over UDP, also where the client would take more (RFC 6891 §6.2.5).
    pub udp_size: u16,
    /// What a question for all types gets.
    pub any: AnyAnswer,
}

impl Default for Config {
    fn default() -> Config {
        Config { udp_size: EDNS_UDP_SIZE, any: AnyAnswer::Minimal }
    }
}

/// An authoritative server without I/O.
///
/// ```
/// use barewire_dns::authority::{Authority, Config, Zone};
/// use barewire_dns::stub::Protocol;
/// use barewire_dns::zone_file::ZoneFile;
/// use barewire_dns::{Message, Name, Rcode, RecordType};
/// let head = "$TTL 1h\n@ SOA ns1 joe 7 2h 1h 2w 5m\n@ NS ns1\nns1 A 203.0.113.53\n";
/// let text = format!("{head}*.pages A 203.0.113.80\n");
/// let records = ZoneFile::parse(text.as_bytes(), &Name::parse_text("example.test")?).records;
/// let mut server = Authority::new(Config::default());
/// server.add(Zone::new(records, None).map_err(|faults| faults[0].to_string())?);
///
/// let ask = |name| Message::query(1, Name::parse_text(name).unwrap(), RecordType::A).encode();
/// let mut replies = server.answer(&ask("joe.pages.example.test")?, Protocol::Udp);
/// let reply = Message::parse(&replies.next().unwrap())?;
/// assert!(reply.header.aa);
/// assert_eq!(reply.answers[0].to_string(), "joe.pages.example.test. 3600 IN A 203.0.113.80");
/// # let mut replies = server.answer(&ask("www.example.test")?, Protocol::Udp);
/// # assert_eq!(Message::parse(&replies.next().unwrap())?.header.rcode, Rcode::NXDOMAIN);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Authority {
    config: Config,
    zones: Zones,
}

impl Authority {
    /// A server without zones: it refuses every question.
    pub fn new(config: Config) -> Authority {
        Authority { config, zones: Zones::default() }
    }

    /// Adds a zone. If there was one of this name, the new one takes its place, and the old one is given back.
    pub fn add(&mut self, zone: Zone) -> Option<Zone> {
        self.zones.0.insert(zone.apex().clone(), zone)
    }

    /// The zones, in the order of their names.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.zones.0.values()
    }

    /// The messages that answer `query`, which came over `transport`, in the order to send them: none if the bytes are
    /// not a query, several for a zone transfer, else one.
    pub fn answer(&self, query: &[u8], transport: Protocol) -> Replies<'_> {
        let query = match Request::read(query) {
            Request::NotAQuery => return Replies::one(None),
            Request::Refused(reply) => return Replies::one(reply.encode().ok()),
            Request::Question(query) => query,
        };
        if transfer::is_wanted(&query) {
            return self.transfer(&query, transport);
        }
        let response = Response::new(&query, self.config.udp_size);
        let response = Lookup::new(&self.zones, self.config.any, &query, response).run();
        Replies::one(fit::encode(response, &query, transport, self.config.udp_size))
    }

    /// A transfer of a zone, or why there is none.
    fn transfer(&self, query: &Message, transport: Protocol) -> Replies<'_> {
        let zone = query.question().and_then(|question| self.zones.0.get(&question.name));
        transfer::begin(query, zone, transport, self.config.udp_size)
    }
}
