//! One handshake message: parsing never panics, and every byte of a good one has a name.
#![no_main]

use barewire_dissect::record;
use barewire_tls13::handshake::Message;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (message, tree) = record(bytes, || Message::parse(bytes));
    match message {
        Ok(message) => {
            let _ = message.summary();
            tree.check_coverage().unwrap();
        }
        Err(error) => assert!(error.offset <= bytes.len()),
    }
});
