//! What each of the three reads in a message, as lines of text that can be compared.

use barewire_dns::{Message, Name, RData, Record, RecordType};
use domain::base::opt::AllOptData;
use domain::rdata::AllRecordData;
use hickory_proto::op::{Message as HickoryMessage, MessageType};
use hickory_proto::rr::{Name as HickoryName, RData as HickoryData, Record as HickoryRecord};

pub(super) fn ours(message: &Message) -> Vec<String> {
    let h = &message.header;
    let mut lines = vec![head(h.id, h.qr, h.aa, h.rd, h.rcode.0)];
    let question =
        |q: &barewire_dns::Question| format!("{} {} {}", dotted(q.name.labels()), q.class.0, q.rtype.0);
    lines.extend(message.questions.iter().map(question));
    for (number, section) in
        [&message.answers, &message.authorities, &message.additionals].into_iter().enumerate()
    {
        lines.extend(section.iter().map(|record| format!("section {number}: {}", our_record(record))));
    }
    // We keep OPT apart from the records, and so does hickory-proto; here it came last.
    if let Some(edns) = &message.edns {
        lines.push(opt(edns.udp_size, edns.options.len()));
    }
    lines
}

fn our_record(record: &Record) -> String {
    let name = |name: &Name| dotted(name.labels());
    let data = match &record.data {
        RData::A(address) => address.to_string(),
        RData::Ns(host) | RData::Cname(host) => name(host),
        other => format!("not expected: {other}"),
    };
    line(name(&record.name), record.ttl, record.class.0, record.rtype().0, data)
}

pub(super) fn hickory(message: &HickoryMessage) -> Vec<String> {
    let h = &message.metadata;
    let is_response = h.message_type == MessageType::Response;
    let mut lines =
        vec![head(h.id, is_response, h.authoritative, h.recursion_desired, u16::from(h.response_code))];
    lines.extend(message.queries.iter().map(|q| {
        format!("{} {} {}", dotted(q.name().iter()), u16::from(q.query_class()), u16::from(q.query_type()))
    }));
    for (number, section) in
        [&message.answers, &message.authorities, &message.additionals].into_iter().enumerate()
    {
        lines.extend(section.iter().map(|record| format!("section {number}: {}", hickory_record(record))));
    }
    if let Some(edns) = &message.edns {
        lines.push(opt(edns.max_payload(), edns.options().as_ref().len()));
    }
    lines
}

/// EDNS as the record that it is on the wire.
fn opt(udp_size: u16, options: usize) -> String {
    let opt = line(String::new(), 0, udp_size, RecordType::OPT.0, format!("{options} options"));
    format!("section 2: {opt}")
}

fn hickory_record(record: &HickoryRecord) -> String {
    let name = |name: &HickoryName| dotted(name.iter());
    let data = match &record.data {
        HickoryData::A(address) => address.0.to_string(),
        HickoryData::NS(host) => name(&host.0),
        HickoryData::CNAME(host) => name(&host.0),
        other => format!("not expected: {other}"),
    };
    let (class, rtype) = (u16::from(record.dns_class), u16::from(record.record_type()));
    line(name(&record.name), record.ttl, class, rtype, data)
}

pub(super) fn domain(bytes: &[u8]) -> Vec<String> {
    let message = super::domain_owned(bytes);
    let (h, flags) = (message.header, message.header.flags());
    let mut lines = vec![head(h.id(), flags.qr, flags.aa, flags.rd, h.rcode().to_int().into())];
    lines.extend(
        message
            .questions
            .iter()
            .map(|q| format!("{} {} {}", domain_name(q.qname()), q.qclass().to_int(), q.qtype().to_int())),
    );
    for (number, section) in message.sections.iter().enumerate() {
        lines.extend(section.iter().map(|record| format!("section {number}: {}", domain_record(record))));
    }
    lines
}

fn domain_record(record: &super::Owned) -> String {
    let data = match record.data() {
        AllRecordData::A(a) => a.addr().to_string(),
        AllRecordData::Ns(ns) => domain_name(ns.nsdname()),
        AllRecordData::Cname(cname) => domain_name(cname.cname()),
        AllRecordData::Opt(opt) => format!("{} options", opt.iter::<AllOptData<_, _>>().count()),
        other => format!("not expected: {other}"),
    };
    let (class, rtype) = (record.class().to_int(), record.rtype().to_int());
    line(domain_name(record.owner()), record.ttl().as_secs(), class, rtype, data)
}

fn domain_name(name: &domain::base::Name<Vec<u8>>) -> String {
    dotted(name.iter().filter(|label| !label.is_root()).map(|label| label.as_slice()))
}

fn head(id: u16, response: bool, authoritative: bool, recursion: bool, rcode: u16) -> String {
    format!("id {id} response {response} authoritative {authoritative} recursion {recursion} rcode {rcode}")
}

fn line(name: String, ttl: u32, class: u16, rtype: u16, data: String) -> String {
    format!("{name} {ttl} {class} {rtype} {data}")
}

fn dotted<'a>(labels: impl Iterator<Item = &'a [u8]>) -> String {
    labels.map(|label| format!("{}.", label.escape_ascii())).collect()
}
