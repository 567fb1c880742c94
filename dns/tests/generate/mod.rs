//! Records by chance: a strategy for the data of each type with a file, and for those without; and options of EDNS.
#![allow(dead_code)] // each test file uses its own part

pub(crate) mod options;
mod security;
mod service;

use barewire_dns::rdata::{
    Caa, Hinfo, Length, Loc, Minfo, Mx, Naptr, Px, Ranked, Rp, Soa, Srv, Txt, Types, Unknown, Uri,
};
use barewire_dns::{Class, Name, RData, Record, RecordType};
use proptest::prelude::*;

pub(crate) fn bytes(range: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), range)
}

/// Labels of few letters, so that many names end alike, of any bytes, and long ones.
fn label() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[abAB]{1,2}".prop_map(String::into_bytes),
        2 => "[a-z0-9_*-]{1,12}".prop_map(String::into_bytes),
        1 => bytes(1..6),
        1 => bytes(1..64),
    ]
}

pub(crate) fn name() -> impl Strategy<Value = Name> {
    prop::collection::vec(label(), 0..5).prop_map(|labels| {
        // What is too long is left out.
        labels.iter().fold(Name::root(), |name, label| name.child(label).unwrap_or(name))
    })
}

/// A character-string.
pub(crate) fn string() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => "[ -~]{0,20}".prop_map(String::into_bytes), 1 => bytes(0..256)]
}

/// A set of types, in few windows.
pub(crate) fn types() -> impl Strategy<Value = Types> {
    let number = prop_oneof![3 => 1..260u16, 1 => any::<u16>()];
    prop::collection::vec(number.prop_map(RecordType), 0..12).prop_map(Types::new)
}

fn soa() -> impl Strategy<Value = RData> {
    (name(), name(), any::<[u32; 5]>()).prop_map(
        |(mname, rname, [serial, refresh, retry, expire, minimum])| {
            RData::Soa(Box::new(Soa { mname, rname, serial, refresh, retry, expire, minimum }))
        },
    )
}

fn ranked() -> impl Strategy<Value = Ranked> {
    (any::<u16>(), name()).prop_map(|(number, host)| Ranked { number, host })
}

/// A length of LOC. Text has one form of no length, so that one has no power.
fn length() -> impl Strategy<Value = Length> {
    (0..10u8, 0..10u8).prop_map(|(digit, power)| Length { digit, power: if digit == 0 { 0 } else { power } })
}

fn loc() -> impl Strategy<Value = RData> {
    let angle = |degrees: i64| {
        let most = degrees * 3_600_000;
        (-most..=most).prop_map(|angle| (angle + (1 << 31)) as u32)
    };
    // A quarter of them below the sea.
    let altitude = prop_oneof![0..20_000_000u32, any::<u32>()];
    (length(), length(), length(), angle(90), angle(180), altitude).prop_map(
        |(size, horizontal, vertical, latitude, longitude, altitude)| {
            RData::Loc(Loc { size, horizontal, vertical, latitude, longitude, altitude })
        },
    )
}

fn naptr() -> impl Strategy<Value = RData> {
    (any::<[u16; 2]>(), [string(), string(), string()], name()).prop_map(
        |([order, preference], [flags, services, regexp], replacement)| {
            RData::Naptr(Box::new(Naptr { order, preference, flags, services, regexp, replacement }))
        },
    )
}

