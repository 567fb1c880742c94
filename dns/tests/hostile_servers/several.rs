//! Where a second server, a second type of record or a second name saves the lookup.

use barewire_dns::{RData, Rcode, Record, RecordType};

use crate::asked::{Arrival, Asked};

/// The first server does this, and the second one is honest.
fn first(asked: &Asked<'_>, does: fn(&Asked<'_>) -> Vec<Arrival>) -> Vec<Arrival> {
    if asked.is_first() { does(asked) } else { asked.is_honest() }
}

pub(crate) fn first_is_silent(asked: &Asked<'_>) -> Vec<Arrival> {
    first(asked, |_| Vec::new())
}

pub(crate) fn first_refuses(asked: &Asked<'_>) -> Vec<Arrival> {
    first(asked, |asked| asked.sends(asked.header([0x81, 0x85], 0)))
}

pub(crate) fn first_is_gone(asked: &Asked<'_>) -> Vec<Arrival> {
    first(asked, crate::forged::nobody_listens)
}

pub(crate) fn first_is_lame(asked: &Asked<'_>) -> Vec<Arrival> {
    first(asked, crate::codes::refers_upwards_with_ra)
}

/// The first one sends a truncated reply when the second one has been asked, and has no TCP.
pub(crate) fn first_is_late_and_truncates(asked: &Asked<'_>) -> Vec<Arrival> {
    if !asked.is_first() {
        return vec![asked.sends_after(600, asked.answer().encode().unwrap())];
    }
    if !asked.is_udp() {
        return crate::broken::tc_without_tcp(asked);
    }
    let mut tc = asked.answer();
    tc.header.tc = true;
    vec![asked.sends_after(1200, tc.encode().unwrap())]
}

/// SERVFAIL to A, and an address to AAAA.
pub(crate) fn servfail_to_a(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.query.questions[0].rtype == RecordType::A {
        return asked.replies(&asked.empty(Rcode::SERVFAIL));
    }
    let mut reply = asked.empty(Rcode::NOERROR);
    let data = RData::Aaaa([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x80].into());
    reply.answers.push(Record::new(asked.name(), 300, data));
    asked.replies(&reply)
}

/// Never an answer to AAAA.
pub(crate) fn silent_about_aaaa(asked: &Asked<'_>) -> Vec<Arrival> {
    if asked.query.questions[0].rtype == RecordType::A { asked.is_honest() } else { Vec::new() }
}

/// SERVFAIL to the first name of the search list.
pub(crate) fn servfail_to_the_first_suffix(asked: &Asked<'_>) -> Vec<Arrival> {
    match asked.name().to_string() {
        name if name.ends_with("office.test") => asked.replies(&asked.empty(Rcode::SERVFAIL)),
        _ => asked.is_honest(),
    }
}

pub(crate) fn nxdomain_to_all(asked: &Asked<'_>) -> Vec<Arrival> {
    asked.replies(&asked.empty(Rcode::NXDOMAIN))
}
