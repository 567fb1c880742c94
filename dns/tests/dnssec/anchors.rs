//! Trust anchors from text, and which of them counts for a name.

use barewire_dns::dnssec::AnchorFault;

use super::*;

/// The root's keys of 2017 and 2024 as IANA has them: DS and DNSKEY say the same.
#[test]
fn a_file_as_unbound_keeps_it() {
    let text = "; autotrust trust anchor file\n;;id: . 1\n\n\
        .\t172800\tIN\tDNSKEY\t257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixH\
        lFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8\
        efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfd\
        RUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU= ;{id = 20326 (ksk), size = 2048b} \
        ;;state=2 [  VALID  ] ;;count=0\n\
        . IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";
    let anchors = Anchors::parse(text).unwrap();
    let iana = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";
    let ds: Vec<String> =
        anchors.zones().flat_map(|(_, ds)| ds).map(|ds| RData::Ds(ds.clone()).to_string()).collect();
    assert_eq!(ds[0], format!("20326 8 2 {iana}"));
    assert!(ds[1].starts_with("38696 8 2 683D2D0A"));
    assert_eq!(ds.len(), 2);
    // The same key a second time is one anchor.
    let twice = Anchors::parse(&format!("{text}. IN DS 20326 8 2 {iana}\n")).unwrap();
    assert_eq!(twice, anchors);
}

#[test]
fn the_nearest_one_counts() {
    let mut anchors =
        Anchors::parse(". DS 1 8 2 01\nexample.test DS 2 8 2 02\nin.off.test. DS 3 8 2 03").unwrap();
    anchors.except(name("off.test"));
    let tag = |text: &str| anchors.above(&name(text)).map(|(zone, ds)| (zone.to_string(), ds[0].key_tag));
    assert_eq!(tag("www.example.test"), Ok(("example.test".into(), 2)));
    assert_eq!(tag("example.test"), Ok(("example.test".into(), 2)));
    assert_eq!(tag("test"), Ok((".".into(), 1)));
    let off = || Err(Insecure::NegativeAnchor { zone: name("off.test") });
    assert_eq!(tag("off.test"), off());
    assert_eq!(tag("a.b.off.test"), off());
    assert_eq!(tag("www.in.off.test"), Ok(("in.off.test".into(), 3)));
    // As near as the anchor: it turns the anchor off.
    anchors.except(name("example.test"));
    assert!(anchors.above(&name("www.example.test")).is_err());
    assert_eq!(anchors.exceptions().count(), 2);
    let anchors = Anchors::parse("example.test. DS 2 8 2 02").unwrap();
    assert_eq!(anchors.above(&name("test")), Err(Insecure::NoAnchor));
}

#[test]
fn a_file_with_an_error_trusts_nothing() {
    let why = |text: &str| Anchors::parse(text).unwrap_err();
    assert_eq!(why("; nothing"), AnchorFault::Empty);
    assert_eq!(
        why("\n. DS 1 8 2 01\n. A 192.0.2.1"),
        AnchorFault::Other { owner: Name::root(), rtype: RecordType::A }
    );
    let AnchorFault::Text(fault) = why("; one\n. DS 1 8 2 01\n. DS 1 8 2 xx") else { panic!() };
    assert_eq!(fault.line, 3);
    // Revoked, no zone key, another protocol.
    for flags in ["385 3", "0 3", "257 2"] {
        assert!(
            matches!(why(&format!(". DNSKEY {flags} 15 AAAA")), AnchorFault::MayNotSign { .. }),
            "{flags}"
        );
    }
    let sentences = [
        (why(""), "the text has no DS or DNSKEY record (RFC 4035 §4.4)"),
        (why("z. A 192.0.2.1"), "z. has A; a trust anchor is DS or DNSKEY (RFC 4035 §4.4)"),
        (why("z. DNSKEY 0 3 15 AAAA"), "key 783 of z. is revoked, or not a key of a zone (RFC 4034 §2.1.1)"),
    ];
    for (fault, wanted) in sentences {
        assert_eq!(fault.to_string(), wanted);
    }
}
