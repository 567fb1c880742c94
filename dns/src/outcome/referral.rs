//! A referral: the servers of a zone, to ask instead (RFC 1034 §4.3.2 step 3b).

use std::net::IpAddr;

use crate::message::Message;
use crate::name::Name;
use crate::rdata::RData;

/// The servers of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// The zone.
    pub zone: Name,
    /// The names of its servers, in the order of the message.
    pub servers: Vec<Name>,
    /// Addresses of these servers that the message has beside them. They are a hint from a server that need not know
    /// them: use them to ask on, and never as an answer (RFC 2181 §5.4.1).
    pub glue: Vec<(Name, IpAddr)>,
}

impl Referral {
    /// The NS records of the authority section, if no SOA record is there: that is how a negative answer differs
    /// (RFC 2308 §2.1 and §2.2).
    pub(super) fn of(message: &Message) -> Option<Referral> {
        // book: referral
        // exercise: dns07
        // instead: let (zone, server) = message.authorities.iter().find_map(|record| match &record.data {
        // instead:     RData::Ns(server) => Some((record.name.clone(), server.clone())),
        // instead:     _ => None,
        // instead: })?;
        // instead: Some(Referral { zone, servers: vec![server], glue: Vec::new() })
        if message.authorities.iter().any(|record| matches!(record.data, RData::Soa(_))) {
            return None;
        }
        let mut servers = message.authorities.iter().filter_map(|record| match &record.data {
            RData::Ns(server) => Some((&record.name, server)),
            _ => None,
        });
        let (zone, first) = servers.next()?;
        let rest = servers.filter(|(owner, _)| *owner == zone).map(|(_, server)| server);
        let servers: Vec<Name> = std::iter::once(first).chain(rest).cloned().collect();
        let glue = message.additionals.iter().filter(|record| servers.contains(&record.name));
        let glue = glue.filter_map(|record| Some((record.name.clone(), record.data.address()?))).collect();
        Some(Referral { zone: zone.clone(), servers, glue })
        // exercise: end
        // book: end
    }

    /// Whether the servers may know more about a name: it is in their zone. Everything is in the root, and no server
    /// leads down to it.
    pub(super) fn concerns(&self, name: &Name) -> bool {
        !self.zone.is_root() && name.is_within(&self.zone)
    }

    /// Whether its zone lies below `zone`.
    pub fn leads_below(&self, zone: &Name) -> bool {
        self.zone != *zone && self.zone.is_within(zone)
    }
}
