//! Data that a message cannot hold, or that would be read as something else: the encoder refuses it.

use barewire_dns::rdata::{
    Caa, Dnskey, Ds, Hinfo, Length, Loc, Nsec3, Nsec3param, Rrsig, Sshfp, SvcKey, SvcParam, Svcb, Tlsa, Tsig,
    Txt, Types, Unknown, Uri, Zonemd,
};
use barewire_dns::{Class, Edns, Message, Opcode, RData, Rcode, Record, RecordType};

use crate::wire::name;

fn refused_record(record: Record) -> String {
    let mut message = Message::query(1, name("."), RecordType::ANY);
    let rtype = record.rtype();
    message.answers.push(record);
    message.encode().expect_err(&format!("{rtype} was written")).to_string()
}

fn refused(data: RData) -> String {
    refused_record(Record::new(name("."), 0, data))
}

fn svcb(params: Vec<SvcParam>) -> RData {
    RData::Svcb(Box::new(Svcb { priority: 1, target: name("."), params }))
}

fn rrsig(signature: Vec<u8>) -> RData {
    let (covered, signer) = (RecordType::A, name("."));
    RData::Rrsig(Box::new(Rrsig {
        covered,
        algorithm: 13,
        labels: 1,
        original_ttl: 1,
        expiration: 1,
        inception: 1,
        key_tag: 1,
        signer,
        signature,
    }))
}

/// Each would be a record that our own parser refuses, or reads as other data.
#[test]
fn data() {
    let param = |salt| Nsec3param { hash_algorithm: 1, flags: 0, iterations: 0, salt };
    let tsig = Tsig {
        algorithm: name("."),
        time: 1 << 48,
        fudge: 0,
        mac: vec![],
        original_id: 0,
        error: Rcode::NOERROR,
        other: vec![],
    };
    let length = Length { digit: 1, power: 2 };
    let loc = Loc {
        size: length,
        horizontal: length,
        vertical: length,
        latitude: 1 << 31,
        longitude: 1 << 31,
        altitude: 0,
    };
    let other = |key, value: &[u8]| SvcParam::Other { key, value: value.to_vec() };
    for (data, field) in [
        (RData::Txt(Txt { strings: vec![] }), "the 0 bytes of RDATA end"),
        (RData::Txt(Txt { strings: vec![vec![0; 256]] }), "a character-string of 256 bytes"),
        (RData::Hinfo(Box::new(Hinfo { cpu: vec![0; 256], os: vec![] })), "a character-string of 256 bytes"),
        (
            RData::Ds(Ds { key_tag: 1, algorithm: 1, digest_type: 1, digest: vec![] }),
            "the last field of type DS",
        ),
        (
            RData::Cds(Ds { key_tag: 1, algorithm: 1, digest_type: 1, digest: vec![] }),
            "the last field of type DS",
        ),
        (
            RData::Dnskey(Dnskey { flags: 256, protocol: 3, algorithm: 1, key: vec![] }),
            "the last field of type DNSKEY",
        ),
        (
            RData::Sshfp(Sshfp { algorithm: 1, fingerprint_type: 1, fingerprint: vec![] }),
            "the last field of type SSHFP",
        ),
        (
            RData::Tlsa(Tlsa { usage: 1, selector: 1, matching_type: 1, data: vec![] }),
            "the last field of type TLSA",
        ),
        (rrsig(vec![]), "the last field of type RRSIG"),
        (RData::Uri(Uri { priority: 1, weight: 1, target: vec![] }), "the last field of type URI"),
        (RData::Zonemd(Zonemd { serial: 1, scheme: 1, hash_algorithm: 1, digest: vec![0; 11] }), "Digest"),
        (RData::Caa(Box::new(Caa { flags: 0, tag: String::new(), value: vec![] })), "Tag"),
        (RData::Caa(Box::new(Caa { flags: 0, tag: "a".repeat(256), value: vec![] })), "Tag"),
        (RData::Nsec3param(param(vec![0; 256])), "a character-string of 256 bytes"),
        (
            RData::Nsec3(Box::new(Nsec3 { param: param(vec![]), next: vec![], types: Types::default() })),
            "Hash Length",
        ),
        (RData::Tsig(Box::new(tsig)), "Time Signed"),
        (RData::Loc(Loc { size: Length { digit: 10, power: 0 }, ..loc }), "SIZE"),
        (RData::Loc(Loc { vertical: Length { digit: 1, power: 10 }, ..loc }), "SIZE"),
        (RData::Loc(Loc { latitude: 0, ..loc }), "LATITUDE"),
        (RData::Loc(Loc { longitude: u32::MAX, ..loc }), "LATITUDE or LONGITUDE"),
        (svcb(vec![SvcParam::Alpn(vec![])]), "SvcParamValue"),
        (svcb(vec![SvcParam::Alpn(vec![vec![0; 256]])]), "SvcParamValue"),
        (svcb(vec![SvcParam::Ipv4Hint(vec![])]), "SvcParamValue"),
        (svcb(vec![SvcParam::Mandatory(vec![])]), "SvcParamValue"),
        (svcb(vec![SvcParam::Mandatory(vec![SvcKey::PORT])]), "mandatory"),
        (svcb(vec![other(SvcKey::PORT, b"\0\x35")]), "SvcParamValue"),
        (svcb(vec![SvcParam::Port(1), SvcParam::Port(2)]), "SvcParamKey"),
        (svcb(vec![other(SvcKey(667), b""), SvcParam::Port(2)]), "SvcParamKey"),
        (svcb(vec![SvcParam::NoDefaultAlpn]), "no-default-alpn"),
        (svcb(vec![other(SvcKey(667), &[0; 65_536])]), "the message would grow"),
        // A type with a file, held as bytes that are not its layout; and one that would be read as typed data.
        (RData::Unknown(Unknown { rtype: RecordType::A, bytes: vec![1, 2, 3] }), "the data of the record"),
        (RData::Unknown(Unknown { rtype: RecordType::A, bytes: vec![1, 2, 3, 4] }), "the data of the record"),
    ] {
        let says = refused(data.clone());
        assert!(says.starts_with(field), "{}: {says}", data.rtype());
    }
    assert_eq!(
        refused(RData::Unknown(Unknown { rtype: RecordType::MX, bytes: vec![] })),
        "the data of the record at byte 17 does not have the layout that RFC 1035 §3.3.9 gives type MX in this class"
    );
}

