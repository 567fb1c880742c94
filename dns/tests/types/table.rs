//! The table of types.

use barewire_dns::{Compression, RecordType};

#[test]
fn rows() {
    let known: Vec<RecordType> = RecordType::known().collect();
    assert!(known.len() > 50, "{known:?}");
    for rtype in &known {
        let (name, purpose) = (rtype.name(), rtype.purpose().unwrap());
        assert_eq!(RecordType::from_name(&name), Some(*rtype));
        assert_eq!(RecordType::from_name(&name.to_lowercase()), Some(*rtype));
        assert_eq!(RecordType::from_name(&format!("TYPE{}", rtype.0)), Some(*rtype));
        assert!(name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()), "{name}");
        assert!(rtype.rule().starts_with("RFC "), "{name}");
        assert!(
            purpose.starts_with(|first: char| first.is_ascii_uppercase()) && purpose.contains('.'),
            "{purpose}"
        );
    }
    let mut names: Vec<String> = known.iter().map(|rtype| rtype.name()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), known.len(), "each mnemonic once");
    // Two lists, each in ascending order: the types with a file, and those that are kept as bytes.
    let begins = known.windows(2).filter(|pair| pair[0] >= pair[1]).count();
    assert_eq!(begins, 1, "{known:?}");
}

/// What RFC 3597 §4, RFC 4034 §3.1.7 and §4.1.1 (with RFC 6762 §18.14), RFC 8945 §4.2 and RFC 9460 §2.2 say.
#[test]
fn compression() {
    let of = |wanted| -> Vec<String> {
        RecordType::known().filter(|rtype| rtype.compression() == wanted).map(RecordType::name).collect()
    };
    assert_eq!(of(Compression::Written), ["NS", "CNAME", "SOA", "PTR", "MX"]);
    assert_eq!(
        of(Compression::Read),
        [
            "MD", "MF", "MB", "MG", "MR", "MINFO", "RP", "AFSDB", "RT", "PX", "SRV", "NAPTR", "KX", "DNAME",
            "NSEC"
        ]
    );
    assert_eq!(of(Compression::Never), ["RRSIG", "SVCB", "HTTPS", "TSIG"]);
}

/// RFC 6895 §3.1, and a number that no row has.
#[test]
fn numbers() {
    for (rtype, meta) in [
        (RecordType::A, false),
        (RecordType::OPT, true),
        (RecordType::TSIG, true),
        (RecordType::AXFR, true),
        (RecordType::ANY, true),
        (RecordType::URI, false),
        (RecordType(127), false),
        (RecordType(128), true),
    ] {
        assert_eq!(rtype.is_meta(), meta, "{rtype}");
    }
    let unknown = RecordType(65280);
    assert_eq!(
        (unknown.name().as_str(), unknown.rule(), unknown.purpose()),
        ("TYPE65280", "RFC 3597 §3", None)
    );
    assert_eq!(unknown.compression(), Compression::NoNames);
    for text in ["TYPE", "TYPE+1", "TYPE65536", "TYPE 1", "MXX", "", "TYPÉ1"] {
        assert_eq!(RecordType::from_name(text), None, "{text}");
    }
}
