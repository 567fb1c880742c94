//! Against hickory-proto, which was written by others: both read the same in the same bytes, whoever
//! wrote them.

mod judge;

use std::str::FromStr;

use barewire_dns::{
    Class, Edns, Message, Name, Opcode, RData, Rcode, Record, RecordType,
    rdata::{Mx, Soa, Txt, Unknown},
};
use hickory_proto::op::{Message as TheirMessage, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{self, Name as TheirName, RData as TheirData, Record as TheirRecord, rdata};
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() }
}

/// Names of few labels in few letters, so that many of them end alike, in both cases.
fn name_text() -> impl Strategy<Value = String> {
    prop::collection::vec("[abAB]{1,3}|[a-z]{1,63}", 0..4).prop_map(|labels| format!("{}.", labels.join(".")))
}

fn name() -> impl Strategy<Value = Name> {
    name_text().prop_map(|text| Name::parse_text(&text).unwrap())
}

fn soa() -> impl Strategy<Value = Soa> {
    (name(), name(), any::<[u32; 5]>()).prop_map(
        |(mname, rname, [serial, refresh, retry, expire, minimum])| Soa {
            mname,
            rname,
            serial,
            refresh,
            retry,
            expire,
            minimum,
        },
    )
}

fn data() -> impl Strategy<Value = RData> {
    let bytes = |range| prop::collection::vec(any::<u8>(), range);
    prop_oneof![
        any::<[u8; 4]>().prop_map(|octets| RData::A(octets.into())),
        any::<[u8; 16]>().prop_map(|octets| RData::Aaaa(octets.into())),
        name().prop_map(RData::Ns),
        name().prop_map(RData::Cname),
        name().prop_map(RData::Ptr),
        soa().prop_map(|soa| RData::Soa(Box::new(soa))),
        (any::<u16>(), name()).prop_map(|(preference, exchange)| RData::Mx(Mx { preference, exchange })),
        prop::collection::vec(bytes(0..256), 1..4).prop_map(|strings| RData::Txt(Txt { strings })),
        // hickory-proto has a type ANAME of its own at 65305.
        (65400u16..65535, bytes(1..40))
            .prop_map(|(rtype, bytes)| RData::Unknown(Unknown { rtype: RecordType(rtype), bytes })),
    ]
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let record =
        (name(), 0..=i32::MAX as u32, data()).prop_map(|(name, ttl, data)| Record::new(name, ttl, data));
    prop::collection::vec(record, 0..6)
}

fn message() -> impl Strategy<Value = Message> {
    let edns = prop::option::of((512..=4096u16, any::<bool>()));
    let header = (any::<u16>(), any::<[bool; 8]>(), prop::sample::select(vec![0u16, 1, 2, 3, 4, 5]));
    (header, name(), records(), records(), records(), edns).prop_map(
        |((id, flags, rcode), qname, answers, authorities, additionals, edns)| {
            let mut message = Message::query(id, qname, RecordType::ANY);
            let h = &mut message.header;
            [h.qr, h.aa, h.tc, h.rd, h.ra, h.ad, h.cd, _] = flags;
            h.rcode = Rcode(rcode);
            message.answers = answers;
            message.authorities = authorities;
            message.additionals = additionals;
            message.edns = edns.map(|(size, dnssec_ok)| Edns { dnssec_ok, ..Edns::new(size) });
            message
        },
    )
}

