//! Your tests of TLS 1.3. Each is a test of the crate `barewire-tls13`: read its documentation with `cargo doc`.
//! `cargo course mutants tls` runs them; `tls.md` beside this file has the task.

use barewire_tls13::key_schedule::Secret;
use barewire_tls13::record::ContentType;
use barewire_tls13::{Protection, Suite};

/// RFC 8446 §5.2: what one end seals, the other opens; both have the same secret.
#[test]
fn a_record_there_and_back() {
    let secret = Secret::new(&[7; 32]);
    let mut sender = Protection::new(Suite::Aes128GcmSha256, &secret).expect("keys");
    let mut receiver = Protection::new(Suite::Aes128GcmSha256, &secret).expect("keys");
    let mut record = Vec::new();
    sender.seal(ContentType::HANDSHAKE, b"hello", &mut record).expect("a record");
    let (header, sealed) = record.split_at_mut(5);
    let header = header.try_into().expect("five bytes");
    let inner = receiver.open(header, sealed).expect("it opens");
    assert_eq!((inner.content_type, &sealed[..inner.length]), (ContentType::HANDSHAKE, &b"hello"[..]));
}
