//! The bytes in the figures of the sources are what the text beside them says: they are read from the files and parsed
//! here, and hickory-proto reads the same in them.

mod judge;

use barewire_dns::{Message, Name, RecordType};

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
    let counter = if rtype == RecordType::OPT { 11 } else { 7 };
    bytes[counter] = 1;
    bytes.extend(if rtype == RecordType::OPT { &b"\0"[..] } else { b"\xc0\x0c" });
    bytes.extend(rtype.0.to_be_bytes());
    bytes.extend(if rtype == RecordType::OPT { *b"\x04\xd0\0\0\0\0" } else { *b"\0\x01\0\0\x01\x2c" });
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend_from_slice(data);
    bytes
}

#[test]
fn each_record_type() {
    let host = include_str!("../src/rdata/host.rs");
    let soa = "ns1.example.test hostmaster.example.test 7 7200 3600 1209600 300";
    for (source, rtype, says) in [
        (include_str!("../src/rdata/a.rs"), RecordType::A, "203.0.113.80"),
        (include_str!("../src/rdata/aaaa.rs"), RecordType::AAAA, "2001:db8::1"),
        (host, RecordType::NS, "www.example.test"),
        (host, RecordType::CNAME, "www.example.test"),
        (host, RecordType::PTR, "www.example.test"),
        (include_str!("../src/rdata/mx.rs"), RecordType::MX, "10 mail.example.test"),
        (include_str!("../src/rdata/soa.rs"), RecordType::SOA, soa),
        (include_str!("../src/rdata/txt.rs"), RecordType::TXT, r#""hello" """#),
        (include_str!("../src/rdata/opt.rs"), RecordType::OPT, "cookie 2464c4abcf10c957"),
        (include_str!("../src/rdata/unknown.rs"), RecordType(65280), r"\# 4 0a000001"),
    ] {
        let bytes = response(rtype, &figure(source));
        let message = Message::parse(&bytes).unwrap();
        let record = message.answers.first().or(message.additionals.first()).unwrap();
        assert_eq!(record.data.to_string(), says, "{rtype}");
        assert_eq!(message.encode().unwrap(), bytes, "{rtype}");
        judge::agree(&rtype.to_string(), &bytes);
    }
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
    assert_eq!(message.answers[0].to_string(), "www.example.test 300 IN A 203.0.113.80");
    assert_eq!(message.encode().unwrap(), bytes);
}
