//! A second opinion: what hickory-proto reads in the same bytes, and both opinions as lines of text
//! that can be compared.

use barewire_dns::{Message, Name, RData, Record, RecordType};
use hickory_proto::op::{Message as TheirMessage, MessageType};
use hickory_proto::rr::{Name as TheirName, RData as TheirData, Record as TheirRecord};
use hickory_proto::serialize::binary::BinEncodable;

/// Panics unless both read the same in `bytes`.
#[track_caller]
pub(crate) fn agree(context: &str, bytes: &[u8]) {
    let ours = match Message::parse_strictly(bytes) {
        Ok(message) => our_lines(&message),
        Err(error) => panic!("{context}: {error}\n{bytes:02x?}"),
    };
    let theirs = match TheirMessage::from_vec(bytes) {
        Ok(message) => their_lines(&message),
        Err(error) => panic!("{context}: hickory-proto cannot read it: {error}\n{bytes:02x?}"),
    };
    assert_eq!(ours, theirs, "{context}: ours, then hickory-proto's\n{bytes:02x?}");
}

fn our_lines(message: &Message) -> Vec<String> {
    let h = &message.header;
    let mut lines = vec![format!(
        "id {} qr {} opcode {} aa {} tc {} rd {} ra {} ad {} cd {} rcode {}",
        h.id, h.qr, h.opcode.0, h.aa, h.tc, h.rd, h.ra, h.ad, h.cd, h.rcode.0
    )];
    lines.extend(
        message
            .questions
            .iter()
            .map(|q| format!("question {} {} {}", our_name(&q.name), q.class.0, q.rtype.0)),
    );
    if let Some(edns) = &message.edns {
        lines.push(format!("edns {} {} {}", edns.udp_size, edns.version, edns.dnssec_ok));
    }
    for (section, records) in [
        ("answer", &message.answers),
        ("authority", &message.authorities),
        ("additional", &message.additionals),
    ] {
        lines.extend(records.iter().map(|record| format!("{section} {}", our_record(record))));
    }
    lines
}

fn their_lines(message: &TheirMessage) -> Vec<String> {
    let h = &message.metadata;
    let mut lines = vec![format!(
        "id {} qr {} opcode {} aa {} tc {} rd {} ra {} ad {} cd {} rcode {}",
        h.id,
        h.message_type == MessageType::Response,
        u8::from(h.op_code),
        h.authoritative,
        h.truncation,
        h.recursion_desired,
        h.recursion_available,
        h.authentic_data,
        h.checking_disabled,
        u16::from(h.response_code)
    )];
    lines.extend(message.queries.iter().map(|q| {
        format!(
            "question {} {} {}",
            their_name(q.name()),
            u16::from(q.query_class()),
            u16::from(q.query_type())
        )
    }));
    if let Some(edns) = &message.edns {
        lines.push(format!("edns {} {} {}", edns.max_payload(), edns.version(), edns.flags().dnssec_ok));
    }
    for (section, records) in [
        ("answer", &message.answers),
        ("authority", &message.authorities),
        ("additional", &message.additionals),
    ] {
        lines.extend(records.iter().map(|record| format!("{section} {}", their_record(record))));
    }
    lines
}

fn our_record(record: &Record) -> String {
    let data = match &record.data {
        RData::Ns(name) | RData::Cname(name) | RData::Ptr(name) => our_name(name),
        RData::Mx(mx) => format!("{} {}", mx.preference, our_name(&mx.exchange)),
        RData::Soa(soa) => format!(
            "{} {} {} {} {} {} {}",
            our_name(&soa.mname),
            our_name(&soa.rname),
            soa.serial,
            soa.refresh as i32,
            soa.retry as i32,
            soa.expire as i32,
            soa.minimum
        ),
        RData::Txt(txt) => format!("{:02x?}", txt.strings),
        RData::Unknown(unknown) => format!("{:02x?}", unknown.bytes),
        RData::A(_) | RData::Aaaa(_) => record.data.to_string(),
        other => format!("{:02x?}", bytes_of(other)),
    };
    format!("{} {} {} {} {data}", our_name(&record.name), record.ttl, record.class.0, record.rtype().0)
}

/// Data as bytes: what stands after the eleven of a record whose owner is the root.
fn bytes_of(data: &RData) -> Vec<u8> {
    let mut message = Message::query(0, Name::root(), RecordType::A);
    message.questions.clear();
    message.answers.push(Record::new(Name::root(), 0, data.clone()));
    message.encode().unwrap().split_off(12 + 11)
}

fn their_record(record: &TheirRecord) -> String {
    let data = match &record.data {
        TheirData::A(a) => a.0.to_string(),
        TheirData::AAAA(aaaa) => aaaa.0.to_string(),
        TheirData::NS(name) => their_name(&name.0),
        TheirData::CNAME(name) => their_name(&name.0),
        TheirData::PTR(name) => their_name(&name.0),
        TheirData::MX(mx) => format!("{} {}", mx.preference, their_name(&mx.exchange)),
        TheirData::SOA(soa) => format!(
            "{} {} {} {} {} {} {}",
            their_name(&soa.mname),
            their_name(&soa.rname),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        TheirData::TXT(txt) => format!("{:02x?}", txt.txt_data),
        other => format!("{:02x?}", other.to_bytes().unwrap()),
    };
    let (class, rtype) = (u16::from(record.dns_class), u16::from(record.record_type()));
    format!("{} {} {class} {rtype} {data}", their_name(&record.name), record.ttl)
}

fn our_name(name: &Name) -> String {
    dotted(name.labels())
}

fn their_name(name: &TheirName) -> String {
    dotted(name.iter())
}

/// The labels with their case, each byte visible.
fn dotted<'a>(labels: impl Iterator<Item = &'a [u8]>) -> String {
    labels.map(|label| format!("{}.", label.escape_ascii())).collect()
}
