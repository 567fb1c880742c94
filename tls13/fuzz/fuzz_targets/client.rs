//! A client that is fed anything: it never panics, and never calls such a handshake done. The first byte says how the
//! rest is cut.
#![no_main]

use std::time::{Instant, UNIX_EPOCH};

use barewire_tls13::{Client, Config, Trust};
use libfuzzer_sys::fuzz_target;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fuzz_target!(|bytes: &[u8]| {
    let Some((cut, stream)) = bytes.split_first() else { return };
    let now = Instant::now();
    let mut config = Config::new("www.example.test", UNIX_EPOCH);
    config.trust = Trust::Nothing;
    let mut client = Client::new(now, config, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    for piece in stream.chunks(usize::from(*cut) + 1) {
        let _ = client.receive(now, piece);
        while client.transmit(now).is_some() || client.event().is_some() {}
    }
    let _ = client.receive_eof(now);
    assert!(client.summary().is_none());
});