/// An address of four bytes is one of class IN.
#[test]
fn classes() {
    let address = |class| Record { class, ..Record::new(name("."), 0, RData::A([192, 0, 2, 1].into())) };
    assert!(refused_record(address(Class::CH)).starts_with("the data of the record at byte 17"));
    for class in [Class::IN, Class(Class::IN.0 | Class::TOP_BIT), Class::NONE] {
        let mut message = Message::query(1, name("."), RecordType::A);
        message.answers.push(address(class));
        assert_eq!(Message::parse(&message.encode().unwrap()).unwrap(), message, "{class}");
    }
    let chaos = RData::Unknown(Unknown { rtype: RecordType::A, bytes: vec![0, 1, 2] });
    let mut message = Message::query(1, name("."), RecordType::A);
    message.answers.push(Record { class: Class::CH, ..Record::new(name("."), 0, chaos) });
    assert_eq!(Message::parse(&message.encode().unwrap()).unwrap(), message);
}

/// Codes that would be cut to other codes: BADVERS without EDNS would go out as NOERROR.
#[test]
fn codes() {
    let refused = |change: &dyn Fn(&mut Message)| {
        let mut message = Message::query(1, name("."), RecordType::A);
        change(&mut message);
        message.encode().map_or_else(|error| error.to_string(), |bytes| format!("written: {bytes:02x?}"))
    };
    assert_eq!(
        refused(&|message| message.header.rcode = Rcode::BADVERS),
        "RCODE at byte 0: a code above 15 does not fit the header, and needs an OPT record (RFC 6891 §6.1.3)"
    );
    assert_eq!(
        refused(&|message| {
            message.header.rcode = Rcode(4096);
            message.edns = Some(Edns::new(1232));
        }),
        "RCODE at byte 0: a response code has twelve bits (RFC 6891 §6.1.3)"
    );
    assert_eq!(
        refused(&|message| message.header.opcode = Opcode(16)),
        "OPCODE at byte 0: an opcode has four bits (RFC 1035 §4.1.1)"
    );
    assert_eq!(
        refused(&|message| message.edns = Some(Edns { reserved: 0x8000, ..Edns::new(1232) })),
        "EDNS flags at byte 0: beside DO there are fifteen (RFC 6891 §6.1.4)"
    );
}