/// Data of this type; `None` for a type without a file.
pub(crate) fn data_of(rtype: RecordType) -> Option<BoxedStrategy<RData>> {
    let number = any::<u16>;
    Some(match rtype {
        RecordType::A => any::<[u8; 4]>().prop_map(|octets| RData::A(octets.into())).boxed(),
        RecordType::AAAA => any::<[u8; 16]>().prop_map(|octets| RData::Aaaa(octets.into())).boxed(),
        RecordType::NS => name().prop_map(RData::Ns).boxed(),
        RecordType::MD => name().prop_map(RData::Md).boxed(),
        RecordType::MF => name().prop_map(RData::Mf).boxed(),
        RecordType::CNAME => name().prop_map(RData::Cname).boxed(),
        RecordType::SOA => soa().boxed(),
        RecordType::MB => name().prop_map(RData::Mb).boxed(),
        RecordType::MG => name().prop_map(RData::Mg).boxed(),
        RecordType::MR => name().prop_map(RData::Mr).boxed(),
        RecordType::PTR => name().prop_map(RData::Ptr).boxed(),
        RecordType::HINFO => {
            (string(), string()).prop_map(|(cpu, os)| RData::Hinfo(Box::new(Hinfo { cpu, os }))).boxed()
        }
        RecordType::MINFO => (name(), name())
            .prop_map(|(responsible, errors)| RData::Minfo(Box::new(Minfo { responsible, errors })))
            .boxed(),
        RecordType::MX => (number(), name())
            .prop_map(|(preference, exchange)| RData::Mx(Mx { preference, exchange }))
            .boxed(),
        RecordType::TXT => {
            prop::collection::vec(string(), 1..4).prop_map(|strings| RData::Txt(Txt { strings })).boxed()
        }
        RecordType::RP => {
            (name(), name()).prop_map(|(mailbox, txt)| RData::Rp(Box::new(Rp { mailbox, txt }))).boxed()
        }
        RecordType::AFSDB => ranked().prop_map(RData::Afsdb).boxed(),
        RecordType::RT => ranked().prop_map(RData::Rt).boxed(),
        RecordType::KX => ranked().prop_map(RData::Kx).boxed(),
        RecordType::PX => (number(), name(), name())
            .prop_map(|(preference, map822, mapx400)| RData::Px(Box::new(Px { preference, map822, mapx400 })))
            .boxed(),
        RecordType::LOC => loc().boxed(),
        RecordType::SRV => (any::<[u16; 3]>(), name())
            .prop_map(|([priority, weight, port], target)| {
                RData::Srv(Box::new(Srv { priority, weight, port, target }))
            })
            .boxed(),
        RecordType::NAPTR => naptr().boxed(),
        RecordType::DNAME => name().prop_map(RData::Dname).boxed(),
        RecordType::URI => (number(), number(), bytes(1..40))
            .prop_map(|(priority, weight, target)| RData::Uri(Uri { priority, weight, target }))
            .boxed(),
        RecordType::CAA => (any::<u8>(), "[a-zA-Z0-9]{1,15}", bytes(0..40))
            .prop_map(|(flags, tag, value)| RData::Caa(Box::new(Caa { flags, tag, value })))
            .boxed(),
        _ => return service::data_of(rtype).or_else(|| security::data_of(rtype)),
    })
}

/// A type that this crate keeps as bytes.
fn unknown() -> impl Strategy<Value = RData> {
    let rtype = prop_oneof![Just(10), Just(42), Just(49), 65_400..65_535u16];
    (rtype, bytes(0..40))
        .prop_map(|(rtype, bytes)| RData::Unknown(Unknown { rtype: RecordType(rtype), bytes }))
}

/// Data of every type but those that `without` has.
pub(crate) fn data(without: &'static [RecordType]) -> impl Strategy<Value = RData> {
    let types: Vec<RecordType> =
        RecordType::known().filter(|rtype| !without.contains(rtype) && data_of(*rtype).is_some()).collect();
    let known = prop::sample::select(types).prop_flat_map(|rtype| data_of(rtype).expect("chosen so"));
    prop_oneof![40 => known, 1 => unknown()]
}

/// A record of class IN.
pub(crate) fn record(without: &'static [RecordType]) -> impl Strategy<Value = Record> {
    (name(), 0..=i32::MAX as u32, data(without)).prop_map(|(name, ttl, data)| Record {
        name,
        class: Class::IN,
        ttl,
        data,
    })
}
