//! The bytes in the figures of the sources are what the text beside them says: they are read from the files and parsed
//! here, and hickory-proto reads the same in them.

mod judge;

use barewire_dns::{Message, Name, RData, RecordType, dissect};

/// The bytes that the first figure of a file draws. On each line they stand before the explanation, with two spaces
/// between; a word that is not hexadecimal is a label or a string.
fn figure(source: &str) -> Vec<u8> {
    let figure = source.split("```text\n").nth(1).and_then(|rest| rest.split("//! ```").next()).unwrap();
    let mut bytes = Vec::new();
    for line in figure.lines() {
        let words = line.trim_start_matches("//!").trim_start().split("  ").next().unwrap_or_default();
        for word in words.split_whitespace() {
            bytes.extend(hex(word).unwrap_or_else(|| word.as_bytes().to_vec()));
        }
    }
    bytes
}

fn hex(word: &str) -> Option<Vec<u8>> {
    let pairs = word.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// A response about `example.test`, whose name stands at byte 12, with one record that holds `data`.
fn response(rtype: RecordType, data: &[u8]) -> Vec<u8> {
    let mut query = Message::query(1, Name::parse_text("example.test").unwrap(), rtype);
    query.header.qr = true;
    let mut bytes = query.encode().unwrap();
    bytes[7] = 1;
    bytes.extend(b"\xc0\x0c");
    bytes.extend(rtype.0.to_be_bytes());
    bytes.extend(*b"\0\x01\0\0\x01\x2c");
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// The file of each type, and the text of the bytes at its head.
const FILES: &[(&str, RecordType, &str)] = &[
    (include_str!("../src/rdata/a.rs"), RecordType::A, "203.0.113.80"),
    (include_str!("../src/rdata/aaaa.rs"), RecordType::AAAA, "2001:db8::1"),
    (include_str!("../src/rdata/ns.rs"), RecordType::NS, "www.example.test."),
    (include_str!("../src/rdata/cname.rs"), RecordType::CNAME, "www.example.test."),
    (include_str!("../src/rdata/ptr.rs"), RecordType::PTR, "www.example.test."),
    (include_str!("../src/rdata/dname.rs"), RecordType::DNAME, "www.example.test."),
    (
        include_str!("../src/rdata/soa.rs"),
        RecordType::SOA,
        "ns1.example.test. hostmaster.example.test. 7 7200 3600 1209600 300",
    ),
    (include_str!("../src/rdata/mailbox.rs"), RecordType::MD, "box.example.test."),
    (include_str!("../src/rdata/mailbox.rs"), RecordType::MF, "box.example.test."),
    (include_str!("../src/rdata/mailbox.rs"), RecordType::MB, "box.example.test."),
    (include_str!("../src/rdata/mailbox.rs"), RecordType::MG, "box.example.test."),
    (include_str!("../src/rdata/mailbox.rs"), RecordType::MR, "box.example.test."),
    (include_str!("../src/rdata/minfo.rs"), RecordType::MINFO, "owner.list.test. errors.list.test."),
    (include_str!("../src/rdata/hinfo.rs"), RecordType::HINFO, r#""RFC8482" """#),
    (include_str!("../src/rdata/mx.rs"), RecordType::MX, "10 mail.example.test."),
    (include_str!("../src/rdata/txt.rs"), RecordType::TXT, r#""hello" """#),
    (include_str!("../src/rdata/rp.rs"), RecordType::RP, "admin.example.test. ."),
    (include_str!("../src/rdata/ranked.rs"), RecordType::AFSDB, "1 afs.example.test."),
    (include_str!("../src/rdata/ranked.rs"), RecordType::RT, "1 afs.example.test."),
    (include_str!("../src/rdata/ranked.rs"), RecordType::KX, "1 afs.example.test."),
    (include_str!("../src/rdata/px.rs"), RecordType::PX, "10 mail. x400."),
    (
        include_str!("../src/rdata/loc.rs"),
        RecordType::LOC,
        "42 21 54.000 N 71 6 18.000 W 0.00m 30m 10000m 10m",
    ),
    (include_str!("../src/rdata/srv.rs"), RecordType::SRV, "10 60 443 www.example.test."),
    (include_str!("../src/rdata/naptr.rs"), RecordType::NAPTR, r#"10 100 "u" "E2U+sip" "!^.*$!sip:a!" ."#),
    (
        include_str!("../src/rdata/ds.rs"),
        RecordType::DS,
        "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    ),
    (
        include_str!("../src/rdata/ds.rs"),
        RecordType::CDS,
        "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    ),
    (
        include_str!("../src/rdata/sshfp.rs"),
        RecordType::SSHFP,
        "2 1 123456789ABCDEF67890123456789ABCDEF67890",
    ),
    (
        include_str!("../src/rdata/rrsig.rs"),
        RecordType::RRSIG,
        "A 5 3 86400 20030322155151 20030220155151 2642 example.com. oLHC0w==",
    ),
    (include_str!("../src/rdata/nsec.rs"), RecordType::NSEC, "host.example.com. A RRSIG NSEC"),
    (include_str!("../src/rdata/dnskey.rs"), RecordType::DNSKEY, "257 3 13 pcOx2Q=="),
    (include_str!("../src/rdata/dnskey.rs"), RecordType::CDNSKEY, "257 3 13 pcOx2Q=="),
    (
        include_str!("../src/rdata/nsec3.rs"),
        RecordType::NSEC3,
        "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A NS SOA MX TXT RRSIG DNSKEY NSEC3PARAM",
    ),
    (include_str!("../src/rdata/nsec3param.rs"), RecordType::NSEC3PARAM, "1 0 12 AABBCCDD"),
    (
        include_str!("../src/rdata/tlsa.rs"),
        RecordType::TLSA,
        "3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
    ),
    (include_str!("../src/rdata/csync.rs"), RecordType::CSYNC, "66 3 A NS AAAA"),
    (include_str!("../src/rdata/zonemd.rs"), RecordType::ZONEMD, "2024 1 1 0102030405060708090A0B0C"),
    (
        include_str!("../src/rdata/svcb.rs"),
        RecordType::SVCB,
        r#"16 foo.example.org. alpn="h2,h3-19" port=53"#,
    ),
    (
        include_str!("../src/rdata/svcb.rs"),
        RecordType::HTTPS,
        r#"16 foo.example.org. alpn="h2,h3-19" port=53"#,
    ),
    (
        include_str!("../src/rdata/tsig.rs"),
        RecordType::TSIG,
        "hmac-md5. 1592904512 300 4 obLD1A== 4660 NOERROR 0",
    ),
    (include_str!("../src/rdata/uri.rs"), RecordType::URI, r#"10 1 "https://www.example.test/""#),
    (include_str!("../src/rdata/caa.rs"), RecordType::CAA, r#"128 issue "ca.example""#),
    (include_str!("../src/rdata/unknown.rs"), RecordType(65280), r"\# 4 0A000001"),
];

/// hickory-proto refuses TSIG outside the additional section.
const NO_SECOND_OPINION: &[RecordType] = &[RecordType::TSIG];

#[test]
fn each_record_type() {
    for &(source, rtype, says) in FILES {
        let bytes = response(rtype, &figure(source));
        let message = Message::parse_strictly(&bytes).unwrap_or_else(|error| panic!("{rtype}: {error}"));
        let record = message.answers.first().unwrap();
        assert_eq!((record.rtype(), record.data.to_string().as_str()), (rtype, says), "{rtype}");
        assert_eq!(message.encode().unwrap(), bytes, "{rtype}");
        assert_eq!(RData::parse_text(rtype, says).as_ref(), Ok(&record.data), "{rtype}: {says}");
        let (_, tree) = dissect(&bytes);
        assert_eq!(tree.check_coverage(), Ok(()), "{rtype}");
        if !NO_SECOND_OPINION.contains(&rtype) {
            judge::agree(&rtype.to_string(), &bytes);
        }
    }
}

/// No type has a file without bytes at its head that were read above.
#[test]
fn each_type_with_a_file_has_its_bytes() {
    for rtype in RecordType::known() {
        let bytes = RData::parse_text(rtype, r"\# 1 00");
        let as_bytes = matches!(bytes, Ok(RData::Unknown(_)));
        let in_table = FILES.iter().any(|(_, of, _)| *of == rtype);
        assert_eq!(in_table, !as_bytes, "{rtype}: in the table above, and with a file");
    }
}

/// The OPT record at the head of `edns.rs`.
#[test]
fn edns() {
    let mut bytes =
        Message::query(1, Name::parse_text("example.test").unwrap(), RecordType::A).encode().unwrap();
    bytes[11] = 1;
    bytes.extend(figure(include_str!("../src/edns.rs")));
    let message = Message::parse_strictly(&bytes).unwrap();
    let edns = message.edns.as_ref().unwrap();
    assert_eq!((edns.udp_size, edns.version, edns.dnssec_ok), (1232, 0, true));
    assert_eq!(edns.options[0].to_string(), "cookie 2464c4abcf10c957");
    assert_eq!(message.encode().unwrap(), bytes);
    judge::agree("OPT", &bytes);
}

/// The reply on the crate's front page.
#[test]
fn the_front_page() {
    let page = include_str!("../src/lib.rs");
    let reply = page.split("the reply, 50 bytes:\n").nth(1).unwrap();
    let bytes = figure(&format!("```text\n{reply}"));
    assert_eq!(bytes.len(), 50);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!(message.header.id, 12345);
    assert!(message.header.rd && message.header.ra);
    assert_eq!(message.answers[0].to_string(), "www.example.test. 300 IN A 203.0.113.80");
    assert_eq!(message.encode().unwrap(), bytes);
}