fn their_data() -> impl Strategy<Value = TheirData> {
    let their_name = || name_text().prop_map(|text| TheirName::from_str(&text).unwrap());
    prop_oneof![
        any::<[u8; 4]>().prop_map(|octets| TheirData::A(rdata::A(octets.into()))),
        any::<[u8; 16]>().prop_map(|octets| TheirData::AAAA(rdata::AAAA(octets.into()))),
        their_name().prop_map(|name| TheirData::NS(rdata::NS(name))),
        their_name().prop_map(|name| TheirData::CNAME(rdata::CNAME(name))),
        their_name().prop_map(|name| TheirData::PTR(rdata::PTR(name))),
        (any::<u16>(), their_name()).prop_map(|(p, name)| TheirData::MX(rdata::MX::new(p, name))),
        (their_name(), their_name(), any::<u32>(), any::<[i32; 3]>(), any::<u32>()).prop_map(
            |(m, r, serial, [a, b, c], min)| TheirData::SOA(rdata::SOA::new(m, r, serial, a, b, c, min))
        ),
        prop::collection::vec("[ -~]{0,255}", 1..4).prop_map(|texts| TheirData::TXT(rdata::TXT::new(texts))),
    ]
}

fn their_message() -> impl Strategy<Value = TheirMessage> {
    let record = || {
        (name_text(), 0..=i32::MAX as u32, their_data()).prop_map(|(name, ttl, data)| {
            TheirRecord::from_rdata(TheirName::from_str(&name).unwrap(), ttl, data)
        })
    };
    let records = || prop::collection::vec(record(), 0..6);
    (any::<u16>(), name_text(), records(), records(), records(), any::<bool>()).prop_map(
        |(id, name, answers, authorities, additionals, edns)| {
            let mut message = TheirMessage::new(id, MessageType::Response, OpCode::Query);
            message.metadata.response_code = ResponseCode::NXDomain;
            message.add_query(Query::query(TheirName::from_str(&name).unwrap(), rr::RecordType::MX));
            message.answers = answers;
            message.authorities = authorities;
            message.additionals = additionals;
            if edns {
                let mut edns = hickory_proto::op::Edns::new();
                edns.set_max_payload(1400).set_dnssec_ok(true);
                message.set_edns(edns);
            }
            message
        },
    )
}

proptest! {
    #![proptest_config(cases())]

    /// What we write, both read alike; and we read what we wrote, to the case of each letter.
    #[test]
    fn what_we_write(message in message()) {
        let bytes = message.encode().unwrap();
        judge::agree("ours", &bytes);
        let again = Message::parse(&bytes).unwrap();
        prop_assert_eq!(format!("{again:?}"), format!("{message:?}"));
    }

    /// What hickory-proto writes, compressed in its own way, both read alike.
    #[test]
    fn what_they_write(message in their_message()) {
        judge::agree("theirs", &message.to_vec().unwrap());
    }
}

/// Both call the numbers by the same names.
#[test]
fn mnemonics() {
    // hickory-proto has a type of its own, ANAME, which no registry has, on a number of the private range.
    let theirs = (0..=u16::MAX).map(|number| (number, rr::RecordType::from(number)));
    let known =
        theirs.filter(|(_, rtype)| !matches!(rtype, rr::RecordType::Unknown(_) | rr::RecordType::ANAME));
    let mut compared = 0;
    for (number, rtype) in known {
        let ours = RecordType(number).name();
        // What only they have a name for, we number.
        if ours != format!("TYPE{number}") {
            assert_eq!(ours, rtype.to_string(), "{number}");
            assert_eq!(RecordType::from_name(&ours), Some(RecordType(number)));
            compared += 1;
        }
    }
    assert!(compared > 25, "{compared}");
    for number in [1, 3, 4, 254, 255] {
        assert_eq!(Class(number).name(), rr::DNSClass::from(number).to_string());
    }
    for (rcode, theirs) in [
        (Rcode::FORMERR, ResponseCode::FormErr),
        (Rcode::SERVFAIL, ResponseCode::ServFail),
        (Rcode::NXDOMAIN, ResponseCode::NXDomain),
        (Rcode::NOTIMP, ResponseCode::NotImp),
        (Rcode::REFUSED, ResponseCode::Refused),
        (Rcode::BADVERS, ResponseCode::BADVERS),
    ] {
        assert_eq!(rcode.0, u16::from(theirs));
    }
    assert_eq!(Opcode::QUERY.0, u8::from(OpCode::Query));
}
