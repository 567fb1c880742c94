//! Servers that answer with an error, with an error of twelve bytes, or with other servers.

use barewire_dns::{EdnsOption, ExtendedError, Message, Name, RData, Rcode, Record, rdata::Soa};

use crate::asked::{Arrival, Asked, name};

pub(crate) fn refused_in_twelve_bytes(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(asked.header([0x81, 0x85], 0))
}

/// QDCOUNT is 1, and no question follows.
pub(crate) fn servfail_in_twelve_bytes(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(asked.header([0x81, 0x82], 1))
}

fn with_extended_error(asked: &Asked<'_>, rcode: Rcode, code: u16, text: &str) -> Vec<Arrival> {
    let mut reply = asked.empty(rcode);
    let error = ExtendedError { code, text: text.as_bytes().to_vec() };
    reply.edns.as_mut().unwrap().options.push(EdnsOption::ExtendedError(error));
    asked.replies(&reply)
}

pub(crate) fn refused_with_reason(asked: &Asked<'_>) -> Vec<Arrival> {
    with_extended_error(asked, Rcode::REFUSED, 18, "")
}

pub(crate) fn servfail_with_reason(asked: &Asked<'_>) -> Vec<Arrival> {
    with_extended_error(asked, Rcode::SERVFAIL, 7, "expired in 2020")
}

pub(crate) fn notauth(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.replies(&asked.empty(Rcode::NOTAUTH))
}

/// An error to each query with an OPT record.
fn knows_no_edns(asked: &Asked<'_>, error: Vec<u8>) -> Vec<Arrival> {
    if asked.has_edns() { asked.sends(error) } else { asked.is_honest() }
}

pub(crate) fn formerr_in_twelve_bytes(asked: &Asked<'_>) -> Vec<Arrival> {
    knows_no_edns(asked, asked.header([0x81, 0x81], 0))
}

pub(crate) fn formerr_with_question(asked: &Asked<'_>) -> Vec<Arrival> {
    let reply = Message { edns: None, ..asked.empty(Rcode::FORMERR) };
    knows_no_edns(asked, reply.encode().unwrap())
}

pub(crate) fn notimp(asked: &Asked<'_>) -> Vec<Arrival> {
    knows_no_edns(asked, asked.header([0x81, 0x84], 0))
}

pub(crate) fn badvers(asked: &Asked<'_>) -> Vec<Arrival> {
    let reply = asked.empty(Rcode::BADVERS).encode();
    knows_no_edns(asked, reply.unwrap_or_default())
}

pub(crate) fn drops_edns(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.has_edns() { Vec::new() } else { asked.is_honest() }
}

pub(crate) fn formerr_to_everything(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.sends(asked.header([0x81, 0x81], 0))
}

fn names_servers(asked: &Asked<'_>, zone: Name, recurses: bool) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NOERROR);
    reply.header.ra = recurses;
    reply.authorities.push(Record::new(zone, 3600, RData::Ns(name("ns.elsewhere.test"))));
    asked.replies(&reply)
}

pub(crate) fn refers_upwards(asked: &Asked<'_>) -> Vec<Arrival> {
    names_servers(asked, Name::root(), false)
}

pub(crate) fn refers_upwards_with_ra(asked: &Asked<'_>) -> Vec<Arrival> {
    names_servers(asked, Name::root(), true)
}

pub(crate) fn refers_downwards(asked: &Asked<'_>) -> Vec<Arrival> {
    names_servers(asked, name("example.test"), false)
}

pub(crate) fn refers_aside(asked: &Asked<'_>) -> Vec<Arrival> {
    names_servers(asked, name("other.test"), true)
}

/// Not even a SOA record.
pub(crate) fn bare_nxdomain(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.replies(&asked.empty(Rcode::NXDOMAIN))
}

/// NODATA with the SOA record of another zone.
pub(crate) fn nodata_of_another_zone(asked: &Asked<'_>) -> Vec<Arrival> {
    let mut reply = asked.empty(Rcode::NOERROR);
    let (mname, rname) = (name("ns.other.test"), name("root.other.test"));
    let soa = Soa { mname, rname, serial: 1, refresh: 2, retry: 3, expire: 4, minimum: u32::MAX };
    reply.authorities.push(Record::new(name("other.test"), u32::MAX, RData::Soa(Box::new(soa))));
    asked.replies(&reply)
}
