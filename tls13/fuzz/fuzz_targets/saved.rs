//! Any bytes as a saved session. What is read is written the same, every byte of it has a name, and a client can offer
//! it, or says why not.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::sync::Arc;
use std::time::Instant;

use barewire_dissect::record;
use barewire_tls13::{Client, Config, Error, Origin, PreSharedKey, Session, Suite, Trust};
use common::rng;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (session, tree) = record(bytes, || Session::from_bytes(bytes));
    let session = match session {
        Ok(session) => session,
        Err(refused) => return assert!(refused.offset <= bytes.len(), "{refused}"),
    };
    tree.check_coverage().unwrap();
    assert_eq!(session.to_bytes(), bytes);
    drop((format!("{session:?}"), session.origin.facts()));
    let mut config = Config::new(&session.server_name, session.received);
    config.trust = Trust::Nothing;
    config.alpn = session.alpn.clone().into_iter().collect();
    config.suites = Suite::ALL.to_vec();
    config.replayable_early_data = true;
    let origin = Origin { trust: config.wanted().trust, ..(*session.origin).clone() };
    let session = Session { origin: Arc::new(origin), ..session };
    let fits = session.fits(&config.wanted());
    config.pre_shared_key = Some(PreSharedKey::Session(Box::new(session)));
    match Client::new(Instant::now(), config, &mut rng()) {
        Ok(mut client) => {
            assert_eq!(fits, Ok(()));
            let _ = client.write_early_replayable(b"GET / HTTP/1.1\r\n\r\n");
            assert!(client.transmit(Instant::now()).is_some());
        }
        // The name may be none.
        Err(error) => assert!(matches!(error, Error::Config(_)), "{error}"),
    }
});
