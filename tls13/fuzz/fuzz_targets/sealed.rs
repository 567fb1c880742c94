//! A server that holds the right keys and says anything: the client never panics, holds no more than it was sent, and
//! calls no handshake done but the honest one. The first byte says how far that goes before the lies begin; then each
//! record has a byte for its type and two for its length.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::sync::LazyLock;

use barewire_tls13::record::{ContentType, MAX_CONTENT};
use common::Identity;
use common::forger::Forger;
use libfuzzer_sys::fuzz_target;

static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new(&rcgen::PKCS_ED25519));

/// The honest part, which is always taken.
fn begin(forger: &mut Forger, how: u8) {
    if how == 3 {
        return forger.handshake().expect("an honest handshake");
    }
    forger.hello(|_| ()).expect("an honest hello");
    if how > 0 {
        forger.say(&forger.encrypted_extensions(Vec::new())).expect("honest extensions");
    }
    if how > 1 {
        forger.say(&forger.certificate()).expect("an honest certificate");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((how, mut rest)) = bytes.split_first() else { return };
    let mut forger = Forger::new(&IDENTITY, IDENTITY.client());
    begin(&mut forger, how % 4);
    let (mut sent, mut read) = (0, 0);
    while let Some((&[kind, high, low], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len()).min(MAX_CONTENT);
        let (content, after) = after.split_at(length);
        rest = after;
        sent += length;
        let result = forger.sealed(ContentType(kind), content);
        read += forger.client.read(&mut [0; 100]);
        while forger.client.transmit(forger.now).is_some() || forger.client.event().is_some() {}
        assert!(read + forger.client.readable() <= sent);
        if result.is_err() {
            assert_eq!(forger.client.failure().cloned().map(Err), Some(result));
            break;
        }
    }
    assert_eq!(forger.client.summary().is_some(), how % 4 == 3);
});
