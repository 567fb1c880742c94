//! tls05: the real type of a record, and its padding (RFC 8446 §5.4). rustls seals the records, all as number 0.

use barewire_dissect::Direction::ToClient;
use barewire_tls13::record::{ContentType, HEADER, InnerPlaintext, MAX_CONTENT};
use barewire_tls13::{OpenFailure, Protection, Suite};
use rustls::crypto::ring::cipher_suite::TLS13_AES_256_GCM_SHA384;

use super::{CAPTURED_SECRET, Peer, secret};
use crate::steps::{Failed, Steps};

const INNER: &str = "RFC 8446 §5.2";
const PADDING: &str = "RFC 8446 §5.4";

/// tls05: what stood in a record, and what was only padding.
pub(crate) fn padding(steps: &mut Steps) -> Result<(), Failed> {
    for (what, content, content_type, zeros) in [
        ("an alert, without padding", &b"\x01\x00"[..], ContentType::ALERT, 0),
        ("a handshake message, and one zero after its type", b"\x18\0\0\x01\x01", ContentType::HANDSHAKE, 1),
        ("data, and 100 zeros after its type", b"GET / HTTP/1.1\r\n", ContentType::APPLICATION_DATA, 100),
        ("data that ends with three zeros, without padding", b"a\0\0\0", ContentType::APPLICATION_DATA, 0),
        ("data that ends with three zeros, and two as padding", b"a\0\0\0", ContentType::APPLICATION_DATA, 2),
        ("data that begins with zeros, and two as padding", b"\0\0a", ContentType::APPLICATION_DATA, 2),
        ("no content at all, and 20 zeros of padding", b"", ContentType::APPLICATION_DATA, 20),
        ("data that is all zeros, and four as padding", b"\0\0\0\0\0", ContentType::APPLICATION_DATA, 4),
    ] {
        steps.step(format!("a record with {what}"));
        let inner = [content, &[content_type.0], &vec![0; zeros]].concat();
        let opened = opened(steps, &inner);
        let wanted = said(content_type, content, zeros);
        steps.equal("what we read", wanted, opened, if zeros > 0 { PADDING } else { INNER })?;
    }
    steps.step("a record with 300 zeros and nothing else");
    let none = "refused: it has no type".to_owned();
    let opened = |steps: &mut Steps, inner: &[u8]| opened(steps, inner);
    let got = opened(steps, &[0; 300]);
    steps.equal("what we read", none, got, "RFC 8446 §5.4: unexpected_message")?;
    steps.step("a record with nothing in it, not even a type");
    let got = InnerPlaintext::split(&[]).map_or("nothing".to_owned(), |_| "something".to_owned());
    steps.equal("what we read", "nothing".to_owned(), got, PADDING)?;
    steps.step("one byte of data in the largest record: 16,383 zeros");
    let inner = [&[b'a', ContentType::APPLICATION_DATA.0][..], &[0; MAX_CONTENT - 1]].concat();
    let got = opened(steps, &inner);
    steps.equal("what we read", said(ContentType::APPLICATION_DATA, b"a", MAX_CONTENT - 1), got, PADDING)
}

/// What we read from a record of rustls with this inside. rustls pads nothing, but seals any type: the last byte of
/// `inner`.
fn opened(steps: &mut Steps, inner: &[u8]) -> String {
    let (suite, secret) = (Suite::Aes256GcmSha384, secret(CAPTURED_SECRET));
    let (&last, content) = inner.split_last().expect("a byte at least");
    let record = Peer::new(suite, TLS13_AES_256_GCM_SHA384, &secret).seals(content, last.into(), 0);
    steps.connect(443);
    steps.send(ToClient, &record);
    let (header, fragment) = record.split_first_chunk::<HEADER>().expect("a record");
    let mut fragment = fragment.to_vec();
    let keys = Protection::new(suite, &secret);
    match keys.expect("a key of the right length").open(*header, &mut fragment) {
        Ok(inner) => said(inner.content_type, &fragment[..inner.length], inner.padding),
        Err(OpenFailure::NoType) => "refused: it has no type".to_owned(),
        Err(failure) => format!("refused: {failure:?}"),
    }
}

fn said(content_type: ContentType, content: &[u8], padding: usize) -> String {
    let content = match content.len() {
        0..=20 => format!("\"{}\"", content.escape_ascii()),
        length => format!("{length} bytes"),
    };
    format!("{content}, {content_type}, padding: {padding}")
}
